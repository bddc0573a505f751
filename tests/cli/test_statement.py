"""fordran statement: what the demo's cases amount to as of a day, printed and written to files."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from arro3.io import read_parquet

from fordran.operations.statement_files import _write_csv, _write_parquet
from fordran.storage.engine import destroy_cluster
from fordran.storage.statement import StatementLine
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, run_cli

pytestmark = pytest.mark.xdist_group("cli-statement")

ADVANCED_TO = "2025-10-03"
NO_CREDITOR = "68b7f49c7b02934caddab092"
PART_PAID, FORMULA = 0, 1


class Books(NamedTuple):
    """A running server with two open cases and one that is paid."""

    data_dir: Path
    creditor_id: str
    cases: list[dict[str, Any]]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    data_dir = tmp_path_factory.mktemp("statement") / "data"
    try:
        with (
            ServerProcess(data_dir, "--sandbox"),
            demo_client(data_dir) as (client, world),
        ):
            clock = f"/sandbox--clocks/{world['account']}"
            client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
            numbers = ("INV-1", "=1+1", "INV-3")
            body = registration(world["account"], world["creditor"], *numbers)
            case_ids = client.post("/case--registrations", body).json()["_cases"]
            client.post(f"{clock}/advance", {"by": "P30D"})
            # More than is owed, so that it is paid whichever case carries the cost of the demand.
            for case_id, amount in ((case_ids[0], 500), (case_ids[2], 2500)):
                payment = {
                    "creditor": world["creditor"],
                    "case": case_id,
                    "currency": "SEK",
                    "amount": amount,
                    "bank_transaction_date": "Thu, 02 Oct 2025 08:00:00 GMT",
                    "origin": "creditor_system",
                }
                assert client.post("/creditor--payments", payment).status_code == 201
            documents = [client.get(f"/cases/{case_id}").json() for case_id in case_ids]
            assert [case["status"] == "closed" for case in documents] == [False, False, True]
            yield Books(data_dir, world["creditor"], documents)
    finally:
        destroy_cluster(data_dir)


def statement(books: Books, *arguments: str, as_of: str = ADVANCED_TO) -> Any:
    return run_cli("statement", "--as-of", as_of, "--data-dir", str(books.data_dir), *arguments)


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_totals_are_those_of_the_open_cases(books: Books) -> None:
    shown = statement(books)
    assert (shown.returncode, "Traceback" in shown.stderr) == (0, False)
    open_cases = books.cases[:2]
    capital = sum(Decimal(str(case["local_remaining_capital_amount"])) for case in open_cases)
    costs = sum(Decimal(str(case["local_remaining_costs_amount"])) for case in open_cases)
    (row,) = [line for line in shown.stdout.splitlines() if books.creditor_id in line]
    cells = [cell.strip() for cell in row.strip("│ ").split("│")]
    assert cells[2:5] == ["2", f"{capital:.2f}", f"{costs:.2f}"]
    assert Decimal(cells[6]) == sum(map(Decimal, cells[3:6]))
    assert Decimal(cells[5]) > 0


def test_csv_has_every_open_case(books: Books, tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    assert statement(books, "--out", str(file)).returncode == 0
    found = {row["case"]: row for row in rows_of(file)}
    assert list(found) == sorted(case["_id"] for case in books.cases[:2])
    for case in books.cases[:2]:
        row = found[case["_id"]]
        for name in ("capital", "costs"):
            assert Decimal(row[name]) == Decimal(str(case[f"local_remaining_{name}_amount"]))
        assert row["reference_number"] == case["reference_number"]
        assert row["status"] == case["status"]
        assert row["currency"] == "SEK"
        assert row["interest_counted_through"] == ADVANCED_TO
        parts = (row["capital"], row["costs"], row["interest"])
        assert Decimal(row["total"]) == sum(map(Decimal, parts))


def test_interest_of_an_unpaid_case_is_counted_by_hand(books: Books, tmp_path: Path) -> None:
    file = tmp_path / "later.csv"
    statement(books, "--out", str(file), as_of="2026-08-07")
    (row,) = [row for row in rows_of(file) if row["case"] == books.cases[FORMULA]["_id"]]
    # 365 days from 2025-08-08 of 2,000 kronor at 10 percent.
    assert row["interest"] == "200.00"


def test_a_cell_is_never_a_formula(books: Books, tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    statement(books, "--out", str(file))
    numbers = {row["case"]: row["invoice_number"] for row in rows_of(file)}
    assert numbers[books.cases[FORMULA]["_id"]] == "'=1+1"
    assert numbers[books.cases[PART_PAID]["_id"]] == "INV-1"


def test_parquet_says_the_same_with_types(books: Books, tmp_path: Path) -> None:
    as_csv, as_parquet = tmp_path / "open.csv", tmp_path / "open.parquet"
    statement(books, "--out", str(as_csv))
    assert statement(books, "--out", str(as_parquet)).returncode == 0
    table = read_parquet(as_parquet).read_all()
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    for position, row in enumerate(rows_of(as_csv)):
        assert columns["case"][position] == row["case"]
        for name in ("capital", "costs", "interest", "total"):
            assert columns[name][position] == Decimal(row[name])
        counted_on = date.fromisoformat(row["interest_counted_through"])
        assert columns["interest_counted_through"][position] == counted_on
    assert "=1+1" in columns["invoice_number"]


def test_before_the_payment_the_paid_case_is_open(books: Books, tmp_path: Path) -> None:
    file = tmp_path / "before.csv"
    statement(books, "--out", str(file), as_of="2025-10-01")
    capital = {row["case"]: row["capital"] for row in rows_of(file)}
    assert capital == {case["_id"]: "2000.00" for case in books.cases}


def test_of_one_account_or_creditor(books: Books) -> None:
    account_id = books.cases[0]["account"]
    for option, given in (("--creditor", books.creditor_id), ("--account", account_id)):
        shown = statement(books, option, given)
        assert shown.returncode == 0
        assert books.creditor_id in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--creditor", NO_CREDITOR), ("No creditor", NO_CREDITOR)),
        (("--account", NO_CREDITOR), ("No account", NO_CREDITOR)),
        (("--out", "{folder}/open.xlsx"), ("open.xlsx", ".csv or .parquet")),
        (("--out", "{folder}/none/open.csv"), ("cannot be written", "No such file")),
        (("--as-of", "2099-05-01", "--out", "{folder}/far.csv"), ("reference rate", "2027-01-01")),
        (("--as-of", "2099-05-01", "--out", "{folder}/far.parquet"), ("reference rate",)),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_left_behind(
    books: Books, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    shown = statement(books, *(text.format(folder=tmp_path) for text in arguments))
    assert shown.returncode == 1
    assert "Traceback" not in shown.stderr
    for word in words:
        assert word in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_stays_as_it_was_when_the_statement_fails(books: Books, tmp_path: Path) -> None:
    file = tmp_path / "open.csv"
    file.write_text("before")
    assert statement(books, "--out", str(file), as_of="2099-05-01").returncode == 1
    assert file.read_text() == "before"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("write", [_write_csv, _write_parquet])
def test_a_full_disk_is_an_error_of_the_file(write: Any) -> None:
    line = StatementLine(*"abcdefgh", 1, 2, 3, date(2026, 1, 1))
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="space"):
        write(full, [line] * 50_000)
