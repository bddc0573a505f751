"""Which of several costs a payment settles: the oldest first, none before its day."""

from datetime import date

from fordran.domain.facts import Cost, Facts, MoneyFact
from fordran.domain.interest_terms import InterestBasis, InterestRule, InterestTerms
from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.valuation import value

REMINDER = Cost(Money(60_00), date(2025, 8, 20), "reminder")
DEMAND = Cost(Money(180_00), date(2025, 9, 3), "debt_collection")
PLAN = Cost(Money(170_00), date(2025, 10, 1), "payment_plan")


def paid(kronor: int, on: date) -> MoneyFact:
    return MoneyFact(Money(kronor * 100), on, MoneySource.AGENCY)


def test_oldest_cost_is_settled_first_and_none_before_its_day() -> None:
    facts = Facts(
        capital=Money(1000_00),
        costs=(REMINDER, DEMAND, PLAN),
        money=(
            paid(10, date(2025, 8, 19)),
            paid(40, date(2025, 9, 2)),
            paid(70, date(2025, 9, 3)),
            paid(50, date(2025, 9, 10)),
            paid(100, date(2025, 9, 30)),
            paid(100, date(2025, 10, 1)),
            paid(100, date(2025, 10, 2)),
        ),
        interest_from_on=date(2025, 8, 1),
        rule=InterestRule(InterestTerms(InterestBasis.NONE)),
        rounding=RoundingPolicy.WHOLE_KRONA_DOWN,
    )
    valued = value(facts, date(2025, 12, 31))
    assert [[(cost.kind, part.minor) for cost, part in one.costs] for one in valued.placed] == [
        [],
        [("reminder", 40_00)],
        [("reminder", 20_00), ("debt_collection", 50_00)],
        [("debt_collection", 50_00)],
        [("debt_collection", 80_00)],
        [("payment_plan", 100_00)],
        [("payment_plan", 70_00)],
    ]
    capital = [one.parts.get(Component.CAPITAL, Money(0)).minor for one in valued.placed]
    assert capital == [10_00, 0, 0, 0, 20_00, 0, 30_00]


def test_costs_of_two_acts_are_told_apart_though_they_are_alike() -> None:
    alike = Cost(Money(60_00), date(2025, 8, 20), "reminder")
    facts = Facts(
        capital=Money(1000_00),
        costs=(alike, alike),
        money=(paid(60, date(2025, 9, 1)), paid(60, date(2025, 9, 2)), paid(60, date(2025, 9, 3))),
        interest_from_on=date(2025, 8, 1),
        rule=InterestRule(InterestTerms(InterestBasis.NONE)),
        rounding=RoundingPolicy.WHOLE_KRONA_DOWN,
    )
    placed = value(facts, date(2025, 9, 3)).placed
    assert [sum(part.minor for _, part in one.costs) for one in placed] == [60_00, 60_00, 0]
