"""The audit finds every edit that is made directly in the tables: 1,000 of them, drawn at random.

Each is made with every trigger and foreign key switched off, as only the owner can, in a
transaction of its own that the audit sees and that is rolled back.
"""

from collections.abc import Callable, Iterator, Mapping
from random import Random  # noqa: TID251 - a test draws from a seed
from typing import NamedTuple

import psycopg
import pytest

from fordran.domain.law import Law
from fordran.operations.checked_rule import CheckedRule
from fordran.operations.verify_books import verify_books, verify_connection
from fordran.storage.blobs import BlobStore
from fordran.storage.law import all_versions
from tests.conftest import WorkerDatabase
from tests.storage.edits import NOT_FOUND, TABLES, WITHOUT_EFFECT, Edit, Editor
from tests.storage.rich_book import rich_book

SHARDS = 4
EDITS_PER_SHARD = 250
"""Together the 1,000 that the product promises."""


class Audited(NamedTuple):
    """A book with nothing wrong, as its owner sees it."""

    connection: psycopg.Connection
    conninfo: str
    laws: Mapping[int, Law]
    blobs: BlobStore

    def audit(self) -> list[CheckedRule]:
        return verify_connection(self.connection, self.laws)


@pytest.fixture(scope="module")
def audited(
    make_database: Callable[[], WorkerDatabase], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Audited]:
    database = make_database()
    conninfo = database.conninfo()
    with (
        rich_book(database, tmp_path_factory.mktemp("rich")) as book,
        psycopg.connect(conninfo) as connection,
    ):
        yield Audited(connection, conninfo, all_versions(conninfo), book.context.blobs)


def test_the_book_is_right_before_it_is_edited(audited: Audited) -> None:
    checked = verify_books(audited.conninfo, blobs=audited.blobs)
    assert [violation for check in checked for violation in check.violations] == []
    assert [check.rule for check in checked if not check.rows] == []


@pytest.mark.parametrize("seed", range(1, SHARDS + 1))
def test_every_edit_is_found(audited: Audited, seed: int) -> None:
    editor = Editor(audited.connection, Random(seed))
    audited.connection.rollback()
    missed: list[str] = []
    edited = 0
    while edited < EDITS_PER_SHARD:
        edit = editor.draw()
        found = violations_after(audited, edit)
        if found is None:
            continue  # The table's own constraints refused it: no edit at all.
        edited += 1
        if not found:
            missed.append(edit.said)
    assert not missed, "\n".join(missed)


def violations_after(audited: Audited, edit: Edit) -> list[str] | None:
    """Make an edit, audit the book, take it back; None if the table refused it."""
    connection = audited.connection
    connection.execute("SET LOCAL session_replication_role = replica")
    try:
        changed = connection.execute(edit.statement, edit.parameters)
        assert changed.rowcount == 1, edit.said
        checked = audited.audit()
    except psycopg.IntegrityError:
        return None
    finally:
        connection.rollback()
    return [violation for check in checked for violation in check.violations]


def test_what_is_not_found_is_of_columns_that_are_there(audited: Audited) -> None:
    columns = Editor(audited.connection, Random(0)).types
    audited.connection.rollback()
    known = {f"{table}.{name}" for table in TABLES for name in columns[table]}
    known |= {f"*.{name}" for table in TABLES for name in columns[table]}
    known |= {f"{table} removed" for table in TABLES}
    strange = [name for name in NOT_FOUND if ".".join(name.split(".")[:2]) not in known]
    assert strange == []
    assert [name for name in WITHOUT_EFFECT if f"*.{name}" not in {*known, "*.removed"}] == []
