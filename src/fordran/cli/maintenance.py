"""fordran migrate and fordran verify."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from fordran.cli.errors import explained
from fordran.cli.options import DataDir
from fordran.operations.checked_rule import CheckedRule
from fordran.operations.verify_books import verify_books
from fordran.settings import read_settings
from fordran.storage.blobs import BlobStore
from fordran.storage.engine import open_engine
from fordran.storage.migrate import migrate


def migrate_command(data_dir: DataDir = None) -> None:
    """Bring the database's schema up to date; every other command does it too when it starts."""
    with explained():
        settings = read_settings(data_dir)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open_engine(settings.data_dir, settings.database_url) as engine:
            applied = migrate(engine.conninfo())
    typer.echo("\n".join(f"applied {name}" for name in applied) or "nothing to apply")


def verify(
    data_dir: DataDir = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print violations only.")] = False,
    rule: Annotated[
        str, typer.Option("--rule", help="Only the rules with this in their name: I11, interest.")
    ] = "",
    account: Annotated[
        str | None, typer.Option("--account", help="Only the rows of this account.")
    ] = None,
) -> None:
    """Audit the books: check what must be true at every moment; exit 1 on a violation."""
    console = Console()
    with explained():
        settings = read_settings(data_dir)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (
            open_engine(settings.data_dir, settings.database_url) as engine,
            _shown_progress(quiet=quiet) as on_progress,
        ):
            migrate(engine.conninfo())
            checks = verify_books(
                engine.conninfo(),
                account_id=account,
                rule=rule,
                blobs=BlobStore(settings.data_dir / "files", settings.blob_url),
                on_progress=on_progress,
            )
    if not quiet:
        _show_checks(console, checks)
    for check in checks:
        for violation in check.violations:
            console.print(
                f"[red]violation[/] {escape(check.rule)}: {escape(violation)}",
                highlight=False,
                soft_wrap=True,
            )
    if any(check.violations for check in checks):
        raise typer.Exit(1)


@contextmanager
def _shown_progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show how many cases have been checked, on a terminal."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("cases"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=quiet or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("cases", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show_checks(console: Console, checks: Sequence[CheckedRule]) -> None:
    rows = sum(check.rows for check in checks)
    seconds = sum(check.seconds for check in checks)
    in_all = f"{rows:,} rows in {seconds:.2f} s, {_per_second(rows, seconds)} rows/s"
    if not console.is_terminal:
        for check in checks:
            console.print(escape(_line(check)), highlight=False, soft_wrap=True)
        console.print(f"in all {in_all}", highlight=False, soft_wrap=True)
        return
    table = Table(title="What must be true at every moment", caption=in_all)
    table.add_column("rule")
    for name in ("rows", "seconds", "rows/s", "violations"):
        table.add_column(name, justify="right")
    for check in checks:
        table.add_row(
            check.rule,
            f"{check.rows:,}",
            f"{check.seconds:.2f}",
            _per_second(check.rows, check.seconds),
            f"{len(check.violations):,}",
        )
    console.print(table)


def _line(check: CheckedRule) -> str:
    return (
        f"{check.rule}: {check.rows:,} rows in {check.seconds:.2f} s, "
        f"{_per_second(check.rows, check.seconds)} rows/s, {len(check.violations):,} violations"
    )


def _per_second(rows: int, seconds: float) -> str:
    return f"{rows / seconds:,.0f}" if seconds and rows else "-"
