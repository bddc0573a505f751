"""fordran payouts and fordran refunds: a run, the same run again, and its files."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from fordran.bankfiles.pain001_reader import read_pain001
from fordran.bankfiles.pain001_records import Bankgiro, ClearingAccount, FreeText, Pain001Version
from fordran.bankfiles.sie4_reader import read_sie4
from fordran.domain.money import Money
from fordran.storage.engine import destroy_cluster, open_engine
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, run_cli

pytestmark = pytest.mark.xdist_group("cli-payouts")

NO_ACCOUNT = "68b7f49c7b02934caddab092"


@dataclass
class Agency:
    """A sandbox with client money, whose database runs all the while."""

    data_dir: Path
    account: str
    creditor: str
    ocr_numbers: list[str]

    def cli(self, *arguments: str) -> str:
        """Run a command that succeeds, and return what it says."""
        shown = run_cli(*arguments, "--data-dir", str(self.data_dir))
        assert (shown.returncode, shown.stderr) == (0, "")
        return shown.stdout

    def refused(self, *arguments: str) -> str:
        """Run a command that fails, and return what it says."""
        shown = run_cli(*arguments, "--data-dir", str(self.data_dir))
        assert (shown.returncode, shown.stdout) == (1, "")
        assert "Traceback" not in shown.stderr
        return shown.stderr

    def file(self, on: str, suffix: str) -> str:
        return f"payouts-{on}-{self.account}.{suffix}"


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agency]:
    """Two debts of 2 000; 2 306 is paid to the agency for the first on Thursday 25 September."""
    data_dir = tmp_path_factory.mktemp("payouts") / "data"
    data_dir.mkdir()
    try:
        with open_engine(data_dir):
            yield _with_money(data_dir)
    finally:
        destroy_cluster(data_dir)


def _with_money(data_dir: Path) -> Agency:
    with ServerProcess(data_dir, "--sandbox"), demo_client(data_dir) as (client, world):
        clock = f"/sandbox--clocks/{world['account']}"
        client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
        made = []
        for number in ("INV-1", "INV-2"):
            body = registration(world["account"], world["creditor"], number)
            made.append(client.post("/case--registrations", body).json()["_ocr_numbers_ocr"][0])
            client.post(f"{clock}/advance", {"by": "PT2H"})
        client.post(f"{clock}/advance", {"to": "Thu, 25 Sep 2025 10:00:00 GMT"})
        pay(client, made[0], 2306)
        client.post(f"{clock}/advance", {"to": "Fri, 10 Oct 2025 06:00:00 GMT"})
    return Agency(data_dir, world["account"], world["creditor"], made)


def pay(client: Any, ocr_number: str, kronor: int) -> None:
    body = {
        "ocr_number": ocr_number,
        "amount": kronor,
        "currency": "SEK",
        "bank_transaction_date": "Thu, 25 Sep 2025 08:00:00 GMT",
    }
    answer = client.post("/sandbox--payments", body)
    assert answer.status_code == 201, answer.text


@cache
def schema(version: Pain001Version) -> Any:
    path = distribution("sepaxml").locate_file(f"sepaxml/schemas/{version}.xsd")
    return etree.XMLSchema(etree.parse(str(path)))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_creditor_is_paid_once_and_then_the_debtor_gets_the_rest(
    agency: Agency, tmp_path: Path
) -> None:
    check_that_a_run_pays_and_is_the_same_again(agency, tmp_path)
    check_that_a_refund_is_paid_once_it_has_an_account(agency, tmp_path)


def check_that_a_run_pays_and_is_the_same_again(agency: Agency, tmp_path: Path) -> None:
    day = ("--date", "2025-09-26")
    planned = agency.cli("payouts", "run", *day, "--dry-run")
    assert "would pay" in planned
    assert "2026.00 SEK" in planned
    assert "nothing was paid" not in planned
    first = agency.cli("payouts", "run", *day, "--out", str(tmp_path / "first"))
    assert "P20250926-00001" in first
    assert "bankgiro 9912346" in first
    assert "no account is known" in first
    again = agency.cli("payouts", "run", *day, "--out", str(tmp_path / "again"))
    assert "made before" in again
    written = agency.cli("payouts", "files", *day, "--out", str(tmp_path / "files"))
    names = {agency.file("2025-09-26", suffix) for suffix in ("xml", "si")}
    assert {Path(line).name for line in written.split()} == names
    assert set(contents(tmp_path / "first")) == names
    for folder in ("again", "files"):
        assert contents(tmp_path / folder) == contents(tmp_path / "first")
    assert "P20250926-00001" in agency.cli("payouts", "show", *day, "--account", agency.account)
    check_bank_file(agency, (tmp_path / "first" / agency.file("2025-09-26", "xml")).read_bytes())
    check_books((tmp_path / "first" / agency.file("2025-09-26", "si")).read_bytes())


def check_bank_file(agency: Agency, content: bytes) -> None:
    schema(Pain001Version.V03).assertValid(etree.fromstring(content))
    read = read_pain001(content)
    assert read.message_id == f"20250926-{agency.account}"
    # The run was made on 10 October for a day before: the bank cannot pay in the past.
    assert read.requested_on.isoformat() == "2025-10-10"
    assert read.payer.account == Bankgiro("9912346")
    (transfer,) = read.transfers
    assert transfer.amount == Money(2026_00)
    assert transfer.payee_name == "Exempelbolaget AB"
    assert (transfer.account, transfer.remittance) == (
        Bankgiro("9912346"),
        FreeText("P20250926-00001"),
    )


def check_books(content: bytes) -> None:
    read = read_sie4(content)
    (voucher,) = read.vouchers
    assert {row.account_number: row.amount.minor for row in voucher.rows} == {
        "2420": 2026_00,
        "1941": -2026_00,
    }
    assert {account.number for account in read.accounts} == {"1941", "2420"}
    assert read.company_name == "Exempel Inkasso AB"


def check_that_a_refund_is_paid_once_it_has_an_account(agency: Agency, tmp_path: Path) -> None:
    listed = agency.cli("refunds", "list", "--account", agency.account)
    assert "100.00 SEK" in listed
    assert "2025-10-09 overdue" in listed
    assert "not known" in listed
    refund = next(word for word in listed.split() if len(word) == 24 and word.startswith("68d5"))
    said = agency.cli(
        *("refunds", "set-account", refund, "--clearing", "8327", "--account", "1234567")
    )
    assert said == f"refund {refund} goes to account 8327 1234567\n"
    assert "account 8327 1234567" in agency.cli("refunds", "list")
    agency.cli("payouts", "run", "--out", str(tmp_path))
    bank = read_pain001((tmp_path / agency.file("2025-10-10", "xml")).read_bytes())
    paid = {str(one.remittance): (one.account, one.amount.minor) for one in bank.transfers}
    assert paid[str(FreeText("R20251010-00001"))] == (ClearingAccount("8327", "1234567"), 100_00)
    books = read_sie4((tmp_path / agency.file("2025-10-10", "si")).read_bytes())
    rows = {row.account_number: row.amount.minor for row in books.vouchers[-1].rows}
    assert rows == {"2421": 100_00, "1941": -100_00}
    assert agency.cli("refunds", "list") == "no refund is open\n"
    assert agency.cli("verify", "--quiet") == ""


def test_what_cannot_be_done_is_explained(agency: Agency, tmp_path: Path) -> None:
    assert "it is 2025-10-10" in agency.refused("payouts", "run", "--date", "2025-10-11")
    assert "Nothing was paid out" in agency.refused("payouts", "show", "--date", "2025-10-03")
    files = ("payouts", "files", "--date", "2025-10-03", "--out", str(tmp_path))
    assert "Nothing was paid out" in agency.refused(*files)
    assert "no refund" in agency.refused("refunds", "set-account", NO_ACCOUNT, "--bankgiro", "1")
    for options in ((), ("--clearing", "8327"), ("--bankgiro", "1", "--plusgiro", "2")):
        said = agency.refused("refunds", "set-account", NO_ACCOUNT, *options)
        assert "Give one of --bankgiro" in said


def test_help_teaches() -> None:
    for command, words in {
        ("payouts",): ("run", "show", "files", "--dry-run"),
        ("payouts", "run"): ("--date", "--dry-run", "--all", "--out", "Fridays", "set off"),
        ("refunds",): ("list", "set-account", "payouts run"),
        ("refunds", "set-account"): ("--bankgiro", "--iban", "--clearing", "For example"),
    }.items():
        shown = run_cli(*command, "--help")
        assert shown.returncode == 0
        for word in words:
            assert word in shown.stdout, (command, word)
