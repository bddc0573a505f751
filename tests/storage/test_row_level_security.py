"""The walls between accounts, in the database alone: no code of ours helps here."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from litestar.testing import TestClient
from psycopg import errors, sql

from fordran.bankfiles.pain001_records import Bankgiro
from fordran.bootstrap import APP_ROLE, WORKER_ROLE, api_app
from fordran.domain.case_status import CloseReason
from fordran.domain.ending import DecidedEnding
from fordran.operations.context import Context
from fordran.operations.end_cases import EndCase, end_cases
from fordran.operations.pay_refunds import list_open_refunds, set_refund_account
from fordran.settings import DEMO_AGENCY, Settings
from fordran.storage.database import Database
from tests.api.finance import advance, claim, pay_agency, run
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, debt

PDF = b"%PDF-1.4\n%%EOF\n"

WITHOUT_WALL = {
    "access_tokens": "looked up before the tenant is known",
    "api_codes": "looked up before the tenant is known",
    "ocr_numbers": "unique in the installation",
}
"""Tables that name an account and have no row-level security, each with the schema's reason."""

NOT_FILLED = {"idempotency_keys", "letter_hand_overs", "post_batches"}
"""Tables of a tenant that the flow of these tests does not write.

Letters of virtual clocks never reach the post: tests/storage/test_post.py has walls of its own."""


class TwoAccounts(NamedTuple):
    """Two accounts whose cases have gone through everything, and where their rows are."""

    first: str
    second: str
    database: WorkerDatabase


@pytest.fixture
def two(api: ApiClient, context: Context, database: WorkerDatabase) -> TwoAccounts:
    other = ApiClient(api.client, Account.make(context))
    for client in (api, other):
        case_id = client.register()
        upload(client, case_id)
        client.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
        payment = client.account.payment(case_id, amount=100)
        payment_id = client.made("/creditor--payments", payment)["_id"]
        client.made("/creditor--creditings", client.account.crediting(case_id))
        client.made("/case--interest-reductions", client.account.reduction(case_id))
        hold_and_release(client, case_id)
        client.made("/creditor--payment-reversals", client.account.reversal(payment_id))
        client.made("/creditor--cancellations", client.account.cancellation(case_id))
        end_by_decision(client)
        move_money_out(client)
    return TwoAccounts(api.account.id, other.account.id, database)


def hold_and_release(client: ApiClient, case_id: str) -> None:
    """Hold a case in every way, and let it go on."""
    account = client.account
    client.made(f"/case--respites/{case_id}", account.respite())
    pause_id = client.made("/case--pauses", account.pause(case_id))["_id"]
    client.patched(f"/case--pauses/{pause_id}", account.resumption())
    dispute_id = client.made("/case--disputes", account.dispute(case_id))["_id"]
    client.patched(f"/case--disputes/{dispute_id}", account.outcome("rejected"))


def end_by_decision(client: ApiClient) -> None:
    """Let a person at the agency end a case."""
    ending = DecidedEnding(
        reason=CloseReason.WITHDRAWN, explanation="by telephone", decided_by="Anna Berg"
    )
    case_id = client.register(debts=[debt(invoice_number="INV-ENDED")])
    command = EndCase(creditor_id=None, case_id=case_id, request=b"{}", ending=ending)
    end_cases(client.account.context, client.account.id, [command])


def move_money_out(client: ApiClient) -> None:
    """Let a debtor pay too much to the agency; pay out, and pay back."""
    pay_agency(client, claim(client, "INV-OUT").ocr_number, 5000, "Wed, 03 Sep 2025 08:00:00 GMT")
    advance(client, "Fri, 19 Sep 2025 06:00:00 GMT")
    context, account_id = client.account.context, client.account.id
    (refund,) = list_open_refunds(context, account_id)
    set_refund_account(context, account_id, refund.view.id, Bankgiro("9912346"))
    assert run(client).is_new


def upload(client: ApiClient, case_id: str) -> None:
    answer = client.client.post(
        f"/media--upload/{case_id}",
        headers=client.headers,
        files={"file": ("original_invoice.pdf", PDF, "application/pdf")},
        data={"domain": "cases", "dotted_path": "original_invoice"},
    )
    assert answer.status_code == 201, answer.text


def query(conninfo: str, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with psycopg.connect(conninfo) as connection:
        return connection.execute(statement, parameters).fetchall()


def walled_tables(database: WorkerDatabase) -> list[str]:
    rows = query(
        database.conninfo(),
        "SELECT relname FROM pg_class WHERE relrowsecurity "
        "AND relnamespace = 'public'::regnamespace ORDER BY relname",
    )
    return [name for (name,) in rows]


@pytest.fixture
def as_first(two: TwoAccounts) -> Iterator[psycopg.Connection]:
    """A connection of the pool's role that speaks as the first account."""
    with psycopg.connect(two.database.conninfo(APP_ROLE)) as connection:
        connection.execute("SELECT set_config('fordran.accounts', %s, false)", (two.first,))
        connection.commit()
        yield connection


def accounts_in(connection: psycopg.Connection, table: str) -> set[str]:
    statement = sql.SQL("SELECT DISTINCT account_id FROM {}").format(sql.Identifier(table))
    return {account_id for (account_id,) in connection.execute(statement).fetchall()}


def test_every_table_that_names_an_account_has_a_wall_or_a_reason(database: WorkerDatabase) -> None:
    named = query(
        database.conninfo(),
        "SELECT relname, relrowsecurity FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
        "WHERE attname = 'account_id' AND NOT attisdropped AND relkind IN ('r', 'p') "
        "AND relnamespace = 'public'::regnamespace",
    )
    assert {name for name, has_wall in named if not has_wall} == set(WITHOUT_WALL)
    assert len(named) > 15
    schema = Path("src/fordran/storage/schema.sql").read_text()
    for table, reason in WITHOUT_WALL.items():
        assert any(table in line and reason in line for line in schema.splitlines()), table


def test_every_wall_has_one_policy_for_everything_and_everyone(database: WorkerDatabase) -> None:
    policies = query(
        database.conninfo(),
        "SELECT tablename, permissive, roles::text, cmd FROM pg_policies ORDER BY tablename",
    )
    assert [name for name, *_ in policies] == walled_tables(database)
    assert {tuple(rest) for _, *rest in policies} == {("PERMISSIVE", "{public}", "ALL")}


def test_roles_have_no_power_that_defeats_a_wall(database: WorkerDatabase) -> None:
    powers = query(
        database.conninfo(),
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb "
        "OR rolreplication FROM pg_roles WHERE rolname = ANY(%s)",
        ([APP_ROLE, WORKER_ROLE],),
    )
    assert dict(powers) == {APP_ROLE: False, WORKER_ROLE: False}
    owned = query(
        database.conninfo(),
        "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = ANY(%s)",
        ([APP_ROLE, WORKER_ROLE],),
    )
    assert owned == [(0,)]


def test_an_account_sees_no_row_of_another_in_any_table(
    two: TwoAccounts, as_first: psycopg.Connection
) -> None:
    for table in walled_tables(two.database):
        with psycopg.connect(two.database.conninfo()) as owner:
            filled = accounts_in(owner, table) if table != "accounts" else {two.first, two.second}
        if table not in NOT_FILLED:
            assert {two.first, two.second} <= filled, table
        assert accounts_in(as_first, table) <= {two.first}, table
        if table not in NOT_FILLED:
            assert accounts_in(as_first, table) == {two.first}, table


@pytest.mark.parametrize("account_id", [None, "", "%", "*", "{}", "000000000000000000000000"])
def test_nobody_sees_any_row(two: TwoAccounts, account_id: str | None) -> None:
    with psycopg.connect(two.database.conninfo(APP_ROLE)) as connection:
        if account_id is not None:
            connection.execute("SELECT set_config('fordran.accounts', %s, false)", (account_id,))
        for table in walled_tables(two.database):
            assert accounts_in(connection, table) == set(), table


def test_an_account_changes_no_row_of_another(
    two: TwoAccounts, as_first: psycopg.Connection
) -> None:
    for table in walled_tables(two.database):
        for verb in ("UPDATE {} SET account_id = account_id", "DELETE FROM {}"):
            statement = sql.SQL(verb + " WHERE account_id = %s").format(sql.Identifier(table))
            try:
                changed = as_first.execute(statement, (two.second,)).rowcount
            except errors.InsufficientPrivilege:
                changed = 0
            as_first.rollback()
            assert changed == 0, table


def test_an_account_adds_no_row_to_another(two: TwoAccounts, as_first: psycopg.Connection) -> None:
    for table in walled_tables(two.database):
        if table in NOT_FILLED:
            continue
        identifier = sql.Identifier(table)
        with psycopg.connect(two.database.conninfo()) as owner:
            row = owner.execute(
                sql.SQL("SELECT row_to_json(t)::text FROM {} AS t WHERE account_id = %s").format(
                    identifier
                ),
                (two.second,),
            ).fetchone()
        assert row is not None, table
        statement = sql.SQL("INSERT INTO {} SELECT * FROM json_populate_record(NULL::{}, %s)")
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            as_first.execute(statement.format(identifier, identifier), (row[0],))
        as_first.rollback()


def test_a_row_cannot_be_moved_to_another_account(
    two: TwoAccounts, as_first: psycopg.Connection
) -> None:
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        as_first.execute("UPDATE case_balances SET account_id = %s", (two.second,))


def test_the_worker_reads_what_is_due_and_nothing_else(database: WorkerDatabase) -> None:
    privileges = query(
        database.conninfo(),
        "SELECT relname, privilege FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', "
        "'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS privilege "
        "WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND relnamespace = 'public'::regnamespace "
        "AND has_table_privilege(%s, pg_class.oid, privilege)",
        (WORKER_ROLE,),
    )
    assert sorted(privileges) == [
        ("accounts_with_client_money", "SELECT"),
        ("accounts_with_letters_to_hand_over", "SELECT"),
        ("due_cases", "SELECT"),
    ]
    columns = query(
        database.conninfo(),
        "SELECT table_name::text, column_name::text FROM information_schema.columns "
        "WHERE table_name IN ('due_cases', 'accounts_with_client_money', "
        "'accounts_with_letters_to_hand_over') "
        "ORDER BY table_name, ordinal_position",
    )
    assert columns == [
        ("accounts_with_client_money", "account_id"),
        ("accounts_with_letters_to_hand_over", "account_id"),
        ("due_cases", "account_id"),
        ("due_cases", "case_id"),
        ("due_cases", "next_due_at"),
    ]


def test_the_application_reads_no_view_which_would_see_through_the_walls(
    database: WorkerDatabase,
) -> None:
    readable = query(
        database.conninfo(),
        "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') "
        "AND relnamespace = 'public'::regnamespace AND has_any_column_privilege(%s, oid, 'SELECT')",
        (APP_ROLE,),
    )
    assert readable == []
    security_definers = query(
        database.conninfo(),
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace",
    )
    assert security_definers == []


@pytest.fixture
def pool_of_one(
    context: Context, database: WorkerDatabase, tmp_path: Path
) -> Iterator["TestClient[Any]"]:
    """The API over a pool of a single connection."""
    pool = Database(database.conninfo(APP_ROLE), database.conninfo(WORKER_ROLE), connections_max=1)
    narrow = Context(
        database=pool,
        blobs=context.blobs,
        clock=context.clock,
        randomness=context.randomness,
        agency=DEMO_AGENCY,
    )
    app = api_app(Settings(data_dir=tmp_path, is_sandbox=True), narrow)
    try:
        with TestClient(app, raise_server_exceptions=False) as client:
            yield client
    finally:
        pool.close()


def test_two_accounts_on_one_connection_never_see_each_other(
    pool_of_one: "TestClient[Any]", context: Context
) -> None:
    clients = [ApiClient(pool_of_one, Account.make(context)) for _ in range(2)]
    own: dict[str, set[str]] = {client.account.id: set() for client in clients}
    for round_number in range(6):
        for client, other in (clients, clients[::-1]):
            number = f"INV-{round_number}"
            own[client.account.id].add(client.register(debts=[debt(invoice_number=number)]))
            for reader in (other, client, other):
                assert_sees_only(reader, own)
            # A refused write leaves the connection as clean as an accepted one.
            refused = client.account.registration(creditor=other.account.creditor_id)
            assert client.post("/case--registrations", refused).status_code == 422
            assert_sees_only(other, own)
    for client in clients:
        assert client.advance(by="PT2H").status_code == 200
        assert_sees_only(client, own)


def assert_sees_only(client: ApiClient, own: dict[str, set[str]]) -> None:
    mine = own[client.account.id]
    listed = client.get("/cases", max_results="100").json()
    assert {document["_id"] for document in listed["_items"]} == mine
    assert {document["account"] for document in listed["_items"]} <= {client.account.id}
    assert listed["_meta"]["total"] == len(mine)
    for case_ids in own.values():
        for case_id in case_ids:
            status = client.get(f"/cases/{case_id}").status_code
            assert status == (200 if case_id in mine else 404)


def test_what_is_due_names_no_account_with_a_virtual_clock(two: TwoAccounts) -> None:
    with psycopg.connect(two.database.conninfo(WORKER_ROLE)) as worker:
        rows = worker.execute("SELECT DISTINCT account_id FROM due_cases").fetchall()
        assert not {account_id for (account_id,) in rows} & {two.first, two.second}
