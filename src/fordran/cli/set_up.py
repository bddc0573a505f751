"""fordran keys, accounts, agreements, creditors: set up who uses the server."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from fordran.bootstrap import installation
from fordran.cli.errors import explained, fail
from fordran.cli.options import DataDir
from fordran.domain.agreement import AgreementTerms
from fordran.operations.clock import RealClock
from fordran.operations.issue_token import JWT_SECONDS_MAX, sign_in_request
from fordran.operations.set_up_parties import (
    create_account,
    create_agreement_version,
    create_api_code,
    create_creditor,
)
from fordran.sandbox.demo_world import DEMO_FILE, read_demo_world
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
    id: str | None = msgspec.field(default=None, name="_id")
    description: str | None = None
    standard_debt_description: str | None = None
    agreement_address: dict[str, str] | None = None
    case_settings: dict[str, Any] | None = None


class _NewCreditor(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    account: str
    name: str
    organization_no: str
    id: str | None = msgspec.field(default=None, name="_id")
    is_active: bool = True
    description: str | None = None
    standard_debt_description: str | None = None
    sender_address: dict[str, str] | None = None
    invoice_address: dict[str, str] | None = None
    payout_details: dict[str, dict[str, str]] | None = None


class _NewAgreement(msgspec.Struct, forbid_unknown_fields=True):
    account: str
    terms: AgreementTerms = AgreementTerms()
    id: str | None = msgspec.field(default=None, name="_id")


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
        pem = public_key.read_text(errors="replace")
        typer.echo(create_api_code(context, account, pem))


@keys_app.command("sign")
def sign(
    api_code: Annotated[str | None, typer.Option(help="The API code to sign in with.")] = None,
    private_key: Annotated[
        Path | None,
        typer.Option(help="Its private key as a PEM file.", exists=True, dir_okay=False),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Print a signed JWT to exchange for an access token, valid for ten minutes.

    Without options it signs in to the sandbox of the data directory. Send it in the header
    X-API-Key of GET /authenticates/api-code.
    """
    if (api_code is None) != (private_key is None):
        fail("Give both --api-code and --private-key, or neither.")
    with explained():
        if api_code is None or private_key is None:
            api_code, private_key = _demo_credentials(read_settings(data_dir).data_dir)
        expires = int(RealClock().now().timestamp()) + JWT_SECONDS_MAX
        typer.echo(sign_in_request(api_code, private_key.read_text(), expires))


def _demo_credentials(data_dir: Path) -> tuple[str, Path]:
    world = read_demo_world(data_dir)
    if world is None:
        fail(f"There is no sandbox in {data_dir}; give --api-code and --private-key.")
    return world.api_code, (data_dir / DEMO_FILE).parent / world.private_key


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
        typer.echo(create_agreement_version(context, asked.account, asked.terms, asked.id))


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
