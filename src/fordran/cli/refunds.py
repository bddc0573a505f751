"""fordran refunds: what debtors paid too much, and where it goes back to."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from fordran.bankfiles.pain001_records import PayeeAccount
from fordran.bootstrap import installation
from fordran.cli.errors import explained, fail
from fordran.cli.options import DataDir
from fordran.domain.money import Money
from fordran.operations.context import Context
from fordran.operations.pay_out_creditors import accounts_to_pay_out
from fordran.operations.pay_refunds import (
    OpenRefund,
    RefundNotFound,
    is_open_refund,
    list_open_refunds,
    set_refund_account,
)
from fordran.operations.payees import account_from, account_of, account_text
from fordran.settings import read_settings

refunds_app = typer.Typer(
    help="Refunds: pay debtors back what they paid too much.\n\n"
    "Money that found nothing to settle is the debtor's. 'fordran refunds list' shows what waits "
    "and for how long; once an account is set, 'fordran payouts run' pays it when it is due.",
    no_args_is_help=True,
)

OneAccount = Annotated[
    str | None, typer.Option("--account", help="One account only.", show_default=False)
]


@refunds_app.command("list")
def list_command(account: OneAccount = None, data_dir: DataDir = None) -> None:
    """List the refunds that are not paid, the oldest first of each account."""
    found: list[OpenRefund] = []
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        for one in [account] if account else accounts_to_pay_out(context):
            found += list_open_refunds(context, one)
    if not found:
        typer.echo("no refund is open")
        return
    table = Table(title="Refunds that are not paid")
    for name in ("refund", "case", "debtor"):
        table.add_column(name)
    for name in ("amount", "days", "due"):
        table.add_column(name, justify="right")
    table.add_column("to")
    for refund in found:
        view = refund.view
        known = account_text(account_of(view.bank_account)) if view.bank_account else "not known"
        due = refund.due_on.isoformat() + (" overdue" if refund.is_overdue else "")
        owed = str(Money(view.open_minor, view.currency))
        row = (view.id, view.reference_number, view.debtor_name, owed, str(refund.age_days), due)
        table.add_row(*row, known)
    Console().print(table)


@refunds_app.command("set-account")
def set_account(
    refund: Annotated[str, typer.Argument(help="The refund's id, as the list shows it.")],
    bankgiro: Annotated[str | None, typer.Option(help="A bankgiro number.")] = None,
    plusgiro: Annotated[str | None, typer.Option(help="A plusgiro number.")] = None,
    iban: Annotated[str | None, typer.Option(help="An international account number.")] = None,
    clearing: Annotated[
        str | None, typer.Option(help="A clearing number; give --account too.")
    ] = None,
    account: Annotated[str | None, typer.Option(help="The bank account's number.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Say to which bank account a refund goes; it is paid by the next run after it is due.

    For example: fordran refunds set-account ID --clearing 8327 --account 1234567
    """
    named = [bool(bankgiro), bool(plusgiro), bool(iban), bool(clearing or account)]
    payee = account_from(
        bankgiro=bankgiro, plusgiro=plusgiro, iban=iban, clearing=clearing, account=account
    )
    if payee is None or sum(named) != 1:
        fail("Give one of --bankgiro, --plusgiro, --iban, or --clearing with --account.")
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        _set_where_it_is(context, refund, payee)
    typer.echo(f"refund {refund} goes to {account_text(payee)}")


def _set_where_it_is(context: Context, refund_id: str, payee: PayeeAccount) -> None:
    """Set the account of a refund, whichever account it is of. Raises: RefundNotFound."""
    for account_id in accounts_to_pay_out(context):
        if is_open_refund(context, account_id, refund_id):
            set_refund_account(context, account_id, refund_id, payee)
            return
    raise RefundNotFound
