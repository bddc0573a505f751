"""The page of the shipped flows is what the program draws."""

import pytest

from fordran.cli.flow_page import documents as drawn
from tests.tidy.source import DOCS, text_of


@pytest.mark.parametrize("place", drawn())
def test_the_page_and_its_pictures_are_what_the_program_draws(place: str) -> None:
    assert (DOCS / place).exists(), "python -m fordran.cli.flow_page docs"
    assert text_of(DOCS / place) == drawn()[place], "python -m fordran.cli.flow_page docs"


def test_no_picture_is_left_of_a_flow_that_is_gone() -> None:
    there = {f"flows/{path.name}" for path in (DOCS / "flows").iterdir()}
    assert there == set(drawn()) - {"flows.md"}
