"""Decide: rows of law from outside become the next version, all of them or none.

A row that has one like it is refused unless it says that it supersedes that one: a correction is
made knowingly.
"""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from fordran.domain.law import Law, LawRow, rates_in_force
from fordran.domain.money import Money
from fordran.domain.refusals import Refusal
from fordran.domain.tables.reference_rates import ReferenceRate, half_year, next_half_year
from fordran.domain.tables.statutory_costs import CostKind, StatutoryCost

REFERENCE_RATE = "reference_rate"
IN_FORCE = "in_force"
"""What `supersedes` may say instead of the source of the row that is in force."""

FIRST_RATE_ON = date(2002, 7, 1)
"""The Riksbank's reference rate is of this day (SFS 2002:352)."""

RATE_MAX = Decimal(100)
"""A rate beyond this, up or down, is taken for a slip of the decimal point."""

_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]+)?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_RATE_DECIMALS = 4
_KRONA_DECIMALS = 2


class LawNotImported(Refusal):
    """The rows cannot be imported; nothing of them is stored. `issues` says why per row."""

    def __init__(self, issues: Sequence[str]) -> None:
        self.issues = tuple(issues)
        super().__init__("Nothing was imported.\n" + "\n".join(self.issues))


class GivenRow(msgspec.Struct, frozen=True):
    """A row as it was written: nothing of it has been checked.

    Units: `value` is percent a year for a reference rate, kronor for a cost.
    """

    place: str
    """Where it stands, for the reader of an issue: `line 3`."""
    kind: str = ""
    valid_from: str = ""
    value: str = ""
    published_on: str = ""
    source: str = ""
    read_on: str = ""
    supersedes: str = ""
    paragraph: str = ""


class Added(msgspec.Struct, frozen=True):
    """A row that an import adds, and the one it supersedes."""

    row: LawRow
    superseded: LawRow | None


class LawImport(msgspec.Struct, frozen=True):
    """What an import does. `skipped` are rows that are in force already."""

    added: tuple[Added, ...]
    skipped: tuple[LawRow, ...]


class _NoRow(Exception):  # noqa: N818 - the sentence says what is wrong
    """What is wrong with a row."""


def decide_import(law: Law, given: Sequence[GivenRow], today: date) -> LawImport:
    """Return what rows would add to the law.

    Checked per row, the first that fails: kind; day; value; source; the days it was read and
    published; whether it may supersede. Then that no half-year is left out.

    Units: `today` is a Swedish civil date. Raises: LawNotImported with every row's issue.
    """
    added: list[Added] = []
    skipped: list[LawRow] = []
    issues: list[str] = []
    for one in given:
        try:
            row = _row(one, law, today)
            known = law.row_like(row)
            if known is not None and _says_the_same(row, known):
                skipped.append(row)
                continue
            _check_supersession(one, known)
        except _NoRow as problem:
            issues.append(f"{one.place}: {problem}")
            continue
        law = law.with_rows(law.version, [row])
        added.append(Added(row, known))
    # A row with an issue may be the one that fills a gap.
    issues = issues or _gaps(law)
    if issues:
        raise LawNotImported(issues)
    return LawImport(tuple(added), tuple(skipped))


def amount_text(row: LawRow) -> str:
    """Return what a row sets, with its unit."""
    if isinstance(row, ReferenceRate):
        return f"{row.percent} %"
    return str(row.amount)


def _row(given: GivenRow, law: Law, today: date) -> LawRow:
    kinds = [REFERENCE_RATE, *CostKind]
    if given.kind not in kinds:
        raise _NoRow(f"kind is {given.kind!r}; it must be one of {', '.join(kinds)}")
    valid_from = _date(given.valid_from, "valid_from")
    value = _number(given)
    if not given.source:
        raise _NoRow("source is missing: the notice, or the address of the page that was read")
    read_on = _date(given.read_on, "read_on")
    published_on = _date(given.published_on, "published_on") if given.published_on else None
    if read_on > today:
        raise _NoRow(f"read_on {read_on} is in the future")
    if published_on is not None and published_on > read_on:
        raise _NoRow(f"published_on {published_on} is after read_on {read_on}")
    if given.kind == REFERENCE_RATE:
        _check_half_year(valid_from)
        return ReferenceRate(valid_from, value, given.source, read_on, published_on)
    kind = CostKind(given.kind)
    paragraph = given.paragraph or _paragraph(law, kind)
    amount = Money(int(value.scaleb(_KRONA_DECIMALS)))
    return StatutoryCost(kind, amount, valid_from, paragraph, given.source, read_on, published_on)


def _number(given: GivenRow) -> Decimal:
    """Return the value of a row. No float is ever between the text and the number."""
    text = given.value
    if not _NUMBER.fullmatch(text):
        raise _NoRow(f"value is {text!r}; it must be a number such as 2.00 or -0.50")
    value = Decimal(text)
    is_rate = given.kind == REFERENCE_RATE
    decimals = _RATE_DECIMALS if is_rate else _KRONA_DECIMALS
    if value.scaleb(decimals) % 1:
        raise _NoRow(f"value is {text}; it may have {decimals} decimals at most")
    if is_rate and abs(value) > RATE_MAX:
        raise _NoRow(f"value is {text} percent a year; is the decimal point in its place?")
    if not is_rate and value <= 0:
        raise _NoRow(f"value is {text}; a cost must be more than 0 kronor")
    return value


def _date(text: str, name: str) -> date:
    problem = f"{name} is {text!r}; it must be a date such as 2027-01-01"
    if not _DATE.fullmatch(text):
        raise _NoRow(problem)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _NoRow(problem) from None


def _check_half_year(valid_from: date) -> None:
    if half_year(valid_from) != valid_from:
        raise _NoRow(f"valid_from is {valid_from}; a half-year begins on 1 January or 1 July")
    if valid_from < FIRST_RATE_ON:
        raise _NoRow(f"valid_from is {valid_from}; there was no reference rate before 2002-07-01")


def _paragraph(law: Law, kind: CostKind) -> str:
    """Return the paragraph that the latest row of a kind names."""
    return [row.paragraph for row in law.statutory_costs if row.kind is kind][-1]


def _says_the_same(row: LawRow, known: LawRow) -> bool:
    return (amount_text(row), row.source) == (amount_text(known), known.source)


def _check_supersession(given: GivenRow, known: LawRow | None) -> None:
    if known is None:
        if given.supersedes:
            raise _NoRow(f"supersedes is {given.supersedes!r}, but no row is in force for the day")
        return
    has = f"{amount_text(known)}, source: {known.source}"
    if not given.supersedes:
        raise _NoRow(
            f"{given.kind} of {given.valid_from} has a row ({has}); to correct it, write that "
            f"source, or the word {IN_FORCE}, under supersedes"
        )
    if given.supersedes not in (known.source, IN_FORCE):
        raise _NoRow(f"supersedes is {given.supersedes!r}, but the row in force is {has}")


def _gaps(law: Law) -> list[str]:
    known = rates_in_force(law)
    gaps: list[str] = []
    on = FIRST_RATE_ON
    while on < max(known, default=on):
        if on not in known:
            gaps.append(f"the half-year of {on} would be left without a reference rate")
        on = next_half_year(on)
    return gaps
