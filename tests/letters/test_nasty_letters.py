"""Letters on data that breaks layouts: they are written, whole, and nothing leaves the page."""

import itertools
import re

import msgspec
import pytest

from fordran.letters.example_parts import PLAIN
from fordran.letters.examples import example
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.letters.nasty_examples import LONG_WORD, NASTY, ROWS
from fordran.letters.render import render
from tests.letters.pixels import is_blank, pages_of
from tests.letters.reading import Read, read

PAGES_OF_SIXTY = {
    LetterKind.INSTALMENT: 2,
    LetterKind.RECEIPT: 3,
    LetterKind.REMINDER: 9,
    LetterKind.DEBT_COLLECTION: 9,
    LetterKind.ENFORCEMENT_NOTICE: 9,
    LetterKind.TRANSFER: 9,
}
"""The others, which list something besides their claims, have ten."""

every_kind = pytest.mark.parametrize("kind", LetterKind)
every_letter = pytest.mark.parametrize(
    ("kind", "locale"), list(itertools.product(LetterKind, Locale))
)


def written(kind: LetterKind, locale: Locale, name: str) -> Read:
    rendered = render(example(kind, NASTY[name]), locale)
    assert rendered.unprintable == ()
    letter = read(rendered)
    of = {Locale.SV: "Sida {} av {}", Locale.EN: "Page {} of {}"}[locale]
    for number, page in enumerate(letter.pages, start=1):
        assert of.format(number, len(letter.pages)) in page
        assert len(page.splitlines()) > 4, "no page is empty"
    return letter


@every_letter
@pytest.mark.parametrize("name", ["long-names", "right-to-left"])
def test_names_that_are_hard_to_set_stay_on_at_most_two_pages(
    kind: LetterKind, locale: Locale, name: str
) -> None:
    letter = written(kind, locale, name)
    assert len(letter.pages) <= 2
    if name == "long-names":
        assert LONG_WORD in re.sub(r"[\u200b\s]", "", letter.text)


@every_kind
@pytest.mark.parametrize("name", ["long-names", "right-to-left"])
def test_nothing_stands_in_the_margins(kind: LetterKind, name: str) -> None:
    for page in pages_of(example(kind, NASTY[name]), Locale.SV):
        assert not is_blank(page, left_mm=40)
        assert is_blank(page, left_mm=19, right_mm=18)


def test_margins_are_seen_when_something_stands_there() -> None:
    """The check above can fail: what is wider than the page is seen to leave it."""
    unbroken = "X" * 31  # one letter less than what may be broken
    agency = msgspec.structs.replace(PLAIN.agency, name=" ".join([unbroken] * 9), phone="1" * 300)
    parts = msgspec.structs.replace(PLAIN, agency=agency)
    pages = pages_of(example(LetterKind.RECEIPT, parts), Locale.SV)
    assert not all(is_blank(page, right_mm=18) for page in pages)


@every_letter
def test_sixty_rows_are_all_there(kind: LetterKind, locale: Locale) -> None:
    letter = written(kind, locale, "sixty-rows")
    assert len(letter.pages) == PAGES_OF_SIXTY.get(kind, 10)
    assert all(f"INV-2025-{number:03}" in letter.text for number in range(1, ROWS + 1))
    if kind in {LetterKind.PLAN_OFFER, LetterKind.PLAN_CONFIRMATION}:
        last = {Locale.SV: "60 28 september 2030", Locale.EN: "60 28 September 2030"}[locale]
        assert last in letter.text


@pytest.mark.parametrize("rows", range(1, 9))
def test_total_is_never_alone_on_a_page(rows: int) -> None:
    """A sum at the head of a page, without anything that it is the sum of, explains nothing."""
    for kind in (LetterKind.PLAN_CONFIRMATION, LetterKind.REMINDER, LetterKind.TRANSFER):
        parts = msgspec.structs.replace(
            NASTY["sixty-rows"], claims=NASTY["sixty-rows"].claims[:rows], rows=1
        )
        pages = read(render(example(kind, parts), Locale.SV)).pages
        tables = [page for page in pages if "Fordran Belopp" in page]
        assert tables
        assert all("Fakturadatum" in page for page in tables)


@every_letter
def test_zero_amounts_are_stated_and_nothing_is_asked_for(kind: LetterKind, locale: Locale) -> None:
    letter = written(kind, locale, "zero-amounts")
    assert len(letter.pages) <= 2
    assert {Locale.SV: "0,00 kr", Locale.EN: "SEK 0.00"}[locale] in letter.text
    assert "#41#" not in letter.text


@every_letter
def test_protected_address_is_not_printed_and_the_letter_is_forwarded(
    kind: LetterKind, locale: Locale
) -> None:
    letter = written(kind, locale, "protected-identity")
    assert len(letter.pages) == len(read(render(example(kind), locale)).pages)
    assert "Förmedlas av Skatteverket" in letter.text


@every_kind
def test_protected_address_that_somebody_gave_is_left_out(kind: LetterKind) -> None:
    debtor = msgspec.structs.replace(PLAIN.debtor, is_address_protected=True)
    assert debtor.address_lines[0] == "Storgatan 1 lgh 1102"
    letter = read(render(example(kind, msgspec.structs.replace(PLAIN, debtor=debtor)), Locale.SV))
    assert "Storgatan" not in letter.text
    assert "Örebro" not in letter.text
