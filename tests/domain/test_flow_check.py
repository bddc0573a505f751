"""What is said of a flow that could not work: one case for each problem."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from fordran.domain.agenda import CLOCKS
from fordran.domain.flow import (
    BankDaysAfter,
    DaysAfter,
    Delay,
    FlowAction,
    FlowConfig,
    FlowItem,
    FullHourAfter,
    HoursAfter,
    MidnightAfterLetter,
    MinutesAfter,
)
from fordran.domain.flow_check import COMES_AFTER, DELAY_DAYS_MAX, SENT_BY, problems
from fordran.domain.guards import BY_NAME, GUARDS_OF
from fordran.domain.shipped_flows import DEFAULT_FLOW, REMINDER_FIRST, SHIPPED_FLOWS

KINDS = frozenset(SENT_BY.values())
REMINDER, DEMAND, STATEMENT = (
    "case--reminders__letter",
    "case--debt-collections__letter",
    "case--debt-collections__debt_statement",
)
ENTER_REMINDER = "case--reminders__enter"


def changed(name: str, /, **fields: Any) -> FlowConfig:
    """Return the flow with a reminder, one of its items changed."""
    items = [
        replace(item, **fields) if item.name == name else item for item in REMINDER_FIRST.items
    ]
    return replace(REMINDER_FIRST, items=tuple(items))


def ordered(*names: str) -> FlowConfig:
    """Return a flow of some items of the flow with a reminder."""
    return replace(REMINDER_FIRST, items=tuple(REMINDER_FIRST.item(name) for name in names))


def twice(name: str) -> FlowConfig:
    again = replace(REMINDER_FIRST.item(name), name="case--reminders__again")
    position = [item.name for item in REMINDER_FIRST.items].index(name) + 1
    items = REMINDER_FIRST.items
    return replace(REMINDER_FIRST, items=(*items[:position], again, *items[position:]))


def delayed(delay: Delay) -> FlowConfig:
    return changed(DEMAND, delay=delay)


NAMES = [item.name for item in REMINDER_FIRST.items]
FIRST, *REST = NAMES
ENTER_DEMAND = "case--debt-collections__enter"
NO_LETTER_YET = "its delay counts from a letter, and no item before it sends one"
PASSED = "a deadline must have passed: days_after_deadline is at least 1"
TOO_LONG = f"the delay is longer than {DELAY_DAYS_MAX} days"
ODD_NAME = "its name must be a resource, two underscores and a step, in small letters"

CASES: dict[str, tuple[FlowConfig, list[str]]] = {
    "id": (
        replace(DEFAULT_FLOW, id="665E138E8DD7C7B8996F2A7E"),
        ["id: it must be 24 hexadecimal digits, in small letters"],
    ),
    "name": (
        replace(DEFAULT_FLOW, name_locale="My flow"),
        ["name_locale: it must be a locale key, such as api.flow_config.default"],
    ),
    "first item": (
        ordered(*REST),
        [
            f"{ENTER_REMINDER}: the first item must be the action initialize",
            f"{ENTER_REMINDER}: the action initialize must come before it",
            f"{ENTER_DEMAND}: the action initialize must come before it",
        ],
    ),
    "item's name": (changed(DEMAND, name="Letter"), [f"Letter: {ODD_NAME}"]),
    "a clock's name": (
        changed(DEMAND, name="case--respites__end"),
        ["case--respites__end: its name is that of a clock of a hold"],
    ),
    "action twice": (
        twice(REMINDER),
        ["case--reminders__again: the action send_reminder is there twice"],
    ),
    "out of order": (
        ordered(FIRST, REMINDER, ENTER_DEMAND, DEMAND),
        [f"{REMINDER}: the action enter_reminder must come before it"],
    ),
    "statement without demand": (
        ordered(FIRST, ENTER_REMINDER, REMINDER, STATEMENT),
        [f"{STATEMENT}: the action send_demand must come before it"],
    ),
    "unreachable": (
        ordered(FIRST, ENTER_REMINDER, ENTER_DEMAND, DEMAND, REMINDER),
        [
            f"{ENTER_DEMAND}: {NO_LETTER_YET}",
            f"{REMINDER}: it is never reached: the case has left the state reminder by then",
        ],
    ),
    "unreachable state": (
        ordered(FIRST, "case--debt-collections__enter", ENTER_REMINDER),
        [
            f"{ENTER_DEMAND}: {NO_LETTER_YET}",
            f"{ENTER_REMINDER}: it is never reached: the case has left the state reminder by then",
        ],
    ),
    "no letter": (
        changed(REMINDER, delay=MidnightAfterLetter(1, 1)),
        [f"{REMINDER}: {NO_LETTER_YET}"],
    ),
    "minutes": (
        delayed(MinutesAfter(-1)),
        [f"{DEMAND}: the delay must not be negative"],
    ),
    "hours": (delayed(HoursAfter(-1)), [f"{DEMAND}: the delay must not be negative"]),
    "days": (delayed(DaysAfter(-1)), [f"{DEMAND}: the delay must not be negative"]),
    "bank days": (
        delayed(BankDaysAfter(0)),
        [f"{DEMAND}: the delay must be at least one bank day"],
    ),
    "deadline": (delayed(MidnightAfterLetter(0, 0)), [f"{DEMAND}: {PASSED}"]),
    "dispatch": (delayed(MidnightAfterLetter(-1, 1)), [f"{DEMAND}: {PASSED}"]),
    "minutes for ever": (delayed(MinutesAfter(10**12)), [f"{DEMAND}: {TOO_LONG}"]),
    "hours for ever": (delayed(HoursAfter(10**12)), [f"{DEMAND}: {TOO_LONG}"]),
    "days for ever": (delayed(DaysAfter(DELAY_DAYS_MAX + 1)), [f"{DEMAND}: {TOO_LONG}"]),
    "bank days for ever": (delayed(BankDaysAfter(4000)), [f"{DEMAND}: {TOO_LONG}"]),
    "deadline for ever": (delayed(MidnightAfterLetter(0, 4000)), [f"{DEMAND}: {TOO_LONG}"]),
    "no wait": (
        changed(DEMAND, waiting_for=" "),
        [f"{DEMAND}: waiting_for must say what the case waits for"],
    ),
    "unknown guard": (
        changed(STATEMENT, guards=("friday",)),
        [f"{STATEMENT}: there is no guard friday; there are {', '.join(BY_NAME)}"],
    ),
    "several": (
        changed(STATEMENT, waiting_for="", guards=("friday",), name="x"),
        [
            f"x: {ODD_NAME}",
            "x: waiting_for must say what the case waits for",
            f"x: there is no guard friday; there are {', '.join(BY_NAME)}",
        ],
    ),
}


@pytest.mark.parametrize("flow", SHIPPED_FLOWS, ids=lambda flow: flow.name_locale)
def test_shipped_flow_has_no_problem(flow: FlowConfig) -> None:
    assert problems(flow, KINDS) == []


@pytest.mark.parametrize("name", CASES)
def test_problem_is_said_with_its_item(name: str) -> None:
    flow, expected = CASES[name]
    assert problems(flow, KINDS) == expected


@pytest.mark.parametrize(
    ("action", "guard"),
    [(action, guard) for action, guards in GUARDS_OF.items() for guard in guards],
)
def test_act_without_one_of_its_guards_is_a_problem(action: FlowAction, guard: str) -> None:
    item = next(item for item in REMINDER_FIRST.items if item.action is action)
    left = tuple(name for name in item.guards if name != guard)
    flow = changed(item.name, guards=left)
    assert problems(flow, KINDS) == [f"{item.name}: the guard {guard} is missing"]


@pytest.mark.parametrize(("action", "kind"), SENT_BY.items())
def test_letter_without_template_is_a_problem(action: FlowAction, kind: str) -> None:
    item = next(item for item in REMINDER_FIRST.items if item.action is action)
    found = problems(REMINDER_FIRST, KINDS - {kind})
    assert found == [f"{item.name}: the letter {kind} has no template"]


@pytest.mark.parametrize("clock", sorted(CLOCKS))
def test_no_item_is_taken_for_a_clock(clock: str) -> None:
    flow = changed(DEMAND, name=clock)
    assert f"{clock}: its name is that of a clock of a hold" in problems(flow, KINDS)


@pytest.mark.parametrize(
    "delay",
    [
        FullHourAfter(),
        MinutesAfter(0),
        HoursAfter(0),
        DaysAfter(0),
        DaysAfter(DELAY_DAYS_MAX),
        HoursAfter(DELAY_DAYS_MAX * 24),
        MinutesAfter(DELAY_DAYS_MAX * 24 * 60),
        BankDaysAfter(1),
        MidnightAfterLetter(0, 1),
    ],
    ids=repr,
)
def test_delay_at_its_limit_is_no_problem(delay: Delay) -> None:
    assert problems(delayed(delay), KINDS) == []


def test_every_action_that_can_be_left_behind_needs_what_comes_before() -> None:
    """Every action but the first is refused in a flow of its own."""
    alone: Callable[[FlowAction], FlowItem] = lambda action: FlowItem(  # noqa: E731 - one use
        "case--flows__alone", action, FullHourAfter(), "x", moved_to_next_state=True
    )
    for action in set(FlowAction) - {FlowAction.INITIALIZE}:
        flow = FlowConfig("1" * 24, "api.flow_config.alone", (alone(action),))
        needed = COMES_AFTER[action].value
        found = problems(flow, KINDS)
        assert f"case--flows__alone: the action {needed} must come before it" in found
