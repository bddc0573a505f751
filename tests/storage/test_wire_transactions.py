"""The transactions kept beside a case are what its entries say, however they got there."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from fordran.domain.ledger import Component, Entry, EntryKind, Origin
from fordran.domain.money import Money
from fordran.storage import cases
from fordran.storage.audit import prepare
from fordran.storage.migrate import read_migrations
from fordran.storage.unit_of_work import UnitOfWork
from fordran.storage.wire_transactions import wire_transactions
from tests.conftest import WorkerDatabase
from tests.storage.test_statement import ACCOUNT, NOW, books, drafts

BEGIN = "UPDATE cases SET transactions ="


@pytest.fixture(scope="module")
def owner(database: WorkerDatabase) -> Iterator[psycopg.Connection]:
    """A connection in a transaction that is never committed, with what cases refer to left out."""
    with psycopg.connect(database.conninfo()) as opened:
        opened.execute("SET session_replication_role = replica")
        prepare(opened)
        yield opened
        opened.rollback()


def filling() -> str:
    """Return the statement of the migration that fills what older cases lack."""
    (text,) = [one.sql for one in read_migrations() if one.name == "0005_statement.sql"]
    return text[text.index(BEGIN) :].split(";\n")[0]


def kept(connection: psycopg.Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT case_id, transactions FROM cases WHERE account_id = %s", (ACCOUNT,)
    )
    return dict(rows.fetchall())


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40)
@given(books())
def test_the_migration_writes_what_is_written_since(owner, book):
    with owner.transaction(force_rollback=True):
        cases.insert(UnitOfWork(owner, ACCOUNT), list(drafts(book)), NOW)
        since = kept(owner)
        owner.execute("UPDATE cases SET transactions = ''")
        owner.execute(filling().encode())
        assert kept(owner) == since


def test_the_migration_knows_how_entries_named_a_payment_before(owner):
    entry = Entry(
        number=1,
        kind=EntryKind.SETTLEMENT,
        component=Component.CAPITAL,
        amount=Money(-50_10),
        value_at=datetime(2025, 9, 3, 8, 0, 1, 900_000, tzinfo=UTC),
        booked_at=datetime(2025, 9, 3, tzinfo=UTC),
        origin=Origin.CREDITOR_SYSTEM,
        description="creditor_payment.payment_settled",
        creditor_payment_id="c" * 24,
    )
    with owner.transaction(force_rollback=True):
        owner.execute(
            "INSERT INTO cases SELECT %s, 'case', 'b', 'c', 'd', 'e', 'f', 'g', 'h', NULL, now(), "
            "'{}', ''",
            (ACCOUNT,),
        )
        owner.execute(
            "INSERT INTO entries VALUES (%s, 'case', 1, 'settlement', 'capital', %s, %s, %s)",
            (ACCOUNT, entry.value_at, entry.booked_at, msgspec.json.encode(entry).decode()),
        )
        owner.execute(filling().encode())
        assert kept(owner)["case"].encode() == wire_transactions([entry])
    (shown,) = msgspec.json.decode(wire_transactions([entry]))
    assert shown["amount"] == -50.1
    assert shown["creditor_payment"] == "c" * 24
    assert shown["payment_method"] == "creditor_payment"
