"""What every letter has: parties, payment reference and dates; and, in most, claims that add up."""

from datetime import date, datetime

import msgspec

from fordran.domain.money import SEK, ZERO, Money, RoundingPolicy, total
from fordran.letters.claims import LetterClaim
from fordran.letters.parties import Agency, Creditor, LetterDebtor


class LetterFrame(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that every letter has.

    Units: `dispatched_at` is an aware instant, the other dates are Swedish civil dates.
    Exact öre, nothing rounded (decision 42).
    """

    creditor: Creditor
    agency: Agency
    debtor: LetterDebtor
    ocr_number: str
    bankgiro: str
    dispatched_at: datetime
    dispatched_on: date

    def __post_init__(self) -> None:
        assert self.dispatched_at.utcoffset() is not None, "an instant has an offset"

    @property
    def to_pay(self) -> Money:
        """Return what the letter asks for; zero when it asks for nothing."""
        return ZERO

    @property
    def pay_by_on(self) -> date | None:
        """Return the last day to pay what is asked for, inclusive; None when none is set."""
        return None

    def derived(self) -> dict[str, Money]:
        """Return the sums that the letter states and that follow from its facts."""
        return {}


class LetterOfClaims(LetterFrame, frozen=True, kw_only=True):
    """A letter that states what is owed, claim by claim.

    Units: `counted_to_on` is inclusive.
    Invariants: `total` is the sum of the claims and of `added_cost`; all amounts are kronor;
    interest with periods is never more than they give under `interest_rounding`.
    Source: decisions 20, 21, 24, 25, 42.
    """

    counted_to_on: date
    """The last day that interest is counted for."""

    claims: tuple[LetterClaim, ...]
    total: Money
    interest_rounding: RoundingPolicy = RoundingPolicy.WHOLE_KRONA_DOWN

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.added_cost.minor >= 0, "a demand has no negative amounts"
        assert self.total.currency == SEK, "a demand is made in kronor"
        parts = total(claim.total for claim in self.claims) + self.added_cost
        assert self.total == parts, f"the letter's total is {self.total}, its parts are {parts}"
        for claim in self.claims:
            if claim.interest_periods:
                counted = claim.counted_interest(self.interest_rounding)
                assert claim.interest.minor <= counted.minor, (
                    f"interest of {claim.interest} is claimed where its periods give {counted}"
                )

    @property
    def added_cost(self) -> Money:
        """Return what the letter adds once to all its claims together."""
        return ZERO

    @property
    def to_pay(self) -> Money:
        """Return the whole total."""
        return self.total

    def derived(self) -> dict[str, Money]:
        """Return what all claims have of each component."""
        return {
            "capital_total": total(claim.capital for claim in self.claims),
            "interest_total": total(claim.interest for claim in self.claims),
            "costs_total": total(claim.costs_total for claim in self.claims),
        }


class DatedLetterOfClaims(LetterOfClaims, frozen=True, kw_only=True):
    """A letter of claims with a last day to pay or to object.

    Units: `deadline_on` is inclusive. Invariants: it comes after dispatch.
    """

    deadline_on: date

    def __post_init__(self) -> None:
        super().__post_init__()
        assert self.deadline_on > self.dispatched_on, "the deadline comes after dispatch"

    @property
    def pay_by_on(self) -> date | None:
        """Return the deadline."""
        return self.deadline_on
