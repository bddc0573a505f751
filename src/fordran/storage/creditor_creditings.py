"""Creditor creditings: what creditors credit of a claim, and how much of it was owed."""

from datetime import datetime

from fordran.storage.creditor_actions import ActionTable, StoredAction
from fordran.storage.listings import ListedField


class StoredCrediting(StoredAction, frozen=True):
    """One crediting with its result. Units: öre."""

    currency: str
    amount_minor: int
    client_registration_at: datetime
    credit_invoice: str | None
    creditor_reference: str | None
    settled_minor: int


CREDITINGS = ActionTable(
    "creditor_creditings",
    StoredCrediting,
    id_column="creditor_crediting_id",
    columns={
        "currency": "text",
        "amount_minor": "bigint",
        "client_registration_at": "timestamptz",
        "credit_invoice": "text",
        "creditor_reference": "text",
        "settled_minor": "bigint",
    },
    fields={
        "client_registration_date": ListedField("action.client_registration_at", "timestamptz"),
        "credit_invoice": ListedField("action.credit_invoice"),
        "creditor_reference": ListedField("action.creditor_reference"),
    },
)
