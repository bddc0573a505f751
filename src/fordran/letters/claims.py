"""The claims of a letter: what is owed, by components, and how its interest was counted."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from fordran.domain.money import ZERO, Money, RoundingPolicy, rounded, total

DAYS_PER_YEAR = 365
PERCENT = 100


class LetterCost(StrEnum):
    """Costs that a claim can carry into the demand; the template has the words for each.

    All the acts of the table of statutory costs, and what the creditor may bring along.
    """

    REMINDER = "reminder"
    """Payment reminder, lag (1981:739) 2 §."""

    LATE_PAYMENT_FEE = "late_payment_fee"
    """Late-payment compensation between businesses, lag (1981:739) 4 a §."""

    DEBT_COLLECTION = "debt_collection"
    """An earlier demand's cost, lag (1981:739) 3 §."""

    PAYMENT_PLAN = "payment_plan"
    """An instalment plan that was not kept, lag (1981:739) 3 §."""

    PAYMENT_ORDER_APPLICATION = "payment_order_application"
    """The authority's fee for an application for a payment order."""

    PAYMENT_ORDER_WORK = "payment_order_work"
    """The applicant's own cost in a payment-order case."""

    VERDICT_FEE = "verdict_fee"
    """Costs awarded in a payment order or a judgment."""

    ENFORCEMENT = "enforcement"
    """Fees of the enforcement authority."""


class RateBasis(StrEnum):
    """Where the rate of the interest that runs on comes from."""

    STATUTORY = "statutory"
    """Reference rate + the statutory margin, räntelagen (1975:635) 6 §."""

    REFERENCE_PLUS_MARGIN = "reference_plus_margin"
    """Reference rate + an agreed margin."""

    FIXED = "fixed"
    """An agreed rate."""


class CostLine(msgspec.Struct, frozen=True, kw_only=True):
    """One cost of a claim, on its own line; `charged_on` is when the act behind it was done."""

    kind: LetterCost
    amount: Money
    charged_on: date | None = None


class InterestPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of days with one rate and one capital.

    Units: percent per year; both days inclusive.

    >>> july = InterestPeriod(annual_rate_percent=Decimal(10), first_on=date(2025, 8, 8),
    ...                       last_on=date(2025, 9, 3), capital=Money(200000))
    >>> july.days
    27
    """

    annual_rate_percent: Decimal
    first_on: date
    last_on: date
    capital: Money

    def __post_init__(self) -> None:
        assert self.first_on <= self.last_on, "an interest period has at least one day"

    @property
    def days(self) -> int:
        """Return the number of days that bear interest."""
        return (self.last_on - self.first_on).days + 1

    @property
    def exact_minor(self) -> Fraction:
        """Return the period's interest in öre, not rounded (decision 20: actual days over 365)."""
        yearly = self.capital.minor * Fraction(self.annual_rate_percent) / PERCENT
        return yearly * self.days / DAYS_PER_YEAR


class RunningInterest(msgspec.Struct, frozen=True, kw_only=True):
    """How interest goes on after the letter's last counted day.

    Units: percent per year, percentage points. `margin_percent` unless the rate is fixed.
    """

    basis: RateBasis
    annual_rate_percent: Decimal
    margin_percent: Decimal | None = None

    def __post_init__(self) -> None:
        has_margin = self.margin_percent is not None
        assert has_margin == (self.basis is not RateBasis.FIXED), (
            "a margin is stated with a rate that has one, and only then"
        )


class LetterClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One case in the letter, without the cost that the letter itself adds.

    Units: amounts are what is claimed now, that is what remains of each component.
    Invariants: no amount is negative; the interest is never more than its periods give.
    """

    reference_number: str
    invoice_number: str
    ground: str
    invoiced_on: date
    due_on: date
    capital: Money
    interest: Money = ZERO
    interest_periods: tuple[InterestPeriod, ...] = ()
    costs: tuple[CostLine, ...] = ()
    running_interest: RunningInterest | None = None
    """None when no interest runs on."""

    original_capital: Money | None = None
    """The invoice's amount, when part of it has been paid or credited."""

    original_creditor: str = ""
    """From whom the creditor took the claim over, if it did."""

    def __post_init__(self) -> None:
        amounts = (self.capital, self.interest, *(cost.amount for cost in self.costs))
        assert all(amount.minor >= 0 for amount in amounts), "a demand has no negative amounts"
        assert self.original_capital is None or self.original_capital.minor >= self.capital.minor, (
            "no more remains of an invoice than it was for"
        )

    @property
    def costs_total(self) -> Money:
        """Return the sum of the claim's own costs."""
        return total(cost.amount for cost in self.costs)

    @property
    def total(self) -> Money:
        """Return capital, interest and own costs together."""
        return self.capital + self.interest + self.costs_total

    def counted_interest(self, policy: RoundingPolicy) -> Money:
        """Return what the periods give together.

        Rounding: once, over the sum of all periods (decision 21).
        """
        exact = sum((period.exact_minor for period in self.interest_periods), Fraction(0))
        return rounded(exact, policy)


class CoveredClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A case that a letter is about, named so that the debtor recognises it, without amounts."""

    reference_number: str
    invoice_number: str
    ground: str
