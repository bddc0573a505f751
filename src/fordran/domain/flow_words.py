"""A flow in words: what each of its items does, when it falls due, and where it leads."""

from typing import assert_never

import msgspec

from fordran.domain.case_status import CaseState
from fordran.domain.flow import (
    Anchor,
    BankDaysAfter,
    DaysAfter,
    Delay,
    FlowAction,
    FlowConfig,
    FullHourAfter,
    HoursAfter,
    MidnightAfterLetter,
    MinutesAfter,
)

ENTERS: dict[FlowAction, CaseState] = {
    FlowAction.INITIALIZE: CaseState.INITIALIZING,
    FlowAction.ENTER_REMINDER: CaseState.REMINDER,
    FlowAction.ENTER_DEBT_COLLECTION: CaseState.DEBT_COLLECTION,
}
"""The state that an action moves a case to; after any other it stays in the one it has."""

ANCHORS = {
    Anchor.REGISTRATION: "the registration",
    Anchor.PREVIOUS_ITEM: "the item before",
    Anchor.LETTER: "the latest letter",
}


class ItemInWords(msgspec.Struct, frozen=True):
    """An item of a flow as people read it."""

    name: str
    action: str
    anchor: str
    delay: str
    due: str
    """When it falls due: the delay with its anchor."""
    guards: tuple[str, ...]
    waiting_for: str
    """The locale key of what the case waits for until then."""
    state: CaseState
    """The state of a case once the item is carried out."""


def short_name(config: FlowConfig) -> str:
    """Return the last word of a flow's name, by which the command line knows it."""
    return config.name_locale.rsplit(".", 1)[-1]


def waits_for(item: ItemInWords) -> str:
    """Return what a case waits for until an item falls due, from its locale key's last word."""
    word = item.waiting_for.rsplit(".", 1)[-1].removeprefix("waiting_for_")
    return word.replace("_", " ")


def items_in_words(config: FlowConfig) -> tuple[ItemInWords, ...]:
    """Return the items of a flow in words, in their order."""
    state = CaseState.INITIALIZING
    items = []
    for item in config.items:
        state = ENTERS.get(item.action, state)
        anchor = ANCHORS[config.anchor(item)]
        items.append(
            ItemInWords(
                name=item.name,
                action=item.action.value.replace("_", " "),
                anchor=anchor,
                delay=delay_in_words(item.delay),
                due=_due_in_words(item.delay, anchor),
                guards=item.guards,
                waiting_for=item.waiting_for,
                state=state,
            )
        )
    return tuple(items)


def delay_in_words(delay: Delay) -> str:
    """Return how long after its anchor an item falls due.

    >>> delay_in_words(MinutesAfter(10))
    '10 minutes'
    >>> delay_in_words(BankDaysAfter(1))
    '1 bank day, at midnight'
    """
    match delay:
        case FullHourAfter():
            words = "the next full hour"
        case MinutesAfter(minutes=count):
            words = _counted(count, "minute")
        case HoursAfter(hours=count):
            words = _counted(count, "hour")
        case DaysAfter(days=count):
            words = f"{_counted(count, 'day')}, at midnight"
        case BankDaysAfter(bank_days=count):
            words = f"{_counted(count, 'bank day')}, at midnight"
        case MidnightAfterLetter(days_after_dispatch=0, days_after_deadline=count):
            # A deadline is never before the dispatch.
            words = f"{_counted(count, 'day')} after its deadline, at midnight"
        case MidnightAfterLetter(days_after_dispatch=sent, days_after_deadline=deadline):
            words = (
                f"the later of {_counted(sent, 'day')} after its dispatch and "
                f"{_counted(deadline, 'day')} after its deadline, at midnight"
            )
        case _:
            assert_never(delay)
    return words


def _due_in_words(delay: Delay, anchor: str) -> str:
    """Return when an item falls due, as an arrow to it says it."""
    words = delay_in_words(delay)
    if isinstance(delay, MidnightAfterLetter):
        return f"{anchor}: {words}"
    number, at, midnight = words.partition(", at ")
    return f"{number} after {anchor}{at}{midnight}"


def _counted(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
