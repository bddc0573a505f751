"""The ceiling of a consumer credit: how much of a cost it leaves room for (19 b §)."""

from datetime import UTC, date, datetime

import pytest

from fordran.domain.case import ConsumerCredit, Debt
from fordran.domain.cost_charge import charge_cost
from fordran.domain.costs import Charged, CostRefusal
from fordran.domain.demand_cost import posted_demand_cost
from fordran.domain.draft import Draft
from fordran.domain.money import ZERO, Money
from fordran.domain.tables.statutory_costs import CostKind
from tests.property.strategies import RULES, Book, Story, at, case_id

REGISTERED = datetime(2025, 9, 3, 7, 45, tzinfo=UTC)
DEMANDED = datetime(2025, 9, 3, 12, tzinfo=UTC)
STATED = at(date(2025, 9, 19), 12)
"""Nothing is counted; 14 of interest and the demand states 180; 23 of interest and 180 posted."""

NOTHING = Charged(refusal=CostRefusal.CREDIT_CEILING)


def book_of(credit: ConsumerCredit | None, until: datetime) -> Book:
    debt = Debt("INV-0", date(2025, 7, 7), 31, 31, Money(2000_00), "", consumer_credit=credit)
    story = Story((debt,), is_consumer=True, registered_on=date(2025, 9, 3), payments=())
    book = Book(story)
    book.advance(until)
    return book


@pytest.mark.parametrize(
    ("credit", "until", "charged"),
    [
        (None, STATED, Charged(Money(60_00))),
        (ConsumerCredit(Money(60_00)), REGISTERED, Charged(Money(60_00))),
        (ConsumerCredit(Money(59_99)), REGISTERED, Charged(Money(59_99))),
        (ConsumerCredit(Money(1)), REGISTERED, Charged(Money(1))),
        (ConsumerCredit(ZERO), REGISTERED, NOTHING),
        (
            ConsumerCredit(Money(2000_00), cost_before=Money(1950_00)),
            REGISTERED,
            Charged(Money(50_00)),
        ),
        (ConsumerCredit(Money(2000_00), cost_before=Money(2500_00)), REGISTERED, NOTHING),
        # 14 + 180 that the demand states + 60
        (ConsumerCredit(Money(254_00)), DEMANDED, Charged(Money(60_00))),
        (ConsumerCredit(Money(253_99)), DEMANDED, Charged(Money(59_99))),
        (ConsumerCredit(Money(194_00)), DEMANDED, NOTHING),
        # 23 + 180 that is posted + 60
        (ConsumerCredit(Money(263_00)), STATED, Charged(Money(60_00))),
        (ConsumerCredit(Money(262_99)), STATED, Charged(Money(59_99))),
        (ConsumerCredit(Money(203_00)), STATED, NOTHING),
    ],
)
def test_cost_is_charged_as_far_as_the_ceiling_leaves_room(
    credit: ConsumerCredit | None, until: datetime, charged: Charged
) -> None:
    case = book_of(credit, until).cases[case_id(0)]
    draft = Draft(case, until)
    found = charge_cost(draft, CostKind.REMINDER, "2025-09", RULES, value_at=until)
    assert found == charged
    added = draft.case.balances.costs.added - case.balances.costs.added
    assert added == charged.amount
    assert bool(draft.recorded) is (charged != NOTHING)


@pytest.mark.parametrize(
    ("ceiling", "stated"), [(194_00, 180_00), (193_99, 179_99), (14_00, 0), (10_00, 0)]
)
def test_demand_states_no_more_than_the_ceiling_leaves(ceiling: int, stated: int) -> None:
    book = book_of(ConsumerCredit(Money(ceiling)), DEMANDED)
    demand = book.cases[case_id(0)].demand
    assert demand is not None
    assert demand.stated_cost == Money(stated)
    book.advance(STATED)
    assert posted_demand_cost(book.cases[case_id(0)]) == Money(stated)


def test_interest_and_costs_together_never_pass_the_ceiling() -> None:
    case = book_of(ConsumerCredit(Money(200_00)), STATED).cases[case_id(0)]
    assert case.balances.costs.added == Money(180_00)
    assert case.balances.interest.added == Money(20_00)
