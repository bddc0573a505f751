"""What decides the rate of interest of a claim on each of its days."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

import msgspec

from fordran.domain.law import SHIPPED_LAW, Law
from fordran.domain.tables.interest_start import DEMAND_RESPITES
from fordran.domain.tables.reference_rates import next_half_year
from fordran.domain.tables.statutory_margins import STATUTORY_MARGINS

ONE_DAY = timedelta(days=1)

RATE_DECIMALS = 4
"""A rate or margin has at most so many decimals, so that every accrual is a whole number of
units."""


class InterestBasis(StrEnum):
    """What decides the rate of interest."""

    REFERENCE_PLUS_MARGIN = "reference_plus_margin"
    """The reference rate of each half-year and a margin (räntelagen 6 §, or agreed)."""

    FIXED = "fixed"
    """One agreed rate, whatever the half-year (räntelagen 1 §)."""

    FIXED_WITH_FLOOR = "fixed_with_floor"
    """The rate that the claim bore before it was due goes on, never below 6 § (räntelagen 7 §)."""

    NONE = "none"
    """No interest is claimed."""


class InterestStart(StrEnum):
    """What decides the first day that bears interest."""

    AGREED_DUE_DATE = "agreed_due_date"
    """The day after a due date fixed in advance (räntelagen 3 §)."""

    DEMAND_PLUS_30_DAYS = "demand_plus_30_days"
    """Thirty days after the invoice was sent as a demand that warns of interest (4 §)."""


class InterestTerms(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a claim bears interest.

    Units: percent per year, margin in percentage points, at most four decimals.
    Raises: ValueError, if a fixed rate is missing, or a rate or margin is negative or has more
    decimals.
    Source: räntelagen (1975:635) 1, 3, 4, 6, 7 §§, read 2026-11-22; decision 20.

    >>> InterestTerms(InterestBasis.FIXED)
    Traceback (most recent call last):
    ...
    ValueError: a fixed basis needs its annual rate
    """

    basis: InterestBasis = InterestBasis.REFERENCE_PLUS_MARGIN

    margin_percent: Decimal = STATUTORY_MARGINS[-1].percent
    """Over the reference rate; the statutory margin unless another is agreed."""

    annual_rate_percent: Decimal | None = None
    """The agreed rate, for `fixed` and `fixed_with_floor`."""

    start: InterestStart = InterestStart.AGREED_DUE_DATE

    thirtieth_day_bears_interest: bool = False
    """For `demand_plus_30_days`: whether the thirtieth day itself is the first, or the day after
    it, which is how an agreed due date counts (docs/law/interest.md, E9)."""

    def __post_init__(self) -> None:
        fixed = (InterestBasis.FIXED, InterestBasis.FIXED_WITH_FLOOR)
        if self.basis in fixed and self.annual_rate_percent is None:
            raise ValueError("a fixed basis needs its annual rate")
        for rate in (self.margin_percent, self.annual_rate_percent or Decimal(0)):
            if rate < 0:
                raise ValueError("neither a margin nor an agreed rate may be negative")
            if rate.scaleb(RATE_DECIMALS) % 1:
                raise ValueError(f"a rate has at most {RATE_DECIMALS} decimals")

    def first_on(self, *, invoice_on: date, agreed_first_on: date) -> date:
        """Return the first day that bears interest.

        Units: `invoice_on` is when the invoice was sent; `agreed_first_on` is the day after the
        agreed due date. Source: räntelagen 3 and 4 §§; decision 20.

        >>> by_demand = InterestTerms(start=InterestStart.DEMAND_PLUS_30_DAYS)
        >>> by_demand.first_on(invoice_on=date(2026, 4, 10), agreed_first_on=date(2026, 5, 1))
        datetime.date(2026, 5, 11)
        """
        if self.start is InterestStart.AGREED_DUE_DATE:
            return agreed_first_on
        thirtieth_on = invoice_on + timedelta(days=DEMAND_RESPITES[-1].days)
        return thirtieth_on if self.thirtieth_day_bears_interest else thirtieth_on + ONE_DAY


class InterestReduction(msgspec.Struct, frozen=True):
    """A person's decision that a claim bears less interest for a while (räntelagen 8 §).

    Units: both days are inclusive, no last day means until further notice; the rate is percent
    a year and the most that the claim bears on those days.
    """

    reduction_id: str
    first_on: date
    last_on: date | None
    annual_rate_percent: Decimal
    reason: str
    decided_by: str

    def holds_on(self, on: date) -> bool:
        """Tell whether the reduction holds on a day."""
        return self.first_on <= on and (self.last_on is None or on <= self.last_on)


class InterestRule(msgspec.Struct, frozen=True):
    """Everything that decides the rate of one claim: terms, law, caps and reductions."""

    terms: InterestTerms
    law: Law = SHIPPED_LAW
    is_consumer_credit: bool = False
    reductions: tuple[InterestReduction, ...] = ()

    def periods(self, first_on: date, last_on: date) -> Iterator[tuple[date, date, Decimal]]:
        """Cut a span where its rate may change; yield first day, last day and rate.

        Units: days inclusive; percent a year. A negative reference rate is used as it is.
        Raises: ReferenceRateMissing.
        """
        if self.terms.basis is InterestBasis.NONE:
            return
        while first_on <= last_on:
            period_last_on = min([last_on, *self._ends_after(first_on)])
            yield first_on, period_last_on, self.rate(first_on)
            first_on = period_last_on + ONE_DAY

    def rate(self, on: date) -> Decimal:
        """Return the rate on a day: what was agreed or the law gives, capped, then reduced.

        Units: percent a year. Raises: ReferenceRateMissing.
        Source: räntelagen 1, 6, 7 and 8 §§; konsumentkreditlagen 19 a §.
        """
        rate = self._uncapped(on)
        cap = self.law.credit_rate_cap(on) if self.is_consumer_credit else None
        if cap is not None:
            rate = min(rate, cap)
        held = [r.annual_rate_percent for r in self.reductions if r.holds_on(on)]
        return min([rate, *held])

    def _uncapped(self, on: date) -> Decimal:
        terms = self.terms
        if terms.basis is InterestBasis.REFERENCE_PLUS_MARGIN:
            return self.law.reference_rate(on) + terms.margin_percent
        agreed = terms.annual_rate_percent
        assert agreed is not None, "checked when the terms were made"
        if terms.basis is InterestBasis.FIXED_WITH_FLOOR:
            return max(agreed, self.law.reference_rate(on) + self.law.statutory_margin(on))
        return agreed

    def _ends_after(self, on: date) -> Iterator[date]:
        """Yield the last days before the rate may change again."""
        if self.terms.basis is not InterestBasis.FIXED or self.is_consumer_credit:
            yield next_half_year(on) - ONE_DAY
        if self.is_consumer_credit:
            # A cap may begin within a half-year.
            yield from (
                row.valid_from - ONE_DAY for row in self.law.credit_rate_caps if row.valid_from > on
            )
        for reduction in self.reductions:
            if reduction.first_on > on:
                yield reduction.first_on - ONE_DAY
            elif reduction.last_on is not None and reduction.last_on >= on:
                yield reduction.last_on
