"""Refunds: what debtors paid too much, where it goes, and what was paid back.

A refund is what one payment had too much on one case. It is read from the transfers, so a fact
that becomes known late changes it like any other balance.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fordran.storage.listings import ListedField, Listing
from fordran.storage.unit_of_work import UnitOfWork


class RefundView(msgspec.Struct, frozen=True):
    """A refund as its transfers have it.

    Units: öre. `known_at` is when the money first became known to be the debtor's.
    """

    id: str
    case_id: str
    payment_id: str
    creditor_id: str
    debtor_alias: str
    debtor_name: str
    reference_number: str
    currency: str
    credited_minor: int
    """What is the debtor's of the payment."""
    paid_minor: int
    known_at: datetime
    changed_at: datetime
    paid_at: datetime | None
    refund_days: int | None
    """Of the case's agreement; None if it is older than these terms."""
    bank_account: str | None
    """Where it goes, as JSON; None until an operator has set it."""

    @property
    def open_minor(self) -> int:
        """What is still to be paid back; below zero if too much was."""
        return self.credited_minor - self.paid_minor

    @property
    def is_open(self) -> bool:
        """Whether there is something to pay back."""
        return self.open_minor > 0


class StoredRefundPayment(msgspec.Struct, frozen=True):
    """What a run paid back to a debtor. Units: öre; `bank_account` is JSON."""

    id: str
    run_id: str
    refund_id: str
    case_id: str
    transfer_number: int
    payee_name: str
    reference: str
    currency: str
    amount_minor: int
    bank_account: str
    created_at: datetime


_PAYMENT = {
    "account_id": "text",
    "refund_payment_id": "text",
    "payout_run_id": "text",
    "refund_id": "text",
    "case_id": "text",
    "transfer_number": "integer",
    "payee_name": "text",
    "payout_reference": "text",
    "currency": "text",
    "amount_minor": "bigint",
    "bank_account": "json",
    "created_at": "timestamptz",
}

# Grouped by the account, so that the account asked for is looked up by the index
# client_transfers_debtor. What was never the debtor's and never paid back is no refund.
_REFUNDS = (
    "(SELECT account_id, case_id, payment_id, min(creditor_id) AS creditor_id, currency, "
    "lpad(to_hex(extract(epoch FROM min(booked_at))::bigint), 8, '0') "
    "|| left(md5(case_id || ':' || payment_id), 16) AS refund_id, "
    "coalesce(sum(amount_minor) FILTER (WHERE category = 'overpayment'), 0)::bigint AS credited, "
    "coalesce(sum(amount_minor) FILTER (WHERE category = 'refund'), 0)::bigint AS paid, "
    "min(booked_at) AS known_at, max(booked_at) AS changed_at, "
    "max(booked_at) FILTER (WHERE category = 'refund') AS paid_at "
    "FROM client_transfers WHERE category IN ('overpayment', 'refund') "
    "GROUP BY account_id, case_id, payment_id, currency) AS refund"
)
_STATUS = "CASE WHEN refund.credited > refund.paid THEN 'open' ELSE 'paid' END"

REFUNDS = Listing(
    columns=(
        "refund.refund_id, refund.case_id, refund.payment_id, refund.creditor_id, "
        "customers.debtor_alias, customers.document ->> 'name', cases.reference_number, "
        "refund.currency, refund.credited, refund.paid, refund.known_at, refund.changed_at, "
        "refund.paid_at, (agreement.terms -> 'payout' ->> 'refund_days')::integer, "
        "(SELECT chosen.bank_account::text FROM refund_accounts AS chosen "
        "WHERE chosen.account_id = refund.account_id AND chosen.refund_id = refund.refund_id "
        "ORDER BY chosen.account_number DESC LIMIT 1)"
    ),
    tables=(
        f"{_REFUNDS} JOIN cases ON cases.account_id = refund.account_id "
        "AND cases.case_id = refund.case_id AND (refund.credited <> 0 OR refund.paid <> 0) "
        "JOIN customers ON customers.account_id = cases.account_id "
        "AND customers.customer_id = cases.customer_id "
        "JOIN agreement_versions AS agreement ON agreement.account_id = cases.account_id "
        "AND agreement.agreement_version_id = cases.document ->> 'agreement_version_id'"
    ),
    account_column="refund.account_id",
    id_column="refund.refund_id",
    default_order="refund.known_at",
    fields={
        "_id": ListedField("refund.refund_id"),
        "_created": ListedField("refund.known_at", "timestamptz"),
        "_updated": ListedField("refund.changed_at", "timestamptz"),
        "account": ListedField("refund.account_id"),
        "case": ListedField("refund.case_id"),
        "creditor": ListedField("refund.creditor_id"),
        "debtor": ListedField("customers.debtor_alias"),
        "payment": ListedField("refund.payment_id"),
        "reference_number": ListedField("cases.reference_number"),
        "status": ListedField(_STATUS),
    },
    view=lambda row: RefundView(*row),
)


def open_refunds(uow: UnitOfWork) -> list[RefundView]:
    """Return every refund of the account that is not paid, the oldest first."""
    rows = uow.rows(
        f"SELECT {REFUNDS.columns} FROM {REFUNDS.tables} "  # noqa: S608 - our constants
        "WHERE refund.account_id = %s AND refund.credited > refund.paid "
        "ORDER BY refund.known_at, refund.refund_id",
        (uow.account_id,),
    )
    return [RefundView(*row) for row in rows]


def add_account(uow: UnitOfWork, refund_id: str, bank_account: str, set_at: datetime) -> None:
    """Say where a refund goes; the last word counts."""
    uow.execute(
        "INSERT INTO refund_accounts (account_id, refund_id, account_number, bank_account, set_at) "
        "SELECT %s, %s, count(*) + 1, %s::json, %s FROM refund_accounts "
        "WHERE account_id = %s AND refund_id = %s",
        (uow.account_id, refund_id, bank_account, set_at, uow.account_id, refund_id),
    )


def insert_payments(uow: UnitOfWork, payments: Sequence[StoredRefundPayment]) -> None:
    """Insert what a run paid back."""
    rows = [(uow.account_id, *msgspec.structs.astuple(payment)) for payment in payments]
    uow.insert("refund_payments", _PAYMENT, rows)


def payments_of(uow: UnitOfWork, run_id: str) -> list[StoredRefundPayment]:
    """Return what a run paid back, in the order of its references."""
    rows = uow.rows(
        "SELECT refund_payment_id, payout_run_id, refund_id, case_id, transfer_number, "
        "payee_name, payout_reference, currency, amount_minor, bank_account::text, created_at "
        "FROM refund_payments WHERE account_id = %s AND payout_run_id = %s "
        "ORDER BY payout_reference",
        (uow.account_id, run_id),
    )
    return [StoredRefundPayment(*row) for row in rows]
