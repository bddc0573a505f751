"""Check a flow config before it is saved: what in it could not work."""

import re
from collections.abc import Collection, Iterator

from fordran.domain.agenda import CLOCKS
from fordran.domain.flow import (
    BankDaysAfter,
    DaysAfter,
    Delay,
    FlowAction,
    FlowConfig,
    FlowItem,
    HoursAfter,
    MidnightAfterLetter,
    MinutesAfter,
)
from fordran.domain.guards import BY_NAME, GUARDS_OF

SENT_BY: dict[FlowAction, str] = {
    FlowAction.SEND_REMINDER: "reminder",
    FlowAction.SEND_DEMAND: "debt_collection",
}
"""The kind of letter that an action sends."""

COMES_AFTER: dict[FlowAction, FlowAction] = {
    FlowAction.ENTER_REMINDER: FlowAction.INITIALIZE,
    FlowAction.SEND_REMINDER: FlowAction.ENTER_REMINDER,
    FlowAction.ENTER_DEBT_COLLECTION: FlowAction.INITIALIZE,
    FlowAction.SEND_DEMAND: FlowAction.ENTER_DEBT_COLLECTION,
    FlowAction.DEBT_STATEMENT: FlowAction.SEND_DEMAND,
}
"""What must have happened before an action can."""

NEVER_AFTER: dict[FlowAction, FlowAction] = {
    FlowAction.ENTER_REMINDER: FlowAction.ENTER_DEBT_COLLECTION,
    FlowAction.SEND_REMINDER: FlowAction.ENTER_DEBT_COLLECTION,
}
"""What an action can never be reached after: no case goes back to an earlier state."""

DELAY_DAYS_MAX = 3660
"""The longest delay: about ten years, in which any claim is barred if nothing happens."""

_ID = re.compile(r"[0-9a-f]{24}")
_LOCALE_KEY = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_ITEM_NAME = re.compile(r"[a-z][a-z0-9-]*__[a-z][a-z0-9_]*")


def problems(config: FlowConfig, letter_kinds: Collection[str]) -> list[str]:
    """Return what is wrong with a flow config, one text for each, in the order of its items.

    `letter_kinds` are those that have a template. Asked of the flow: its id, its name, its first
    item. Asked of each item in this order: its name, an action that is there twice, what must
    come before it, an item that is never reached, the delay, the wait, the guards, the letter.
    """
    found = []
    if not _ID.fullmatch(config.id):
        found.append("id: it must be 24 hexadecimal digits, in small letters")
    if not _LOCALE_KEY.fullmatch(config.name_locale):
        found.append("name_locale: it must be a locale key, such as api.flow_config.default")
    if config.items[0].action is not FlowAction.INITIALIZE:
        found.append(f"{config.items[0].name}: the first item must be the action initialize")
    for position, item in enumerate(config.items):
        before = [earlier.action for earlier in config.items[:position]]
        found += [f"{item.name}: {text}" for text in _problems_of(item, before, letter_kinds)]
    return found


def _problems_of(
    item: FlowItem, before: Collection[FlowAction], letter_kinds: Collection[str]
) -> Iterator[str]:
    yield from _problems_of_name(item)
    yield from _problems_of_order(item, before)
    yield from _problems_of_delay(item, before)
    if not item.waiting_for.strip():
        yield "waiting_for must say what the case waits for"
    yield from _problems_of_guards(item)
    kind = SENT_BY.get(item.action)
    if kind is not None and kind not in letter_kinds:
        yield f"the letter {kind} has no template"


def _problems_of_name(item: FlowItem) -> Iterator[str]:
    if not _ITEM_NAME.fullmatch(item.name):
        yield "its name must be a resource, two underscores and a step, in small letters"
    if item.name in CLOCKS:
        yield "its name is that of a clock of a hold"


def _problems_of_order(item: FlowItem, before: Collection[FlowAction]) -> Iterator[str]:
    if item.action in before:
        yield f"the action {item.action.value} is there twice"
    needed = COMES_AFTER.get(item.action)
    if needed is not None and needed not in before:
        yield f"the action {needed.value} must come before it"
    if NEVER_AFTER.get(item.action) in before:
        yield "it is never reached: the case has left the state reminder by then"


def _problems_of_guards(item: FlowItem) -> Iterator[str]:
    for guard in GUARDS_OF.get(item.action, ()):
        if guard not in item.guards:
            yield f"the guard {guard} is missing"
    for guard in item.guards:
        if guard not in BY_NAME:
            yield f"there is no guard {guard}; there are {', '.join(BY_NAME)}"


def _problems_of_delay(item: FlowItem, before: Collection[FlowAction]) -> Iterator[str]:
    match item.delay:
        case MinutesAfter(minutes=count) | HoursAfter(hours=count) | DaysAfter(days=count):
            if count < 0:
                yield "the delay must not be negative"
        case BankDaysAfter(bank_days=count):
            if count < 1:
                yield "the delay must be at least one bank day"
        case MidnightAfterLetter(days_after_dispatch=dispatch, days_after_deadline=deadline):
            if not SENT_BY.keys() & set(before):
                yield "its delay counts from a letter, and no item before it sends one"
            if dispatch < 0 or deadline < 1:
                yield "a deadline must have passed: days_after_deadline is at least 1"
        case _:
            pass
    if _days_of(item.delay) > DELAY_DAYS_MAX:
        yield f"the delay is longer than {DELAY_DAYS_MAX} days"


def _days_of(delay: Delay) -> int:
    """Return how long a delay is, in whole days."""
    match delay:
        case MinutesAfter(minutes=count):
            return count // (24 * 60)
        case HoursAfter(hours=count):
            return count // 24
        case DaysAfter(days=count) | BankDaysAfter(bank_days=count):
            return count
        case MidnightAfterLetter(days_after_dispatch=dispatch, days_after_deadline=deadline):
            return max(dispatch, deadline)
        case _:
            return 0
