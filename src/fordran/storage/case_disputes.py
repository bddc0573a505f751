"""Case disputes: what debtors object to, and how it was decided."""

from collections.abc import Mapping, Sequence
from datetime import date

from fordran.storage.creditor_actions import ActionTable, StoredAction
from fordran.storage.hold_actions import HoldTable
from fordran.storage.listings import ListedField
from fordran.storage.unit_of_work import UnitOfWork


class StoredDispute(StoredAction, frozen=True):
    """One dispute with its result. Units: öre; None is the whole claim; both days inclusive."""

    kind: str
    amount_minor: int | None
    text: str
    hold_other_cases: bool
    other_case_ids: list[str]
    """The debtor's other cases that it holds too."""
    creditor_answer_by_on: date | None
    answer_by_on: date | None
    """None if it was not opened."""


class StoredOutcome(StoredAction, frozen=True):
    """What decided a dispute, or tried to, with its result. Units: öre, of what is credited."""

    dispute_id: str
    outcome: str
    amount_minor: int | None
    explanation: str
    crediting_id: str | None


OUTCOMES = ActionTable(
    "dispute_outcomes",
    StoredOutcome,
    id_column="dispute_outcome_id",
    columns={
        "case_dispute_id": "text",
        "outcome": "text",
        "amount_minor": "bigint",
        "explanation": "text",
        "creditor_crediting_id": "text",
    },
    fields={},
)


def cases_of_disputes(uow: UnitOfWork, dispute_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the cases that disputes of the account hold or held, the disputed one first, by id."""
    rows = uow.rows(
        "SELECT case_dispute_id, case_id, other_case_ids FROM case_disputes "
        "WHERE account_id = %s AND case_dispute_id = ANY(%s)",
        (uow.account_id, list(dispute_ids)),
    )
    return {row[0]: (row[1], *row[2]) for row in rows}


def open_cases_beside(uow: UnitOfWork, case_ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the other open cases of each case's debtor at its creditor, by the case."""
    rows = uow.rows(
        "SELECT cases.case_id, beside.case_id FROM cases JOIN cases AS beside "
        "ON beside.account_id = cases.account_id AND beside.creditor_id = cases.creditor_id "
        "AND beside.customer_id = cases.customer_id AND beside.case_id <> cases.case_id "
        "WHERE cases.account_id = %s AND cases.case_id = ANY(%s) AND beside.status <> 'closed' "
        "ORDER BY cases.case_id, beside.case_id",
        (uow.account_id, list(case_ids)),
    )
    found: dict[str, list[str]] = {}
    for case_id, beside_id in rows:
        found.setdefault(case_id, []).append(beside_id)
    return found


def outcomes_of(uow: UnitOfWork, dispute_ids: Sequence[str]) -> Mapping[str, StoredOutcome]:
    """Return what decided disputes of the account, by the id of the dispute."""
    rows = uow.rows(
        "SELECT dispute_outcome_id FROM dispute_outcomes WHERE account_id = %s "
        "AND case_dispute_id = ANY(%s) AND status <> 'error'",
        (uow.account_id, list(dispute_ids)),
    )
    found = OUTCOMES.listing.by_id(uow, [row[0] for row in rows])
    return {view.action.dispute_id: view.action for view in found.values()}


DISPUTES: HoldTable[StoredDispute, StoredOutcome] = HoldTable(
    "case_disputes",
    StoredDispute,
    id_column="case_dispute_id",
    columns={
        "kind": "text",
        "amount_minor": "bigint",
        "text": "text",
        "hold_other_cases": "boolean",
        "other_case_ids": "text[]",
        "creditor_answer_by_on": "date",
        "answer_by_on": "date",
    },
    fields={
        "kind": ListedField("action.kind"),
        "answer_by_date": ListedField(
            "(action.answer_by_on::timestamp AT TIME ZONE 'UTC')", "timestamptz"
        ),
    },
    running="open",
    endings=outcomes_of,
)
