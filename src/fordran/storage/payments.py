"""Payments that the agency received: by OCR number, with the cases they were split over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.storage.listings import ListedField, Listing
from fordran.storage.unit_of_work import UnitOfWork


class StoredAllocation(msgspec.Struct, frozen=True):
    """The part of a payment that went to one case. Units: öre."""

    case_id: str
    amount: int
    settled: int


class StoredAgencyPayment(msgspec.Struct, frozen=True):
    """One payment with its result. Units: öre. `case_id` is the case of the OCR number."""

    id: str
    case_id: str
    ocr_number: str
    source: str
    currency: str
    amount_minor: int
    bank_transaction_at: datetime
    booked_at: datetime
    status: str
    status_reason: str | None
    settled_minor: int
    allocations: tuple[StoredAllocation, ...]
    etag: str
    created_at: datetime

    @property
    def credited_minor(self) -> int:
        """What settled nothing and is the debtor's. Units: öre."""
        return self.amount_minor - self.settled_minor


_COLUMNS = {
    "account_id": "text",
    "payment_id": "text",
    "case_id": "text",
    "ocr_number": "text",
    "source": "text",
    "currency": "text",
    "amount_minor": "bigint",
    "bank_transaction_at": "timestamptz",
    "booked_at": "timestamptz",
    "status": "text",
    "status_reason": "text",
    "settled_minor": "bigint",
    "allocations": "json",
    "etag": "text",
    "created_at": "timestamptz",
}
_ALLOCATIONS = StoredAgencyPayment.__struct_fields__.index("allocations")

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(tuple[StoredAllocation, ...]).decode


def insert(uow: UnitOfWork, payments: Sequence[StoredAgencyPayment]) -> None:
    """Insert payments of the unit's account."""
    uow.insert("payments", _COLUMNS, [_row(uow.account_id, payment) for payment in payments])


def cases_of_ocr_numbers(uow: UnitOfWork, numbers: Sequence[str]) -> dict[str, str]:
    """Return the case of each OCR number that is the account's.

    Needs the index ocr_numbers_pk.
    """
    rows = uow.rows(
        "SELECT ocr_number, case_id FROM ocr_numbers "
        "WHERE account_id = %s AND ocr_number = ANY(%s)",
        (uow.account_id, list(numbers)),
    )
    return dict(rows)


def _stored(row: Sequence[Any]) -> StoredAgencyPayment:
    fields = list(row)
    fields[_ALLOCATIONS] = _decode(fields[_ALLOCATIONS])
    return StoredAgencyPayment(*fields)


AGENCY_PAYMENTS = Listing(
    columns=", ".join(tuple(_COLUMNS)[1:]),
    tables="payments",
    account_column="account_id",
    id_column="payment_id",
    default_order="created_at",
    fields={
        "_id": ListedField("payment_id"),
        "_created": ListedField("created_at", "timestamptz"),
        "_updated": ListedField("created_at", "timestamptz"),
        "account": ListedField("account_id"),
        "bank_transaction_date": ListedField("bank_transaction_at", "timestamptz"),
        "case": ListedField("case_id"),
        "ocr_number": ListedField("ocr_number"),
        "status": ListedField("status"),
    },
    view=_stored,
)


def _row(account_id: str | None, payment: StoredAgencyPayment) -> tuple[Any, ...]:
    fields = list(msgspec.structs.astuple(payment))
    fields[_ALLOCATIONS] = _encode(payment.allocations).decode()
    return (account_id, *fields)
