"""fordran: every command of the command line."""

import typer

from fordran import __version__
from fordran.cli import (
    cases,
    demo,
    flow,
    law,
    letters,
    letters_post,
    maintenance,
    payouts,
    refunds,
    serve,
    set_up,
    statement,
)

app = typer.Typer(
    help="Fordran collects debts: a self-hosted inkasso server for Sweden.\n\n"
    "Begin with 'fordran demo', which shows a debt being registered, collected, paid and closed.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("migrate")(maintenance.migrate_command)
app.command("verify")(maintenance.verify)
app.command("statement")(statement.statement)
app.add_typer(set_up.keys_app, name="keys")
app.add_typer(set_up.accounts_app, name="accounts")
app.add_typer(set_up.agreements_app, name="agreements")
app.add_typer(set_up.creditors_app, name="creditors")
app.add_typer(cases.cases_app, name="cases")
app.add_typer(flow.flow_app, name="flow")
letters.letters_app.command("hand-over")(letters_post.hand_over)
app.add_typer(law.law_app, name="law")
app.add_typer(letters.letters_app, name="letters")
app.add_typer(payouts.payouts_app, name="payouts")
app.add_typer(refunds.refunds_app, name="refunds")


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"fordran {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Show the version."
    ),
) -> None:
    """Fordran collects debts: a self-hosted inkasso server for Sweden."""
    _ = version
