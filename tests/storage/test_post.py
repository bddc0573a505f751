"""The rows of the post: walled, written once, and audited."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from psycopg import errors, sql

from fordran.bootstrap import APP_ROLE
from fordran.operations.context import Context
from fordran.operations.hand_over_letters import accounts_to_hand_over
from fordran.storage.audit_post import POST_QUERIES
from tests.conftest import WorkerDatabase
from tests.posted import COMPANIES, Mailbox
from tests.world import Account

TABLES = ("letter_hand_overs", "post_batches")


class Two(NamedTuple):
    """Two accounts whose letters the post has got."""

    first: Mailbox
    second: Mailbox


@pytest.fixture
def two(context: Context, tmp_path: Path) -> Two:
    boxes = Two(Mailbox(context, tmp_path / "post"), Mailbox(context, tmp_path / "post"))
    for box in boxes:
        box.send(*COMPANIES[:2])
        assert [batch.letters for batch in box.hand_over().batches] == [2]
    return boxes


@pytest.fixture
def owner(database: WorkerDatabase, two: Two) -> Iterator[psycopg.Connection]:
    """A connection of the tables' owner; nothing of it is kept."""
    with psycopg.connect(database.conninfo()) as connection:
        yield connection
        connection.rollback()


@pytest.mark.parametrize("table", TABLES)
def test_an_account_sees_and_adds_only_its_own_rows(
    two: Two, owner: psycopg.Connection, database: WorkerDatabase, table: str
) -> None:
    name = sql.Identifier(table)
    ids = {two.first.account.id, two.second.account.id}
    everything = sql.SQL("SELECT DISTINCT account_id FROM {}").format(name)
    assert ids <= {account_id for (account_id,) in owner.execute(everything)}
    with psycopg.connect(database.conninfo(APP_ROLE)) as connection:
        assert connection.execute(everything).fetchall() == []
        connection.execute("SELECT set_config('fordran.accounts', %s, false)", [min(ids)])
        assert connection.execute(everything).fetchall() == [(min(ids),)]
        row = owner.execute(
            sql.SQL("SELECT row_to_json(t)::text FROM {} AS t WHERE account_id = %s").format(name),
            [max(ids)],
        ).fetchone()
        assert row is not None
        statement = sql.SQL("INSERT INTO {} SELECT * FROM json_populate_record(NULL::{}, %s)")
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(statement.format(name, name), row)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "change", ["UPDATE {} SET account_id = account_id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_rows_are_written_once(owner: psycopg.Connection, table: str, change: str) -> None:
    with pytest.raises(errors.RestrictViolation, match="append-only"):
        owner.execute(change.format(table).encode())


TAMPERINGS = {
    "a letter is in another account's batch": "UPDATE letter_hand_overs SET post_batch_id = "
    "(SELECT post_batch_id FROM post_batches WHERE account_id = %(other)s) "
    "WHERE account_id = %(account)s",
    "a letter is another account's": "UPDATE letter_hand_overs SET account_id = %(other)s "
    "WHERE account_id = %(account)s",
    "a letter is in two batches": "INSERT INTO letter_hand_overs SELECT %(other)s, letter_id, "
    "post_batch_id, batched_at FROM letter_hand_overs WHERE account_id = %(account)s",
    "a letter is not there": "DELETE FROM letters WHERE letter_id = "
    "(SELECT min(letter_id) FROM letter_hand_overs WHERE account_id = %(account)s)",
    "a letter is in no batch": "DELETE FROM letter_hand_overs WHERE letter_id = "
    "(SELECT min(letter_id) FROM letter_hand_overs WHERE account_id = %(account)s)",
    "a batch lost all its letters": "DELETE FROM letter_hand_overs WHERE account_id = %(account)s",
    "a batch has another number of letters": "UPDATE post_batches SET letter_count = 3 "
    "WHERE account_id = %(account)s",
    "a batch was made up at another time": "UPDATE letter_hand_overs "
    "SET batched_at = batched_at + interval '1 second' WHERE account_id = %(account)s",
    "a batch's account is on a virtual clock": "INSERT INTO virtual_clocks "
    "SELECT account_id, created_at FROM accounts WHERE account_id = %(account)s",
}
"""What is changed, in one account."""


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_tampered_with_is_found(two: Two, owner: psycopg.Connection, what: str) -> None:
    assert not violations(owner)
    owner.execute("SET LOCAL session_replication_role = replica")
    given = {"account": two.first.account.id, "other": two.second.account.id}
    assert owner.execute(TAMPERINGS[what].encode(), given).rowcount > 0
    assert violations(owner)


def violations(connection: psycopg.Connection) -> list[str]:
    return [
        str(row[0])
        for query in POST_QUERIES
        for row in connection.execute(query.violations.encode()).fetchall()
    ]


def test_every_rule_looks_at_rows(owner: psycopg.Connection) -> None:
    for query in POST_QUERIES:
        row = owner.execute(query.counted.encode()).fetchone()
        assert row is not None
        assert row[0] > 0, query.rule


def test_worker_sees_accounts_on_real_time_that_have_letters(
    context: Context, tmp_path: Path
) -> None:
    waiting, empty = Mailbox(context, tmp_path / "post"), Mailbox(context, tmp_path / "post")
    waiting.send(COMPANIES[0])
    virtual = Mailbox(context, tmp_path / "post")
    virtual.account = Account.make(context, virtual_now=virtual.clock.now())
    virtual.send(COMPANIES[0])
    assert waiting.letters()
    assert virtual.letters()
    seen = accounts_to_hand_over(context)
    found = [box.account.id in seen for box in (waiting, empty, virtual)]
    assert found == [True, False, False]


@pytest.mark.parametrize("status", ["disputed", "paused", "respite", "closed"])
def test_letter_about_a_case_that_is_held_or_has_ended_is_kept_back(
    context: Context, tmp_path: Path, owner: psycopg.Connection, status: str
) -> None:
    box = Mailbox(context, tmp_path / "post")
    box.send(COMPANIES[0])
    (case_id,) = [row[0] for row in box.rows("SELECT case_id FROM cases WHERE account_id = %s")]
    owner.execute("UPDATE cases SET status = %s WHERE case_id = %s", (status, case_id))
    owner.commit()
    assert box.hand_over().batches == ()
    owner.execute("UPDATE cases SET status = 'debt_collection' WHERE case_id = %s", (case_id,))
    owner.commit()
    assert [batch.letters for batch in box.hand_over().batches] == [1]


def test_letter_whose_deadline_has_come_is_kept_back(context: Context, tmp_path: Path) -> None:
    box = Mailbox(context, tmp_path / "post")
    box.send(COMPANIES[0])
    deadline = box.rows("SELECT contents ->> 'deadline_on' FROM letters WHERE account_id = %s")
    box.clock.current = box.clock.current.fromisoformat(f"{deadline[0][0]}T08:00:00+00:00")
    assert box.hand_over().batches == ()
    box.clock.current -= timedelta(days=1)
    assert [batch.letters for batch in box.hand_over().batches] == [1]
