"""Valuation: what a claim amounts to when its facts are taken in order of their value dates.

The facts are the capital, the costs, and the money that came in or was credited. Interest and the
settlement of all money follow from them. A fact that becomes known late therefore changes nothing
but the numbers that come out: the caller writes the difference to what is posted (decision 47).
"""

from datetime import date

from msgspec.structs import replace

from fordran.domain.facts import Facts, Valuation
from fordran.domain.ledger import Component
from fordran.domain.money import Money, total
from fordran.domain.replay import Replay


def value(facts: Facts, through_on: date) -> Valuation:
    """Value a claim through a day, or through its last money if that is later.

    Units: öre; `through_on` is the last day that bears interest.
    Rounding: the cumulated interest, by the policy of the facts, at each placing and at the end
    (decision 21: only differences of rounded cumulated sums are ever posted).
    Raises: ReferenceRateMissing, if a day in the span has no reference rate.
    Source: decisions 20-22, 41, 42, 47, 48.
    """
    return Replay(facts, is_promise_kept=is_promise_kept(facts)).through(through_on)


def is_promise_kept(facts: Facts) -> bool:
    """Tell whether everything that the letter asks was paid by its deadline (decision 42).

    Costs that came after the letter are not asked by it.
    """
    letter = facts.letter
    if letter is None:
        return False
    money = tuple(money for money in facts.money if money.value_on <= letter.deadline_on)
    if total(one.amount for one in money) < facts.capital:
        return False
    in_time = replace(
        facts,
        money=money,
        costs=tuple(cost for cost in facts.costs if cost.value_on <= letter.counted_to_on),
    )
    valued = Replay(in_time, is_promise_kept=True).through(letter.counted_to_on)
    asked = facts.capital + total(cost.amount for cost in in_time.costs) + valued.interest_added
    return total(valued.settled(component) for component in Component) == asked


def capital_unpaid_on(facts: Facts, on: date) -> Money:
    """Return the capital that is unpaid by value at the end of a day."""
    by_then = tuple(money for money in facts.money if money.value_on <= on)
    valued = value(replace(facts, money=by_then), on)
    return facts.capital - valued.settled(Component.CAPITAL)
