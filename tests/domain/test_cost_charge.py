"""A statutory cost that is charged: its row, and what it changes of money that came after it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fordran.domain.case import Case
from fordran.domain.cost_charge import charge_cost
from fordran.domain.costs import Charged, CostRefusal
from fordran.domain.draft import CASE_FLOW, Draft
from fordran.domain.ledger import Component, Entry, EntryKind, FactKind, FactName, Origin
from fordran.domain.money import Money
from fordran.domain.tables.statutory_costs import CostKind, StatutoryCostMissing
from tests.domain.law_cases import LawCase
from tests.property.strategies import RULES, at

NOW = at(date(2025, 10, 1), 12)


def case_after(facts: str) -> Case:
    story = LawCase()
    story.live(facts)
    return story.case


@pytest.mark.parametrize("origin", [None, *Origin])
def test_row_of_a_cost_says_what_it_is_for(origin: Origin | None) -> None:
    draft = Draft(case_after("wait to 2025-10-01"), NOW)
    number = len(draft.case.entries) + 1
    value_at = at(date(2025, 9, 25), 3)
    named = {} if origin is None else {"origin": origin}
    charged = charge_cost(draft, CostKind.PAYMENT_PLAN, "p-1", RULES, value_at=value_at, **named)
    assert charged == Charged(Money(170_00))
    assert draft.case.entries[number - 1 :] == (
        Entry(
            number=number,
            kind=EntryKind.CLAIM,
            component=Component.COSTS,
            amount=Money(170_00),
            value_at=value_at,
            booked_at=NOW,
            origin=origin or Origin.SOLICITOR_SYSTEM,
            description=CASE_FLOW,
            cost_kind="payment_plan",
            act="p-1",
        ),
    )


def test_refused_cost_leaves_the_case_as_it_is() -> None:
    draft = Draft(case_after("cancel on 2025-09-20"), NOW)
    charged = charge_cost(draft, CostKind.REMINDER, "r-1", RULES, value_at=NOW)
    assert charged == Charged(refusal=CostRefusal.CASE_CLOSED)
    assert draft.recorded == []


def test_amount_is_that_of_the_swedish_day_it_counts_from() -> None:
    # The table begins on 16 March 2013, in Sweden an hour before it does in UTC.
    begins_at = datetime(2013, 3, 15, 23, tzinfo=UTC)
    draft = Draft(case_after("wait to 2025-09-04"), NOW)
    before = begins_at - timedelta(minutes=1)
    with pytest.raises(StatutoryCostMissing):
        charge_cost(draft, CostKind.REMINDER, "r-1", RULES, value_at=before)
    charged = charge_cost(draft, CostKind.REMINDER, "r-1", RULES, value_at=begins_at)
    assert charged.amount == Money(60_00)


def test_money_that_came_after_the_cost_is_placed_anew() -> None:
    draft = Draft(case_after("receive 500.00 on 2025-09-20; wait to 2025-10-01"), NOW)
    before = draft.case
    value_at = at(date(2025, 9, 19))
    charge_cost(draft, CostKind.PAYMENT_PLAN, "p-1", RULES, value_at=value_at)
    rows = draft.case.entries[len(before.entries) :]
    assert [(row.component, row.amount.minor, row.fact, row.value_at) for row in rows] == [
        (Component.COSTS, 170_00, None, value_at),
        (Component.COSTS, -170_00, None, value_at),
        (Component.CAPITAL, 170_00, None, value_at),
    ]
    assert draft.case.interest_counted_through_on == before.interest_counted_through_on
    assert draft.case.interest_units == before.interest_units


def test_cost_of_a_case_that_is_not_valued_counts_no_interest() -> None:
    draft = Draft(LawCase().case, at(date(2025, 9, 3), 8))
    charge_cost(draft, CostKind.REMINDER, "r-1", RULES, value_at=draft.at)
    assert draft.case.interest_counted_through_on is None
    assert [row.component for row in draft.case.entries] == [Component.CAPITAL, Component.COSTS]


def test_cost_that_was_taken_back_may_be_charged_again() -> None:
    draft = Draft(case_after("wait to 2025-10-01"), NOW)
    fact = FactName(FactKind.PAYMENT_REVERSAL, "9" * 24)
    results = []
    for _ in range(2):
        charged = charge_cost(draft, CostKind.REMINDER, "r-1", RULES, value_at=NOW)
        results.append(charged.amount)
        draft.reverse(draft.case.entries[-1], fact)
    assert results == [Money(60_00), Money(60_00)]
    charge_cost(draft, CostKind.REMINDER, "r-1", RULES, value_at=NOW)
    again = charge_cost(draft, CostKind.REMINDER, "r-1", RULES, value_at=NOW)
    assert again.refusal is CostRefusal.ALREADY_CHARGED
