"""The made-up people, claims and amounts that example letters are written from."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from fordran.domain.money import Money, total
from fordran.letters.claims import (
    CostLine,
    CoveredClaim,
    InterestPeriod,
    LetterClaim,
    LetterCost,
    RateBasis,
    RunningInterest,
)
from fordran.letters.parties import Agency, Creditor, LetterDebtor
from fordran.letters.payments import LetterPayment

DISPATCHED_AT = datetime(2025, 9, 3, 9, 10, tzinfo=UTC)
DISPATCHED_ON = date(2025, 9, 3)
DEADLINE_ON = date(2025, 9, 15)
EARLIER_ON = date(2025, 8, 18)


class Fees(msgspec.Struct, frozen=True, kw_only=True):
    """What the letters' own acts cost. Units: öre, as the law has it for the examples' dates."""

    reminder: Money = Money(6000)
    debt_collection: Money = Money(18000)
    plan: Money = Money(17000)
    plan_interest: Money = Money(4100)
    notice: Money = Money(6000)
    application_fee: Money = Money(30000)
    applicant_cost: Money = Money(38000)


NO_FEES = Fees(**dict.fromkeys(Fees.__struct_fields__, Money(0)))


class ExampleParts(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter of any kind can be written from."""

    creditor: Creditor
    agency: Agency
    debtor: LetterDebtor
    claims: tuple[LetterClaim, ...]
    fees: Fees = Fees()
    rows: int = 3
    """How many instalments, payments and titles there are."""

    payment: Money = Money(50000)
    """What each payment was."""

    words: str = "Ordern visar att varorna har levererats, utom en, som nu har krediterats."
    """What somebody wrote by hand."""

    former_creditor: str = "Exempelbanken AB"
    authority: str = "Kronofogden"
    ocr_number: str = "20252461234567890127"

    @property
    def owed(self) -> Money:
        """Return the sum of the claims."""
        return total(claim.total for claim in self.claims)

    @property
    def covered(self) -> tuple[CoveredClaim, ...]:
        """Return the claims by name."""
        return tuple(
            CoveredClaim(
                reference_number=claim.reference_number,
                invoice_number=claim.invoice_number,
                ground=claim.ground,
            )
            for claim in self.claims
        )

    @property
    def payments(self) -> tuple[LetterPayment, ...]:
        """Return the payments, all of them to capital."""
        return tuple(
            LetterPayment(received_on=EARLIER_ON, amount=self.payment, capital=self.payment)
            for _ in range(self.rows)
        )


def example_claim(number: int = 1, **changes: object) -> LetterClaim:
    """Return a claim of 2 000 kronor with interest and a reminder's cost, or a changed one."""
    capital = Money(200000)
    facts: dict[str, object] = {
        "reference_number": f"1{number:05}",
        "invoice_number": f"INV-2025-{number:03}",
        "ground": "IT-tjänster i juli 2025",
        "invoiced_on": date(2025, 7, 7),
        "due_on": date(2025, 8, 7),
        "capital": capital,
        "interest": Money(1400),
        "interest_periods": (
            InterestPeriod(
                annual_rate_percent=Decimal(10),
                first_on=date(2025, 8, 8),
                last_on=DISPATCHED_ON,
                capital=capital,
            ),
        ),
        "costs": (CostLine(kind=LetterCost.REMINDER, amount=Money(6000)),),
        "running_interest": RunningInterest(
            basis=RateBasis.STATUTORY, annual_rate_percent=Decimal(10), margin_percent=Decimal(8)
        ),
    }
    return msgspec.structs.replace(LetterClaim(**facts), **changes)  # type: ignore[arg-type]


PLAIN = ExampleParts(
    creditor=Creditor(name="Exempelbolaget AB", organisation_number="556000-0001"),
    agency=Agency(
        name="Exempel Inkasso AB",
        organisation_number="556000-0019",
        address_lines=("Box 1234", "111 22 Stockholm"),
        phone="08-123 456 78",
        email="kontakt@inkasso.example",
        website="inkasso.example",
        swish_number="1231181189",
    ),
    debtor=LetterDebtor(
        name="Anna Ek",
        id_number="19900101-2385",
        is_person=True,
        address_lines=("Storgatan 1 lgh 1102", "702 11 Örebro"),
    ),
    claims=(example_claim(),),
)
"""A letter to a person about one claim, with nothing unusual."""
