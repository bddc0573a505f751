"""Case endings: what persons at the agency decided about cases that end without payment."""

from collections.abc import Sequence

from fordran.storage.creditor_actions import ActionTable, StoredAction
from fordran.storage.unit_of_work import UnitOfWork


class StoredEnding(StoredAction, frozen=True):
    """One decision with its result."""

    reason: str
    explanation: str
    decided_by: str
    duplicate_of: str | None
    """The case that goes on."""


CASE_ENDINGS = ActionTable(
    "case_endings",
    StoredEnding,
    id_column="case_ending_id",
    columns={
        "reason": "text",
        "explanation": "text",
        "decided_by": "text",
        "duplicate_of_case_id": "text",
    },
    fields={},
)


def carried_out(uow: UnitOfWork, case_ids: Sequence[str]) -> dict[str, StoredEnding]:
    """Return the decisions that ended cases of the account, by case.

    Needs the index case_endings_once.
    """
    rows = uow.rows(
        "SELECT case_ending_id FROM case_endings "
        "WHERE account_id = %s AND case_id = ANY(%s) AND status = 'completed'",
        (uow.account_id, list(case_ids)),
    )
    found = CASE_ENDINGS.listing.by_id(uow, [row[0] for row in rows])
    return {view.action.case_id: view.action for view in found.values()}
