"""Transfers of client money: whose the money is that the agency holds."""

from collections.abc import Sequence

from fordran.domain.case import Case
from fordran.domain.client_money import Transfer
from fordran.storage.unit_of_work import UnitOfWork

_COLUMNS = {
    "account_id": "text",
    "case_id": "text",
    "transfer_number": "integer",
    "creditor_id": "text",
    "payment_id": "text",
    "debit": "text",
    "credit": "text",
    "category": "text",
    "article": "text",
    "amount_minor": "bigint",
    "currency": "text",
    "value_at": "timestamptz",
    "booked_at": "timestamptz",
}


def insert(uow: UnitOfWork, transfers: Sequence[tuple[Case, Transfer]]) -> None:
    """Insert what moved on cases."""
    uow.insert(
        "client_transfers",
        _COLUMNS,
        [
            (
                case.account_id,
                case.id,
                transfer.number,
                case.creditor_id,
                transfer.payment_id,
                transfer.debit.value,
                transfer.credit.value,
                transfer.category.value,
                transfer.article,
                transfer.amount.minor,
                transfer.amount.currency,
                transfer.value_at,
                transfer.booked_at,
            )
            for case, transfer in transfers
        ],
    )
