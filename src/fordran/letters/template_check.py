"""Check that a template states all that its kind of letter must, before the template is used.

A template is judged by what it shows: each required field of an example letter is changed in
turn, and the pages must change with it. A field that is mentioned in a comment, or read and then
not shown, is found as surely as one that is left out.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import typst

from fordran.domain.money import Money
from fordran.letters.catalogue import (
    REQUIRED_CONTENTS,
    Contents,
    LetterKind,
    TemplateBroken,
    TemplateIncomplete,
)
from fordran.letters.contents import contents_of
from fordran.letters.debt_collection_letter import (
    Agency,
    CostLine,
    Creditor,
    DebtCollectionLetter,
    InterestPeriod,
    LetterClaim,
    LetterCost,
    LetterDebtor,
    RateBasis,
    RunningInterest,
)
from fordran.letters.render import PDF_STANDARD, new_compiler, source

_CAPITAL = Money(200000)
_LAST_ON = date(2025, 9, 3)

EXAMPLE = DebtCollectionLetter(
    creditor=Creditor(name="Creditor", organisation_number="556000-0001"),
    agency=Agency(
        name="Agency",
        organisation_number="556000-0019",
        address_lines=("Box 1", "111 22 Stockholm"),
        phone="08-123 456 78",
        email="agency@example.com",
        website="example.com",
    ),
    debtor=LetterDebtor(
        name="Debtor",
        id_number="556000-0027",
        is_person=False,
        address_lines=("Gatan 1", "702 11 Örebro"),
    ),
    ocr_number="20252461234567890127",
    bankgiro="991-2346",
    dispatched_at=datetime(2025, 9, 3, 9, 10, tzinfo=UTC),
    dispatched_on=_LAST_ON,
    deadline_on=date(2025, 9, 15),
    counted_to_on=_LAST_ON,
    claims=(
        LetterClaim(
            reference_number="100001",
            invoice_number="INV-1",
            ground="Goods",
            invoiced_on=date(2025, 7, 7),
            due_on=date(2025, 8, 7),
            capital=_CAPITAL,
            interest=Money(1400),
            interest_periods=(
                InterestPeriod(
                    annual_rate_percent=Decimal(10),
                    first_on=date(2025, 8, 8),
                    last_on=_LAST_ON,
                    capital=_CAPITAL,
                ),
            ),
            costs=(CostLine(kind=LetterCost.REMINDER, amount=Money(6000)),),
            running_interest=RunningInterest(
                basis=RateBasis.STATUTORY,
                annual_rate_percent=Decimal(10),
                margin_percent=Decimal(8),
            ),
        ),
    ),
    debt_collection_cost=Money(18000),
    total=Money(225400),
)
"""A demand in which every required field stands."""


def check_template(kind: LetterKind, template: Path) -> None:
    """Refuse a template that cannot be typeset or does not show every required field.

    Raises: TemplateBroken, TemplateIncomplete.
    Source: inkassolagen (1974:182) 5 §, field by field in `REQUIRED_CONTENTS`.
    """
    left_out = left_out_contents(kind, template)
    if left_out:
        raise TemplateIncomplete(template.name, left_out)


def left_out_contents(kind: LetterKind, template: Path) -> tuple[str, ...]:
    """Return the required fields that a template does not show, in the catalogue's order.

    Raises: TemplateBroken.
    """
    contents = contents_of(EXAMPLE, str)
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
        raise TemplateBroken(template.name, error.message) from error


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
    if name == "kind":
        return LetterCost.ENFORCEMENT.value
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
