"""Case respites: time that creditors gave debtors."""

from datetime import date

from fordran.storage.creditor_actions import StoredAction
from fordran.storage.hold_actions import HoldTable


class StoredRespite(StoredAction, frozen=True):
    """One respite with its result. Units: the day is the last of the respite, inclusive."""

    respite_to_on: date


RESPITES: HoldTable[StoredRespite, StoredAction] = HoldTable(
    "case_respites",
    StoredRespite,
    id_column="case_respite_id",
    columns={"respite_to_on": "date"},
    fields={},
    running="active",
)
