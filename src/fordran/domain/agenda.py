"""The agenda: what falls due next on a case, the flow's item or a clock of a hold.

The worker asks for one instant and one name a case; everything that happens by itself on a case
is found here.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import msgspec

from fordran.domain.case import Case
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.swedish_time import midnight_utc

RESPITE_END = "case--respites__end"
CREDITOR_ANSWER = "case--disputes__creditor_answer"
ANSWER = "case--disputes__answer"

CLOCKS = frozenset({RESPITE_END, CREDITOR_ANSWER, ANSWER})
"""The names of what falls due by a hold's clock, and not by the flow."""


class Due(msgspec.Struct, frozen=True, order=True):
    """What falls due on a case.

    Units: `at` is when the worker takes it up: its due instant, or when it is tried again.
    """

    at: datetime
    item: str
    is_failed: bool = False
    """Whether it was set aside for good: somebody must look."""
    hold_id: str = ""
    """The hold whose clock it is; empty for an item of the flow."""


def next_due(case: Case) -> Due | None:
    """Return what falls due first on a case, or None if nothing does.

    A held case carries out no item of its flow; the clocks of its holds run on. A closed case
    has no agenda.
    """
    if case.closed is not None:
        return None
    return min((due for due in _agenda(case)), default=None)


def _agenda(case: Case) -> Iterator[Due]:
    clocks = [due for hold in case.holds for due in _clocks(hold)]
    yield from clocks
    item = case.next_item
    if item is None or case.holds:
        return
    if not item.is_failed:
        yield Due(item.due_at, item.item)
    elif item.retry_at is not None:
        yield Due(item.retry_at, item.item)
    else:
        yield Due(item.due_at, item.item, is_failed=True)


def _clocks(hold: Hold) -> Iterator[Due]:
    if hold.kind is HoldKind.RESPITE and hold.ends_at is not None:
        yield Due(hold.ends_at, RESPITE_END, hold_id=hold.id)
    for name, last_on in (
        (CREDITOR_ANSWER, hold.creditor_answer_by_on),
        (ANSWER, hold.answer_by_on),
    ):
        if last_on is not None and name not in hold.overdue:
            yield Due(clock_at(last_on), name, hold_id=hold.id)


def clock_at(last_on: date) -> datetime:
    """Return when a clock runs out that has a last day: at the midnight (GMT) after it."""
    return midnight_utc(last_on + timedelta(days=1))
