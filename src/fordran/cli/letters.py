"""fordran letters: what letters there are, how they look, and whether a template may be used."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fordran.cli.errors import explained, fail, stderr
from fordran.cli.tables import EMPTY, Lines, show
from fordran.letters.catalogue import REQUIRED_CONTENTS
from fordran.letters.example_parts import PLAIN, ExampleParts
from fordran.letters.examples import example
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.letters.nasty_examples import NASTY
from fordran.letters.render import render
from fordran.letters.requirements import Requirement

letters_app = typer.Typer(
    help="The letters: what each must say and why, how they look, and checks of templates.",
    no_args_is_help=True,
)

PLAIN_NAME = "plain"

LIST_HELP = """Show the kinds of letters, their languages, and what each must say with the law.

A field names a place in the letter's facts; [] means every member of a list. Where the column
'or' names another field, either will do; where 'unless zero' names one, nothing is asked for when
that amount is zero.

\b
fordran letters list --kind rest_claim
"""

PREVIEW_HELP = """Write letters as PDF on made-up data, also on data that breaks layouts.

Each kind and language is written plain, with names of 40 letters without a space, from right to
left, with 60 rows, with zero amounts, and to a debtor of protected identity without an address.
Look at every page before a changed template is used.

\b
fordran letters preview --out pages --kind reminder --locale en

The files are named KIND.LOCALE.DATA.pdf; those that are there are replaced.
"""

CHECK_HELP = """Check that a template states all that its kind of letter must.

The template is a Typst file that defines 'typeset', a function of the letter's facts. It may
import the layout and the words of the templates that Fordran brings ("layout.typ", "sv.typ", ...).
Each required field is changed in turn, and the pages must change with it.

\b
fordran letters check our-reminder.typ --kind reminder

Exit code 0: the template states everything. 1: it lacks something, which is listed with the
law that asks for it, or it cannot be typeset.
"""

Kind = Annotated[LetterKind | None, typer.Option(help="Only this kind of letter.")]


@letters_app.command("list", help=LIST_HELP)
def list_letters(kind: Kind = None) -> None:
    """Show what each kind of letter must say."""
    locales = ", ".join(locale.value for locale in Locale)
    rows = [
        (one.value, locales, *_cells(requirement))
        for one in _kinds(kind)
        for requirement in REQUIRED_CONTENTS[one]
    ]
    headings = ("kind", "locales", "field", "or", "unless zero", "source")
    show(Lines("Letters and their required contents", headings, rows, texts=frozenset({"source"})))


@letters_app.command("preview", help=PREVIEW_HELP)
def preview(
    out: Annotated[
        Path,
        typer.Option("--out", file_okay=False, help="The folder to write to; made if need be."),
    ],
    kind: Kind = None,
    locale: Annotated[Locale | None, typer.Option(help="Only this language.")] = None,
) -> None:
    """Write example letters as PDF."""
    wanted = list(_previews(kind, locale))
    columns = (TextColumn("writing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with explained():
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            fail(f"The folder {out} cannot be made: {error.strerror}.")
        with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as progress:
            task = progress.add_task("writing", total=len(wanted))
            for one, language, name, parts in wanted:
                letter = render(example(one, parts), language)
                (out / f"{one.value}.{language.value}.{name}.pdf").write_bytes(letter.pdf)
                progress.advance(task)
    typer.echo(f"wrote {len(wanted)} letters to {out}")


@letters_app.command("check", help=CHECK_HELP)
def check(
    template: Annotated[
        Path,
        typer.Argument(metavar="TEMPLATE_FILE", exists=True, dir_okay=False, help="A .typ file."),
    ],
    kind: Annotated[LetterKind, typer.Option(help="The kind of letter that it typesets.")],
) -> None:
    """Check a template."""
    # The typesetter is loaded here only: the other commands start without it.
    from fordran.letters.template_check import (  # noqa: PLC0415 - loads the typesetter
        TemplateBroken,
        beside_ours,
        left_out_contents,
    )

    with beside_ours(template) as copy:
        try:
            left_out = left_out_contents(kind, copy, called=template.name)
        except TemplateBroken as error:
            fail(str(error))
    if not left_out:
        typer.echo(f"{template.name} states all that the letter {kind.value} must")
        return
    sources = {requirement.field: requirement.source for requirement in REQUIRED_CONTENTS[kind]}
    for field in left_out:
        typer.echo(f"lacks {field}: {sources[field]}")
    fail(f"{template.name} leaves out {len(left_out)} required contents.")


def _kinds(kind: LetterKind | None) -> list[LetterKind]:
    return list(LetterKind) if kind is None else [kind]


def _previews(
    kind: LetterKind | None, locale: Locale | None
) -> Iterator[tuple[LetterKind, Locale, str, ExampleParts]]:
    data = {PLAIN_NAME: PLAIN, **NASTY}
    for one in _kinds(kind):
        for language in Locale if locale is None else [locale]:
            for name, parts in data.items():
                yield one, language, name, parts


def _cells(requirement: Requirement) -> tuple[str, str, str, str]:
    return (
        requirement.field,
        requirement.has_alternative or EMPTY,
        requirement.unless_zero or EMPTY,
        requirement.source,
    )
