"""Settlement: money is placed in order, all of it is accounted for, nothing is paid twice."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.domain.facts import Cost, Facts, MoneyFact, Valuation
from fordran.domain.interest_terms import InterestRule, InterestTerms
from fordran.domain.ledger import Component
from fordran.domain.money import Money, RoundingPolicy, total
from fordran.domain.settlement import (
    CREDITOR_ORDER,
    SettlementOrder,
    SettlementOrders,
    place,
)
from fordran.domain.valuation import value
from tests.property.strategies import amounts, orders

owed_amounts = st.fixed_dictionaries(dict.fromkeys(Component, amounts))
ACCEPTED_MIN = 20


def test_parts_sum_to_the_payment_in_order_and_leave_nothing_below_zero() -> None:
    accepted = 0

    @given(amounts, owed_amounts, orders)
    def check(amount: Money, owed: dict[Component, Money], order: SettlementOrder) -> None:
        nonlocal accepted
        placement = place(amount, owed, order)
        left = {part: owed[part] - placement.parts.get(part, Money(0)) for part in Component}
        assert total(placement.parts.values()) + placement.unplaced == amount
        assert all(part > Money(0) for part in placement.parts.values())
        assert all(rest >= Money(0) for rest in left.values())
        assert not placement.unplaced or not total(left.values())
        for earlier, later in zip(order.components, order.components[1:], strict=False):
            assert later not in placement.parts or not left[earlier]
        accepted += bool(placement.parts)

    check()
    assert accepted >= ACCEPTED_MIN


def test_two_payments_settle_like_their_sum() -> None:
    accepted = 0

    @given(amounts, amounts, owed_amounts, orders)
    def check(
        first: Money, second: Money, owed: dict[Component, Money], order: SettlementOrder
    ) -> None:
        nonlocal accepted
        one = place(first, owed, order).parts
        rest = {part: owed[part] - one.get(part, Money(0)) for part in Component}
        two = place(second, rest, order)
        both = place(first + second, owed, order)
        for part in Component:
            placed = one.get(part, Money(0)) + two.parts.get(part, Money(0))
            assert placed == both.parts.get(part, Money(0))
        accepted += bool(one) and bool(two.parts)

    check()
    assert accepted >= ACCEPTED_MIN


def unplaced(valued: Valuation) -> Money:
    return total(placed.unplaced for placed in valued.placed)


def test_two_payments_of_one_day_are_valued_like_their_sum() -> None:
    accepted = 0

    @given(
        capital=st.integers(1, 1_000_000_00),
        cost=st.integers(0, 500_00),
        parts=st.tuples(st.integers(1, 900_000_00), st.integers(1, 900_000_00)),
        paid_after_days=st.integers(-10, 400),
        order=orders,
        policy=st.sampled_from(RoundingPolicy),
    )
    def check(
        *,
        capital: int,
        cost: int,
        parts: tuple[int, int],
        paid_after_days: int,
        order: SettlementOrder,
        policy: RoundingPolicy,
    ) -> None:
        nonlocal accepted
        first_on = date(2024, 5, 1)
        paid_on = first_on + timedelta(days=paid_after_days)
        facts = Facts(
            capital=Money(capital),
            costs=(Cost(Money(cost), first_on),),
            money=tuple(MoneyFact(Money(part), paid_on) for part in parts),
            interest_from_on=first_on,
            rule=InterestRule(InterestTerms()),
            rounding=policy,
            orders=SettlementOrders(creditor=order),
        )
        summed = msgspec.structs.replace(facts, money=(MoneyFact(Money(sum(parts)), paid_on),))
        through_on = date(2025, 7, 31)
        apart, together = value(facts, through_on), value(summed, through_on)
        assert apart.settled_by_source() == together.settled_by_source()
        assert apart.interest_added == together.interest_added
        assert unplaced(apart) == unplaced(together)
        settled = total(apart.settled(component) for component in Component)
        assert settled + unplaced(apart) == Money(sum(parts))
        accepted += not unplaced(together)

    check()
    assert accepted >= ACCEPTED_MIN // 2


@pytest.mark.parametrize("amount", [Money(-1), Money(1)])
def test_negative_amounts_are_not_placed(amount: Money) -> None:
    owed = dict.fromkeys(Component, Money(0)) | {Component.COSTS: Money(min(-amount.minor, 0))}
    with pytest.raises(ValueError, match="zero or more"):
        place(amount, owed, CREDITOR_ORDER)


def test_order_without_a_component_is_refused() -> None:
    with pytest.raises(ValueError, match="exactly once"):
        SettlementOrder("short.1", (Component.CAPITAL, Component.COSTS))
