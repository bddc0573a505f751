"""Creditor cancellations: cases that creditors want no further handling of."""

from fordran.storage.creditor_actions import ActionTable, StoredAction


class StoredCancellation(StoredAction, frozen=True):
    """One cancellation with its result."""


CANCELLATIONS = ActionTable(
    "creditor_cancellations",
    StoredCancellation,
    id_column="creditor_cancellation_id",
    columns={},
    fields={},
)
