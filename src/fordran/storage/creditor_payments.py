"""Creditor payments: what creditors report as paid to them, and how it was settled."""

from datetime import datetime

from fordran.storage.creditor_actions import ActionTable, StoredAction
from fordran.storage.listings import ListedField


class StoredPayment(StoredAction, frozen=True):
    """One reported payment with its result. Units: öre."""

    currency: str
    amount_minor: int
    bank_transaction_at: datetime
    client_registration_at: datetime
    creditor_payment_reference: str | None
    settled_minor: int


PAYMENTS = ActionTable(
    "creditor_payments",
    StoredPayment,
    id_column="creditor_payment_id",
    columns={
        "currency": "text",
        "amount_minor": "bigint",
        "bank_transaction_at": "timestamptz",
        "client_registration_at": "timestamptz",
        "creditor_payment_reference": "text",
        "settled_minor": "bigint",
    },
    fields={
        "bank_transaction_date": ListedField("action.bank_transaction_at", "timestamptz"),
        "creditor_payment_reference": ListedField("action.creditor_payment_reference"),
    },
)
