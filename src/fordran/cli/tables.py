"""Tables on the command line: drawn on a terminal, tab-separated for other programs."""

from collections.abc import Sequence
from typing import Literal

import msgspec
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

EMPTY = "-"
"""A cell that has nothing to show."""


class Lines(msgspec.Struct, frozen=True):
    """A table as text: a title, headings, and rows with a cell for each."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: frozenset[str] = frozenset()
    """The headings whose cells stand to the right."""
    texts: frozenset[str] = frozenset()
    """The headings whose cells may go over several lines."""


def show(lines: Lines) -> None:
    """Print a table. A terminal is spared the columns that are empty in every row."""
    console = Console()
    if not console.is_terminal:
        for row in (lines.headings, *lines.rows):
            typer.echo("\t".join(row))
        return
    filled = [
        number
        for number in range(len(lines.headings))
        if any(row[number] != EMPTY for row in lines.rows)
    ]
    table = Table(title=lines.title, title_justify="left", box=SIMPLE, pad_edge=False)
    for number in filled:
        heading = lines.headings[number]
        side: Literal["left", "right"] = "right" if heading in lines.numbers else "left"
        table.add_column(heading, justify=side, no_wrap=heading not in lines.texts)
    for row in lines.rows:
        # As text: a cell may hold what somebody wrote, brackets included.
        table.add_row(*(Text(row[number]) for number in filled))
    console.print(table, highlight=False)
