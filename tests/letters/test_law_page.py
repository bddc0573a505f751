"""docs/law/demand.md lists what the catalogue asks for."""

from fordran.letters.catalogue import REQUIRED_CONTENTS, LetterKind
from tests.domain.law_pages import table


def test_required_contents_are_the_law_page() -> None:
    listed = [
        (row["field"].strip("`"), row["source"]) for row in table("demand.md", "Required contents")
    ]
    asked = REQUIRED_CONTENTS[LetterKind.DEBT_COLLECTION]
    assert listed == [(requirement.field, requirement.source) for requirement in asked]
