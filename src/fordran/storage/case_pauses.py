"""Case pauses: flows that were stopped for a reason, and how they were resumed."""

from collections.abc import Mapping, Sequence

from fordran.storage.creditor_actions import ActionTable, StoredAction
from fordran.storage.hold_actions import HoldTable
from fordran.storage.unit_of_work import UnitOfWork


class StoredPause(StoredAction, frozen=True):
    """One pause with its result."""

    reason: str


class StoredResumption(StoredAction, frozen=True):
    """What resumed a paused flow, or was to, with its result."""

    pause_id: str
    reason: str


RESUMPTIONS = ActionTable(
    "case_resumptions",
    StoredResumption,
    id_column="case_resumption_id",
    columns={"case_pause_id": "text", "reason": "text"},
    fields={},
)


def cases_of_pauses(uow: UnitOfWork, pause_ids: Sequence[str]) -> dict[str, str]:
    """Return the cases that pauses of the account stopped, by the id of the pause."""
    rows = uow.rows(
        "SELECT case_pause_id, case_id FROM case_pauses "
        "WHERE account_id = %s AND case_pause_id = ANY(%s)",
        (uow.account_id, list(pause_ids)),
    )
    return dict(rows)


def resumptions_of(uow: UnitOfWork, pause_ids: Sequence[str]) -> Mapping[str, StoredResumption]:
    """Return what ended pauses of the account, by the id of the pause."""
    rows = uow.rows(
        "SELECT case_resumption_id FROM case_resumptions WHERE account_id = %s "
        "AND case_pause_id = ANY(%s) AND status <> 'error'",
        (uow.account_id, list(pause_ids)),
    )
    found = RESUMPTIONS.listing.by_id(uow, [row[0] for row in rows])
    return {view.action.pause_id: view.action for view in found.values()}


PAUSES: HoldTable[StoredPause, StoredResumption] = HoldTable(
    "case_pauses",
    StoredPause,
    id_column="case_pause_id",
    columns={"reason": "text"},
    fields={},
    running="active",
    endings=resumptions_of,
)
