"""fordran law: list, check, import, recount, each typed as a user would."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from fordran.operations.clock import RealClock
from fordran.storage.engine import destroy_cluster, open_engine
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, run_cli

pytestmark = pytest.mark.xdist_group("cli-law")

HEADER = "kind,valid_from,value,published_on,source,read_on,supersedes"
NEXT = "reference_rate,2027-01-01,2.25,2026-11-20,SFS 2026:1500,2026-11-21,"
CORRECTED = "reference_rate,2026-01-01,3.00,,SFS 2026:7,2026-11-21,SFS 2025:1582"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory whose law no test changes; its database runs all the while."""
    folder = tmp_path_factory.mktemp("law") / "data"
    folder.mkdir()
    with open_engine(folder):
        yield folder
    destroy_cluster(folder)


def law(data_dir: Path, *arguments: str) -> CompletedProcess[str]:
    shown = run_cli("law", *arguments, "--data-dir", str(data_dir))
    assert "Traceback" not in shown.stderr
    return shown


def cells(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


def test_list_shows_rates_with_default_interest_and_where_they_come_from(data_dir: Path) -> None:
    shown = law(data_dir, "list", "--rates")
    assert (shown.returncode, shown.stderr) == (0, "")
    header, first, second, *rest = cells(shown.stdout)
    assert header[:3] == ["valid from", "percent", "default interest"]
    assert header[3:] == ["published", "source", "read on", "superseded by"]
    assert first[:3] == ["2026-07-01", "2.00", "10.00"]
    assert second == ["2026-01-01", "2.00", "10.00", "-", "SFS 2025:1582", "2026-11-22", "-"]
    assert rest[-1][:3] == ["2002-07-01", "4.50", "12.50"]
    assert len(rest) == 47


def test_list_of_a_day_shows_what_is_in_force_then(data_dir: Path) -> None:
    shown = law(data_dir, "list", "--on", "2017-03-03")
    lines = cells(shown.stdout)
    assert lines[1][:3] == ["2017-01-01", "-0.50", "7.50"]
    kinds = [line[0] for line in lines[3:]]
    assert "enforcement" not in kinds
    assert ["reminder", "2013-03-16", "60.00 SEK"] in [line[:3] for line in lines]
    costs = cells(law(data_dir, "list", "--costs").stdout)
    assert costs[0][:3] == ["kind", "valid from", "amount"]
    assert len(costs) == 8


@pytest.mark.parametrize(
    ("on", "code", "words"),
    [
        ("2026-11-30", 0, "every half-year that has begun has its rate"),
        ("2026-12-01", 1, "warning: the half-year of 2027-01-01 has no reference rate yet"),
        ("2027-01-01", 2, "missing: no reference rate for the half-year of 2027-01-01"),
        ("2026-06-01", 0, "every half-year from 2002-07-01 to that of 2026-07-01 has its rate"),
    ],
)
def test_check_says_what_is_missing_by_its_exit_code(
    data_dir: Path, on: str, code: int, words: str
) -> None:
    shown = law(data_dir, "check", "--on", on)
    assert (shown.returncode, shown.stderr) == (code, "")
    assert words in shown.stdout
    assert "secondary source\t2026-07-01\t2.00 %" in shown.stdout


def test_check_without_a_day_is_of_today(data_dir: Path) -> None:
    # Which code is right depends on the day the test runs.
    today = RealClock().now().date().isoformat()
    shown = law(data_dir, "check")
    assert shown.stdout == law(data_dir, "check", "--on", today).stdout


BAD_FILES = {
    "empty": (b"", "the file is empty"),
    "header alone": (HEADER.encode(), "the file has no rows"),
    "latin-1": (f"{HEADER}\n{NEXT}Fö".encode("latin-1"), "not UTF-8"),
    "utf-16": (f"{HEADER}\n{NEXT}".encode("utf-16"), "not UTF-8"),
    "no header": (NEXT.encode(), "the header lacks kind"),
    "a column more": (f"{HEADER},colour\n{NEXT},red".encode(), "'colour', which is no column"),
    "a column twice": (f"{HEADER},kind\n{NEXT},x".encode(), "has kind twice"),
    "a cell too few": (f"{HEADER}\nreference_rate,2027-01-01".encode(), "line 2: has 2 cells"),
    "an open quote": (f'{HEADER}\n"{NEXT}'.encode(), "line 2"),
    "wrong half-year": (f"{HEADER}\n{NEXT}".replace("01-01", "04-01").encode(), "1 July"),
    "a gap": (f"{HEADER}\n{NEXT}".replace("01-01", "07-01").encode(), "2027-01-01 would be left"),
    "a decimal comma": (f"{HEADER}\n{NEXT}".replace("2.25", '"2,25"').encode(), "such as 2.00"),
    "a word": (f"{HEADER}\n{NEXT}".replace("2.25", "two").encode(), "'two'"),
    "five decimals": (f"{HEADER}\n{NEXT}".replace("2.25", "2.25001").encode(), "4 decimals"),
    "unknown kind": (f"{HEADER}\n{NEXT}".replace("reference_rate", "rate").encode(), "'rate'"),
    "a row there": (f"{HEADER}\n{CORRECTED[:-13]}".encode(), "2026-01-01 has a row"),
    "broken JSON": (b'[{"kind": ', "not a JSON list of objects"),
    "a JSON object": (b'{"kind": "reference_rate"}', "not a JSON list of objects"),
    "a JSON field more": (b'[{"kind": "reference_rate", "colour": 1}]', "row 1: colour"),
    "a JSON value of two": (b'[{"kind": ["reference_rate"]}]', "row 1: kind is"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_file_that_cannot_be_used_is_explained_and_changes_nothing(
    data_dir: Path, tmp_path: Path, name: str
) -> None:
    content, words = BAD_FILES[name]
    path = tmp_path / "law.csv"
    path.write_bytes(content)
    shown = law(data_dir, "import", str(path))
    assert shown.returncode == 1
    assert "Nothing was imported." in shown.stderr
    assert words in shown.stderr
    assert shown.stdout == ""


def test_file_that_is_not_there_is_explained(data_dir: Path, tmp_path: Path) -> None:
    shown = law(data_dir, "import", str(tmp_path / "none.csv"))
    assert shown.returncode == 2
    assert "none.csv" in shown.stderr


def test_dry_run_says_what_would_be_done_and_does_nothing(data_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "law.csv"
    path.write_text(f"{HEADER}\n{NEXT}\n{CORRECTED}", "utf-8-sig")
    before = law(data_dir, "list", "--all").stdout
    shown = law(data_dir, "import", str(path), "--dry-run")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.splitlines() == [
        "new         reference_rate  2027-01-01  2.25 %  SFS 2026:1500",
        "supersedes  reference_rate  2026-01-01  3.00 %  SFS 2026:7  (was 2.00 %, SFS 2025:1582)",
        "nothing was written; 2 rows would be imported",
    ]
    assert law(data_dir, "list", "--all").stdout == before


def test_help_shows_both_forms_of_a_file() -> None:
    shown = run_cli("law", "import", "--help")
    assert shown.returncode == 0
    for words in (HEADER, '[{"kind": "reference_rate"', "in_force", "--dry-run"):
        assert words in shown.stdout


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A sandbox with a case of 200 000 kronor, counted through 10 February 2026."""
    data_dir = tmp_path_factory.mktemp("law-books") / "data"
    data_dir.mkdir()
    with open_engine(data_dir):
        with ServerProcess(data_dir, "--sandbox") as server, demo_client(data_dir) as speaking:
            client, world = speaking
            clock = f"/sandbox--clocks/{world['account']}"
            client.put(clock, {"now": "2025-09-03T07:56:11Z"})
            body = registration(
                world["account"], world["creditor"], "INV-1", capital_to_claim=200_000
            )
            (case_id,) = client.post("/case--registrations", body).json()["_cases"]
            client.post(f"{clock}/advance", {"to": "2026-02-20T10:00:00Z"})
            payment = {
                "creditor": world["creditor"],
                "case": case_id,
                "currency": "SEK",
                "amount": 1000,
                "bank_transaction_date": "2026-02-10T08:00:00Z",
                "origin": "creditor_system",
            }
            assert client.post("/creditor--payments", payment).status_code == 201
            assert server.stop() == 0
        yield data_dir, case_id
    destroy_cluster(data_dir)


def test_correction_is_imported_listed_recounted_and_the_books_stay_right(
    books: tuple[Path, str], tmp_path: Path
) -> None:
    data_dir, case_id = books
    path = tmp_path / "law.json"
    row = {
        "kind": "reference_rate",
        "valid_from": "2026-01-01",
        "value": 3.00,
        "source": "SFS 2026:7",
        "read_on": (RealClock().now() - timedelta(days=1)).date().isoformat(),
        "supersedes": "in_force",
    }
    path.write_text(json.dumps([row]))
    assert_books_are_right(data_dir)
    shown = law(data_dir, "import", str(path), "--note", "the Riksbank's correction")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout.splitlines()[1:] == [
        "imported 1 rows as version 1",
        "recounted 1 open cases; their interest changed by 225.00 SEK",
    ]
    assert_books_are_right(data_dir)

    again = law(data_dir, "import", str(path))
    assert again.returncode == 0
    assert "in force already" in again.stdout
    assert "nothing to import" in again.stdout
    recounted = law(data_dir, "recount")
    assert recounted.stdout == "recounted 0 open cases; their interest changed by 0.00 SEK\n"

    listed = cells(law(data_dir, "list", "--rates", "--all", "--on", "2026-02-01").stdout)
    assert [(line[1], line[4], line[6]) for line in listed[1:]] == [
        ("3.0", "SFS 2026:7", "-"),
        ("2.00", "SFS 2025:1582", "SFS 2026:7"),
    ]
    found = law(data_dir, "check", "--on", "2026-08-01")
    assert "superseded by SFS 2026:7\t2026-01-01\t2.00 %" in found.stdout
    with ServerProcess(data_dir, "--sandbox") as server, demo_client(data_dir) as (client, _):
        case = client.get(f"/cases/{case_id}").json()
        assert case["local_added_interest_amount"] == 10_471
        assert server.stop() == 0


def assert_books_are_right(data_dir: Path) -> None:
    shown = run_cli("verify", "--quiet", "--data-dir", str(data_dir))
    assert (shown.returncode, shown.stdout) == (0, "")
