"""What a letter must say, one requirement at a time, and the groups that many letters share."""

import msgspec

INKASSOLAGEN_5 = "inkassolagen (1974:182) 5 §"
GOOD_PRACTICE = "god inkassosed, inkassolagen (1974:182) 4 §; FFFS 2025:2"
PAYMENT_PRACTICE = "god inkassosed, inkassolagen (1974:182) 4 §; the debtor must be able to pay"
COSTS_ACT = "lag (1981:739) om ersättning för inkassokostnader m.m. 3, 4 §§"
REMINDER_ACT = "lag (1981:739) om ersättning för inkassokostnader m.m. 2, 4 §§"
DISPATCH = "inkassolagen (1974:182) 5, 6 §§; the time to pay runs from dispatch"
LIMITATION_ACT = "preskriptionslagen (1981:130) 5 §; the claim must be recognised"
RECEIPT_ACT = "lag (2023:714) 4 kap. 4 §"
TRANSFER_ACT = "lag (2023:714) 4 kap. 3 §"


class Requirement(msgspec.Struct, frozen=True):
    """One thing a letter must say.

    `field` is a path in the letter's contents; `[]` means every member of a list.
    """

    field: str
    source: str
    unless_zero: str | None = None
    """A sibling amount; when it is zero the field has nothing to explain."""

    has_alternative: str | None = None
    """A sibling that does as well: a telephone number or an e-mail address."""


Requirements = tuple[Requirement, ...]

CREDITOR: Requirements = (
    Requirement("creditor.name", INKASSOLAGEN_5),
    Requirement("creditor.organisation_number", GOOD_PRACTICE),
)
DEBTOR: Requirements = (
    Requirement("debtor.name", GOOD_PRACTICE),
    Requirement("debtor.id_number", GOOD_PRACTICE),
    Requirement("debtor.address_lines", GOOD_PRACTICE, has_alternative="is_address_protected"),
)
PAYMENT: Requirements = (
    Requirement("bankgiro", PAYMENT_PRACTICE),
    Requirement("ocr_number", PAYMENT_PRACTICE),
)
SENT: Requirement = Requirement("dispatched_on", GOOD_PRACTICE)


def agency(source: str = GOOD_PRACTICE) -> Requirements:
    """Return what is asked for of the agency: who it is, how to reach it, who supervises it."""
    return (
        Requirement("agency.name", source),
        Requirement("agency.organisation_number", source),
        Requirement("agency.address_lines", source),
        Requirement("agency.phone", source, has_alternative="email"),
        Requirement("agency.email", source, has_alternative="phone"),
        Requirement("agency.supervisor", source),
    )


def claims(source: str, *, unless_zero: str | None = None) -> Requirements:
    """Return what is asked for of claims: their ground, and each component on its own.

    `unless_zero` names the sum that is zero when there are no claims left to state.
    """
    return (
        Requirement("claims", source, unless_zero=unless_zero),
        Requirement("claims[].ground", source),
        Requirement("claims[].invoice_number", source),
        Requirement("claims[].invoiced_on", source),
        Requirement("claims[].due_on", source),
        Requirement("claims[].reference_number", GOOD_PRACTICE),
        Requirement("claims[].capital", source),
        Requirement("claims[].interest", source),
        Requirement("claims[].interest_periods", source, unless_zero="interest"),
        Requirement("claims[].interest_periods[].annual_rate_percent", source),
        Requirement("claims[].interest_periods[].first_on", source),
        Requirement("claims[].interest_periods[].last_on", source),
        Requirement("claims[].interest_periods[].capital", source),
        Requirement("claims[].costs[].kind", source),
        Requirement("claims[].costs[].amount", source),
    )


def covered(source: str) -> Requirements:
    """Return what is asked for of the cases that a letter is about."""
    return (
        Requirement("covered", source),
        Requirement("covered[].reference_number", source),
        Requirement("covered[].invoice_number", source),
        Requirement("covered[].ground", source),
    )


def payments(source: str) -> Requirements:
    """Return what is asked for of payments received: when, how much, and what they settled."""
    return (
        Requirement("payments", source),
        Requirement("payments[].received_on", source),
        Requirement("payments[].amount", source),
        Requirement("payments[].capital", source),
        Requirement("payments[].interest", source),
        Requirement("payments[].costs", source),
        Requirement("paid_total", source),
    )
