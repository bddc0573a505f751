"""How the law is shown: its rows, and what a check of it found."""

from collections.abc import Iterator
from datetime import date

from fordran.cli.tables import EMPTY, Lines
from fordran.domain.law import Law, LawRow
from fordran.domain.law_check import LawCheck
from fordran.domain.law_import import amount_text
from fordran.domain.tables.reference_rates import ReferenceRate, half_year
from fordran.domain.tables.statutory_costs import StatutoryCost


def rate_table(law: Law, on: date | None, *, is_whole: bool) -> Lines:
    """Return the reference rates, the latest first, with default interest by law.

    Units: percent a year.
    """
    rows = [
        row
        for row in reversed(law.reference_rates)
        if (is_whole or row.superseded_by is None)
        and (on is None or row.valid_from == half_year(on))
    ]
    return Lines(
        "Reference rates, percent a year",
        ("valid from", "percent", "default interest", *_ORIGIN),
        [
            (
                row.valid_from.isoformat(),
                str(row.percent),
                str(row.percent + law.statutory_margin(row.valid_from)),
                *_origin(row),
            )
            for row in rows
        ],
        frozenset(("percent", "default interest")),
        _TEXTS,
    )


def cost_table(law: Law, on: date | None, *, is_whole: bool) -> Lines:
    """Return the statutory costs by kind, the latest of each first. Units: kronor."""
    latest_first = reversed(law.statutory_costs)
    rows = [
        row
        for row in sorted(latest_first, key=lambda row: row.kind.value)
        if (is_whole or row.superseded_by is None) and (on is None or _holds_on(law, row, on))
    ]
    return Lines(
        "Statutory costs",
        ("kind", "valid from", "amount", "paragraph", *_ORIGIN),
        [
            (
                row.kind.value,
                row.valid_from.isoformat(),
                amount_text(row),
                row.paragraph,
                *_origin(row),
            )
            for row in rows
        ],
        frozenset(("amount",)),
        _TEXTS,
    )


_TEXTS = frozenset(("found", "paragraph", "source", "superseded by"))
_ORIGIN = ("published", "source", "read on", "superseded by")


def _origin(row: LawRow) -> tuple[str, ...]:
    published = row.published_on.isoformat() if row.published_on else EMPTY
    return published, row.source, row.read_on.isoformat(), row.superseded_by or EMPTY


def _holds_on(law: Law, row: StatutoryCost, on: date) -> bool:
    """Tell whether a row is the one for a day, or was until it was superseded."""
    of_kind = [known for known in law.statutory_costs if known.kind is row.kind]
    begun = [known.valid_from for known in of_kind if known.valid_from <= on]
    return bool(begun) and row.valid_from == max(begun)


def check_table(found: LawCheck) -> Lines:
    """Return what was found, one line for each thing to look at."""
    return Lines(
        f"The law on {found.on}",
        ("found", "valid from", "value", "source"),
        list(_found(found)),
        texts=_TEXTS,
    )


def check_line(found: LawCheck) -> str:
    """Return what to do about it, or that nothing is to be done."""
    if found.missing:
        days = ", ".join(on.isoformat() for on in found.missing)
        return (
            f"missing: no reference rate for the half-year of {days}. Interest on those days is "
            "refused until 'fordran law import' brings the Riksbank's decision."
        )
    if found.is_next_known:
        return f"every half-year from 2002-07-01 to that of {found.next_on} has its rate"
    if found.on >= found.warns_from_on:
        return (
            f"warning: the half-year of {found.next_on} has no reference rate yet. Import the "
            "Riksbank's decision with 'fordran law import' before it begins."
        )
    return (
        f"every half-year that has begun has its rate; that of {found.next_on} is decided shortly "
        f"before it begins, and missed from {found.warns_from_on}"
    )


def _found(found: LawCheck) -> Iterator[tuple[str, str, str, str]]:
    for first_on in found.missing:
        yield ("missing", first_on.isoformat(), EMPTY, EMPTY)
    if not found.is_next_known:
        is_late = found.on >= found.warns_from_on
        yield ("missing" if is_late else "not yet", found.next_on.isoformat(), EMPTY, EMPTY)
    for row in found.weak:
        yield ("secondary source", *_in_short(row))
    for row in found.superseded:
        yield (f"superseded by {row.superseded_by}", *_in_short(row))


def _in_short(row: LawRow) -> tuple[str, str, str]:
    kind = "" if isinstance(row, ReferenceRate) else f"{row.kind.value} "
    return row.valid_from.isoformat(), kind + amount_text(row), row.source
