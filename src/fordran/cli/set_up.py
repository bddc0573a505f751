"""fordran keys, accounts, agreements, creditors: set up who uses the server."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from fordran.bootstrap import installation
from fordran.cli.errors import explained, fail
from fordran.cli.options import DataDir
from fordran.domain.agreement import AgreementTerms
from fordran.operations.set_up_parties import (
    create_account,
    create_agreement_version,
    create_api_code,
    create_creditor,
)
from fordran.settings import read_settings

keys_app = typer.Typer(help="API codes, by which clients sign in.", no_args_is_help=True)
accounts_app = typer.Typer(help="Accounts: the clients of the agency.", no_args_is_help=True)
agreements_app = typer.Typer(help="Versions of an account's agreement.", no_args_is_help=True)
creditors_app = typer.Typer(help="Creditors: who is owed.", no_args_is_help=True)

DocumentFile = Annotated[
    Path, typer.Argument(help="A JSON file with one object.", metavar="FILE.json", exists=True)
]


class _NewAccount(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    name: str
    organization_no: str
    _id: str | None = None
    description: str | None = None
    standard_debt_description: str | None = None
    agreement_address: dict[str, str] | None = None
    case_settings: dict[str, Any] | None = None


class _NewCreditor(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    account: str
    name: str
    organization_no: str
    _id: str | None = None
    is_active: bool = True
    description: str | None = None
    standard_debt_description: str | None = None
    sender_address: dict[str, str] | None = None
    invoice_address: dict[str, str] | None = None
    payout_details: dict[str, dict[str, str]] | None = None


class _NewAgreement(msgspec.Struct, forbid_unknown_fields=True):
    account: str
    terms: AgreementTerms = AgreementTerms()
    _id: str | None = None


@keys_app.command("create")
def create_key(
    account: Annotated[str, typer.Option(help="The id of the account the key speaks for.")],
    public_key: Annotated[
        Path, typer.Option(help="The public key as a PEM file.", exists=True, dir_okay=False)
    ],
    data_dir: DataDir = None,
) -> None:
    """Create an API code from a public key and print it.

    Make a key pair with: openssl ecparam -name prime256v1 -genkey -noout -out private.pem;
    openssl ec -in private.pem -pubout -out public.pem
    """
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        typer.echo(create_api_code(context, account, public_key.read_text()))


@accounts_app.command("create")
def create_account_command(file: DocumentFile, data_dir: DataDir = None) -> None:
    """Create an account, with an agreement of default terms, and print its id.

    The object has name and organization_no, and may have _id, description,
    standard_debt_description, agreement_address and case_settings.
    """
    document = _document(file, _NewAccount)
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        typer.echo(create_account(context, document))


@agreements_app.command("create")
def create_agreement_command(file: DocumentFile, data_dir: DataDir = None) -> None:
    """Create a version of an account's agreement, for cases registered from now on.

    The object has account, and may have _id and terms; terms left out are the defaults.
    """
    asked = _read(file, _NewAgreement)
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        typer.echo(create_agreement_version(context, asked.account, asked.terms, asked._id))


@creditors_app.command("create")
def create_creditor_command(file: DocumentFile, data_dir: DataDir = None) -> None:
    """Create a creditor and print its id.

    The object has account, name and organization_no; while is_active is true (the default) also
    standard_debt_description, sender_address, invoice_address and payout_details.
    """
    document = _document(file, _NewCreditor)
    account_id = document.pop("account")
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        typer.echo(create_creditor(context, account_id, document))


def _document(file: Path, model: type[msgspec.Struct]) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(_read(file, model))
    return document


def _read(file: Path, model: type[Any]) -> Any:
    try:
        return msgspec.json.decode(file.read_bytes(), type=model)
    except (OSError, msgspec.MsgspecError) as error:
        fail(f"{file}: {error}")
