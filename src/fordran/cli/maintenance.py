"""fordran migrate and fordran verify."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fordran.cli.errors import explained
from fordran.cli.options import DataDir
from fordran.operations.verify_books import verify_books
from fordran.settings import read_settings
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
) -> None:
    """Audit the books: check what must be true at every moment; exit 1 on a violation."""
    console = Console()
    with explained():
        settings = read_settings(data_dir)
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with open_engine(settings.data_dir, settings.database_url) as engine:
            migrate(engine.conninfo())
            checks = verify_books(engine.conninfo())
    if not quiet:
        table = Table(title="What must be true at every moment")
        table.add_column("check")
        table.add_column("rows checked", justify="right")
        table.add_column("violations", justify="right")
        for check in checks:
            table.add_row(check.rule, f"{check.rows:,}", f"{len(check.violations):,}")
        console.print(table)
    for check in checks:
        for violation in check.violations:
            console.print(f"[red]violation[/] {check.rule}: {violation}", highlight=False)
    if any(check.violations for check in checks):
        raise typer.Exit(1)
