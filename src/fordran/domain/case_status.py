"""State and status of a case: both exist in the API, and every allowed move stands here."""

from enum import StrEnum


class CaseState(StrEnum):
    """The phase of the flow a case is in (decision 64)."""

    INITIALIZING = "initializing"
    """Registered; the flow has not taken it on yet. Moves to debt_collection."""

    DEBT_COLLECTION = "debt_collection"
    """The demand is being made or has been made."""


class CaseStatus(StrEnum):
    """The condition a client sees (decision 64)."""

    INITIALIZING = "initializing"
    """Registered, waiting for the first flow item."""

    INITIALIZED = "initialized"
    """Checked and valued; waiting to enter the first state."""

    DEBT_COLLECTION = "debt_collection"
    """In debt collection, the demand's deadline is ahead."""

    DEBT_COLLECTION_ACTIVE = "debt_collection_active"
    """The demand's deadline has passed with something unpaid."""

    CLOSED = "closed"
    """Ended; nothing more happens by itself."""


class CloseReason(StrEnum):
    """Why a case ended."""

    FULLY_PAID = "fully_paid"
    """Nothing was left (decision 43)."""

    FULLY_PAID_DEPRECIATION = "fully_paid_depreciation"
    """The capital was paid, and a small rest was written off (decision 43)."""

    CREDITED = "credited"
    """The creditor credited the whole capital (decision 48)."""

    CANCELLED = "cancelled"
    """The creditor cancelled the case (decision 49)."""


ALLOWED_MOVES: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.INITIALIZING: frozenset({CaseStatus.INITIALIZED, CaseStatus.CLOSED}),
    CaseStatus.INITIALIZED: frozenset({CaseStatus.DEBT_COLLECTION, CaseStatus.CLOSED}),
    CaseStatus.DEBT_COLLECTION: frozenset({CaseStatus.DEBT_COLLECTION_ACTIVE, CaseStatus.CLOSED}),
    CaseStatus.DEBT_COLLECTION_ACTIVE: frozenset({CaseStatus.CLOSED}),
    CaseStatus.CLOSED: frozenset(
        {
            CaseStatus.INITIALIZING,
            CaseStatus.INITIALIZED,
            CaseStatus.DEBT_COLLECTION,
            CaseStatus.DEBT_COLLECTION_ACTIVE,
        }
    ),
}
"""From a status to those it may move to. Any open status may close (decision 64); a closed case
moves only back to the status it had, when the payment that closed it is reversed (decision 50)."""

PAID = frozenset({CloseReason.FULLY_PAID, CloseReason.FULLY_PAID_DEPRECIATION})
"""The reasons that a reversed payment undoes."""


def check_move(before: CaseStatus, after: CaseStatus) -> None:
    """Assert that a status may follow another.

    Raises: AssertionError, because only a bug decides a move that is not in the table.
    Source: decision 64.

    >>> check_move(CaseStatus.INITIALIZING, CaseStatus.INITIALIZED)
    """
    assert after in ALLOWED_MOVES[before], f"{before} may not become {after}"
