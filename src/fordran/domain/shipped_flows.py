"""The flows that come with the program; they are saved in the database and read from there."""

from fordran.domain.flow import (
    Delay,
    FlowAction,
    FlowConfig,
    FlowItem,
    FullHourAfter,
    MidnightAfterLetter,
    MinutesAfter,
)
from fordran.domain.guards import GUARDS_OF

GRACE = MidnightAfterLetter(days_after_dispatch=16, days_after_deadline=4)
"""Decision 60: the later of 16 days after the letter and four after its deadline."""


def _item(
    name: str, action: FlowAction, delay: Delay, waiting_for: str, *, is_in_state: bool
) -> FlowItem:
    return FlowItem(
        name,
        action,
        delay,
        f"api.wait.waiting_for_{waiting_for}",
        moved_to_next_state=is_in_state,
        guards=GUARDS_OF.get(action, ()),
    )


def _initialize() -> FlowItem:
    return _item(
        "cases__initialize",
        FlowAction.INITIALIZE,
        FullHourAfter(),
        "initialization",
        is_in_state=False,
    )


def _reminder() -> tuple[FlowItem, ...]:
    """Return the items of the state reminder."""
    return (
        _item(
            "case--reminders__enter",
            FlowAction.ENTER_REMINDER,
            FullHourAfter(),
            "reminder",
            is_in_state=False,
        ),
        _item(
            "case--reminders__letter",
            FlowAction.SEND_REMINDER,
            MinutesAfter(10),
            "reminder_letter",
            is_in_state=True,
        ),
    )


def _debt_collection(enter: Delay, statement: Delay) -> tuple[FlowItem, ...]:
    """Return the items of the state debt_collection, entered and stated after delays."""
    return (
        _item(
            "case--debt-collections__enter",
            FlowAction.ENTER_DEBT_COLLECTION,
            enter,
            "debt_collection",
            is_in_state=False,
        ),
        _item(
            "case--debt-collections__letter",
            FlowAction.SEND_DEMAND,
            MinutesAfter(10),
            "debt_collection_letter",
            is_in_state=True,
        ),
        _item(
            "case--debt-collections__debt_statement",
            FlowAction.DEBT_STATEMENT,
            statement,
            "debt_collection_payment",
            is_in_state=True,
        ),
    )


DEFAULT_FLOW = FlowConfig(
    id="665e138e8dd7c7b8996f2a7e",
    name_locale="api.flow_config.default",
    items=(_initialize(), *_debt_collection(FullHourAfter(), GRACE)),
)
"""The seed's flow (decision 60)."""

REMINDER_FIRST = FlowConfig(
    id="665e138e8dd7c7b8996f2a7f",
    name_locale="api.flow_config.reminder_first",
    items=(
        _initialize(),
        *_reminder(),
        *_debt_collection(MidnightAfterLetter(days_after_dispatch=0, days_after_deadline=4), GRACE),
    ),
)
"""A reminder, and four days after its deadline the demand (decision 62)."""

COMPANY = FlowConfig(
    id="665e138e8dd7c7b8996f2a80",
    name_locale="api.flow_config.company",
    items=(
        _initialize(),
        *_debt_collection(
            FullHourAfter(), MidnightAfterLetter(days_after_dispatch=0, days_after_deadline=4)
        ),
    ),
)
"""Between businesses: the demand's time is over four days after its deadline."""

CONSUMER = FlowConfig(
    id="665e138e8dd7c7b8996f2a81",
    name_locale="api.flow_config.consumer",
    items=(
        _initialize(),
        *_reminder(),
        *_debt_collection(
            MidnightAfterLetter(days_after_dispatch=0, days_after_deadline=7),
            MidnightAfterLetter(days_after_dispatch=21, days_after_deadline=7),
        ),
    ),
)
"""Towards consumers: a reminder first, and a week after each deadline."""

SHIPPED_FLOWS = (DEFAULT_FLOW, REMINDER_FIRST, COMPANY, CONSUMER)
