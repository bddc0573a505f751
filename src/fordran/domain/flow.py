"""The flow: which items a case goes through, when each falls due, and what it waits for.

A flow config is data with a version (its id); an open case keeps the version it began with.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from fordran.domain.swedish_time import civil_date, midnight_utc, next_full_hour


class FlowAction(StrEnum):
    """What carrying out an item does."""

    INITIALIZE = "initialize"
    """Value the claim; the status becomes initialized."""

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


class MidnightAfterDemand(msgspec.Struct, frozen=True, tag="midnight_after_demand"):
    """Due at midnight (GMT) of the later of two days after the demand (decision 60)."""

    days_after_dispatch: int
    days_after_deadline: int


Delay = FullHourAfter | MinutesAfter | MidnightAfterDemand


class FlowItem(msgspec.Struct, frozen=True):
    """One configured step of a flow."""

    name: str
    """The wire's `item`: the resource it works on, two underscores, the step."""
    action: FlowAction
    delay: Delay
    """From the anchor: the registration for the first item, else the item before it."""
    waiting_for: str
    """A locale key that tells what the case waits for until the item falls due."""
    moved_to_next_state: bool
    """Whether the case has reached the state that this item belongs to."""


class FlowConfig(msgspec.Struct, frozen=True):
    """One version of a flow. Invariants: item names are unique; there is at least one."""

    id: str
    name_locale: str
    items: tuple[FlowItem, ...]

    def __post_init__(self) -> None:
        names = [item.name for item in self.items]
        if not names or len(set(names)) != len(names):
            raise ValueError("a flow config has at least one item, and each name once")

    def item(self, name: str) -> FlowItem:
        """Return the item of a name."""
        return next(item for item in self.items if item.name == name)

    def item_after(self, name: str) -> FlowItem | None:
        """Return the item that follows, or None after the last."""
        position = [item.name for item in self.items].index(name) + 1
        return self.items[position] if position < len(self.items) else None


class NextFlowItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """The one item that is scheduled on a case."""

    item: str
    due_at: datetime
    flow_config_id: str
    flow_config_name: str
    waiting_for: str
    moved_to_next_state: bool
    is_failed: bool = False


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
    Raises: ValueError if the delay counts from a demand and none was sent.
    Source: decision 60.
    """
    match item.delay:
        case FullHourAfter():
            due_at = next_full_hour(anchor_at)
        case MinutesAfter(minutes=minutes):
            due_at = anchor_at + timedelta(minutes=minutes)
        case MidnightAfterDemand() as delay:
            if dispatched_on is None or deadline_on is None:
                raise ValueError(f"{item.name} counts from a demand, and none was sent")
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
    )


def first_item(config: FlowConfig, registered_at: datetime) -> NextFlowItem:
    """Return the first item of a flow, scheduled from the registration."""
    return schedule(config, config.items[0], registered_at)


DEFAULT_FLOW = FlowConfig(
    id="665e138e8dd7c7b8996f2a7e",
    name_locale="api.flow_config.default",
    items=(
        FlowItem(
            "cases__initialize",
            FlowAction.INITIALIZE,
            FullHourAfter(),
            "api.wait.waiting_for_initialization",
            moved_to_next_state=False,
        ),
        FlowItem(
            "case--debt-collections__enter",
            FlowAction.ENTER_DEBT_COLLECTION,
            FullHourAfter(),
            "api.wait.waiting_for_debt_collection",
            moved_to_next_state=False,
        ),
        FlowItem(
            "case--debt-collections__letter",
            FlowAction.SEND_DEMAND,
            MinutesAfter(10),
            "api.wait.waiting_for_debt_collection_letter",
            moved_to_next_state=True,
        ),
        FlowItem(
            "case--debt-collections__debt_statement",
            FlowAction.DEBT_STATEMENT,
            MidnightAfterDemand(days_after_dispatch=16, days_after_deadline=4),
            "api.wait.waiting_for_debt_collection_payment",
            moved_to_next_state=True,
        ),
    ),
)
"""The seed's flow as shipped; it is saved in the database and read from there."""


def civil_days_of_demand(dispatched_at: datetime, deadline_on: date) -> dict[str, date]:
    """Return a demand's days as `schedule` takes them."""
    return {"dispatched_on": civil_date(dispatched_at), "deadline_on": deadline_on}
