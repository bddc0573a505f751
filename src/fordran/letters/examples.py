"""An example letter of each kind, for the check of templates, the preview and the tests.

In each every required field stands.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from fordran.domain.dispute import DisputeKind, DisputeOutcome
from fordran.domain.money import ZERO, Money, split_equally, total
from fordran.letters.debt_collection_letter import DebtCollectionLetter
from fordran.letters.dispute_answer_letter import DisputeAnswerLetter
from fordran.letters.enforcement_notice_letter import EnforcementNoticeLetter
from fordran.letters.example_parts import (
    DEADLINE_ON,
    DISPATCHED_AT,
    DISPATCHED_ON,
    EARLIER_ON,
    PLAIN,
    ExampleParts,
)
from fordran.letters.letter import Letter
from fordran.letters.letter_kind import LetterKind
from fordran.letters.parties import Contact, Creditor
from fordran.letters.plan_letters import (
    Instalment,
    InstalmentLetter,
    PlanConfirmationLetter,
    PlanOfferLetter,
)
from fordran.letters.receipt_letter import ReceiptLetter
from fordran.letters.reminder_letter import ReminderLetter
from fordran.letters.rest_claim_letter import RestClaimLetter
from fordran.letters.surveillance_letter import EnforceableTitle, SurveillanceLetter
from fordran.letters.transfer_letter import TransferLetter

MONTHS_PER_YEAR = 12
FIRST_INSTALMENT_MONTH = 10


def example(kind: LetterKind, parts: ExampleParts = PLAIN) -> Letter:
    """Return a letter of a kind, written from parts."""
    return _WRITERS[kind](parts)


def _frame(parts: ExampleParts) -> dict[str, Any]:
    return {
        "creditor": parts.creditor,
        "agency": parts.agency,
        "debtor": parts.debtor,
        "ocr_number": parts.ocr_number,
        "bankgiro": "991-2346",
        "dispatched_at": DISPATCHED_AT,
        "dispatched_on": DISPATCHED_ON,
    }


def _claimed(parts: ExampleParts, added: Money = ZERO) -> dict[str, Any]:
    return {
        **_frame(parts),
        "counted_to_on": DISPATCHED_ON,
        "claims": parts.claims,
        "total": parts.owed + added,
    }


def _reminder(parts: ExampleParts) -> Letter:
    cost = parts.fees.reminder
    return ReminderLetter(**_claimed(parts, cost), deadline_on=DEADLINE_ON, reminder_cost=cost)


def _debt_collection(parts: ExampleParts) -> Letter:
    cost = parts.fees.debt_collection
    return DebtCollectionLetter(
        **_claimed(parts, cost), deadline_on=DEADLINE_ON, debt_collection_cost=cost
    )


def _rest_claim(parts: ExampleParts) -> Letter:
    return RestClaimLetter(
        **_claimed(parts),
        deadline_on=DEADLINE_ON,
        demanded_on=date(2025, 8, 11),
        demanded=parts.owed + total(payment.amount for payment in parts.payments),
        payments=parts.payments,
    )


def _plan(parts: ExampleParts) -> dict[str, Any]:
    fees = parts.fees
    notices = total(fees.notice for _ in range(parts.rows))
    amounts = split_equally(parts.owed + fees.plan + fees.plan_interest + notices, parts.rows)
    return {
        **_claimed(parts),
        "plan_cost": fees.plan,
        "plan_interest": fees.plan_interest,
        "instalment_cost": fees.notice,
        "instalments": tuple(
            Instalment(due_on=_monthly(number), amount=amount)
            for number, amount in enumerate(amounts)
        ),
    }


def _monthly(number: int) -> date:
    """Return the 28th of the month that many months after the first instalment's."""
    years, months = divmod(FIRST_INSTALMENT_MONTH - 1 + number, MONTHS_PER_YEAR)
    return date(2025 + years, months + 1, 28)


def _plan_offer(parts: ExampleParts) -> Letter:
    return PlanOfferLetter(**_plan(parts), answer_by_on=DEADLINE_ON)


def _plan_confirmation(parts: ExampleParts) -> Letter:
    return PlanConfirmationLetter(**_plan(parts), accepted_on=EARLIER_ON)


def _instalment(parts: ExampleParts) -> Letter:
    amount = parts.payment + parts.fees.notice
    return InstalmentLetter(
        **_frame(parts),
        agreed_on=EARLIER_ON,
        number=2,
        instalment_count=parts.rows,
        deadline_on=date(2025, 9, 28),
        instalment=amount,
        instalment_cost=parts.fees.notice,
        arrears=parts.payment,
        total=amount + parts.payment,
        remaining_after=amount,
        covered=parts.covered,
    )


def _dispute_answer(parts: ExampleParts) -> Letter:
    return DisputeAnswerLetter(
        **_claimed(parts),
        covered=parts.covered,
        objection=DisputeKind.GOODS,
        received_on=EARLIER_ON,
        disputed=parts.payment + parts.payment,
        outcome=DisputeOutcome.PARTLY_UPHELD,
        given_up=parts.payment,
        explanation=parts.words,
        deadline_on=DEADLINE_ON,
    )


def _enforcement_notice(parts: ExampleParts) -> Letter:
    return EnforcementNoticeLetter(
        **_claimed(parts),
        deadline_on=DEADLINE_ON,
        demanded_on=date(2025, 8, 11),
        application_fee=parts.fees.application_fee,
        applicant_cost=parts.fees.applicant_cost,
    )


def _surveillance(parts: ExampleParts) -> Letter:
    title = EnforceableTitle(
        authority=parts.authority,
        number="01-123456-22",
        decided_on=date(2022, 10, 5),
        invoice_number=parts.claims[0].invoice_number,
    )
    titles = (title,) * (1 if parts is PLAIN else parts.rows)
    return SurveillanceLetter(**_claimed(parts), limitation_years=3, titles=titles)


def _receipt(parts: ExampleParts) -> Letter:
    return ReceiptLetter(
        **_frame(parts),
        covered=parts.covered,
        payments=parts.payments,
        remaining=parts.owed,
    )


def _transfer(parts: ExampleParts) -> Letter:
    return TransferLetter(
        **_claimed(parts),
        transferred_on=EARLIER_ON,
        former_creditor=Creditor(name=parts.former_creditor, organisation_number="556000-0027"),
        creditor_contact=Contact(
            address_lines=parts.agency.address_lines,
            phone="08-765 432 10",
            email="fordringar@bolaget.example",
        ),
        servicer_permit="FI dnr 24-12345",
    )


_WRITERS: Mapping[LetterKind, Callable[[ExampleParts], Letter]] = MappingProxyType(
    {
        LetterKind.REMINDER: _reminder,
        LetterKind.DEBT_COLLECTION: _debt_collection,
        LetterKind.REST_CLAIM: _rest_claim,
        LetterKind.PLAN_OFFER: _plan_offer,
        LetterKind.PLAN_CONFIRMATION: _plan_confirmation,
        LetterKind.INSTALMENT: _instalment,
        LetterKind.DISPUTE_ANSWER: _dispute_answer,
        LetterKind.ENFORCEMENT_NOTICE: _enforcement_notice,
        LetterKind.SURVEILLANCE: _surveillance,
        LetterKind.RECEIPT: _receipt,
        LetterKind.TRANSFER: _transfer,
    }
)
