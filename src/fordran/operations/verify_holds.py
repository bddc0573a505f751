"""The checks of the audit of holds in a journal: each event against the hold it is about."""

from collections.abc import Iterator, Sequence

from fordran.domain.agenda import ANSWER, CREDITOR_ANSWER, clock_at
from fordran.domain.case import Case
from fordran.domain.dispute import DisputeOutcome
from fordran.domain.events import HoldBegan, HoldEnded, HoldOverdue, Recorded
from fordran.domain.holding import REPLACED, RESUMED, TIME_IS_UP
from fordran.domain.holds import Hold, HoldKind

_OUTCOMES = {
    HoldKind.RESPITE: {TIME_IS_UP, REPLACED},
    HoldKind.PAUSE: {RESUMED},
    HoldKind.DISPUTE: {outcome.value for outcome in DisputeOutcome},
}
"""How a hold of each kind may end."""


def hold_violations(
    recorded: Recorded, before: Case, following: Sequence[Recorded]
) -> Iterator[str]:
    """Yield what in an event of a hold does not follow from the case before it.

    `following` are the events after it.
    """
    match recorded.event:
        case HoldBegan(hold=hold):
            if not _begins_rightly(hold, before):
                yield f"event {recorded.number} puts its item off from another instant"
        case HoldOverdue(hold_id=hold_id, clock=clock):
            if not _had_run_out(_hold(before, hold_id), clock, recorded):
                yield f"event {recorded.number} is of a clock that had not run out then"
        case HoldEnded(hold_id=hold_id, outcome=outcome):
            ended = _hold(before, hold_id)
            is_reopening = before.updated_at == recorded.at
            if not _ends_rightly(ended, outcome, recorded, following, is_reopening=is_reopening):
                yield f"event {recorded.number} ends its hold otherwise than such a hold ends"
        case _:
            pass


def _hold(case: Case, hold_id: str) -> Hold | None:
    return next((hold for hold in case.holds if hold.id == hold_id), None)


def _begins_rightly(hold: Hold, before: Case) -> bool:
    item = before.next_item
    is_put_off = hold.kind is HoldKind.RESPITE and item is not None
    return hold.item_due_at == (item.due_at if is_put_off and item else None) and not hold.overdue


def _had_run_out(hold: Hold | None, clock: str, recorded: Recorded) -> bool:
    if hold is None or clock not in (CREDITOR_ANSWER, ANSWER) or clock in hold.overdue:
        return False
    last_on = hold.creditor_answer_by_on if clock == CREDITOR_ANSWER else hold.answer_by_on
    return last_on is not None and recorded.at == clock_at(last_on)


def _ends_rightly(
    hold: Hold | None,
    outcome: str,
    recorded: Recorded,
    following: Sequence[Recorded],
    *,
    is_reopening: bool,
) -> bool:
    """Tell whether a hold may end so; what ran out on a closed case ends when it opens again."""
    if hold is None or outcome not in _OUTCOMES[hold.kind]:
        return False
    if outcome == TIME_IS_UP:
        assert hold.ends_at is not None, "a respite has a last day"
        return recorded.at == hold.ends_at or (is_reopening and recorded.at > hold.ends_at)
    if outcome == REPLACED:
        after = following[0].event if following else None
        return isinstance(after, HoldBegan) and after.hold.kind is HoldKind.RESPITE
    return True
