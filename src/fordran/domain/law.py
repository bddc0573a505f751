"""The law as the installation knows it: its dated rows, as one version."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from fordran.domain.tables.consumer_credit import CREDIT_RATE_CAPS, CreditRateCap
from fordran.domain.tables.reference_rates import (
    REFERENCE_RATES,
    ReferenceRate,
    half_year,
    reference_rate,
)
from fordran.domain.tables.statutory_costs import (
    STATUTORY_COSTS,
    CostKind,
    StatutoryCost,
    statutory_cost,
)
from fordran.domain.tables.statutory_margins import STATUTORY_MARGINS, StatutoryMargin

LawRow = ReferenceRate | StatutoryCost
"""A row that an installation may add."""


class Law(msgspec.Struct, frozen=True):
    """The dated rows that money is counted by.

    Invariants: one version never changes; a case remembers the version it was counted with.
    """

    version: int = 0
    """0 is the law as shipped; every import makes the next."""

    reference_rates: tuple[ReferenceRate, ...] = REFERENCE_RATES
    statutory_costs: tuple[StatutoryCost, ...] = STATUTORY_COSTS
    statutory_margins: tuple[StatutoryMargin, ...] = STATUTORY_MARGINS
    credit_rate_caps: tuple[CreditRateCap, ...] = CREDIT_RATE_CAPS

    def reference_rate(self, on: date) -> Decimal:
        """Return the reference rate of the half-year that a day lies in.

        Units: percent a year. Raises: ReferenceRateMissing.

        >>> SHIPPED_LAW.reference_rate(date(2025, 9, 3))
        Decimal('2.00')
        """
        return reference_rate(on, self.reference_rates).percent

    def has_reference_rate(self, on: date) -> bool:
        """Tell whether the half-year that a day lies in has a rate."""
        first_on = half_year(on)
        return any(
            row.valid_from == first_on and row.superseded_by is None for row in self.reference_rates
        )

    def statutory_margin(self, on: date) -> Decimal:
        """Return the margin of default interest over the reference rate on a day.

        Units: percentage points a year. Source: räntelagen (1975:635) 6 §.
        """
        rows = [row for row in self.statutory_margins if row.valid_from <= on]
        return (rows or list(self.statutory_margins))[-1].percent

    def credit_rate_cap(self, on: date) -> Decimal | None:
        """Return the highest rate of a consumer credit on a day, or None where there is no cap.

        Units: percent a year. Raises: ReferenceRateMissing.
        Source: konsumentkreditlagen (2010:1846) 19 a §.
        """
        rows = [row for row in self.credit_rate_caps if row.valid_from <= on]
        return self.reference_rate(on) + rows[-1].percent_over_reference if rows else None

    def statutory_cost(self, kind: CostKind, on: date) -> StatutoryCost:
        """Return the statutory amount for a kind of cost on a day.

        Units: öre. Raises: StatutoryCostMissing.
        """
        return statutory_cost(kind, on, self.statutory_costs)

    def row_like(self, row: LawRow) -> LawRow | None:
        """Return the row in force for the same half-year, or the same kind of cost and day."""
        rows: tuple[LawRow, ...] = (
            self.reference_rates if isinstance(row, ReferenceRate) else self.statutory_costs
        )
        return next((known for known in rows if _key(known) == _key(row)), None)

    def with_rows(self, version: int, rows: Iterable[LawRow]) -> "Law":
        """Return the law with rows added, in order, as another version.

        A row supersedes the one for the same half-year, or the same kind of cost and day: that
        one is kept, marked with the source of the new one, and no longer used.
        """
        law = replace(self, version=version)
        for row in rows:
            if isinstance(row, ReferenceRate):
                law = replace(law, reference_rates=_added(law.reference_rates, row))
            else:
                law = replace(law, statutory_costs=_added(law.statutory_costs, row))
        return law

    def rates_changed_from(self, other: "Law") -> date | None:
        """Return the first day whose reference rate differs from another version's.

        Half-years without a rate in the other version do not count: nothing was counted by them.

        >>> SHIPPED_LAW.rates_changed_from(SHIPPED_LAW) is None
        True
        """
        present = rates_in_force(self)
        before = rates_in_force(other)
        changed = (on for on, percent in before.items() if present.get(on, percent) != percent)
        return min(changed, default=None)


def rates_in_force(law: Law) -> dict[date, Decimal]:
    """Return the rates that count, by the first day of their half-year.

    Units: percent a year.
    """
    return {row.valid_from: row.percent for row in law.reference_rates if row.superseded_by is None}


def _key(row: LawRow) -> tuple[str, date, bool]:
    kind = row.kind.value if isinstance(row, StatutoryCost) else ""
    return kind, row.valid_from, row.superseded_by is None


_Row = TypeVar("_Row", ReferenceRate, StatutoryCost)


def _added(rows: tuple[_Row, ...], row: _Row) -> tuple[_Row, ...]:
    """Return rows with one more in its place: by day among those of its kind."""
    kept = [
        replace(known, superseded_by=row.source) if _key(known) == _key(row) else known
        for known in rows
    ]
    alike = [number for number, known in enumerate(rows) if _key(known)[0] == _key(row)[0]]
    later = [number for number in alike if rows[number].valid_from > row.valid_from]
    # Without a later one it goes to the end of its kind; a row that it supersedes stands before.
    place = (later or [alike[-1] + 1 if alike else len(rows)])[0]
    kept.insert(place, row)
    return tuple(kept)


SHIPPED_LAW = Law()
"""The law that the program brings; an installation adds to it by importing rows."""
