"""Views of cases: everything a case document shows, in one statement."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from fordran.domain.case import Case
from fordran.storage.cases import BALANCE_COLUMNS, balances_of
from fordran.storage.listings import ListedField, Listing

_decode_case = msgspec.json.Decoder(Case).decode


class ShownCustomer(msgspec.Struct, frozen=True):
    """What a case copies from its customer."""

    name: str
    id_number: str
    customer_number: str | None = None


class SharedCost(msgspec.Struct, frozen=True):
    """The cost of a demand that covers several cases (decision 25). Units: öre."""

    carrier_case_id: str
    case_ids: tuple[str, ...]
    added_minor: int
    remaining_minor: int


class CaseView(msgspec.Struct, frozen=True):
    """A case with what its document copies from its neighbours.

    The case comes without its entries; `transactions` is what the document shows of them.
    """

    case: Case
    transactions: bytes
    """JSON, as `wire_transactions` makes it."""
    customer: ShownCustomer
    debtor_alias: str
    creditor_name: str
    shared_cost: SharedCost | None


_decode_customer = msgspec.json.Decoder(ShownCustomer).decode


def _view(row: Sequence[Any]) -> CaseView:
    document, transactions = row[0], row[1]
    customer, debtor_alias, creditor_name, carrier, case_ids, added, remaining = row[11:]
    shared = SharedCost(carrier, tuple(case_ids), added, remaining) if carrier else None
    return CaseView(
        case=replace(_decode_case(document), balances=balances_of(row[2:11])),
        transactions=transactions.encode(),
        customer=_decode_customer(customer),
        debtor_alias=debtor_alias,
        creditor_name=creditor_name,
        shared_cost=shared,
    )


CASES = Listing(
    columns=", ".join(
        (
            "cases.document",
            "cases.transactions",
            *(f"balance.{column}" for column in BALANCE_COLUMNS),
            "customers.document",
            "customers.debtor_alias",
            "creditors.name",
            "demand.carrier_case_id",
            "demand.case_ids",
            "demand.cost_added_minor",
            "demand.cost_remaining_minor",
        )
    ),
    tables=(
        "cases JOIN case_balances AS balance USING (account_id, case_id) "
        "JOIN customers ON customers.account_id = cases.account_id "
        "AND customers.customer_id = cases.customer_id "
        "JOIN creditors ON creditors.account_id = cases.account_id "
        "AND creditors.creditor_id = cases.creditor_id "
        "LEFT JOIN debt_collections AS demand ON demand.account_id = cases.account_id "
        "AND demand.debt_collection_id = balance.debt_collection_id"
    ),
    account_column="cases.account_id",
    id_column="cases.case_id",
    default_order="cases.created_at",
    fields={
        "_id": ListedField("cases.case_id"),
        "_created": ListedField("cases.created_at", "timestamptz"),
        "_updated": ListedField("balance.updated_at", "timestamptz"),
        "account": ListedField("cases.account_id"),
        "case_registration": ListedField("cases.registration_id"),
        "closed.reason": ListedField("cases.close_reason"),
        "creditor": ListedField("cases.creditor_id"),
        "customer": ListedField("cases.customer_id"),
        "customer_id_number": ListedField("customers.document ->> 'id_number'"),
        "customer_name": ListedField("customers.document ->> 'name'"),
        "debt.invoice_number": ListedField("cases.invoice_number"),
        "debt_collection": ListedField("balance.debt_collection_id"),
        "reference_number": ListedField("cases.reference_number"),
        "state": ListedField("cases.state"),
        "status": ListedField("cases.status"),
    },
    view=_view,
)
