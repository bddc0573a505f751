"""The pages in docs/law list what the catalogue asks for."""

import pytest

from fordran.letters.catalogue import REQUIRED_CONTENTS
from fordran.letters.letter_kind import LetterKind
from tests.domain.law_pages import table


def listed(page: str, heading: str) -> list[tuple[str, str]]:
    return [(row["field"].strip("`"), row["source"]) for row in table(page, heading)]


def asked(kind: LetterKind) -> list[tuple[str, str]]:
    return [(requirement.field, requirement.source) for requirement in REQUIRED_CONTENTS[kind]]


def test_required_contents_of_the_demand_are_the_law_page() -> None:
    assert listed("demand.md", "Required contents") == asked(LetterKind.DEBT_COLLECTION)


@pytest.mark.parametrize("kind", LetterKind)
def test_required_contents_of_every_letter_are_the_law_page(kind: LetterKind) -> None:
    assert listed("letters.md", kind.value) == asked(kind)
