"""The flow: which items a case goes through, when each falls due, and what it waits for.

A flow config is data with a version (its id); an open case keeps the version it began with.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from fordran.domain.banking_days import add_bank_days
from fordran.domain.swedish_time import civil_date, midnight_utc, next_full_hour


class FirstAction(StrEnum):
    """What a registration asks to be done first (decision 62)."""

    REMINDER = "reminder"
    DEBT_COLLECTION = "debt_collection"


class FlowAction(StrEnum):
    """What carrying out an item does."""

    INITIALIZE = "initialize"
    """Value the claim; the status becomes initialized."""

    ENTER_REMINDER = "enter_reminder"
    """Move to the state reminder."""

    SEND_REMINDER = "send_reminder"
    """Send the reminder, with its fee where that was agreed."""

    ENTER_DEBT_COLLECTION = "enter_debt_collection"
    """Move to the state debt_collection."""

    SEND_DEMAND = "send_demand"
    """Send the debt-collection demand, which breaks the limitation."""

    DEBT_STATEMENT = "debt_statement"
    """The demand's time is over: state what is still owed, with the demand's cost."""


class FullHourAfter(msgspec.Struct, frozen=True, tag="full_hour_after"):
    """Due at the first full hour strictly after the anchor (decision 60)."""


class MinutesAfter(msgspec.Struct, frozen=True, tag="minutes_after"):
    """Due so many minutes after the anchor (decision 60)."""

    minutes: int


class HoursAfter(msgspec.Struct, frozen=True, tag="hours_after"):
    """Due so many hours after the anchor."""

    hours: int


class DaysAfter(msgspec.Struct, frozen=True, tag="days_after"):
    """Due at midnight (GMT) so many days after the anchor's civil day."""

    days: int


class BankDaysAfter(msgspec.Struct, frozen=True, tag="bank_days_after"):
    """Due at midnight (GMT) of the so-manieth bank day after the anchor's civil day."""

    bank_days: int


class MidnightAfterLetter(msgspec.Struct, frozen=True, tag="midnight_after_demand"):
    """Due at midnight (GMT) of the later of two days after the latest letter (decision 60).

    The tag is the first released one, when the demand was the only letter.
    """

    days_after_dispatch: int
    days_after_deadline: int


Delay = FullHourAfter | MinutesAfter | HoursAfter | DaysAfter | BankDaysAfter | MidnightAfterLetter


class Anchor(StrEnum):
    """The fact that a delay is counted from."""

    REGISTRATION = "registration"
    PREVIOUS_ITEM = "previous_item"
    """The due instant of the item before (docs/decisions/0022)."""
    LETTER = "letter"
    """The dispatch and the deadline of the latest letter."""


class FlowItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """One configured step of a flow."""

    name: str
    """The wire's `item`: the resource it works on, two underscores, the step."""
    action: FlowAction
    delay: Delay
    waiting_for: str
    """A locale key that tells what the case waits for until the item falls due."""
    moved_to_next_state: bool
    """Whether the case has reached the state that this item belongs to."""
    guards: tuple[str, ...] = ()
    """The guards that an outgoing act of the item is asked before it happens."""


class FlowConfig(msgspec.Struct, frozen=True, omit_defaults=True):
    """One version of a flow. Invariants: item names are unique; there is at least one.

    `id` names the flow, `version` counts what was saved under it, from 1.
    """

    id: str
    name_locale: str
    items: tuple[FlowItem, ...]
    version: int = 1

    def __post_init__(self) -> None:
        names = [item.name for item in self.items]
        if not names or len(set(names)) != len(names):
            raise ValueError("a flow config has at least one item, and each name once")

    def item(self, name: str) -> FlowItem:
        """Return the item of a name."""
        return next(item for item in self.items if item.name == name)

    def has_item(self, name: str) -> bool:
        """Tell whether an item has a name."""
        return any(item.name == name for item in self.items)

    def item_after(self, name: str) -> FlowItem | None:
        """Return the item that follows, or None after the last."""
        position = [item.name for item in self.items].index(name) + 1
        return self.items[position] if position < len(self.items) else None

    def anchor(self, item: FlowItem) -> Anchor:
        """Return the fact that an item's delay is counted from."""
        if isinstance(item.delay, MidnightAfterLetter):
            return Anchor.LETTER
        return Anchor.REGISTRATION if item is self.items[0] else Anchor.PREVIOUS_ITEM


class NextFlowItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The one item that is scheduled on a case."""

    item: str
    due_at: datetime
    flow_config_id: str
    flow_config_name: str
    waiting_for: str
    moved_to_next_state: bool
    is_failed: bool = False
    flow_config_version: int = 1
    failure: str = ""
    """Why it could not be carried out the last time."""
    attempts: int = 0
    """How often it could not be carried out."""
    retry_at: datetime | None = None
    """When it is tried again; it then acts at its own due instant."""


def failed(item: NextFlowItem, reason: str, retry_at: datetime | None) -> NextFlowItem:
    """Return an item that could not be carried out."""
    return replace(
        item, is_failed=True, failure=reason, attempts=item.attempts + 1, retry_at=retry_at
    )


RETRIES_AFTER = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
"""How long after each failure an item is tried again; the last holds for all that follow."""


def retry_after(item: NextFlowItem) -> timedelta:
    """Return how long to wait before an item that fails once more is tried again."""
    return RETRIES_AFTER[min(item.attempts, len(RETRIES_AFTER) - 1)]


def schedule(
    config: FlowConfig,
    item: FlowItem,
    anchor_at: datetime,
    *,
    dispatched_on: date | None = None,
    deadline_on: date | None = None,
) -> NextFlowItem:
    """Return an item scheduled after its anchor.

    Units: `anchor_at` is an instant; the days are Swedish civil dates.
    Raises: ValueError if the delay counts from a letter and none was sent.
    Source: decision 60.
    """
    match item.delay:
        case FullHourAfter():
            due_at = next_full_hour(anchor_at)
        case MinutesAfter(minutes=minutes):
            due_at = anchor_at + timedelta(minutes=minutes)
        case HoursAfter(hours=hours):
            due_at = anchor_at + timedelta(hours=hours)
        case DaysAfter(days=days):
            due_at = midnight_utc(civil_date(anchor_at) + timedelta(days=days))
        case BankDaysAfter(bank_days=bank_days):
            due_at = midnight_utc(add_bank_days(civil_date(anchor_at), bank_days))
        case MidnightAfterLetter() as delay:
            if dispatched_on is None or deadline_on is None:
                raise ValueError(f"{item.name} counts from a letter, and none was sent")
            due_at = midnight_utc(
                max(
                    dispatched_on + timedelta(days=delay.days_after_dispatch),
                    deadline_on + timedelta(days=delay.days_after_deadline),
                )
            )
        case _:
            assert_never(item.delay)
    return NextFlowItem(
        item=item.name,
        due_at=due_at,
        flow_config_id=config.id,
        flow_config_name=config.name_locale,
        waiting_for=item.waiting_for,
        moved_to_next_state=item.moved_to_next_state,
        flow_config_version=config.version,
    )


def first_item(config: FlowConfig, registered_at: datetime) -> NextFlowItem:
    """Return the first item of a flow, scheduled from the registration."""
    return schedule(config, config.items[0], registered_at)


def civil_days_of_letter(dispatched_at: datetime, deadline_on: date) -> dict[str, date]:
    """Return a letter's days as `schedule` takes them."""
    return {"dispatched_on": civil_date(dispatched_at), "deadline_on": deadline_on}
