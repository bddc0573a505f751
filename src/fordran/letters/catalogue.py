"""What each kind of letter must contain, and by which rule.

A letter that lacks something the law asks for is no valid demand, and no cost may be claimed for
it. So the contents are checked twice: a letter before it is rendered (`completeness`), and a
template before it is used (`template_check`).
"""

from collections.abc import Mapping

from fordran.letters.letter_kind import LetterKind
from fordran.letters.requirements import (
    COSTS_ACT,
    CREDITOR,
    DEBTOR,
    DISPATCH,
    GOOD_PRACTICE,
    INKASSOLAGEN_5,
    LIMITATION_ACT,
    PAYMENT,
    RECEIPT_ACT,
    REMINDER_ACT,
    SENT,
    TRANSFER_ACT,
    Requirement,
    Requirements,
    agency,
    claims,
    covered,
    payments,
)

DISPUTE_PRACTICE = "god inkassosed, inkassolagen (1974:182) 4, 8 §§; FFFS 2025:2"
PLAN_PRACTICE = "god inkassosed, inkassolagen (1974:182) 4 §; every cost before acceptance"
ENFORCEMENT_PRACTICE = "god inkassosed, inkassolagen (1974:182) 4, 6 §§"
APPLICATION_FEE = "SFS 1992:1094 1 §; lag (1990:746) 48 §"
NEW_PERIOD = "preskriptionslagen (1981:130) 2, 6 §§"

_PLAN: Requirements = (
    *CREDITOR,
    *claims(GOOD_PRACTICE),
    Requirement("total", COSTS_ACT),
    Requirement("plan_cost", COSTS_ACT),
    Requirement("plan_interest", PLAN_PRACTICE),
    Requirement("instalment_cost", PLAN_PRACTICE),
    Requirement("instalments", COSTS_ACT),
    Requirement("instalments[].due_on", COSTS_ACT),
    Requirement("instalments[].amount", COSTS_ACT),
    Requirement("plan_total", PLAN_PRACTICE),
)

REQUIRED_CONTENTS: Mapping[LetterKind, Requirements] = {
    LetterKind.REMINDER: (
        *CREDITOR,
        *claims(GOOD_PRACTICE),
        Requirement("reminder_cost", REMINDER_ACT),
        Requirement("total", GOOD_PRACTICE),
        Requirement("deadline_on", GOOD_PRACTICE),
        SENT,
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.DEBT_COLLECTION: (
        *CREDITOR,
        *claims(INKASSOLAGEN_5),
        Requirement("debt_collection_cost", f"{INKASSOLAGEN_5}; {COSTS_ACT}"),
        Requirement("total", INKASSOLAGEN_5),
        Requirement("deadline_on", INKASSOLAGEN_5),
        Requirement("dispatched_on", DISPATCH),
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.REST_CLAIM: (
        *CREDITOR,
        *claims(INKASSOLAGEN_5),
        Requirement("demanded_on", GOOD_PRACTICE),
        Requirement("demanded", GOOD_PRACTICE),
        *payments(GOOD_PRACTICE),
        Requirement("total", INKASSOLAGEN_5),
        Requirement("deadline_on", INKASSOLAGEN_5),
        Requirement("dispatched_on", DISPATCH),
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.PLAN_OFFER: (
        *_PLAN,
        Requirement("answer_by_on", PLAN_PRACTICE),
        SENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.PLAN_CONFIRMATION: (
        *_PLAN,
        Requirement("accepted_on", COSTS_ACT),
        SENT,
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.INSTALMENT: (
        *CREDITOR,
        *covered(GOOD_PRACTICE),
        Requirement("agreed_on", GOOD_PRACTICE),
        Requirement("number", GOOD_PRACTICE),
        Requirement("instalment_count", GOOD_PRACTICE),
        Requirement("instalment", GOOD_PRACTICE),
        Requirement("instalment_cost", PLAN_PRACTICE),
        Requirement("arrears", GOOD_PRACTICE),
        Requirement("total", GOOD_PRACTICE),
        Requirement("deadline_on", GOOD_PRACTICE),
        Requirement("remaining_after", GOOD_PRACTICE),
        SENT,
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.DISPUTE_ANSWER: (
        *CREDITOR,
        *covered(DISPUTE_PRACTICE),
        Requirement("objection", DISPUTE_PRACTICE),
        Requirement("received_on", DISPUTE_PRACTICE),
        Requirement("disputed", DISPUTE_PRACTICE),
        Requirement("outcome", DISPUTE_PRACTICE),
        Requirement("given_up", DISPUTE_PRACTICE),
        Requirement("explanation", DISPUTE_PRACTICE),
        *claims(DISPUTE_PRACTICE, unless_zero="total"),
        Requirement("total", DISPUTE_PRACTICE),
        Requirement("deadline_on", DISPUTE_PRACTICE, unless_zero="total"),
        SENT,
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.ENFORCEMENT_NOTICE: (
        *CREDITOR,
        *claims(ENFORCEMENT_PRACTICE),
        Requirement("demanded_on", ENFORCEMENT_PRACTICE),
        Requirement("total", ENFORCEMENT_PRACTICE),
        Requirement("deadline_on", ENFORCEMENT_PRACTICE),
        Requirement("application_fee", APPLICATION_FEE),
        Requirement("applicant_cost", APPLICATION_FEE),
        Requirement("application_cost", ENFORCEMENT_PRACTICE),
        Requirement("total_with_application", ENFORCEMENT_PRACTICE),
        SENT,
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.SURVEILLANCE: (
        *CREDITOR,
        *claims(LIMITATION_ACT),
        Requirement("titles[].authority", LIMITATION_ACT),
        Requirement("titles[].number", LIMITATION_ACT),
        Requirement("titles[].decided_on", LIMITATION_ACT),
        Requirement("total", LIMITATION_ACT),
        Requirement("limitation_years", NEW_PERIOD),
        Requirement("dispatched_on", LIMITATION_ACT),
        *PAYMENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.RECEIPT: (
        *CREDITOR,
        *covered(RECEIPT_ACT),
        *payments(RECEIPT_ACT),
        Requirement("payments[].overpaid", GOOD_PRACTICE),
        Requirement("remaining", RECEIPT_ACT),
        SENT,
        *DEBTOR,
        *agency(),
    ),
    LetterKind.TRANSFER: (
        *CREDITOR,
        Requirement("transferred_on", TRANSFER_ACT),
        Requirement("former_creditor.name", TRANSFER_ACT),
        Requirement("former_creditor.organisation_number", GOOD_PRACTICE),
        Requirement("creditor_contact.address_lines", TRANSFER_ACT),
        Requirement("creditor_contact.phone", TRANSFER_ACT, has_alternative="email"),
        Requirement("creditor_contact.email", TRANSFER_ACT, has_alternative="phone"),
        Requirement("servicer_permit", TRANSFER_ACT),
        *claims(TRANSFER_ACT),
        Requirement("capital_total", TRANSFER_ACT),
        Requirement("interest_total", TRANSFER_ACT),
        Requirement("costs_total", TRANSFER_ACT),
        Requirement("total", TRANSFER_ACT),
        SENT,
        *PAYMENT,
        *DEBTOR,
        *agency(TRANSFER_ACT),
    ),
}
"""Every letter's required contents.

Source: of the demand SFS 1974:182 as amended by 2024:801, 5 § (creditor, ground, capital,
interest and costs each on its own; of interest also rate, period and capital; time to pay or
object); of the receipt and the transfer SFS 2023:714 4 kap. 3, 4 §§. The lists of FFFS 2025:2
are to be checked against its full text, see docs/law/letters.md.
"""
