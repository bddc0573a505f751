"""fordran letters hand-over: letters of a real account leave, once, into the folder that is set."""

import json
from pathlib import Path

import pytest

from fordran.bootstrap import context_of
from fordran.domain.agreement import AgreementTerms
from fordran.operations.law import save_shipped_law
from fordran.operations.set_up_parties import create_agreement_version, save_shipped_flows
from fordran.settings import Settings, read_settings
from fordran.storage.engine import destroy_cluster, open_engine
from fordran.storage.migrate import migrate
from tests.cli.server_process import run_cli
from tests.posted import COMPANIES, Mailbox

pytestmark = pytest.mark.xdist_group("cli-letters-post")

NO_DOCUMENT = "68b7f49c7b02934caddab092"


YEARS_TO_PAY = 100


def test_letters_are_handed_over_once(tmp_path: Path) -> None:
    data_dir, folder = tmp_path / "data", tmp_path / "post"
    data_dir.mkdir()
    try:
        with open_engine(data_dir) as engine:
            migrate(engine.conninfo())
            with context_of(Settings(data_dir=data_dir), engine) as context:
                save_shipped_flows(context)
                save_shipped_law(context)
                mailbox = Mailbox(context, folder)
                # The command asks what day it is; the letters are to be sent for years.
                terms = AgreementTerms(days_to_pay=YEARS_TO_PAY * 365)
                create_agreement_version(mailbox.context, mailbox.account.id, terms)
                mailbox.send(*COMPANIES[:2])
                check_that_the_command_hands_over_once(mailbox, data_dir)
                check_that_what_is_wrong_is_said(mailbox, data_dir)
    finally:
        destroy_cluster(data_dir)


def check_that_the_command_hands_over_once(mailbox: Mailbox, data_dir: Path) -> None:
    command = ("letters", "hand-over", "--data-dir", str(data_dir))
    shown = run_cli(*command, FORDRAN_POST_DIR=str(mailbox.folder))
    assert (shown.returncode, shown.stderr) == (0, "")
    headings, row = (line.split("\t") for line in shown.stdout.splitlines())
    assert headings == ["account", "batch", "letters"]
    (batch_id,) = mailbox.batches()
    assert row == [mailbox.account.id, batch_id, "2"]
    again = run_cli(*command, FORDRAN_POST_DIR=str(mailbox.folder))
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing is waiting" in again.stderr
    assert len(mailbox.batches()) == 1


def check_that_what_is_wrong_is_said(mailbox: Mailbox, data_dir: Path) -> None:
    command = ("letters", "hand-over", "--data-dir", str(data_dir))
    shown = run_cli(*command, "--account", NO_DOCUMENT)
    assert (shown.returncode, shown.stdout) == (1, "")
    mailbox.send(*COMPANIES[2:4])
    *_, lost, kept = mailbox.letters()
    path = data_dir / "files" / "letters" / mailbox.account.id / f"{lost}.pdf"
    content = path.read_bytes()
    path.unlink()
    shown = run_cli(*command)
    assert shown.returncode == 1
    assert lost in shown.stderr
    assert "Traceback" not in shown.stderr
    (manifest,) = (data_dir / "post").glob("*/manifest.json")
    assert [letter["id"] for letter in json.loads(manifest.read_bytes())["letters"]] == [kept]
    path.write_bytes(content)
    mailbox.folder.joinpath("in the way").write_text("a file")
    shown = run_cli(*command, FORDRAN_POST_DIR=str(mailbox.folder / "in the way"))
    assert (shown.returncode, shown.stdout) == (1, "")
    assert "cannot be handed over in" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_folder_is_of_the_data_directory_unless_it_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FORDRAN_POST_DIR", raising=False)
    assert read_settings(tmp_path).post_dir is None
    monkeypatch.setenv("FORDRAN_POST_DIR", str(tmp_path / "elsewhere"))
    assert read_settings(tmp_path).post_dir == tmp_path / "elsewhere"


def test_help_teaches() -> None:
    shown = run_cli("letters", "hand-over", "--help")
    assert shown.returncode == 0
    for word in ("--account", "--data-dir", "manifest.json", "FORDRAN_POST_DIR", "taken", "once"):
        assert word in shown.stdout, word
