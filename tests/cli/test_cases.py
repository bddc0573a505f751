"""fordran cases: show and close, each typed as a user would."""

import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import msgspec
import pytest
from typer.testing import CliRunner, Result

from fordran.cli.case_tables import plain
from fordran.cli.cases import CLOSE_HELP
from fordran.cli.main import app
from fordran.domain.case_status import BY_DECISION
from fordran.storage.engine import destroy_cluster, open_engine
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, run_cli

pytestmark = pytest.mark.xdist_group("cli-cases")

NO_ID = "68b7f49c7b02934caddab092"
NUMBERS = ("INV-1", "INV-2", "INV-3", "INV-4")


class Installation(msgspec.Struct):
    """A sandbox with open cases on a virtual clock, whose database runs all the while."""

    data_dir: Path
    account: str
    case_ids: dict[str, str]

    def cases(self, verb: str, number: str, *arguments: str) -> CompletedProcess[str]:
        case_id = self.case_ids.get(number, number)
        options = ("--account", self.account, "--data-dir", str(self.data_dir))
        shown = run_cli("cases", verb, case_id, *arguments, *options)
        assert "Traceback" not in shown.stderr
        return shown

    def seen(self, number: str) -> dict[str, str]:
        """Return what `show` says of a case, by row; rows of one name are joined."""
        shown = self.cases("show", number)
        assert (shown.returncode, shown.stderr) == (0, "")
        rows = [line.split("\t") for line in shown.stdout.splitlines()]
        assert rows[0] == ["of the case", "is"]
        found: dict[str, str] = {}
        for name, said in rows[1:]:
            found[name] = f"{found[name]}; {said}" if name in found else said
        return found

    def closed(self, number: str, *arguments: str, reason: str) -> CompletedProcess[str]:
        told = ("--by", "Anna Berg", "--explanation", "the papers are on file")
        return self.cases("close", number, "--reason", reason, *told, *arguments)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    data_dir = tmp_path_factory.mktemp("cases") / "data"
    data_dir.mkdir()
    try:
        with open_engine(data_dir):
            with ServerProcess(data_dir, "--sandbox"), demo_client(data_dir) as (client, world):
                clock = f"/sandbox--clocks/{world['account']}"
                client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
                body = registration(world["account"], world["creditor"], *NUMBERS)
                case_ids = client.post("/case--registrations", body).json()["_cases"]
                client.post(f"{clock}/advance", {"by": "PT10M"})
                pause = {
                    "creditor": world["creditor"],
                    "case": case_ids[0],
                    "reason": "asked [red]the creditor[/]\tabout it",
                    "origin": "creditor_system",
                }
                answer = client.post("/case--pauses", pause)
                assert answer.status_code == 201, answer.text
            yield Installation(
                data_dir, world["account"], dict(zip(NUMBERS, case_ids, strict=True))
            )
    finally:
        destroy_cluster(data_dir)


def test_case_is_shown_closed_once_and_shown_with_who_decided(installed: Installation) -> None:
    before = installed.seen("INV-1")
    assert before["status"] == "paused"
    assert before["state"] == "initializing"
    assert before["invoice"] == "INV-1 of 2025-07-07"
    assert before["may be demanded through"] == "2035-07-07"
    assert before["held by a pause"] == (
        "since 2025-09-03 08:06Z: asked [red]the creditor[/] about it"
    )
    assert before["next item"] == "case--debt-collections__enter, due 2025-09-03 09:00Z"
    # 27 days of 2 000 kronor: 14.79, 14.
    owed = {part: before[part] for part in ("capital", "interest", "costs", "owed")}
    assert owed == {
        "capital": "2000.00 SEK of 2000.00 SEK",
        "interest": "14.00 SEK of 14.00 SEK",
        "costs": "0.00 SEK of 0.00 SEK",
        "owed": "2014.00 SEK of 2014.00 SEK",
    }
    barred = installed.closed("INV-1", "--yes", reason="limitation")
    assert (barred.returncode, barred.stdout) == (1, "")
    assert "not time-barred: it may be demanded through 2035-07-07" in barred.stderr
    assert installed.seen("INV-1") == before

    done = installed.closed("INV-1", "--yes", reason="withdrawn")
    assert (done.returncode, done.stderr) == (0, "")
    case_id = installed.case_ids["INV-1"]
    assert done.stdout == f"case {case_id} ended as withdrawn; 2014.00 SEK written off\n"
    after = installed.seen("INV-1")
    assert (after["status"], after["next item"]) == ("closed", "-")
    assert after["ended"] == "withdrawn, 2025-09-03 08:06Z"
    assert after["decided"] == "by Anna Berg: the papers are on file"
    assert after["owed"] == "0.00 SEK of 2014.00 SEK"
    assert "may be demanded through" not in after
    again = installed.closed("INV-1", "--yes", reason="uncollectable")
    assert (again.returncode, again.stdout) == (1, "")
    assert "has ended already (withdrawn)" in again.stderr
    assert installed.seen("INV-1") == after


def test_duplicate_names_the_case_that_goes_on(installed: Installation) -> None:
    kept = installed.case_ids["INV-2"]
    unnamed = installed.closed("INV-3", "--yes", reason="duplicate")
    assert (unnamed.returncode, unnamed.stdout) == (1, "")
    assert "--duplicate-of must name the case that goes on" in unnamed.stderr
    unknown = installed.closed("INV-3", "--yes", "--duplicate-of", NO_ID, reason="duplicate")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert f"--duplicate-of value '{NO_ID}' must exist" in unknown.stderr
    done = installed.closed("INV-3", "--yes", "--duplicate-of", kept, reason="duplicate")
    assert done.returncode == 0, done.stderr
    seen = installed.seen("INV-3")
    assert seen["decided"] == f"by Anna Berg, duplicate of case {kept}: the papers are on file"
    assert installed.seen("INV-2")["status"] == "initialized"


@pytest.mark.parametrize(
    ("answer", "exit_code", "status"), [("n\n", 1, "initialized"), ("", 1, "")]
)
def test_case_stays_open_unless_the_question_is_answered_with_yes(
    installed: Installation, answer: str, exit_code: int, status: str
) -> None:
    asked = typed(installed, "INV-4", answer)
    assert asked.exit_code == exit_code
    assert "End it as bankruptcy, and write off 2014.00 SEK for good? [y/N]" in asked.output
    assert "may be demanded through\t2035-07-07" in asked.output
    assert installed.seen("INV-4")["status"] == (status or "initialized")


def typed(installed: Installation, number: str, answer: str) -> Result:
    """Close a case as bankrupt, and type an answer to the question."""
    return CliRunner().invoke(
        app,
        [
            *("cases", "close", installed.case_ids[number], "--account", installed.account),
            *("--reason", "bankruptcy", "--by", "Anna Berg", "--explanation", "K 1234-25"),
            *("--data-dir", str(installed.data_dir)),
        ],
        input=answer,
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--reason", "fully_paid", "--by", "A", "--explanation", "x"), "'fully_paid' is none of"),
        (("--reason", "tired", "--by", "A", "--explanation", "x"), "withdrawn, settled,"),
        (("--by", "A", "--explanation", "x"), "--reason"),
        (("--reason", "settled", "--explanation", "x"), "--by"),
        (("--reason", "settled", "--by", "A"), "--explanation"),
    ],
)
def test_wrong_or_missing_option_is_refused_before_anything_is_opened(
    arguments: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    folder = tmp_path / "none"
    command = ["cases", "close", NO_ID, "--account", NO_ID, "--data-dir", str(folder), *arguments]
    refused = CliRunner().invoke(app, command, env={"COLUMNS": "200"})
    assert refused.exit_code == 2
    assert words in refused.output
    assert not folder.exists()


def test_blank_word_is_refused_before_anything_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    command = ["cases", "close", NO_ID, "--account", NO_ID, "--data-dir", str(folder)]
    told = ["--reason", "settled", "--by", " ", "--explanation", ""]
    refused = CliRunner().invoke(app, [*command, *told])
    assert refused.exit_code == 1
    assert "--explanation must not be blank; --by must not be blank" in refused.output
    assert not folder.exists()


@pytest.mark.parametrize("verb", ["show", "close"])
def test_unknown_case_is_told(installed: Installation, verb: str) -> None:
    told = ("--reason", "settled", "--by", "A", "--explanation", "x", "--yes")
    shown = installed.cases(verb, NO_ID, *(told if verb == "close" else ()))
    assert (shown.returncode, shown.stdout) == (1, "")
    assert f"The account {installed.account} has no case with the id {NO_ID}." in shown.stderr


def test_help_teaches_every_reason() -> None:
    listed = re.findall(r"^([a-z_]+)  +\S", CLOSE_HELP, re.MULTILINE)
    assert sorted(listed) == sorted(BY_DECISION)
    assert all(len(line) <= 80 for line in re.findall(r"^.*  +.*$", CLOSE_HELP, re.MULTILINE))


def test_what_somebody_wrote_is_one_line_that_steers_no_terminal() -> None:
    assert plain("two\nlines\t\x1b[2Jof \u202etext") == "two lines [2Jof text"
