"""fordran law: the reference rates and statutory costs that money is counted by."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from fordran.bootstrap import installation
from fordran.cli.errors import explained, stderr
from fordran.cli.law_tables import check_line, check_table, cost_table, rate_table
from fordran.cli.options import DataDir
from fordran.cli.tables import show
from fordran.domain.law_check import LawState
from fordran.domain.law_import import Added, amount_text
from fordran.domain.money import Money
from fordran.domain.tables.statutory_costs import StatutoryCost
from fordran.operations.context import Context
from fordran.operations.import_law import import_law, plan_import
from fordran.operations.law import check_law, law_in_force
from fordran.operations.law_file import read_law_file
from fordran.operations.recount_interest import find_stale_cases, recount_interest
from fordran.settings import read_settings

law_app = typer.Typer(
    help="The law as dated rows: reference rates and statutory costs.", no_args_is_help=True
)

IMPORT_HELP = """Import rows as the next version of the law, all of them or none.

CSV (UTF-8) with the columns kind, valid_from, value, source, read_on and, where wanted,
published_on, supersedes, paragraph:

\b
kind,valid_from,value,published_on,source,read_on,supersedes
reference_rate,2027-01-01,2.00,2026-12-29,SFS 2026:1500,2027-01-04,
reminder,2027-01-01,65.00,,SFS 2026:1400,2027-01-04,

JSON, the same as a list of objects:

\b
[{"kind": "reference_rate", "valid_from": "2027-01-01", "value": "2.00",
  "source": "SFS 2026:1500", "read_on": "2027-01-04"}]

A value is percent a year for a reference_rate, kronor for a kind of statutory cost. A row that
corrects another names the source of that one under supersedes, or the word in_force.

Interest that was posted by a corrected rate is then counted anew on the open cases, by rows that
name the version.
"""

OnDay = Annotated[
    datetime | None,
    typer.Option(
        "--on", formats=["%Y-%m-%d"], help="Another day than today's.", show_default=False
    ),
]


@law_app.command("list")
def list_law(
    rates: Annotated[bool, typer.Option("--rates", help="Reference rates only.")] = False,
    costs: Annotated[bool, typer.Option("--costs", help="Statutory costs only.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Superseded rows too, which are kept and not used.")
    ] = False,
    on: OnDay = None,
    data_dir: DataDir = None,
) -> None:
    """Show the rows of the law, each with its source and the day it was read.

    With --on only what is in force on that day. Tab-separated when it is not a terminal.
    """
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        law = context.database.run(None, law_in_force)
    day = on.date() if on else None
    if rates or not costs:
        show(rate_table(law, day, is_whole=everything))
    if costs or not rates:
        show(cost_table(law, day, is_whole=everything))


@law_app.command("check")
def check_command(on: OnDay = None, data_dir: DataDir = None) -> None:
    """Check that every half-year since 2002-07-01 has a reference rate.

    Exit code 0: nothing is missing. 1: the next half-year begins within a month and has no rate.
    2: a half-year that has begun has no rate, and interest on it is refused. With --on as if it
    were that day.
    """
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        found = check_law(context, on.date() if on else None)
    show(check_table(found))
    typer.echo(check_line(found))
    if found.state is not LawState.FINE:
        raise typer.Exit(found.state.value)


@law_app.command("import", help=IMPORT_HELP)
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")
    ] = False,
    note: Annotated[
        str | None, typer.Option(help="A remark that is kept with the version.")
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Import rows of a file, and recount the open cases that they touch."""
    with explained(), installation(read_settings(data_dir), connections_max=2) as context:
        given = read_law_file(file.read_bytes())
        planned = plan_import(context, given)
        for row in planned.skipped:
            typer.echo(f"skipped     {row.valid_from}  {amount_text(row)}: in force already")
        for one in planned.added:
            typer.echo(_added_line(one))
        if dry_run:
            typer.echo(f"nothing was written; {len(planned.added)} rows would be imported")
            return
        imported = import_law(context, given, source=file.name, note=note)
        if imported.version is None:
            typer.echo("nothing to import")
            return
        typer.echo(f"imported {len(imported.does.added)} rows as version {imported.version}")
        _recount(context)


@law_app.command("recount")
def recount_command(data_dir: DataDir = None) -> None:
    """Count interest anew on open cases that were counted by a rate corrected since.

    An import does it by itself; this goes on where an import was broken off. Closed cases stay
    as they are.
    """
    with explained(), installation(read_settings(data_dir), connections_max=2) as context:
        _recount(context)


def _recount(context: Context) -> None:
    stale = find_stale_cases(context)
    cases = changed = 0
    columns = (TextColumn("recounting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=stderr, disable=not stderr.is_terminal) as progress:
        task = progress.add_task("recounting", total=stale.total)
        for done in recount_interest(context, stale):
            cases += done.cases
            changed += done.changed_minor
            progress.advance(task, done.cases)
    typer.echo(f"recounted {cases} open cases; their interest changed by {Money(changed)}")


def _added_line(one: Added) -> str:
    row = one.row
    what = row.kind.value if isinstance(row, StatutoryCost) else "reference_rate"
    line = f"{what}  {row.valid_from}  {amount_text(row)}  {row.source}"
    if one.superseded is None:
        return f"new         {line}"
    return f"supersedes  {line}  (was {amount_text(one.superseded)}, {one.superseded.source})"
