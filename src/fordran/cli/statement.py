"""fordran statement."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from fordran.bankfiles.amounts import amount_text
from fordran.cli.errors import explained, stderr
from fordran.cli.options import DataDir
from fordran.operations.make_statement import Statement, Tally, open_statement
from fordran.operations.statement_files import statement_file
from fordran.settings import read_settings
from fordran.storage.engine import open_engine
from fordran.storage.migrate import migrate
from fordran.storage.statement import StatementLine, StatementTotal


def statement(
    as_of: Annotated[
        datetime, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day whose end it shows.")
    ],
    creditor: Annotated[str | None, typer.Option(help="Only this creditor's cases.")] = None,
    account: Annotated[str | None, typer.Option(help="Only this account's cases.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A file for every case: CSV or Parquet by its ending.", dir_okay=False),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Value every case that is open on a day: capital, costs, and interest to that day."""
    with explained(), ExitStack() as stack:
        write = stack.enter_context(statement_file(out)) if out is not None else None
        settings = read_settings(data_dir)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = stack.enter_context(open_engine(settings.data_dir, settings.database_url))
        migrate(engine.conninfo())
        opened = open_statement(
            engine.conninfo(), as_of.date(), account_id=account, creditor_id=creditor
        )
        made, advanced = stack.enter_context(opened), stack.enter_context(_progress())
        advanced.start(made)
        if write is None:
            totals = made.totals(advanced.by)
        else:
            tally = Tally()
            write(tally.counting(advanced.through(made.lines())))
            totals = tally.ordered()
    _show(totals, f"Open cases as of {as_of.date().isoformat()}, kronor")


CASES_A_STEP = 500
"""Moving the bar takes longer than valuing a case."""


class _Bar:
    """A progress bar over the cases of a statement."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("valuing cases", total=None)

    def start(self, made: Statement) -> None:
        self._progress.update(self._task, total=made.cases_max())

    def by(self, cases: int) -> None:
        self._progress.advance(self._task, cases)

    def through(self, lines: Iterator[StatementLine]) -> Iterator[StatementLine]:
        for number, line in enumerate(lines, start=1):
            if number % CASES_A_STEP == 0:
                self._progress.advance(self._task, CASES_A_STEP)
            yield line


@contextmanager
def _progress() -> Iterator[_Bar]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=stderr, transient=True) as progress:
        yield _Bar(progress)


def _show(totals: list[StatementTotal], title: str) -> None:
    table = Table(title=title, title_justify="left", show_footer=len(totals) > 1)
    in_all = _amounts(totals)
    table.add_column("creditor", footer="in all")
    table.add_column("id", footer="")
    for name, footer in zip(
        ("cases", "capital", "costs", "interest", "total"), in_all, strict=True
    ):
        table.add_column(name, justify="right", footer=footer)
    for total in totals:
        table.add_row(total.creditor_name, total.creditor_id, *_amounts([total]), style=None)
    Console().print(table, highlight=False)
    if not totals:
        typer.echo("no case is open on that day")


def _amounts(totals: list[StatementTotal]) -> list[str]:
    capital = sum(total.capital_minor for total in totals)
    costs = sum(total.costs_minor for total in totals)
    interest = sum(total.interest_minor for total in totals)
    amounts = (capital, costs, interest, capital + costs + interest)
    return [f"{sum(total.cases for total in totals):,}", *map(amount_text, amounts)]
