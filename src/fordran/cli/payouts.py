"""fordran payouts: pay creditors what is theirs, and see again what was paid."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from fordran.bootstrap import installation
from fordran.cli.errors import explained, fail
from fordran.cli.options import DataDir
from fordran.domain.money import Money, total
from fordran.operations.context import Context
from fordran.operations.pay_out_creditors import (
    PayOut,
    RunResult,
    accounts_to_pay_out,
    pay_out_creditors,
    shown_run,
)
from fordran.operations.payees import account_of, account_text
from fordran.settings import read_settings

payouts_app = typer.Typer(
    help="Payouts: pay creditors what is theirs.\n\n"
    "Every payment that is settled leaves lines that say what its creditor is due. A run adds the "
    "lines up, per creditor, and writes one file for the bank and one for the books of each "
    "account. Begin with 'fordran payouts run --dry-run'.",
    no_args_is_help=True,
)

Result = TypeVar("Result")

OnDay = Annotated[
    datetime,
    typer.Option("--date", formats=["%Y-%m-%d"], help="The day of the run, such as 2026-03-06."),
]
OneAccount = Annotated[
    str | None, typer.Option("--account", help="One account only.", show_default=False)
]
OutDir = Annotated[
    Path | None,
    typer.Option("--out", help="Write the files into this folder, too.", show_default=False),
]


@payouts_app.command("run")
def run(
    on: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            help="The day of the run, such as 2026-03-06; the default is the account's today.",
            show_default=False,
        ),
    ] = None,
    account: OneAccount = None,
    out: OutDir = None,
    takes_all: Annotated[
        bool, typer.Option("--all", help="Pay creditors whose day it is not, too.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be paid, and pay nothing.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Pay creditors what was booked for them until the end of a day, and refunds that are due.

    A creditor is paid on the day its agreement says, by default on Fridays. A sum of zero or less
    waits and is set off against what comes. What has been paid stays as it is: the same day again
    pays nothing and writes the same files.

    Once a week: fordran payouts run --out /srv/bank, then send the .xml file to the bank and load
    the .si file into the books. On a day that is no bank day the bank is asked to pay on the next.
    """
    asked = PayOut(on.date() if on else None, takes_all, dry_run)
    results = _each(
        data_dir,
        account,
        lambda context, account_id: pay_out_creditors(context, account_id, asked),
        says="Paying out",
    )
    for result in results:
        _show(result, is_dry=dry_run)
    _write(results, out)


@payouts_app.command("show")
def show(on: OnDay, account: OneAccount = None, data_dir: DataDir = None) -> None:
    """Show what the run of a day paid."""
    results = _runs_of(data_dir, account, on.date())
    for result in results:
        _show(result, is_dry=False)


@payouts_app.command("files")
def files(
    on: OnDay,
    out: Annotated[Path, typer.Option("--out", help="The folder to write the files into.")],
    account: OneAccount = None,
    data_dir: DataDir = None,
) -> None:
    """Write the files of the run of a day again, byte for byte as they were."""
    _write(_runs_of(data_dir, account, on.date()), out)


def _runs_of(data_dir: Path | None, account: str | None, on: date) -> list[RunResult]:
    found = _each(
        data_dir,
        account,
        lambda context, account_id: shown_run(context, account_id, on),
        says="Reading",
    )
    runs = [result for result in found if result is not None]
    if not runs:
        fail(f"Nothing was paid out by a run of {on.isoformat()}.")
    return runs


def _each(
    data_dir: Path | None,
    account: str | None,
    carry_out: Callable[[Context, str], Result],
    *,
    says: str,
) -> list[Result]:
    """Carry out something for each account, or for one, while a bar shows how far it is."""
    progress = Console(stderr=True)
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        account_ids = [account] if account else accounts_to_pay_out(context)
        shown: Iterable[str] = track(
            account_ids, says, console=progress, transient=True, disable=not progress.is_terminal
        )
        return [carry_out(context, account_id) for account_id in shown]


def _show(result: RunResult, *, is_dry: bool) -> None:
    console = Console()
    title = f"Run of {result.on.isoformat()}, account {result.account_id}"
    if result.records is None:
        _show_planned(console, result, f"{title}: would pay" if is_dry else title)
    else:
        again = "" if result.is_new else " (made before; nothing new was paid)"
        _show_paid(console, result, title + again)
    for creditor in result.waiting:
        console.print(
            f"waits: {creditor.name} ({creditor.creditor_id}), {creditor.total}: {creditor.reason}",
            highlight=False,
            soft_wrap=True,
        )
    for refund in result.waiting_refunds:
        owed = Money(refund.view.open_minor, refund.view.currency)
        console.print(
            f"waits: refund {refund.view.id} to {refund.view.debtor_name}, {owed}: {refund.reason}",
            highlight=False,
            soft_wrap=True,
        )


def _show_planned(console: Console, result: RunResult, title: str) -> None:
    if not result.planned and not result.planned_refunds:
        console.print(f"{title}: nothing to pay", highlight=False, soft_wrap=True)
        return
    table = _table(title)
    for one in result.planned:
        amounts = [total(line.amount for line in one.lines), total(line.vat for line in one.lines)]
        account = account_text(account_of(one.account))
        _row(table, "", one.creditor.name, len(one.lines), [*amounts, one.total], account)
    for refund in result.planned_refunds:
        amounts = [refund.amount, Money(0), refund.amount]
        account = account_text(account_of(refund.account))
        _row(table, "", refund.view.debtor_name, 1, amounts, account)
    console.print(table)


def _show_paid(console: Console, result: RunResult, title: str) -> None:
    assert result.records is not None
    table = _table(f"{title}\npaid by the bank on {result.records.run.executed_on.isoformat()}")
    for payout in result.records.payouts:
        lines = result.records.lines[payout.id]
        amounts = [total(line.amount for line in lines), total(line.vat for line in lines)]
        amounts.append(Money(payout.total_minor))
        account = account_text(account_of(payout.bank_account))
        _row(table, payout.reference, payout.creditor_name, len(lines), amounts, account)
    for refund in result.records.refunds:
        amount = Money(refund.amount_minor)
        account = account_text(account_of(refund.bank_account))
        _row(table, refund.reference, refund.payee_name, 1, [amount, Money(0), amount], account)
    console.print(table)


def _table(title: str) -> Table:
    table = Table(title=title)
    table.add_column("reference")
    table.add_column("payee")
    for name in ("lines", "amount", "VAT", "total"):
        table.add_column(name, justify="right")
    table.add_column("to")
    return table


def _row(
    table: Table, reference: str, payee: str, lines: int, amounts: list[Money], account: str
) -> None:
    table.add_row(reference, payee, str(lines), *(str(amount) for amount in amounts), account)


def _write(results: list[RunResult], out: Path | None) -> None:
    if out is None:
        return
    out.mkdir(parents=True, exist_ok=True)
    for result in results:
        for file in result.files:
            path = out / file.filename
            path.write_bytes(file.content)
            typer.echo(path)
