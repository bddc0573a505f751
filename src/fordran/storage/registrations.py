"""Case registrations and the OCR numbers they hand out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.storage.listings import ListedField, Listing
from fordran.storage.unit_of_work import UnitOfWork


class StoredRegistration(msgspec.Struct, frozen=True):
    """One registration as accepted."""

    id: str
    creditor_id: str
    case_ids: tuple[str, ...]
    ocr_ids: tuple[str, ...]
    ocr_numbers: tuple[str, ...]
    request: bytes
    etag: str
    created_at: datetime


class OpenInvoice(msgspec.Struct, frozen=True):
    """What makes an invoice the same as another (decision 11)."""

    creditor_id: str
    customer_id: str
    invoice_number: str


def insert(uow: UnitOfWork, registrations: Sequence[StoredRegistration]) -> None:
    """Insert registrations of the unit's account."""
    uow.insert(
        "case_registrations",
        {
            "account_id": "text",
            "registration_id": "text",
            "creditor_id": "text",
            "case_ids": "text[]",
            "ocr_ids": "text[]",
            "ocr_numbers": "text[]",
            "request": "json",
            "etag": "text",
            "created_at": "timestamptz",
        },
        [
            (
                uow.account_id,
                registration.id,
                registration.creditor_id,
                registration.case_ids,
                registration.ocr_ids,
                registration.ocr_numbers,
                registration.request.decode(),
                registration.etag,
                registration.created_at,
            )
            for registration in registrations
        ],
    )


def insert_ocr_numbers(uow: UnitOfWork, rows: Sequence[tuple[str, str, str]]) -> None:
    """Insert (OCR number, OCR id, case id) of the unit's account; a used number is refused."""
    uow.insert(
        "ocr_numbers",
        {"ocr_number": "text", "ocr_id": "text", "account_id": "text", "case_id": "text"},
        [(number, ocr_id, uow.account_id, case_id) for number, ocr_id, case_id in rows],
    )


def open_cases_of(uow: UnitOfWork, invoices: Sequence[OpenInvoice]) -> dict[OpenInvoice, str]:
    """Return the open case of each invoice that has one.

    Needs the index cases_open_invoice_unique.
    """
    rows = uow.rows(
        "SELECT cases.creditor_id, cases.customer_id, cases.invoice_number, cases.case_id "
        "FROM unnest(%s::text[], %s::text[], %s::text[]) AS given (creditor, customer, invoice) "
        "JOIN cases ON cases.account_id = %s AND cases.creditor_id = given.creditor "
        "AND cases.customer_id = given.customer AND cases.invoice_number = given.invoice "
        "AND cases.status <> 'closed'",
        (
            [invoice.creditor_id for invoice in invoices],
            [invoice.customer_id for invoice in invoices],
            [invoice.invoice_number for invoice in invoices],
            uow.account_id,
        ),
    )
    return {OpenInvoice(*row[:3]): row[3] for row in rows}


def _stored(row: Sequence[Any]) -> StoredRegistration:
    registration_id, creditor_id, case_ids, ocr_ids, ocr_numbers, request, etag, created_at = row
    return StoredRegistration(
        id=registration_id,
        creditor_id=creditor_id,
        case_ids=tuple(case_ids),
        ocr_ids=tuple(ocr_ids),
        ocr_numbers=tuple(ocr_numbers),
        request=request,
        etag=etag,
        created_at=created_at,
    )


REGISTRATIONS = Listing(
    columns=(
        "registration_id, creditor_id, case_ids, ocr_ids, ocr_numbers, request, etag, created_at"
    ),
    tables="case_registrations",
    account_column="account_id",
    id_column="registration_id",
    default_order="created_at",
    fields={
        "_id": ListedField("registration_id"),
        "_created": ListedField("created_at", "timestamptz"),
        "_updated": ListedField("created_at", "timestamptz"),
        "account": ListedField("account_id"),
        "creditor": ListedField("creditor_id"),
    },
    view=_stored,
)
