"""Numbered SQL migrations: applied once, in order, each in a transaction of its own."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from fordran.storage.database_roles import ensure_roles
from fordran.storage.engine_errors import (
    MigrationChanged,
    MigrationFailed,
    MigrationsMalformed,
    SchemaNewerThanCode,
)

_PACKAGE = "fordran.storage"
_FOLDER = "migrations"
_FILE_NAME = re.compile(r"(?P<number>[0-9]{4})_[a-z0-9_]+\.sql")
# Any number will do, as long as nothing else in the database takes it: "fordran" in ASCII.
_ADVISORY_LOCK = int.from_bytes(b"fordran")
_LOCK_TIMEOUT = "10s"

_CREATE_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer NOT NULL CONSTRAINT schema_migrations_pkey PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


@dataclass(frozen=True)
class Migration:
    """One numbered file."""

    number: int
    name: str
    """The file's name, `0001_initial.sql`."""
    sql: str

    @property
    def sha256(self) -> str:
        """The fingerprint of the wording; line endings do not count."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


def read_migrations() -> list[Migration]:
    """Return the migrations of this release in order.

    Raises: MigrationsMalformed.
    """
    files = (resources.files(_PACKAGE) / _FOLDER).iterdir()
    found = []
    for file in sorted(files, key=lambda file: file.name):
        if not file.name.endswith(".sql"):
            continue
        match = _FILE_NAME.fullmatch(file.name)
        if match is None:
            raise MigrationsMalformed(
                f"{file.name} is no name of a migration. "
                "Remedy: call it like 0002_what_it_does.sql."
            )
        found.append(Migration(int(match["number"]), file.name, file.read_text("utf-8")))
    return found


def migrate(conninfo: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Bring the database up to date; return the names of the migrations that were applied.

    Several processes may call this at once: one works, the others wait and find nothing to do.
    The roles come first, since migrations grant rights to them. A migration that waits too long
    for a table in use gives up, rather than stop everyone who queues behind it.

    Raises: MigrationsMalformed, RolesUnusable, SchemaNewerThanCode, MigrationChanged,
    MigrationFailed.
    """
    known = _in_order(migrations)
    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("SET lock_timeout = 0")
        conn.execute("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        try:
            conn.execute("SELECT set_config('lock_timeout', %s, false)", (_LOCK_TIMEOUT,))
            conn.execute("SET client_min_messages = warning")
            ensure_roles(conn)
            conn.execute(_CREATE_TABLE)
            missing = _missing(conn, known)
            for migration in missing:
                _apply(conn, migration)
        finally:
            if not conn.broken:
                conn.execute("SELECT pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))
    return [migration.name for migration in missing]


def pending(conninfo: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Return the names of the migrations that `migrate` would apply; change nothing.

    Raises: MigrationsMalformed, SchemaNewerThanCode, MigrationChanged.
    """
    known = _in_order(migrations)
    with psycopg.connect(conninfo, autocommit=True) as conn:
        return [migration.name for migration in _missing(conn, known)]


def _in_order(migrations: Sequence[Migration] | None) -> list[Migration]:
    known = list(read_migrations() if migrations is None else migrations)
    numbers = [migration.number for migration in known]
    if numbers != list(range(1, len(known) + 1)):
        raise MigrationsMalformed(
            f"The migrations are numbered {numbers}. Remedy: number them 1, 2, 3, ... with no gap "
            "and no number twice."
        )
    return known


def _missing(conn: psycopg.Connection[Any], known: Sequence[Migration]) -> list[Migration]:
    exists = conn.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    assert exists is not None, "a function call returns a row"
    if not exists[0]:
        return list(known)
    query = "SELECT number, name, sha256 FROM schema_migrations ORDER BY number"
    applied = {number: (name, sha256) for number, name, sha256 in conn.execute(query)}
    numbers = {migration.number for migration in known}
    unknown = [name for number, (name, _) in applied.items() if number not in numbers]
    if unknown:
        raise SchemaNewerThanCode(unknown)
    for migration in known:
        recorded = applied.get(migration.number)
        if recorded is not None and recorded != (migration.name, migration.sha256):
            raise MigrationChanged(migration.name)
    return [migration for migration in known if migration.number not in applied]


def _apply(conn: psycopg.Connection[Any], migration: Migration) -> None:
    """Run one file and record it, both or neither."""
    record = "INSERT INTO schema_migrations (number, name, sha256) VALUES (%s, %s, %s)"
    try:
        with conn.transaction():
            conn.execute(migration.sql.encode())
            if conn.info.transaction_status is not TransactionStatus.INTRANS:
                raise MigrationsMalformed(
                    f"{migration.name} ended the transaction it runs in. Remedy: take BEGIN, "
                    "COMMIT and ROLLBACK out of it, and restore the database from a backup."
                )
            conn.execute(record, (migration.number, migration.name, migration.sha256))
    except psycopg.Error as error:
        raise MigrationFailed(migration.name, str(error).strip()) from error
