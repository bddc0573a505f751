"""fordran verify: says that the books are right, and says so when they are not."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from fordran.storage.engine import destroy_cluster, open_engine
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, run_cli

pytestmark = pytest.mark.xdist_group("cli-verify")


class Books(NamedTuple):
    """A data directory with two cases."""

    data_dir: Path
    case_id: str
    other_id: str


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    data_dir = tmp_path_factory.mktemp("verify") / "data"
    try:
        with (
            ServerProcess(data_dir, "--sandbox"),
            demo_client(data_dir) as (client, world),
        ):
            clock = f"/sandbox--clocks/{world['account']}"
            client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
            body = registration(world["account"], world["creditor"], "INV-1", "INV-2")
            case_id, other_id = client.post("/case--registrations", body).json()["_cases"]
            client.post(f"{clock}/advance", {"by": "P30D"})
            payment = {
                "creditor": world["creditor"],
                "case": case_id,
                "currency": "SEK",
                "amount": 500,
                "bank_transaction_date": "Wed, 03 Sep 2025 08:00:00 GMT",
                "origin": "creditor_system",
            }
            assert client.post("/creditor--payments", payment).status_code == 201
        yield Books(data_dir, case_id, other_id)
    finally:
        destroy_cluster(data_dir)


def test_fresh_data_directory_has_nothing_wrong(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    try:
        shown = run_cli("verify", "--data-dir", str(data_dir))
    finally:
        destroy_cluster(data_dir)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "I4 every entry sums to zero per currency" in shown.stdout


def test_books_of_a_flow_are_right(books: Books) -> None:
    shown = run_cli("verify", "--data-dir", str(books.data_dir), "--quiet")
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")


def test_every_rule_says_how_many_rows_it_checked_and_how_fast(books: Books) -> None:
    shown = run_cli("verify", "--data-dir", str(books.data_dir)).stdout.splitlines()
    lines = [re.fullmatch(LINE, line) for line in shown[:-1]]
    assert all(lines), shown
    invariants = {line["invariant"] for line in lines if line is not None}
    assert invariants == {f"I{number}" for number in (*range(1, 9), 10, 11, 12, 13)}
    assert re.fullmatch(r"in all [\d,]+ rows in [\d.]+ s, [\d,]+ rows/s", shown[-1])


LINE = r"(?P<invariant>I\d+) .+: [\d,]+ rows in [\d.]+ s, (-|[\d,]+) rows/s, 0 violations"


def test_one_rule_and_one_account_can_be_asked_for(books: Books) -> None:
    asked = ("--rule", "I11", "--account", "f" * 24)
    shown = run_cli("verify", "--data-dir", str(books.data_dir), *asked).stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["I11", "I11", "in"]
    assert ": 0 rows" in shown[0]


TAMPERINGS = {
    "an amount": (
        "UPDATE postings SET amount_minor = amount_minor * 2 WHERE case_id = %s",
        "UPDATE postings SET amount_minor = amount_minor / 2 WHERE case_id = %s",
    ),
    "a balance": (
        "UPDATE case_balances SET capital_added_minor = capital_added_minor + 1 WHERE case_id = %s",
        "UPDATE case_balances SET capital_added_minor = capital_added_minor - 1 WHERE case_id = %s",
    ),
    "a status": (
        "UPDATE cases SET status = 'paused' WHERE case_id = %s",
        "UPDATE cases SET status = 'debt_collection_active' WHERE case_id = %s",
    ),
    "an event": (
        "UPDATE case_events SET event_number = -event_number WHERE case_id = %s",
        "UPDATE case_events SET event_number = -event_number WHERE case_id = %s",
    ),
}
"""What somebody with the owner's powers may change, and how to take it back."""


@pytest.mark.parametrize("name", TAMPERINGS)
def test_books_that_were_tampered_with_are_found_out_with_the_case(books: Books, name: str) -> None:
    tamper, undo = TAMPERINGS[name]
    as_owner(books, tamper)
    try:
        shown = run_cli("verify", "--data-dir", str(books.data_dir))
    finally:
        as_owner(books, undo)
    after = run_cli("verify", "--data-dir", str(books.data_dir), "--quiet")
    assert (after.returncode, after.stdout) == (0, "")
    assert shown.returncode == 1
    assert "violation" in shown.stdout
    assert books.case_id in shown.stdout
    assert books.other_id not in shown.stdout
    assert "Traceback" not in shown.stderr


def as_owner(books: Books, statement: str) -> None:
    """Change the books with every trigger and foreign key switched off."""
    with (
        open_engine(books.data_dir) as engine,
        psycopg.connect(engine.conninfo()) as connection,
    ):
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement, (books.case_id,))
