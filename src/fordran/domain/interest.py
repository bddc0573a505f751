"""Interest on late payment, kept as the segments that explain the sum.

Simple interest, actual days over 365 also in leap years, exact fractions all the way; the one
rounding is `Accrual.rounded`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

import msgspec

from fordran.domain.money import SEK, Money, RoundingPolicy, rounded
from fordran.domain.tables.reference_rates import next_half_year, reference_rate
from fordran.domain.tables.statutory_margins import STATUTORY_MARGINS

DAYS_IN_YEAR = 365
"""The law names no day count; Swedish practice is actual/365, leap years included."""

ONE_DAY = timedelta(days=1)


class InterestBasis(StrEnum):
    """What decides the rate of interest."""

    REFERENCE_PLUS_MARGIN = "reference_plus_margin"
    """The reference rate of each half-year and a margin (räntelagen 6 §, or agreed)."""

    FIXED = "fixed"
    """One agreed rate, whatever the half-year (räntelagen 1 §)."""

    NONE = "none"
    """No interest is claimed."""


class InterestTerms(msgspec.Struct, frozen=True):
    """How a claim bears interest.

    Units: percent per year, margin in percentage points.
    Raises: ValueError, if a fixed rate is missing, or a rate or margin is negative.
    Source: räntelagen (1975:635) 1, 6 §§, read 2026-11-22; decision 20.

    >>> InterestTerms(InterestBasis.FIXED)
    Traceback (most recent call last):
    ...
    ValueError: a fixed basis needs its annual rate
    """

    basis: InterestBasis = InterestBasis.REFERENCE_PLUS_MARGIN

    margin_percent: Decimal = STATUTORY_MARGINS[-1].percent
    """Over the reference rate; the statutory margin unless another is agreed."""

    annual_rate_percent: Decimal | None = None
    """The agreed rate, for `fixed` only."""

    def __post_init__(self) -> None:
        if self.basis is InterestBasis.FIXED and self.annual_rate_percent is None:
            raise ValueError("a fixed basis needs its annual rate")
        if self.margin_percent < 0 or (self.annual_rate_percent or 0) < 0:
            raise ValueError("neither a margin nor an agreed rate may be negative")


class CapitalStep(msgspec.Struct, frozen=True):
    """The capital that bears interest from a day on (inclusive) until the next step."""

    first_on: date
    capital: Money


class Segment(msgspec.Struct, frozen=True):
    """A run of days with one capital and one rate.

    Units: both ends are inclusive Swedish civil dates; `exact_minor` in öre.
    Invariants: `exact_minor` is capital, rate and days multiplied, over 365, unrounded.
    """

    first_on: date
    last_on: date
    days: int
    capital: Money
    annual_rate_percent: Decimal
    exact_minor: Fraction


class Accrual(msgspec.Struct, frozen=True):
    """Interest over a span: segments in order of date, without overlap.

    Units: `exact_minor` in öre, exact.
    """

    segments: tuple[Segment, ...]
    currency: str = SEK

    @property
    def exact_minor(self) -> Fraction:
        """Return the exact sum of the segments."""
        return sum((segment.exact_minor for segment in self.segments), Fraction(0))

    def rounded(self, policy: RoundingPolicy) -> Money:
        """Return the whole sum as an amount that can be posted.

        Rounding: here, once, on the sum and never per segment (decision 21).
        """
        return rounded(self.exact_minor, policy, self.currency)


def accrue(
    steps: Sequence[CapitalStep], terms: InterestTerms, *, first_on: date, last_on: date
) -> Accrual:
    """Return the simple interest of a span of days, one segment per capital and rate.

    The first day to bear interest is the day after the due date, the last is the day counted to
    or the value date of a payment; the payment's step therefore begins the day after it. Days
    before the first step bear nothing, and of steps on one day the last counts. No interest is
    counted on interest (NJA 1994 s. 3). A negative reference rate is used as it is.

    Units: both ends are inclusive Swedish civil dates; an empty span gives no segments.
    Rounding: none; see `Accrual.rounded`.
    Raises: ValueError, if steps are out of order, in several currencies, or negative;
    ReferenceRateMissing, if a day with capital lies in a half-year without a rate.
    Source: räntelagen (1975:635) 3, 4, 6, 9 §§, read 2026-11-22; decision 20;
    docs/law/interest.md.

    >>> terms = InterestTerms()
    >>> accrual = accrue([CapitalStep(date(2025, 8, 8), Money(200_000))], terms,
    ...                  first_on=date(2025, 8, 8), last_on=date(2025, 9, 3))
    >>> [segment.days for segment in accrual.segments]
    [27]
    >>> str(accrual.rounded(RoundingPolicy.ORE_HALF_UP))
    '14.79 SEK'
    >>> accrue([CapitalStep(date(2025, 8, 8), Money(-1))], terms,
    ...        first_on=date(2025, 8, 8), last_on=date(2025, 9, 3))
    Traceback (most recent call last):
    ...
    ValueError: negative capital bears no interest
    """
    currency = _checked_currency(steps)
    if terms.basis is InterestBasis.NONE:
        return Accrual((), currency)
    ends = [*[step.first_on - ONE_DAY for step in steps[1:]], last_on]
    segments = [
        _segment(period_first_on, period_last_on, step.capital, rate)
        for step, end in zip(steps, ends, strict=False)
        if step.capital
        for period_first_on, period_last_on, rate in _rate_periods(
            terms, max(step.first_on, first_on), min(end, last_on)
        )
    ]
    return Accrual(tuple(segments), currency)


def _checked_currency(steps: Sequence[CapitalStep]) -> str:
    if any(later.first_on < earlier.first_on for earlier, later in pairwise(steps)):
        raise ValueError("capital steps must stand in order of date")
    currencies = {step.capital.currency for step in steps} or {SEK}
    if len(currencies) > 1:
        raise ValueError("capital steps must be of one currency")
    if any(step.capital.minor < 0 for step in steps):
        raise ValueError("negative capital bears no interest")
    return currencies.pop()


def _rate_periods(
    terms: InterestTerms, first_on: date, last_on: date
) -> Iterator[tuple[date, date, Decimal]]:
    """Cut a span where its rate may change; yield first day, last day and rate."""
    while first_on <= last_on:
        if terms.annual_rate_percent is not None and terms.basis is InterestBasis.FIXED:
            period_last_on, rate = last_on, terms.annual_rate_percent
        else:
            period_last_on = min(last_on, next_half_year(first_on) - ONE_DAY)
            rate = reference_rate(first_on).percent + terms.margin_percent
        yield first_on, period_last_on, rate
        first_on = period_last_on + ONE_DAY


def _segment(first_on: date, last_on: date, capital: Money, rate: Decimal) -> Segment:
    days = (last_on - first_on).days + 1
    exact_minor = Fraction(rate) * capital.minor * days / (100 * DAYS_IN_YEAR)
    return Segment(first_on, last_on, days, capital, rate, exact_minor)
