"""Set up parties: accounts with their agreement, creditors, partners and API codes.

What the operator does from the command line until the API for it exists.
"""

from typing import Any

from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms, AgreementVersion
from fordran.domain.refusals import Refusal
from fordran.domain.shipped_flows import SHIPPED_FLOWS
from fordran.operations.context import Context
from fordran.operations.issue_token import algorithms_of
from fordran.operations.randomness import object_id
from fordran.storage import agreements, parties, tokens
from fordran.storage.parties import StoredCreditor
from fordran.storage.tokens import ApiCode
from fordran.storage.unit_of_work import UnitOfWork

FIRST_REFERENCE_NUMBER = 10001
API_CODE_BYTES = 16
CREDITOR_ACTIVATION = (
    "standard_debt_description",
    "sender_address",
    "invoice_address",
    "payout_details",
)
"""What an active creditor must have, by the API's documentation."""


class AccountNotFound(Refusal):
    """There is no account with this id."""


class FlowConfigNotFound(Refusal):
    """There is no flow config with this id."""


class CreditorIncomplete(Refusal):
    """An active creditor needs a standard_debt_description, addresses and payout_details."""


def save_shipped_flows(context: Context) -> None:
    """Save the flow configs that come with this version of the program.

    One that no version of its flow says becomes the next version; one that an operator has put
    another version after stays where it is. A case keeps the version that it began with.
    """
    saved_at = context.clock.now()

    def operation(uow: UnitOfWork) -> None:
        saved = [replace(config, version=1) for config in agreements.flow_configs(uow)]
        for config in SHIPPED_FLOWS:
            if config not in saved:
                agreements.save_flow_config(uow, config, saved_at)

    context.database.run(None, operation)


def create_partner(context: Context, document: dict[str, Any]) -> str:
    """Create a partner and return its id."""
    now = context.clock.now()
    partner_id = str(document.get("_id") or object_id(context.randomness, now))
    context.database.run(None, lambda uow: parties.insert_partner(uow, partner_id, document, now))
    return partner_id


def create_account(
    context: Context, document: dict[str, Any], *, partner_id: str | None = None
) -> str:
    """Create an account with a first agreement version of default terms; return its id."""
    now = context.clock.now()
    account_id = str(document.get("_id") or object_id(context.randomness, now))
    version = AgreementVersion(object_id(context.randomness, now), account_id, AgreementTerms())

    def operation(uow: UnitOfWork) -> None:
        parties.insert_account(
            uow,
            account_id=account_id,
            partner_id=partner_id,
            document=_without_id(document),
            created_at=now,
            first_reference_number=FIRST_REFERENCE_NUMBER,
        )
        agreements.insert_agreement_version(uow, version, now)

    context.database.run(account_id, operation)
    return account_id


def create_agreement_version(
    context: Context, account_id: str, terms: AgreementTerms, version_id: str | None = None
) -> str:
    """Create a version of an account's agreement, valid from now for new cases; return its id.

    Of several created within one second the last one is valid.

    Raises: AccountNotFound; FlowConfigNotFound.
    """
    now = context.clock.now()
    version = AgreementVersion(version_id or object_id(context.randomness, now), account_id, terms)

    def operation(uow: UnitOfWork) -> None:
        if not parties.lock_account(uow):
            raise AccountNotFound
        named = {terms.flow_config_id, terms.reminder_flow_config_id}
        if agreements.newest_flow_configs(uow, sorted(named)).keys() != named:
            raise FlowConfigNotFound
        agreements.insert_agreement_version(uow, version, now)

    context.database.run(account_id, operation)
    return version.id


def create_creditor(context: Context, account_id: str, document: dict[str, Any]) -> str:
    """Create a creditor of an account and return its id.

    Raises: AccountNotFound; CreditorIncomplete, if it is active and something is missing.
    """
    now = context.clock.now()
    creditor_id = str(document.get("_id") or object_id(context.randomness, now))
    is_active = bool(document.get("is_active", True))
    missing = [name for name in CREDITOR_ACTIVATION if not document.get(name)]
    if is_active and missing:
        raise CreditorIncomplete(f"An active creditor needs {', '.join(missing)}.")

    def operation(uow: UnitOfWork) -> None:
        if parties.account_document(uow) is None:
            raise AccountNotFound
        creditor = StoredCreditor(
            creditor_id, str(document["name"]), is_active, _without_id(document)
        )
        parties.insert_creditor(uow, creditor, now)

    context.database.run(account_id, operation)
    return creditor_id


def create_api_code(context: Context, account_id: str, public_key: str) -> str:
    """Create an API code for a public key and return it.

    Raises: UnsuitableKey; AccountNotFound.
    """
    algorithms = algorithms_of(public_key)
    code = context.randomness.hex(API_CODE_BYTES)

    def operation(uow: UnitOfWork) -> None:
        if parties.account_document(uow) is None:
            raise AccountNotFound
        tokens.insert_api_code(
            uow, ApiCode(code, account_id, public_key, algorithms), context.clock.now()
        )

    context.database.run(account_id, operation)
    return code


def _without_id(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "_id"}
