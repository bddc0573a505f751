"""Refusals: drawn in the tree, written down with their answers, and answered that way."""

import ast
import re
from functools import cache

from fordran.api.app import REFUSAL_REASONS
from fordran.api.errors import FAILURES
from tests.tidy.source import DOCS, PACKAGE, source_files, text_of, tree_of

PAGE = DOCS / "decisions" / "0026-refusals.md"


@cache
def refusals() -> dict[str, ast.ClassDef]:
    """Return every class of the package that descends from Refusal, by name."""
    classes = {
        node.name: node
        for path in source_files(".py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef)
    }
    found = {"Refusal"}
    while True:
        more = {
            name
            for name, node in classes.items()
            if name not in found
            and any(isinstance(base, ast.Name) and base.id in found for base in node.bases)
        }
        if not more:
            return {name: classes[name] for name in sorted(found - {"Refusal"})}
        found |= more


@cache
def answers() -> dict[str, str]:
    """Return the page's column of answers, by refusal."""
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|$", text_of(PAGE), re.MULTILINE)
    return dict(rows)


def test_every_refusal_is_on_the_page() -> None:
    assert sorted(answers()) == sorted(refusals())


def test_every_refusal_is_drawn_in_the_tree() -> None:
    documentation = ast.get_docstring(tree_of(PACKAGE / "domain" / "refusals.py")) or ""
    drawn = re.findall(r"[├└]── (\w+)", documentation)
    assert not sorted(set(refusals()) - set(drawn))
    assert not sorted(set(drawn) - set(refusals()))


def test_every_refusal_has_a_message() -> None:
    assert not [name for name, node in refusals().items() if ast.get_docstring(node) is None]


def test_answers_of_the_page_are_those_of_the_table() -> None:
    for refusal, reason in REFUSAL_REASONS.items():
        if refusal.__name__ in answers():
            expected = f"{FAILURES[reason].status} `{reason}`"
            assert answers()[refusal.__name__] == expected


def test_answers_of_the_page_exist() -> None:
    named = {
        (int(status), reason)
        for answer in answers().values()
        for status, reason in re.findall(r"(\d{3}) `(\w+)`", answer)
    }
    own_codes = {(409, re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()) for name in answers()}
    assert named <= own_codes | {(failure.status, code) for code, failure in FAILURES.items()}


def test_every_reason_for_an_error_is_used() -> None:
    source = "\n".join(text_of(path) for path in source_files(".py") if path.name != "errors.py")
    assert not [reason for reason in FAILURES if f'"{reason}"' not in source]
