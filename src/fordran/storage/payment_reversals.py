"""Payment reversals: payments that were taken back, and the payments that may be."""

from collections.abc import Sequence
from typing import Any

import msgspec

from fordran.domain.ledger import FactKind
from fordran.storage.creditor_actions import ActionTable, StoredAction
from fordran.storage.listings import ListedField
from fordran.storage.unit_of_work import UnitOfWork


class StoredReversal(StoredAction, frozen=True):
    """One reversal with its result. Units: öre."""

    payment_kind: str
    """`creditor_payment`, or `payment` for one that the agency received."""
    payment_id: str
    reversed_minor: int


_COLUMNS = {
    "payment_kind": "text",
    "payment_id": "text",
    "reversed_minor": "bigint",
}


def _table(kind: FactKind, **fields: ListedField) -> ActionTable[StoredReversal]:
    return ActionTable(
        "payment_reversals",
        StoredReversal,
        id_column="payment_reversal_id",
        columns=_COLUMNS,
        fields=fields,
        only=f"payment_kind = '{kind.value}'",
    )


CREDITOR_PAYMENT_REVERSALS = _table(
    FactKind.CREDITOR_PAYMENT, creditor_payment=ListedField("action.payment_id")
)
"""Reversals of payments that creditors reported."""

AGENCY_PAYMENT_REVERSALS = _table(FactKind.PAYMENT, payment=ListedField("action.payment_id"))
"""Reversals of payments that the agency received."""


class ReversiblePayment(msgspec.Struct, frozen=True):
    """What a reversal needs to know of a payment."""

    id: str
    creditor_id: str | None
    case_ids: tuple[str, ...]
    """The cases it was settled on, that of its report or of its OCR number first."""


def creditor_payments_to_reverse(
    uow: UnitOfWork, ids: Sequence[str]
) -> dict[str, ReversiblePayment]:
    """Return payments that creditors of the account reported, by id."""
    rows = uow.rows(
        "SELECT creditor_payment_id, creditor_id, case_id FROM creditor_payments "
        "WHERE account_id = %s AND creditor_payment_id = ANY(%s)",
        (uow.account_id, list(ids)),
    )
    return {row[0]: ReversiblePayment(row[0], row[1], (row[2],)) for row in rows}


def agency_payments_to_reverse(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, ReversiblePayment]:
    """Return payments that the agency received for cases of the account, by id."""
    rows = uow.rows(
        "SELECT payment_id, case_id, ARRAY(SELECT part ->> 'case_id' "
        "FROM json_array_elements(allocations) AS part) FROM payments "
        "WHERE account_id = %s AND payment_id = ANY(%s)",
        (uow.account_id, list(ids)),
    )
    return {row[0]: ReversiblePayment(row[0], None, _first_of(row)) for row in rows}


def _first_of(row: Sequence[Any]) -> tuple[str, ...]:
    return (row[1], *(case_id for case_id in row[2] if case_id != row[1]))
