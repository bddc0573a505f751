"""Check the law: which half-years lack a rate, and which rows are weak or were corrected."""

from collections.abc import Iterator
from datetime import date
from enum import IntEnum

import msgspec

from fordran.domain.law import Law, LawRow
from fordran.domain.law_import import FIRST_RATE_ON
from fordran.domain.tables.reference_rates import JULY, half_year, next_half_year

DECEMBER, JUNE = 12, 6

_OFFICIAL = ("SFS ", "https://www.riksbank.se/", "https://svenskforfattningssamling.se/")


class LawState(IntEnum):
    """How well the law is known; the number is the command's exit code."""

    FINE = 0

    NEXT_IS_MISSING = 1
    """The next half-year begins within a month and has no rate."""

    IS_MISSING = 2
    """A half-year that has begun has no rate: interest on it is refused."""


class LawCheck(msgspec.Struct, frozen=True):
    """What was found on a day."""

    on: date
    missing: tuple[date, ...]
    """The half-years that have begun without a rate, by their first days."""
    next_on: date
    """The first day of the next half-year."""
    is_next_known: bool
    weak: tuple[LawRow, ...]
    """The rows in force that rest on secondary sources."""
    superseded: tuple[LawRow, ...]

    @property
    def warns_from_on(self) -> date:
        """The first day on which it is a warning that the next half-year has no rate."""
        return date(self.on.year, JUNE if self.next_on.month == JULY else DECEMBER, 1)

    @property
    def state(self) -> LawState:
        """How well the law is known."""
        if self.missing:
            return LawState.IS_MISSING
        if not self.is_next_known and self.on >= self.warns_from_on:
            return LawState.NEXT_IS_MISSING
        return LawState.FINE


def check(law: Law, on: date) -> LawCheck:
    """Check the law as it is on a day.

    Units: `on` is a Swedish civil date. Source: decision 20; docs/decisions/0023.

    >>> from fordran.domain.law import SHIPPED_LAW
    >>> [check(SHIPPED_LAW, day).state.value for day in
    ...  (date(2026, 11, 30), date(2026, 12, 1), date(2027, 1, 1))]
    [0, 1, 2]
    """
    rows: tuple[LawRow, ...] = (*law.reference_rates, *law.statutory_costs)
    next_on = next_half_year(on)
    return LawCheck(
        on=on,
        missing=tuple(first for first in _half_years(on) if not law.has_reference_rate(first)),
        next_on=next_on,
        is_next_known=law.has_reference_rate(next_on),
        weak=tuple(row for row in rows if row.superseded_by is None and not is_official(row)),
        superseded=tuple(row for row in rows if row.superseded_by is not None),
    )


def is_official(row: LawRow) -> bool:
    """Tell whether a row rests on the statute book or on the Riksbank's own page."""
    return row.source.startswith(_OFFICIAL)


def _half_years(on: date) -> Iterator[date]:
    first = FIRST_RATE_ON
    while first <= half_year(on):
        yield first
        first = next_half_year(first)
