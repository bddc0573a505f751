"""fordran flow: the flows that cases go through, as data, and what is due on their cases."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import typer
from rich.console import Console

from fordran.bootstrap import context_of, installation
from fordran.cli.errors import explained
from fordran.cli.flow_boxes import boxes
from fordran.cli.flow_tables import (
    WIDE,
    count_table,
    due_table,
    flow_table,
    item_table,
    narrow,
    narrow_due,
)
from fordran.cli.options import DataDir
from fordran.cli.tables import show
from fordran.domain.flow import FlowConfig
from fordran.domain.flow_picture import svg
from fordran.domain.flow_words import short_name
from fordran.operations.clock import RealClock
from fordran.operations.flows import find_flow, list_due
from fordran.operations.save_flow import FlowConfigUnusable, flow_problems, read_flow, save_flow
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.settings import read_settings
from fordran.storage.engine import open_engine
from fordran.storage.flow_use import flow_use
from fordran.storage.migrate import migrate

flow_app = typer.Typer(
    help="Flows: the items that a case goes through, as versions of data.\n\n"
    "A registration begins the newest version of the flow that the account's agreement names, and "
    "an open case keeps the version it began with. To make a flow: 'fordran flow show default "
    "--json > mine.json', give it an id and a name of its own in the file and change its items, "
    "'fordran flow check mine.json', 'fordran flow save mine.json', and name its id in a version "
    "of the agreement ('fordran agreements create').",
    no_args_is_help=True,
)

FlowFile = Annotated[
    Path,
    typer.Argument(metavar="FILE.json", exists=True, dir_okay=False, help="A flow as JSON."),
]

CHECK_HELP = """Check a flow in a file, and say everything that could not work.

The file holds one JSON object. 'fordran flow show default --json' prints one to begin with:

\b
{"id": "665e138e8dd7c7b8996f2a7e", "name_locale": "api.flow_config.default",
 "items": [
  {"name": "cases__initialize", "action": "initialize",
   "delay": {"type": "full_hour_after"},
   "waiting_for": "api.wait.waiting_for_initialization", "moved_to_next_state": false},
  ...]}

The type of a delay is full_hour_after; minutes_after with minutes; hours_after with hours;
days_after with days; bank_days_after with bank_days; or midnight_after_demand with
days_after_dispatch and days_after_deadline of the latest letter.

Exit code 0: nothing is wrong. 1: the flow cannot be used. Nothing is saved either way.
"""


@flow_app.command("list")
def list_command(data_dir: DataDir = None) -> None:
    """Show every flow: its newest version, and older ones that open cases are on.

    For demand and for reminder say how many accounts begin it by their present agreement, when a
    registration asks for debt collection or a reminder first. Tab-separated when it is not a
    terminal.
    """
    with _owner(data_dir) as conninfo:
        used = flow_use(conninfo)
    show(flow_table(used))
    if used.open_without_item:
        typer.echo(f"{used.open_without_item} open cases have gone through their whole flow")


@flow_app.command("show")
def show_command(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="The last word of its name, such as default; its whole name; its id.",
        ),
    ],
    version: Annotated[
        int | None,
        typer.Option("--version", help="Another version than the newest.", show_default=False),
    ] = None,
    svg_file: Annotated[
        Path | None,
        typer.Option("--svg", help="Write a picture for documents here.", dir_okay=False),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the flow as JSON, and nothing else.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Show a flow as a table, and as boxes and arrows under it.

    Counts from is the fact that a delay is counted from; guards are asked before the item's act;
    waits for is what a case shows until the item falls due; state is where the item leads to. A
    terminal of less than 170 columns leaves guards and waits for to the boxes; other programs get
    the table tab-separated, with every column.
    """
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        config = find_flow(context, name, version)
    if svg_file is not None:
        _write(svg_file, svg(config))
    if as_json:
        typer.echo(msgspec.json.format(msgspec.json.encode(config), indent=2).decode())
        return
    table = item_table(config)
    show(narrow(table) if _is_narrow() else table)
    typer.echo("")
    typer.echo(boxes(config))


@flow_app.command("check", help=CHECK_HELP)
def check_command(file: FlowFile) -> None:
    """Check a flow in a file."""
    config = _read(file)
    if found := flow_problems(config):
        _refuse(file, found)
    typer.echo(f"{file}: nothing is wrong")


@flow_app.command("save")
def save_command(file: FlowFile, data_dir: DataDir = None) -> None:
    """Check a flow in a file, and save it as the next version of its flow.

    Registrations from now on begin it, where the account's agreement names the flow; every case
    that is open keeps the version it has. A flow with a problem is refused, and nothing is saved.
    A version in the file is not looked at: it is counted.
    """
    config = _read(file)
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        try:
            saved = save_flow(context, config)
        except FlowConfigUnusable as refusal:
            _refuse(file, refusal.problems)
    name = f"{short_name(saved.config)} ({saved.config.id})"
    if saved.is_new:
        typer.echo(f"saved version {saved.config.version} of {name}")
    else:
        typer.echo(f"version {saved.config.version} of {name} says this already; nothing was saved")


@flow_app.command("due")
def due_command(
    until: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
            help="What will be due by then if nothing happens, in UTC; the default is now.",
            show_default=False,
        ),
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="One account only.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=0, help="Show at most so many cases.")] = 50,
    data_dir: DataDir = None,
) -> None:
    """Show what is due and has not been carried out, and why.

    First how many cases stand before each item: due is what the worker has not taken up yet;
    set_aside failed, or a guard forbids it, and is tried again by itself; failed is not; held
    stands still for a dispute, a pause or a respite. Then the cases that are due longest.

    An account with a virtual clock goes on by its own clock alone, and is asked what is due by
    that. Instants are in UTC.
    """
    now = RealClock().now()
    by = until.replace(tzinfo=UTC) if until else None
    with _owner(data_dir) as conninfo:
        found = list_due(conninfo, now, until=by, account_id=account, limit=limit)
    if not found.counts:
        typer.echo("nothing is due")
        return
    show(count_table(found))
    shown, in_all = len(found.lines), sum(one.cases for one in found.counts)
    if shown:
        table = due_table(found)
        show(narrow_due(table) if _is_narrow() else table)
    if shown < in_all:
        typer.echo(f"{shown} of {in_all} are shown; --limit shows more")


@contextmanager
def _owner(data_dir: Path | None) -> Iterator[str]:
    """Open the installation as the owner of its tables, who sees every account."""
    with explained():
        settings = read_settings(data_dir)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open_engine(settings.data_dir, settings.database_url) as engine:
            migrate(engine.conninfo())
            with context_of(settings, engine, connections_max=1) as context:
                save_shipped_flows(context)
            yield engine.conninfo()


def _read(file: Path) -> FlowConfig:
    try:
        return read_flow(file.read_bytes())
    except OSError as error:
        _refuse(file, [f"it cannot be read: {error.strerror}"])
    except FlowConfigUnusable as refusal:
        _refuse(file, refusal.problems)


def _refuse(file: Path, problems: Iterable[str]) -> NoReturn:
    """Say what is wrong with a file, a line for each problem, and exit with code 1."""
    for problem in problems:
        typer.echo(f"{file}: {problem}", err=True)
    raise typer.Exit(1)


def _is_narrow() -> bool:
    console = Console()
    return console.is_terminal and console.width < WIDE


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        _refuse(file, [f"it cannot be written: {error.strerror}"])
