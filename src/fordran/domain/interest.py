"""Interest on late payment, kept as the segments that explain the sum.

Simple interest, actual days over 365 also in leap years, exact fractions all the way; the one
rounding is `Accrual.rounded`.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from fordran.domain.interest_terms import ONE_DAY, RATE_DECIMALS, InterestRule
from fordran.domain.money import SEK, Money, RoundingPolicy, rounded
from fordran.domain.tables.reference_rates import half_year

DAYS_IN_YEAR = 365
"""The law names no day count; Swedish practice is actual/365, leap years included."""

UNITS_PER_MINOR = 100 * DAYS_IN_YEAR * 10**RATE_DECIMALS
"""An exact unit of interest: a 365 000 000th of an öre, one for every rate of four decimals."""


class CapitalStep(msgspec.Struct, frozen=True):
    """The capital that bears interest from a day on (inclusive) until the next step."""

    first_on: date
    capital: Money


class Segment(msgspec.Struct, frozen=True):
    """A run of days with one capital and one rate.

    Units: both ends are inclusive Swedish civil dates; `units` are exact, `UNITS_PER_MINOR` of
    them an öre.
    Invariants: `units` is capital, rate and days multiplied, unrounded.
    """

    first_on: date
    last_on: date
    days: int
    capital: Money
    annual_rate_percent: Decimal
    units: int

    @property
    def exact_minor(self) -> Fraction:
        """The interest of these days in öre, exact."""
        return Fraction(self.units, UNITS_PER_MINOR)


class Accrual(msgspec.Struct, frozen=True):
    """Interest over a span: segments in order of date, without overlap.

    Units: `exact_minor` in öre, exact.
    """

    segments: tuple[Segment, ...]
    currency: str = SEK

    @property
    def units(self) -> int:
        """The exact sum of the segments, in units."""
        return sum(segment.units for segment in self.segments)

    @property
    def exact_minor(self) -> Fraction:
        """The exact sum of the segments, in öre."""
        return Fraction(self.units, UNITS_PER_MINOR)

    def rounded(self, policy: RoundingPolicy) -> Money:
        """Return the whole sum as an amount that can be posted.

        Rounding: here, once, on the sum and never per segment (decision 21).
        """
        return rounded(self.exact_minor, policy, self.currency)


def accrue(
    steps: Sequence[CapitalStep], rule: InterestRule, *, first_on: date, last_on: date
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

    >>> from fordran.domain.interest_terms import InterestTerms
    >>> rule = InterestRule(InterestTerms())
    >>> accrual = accrue([CapitalStep(date(2025, 8, 8), Money(200_000))], rule,
    ...                  first_on=date(2025, 8, 8), last_on=date(2025, 9, 3))
    >>> [segment.days for segment in accrual.segments]
    [27]
    >>> str(accrual.rounded(RoundingPolicy.ORE_HALF_UP))
    '14.79 SEK'
    >>> accrue([CapitalStep(date(2025, 8, 8), Money(-1))], rule,
    ...        first_on=date(2025, 8, 8), last_on=date(2025, 9, 3))
    Traceback (most recent call last):
    ...
    ValueError: negative capital bears no interest
    """
    currency = _checked_currency(steps)
    ends = [*[step.first_on - ONE_DAY for step in steps[1:]], last_on]
    segments = [
        _segment(period_first_on, period_last_on, step.capital, rate)
        for step, end in zip(steps, ends, strict=False)
        if step.capital
        for period_first_on, period_last_on, rate in rule.periods(
            max(step.first_on, first_on), min(end, last_on)
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


def _segment(first_on: date, last_on: date, capital: Money, rate: Decimal) -> Segment:
    days = (last_on - first_on).days + 1
    units = int(rate.scaleb(RATE_DECIMALS)) * capital.minor * days
    return Segment(first_on, last_on, days, capital, rate, units)


def merged(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """Return the segments with neighbours of one capital and rate joined within a half-year.

    A payment that leaves the capital as it is cuts a run of days in two that explain nothing.
    """
    joined: list[Segment] = []
    for segment in segments:
        before = joined[-1] if joined else None
        if before is not None and _continues(before, segment):
            joined[-1] = _segment(
                before.first_on, segment.last_on, segment.capital, segment.annual_rate_percent
            )
        else:
            joined.append(segment)
    return tuple(joined)


def _continues(before: Segment, after: Segment) -> bool:
    return (
        before.last_on + ONE_DAY == after.first_on
        and before.capital == after.capital
        and before.annual_rate_percent == after.annual_rate_percent
        and half_year(before.first_on) == half_year(after.first_on)
    )
