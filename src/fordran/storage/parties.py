"""Parties: partners, accounts, creditors, customers and the debtors behind them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.storage.unit_of_work import UnitOfWork

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class StoredCreditor(msgspec.Struct, frozen=True):
    """A creditor as stored."""

    id: str
    name: str
    is_active: bool
    document: dict[str, Any]


class GivenCustomer(msgspec.Struct, frozen=True):
    """A customer as a registration names it, with the ids to use if it is new."""

    id_number: str
    """The canonical number with its kind."""
    new_customer_id: str
    new_debtor_id: str
    new_debtor_alias: str
    document: dict[str, Any]


def insert_partner(
    uow: UnitOfWork, partner_id: str, document: Mapping[str, Any], created_at: datetime
) -> None:
    """Insert a partner."""
    uow.execute(
        "INSERT INTO partners (partner_id, document, created_at) VALUES (%s, %s::json, %s)",
        (partner_id, _encode(document).decode(), created_at),
    )


def insert_account(
    uow: UnitOfWork,
    *,
    account_id: str,
    partner_id: str | None,
    document: Mapping[str, Any],
    created_at: datetime,
    first_reference_number: int,
) -> None:
    """Insert an account."""
    uow.execute(
        "INSERT INTO accounts (account_id, partner_id, document, created_at, "
        "next_reference_number) VALUES (%s, %s, %s::json, %s, %s)",
        (account_id, partner_id, _encode(document).decode(), created_at, first_reference_number),
    )


def insert_creditor(uow: UnitOfWork, creditor: StoredCreditor, created_at: datetime) -> None:
    """Insert a creditor of the unit's account."""
    uow.execute(
        "INSERT INTO creditors (account_id, creditor_id, name, is_active, document, created_at) "
        "VALUES (%s, %s, %s, %s, %s::json, %s)",
        (
            uow.account_id,
            creditor.id,
            creditor.name,
            creditor.is_active,
            _encode(creditor.document).decode(),
            created_at,
        ),
    )


def account_document(uow: UnitOfWork) -> dict[str, Any] | None:
    """Return the document of the unit's account, or None if there is no such account."""
    row = uow.row("SELECT document FROM accounts WHERE account_id = %s", (uow.account_id,))
    return _decode(row[0]) if row else None


def lock_account(uow: UnitOfWork) -> bool:
    """Keep others who lock the account, or write what belongs to it, waiting until the unit ends.

    Returns False, if there is no such account.
    """
    row = uow.row("SELECT 1 FROM accounts WHERE account_id = %s FOR UPDATE", (uow.account_id,))
    return row is not None


def account_exists(uow: UnitOfWork) -> bool:
    """Tell whether the unit's account exists."""
    return account_document(uow) is not None


def creditors(uow: UnitOfWork, creditor_ids: Sequence[str]) -> dict[str, StoredCreditor]:
    """Return creditors of the unit's account by id; one that is not the account's is left out."""
    rows = uow.rows(
        "SELECT creditor_id, name, is_active, document FROM creditors "
        "WHERE account_id = %s AND creditor_id = ANY(%s)",
        (uow.account_id, list(creditor_ids)),
    )
    return {row[0]: StoredCreditor(row[0], row[1], row[2], _decode(row[3])) for row in rows}


def reserve_reference_numbers(uow: UnitOfWork, count: int) -> int | None:
    """Reserve the account's next case numbers and return the first; None without an account.

    Holds the account's row until the unit ends: whoever sets a virtual clock waits for it.
    """
    row = uow.row(
        "UPDATE accounts SET next_reference_number = next_reference_number + %s "
        "WHERE account_id = %s RETURNING next_reference_number",
        (count, uow.account_id),
    )
    return row[0] - count if row else None


def lock_customers(uow: UnitOfWork, id_numbers: Sequence[str]) -> dict[str, str]:
    """Lock the account's known customers of some numbers; return their ids by number."""
    rows = uow.rows(
        "SELECT id_number, customer_id FROM customers "
        "WHERE account_id = %s AND id_number = ANY(%s) ORDER BY id_number FOR UPDATE",
        (uow.account_id, list(id_numbers)),
    )
    return dict(rows)


def upsert_customers(
    uow: UnitOfWork, given: Sequence[GivenCustomer], at: datetime
) -> dict[str, str]:
    """Make or reuse one customer per id number and return their ids by number (decision 6).

    `given` holds each id number once. A known customer takes the newly given details.
    """
    in_order = sorted(given, key=lambda customer: customer.id_number)
    numbers = [customer.id_number for customer in in_order]
    uow.execute(
        "INSERT INTO debtors (debtor_id, id_number, created_at) "
        "SELECT new_id, number, %s FROM unnest(%s::text[], %s::text[]) AS given (new_id, number) "
        "ON CONFLICT (id_number) DO NOTHING",
        (at, [customer.new_debtor_id for customer in in_order], numbers),
    )
    rows = uow.rows(
        "INSERT INTO customers (account_id, customer_id, id_number, debtor_id, debtor_alias, "
        "document, created_at, updated_at) "
        "SELECT %s, given.customer_id, given.number, debtors.debtor_id, given.alias, "
        "given.document::json, %s, %s "
        "FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]) "
        "AS given (customer_id, number, alias, document) "
        "JOIN debtors ON debtors.id_number = given.number ORDER BY given.number "
        "ON CONFLICT (account_id, id_number) DO UPDATE "
        "SET document = EXCLUDED.document, updated_at = EXCLUDED.updated_at "
        "RETURNING id_number, customer_id",
        (
            uow.account_id,
            at,
            at,
            [customer.new_customer_id for customer in in_order],
            numbers,
            [customer.new_debtor_alias for customer in in_order],
            [_encode(customer.document).decode() for customer in in_order],
        ),
    )
    return dict(rows)


def customers(uow: UnitOfWork, customer_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return customers' documents by id."""
    rows = uow.rows(
        "SELECT customer_id, document FROM customers "
        "WHERE account_id = %s AND customer_id = ANY(%s)",
        (uow.account_id, list(customer_ids)),
    )
    return {customer_id: _decode(document) for customer_id, document in rows}
