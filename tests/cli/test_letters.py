"""fordran letters: list, preview, check, each typed as a user would."""

from pathlib import Path

import pypdf
import pytest

from fordran.letters.catalogue import REQUIRED_CONTENTS
from fordran.letters.letter_kind import LetterKind
from fordran.letters.nasty_examples import NASTY
from fordran.letters.templates import TEMPLATES
from tests.cli.server_process import run_cli

DATA = ("plain", *NASTY)


def test_list_shows_every_requirement_with_its_source() -> None:
    shown = run_cli("letters", "list")
    assert (shown.returncode, shown.stderr) == (0, "")
    header, *rows = [line.split("\t") for line in shown.stdout.splitlines()]
    assert header == ["kind", "locales", "field", "or", "unless zero", "source"]
    assert [(row[0], row[2], row[5]) for row in rows] == [
        (kind.value, requirement.field, requirement.source)
        for kind in LetterKind
        for requirement in REQUIRED_CONTENTS[kind]
    ]
    assert {row[1] for row in rows} == {"sv, en"}


def test_list_of_one_kind_says_what_does_as_well_and_what_is_not_needed() -> None:
    shown = run_cli("letters", "list", "--kind", "dispute_answer")
    rows = [line.split("\t") for line in shown.stdout.splitlines()[1:]]
    assert {row[0] for row in rows} == {"dispute_answer"}
    alternatives = {row[2]: row[3] for row in rows if row[3] != "-"}
    assert alternatives == {
        "debtor.address_lines": "is_address_protected",
        "agency.phone": "email",
        "agency.email": "phone",
    }
    assert [row[2] for row in rows if row[4] == "total"] == ["claims", "deadline_on"]


def test_preview_writes_every_letter_on_plain_and_nasty_data(tmp_path: Path) -> None:
    out = tmp_path / "new" / "pages"
    shown = run_cli("letters", "preview", "--out", str(out), "--locale", "en")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == f"wrote {len(LetterKind) * len(DATA)} letters to {out}\n"
    expected = {f"{kind.value}.en.{name}.pdf" for kind in LetterKind for name in DATA}
    assert {path.name for path in out.iterdir()} == expected
    assert "Receipt" in pypdf.PdfReader(out / "receipt.en.plain.pdf").pages[0].extract_text()


def test_preview_of_one_kind_and_language_replaces_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "receipt.sv.plain.pdf").write_bytes(b"old")
    (tmp_path / "other.pdf").write_bytes(b"kept")
    shown = run_cli(
        "letters", "preview", "--out", str(tmp_path), "--kind", "receipt", "--locale", "sv"
    )
    assert shown.returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {
        "other.pdf",
        *(f"receipt.sv.{name}.pdf" for name in DATA),
    }
    assert (tmp_path / "receipt.sv.plain.pdf").read_bytes().startswith(b"%PDF")


def test_preview_into_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    shown = run_cli("letters", "preview", "--out", str(tmp_path / "file" / "pages"))
    assert shown.returncode == 1
    assert "cannot be made" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_check_of_a_template_that_states_everything_is_quiet(tmp_path: Path) -> None:
    ours = tmp_path / "Our receipt.typ"
    ours.write_bytes((TEMPLATES / "receipt.en.typ").read_bytes())
    shown = run_cli("letters", "check", str(ours), "--kind", "receipt")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert shown.stdout == "Our receipt.typ states all that the letter receipt must\n"


def test_check_of_a_template_that_lacks_something_names_it_with_the_law(tmp_path: Path) -> None:
    ours = tmp_path / "ours.typ"
    text = (TEMPLATES / "transfer.sv.typ").read_text("utf-8")
    lacking = text.replace("#letter.bankgiro", "").replace("#soft(letter.servicer_permit)", "")
    ours.write_text(lacking, "utf-8")
    shown = run_cli("letters", "check", str(ours), "--kind", "transfer")
    assert shown.returncode == 1
    permit, bankgiro = shown.stdout.splitlines()
    assert permit == "lacks servicer_permit: lag (2023:714) 4 kap. 3 §"
    assert bankgiro.startswith("lacks bankgiro: god inkassosed")
    assert "ours.typ leaves out 2 required contents" in shown.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("#let typeset(letter) = [#letter.nothing]", "does not contain key"),
        ("#let x = 1", "unresolved import"),
        ('#import "absent.typ"', "not found"),
        ("\ufeff#(", "unclosed delimiter"),
    ],
)
def test_check_of_a_template_that_cannot_be_typeset_says_why(
    tmp_path: Path, text: str, words: str
) -> None:
    ours = tmp_path / "ours.typ"
    ours.write_text(text, "utf-8")
    shown = run_cli("letters", "check", str(ours), "--kind", "receipt")
    assert shown.returncode == 1
    assert "The template ours.typ cannot be typeset" in shown.stderr
    assert words in shown.stderr
    assert "Traceback" not in shown.stderr


def test_brackets_in_a_name_are_shown_as_they_stand(tmp_path: Path) -> None:
    ours = tmp_path / "[bold]ours[red].typ"
    ours.write_text("#[", "utf-8")
    shown = run_cli("letters", "check", str(ours), "--kind", "receipt")
    assert shown.returncode == 1
    assert "The template [bold]ours[red].typ cannot be typeset" in shown.stderr


def test_check_needs_a_file_and_a_kind(tmp_path: Path) -> None:
    absent = run_cli("letters", "check", str(tmp_path / "none.typ"), "--kind", "receipt")
    assert absent.returncode == 2
    assert "none.typ" in absent.stderr
    ours = tmp_path / "ours.typ"
    ours.write_text("", "utf-8")
    assert run_cli("letters", "check", str(ours)).returncode == 2
    assert run_cli("letters", "check", str(ours), "--kind", "postcard").returncode == 2


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((), ("list", "preview", "check")),
        (("list",), ("unless zero", "--kind")),
        (("preview",), ("--out", "--kind", "--locale", "KIND.LOCALE.DATA.pdf")),
        (("check",), ("--kind", "typeset", "layout.typ", "Exit code 0")),
    ],
)
def test_help_teaches(command: tuple[str, ...], words: tuple[str, ...]) -> None:
    shown = run_cli("letters", *command, "--help")
    assert shown.returncode == 0
    for word in words:
        assert word in shown.stdout
