"""Interest reductions: what persons have decided under 8 § of the interest act."""

from datetime import date
from decimal import Decimal

from fordran.storage.creditor_actions import ActionTable, StoredAction
from fordran.storage.listings import ListedField


class StoredReduction(StoredAction, frozen=True):
    """One reduction with its result. Units: percent a year; both days are inclusive."""

    first_on: date
    last_on: date | None
    annual_rate_percent: Decimal
    reason: str
    decided_by: str


REDUCTIONS = ActionTable(
    "interest_reductions",
    StoredReduction,
    id_column="interest_reduction_id",
    columns={
        "first_on": "date",
        "last_on": "date",
        "annual_rate_percent": "numeric",
        "reason": "text",
        "decided_by": "text",
    },
    fields={
        "decided_by": ListedField("action.decided_by"),
    },
)
