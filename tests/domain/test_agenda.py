"""The agenda: what falls due first on a case, its flow's item or a clock of a hold."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fordran.domain.agenda import ANSWER, CLOCKS, CREDITOR_ANSWER, RESPITE_END, Due, next_due
from fordran.domain.case import Case, Closed, Debt
from fordran.domain.case_status import CloseReason
from fordran.domain.flow import failed
from fordran.domain.holds import Hold, HoldKind, with_clock_run
from fordran.domain.money import Money
from tests.property.strategies import Book, Story, at

REGISTERED_ON = date(2025, 9, 3)
ITEM_AT = at(REGISTERED_ON, 8)
BEGAN_AT = at(REGISTERED_ON, 9)


def registered(**changes: Any) -> Case:
    """Return a case that has just been registered, with changes."""
    debt = Debt("INV-1", date(2025, 7, 7), 31, 31, Money(2000_00), "")
    book = Book(Story((debt,), is_consumer=False, registered_on=REGISTERED_ON, payments=()))
    (case,) = book.cases.values()
    return replace(case, **changes)


def dispute(**changes: Any) -> Hold:
    return replace(
        Hold(
            "d" * 24,
            HoldKind.DISPUTE,
            BEGAN_AT,
            creditor_answer_by_on=date(2025, 9, 17),
            answer_by_on=date(2025, 10, 3),
        ),
        **changes,
    )


PAUSE = Hold("p" * 24, HoldKind.PAUSE, BEGAN_AT)
RESPITE = Hold("e" * 24, HoldKind.RESPITE, BEGAN_AT, to_on=date(2025, 9, 30))

# A day is over at midnight in Stockholm, which midnight_utc gives as GMT (decision 60).
AFTER_CREDITOR = at(date(2025, 9, 18))
AFTER_ANSWER = at(date(2025, 10, 4))
AFTER_RESPITE = at(date(2025, 10, 1))


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ((), Due(ITEM_AT, "cases__initialize")),
        ((PAUSE,), None),
        ((RESPITE,), Due(AFTER_RESPITE, RESPITE_END, hold_id="e" * 24)),
        ((dispute(),), Due(AFTER_CREDITOR, CREDITOR_ANSWER, hold_id="d" * 24)),
        (
            (dispute(overdue=(CREDITOR_ANSWER,)),),
            Due(AFTER_ANSWER, ANSWER, hold_id="d" * 24),
        ),
        ((dispute(overdue=(CREDITOR_ANSWER, ANSWER)),), None),
        ((dispute(creditor_answer_by_on=None, answer_by_on=None),), None),
        (
            (dispute(overdue=(CREDITOR_ANSWER,)), PAUSE, RESPITE),
            Due(AFTER_RESPITE, RESPITE_END, hold_id="e" * 24),
        ),
        (
            (RESPITE, dispute()),
            Due(AFTER_CREDITOR, CREDITOR_ANSWER, hold_id="d" * 24),
        ),
    ],
)
def test_first_of_item_and_clocks_is_due(holds: tuple[Hold, ...], expected: Due | None) -> None:
    assert next_due(registered(holds=holds)) == expected


def test_held_case_keeps_its_item_and_carries_out_none() -> None:
    held = registered(holds=(PAUSE,))
    assert held.next_item is not None
    assert next_due(held) is None
    assert next_due(replace(held, holds=())) == Due(ITEM_AT, held.next_item.item)


@pytest.mark.parametrize(
    ("retry_at", "expected"),
    [
        (ITEM_AT + timedelta(hours=1), Due(ITEM_AT + timedelta(hours=1), "cases__initialize")),
        (None, Due(ITEM_AT, "cases__initialize", is_failed=True)),
    ],
)
def test_item_that_was_set_aside_is_due_when_it_is_tried_again(
    retry_at: datetime | None, expected: Due
) -> None:
    case = registered()
    assert case.next_item is not None
    set_aside = failed(case.next_item, "why", retry_at)
    assert next_due(replace(case, next_item=set_aside)) == expected


def test_closed_case_has_no_agenda() -> None:
    closed = Closed(BEGAN_AT, CloseReason.CANCELLED)
    assert next_due(registered(closed=closed, holds=(RESPITE,))) is None


def test_case_at_the_end_of_its_flow_has_only_its_clocks() -> None:
    assert next_due(registered(next_item=None)) is None
    due = next_due(registered(next_item=None, holds=(RESPITE,)))
    assert due == Due(AFTER_RESPITE, RESPITE_END, hold_id="e" * 24)


def test_clock_runs_out_once() -> None:
    case = registered(holds=(RESPITE, dispute()))
    seen = []
    while (due := next_due(case)) is not None:
        seen.append(due.item)
        if due.item == RESPITE_END:
            case = replace(case, holds=tuple(hold for hold in case.holds if hold != RESPITE))
        else:
            case = replace(case, holds=with_clock_run(case.holds, due.hold_id, due.item))
    assert seen == [CREDITOR_ANSWER, RESPITE_END, ANSWER]
    assert set(seen) == CLOCKS
