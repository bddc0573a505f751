"""Every kind of letter in every language: what it says, and that it always says it."""

import itertools
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fordran.letters.catalogue import REQUIRED_CONTENTS
from fordran.letters.completeness import LetterIncomplete, missing_contents
from fordran.letters.contents import contents_of
from fordran.letters.example_parts import PLAIN
from fordran.letters.examples import example
from fordran.letters.letter import KIND_BY_TYPE, TYPE_BY_KIND, kind_of
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.letters.parties import Agency, Creditor
from fordran.letters.render import render
from fordran.letters.template_check import (
    TemplateBroken,
    TemplateIncomplete,
    beside_ours,
    check_template,
    left_out_contents,
)
from fordran.letters.templates import TEMPLATES, sources_of, template_path, template_version
from tests.letters.reading import GOLDEN, golden, read

KINDS_AND_LOCALES = list(itertools.product(LetterKind, Locale))
FREE = {
    LetterKind.PLAN_OFFER,
    LetterKind.RECEIPT,
    LetterKind.TRANSFER,
}
"""The letters that ask for no money."""

replaced = msgspec.structs.replace
every_letter = pytest.mark.parametrize(("kind", "locale"), KINDS_AND_LOCALES)
every_kind = pytest.mark.parametrize("kind", LetterKind)


@every_letter
def test_letter_reads_as_its_golden_file_does(kind: LetterKind, locale: Locale) -> None:
    """After a wanted change, read the new text as a debtor would and put it into the file."""
    letter = read(render(example(kind), locale))
    assert letter.golden == golden(f"{kind.value}.{locale.value}")


def test_no_golden_letter_is_left_over() -> None:
    known = {f"{kind.value}.{locale.value}.txt" for kind, locale in KINDS_AND_LOCALES}
    assert {path.name for path in GOLDEN.iterdir()} == {
        *known,
        "debt_collection.sv.two-claims.txt",
    }


@every_letter
def test_same_facts_give_same_bytes_and_are_tagged_in_their_language(
    kind: LetterKind, locale: Locale
) -> None:
    first = render(example(kind), locale)
    assert render(example(kind), locale).pdf == first.pdf
    assert first.unprintable == ()
    letter = read(first)
    assert str(letter.catalog["/Lang"]).split("-")[0] == locale.value
    assert letter.catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in letter.catalog
    assert letter.title is not None
    assert letter.title.endswith(f", OCR {PLAIN.ocr_number}")


@every_kind
def test_languages_say_different_things(kind: LetterKind) -> None:
    swedish, english = (read(render(example(kind), locale)).text for locale in Locale)
    assert "Kontakta oss" in swedish
    assert "Kontakta oss" not in english
    assert "Contact us" in english


@every_letter
def test_shipped_template_shows_every_required_field(kind: LetterKind, locale: Locale) -> None:
    check_template(kind, template_path(kind, locale))


@every_letter
def test_template_of_another_kind_is_refused(kind: LetterKind, locale: Locale) -> None:
    """The receipt and the instalment have other facts than letters of claims; both ways break."""
    other = LetterKind.INSTALMENT if kind is not LetterKind.INSTALMENT else LetterKind.RECEIPT
    with pytest.raises((TemplateIncomplete, TemplateBroken)):
        check_template(kind, template_path(other, locale))


@every_kind
def test_every_type_has_one_kind(kind: LetterKind) -> None:
    assert KIND_BY_TYPE[TYPE_BY_KIND[kind]] is kind
    assert kind_of(example(kind)) is kind
    assert REQUIRED_CONTENTS[kind]


@every_kind
def test_example_has_every_required_field(kind: LetterKind) -> None:
    assert missing_contents(kind, contents_of(example(kind), str)) == ()


@every_kind
def test_no_requirement_stands_twice_and_each_has_its_source(kind: LetterKind) -> None:
    fields = [requirement.field for requirement in REQUIRED_CONTENTS[kind]]
    assert len(set(fields)) == len(fields)
    assert all(requirement.source for requirement in REQUIRED_CONTENTS[kind])


@every_kind
def test_letter_without_its_parties_is_refused_naming_the_fields(kind: LetterKind) -> None:
    nobody = replaced(
        PLAIN,
        creditor=Creditor(name=" ", organisation_number=""),
        debtor=replaced(PLAIN.debtor, name="\u202e", id_number="", address_lines=("", " ")),
        agency=Agency(name="", organisation_number="", address_lines=(), supervisor=""),
    )
    with pytest.raises(LetterIncomplete) as refused:
        render(example(kind, nobody), Locale.SV)
    assert refused.value.kind is kind
    assert {
        "creditor.name",
        "creditor.organisation_number",
        "debtor.name",
        "debtor.id_number",
        "debtor.address_lines",
        "agency.name",
        "agency.organisation_number",
        "agency.address_lines",
        "agency.phone",
        "agency.email",
        "agency.supervisor",
    } <= set(refused.value.fields)
    assert all(field in str(refused.value) for field in refused.value.fields)


@pytest.mark.parametrize(
    ("kind", "changes", "fields"),
    [
        (LetterKind.REST_CLAIM, {"payments": ()}, ("payments",)),
        (LetterKind.PLAN_OFFER, {"instalments": ()}, ("instalments",)),
        (LetterKind.INSTALMENT, {"covered": ()}, ("covered",)),
        (
            LetterKind.DISPUTE_ANSWER,
            {"explanation": " ", "deadline_on": None},
            ("explanation", "deadline_on"),
        ),
        (LetterKind.ENFORCEMENT_NOTICE, {"bankgiro": ""}, ("bankgiro",)),
        (LetterKind.RECEIPT, {"payments": ()}, ("payments",)),
        (
            LetterKind.TRANSFER,
            {
                "servicer_permit": "",
                "former_creditor": Creditor(name="", organisation_number="556000-0027"),
            },
            ("former_creditor.name", "servicer_permit"),
        ),
    ],
)
def test_letter_without_its_own_contents_is_refused_naming_them(
    kind: LetterKind, changes: dict[str, Any], fields: tuple[str, ...]
) -> None:
    letter = replaced(example(kind), **changes)
    with pytest.raises(LetterIncomplete) as refused:
        render(letter, Locale.EN)
    assert refused.value.fields == fields


@every_letter
def test_letter_says_who_supervises_and_how_to_object(kind: LetterKind, locale: Locale) -> None:
    text = read(render(example(kind), locale)).text
    assert "Finansinspektionen" in text
    assert PLAIN.agency.phone in text
    assert PLAIN.agency.email in text
    objection = {Locale.SV: ("bestrider", "invändning"), Locale.EN: ("dispute", "objection")}
    if kind is not LetterKind.RECEIPT:
        assert any(word in text for word in objection[locale])


@every_letter
def test_template_version_is_of_all_sources(kind: LetterKind, locale: Locale) -> None:
    rendered = render(example(kind), locale)
    assert rendered.template_version == template_version(kind, locale)
    assert rendered.template_version.startswith(f"{kind.value}.{locale.value}/")
    names = {path.name for path in sources_of(template_path(kind, locale))}
    assert {f"{locale.value}.typ", "layout.typ", "slip.typ", "writing.typ", "look.typ"} <= names


def test_every_template_file_is_used() -> None:
    used = {path for each in KINDS_AND_LOCALES for path in sources_of(template_path(*each))}
    assert set(TEMPLATES.glob("*.typ")) == {*used, TEMPLATES / "glyph.typ"}


@pytest.mark.parametrize("changed", ["receipt.sv.typ", "tables.typ", "slip.typ", "sv.typ"])
def test_a_change_of_any_source_gives_another_version(
    changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = template_version(LetterKind.RECEIPT, Locale.SV)
    for source in TEMPLATES.glob("*.typ"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    with (tmp_path / changed).open("a", encoding="utf-8") as file:
        file.write("// changed\n")
    monkeypatch.setattr("fordran.letters.templates.TEMPLATES", tmp_path)
    assert template_version.__wrapped__(LetterKind.RECEIPT, Locale.SV) != before


@pytest.mark.parametrize(
    ("kind", "file", "shown", "hidden", "field"),
    [
        ("transfer", "transfer.sv.typ", "#letter.bankgiro", "", "bankgiro"),
        ("debt_collection", "tables.typ", "soft(claim.ground)", "none", "claims[].ground"),
        ("debt_collection", "tables.typ", "claim.interest)", "0)", "claims[].interest"),
        (
            "surveillance",
            "tables.typ",
            "(w.percent)(period.annual_rate_percent)",
            "[] /* annual_rate_percent */",
            "claims[].interest_periods[].annual_rate_percent",
        ),
        ("plan_offer", "sv.typ", "agency.supervisor", '""', "agency.supervisor"),
        ("plan_offer", "tables.typ", "(w.day)(one.due_on)", "[]", "instalments[].due_on"),
        (
            "enforcement_notice",
            "enforcement_notice.sv.typ",
            "letter.application_fee",
            "0",
            "application_fee",
        ),
        (
            "transfer",
            "transfer.sv.typ",
            "#soft(letter.servicer_permit)",
            "",
            "servicer_permit",
        ),
        ("receipt", "tables.typ", "payment.received_on", "[]", "payments[].received_on"),
    ],
)
def test_template_lacking_a_field_is_refused_naming_it(
    tmp_path: Path, *, kind: str, file: str, shown: str, hidden: str, field: str
) -> None:
    template = saved(tmp_path, LetterKind(kind), file, shown, hidden)
    with pytest.raises(TemplateIncomplete) as refused:
        check_template(LetterKind(kind), template)
    assert refused.value.fields == (field,)
    assert field in str(refused.value)


def saved(folder: Path, kind: LetterKind, file: str, shown: str, hidden: str) -> Path:
    """Copy the templates with one expression of one file replaced."""
    for source in TEMPLATES.glob("*.typ"):
        text = source.read_text(encoding="utf-8")
        if source.name == file:
            assert shown in text
            text = text.replace(shown, hidden)
        (folder / source.name).write_text(text, encoding="utf-8")
    return folder / f"{kind.value}.sv.typ"


def test_template_that_does_not_compile_is_refused_by_its_own_name(tmp_path: Path) -> None:
    broken = tmp_path / "Our own letter.typ"
    broken.write_text("#no-such-thing", encoding="utf-8")
    with beside_ours(broken) as copy, pytest.raises(TemplateBroken) as refused:
        left_out_contents(LetterKind.RECEIPT, copy, called=broken.name)
    assert refused.value.template == "Our own letter.typ"
    assert "unknown variable" in refused.value.diagnostic


@every_kind
def test_letter_survives_storage_as_json(kind: LetterKind) -> None:
    letter = example(kind)
    assert msgspec.json.decode(msgspec.json.encode(letter), type=TYPE_BY_KIND[kind]) == letter


@every_kind
def test_letters_that_ask_for_money_have_a_payment_part(kind: LetterKind) -> None:
    asks = contents_of(example(kind), str)["payment"] is not None
    assert asks == (kind not in FREE)
