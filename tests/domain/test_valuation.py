"""Valuation by hand: 2 000 kronor at 10 percent from 8 August 2025, a demand of 3 September."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fordran.domain.facts import Cost, Facts, Letter, MoneyFact
from fordran.domain.interest_terms import InterestBasis, InterestRule, InterestTerms
from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.valuation import capital_unpaid_on, is_promise_kept, value

SENT_ON, DEADLINE_ON = date(2025, 9, 3), date(2025, 9, 15)
LETTER = Letter(SENT_ON, DEADLINE_ON)
COST = Cost(Money(180_00), SENT_ON, "debt_collection")


def ten_percent(**changes: Any) -> Facts:
    given: dict[str, Any] = {
        "capital": Money(2000_00),
        "costs": (COST,),
        "money": (),
        "interest_from_on": date(2025, 8, 8),
        "rule": InterestRule(InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal(10))),
        "rounding": RoundingPolicy.ORE_HALF_UP,
        "letter": LETTER,
    }
    return Facts(**{**given, **changes})


def paid(*days: tuple[int, date]) -> tuple[MoneyFact, ...]:
    return tuple(MoneyFact(Money(minor), on) for minor, on in days)


ON_TIME, LATE = DEADLINE_ON, date(2025, 9, 16)
ASKED = 2000_00 + 14_79 + 180_00
"""27 days are 14.79; 39 through the deadline are 21.37, 40 through the day after it 21.92."""

PROMISES = [
    # money; whether the promise is kept; the interest claimed when the year ends
    ([(ASKED, ON_TIME)], True, 14_79),
    ([(ASKED, SENT_ON)], True, 14_79),
    ([(ASKED, LATE)], False, 21_92),
    ([(ASKED - 1, ON_TIME)], False, 21_37),
    ([(ASKED + 1, ON_TIME)], True, 14_79),
    ([(1000_00, SENT_ON), (ASKED - 1000_00, ON_TIME)], True, 14_79),
    # 1 000 bear interest for the 12 days of waiting, which are claimed when it is late.
    ([(1000_00, SENT_ON), (ASKED - 1000_00, LATE)], False, 18_36),
    # The capital alone in time is not what the letter asks.
    ([(2000_00, ON_TIME), (194_79, LATE)], False, 21_37),
]


@pytest.mark.parametrize(("money", "kept", "interest"), PROMISES)
def test_whoever_pays_what_the_letter_asks_in_time_pays_no_more_interest(
    money: list[tuple[int, date]], *, kept: bool, interest: int
) -> None:
    facts = ten_percent(money=paid(*money))
    assert is_promise_kept(facts) is kept
    assert value(facts, date(2025, 12, 31)).interest_added == Money(interest)


def test_promise_is_kept_by_the_capital_where_the_letter_asks_nothing_else() -> None:
    # 27 days on 100 kronor bear 74 öre, of which nothing is claimed before it is a krona.
    facts = ten_percent(
        capital=Money(100_00),
        costs=(),
        money=paid((100_00, ON_TIME)),
        rounding=RoundingPolicy.WHOLE_KRONA_DOWN,
    )
    assert is_promise_kept(facts)
    late = ten_percent(
        capital=Money(100_00),
        costs=(),
        money=paid((100_00, LATE)),
        rounding=RoundingPolicy.WHOLE_KRONA_DOWN,
    )
    assert not is_promise_kept(late)
    added = [value(one, date(2025, 12, 31)).interest_added for one in (facts, late)]
    assert added == [Money(0), Money(1_00)]


def test_without_a_letter_nothing_is_promised() -> None:
    facts = ten_percent(money=paid((ASKED, ON_TIME)), letter=None)
    assert not is_promise_kept(facts)
    assert value(facts, ON_TIME).interest_added == Money(21_37)


@pytest.mark.parametrize(("cost_on", "kept"), [(SENT_ON, False), (date(2025, 9, 4), True)])
def test_letter_does_not_ask_for_costs_that_came_after_it(cost_on: date, *, kept: bool) -> None:
    more = Cost(Money(170_00), cost_on, "payment_plan")
    facts = ten_percent(costs=(COST, more), money=paid((ASKED, ON_TIME)))
    assert is_promise_kept(facts) is kept


def test_whole_krona_is_not_claimed_before_it_has_been_reached() -> None:
    # 2 130.97 at 2.0151 percent bear 2 kronor less the smallest unit in 17 days.
    terms = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal("2.0151"))
    facts = ten_percent(
        capital=Money(2130_97),
        rule=InterestRule(terms),
        rounding=RoundingPolicy.WHOLE_KRONA_DOWN,
        letter=None,
    )
    assert value(facts, date(2025, 8, 24)).interest_added == Money(1_00)
    assert value(facts, date(2025, 8, 25)).interest_added == Money(2_00)


def test_money_of_one_day_is_placed_by_its_source() -> None:
    day = date(2025, 8, 7)
    facts = ten_percent(
        costs=(),
        money=tuple(
            MoneyFact(Money(600_00), day, source, source.value, reported_on=day)
            for source in reversed(MoneySource)
        ),
    )
    valued = value(facts, day)
    assert {one.money.id: one.parts[Component.CAPITAL].minor for one in valued.placed} == {
        "crediting": 600_00,
        "creditor": 600_00,
        "authority": 600_00,
        "agency": 200_00,
    }
    assert valued.unplaced_of("agency") == Money(400_00)
    assert valued.unplaced_of("creditor") == Money(0)


def test_crediting_counts_against_the_capital_first_and_then_against_everything() -> None:
    crediting = MoneyFact(
        Money(2100_00),
        date(2025, 8, 7),
        MoneySource.CREDITING,
        "c",
        reported_on=date(2025, 10, 1),
    )
    paid_before = MoneyFact(Money(100_00), date(2025, 9, 20), id="p")
    facts = ten_percent(money=(crediting, paid_before))
    credited, payment = value(facts, date(2025, 9, 30)).placed
    # The whole capital is credited before it bears interest; the payment then pays the cost, and
    # the crediting what is left of it on the day it is reported.
    assert credited.parts == {Component.CAPITAL: Money(2000_00), Component.COSTS: Money(80_00)}
    assert credited.unplaced == Money(20_00)
    assert payment.parts == {Component.COSTS: Money(100_00)}
    assert value(facts, date(2025, 9, 30)).through_on == date(2025, 10, 1)


def test_crediting_reported_before_it_counts_waits_for_its_day() -> None:
    crediting = MoneyFact(
        Money(2180_00),
        date(2025, 9, 10),
        MoneySource.CREDITING,
        reported_on=date(2025, 9, 1),
    )
    valued = value(ten_percent(money=(crediting,), letter=None), date(2025, 9, 1))
    assert valued.through_on == date(2025, 9, 10)
    (placed,) = valued.placed
    assert placed.parts[Component.COSTS] == Money(180_00)


@pytest.mark.parametrize(
    ("on", "unpaid"),
    [
        (date(2025, 9, 19), 2000_00),
        (date(2025, 9, 20), 1500_00),
        (date(2025, 9, 29), 1500_00),
        (date(2025, 9, 30), 0),
        (date(2025, 12, 31), 0),
    ],
)
def test_unpaid_capital_is_that_of_the_end_of_the_day(on: date, unpaid: int) -> None:
    facts = ten_percent(money=paid((500_00, date(2025, 9, 20)), (2000_00, date(2025, 9, 30))))
    assert capital_unpaid_on(facts, on) == Money(unpaid)


def test_interest_that_was_paid_stays_claimed_within_the_ceiling() -> None:
    # 14.79 is paid before a cost of 180 leaves no room for any of it.
    money = MoneyFact(Money(14_79), SENT_ON, MoneySource.AGENCY)
    later = Cost(Money(180_00), date(2025, 9, 20), "reminder")
    facts = ten_percent(costs=(later,), money=(money,), cost_ceiling=Money(180_00), letter=None)
    assert value(facts, date(2025, 9, 19)).interest_added == Money(23_56)
    assert value(facts, date(2025, 9, 20)).interest_added == Money(14_79)
    assert value(facts, date(2025, 9, 20)).settled(Component.INTEREST) == Money(14_79)


def test_settled_is_told_by_source_and_component() -> None:
    facts = ten_percent(
        money=(
            MoneyFact(Money(100_00), date(2025, 9, 4), MoneySource.CREDITOR),
            MoneyFact(Money(200_00), date(2025, 9, 5), MoneySource.AGENCY),
            MoneyFact(Money(50_00), date(2025, 9, 6), MoneySource.CREDITOR),
        )
    )
    assert value(facts, SENT_ON).settled_by_source() == {
        (MoneySource.CREDITOR, Component.CAPITAL): Money(150_00),
        (MoneySource.AGENCY, Component.COSTS): Money(180_00),
        (MoneySource.AGENCY, Component.INTEREST): Money(14_79),
        (MoneySource.AGENCY, Component.CAPITAL): Money(5_21),
    }
