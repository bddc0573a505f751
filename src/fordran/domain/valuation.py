"""Valuation: what a claim amounts to when its facts are taken in order of their value dates.

The facts are the capital, the costs, and the payments. Interest and the settlement of every
payment follow from them. A fact that becomes known late therefore changes nothing but the
numbers that come out: the caller writes the difference to what is posted (decision 47).
"""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from fordran.domain.interest import Accrual, CapitalStep, InterestTerms, accrue
from fordran.domain.ledger import Component
from fordran.domain.money import ZERO, Money, RoundingPolicy
from fordran.domain.settlement import SettlementOrder, place


class Cost(msgspec.Struct, frozen=True):
    """A cost that has been claimed, from its value date on (inclusive)."""

    amount: Money
    value_on: date


class Payment(msgspec.Struct, frozen=True):
    """Money with the civil date it counts from; that day still bears interest before it."""

    amount: Money
    value_on: date


class Letter(msgspec.Struct, frozen=True):
    """A demand that promises no more interest to whoever pays it in time (decision 42).

    Units: `asked` in öre. Both days are inclusive.
    """

    counted_to_on: date
    """The last day that the letter's interest is counted for."""
    deadline_on: date
    asked: Money


class Facts(msgspec.Struct, frozen=True):
    """What a valuation starts from.

    Units: `interest_from_on` is the first day that bears interest. Payments stand in order of
    value date; those of one day in order of arrival.
    """

    capital: Money
    costs: tuple[Cost, ...]
    payments: tuple[Payment, ...]
    interest_from_on: date
    interest: InterestTerms
    rounding: RoundingPolicy
    order: SettlementOrder
    letter: Letter | None = None
    paid_in_time: Money = ZERO
    """What arrived after the letter was made, with value dates no later than its deadline."""

    def counts_to(self, on: date) -> date:
        """Return the last day whose interest is claimed when a claim is valued on a day.

        After the letter's calculation day interest waits until the deadline has passed, and it
        is never claimed if what the letter asks was paid in time.

        Source: decision 42.
        """
        letter = self.letter
        if letter is None or on <= letter.counted_to_on:
            return on
        waits = on <= letter.deadline_on or self.paid_in_time >= letter.asked
        return letter.counted_to_on if waits else on


class Valuation(msgspec.Struct, frozen=True):
    """What the facts amount to through a day.

    Invariants: settled parts and `unplaced` sum to the payments.
    """

    interest: Accrual
    """The segments that explain the interest, through the last day counted."""
    interest_added: Money
    settled: dict[Component, Money]
    unplaced: tuple[Money, ...]
    """Per payment, in the order of the facts: what found nothing to settle."""


def value(facts: Facts, through_on: date) -> Valuation:
    """Value a claim through a day, or through the last payment if that is later.

    Units: öre; `through_on` is the last day that bears interest.
    Rounding: the cumulated interest, by the policy of the facts, at each payment and at the end
    (decision 21: only differences of rounded cumulated sums are ever posted).
    Raises: ReferenceRateMissing, if a day in the span has no reference rate.
    Source: decisions 20-22, 41, 42, 47.
    """
    settled = dict.fromkeys(Component, ZERO)
    unplaced: list[Money] = []
    capital_steps = [CapitalStep(facts.interest_from_on, facts.capital)]
    for payment in facts.payments:
        owed = _owed_on(facts, payment.value_on, capital_steps, settled)
        placement = place(payment.amount, owed, facts.order)
        for component, part in placement.parts.items():
            settled[component] += part
        unplaced.append(placement.unplaced)
        if Component.CAPITAL in placement.parts:
            capital_steps.append(
                CapitalStep(
                    max(payment.value_on + timedelta(days=1), facts.interest_from_on),
                    facts.capital - settled[Component.CAPITAL],
                )
            )
    last_on = max([through_on, *[payment.value_on for payment in facts.payments]])
    accrual = _accrual(facts, capital_steps, last_on)
    return Valuation(accrual, accrual.rounded(facts.rounding), settled, tuple(unplaced))


def capital_unpaid_on(facts: Facts, on: date) -> Money:
    """Return the capital that is unpaid by value at the end of a day."""
    paid_by_then = tuple(payment for payment in facts.payments if payment.value_on <= on)
    valued = value(msgspec.structs.replace(facts, payments=paid_by_then), on)
    return facts.capital - valued.settled[Component.CAPITAL]


def _owed_on(
    facts: Facts,
    on: date,
    capital_steps: Sequence[CapitalStep],
    settled: dict[Component, Money],
) -> dict[Component, Money]:
    costs = sum((cost.amount for cost in facts.costs if cost.value_on <= on), ZERO)
    return {
        Component.CAPITAL: facts.capital - settled[Component.CAPITAL],
        Component.COSTS: costs - settled[Component.COSTS],
        Component.INTEREST: _interest(facts, capital_steps, on) - settled[Component.INTEREST],
    }


def _interest(facts: Facts, capital_steps: Sequence[CapitalStep], last_on: date) -> Money:
    return _accrual(facts, capital_steps, last_on).rounded(facts.rounding)


def _accrual(facts: Facts, capital_steps: Sequence[CapitalStep], last_on: date) -> Accrual:
    return accrue(
        capital_steps,
        facts.interest,
        first_on=facts.interest_from_on,
        last_on=facts.counts_to(last_on),
    )
