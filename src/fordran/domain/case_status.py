"""State and status of a case: both exist in the API, and every allowed move stands here."""

from enum import StrEnum


class CaseState(StrEnum):
    """The phase of the flow a case is in (decision 64)."""

    INITIALIZING = "initializing"
    """Registered; the flow has not taken it on yet."""

    REMINDER = "reminder"
    """The debtor is reminded before a demand is made."""

    DEBT_COLLECTION = "debt_collection"
    """The demand is being made or has been made."""


class CaseStatus(StrEnum):
    """The condition a client sees (decision 64)."""

    INITIALIZING = "initializing"
    """Registered, waiting for the first flow item."""

    INITIALIZED = "initialized"
    """Checked and valued; waiting to enter the first state."""

    REMINDER = "reminder"
    """A reminder is being sent or has been sent."""

    DEBT_COLLECTION = "debt_collection"
    """In debt collection, the demand's deadline is ahead."""

    DEBT_COLLECTION_ACTIVE = "debt_collection_active"
    """The demand's deadline has passed with something unpaid."""

    RESPITE = "respite"
    """The creditor gave the debtor time: the flow waits until a day (decision 65)."""

    PAUSED = "paused"
    """Somebody stopped the flow for a reason, until it is resumed."""

    DISPUTED = "disputed"
    """The debtor objected: nothing is sent, charged or applied for until that is decided."""

    CLOSED = "closed"
    """Ended; nothing more happens by itself."""


class CloseReason(StrEnum):
    """Why a case ended; docs/law/endings.md has the ground of each."""

    FULLY_PAID = "fully_paid"
    """Nothing was left (decision 43)."""

    FULLY_PAID_DEPRECIATION = "fully_paid_depreciation"
    """The capital was paid, and a small rest was written off (decision 43)."""

    CREDITED = "credited"
    """The creditor credited the whole capital (decision 48)."""

    CANCELLED = "cancelled"
    """The creditor cancelled the case over the API (decision 49)."""

    WITHDRAWN = "withdrawn"
    """The creditor took the assignment back outside the API, by letter or telephone."""

    SETTLED = "settled"
    """Creditor and debtor agreed on less than was claimed, and that has been paid."""

    UNCOLLECTABLE = "uncollectable"
    """The debtor has nothing to take, and collecting would cost more than it brings."""

    LIMITATION = "limitation"
    """The claim is time-barred: the creditor may not demand it (1981:130 8 §)."""

    BANKRUPTCY = "bankruptcy"
    """The debtor's bankruptcy left nothing for the claim (1987:672)."""

    DECEASED_ESTATE = "deceased_estate"
    """The debtor died and the estate cannot pay; heirs do not owe it (1958:637, chapter 21)."""

    DEBT_RELIEF = "debt_relief"
    """A decision of debt relief covers the claim (2016:675, 2016:676)."""

    DUPLICATE = "duplicate"
    """The same claim is handled as another case (1974:182 4 §)."""

    MOVED_ABROAD = "moved_abroad"
    """The debtor lives abroad, where the agency does not collect; a choice, not a statute."""


HELD = (CaseStatus.DISPUTED, CaseStatus.PAUSED, CaseStatus.RESPITE)
"""The statuses of a case whose flow is held, the one that is shown first first."""

_IN_THE_FLOW: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.INITIALIZING: frozenset({CaseStatus.INITIALIZED}),
    CaseStatus.INITIALIZED: frozenset({CaseStatus.REMINDER, CaseStatus.DEBT_COLLECTION}),
    CaseStatus.REMINDER: frozenset({CaseStatus.DEBT_COLLECTION}),
    CaseStatus.DEBT_COLLECTION: frozenset({CaseStatus.DEBT_COLLECTION_ACTIVE}),
    CaseStatus.DEBT_COLLECTION_ACTIVE: frozenset(),
}

ALLOWED_MOVES: dict[CaseStatus, frozenset[CaseStatus]] = {
    **{before: after | {*HELD, CaseStatus.CLOSED} for before, after in _IN_THE_FLOW.items()},
    **{held: frozenset({*_IN_THE_FLOW, *HELD, CaseStatus.CLOSED}) - {held} for held in HELD},
    CaseStatus.CLOSED: frozenset({*_IN_THE_FLOW, *HELD}),
}
"""From a status to those it may move to. Any open status may be held, and any may close (decision
64); a held case moves only back to the status it had, and so does a closed case, when the payment
that closed it is reversed (decision 50)."""

PAID = frozenset({CloseReason.FULLY_PAID, CloseReason.FULLY_PAID_DEPRECIATION})
"""The reasons that only payments give; a reversed payment undoes them."""

BY_DECISION = frozenset(
    {
        CloseReason.WITHDRAWN,
        CloseReason.SETTLED,
        CloseReason.UNCOLLECTABLE,
        CloseReason.LIMITATION,
        CloseReason.BANKRUPTCY,
        CloseReason.DECEASED_ESTATE,
        CloseReason.DEBT_RELIEF,
        CloseReason.DUPLICATE,
        CloseReason.MOVED_ABROAD,
    }
)
"""The reasons that a person at the agency decides on; no reversed payment undoes them."""


def check_move(before: CaseStatus, after: CaseStatus) -> None:
    """Assert that a status may follow another.

    Raises: AssertionError, because only a bug decides a move that is not in the table.
    Source: decision 64.

    >>> check_move(CaseStatus.INITIALIZING, CaseStatus.INITIALIZED)
    """
    assert after in ALLOWED_MOVES[before], f"{before} may not become {after}"
