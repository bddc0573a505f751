"""The law in force: kept in memory by version, written at start-up, watched for what is missing."""

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

import msgspec

from fordran.domain.law import SHIPPED_LAW, Law, LawRow
from fordran.domain.law_check import LawCheck, LawState, check
from fordran.domain.law_import import Added, amount_text
from fordran.domain.swedish_time import civil_date
from fordran.operations.context import Context
from fordran.storage import law as stored
from fordran.storage.law import NO_DIGEST, LawVersion
from fordran.storage.unit_of_work import UnitOfWork

logger = logging.getLogger("fordran.law")

SHIPPED = "shipped with the program"


class LawBook:
    """The law of every version, read once for each state of the tables that a process meets.

    Rows are only ever added, and a version's digest covers all of them: what was read under a
    digest stays right, in whatever database it was found. Safe for threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._books: dict[bytes, Mapping[int, Law]] = {}

    def versions(self, uow: UnitOfWork, digest: bytes) -> Mapping[int, Law]:
        """Return the law of every version up to the one with a digest."""
        if digest == NO_DIGEST:
            return {SHIPPED_LAW.version: SHIPPED_LAW}
        known = self._books.get(digest)
        if known is not None:
            return known
        found = MappingProxyType(stored.versions(uow))
        with self._lock:
            return self._books.setdefault(digest, found)


LAW_BOOK = LawBook()
"""The process's own."""


class LawInForce(msgspec.Struct, frozen=True):
    """What one look at the tables found: the latest version, and the law of every version."""

    latest: LawVersion | None
    """None before the first start has written one; then the law is as shipped."""
    law: Law
    versions: Mapping[int, Law]


def look_up_law(uow: UnitOfWork) -> LawInForce:
    """Return the law in force with every version before it."""
    latest = stored.latest_version(uow)
    if latest is None:
        return LawInForce(None, SHIPPED_LAW, {SHIPPED_LAW.version: SHIPPED_LAW})
    versions = LAW_BOOK.versions(uow, latest.digest)
    return LawInForce(latest, versions[latest.version], versions)


def law_in_force(uow: UnitOfWork) -> Law:
    """Return the law in force."""
    return look_up_law(uow).law


def add_version(
    uow: UnitOfWork,
    latest: LawVersion | None,
    added: Sequence[Added],
    *,
    source: str,
    note: str | None,
    imported_at: datetime,
) -> int:
    """Add a version of the law with its new rows, decided on the latest; return its number.

    Two that come at once get the same number, of which the database keeps one; the other unit
    of work is tried again and finds the first one's rows.
    """
    version = latest.version + 1 if latest else 0
    before = latest.digest if latest else NO_DIGEST
    digest = stored.digest_after(before, version, [one.row for one in added])
    stored.insert_version(uow, LawVersion(version, imported_at, source, note, digest), added)
    return version


def save_shipped_law(context: Context) -> int | None:
    """Write the rows of law that come with the program and that the installation lacks.

    The first start writes all of them, as version 0; a newer program's start writes what it has
    more, as the next version. A row that was imported stays, unless it is the very one that the
    program has a correction of. Returns the version that was added, if any.
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> int | None:
        found = look_up_law(uow)
        if found.latest is None:
            lacking = _as_added(_in_order(SHIPPED_LAW))
        else:
            lacking = lacking_rows(found.law, SHIPPED_LAW)
        if not lacking:
            return None
        return add_version(
            uow, found.latest, lacking, source=SHIPPED, note=None, imported_at=real_now
        )

    return context.database.run(None, operation)


def lacking_rows(law: Law, shipped: Law) -> list[Added]:
    """Return the shipped rows that a law lacks, each with the row it supersedes."""
    corrected = [row for row in _in_order(shipped) if row.superseded_by is not None]
    lacking = []
    for row in _in_order(shipped):
        if row.superseded_by is not None:
            continue
        known = law.row_like(row)
        if known is None or any(_is_same(known, wrong) for wrong in corrected):
            lacking.append(Added(row, known))
    return lacking


def check_law(context: Context, on: date | None = None) -> LawCheck:
    """Check the law in force, as of today unless another day is named."""
    day = on or civil_date(context.clock.now())
    return context.database.run(None, lambda uow: check(law_in_force(uow), day))


class LawWatch:
    """Warns in the log once a day while a reference rate is missing or will be."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looked_on: date | None = None

    def look(self) -> LawState:
        """Look at the law if that has not been done today.

        Raises: DatabaseUnavailable; then it is looked at again.
        """
        today = civil_date(self._context.clock.now())
        if self._looked_on == today:
            return LawState.FINE
        found = check_law(self._context, today)
        self._looked_on = today
        for first_on in found.missing:
            logger.error("reference_rate_missing half_year=%s has_begun=true", first_on)
        if found.state is not LawState.FINE and not found.is_next_known:
            logger.warning(
                "reference_rate_missing half_year=%s has_begun=false days_left=%d",
                found.next_on,
                (found.next_on - today).days,
            )
        return found.state


def _as_added(rows: Sequence[LawRow]) -> list[Added]:
    law = Law(reference_rates=(), statutory_costs=())
    added = []
    for row in rows:
        added.append(Added(row, law.row_like(row)))
        law = law.with_rows(0, [row])
    return added


def _in_order(law: Law) -> list[LawRow]:
    return [*law.reference_rates, *law.statutory_costs]


def _is_same(known: LawRow, other: LawRow) -> bool:
    """Tell whether two rows of one half-year, or one kind and day, say the same."""
    key = (type(known), known.valid_from, known.source, amount_text(known))
    return key == (type(other), other.valid_from, other.source, amount_text(other))
