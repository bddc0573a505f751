"""Check that a template states all that its kind of letter must, before the template is used.

A template is judged by what it shows: each required field of an example letter is changed in
turn, and the pages must change with it. A field that is mentioned in a comment, or read and then
not shown, is found as surely as one that is left out.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import typst

from fordran.domain.dispute import DisputeKind, DisputeOutcome
from fordran.domain.refusals import Refusal
from fordran.letters.catalogue import REQUIRED_CONTENTS
from fordran.letters.claims import LetterCost
from fordran.letters.completeness import Contents
from fordran.letters.contents import contents_of
from fordran.letters.examples import example
from fordran.letters.letter_kind import LetterKind
from fordran.letters.render import PDF_STANDARD, new_compiler, source
from fordran.letters.templates import TEMPLATES

CHECKED_NAME = "checked.typ"

_OTHER_WORDS: Mapping[str, str] = {
    "kind": LetterCost.ENFORCEMENT.value,
    "objection": DisputeKind.AMOUNT.value,
    "outcome": DisputeOutcome.REJECTED.value,
}
"""For fields with a closed set of words: one that the examples do not use."""


class TemplateIncomplete(Refusal):
    """The template leaves out contents that the law requires."""

    def __init__(self, template: str, fields: Sequence[str]) -> None:
        self.template = template
        self.fields = tuple(fields)
        super().__init__(f"The template {template} leaves out: {', '.join(fields)}.")


class TemplateBroken(Refusal):
    """The template cannot be typeset."""

    def __init__(self, template: str, diagnostic: str) -> None:
        self.template = template
        self.diagnostic = diagnostic
        super().__init__(f"The template {template} cannot be typeset: {diagnostic}")


def check_template(kind: LetterKind, template: Path) -> None:
    """Refuse a template that cannot be typeset or does not show every required field.

    What it imports is looked for beside it.

    Raises: TemplateBroken, TemplateIncomplete.
    Source: `REQUIRED_CONTENTS`, field by field.
    """
    left_out = left_out_contents(kind, template)
    if left_out:
        raise TemplateIncomplete(template.name, left_out)


def left_out_contents(
    kind: LetterKind, template: Path, *, called: str | None = None
) -> tuple[str, ...]:
    """Return the required fields that a template does not show, in the catalogue's order.

    `called` is the name that its author knows it by, when it is a copy.

    Raises: TemplateBroken.
    """
    contents = contents_of(example(kind), str)
    compiler = new_compiler(template)
    try:
        compiler.compile(source(template, contents), format="pdf", pdf_standards=PDF_STANDARD)
        shown = _pages(compiler, template, contents)
        return tuple(
            requirement.field
            for requirement in REQUIRED_CONTENTS[kind]
            if _pages(compiler, template, _changed(contents, requirement.field.split("."))) == shown
        )
    except typst.TypstError as error:
        raise TemplateBroken(called or template.name, error.message) from error


@contextmanager
def beside_ours(template: Path) -> Iterator[Path]:
    """Copy a template to where it finds the layout and the words of our own, and give its path."""
    with tempfile.TemporaryDirectory(prefix="fordran-template-") as folder:
        for shipped in TEMPLATES.glob("*.typ"):
            shutil.copyfile(shipped, Path(folder, shipped.name))
        copy = Path(folder, CHECKED_NAME)
        shutil.copyfile(template, copy)
        yield copy


def _pages(compiler: typst.Compiler, template: Path, contents: Contents) -> object:
    """Return what a reader sees: drawings of the pages, without titles and other metadata."""
    return compiler.compile(source(template, contents), format="svg")


def _changed(node: object, path: Sequence[str]) -> Contents:
    """Return contents with another value at a path."""
    assert isinstance(node, Mapping)
    step, *rest = path
    name = step.removesuffix("[]")
    value = node[name]
    if not rest:
        return {**node, name: _other(name, value)}
    if name == step:
        return {**node, name: _changed(value, rest)}
    return {**node, name: [_changed(member, rest) for member in value]}


def _other(name: str, value: object) -> object:
    """Return a value of the same form that reads differently."""
    if name in _OTHER_WORDS:
        return _OTHER_WORDS[name]
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value, *value]
    assert isinstance(value, str)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "2031-12-24"
    if re.fullmatch(r"\d+(\.\d+)?", value):
        return value[:-1] + ("7" if value[-1] != "7" else "3")
    return value + "7"
