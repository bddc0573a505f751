"""Creditor payments: what creditors reported, and how it went."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.storage.listings import ListedField, Listing, Page, page_rows, rows_by_id
from fordran.storage.unit_of_work import UnitOfWork


class StoredPayment(msgspec.Struct, frozen=True):
    """One reported payment with its result. Units: öre."""

    id: str
    creditor_id: str
    case_id: str
    currency: str
    amount_minor: int
    bank_transaction_at: datetime
    client_registration_at: datetime
    creditor_payment_reference: str | None
    origin: str
    status: str
    status_reason: str | None
    settled_minor: int
    etag: str
    created_at: datetime


_COLUMNS = {
    "account_id": "text",
    "creditor_payment_id": "text",
    "creditor_id": "text",
    "case_id": "text",
    "currency": "text",
    "amount_minor": "bigint",
    "bank_transaction_at": "timestamptz",
    "client_registration_at": "timestamptz",
    "creditor_payment_reference": "text",
    "origin": "text",
    "status": "text",
    "status_reason": "text",
    "settled_minor": "bigint",
    "etag": "text",
    "created_at": "timestamptz",
}


def insert(uow: UnitOfWork, payments: Sequence[StoredPayment]) -> None:
    """Insert payments of the unit's account."""
    uow.insert(
        "creditor_payments",
        _COLUMNS,
        [(uow.account_id, *msgspec.structs.astuple(payment)) for payment in payments],
    )


def cases_of_invoices(
    uow: UnitOfWork, invoices: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """Return the cases of (creditor, invoice number), the open ones first, then the latest."""
    rows = uow.rows(
        "SELECT cases.creditor_id, cases.invoice_number, cases.case_id "
        "FROM unnest(%s::text[], %s::text[]) AS given (creditor, invoice) "
        "JOIN cases ON cases.account_id = %s AND cases.creditor_id = given.creditor "
        "AND cases.invoice_number = given.invoice "
        "ORDER BY cases.status = 'closed', cases.created_at DESC, cases.case_id",
        (
            [creditor for creditor, _ in invoices],
            [number for _, number in invoices],
            uow.account_id,
        ),
    )
    found: dict[tuple[str, str], list[str]] = {}
    for creditor_id, invoice_number, case_id in rows:
        found.setdefault((creditor_id, invoice_number), []).append(case_id)
    return found


class PaymentView(msgspec.Struct, frozen=True):
    """A payment with what its document copies from its case."""

    payment: StoredPayment
    case_invoice_number: str
    case_reference_number: str


PAYMENTS = Listing(
    columns=(
        ", ".join(f"payment.{column}" for column in tuple(_COLUMNS)[1:])
        + ", cases.invoice_number, cases.reference_number"
    ),
    tables="creditor_payments AS payment JOIN cases USING (account_id, case_id)",
    account_column="payment.account_id",
    id_column="payment.creditor_payment_id",
    default_order="payment.created_at",
    fields={
        "_id": ListedField("payment.creditor_payment_id"),
        "_created": ListedField("payment.created_at", "timestamptz"),
        "_updated": ListedField("payment.created_at", "timestamptz"),
        "account": ListedField("payment.account_id"),
        "bank_transaction_date": ListedField("payment.bank_transaction_at", "timestamptz"),
        "case": ListedField("payment.case_id"),
        "case_invoice_number": ListedField("cases.invoice_number"),
        "case_reference_number": ListedField("cases.reference_number"),
        "creditor": ListedField("payment.creditor_id"),
        "creditor_payment_reference": ListedField("payment.creditor_payment_reference"),
        "status": ListedField("payment.status"),
    },
)


def payments_by_id(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, PaymentView]:
    """Return payments of the account by id."""
    views = (_view(row) for row in rows_by_id(uow, PAYMENTS, ids))
    return {view.payment.id: view for view in views}


def payment_page(uow: UnitOfWork, page: Page) -> tuple[list[PaymentView], int]:
    """Return a page of payments, and how many match in all."""
    rows, total = page_rows(uow, PAYMENTS, page)
    return [_view(row) for row in rows], total


def _view(row: Sequence[Any]) -> PaymentView:
    return PaymentView(StoredPayment(*row[:-2]), row[-2], row[-1])
