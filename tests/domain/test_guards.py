"""Guards: what each allows and forbids, from which day on, and what follows for the flow."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from fordran.domain.case import Case, Debt, Demand, Limitation, Reminder
from fordran.domain.draft import Draft
from fordran.domain.events import ActRefused, FlowEnded, FlowItemFailed
from fordran.domain.flow import FlowAction, NextFlowItem
from fordran.domain.flow_picture import FOLLOWS, svg
from fordran.domain.flow_step import StepIds, carry_out
from fordran.domain.guards import BY_NAME, GUARDS, GUARDS_OF, Then, barred_at, refusing
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.ledger import Balances
from fordran.domain.money import Money
from fordran.domain.shipped_flows import REMINDER_FIRST
from tests.domain.law_pages import table
from tests.property.strategies import RULES, Book, Story, at

REGISTERED_ON = date(2025, 9, 3)
ACT_AT = at(REGISTERED_ON, 9, 10)
ONE_SECOND = timedelta(seconds=1)
SEND_REMINDER, SEND_DEMAND = FlowAction.SEND_REMINDER, FlowAction.SEND_DEMAND


def free_case(**changes: Any) -> Case:
    """Return a valued case that no guard stops, with changes."""
    debt = Debt("INV-1", date(2025, 7, 7), 31, 31, Money(2000_00), "")
    story = Story((debt,), is_consumer=True, registered_on=REGISTERED_ON, payments=())
    book = Book(story)
    book.advance(at(REGISTERED_ON, 9))
    (case,) = book.cases.values()
    return replace(case, **changes)


def held(kind: HoldKind) -> Case:
    return free_case(holds=(Hold("1" * 24, kind, ACT_AT),))


def reminder() -> Reminder:
    day = REGISTERED_ON
    return Reminder("2" * 24, ACT_AT, day, day, Money(2000_00), Money(60_00))


def demand() -> Demand:
    day = REGISTERED_ON
    return Demand("3" * 24, ACT_AT, day, day, Money(2000_00), Money(180_00), 0)


def barred(by: datetime) -> Case:
    return free_case(limitation=Limitation(ACT_AT, by, "x"))


def born(on: date) -> Case:
    return free_case(debtor_born_on=on)


# 22:00 UTC is midnight in Stockholm: the day of the act is 3 September there until then.
LATE = at(REGISTERED_ON, 21, 59)

Row = tuple[str, FlowAction, Callable[[], Case], datetime, bool]

ASKED: dict[str, Row] = {
    "no dispute": ("disputed", SEND_DEMAND, free_case, ACT_AT, False),
    "a dispute": ("disputed", SEND_DEMAND, lambda: held(HoldKind.DISPUTE), ACT_AT, True),
    "a pause is no dispute": ("disputed", SEND_DEMAND, lambda: held(HoldKind.PAUSE), ACT_AT, False),
    "no pause": ("paused", SEND_DEMAND, free_case, ACT_AT, False),
    "a pause": ("paused", SEND_REMINDER, lambda: held(HoldKind.PAUSE), ACT_AT, True),
    "a respite is no pause": ("paused", SEND_DEMAND, lambda: held(HoldKind.RESPITE), ACT_AT, False),
    "no respite": ("respited", SEND_DEMAND, free_case, ACT_AT, False),
    "a respite": ("respited", SEND_DEMAND, lambda: held(HoldKind.RESPITE), ACT_AT, True),
    "a dispute is no respite": (
        "respited",
        SEND_DEMAND,
        lambda: held(HoldKind.DISPUTE),
        ACT_AT,
        False,
    ),
    "on the last day": ("limitation_passed", SEND_DEMAND, lambda: barred(ACT_AT), LATE, False),
    "on the day after": (
        "limitation_passed",
        SEND_DEMAND,
        lambda: barred(ACT_AT),
        at(REGISTERED_ON, 22),
        True,
    ),
    "never broken, on the last day": (
        "limitation_passed",
        SEND_REMINDER,
        free_case,
        at(date(2028, 7, 7), 12),
        False,
    ),
    "never broken, on the day after": (
        "limitation_passed",
        SEND_REMINDER,
        free_case,
        at(date(2028, 7, 8), 12),
        True,
    ),
    "a business, after three years": (
        "limitation_passed",
        SEND_DEMAND,
        lambda: free_case(is_consumer=False),
        at(date(2028, 7, 8), 12),
        False,
    ),
    "nobody's birthday": ("minor", SEND_DEMAND, free_case, ACT_AT, False),
    "the day before 18": ("minor", SEND_DEMAND, lambda: born(date(2007, 9, 4)), LATE, True),
    "the 18th birthday": (
        "minor",
        SEND_DEMAND,
        lambda: born(date(2007, 9, 4)),
        at(REGISTERED_ON, 22),
        False,
    ),
    "born on a leap day, on 28 February": (
        "minor",
        SEND_REMINDER,
        lambda: born(date(2008, 2, 29)),
        at(date(2026, 2, 28)),
        True,
    ),
    "born on a leap day, on 1 March": (
        "minor",
        SEND_REMINDER,
        lambda: born(date(2008, 2, 29)),
        at(date(2026, 3, 1)),
        False,
    ),
    "something is owed": ("paid", SEND_DEMAND, free_case, ACT_AT, False),
    "nothing is owed": ("paid", SEND_DEMAND, lambda: free_case(balances=Balances()), ACT_AT, True),
    "no reminder yet": ("sent_before", SEND_REMINDER, free_case, ACT_AT, False),
    "a reminder": (
        "sent_before",
        SEND_REMINDER,
        lambda: free_case(reminder=reminder()),
        ACT_AT,
        True,
    ),
    "a demand after a reminder": (
        "sent_before",
        SEND_DEMAND,
        lambda: free_case(reminder=reminder()),
        ACT_AT,
        False,
    ),
    "a demand": ("sent_before", SEND_DEMAND, lambda: free_case(demand=demand()), ACT_AT, True),
    "a reminder before the demand": (
        "reminder_after_demand",
        SEND_REMINDER,
        free_case,
        ACT_AT,
        False,
    ),
    "a reminder after the demand": (
        "reminder_after_demand",
        SEND_REMINDER,
        lambda: free_case(demand=demand()),
        ACT_AT,
        True,
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_guard_forbids_what_it_should_and_nothing_else(name: str) -> None:
    guard, action, case, acts_at, is_forbidden = ASKED[name]
    assert BY_NAME[guard].forbids(case(), action, acts_at) is is_forbidden
    refused = refusing(case(), action, acts_at)
    # Another guard may refuse where this one allows: a pause is no dispute.
    assert (refused is BY_NAME[guard]) is is_forbidden


def test_every_guard_is_asked_both_ways() -> None:
    asked = {(guard, is_forbidden) for guard, _, _, _, is_forbidden in ASKED.values()}
    assert asked == {(guard.name, answer) for guard in GUARDS for answer in (True, False)}


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_guard_is_asked_from_its_first_day_on(guard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    always = msgspec.structs.replace(guard, forbids=lambda *_: True)
    monkeypatch.setattr("fordran.domain.guards.GUARDS", (always,))
    midnight = at(guard.valid_from_on) - timedelta(hours=1)
    assert refusing(free_case(), SEND_DEMAND, midnight, {guard.name}) is always
    assert refusing(free_case(), SEND_DEMAND, midnight - ONE_SECOND, {guard.name}) is None


def test_guard_that_only_the_item_names_is_asked_too() -> None:
    case = free_case(demand=demand())
    assert refusing(case, FlowAction.DEBT_STATEMENT, ACT_AT) is None
    named = refusing(case, FlowAction.DEBT_STATEMENT, ACT_AT, ("reminder_after_demand",))
    assert named is BY_NAME["reminder_after_demand"]


def test_the_first_guard_in_order_answers() -> None:
    case = free_case(
        balances=Balances(),
        demand=demand(),
        holds=(Hold("1" * 24, HoldKind.RESPITE, ACT_AT), Hold("2" * 24, HoldKind.DISPUTE, ACT_AT)),
    )
    order = []
    while (found := refusing(case, SEND_DEMAND, ACT_AT)) is not None:
        order.append(found.name)
        case = CURES[found.name](case)
    assert order == ["disputed", "respited", "paid", "sent_before"]


CURES: dict[str, Callable[[Case], Case]] = {
    "disputed": lambda case: replace(case, holds=case.holds[:1]),
    "respited": lambda case: replace(case, holds=()),
    "paid": lambda case: replace(case, balances=free_case().balances),
    "sent_before": lambda case: replace(case, demand=None),
}


def test_claim_that_was_never_broken_is_counted_from_its_invoice() -> None:
    # Midnight in Sweden on 7 July 2025.
    assert barred_at(free_case()) == at(date(2028, 7, 7))
    assert barred_at(barred(ACT_AT)) == ACT_AT


@pytest.mark.parametrize(
    ("stopped_by", "case", "kinds"),
    [
        (Then.WAIT, lambda: held(HoldKind.DISPUTE), [ActRefused, FlowItemFailed]),
        (Then.STOP, lambda: born(date(2010, 1, 1)), [ActRefused, FlowItemFailed]),
        (Then.END, lambda: free_case(balances=Balances()), [ActRefused, FlowEnded]),
    ],
)
def test_refusal_is_recorded_and_the_flow_follows(
    stopped_by: Then, case: Callable[[], Case], kinds: list[type]
) -> None:
    draft = demand_due(case())
    assert [type(recorded.event) for recorded in draft.recorded] == kinds
    (refused,) = draft.case.refused_acts
    assert BY_NAME[refused.guard].then is stopped_by
    assert refused.source == BY_NAME[refused.guard].source
    assert (refused.item, refused.at) == ("case--debt-collections__letter", ACT_AT)
    assert draft.case.demand is None


def test_act_that_waits_is_tried_again_after_an_hour_then_four_then_daily() -> None:
    case = held(HoldKind.DISPUTE)
    waited = []
    for known_at in (ACT_AT, ACT_AT + timedelta(hours=1), ACT_AT + timedelta(hours=5)):
        draft = demand_due(case, known_at)
        case = draft.case
        assert case.next_item is not None
        assert case.next_item.retry_at is not None
        waited.append(case.next_item.retry_at - known_at)
    assert waited == [timedelta(hours=1), timedelta(hours=4), timedelta(hours=24)]
    assert case.next_item.due_at == ACT_AT
    assert case.next_item.failure == "guard: disputed"


def test_act_that_is_stopped_is_not_tried_again() -> None:
    item = demand_due(born(date(2010, 1, 1))).case.next_item
    assert item is not None
    assert (item.is_failed, item.retry_at, item.failure) == (True, None, "guard: minor")


def test_act_that_is_skipped_lets_the_flow_go_on() -> None:
    draft = demand_due(free_case(demand=demand()))
    assert draft.case.next_item is not None
    assert draft.case.next_item.item == "case--debt-collections__debt_statement"
    assert draft.case.demand == demand()
    (refused,) = draft.case.refused_acts
    assert refused.guard == "sent_before"


def demand_due(case: Case, known_at: datetime = ACT_AT) -> Draft:
    """Return the draft of a case whose demand has fallen due and is carried out."""
    name = "case--debt-collections__letter"
    item = case.next_item
    if item is None or item.item != name:
        flow = REMINDER_FIRST
        item = NextFlowItem(name, ACT_AT, flow.id, flow.name_locale, "x", moved_to_next_state=True)
    draft = Draft(replace(case, next_item=item), ACT_AT, known_at=known_at)
    carry_out(SEND_DEMAND, [draft], REMINDER_FIRST, RULES, StepIds("f" * 24, "0" * 24))
    return draft


def test_every_answer_of_a_guard_has_its_words_and_its_look() -> None:
    assert FOLLOWS.keys() == set(Then)
    picture = svg(REMINDER_FIRST)
    for guard in GUARDS:
        assert f'class="guard {guard.then.value}"' in picture
        assert FOLLOWS[guard.then] in picture


def test_page_lists_every_guard() -> None:
    listed = [
        (row["guard"], row["source"], row["valid from"], row["then"])
        for row in table("guards.md", "Every guard")
    ]
    assert listed == [
        (f"`{guard.name}`", guard.source, guard.valid_from_on.isoformat(), guard.then.value)
        for guard in GUARDS
    ]
    assert all(row["asks"] for row in table("guards.md", "Every guard"))


def test_page_lists_the_guards_of_every_act() -> None:
    listed = {
        row["action"].strip("`"): tuple(row["guards"].replace("`", "").split(", "))
        for row in table("guards.md", "What may not be left out")
    }
    assert listed == {action.value: guards for action, guards in GUARDS_OF.items()}
