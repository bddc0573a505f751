"""What the database refuses, whoever asks: money and events are written once."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from fordran.bootstrap import APP_ROLE
from tests.conftest import WorkerDatabase
from tests.world import ApiClient

WRITTEN_ONCE = ("case_events", "creditor_payments", "entries", "letters", "postings")
CHANGES = (
    "UPDATE {} SET account_id = account_id",
    "DELETE FROM {}",
    "TRUNCATE {} CASCADE",
)


@pytest.fixture
def paid_case(api: ApiClient) -> str:
    """A case with rows in every table that is written once."""
    case_id = api.register()
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    api.post("/creditor--payments", api.account.payment(case_id, amount=500))
    return case_id


@pytest.fixture
def owner(database: WorkerDatabase, paid_case: str) -> Iterator[psycopg.Connection]:
    """A connection of the tables' owner; nothing of it is kept."""
    with psycopg.connect(database.conninfo()) as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def application(
    database: WorkerDatabase, paid_case: str, api: ApiClient
) -> Iterator[psycopg.Connection]:
    """A connection of the application's role for the account; nothing of it is kept."""
    with psycopg.connect(database.conninfo(APP_ROLE), autocommit=True) as connection:
        connection.execute("SELECT set_config('fordran.accounts', %s, false)", (api.account.id,))
        yield connection


def test_append_only_tables_are_those_with_money_and_events(database: WorkerDatabase) -> None:
    with psycopg.connect(database.conninfo()) as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid "
            "WHERE tgfoid = 'refuse_change'::regproc AND tgenabled = 'O' ORDER BY relname"
        ).fetchall()
    assert {name for (name,) in rows} >= set(WRITTEN_ONCE)


@pytest.mark.parametrize("table", WRITTEN_ONCE)
@pytest.mark.parametrize("change", CHANGES)
def test_change_of_what_is_written_once_is_refused_to_the_application(
    application: psycopg.Connection, table: str, change: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        application.execute(sql.SQL(change).format(sql.Identifier(table)))


@pytest.mark.parametrize("table", WRITTEN_ONCE)
@pytest.mark.parametrize("change", CHANGES)
def test_change_of_what_is_written_once_is_refused_even_to_the_owner(
    owner: psycopg.Connection, table: str, change: str
) -> None:
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        owner.execute(sql.SQL(change).format(sql.Identifier(table)))


def insert_legs(
    connection: psycopg.Connection, account_id: str, case_id: str, *amounts: int
) -> None:
    """Insert legs of the case's first entry, with numbers that are free."""
    legs: list[Any] = [
        (account_id, case_id, 1, 100 + number, "capital", "capital", amount, "SEK")
        for number, amount in enumerate(amounts)
    ]
    values = sql.SQL(", ").join(sql.SQL("({})").format(sql.SQL(", ").join(leg)) for leg in legs)
    connection.execute(sql.SQL("INSERT INTO postings VALUES {}").format(values))


@pytest.mark.parametrize("amounts", [(100,), (100, -99), (100, -100, 1)])
def test_unbalanced_entry_is_refused(
    application: psycopg.Connection, api: ApiClient, paid_case: str, amounts: tuple[int, ...]
) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        insert_legs(application, api.account.id, paid_case, *amounts)
    assert refused.value.diag.constraint_name == "postings_balanced"


def test_unbalanced_entry_is_refused_to_the_owner_too(
    owner: psycopg.Connection, api: ApiClient, paid_case: str
) -> None:
    with pytest.raises(errors.CheckViolation):
        insert_legs(owner, api.account.id, paid_case, 100, -101)


def test_legs_of_two_currencies_do_not_balance_each_other(
    owner: psycopg.Connection, api: ApiClient, paid_case: str
) -> None:
    with pytest.raises(errors.CheckViolation):
        owner.execute(
            "INSERT INTO postings VALUES (%(a)s, %(c)s, 1, 100, 'capital', 'capital', 1, 'SEK'), "
            "(%(a)s, %(c)s, 1, 101, 'capital', 'capital', -1, 'EUR')",
            {"a": api.account.id, "c": paid_case},
        )


def test_balance_below_zero_is_refused(application: psycopg.Connection, paid_case: str) -> None:
    with pytest.raises(errors.CheckViolation) as refused:
        application.execute(
            "UPDATE case_balances SET capital_settled_minor = capital_added_minor + 1 "
            "WHERE case_id = %s",
            (paid_case,),
        )
    assert refused.value.diag.constraint_name == "case_balances_not_negative"


def test_payment_of_nothing_or_settled_beyond_its_amount_is_refused(
    owner: psycopg.Connection, api: ApiClient, paid_case: str
) -> None:
    for amount, settled in ((0, 0), (-1, 0), (100, 101), (100, -1)):
        with pytest.raises(errors.CheckViolation), owner.transaction():
            owner.execute(
                "INSERT INTO creditor_payments SELECT account_id, 'another', creditor_id, case_id, "
                "currency, %s, bank_transaction_at, client_registration_at, NULL, origin, status, "
                "NULL, %s, etag, created_at FROM creditor_payments WHERE case_id = %s",
                (amount, settled, paid_case),
            )
