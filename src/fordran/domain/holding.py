"""Decide: a hold begins, one of its clocks runs out, or it ends."""

from msgspec.structs import replace

from fordran.domain.agenda import RESPITE_END, Due
from fordran.domain.draft import Draft
from fordran.domain.events import HoldBegan, HoldEnded, HoldOverdue
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.outcome import Outcome, OutcomeStatus

CASE_CLOSED = "case_closed"
HELD_ALREADY = "held_already"
NOT_HELD = "not_held"
TIME_IS_UP = "time_is_up"
"""The outcome of a respite that ended by itself."""

RESUMED = "resumed"
"""The outcome of a pause."""

REPLACED = "replaced"
"""The outcome of a respite that a later one took the place of."""


def begin_hold(draft: Draft, hold: Hold) -> str | None:
    """Hold the flow of a case; the draft takes the event.

    Returns why nothing happened, or None. Checked in order: the case is open; it is not held for
    the same kind of reason already, a respite apart, which a later one replaces. Disputes of
    different cases are different reasons.

    Source: decisions 64, 65; docs/decisions/0038.
    """
    if draft.case.closed is not None:
        return CASE_CLOSED
    reason = (hold.kind, hold.of_case_id)
    same = next((h for h in draft.case.holds if (h.kind, h.of_case_id) == reason), None)
    if same is not None:
        if hold.kind is not HoldKind.RESPITE:
            return HELD_ALREADY
        draft.happen(HoldEnded(same.id, REPLACED))
    item = draft.case.next_item
    if hold.kind is HoldKind.RESPITE and item is not None:
        hold = replace(hold, item_due_at=item.due_at)
    draft.happen(HoldBegan(hold))
    return None


def end_hold(draft: Draft, hold_id: str, outcome: str) -> str | None:
    """End a hold; the flow goes on if nothing else holds it, and not sooner than now.

    Returns why nothing happened, or None.
    """
    if all(hold.id != hold_id for hold in draft.case.holds):
        return NOT_HELD
    draft.happen(HoldEnded(hold_id, outcome))
    return None


def end_holds_past(draft: Draft) -> None:
    """End what has run out while a case was closed, now that it has opened again.

    Source: decision 50: what was due meanwhile is due now.
    """
    for hold in draft.case.holds:
        if hold.ends_at is not None and hold.ends_at <= draft.at:
            draft.happen(HoldEnded(hold.id, TIME_IS_UP))


def hold_outcome(kind: HoldKind, refused: str | None) -> Outcome:
    """Return the result of beginning or ending a hold: done, or an error with why it was not.

    >>> hold_outcome(HoldKind.PAUSE, CASE_CLOSED).reason
    'case_pause.case_closed'
    """
    if refused is None:
        return Outcome(OutcomeStatus.COMPLETED)
    return Outcome(OutcomeStatus.ERROR, reason=f"case_{kind.value}.{refused}")


def carry_out_clock(draft: Draft, due: Due) -> None:
    """Carry out a clock of a hold that has run out; the draft's `at` is its due instant."""
    if due.item == RESPITE_END:
        draft.happen(HoldEnded(due.hold_id, TIME_IS_UP))
    else:
        draft.happen(HoldOverdue(due.hold_id, due.item))
