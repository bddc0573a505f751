"""The law: versions of its rows, the same for every account. A row is added and never changed."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg

from fordran.domain.law import SHIPPED_LAW, Law, LawRow
from fordran.domain.law_import import Added
from fordran.domain.money import Money
from fordran.domain.tables.reference_rates import ReferenceRate
from fordran.domain.tables.statutory_costs import CostKind, StatutoryCost
from fordran.storage.unit_of_work import UnitOfWork

NO_DIGEST = b""
"""The digest of an installation that has no version yet."""

_RATE_COLUMNS = {
    "version": "integer",
    "row_number": "integer",
    "valid_from": "date",
    "percent": "numeric",
    "published_on": "date",
    "source": "text",
    "read_on": "date",
    "supersedes": "text",
}
_COST_COLUMNS = {
    "version": "integer",
    "row_number": "integer",
    "kind": "text",
    "valid_from": "date",
    "amount_minor": "bigint",
    "paragraph": "text",
    "published_on": "date",
    "source": "text",
    "read_on": "date",
    "supersedes": "text",
}
_VERSIONS = "SELECT version FROM law_versions ORDER BY version"
_RATES = (
    "SELECT version, valid_from, percent, source, read_on, published_on "
    "FROM reference_rates ORDER BY version, row_number"
)
_COSTS = (
    "SELECT version, kind, amount_minor, valid_from, paragraph, source, read_on, published_on "
    "FROM statutory_costs ORDER BY version, row_number"
)

Read = Callable[[str], Sequence[Sequence[Any]]]


class LawVersion(msgspec.Struct, frozen=True):
    """A version as stored, without its rows."""

    version: int
    imported_at: datetime
    source: str
    note: str | None
    digest: bytes
    """Of every row up to this version: equal digests are equal laws."""


def latest_version(uow: UnitOfWork) -> LawVersion | None:
    """Return the version in force, or None before the first start has written one."""
    row = uow.row(
        "SELECT version, imported_at, source, note, digest FROM law_versions "
        "ORDER BY version DESC LIMIT 1"
    )
    return LawVersion(*row) if row else None


def versions(uow: UnitOfWork) -> dict[int, Law]:
    """Return the law of every version, as this unit sees it."""
    return _folded(uow.rows)


def all_versions(conninfo: str) -> dict[int, Law]:
    """Return the law of every version; `conninfo` is of the tables' owner.

    An installation that has not written its first version has the law as shipped.
    """
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return _folded(lambda statement: connection.execute(statement.encode()).fetchall())


def insert_version(uow: UnitOfWork, version: LawVersion, added: Sequence[Added]) -> None:
    """Insert a version with the rows it adds."""
    uow.execute(
        "INSERT INTO law_versions (version, imported_at, source, note, digest) "
        "VALUES (%s, %s, %s, %s, %s)",
        (version.version, version.imported_at, version.source, version.note, version.digest),
    )
    rates, costs = [], []
    for number, one in enumerate(added, start=1):
        if isinstance(one.row, ReferenceRate):
            rates.append(_rate_row(version.version, number, one.row, one.superseded))
        else:
            costs.append(_cost_row(version.version, number, one.row, one.superseded))
    uow.insert("reference_rates", _RATE_COLUMNS, rates)
    uow.insert("statutory_costs", _COST_COLUMNS, costs)


def digest_after(before: bytes, version: int, rows: Sequence[LawRow]) -> bytes:
    """Return the digest of a version that adds rows to one with the digest `before`."""
    return hashlib.sha256(before + msgspec.json.encode([version, *rows])).digest()


def _rate_row(
    version: int, number: int, row: ReferenceRate, superseded: LawRow | None
) -> tuple[object, ...]:
    supersedes = superseded.source if superseded else None
    published_on = row.published_on
    return (
        *(version, number, row.valid_from, row.percent),
        *(published_on, row.source, row.read_on, supersedes),
    )


def _cost_row(
    version: int, number: int, row: StatutoryCost, superseded: LawRow | None
) -> tuple[object, ...]:
    supersedes = superseded.source if superseded else None
    return (
        *(version, number, row.kind.value, row.valid_from, row.amount.minor, row.paragraph),
        *(row.published_on, row.source, row.read_on, supersedes),
    )


def _folded(read: Read) -> dict[int, Law]:
    """Fold the rows of each version on the law of the one before it.

    Margins and caps are not rows of the installation: they are the program's.
    """
    numbers = [number for (number,) in read(_VERSIONS)]
    if not numbers:
        return {SHIPPED_LAW.version: SHIPPED_LAW}
    rows: dict[int, list[LawRow]] = defaultdict(list)
    for version, *rate in read(_RATES):
        rows[version].append(ReferenceRate(*rate))
    for version, kind, minor, *cost in read(_COSTS):
        rows[version].append(StatutoryCost(CostKind(kind), Money(minor), *cost))
    law = Law(reference_rates=(), statutory_costs=())
    folded = {}
    for number in numbers:
        law = law.with_rows(number, rows[number])
        folded[number] = law
    return folded
