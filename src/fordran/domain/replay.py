"""Replay: the money of a claim, placed in order of value date while interest is counted."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction

import msgspec

from fordran.domain.facts import Cost, Facts, MoneyFact, Placed, Valuation, counts_to
from fordran.domain.interest import UNITS_PER_MINOR, Accrual, CapitalStep, Segment, accrue, merged
from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import ZERO, Money, rounded, total
from fordran.domain.settlement import place

ONE_DAY = timedelta(days=1)

_RANK = {source: rank for rank, source in enumerate(MoneySource)}


class _Turn(msgspec.Struct, frozen=True):
    """When some money is placed.

    A crediting has two turns: on its value date against the capital alone, and for what is left
    of it on the day it was reported.
    """

    number: int
    on: date
    money: MoneyFact
    is_rest: bool = False

    @property
    def order(self) -> tuple[date, int, bool, int]:
        """By day, then by source, then as given."""
        return (self.on, _RANK[self.money.source], self.is_rest, self.number)


class Replay:
    """One pass over the facts of a claim. It goes forward only, so each day is counted once."""

    def __init__(self, facts: Facts, *, is_promise_kept: bool) -> None:
        self._facts = facts
        self._is_promise_kept = is_promise_kept
        self._steps = [CapitalStep(facts.interest_from_on, facts.capital)]
        self._segments: list[Segment] = []
        self._counted_on = facts.interest_from_on - ONE_DAY
        self._units = 0
        self._settled = dict.fromkeys(Component, ZERO)
        self._cost_settled = [ZERO] * len(facts.costs)
        self._parts: list[dict[Component, Money]] = [{} for _ in facts.money]
        self._cost_parts: list[list[tuple[Cost, Money]]] = [[] for _ in facts.money]
        self._left = [money.amount for money in facts.money]

    def through(self, through_on: date) -> Valuation:
        """Place all money, then count interest through a day or the last money's."""
        last_on = through_on
        turns = sorted(_turns(self._facts.money), key=lambda turn: turn.order)
        for turn in turns:
            if turn.is_rest and not self._left[turn.number]:
                continue
            last_on = max(last_on, turn.on)
            self._take(turn)
        added = max(self._interest_by(last_on), self._settled[Component.INTEREST])
        placed = [
            Placed(money, self._parts[number], tuple(self._cost_parts[number]), self._left[number])
            for number, money in enumerate(self._facts.money)
        ]
        accrual = Accrual(merged(self._segments), self._facts.capital.currency)
        return Valuation(last_on, accrual, added, tuple(placed))

    def _take(self, turn: _Turn) -> None:
        """Place what is left of the turn's money on what is owed on its day."""
        owed = self._owed_on(turn.on)
        if turn.money.source is MoneySource.CREDITING and not turn.is_rest:
            owed = {**dict.fromkeys(Component, ZERO), Component.CAPITAL: owed[Component.CAPITAL]}
        order = self._facts.orders.of(turn.money.source)
        placement = place(self._left[turn.number], owed, order)
        self._left[turn.number] = placement.unplaced
        parts = self._parts[turn.number]
        for component, part in placement.parts.items():
            self._settled[component] += part
            parts[component] = parts.get(component, ZERO) + part
        if Component.COSTS in placement.parts:
            self._settle_costs(turn, placement.parts[Component.COSTS])
        if Component.CAPITAL in placement.parts:
            first_on = max(turn.on + ONE_DAY, self._facts.interest_from_on)
            unpaid = self._facts.capital - self._settled[Component.CAPITAL]
            self._steps.append(CapitalStep(first_on, unpaid))

    def _settle_costs(self, turn: _Turn, part: Money) -> None:
        """Settle the oldest costs first (docs/decisions/0021)."""
        for number, cost in enumerate(self._facts.costs):
            own = min(part, cost.amount - self._cost_settled[number])
            if own and cost.value_on <= turn.on:
                self._cost_settled[number] += own
                self._cost_parts[turn.number].append((cost, own))
                part -= own
        assert not part, "no more is placed on costs than is owed"

    def _owed_on(self, on: date) -> dict[Component, Money]:
        return {
            Component.CAPITAL: self._facts.capital - self._settled[Component.CAPITAL],
            Component.COSTS: self._costs_by(on) - self._settled[Component.COSTS],
            Component.INTEREST: max(
                self._interest_by(on) - self._settled[Component.INTEREST], ZERO
            ),
        }

    def _costs_by(self, on: date) -> Money:
        return total(cost.amount for cost in self._facts.costs if cost.value_on <= on)

    def _interest_by(self, on: date) -> Money:
        """Return the rounded interest claimed by a day, within the ceiling of a credit."""
        facts = self._facts
        self._count_through(counts_to(facts.letter, on, is_promise_kept=self._is_promise_kept))
        exact = Fraction(self._units, UNITS_PER_MINOR)
        interest = rounded(exact, facts.rounding, facts.capital.currency)
        if facts.cost_ceiling is None:
            return interest
        return min(interest, max(facts.cost_ceiling - self._costs_by(on), ZERO))

    def _count_through(self, last_on: date) -> None:
        if last_on <= self._counted_on:
            return
        first_on = self._counted_on + ONE_DAY
        accrual = accrue(self._steps, self._facts.rule, first_on=first_on, last_on=last_on)
        self._segments += accrual.segments
        self._units += accrual.units
        self._counted_on = last_on
        self._steps = _still_needed(self._steps, last_on + ONE_DAY)


def _turns(money: Sequence[MoneyFact]) -> Iterator[_Turn]:
    for number, fact in enumerate(money):
        yield _Turn(number, fact.value_on, fact)
        if fact.source is MoneySource.CREDITING:
            reported_on = fact.reported_on or fact.value_on
            yield _Turn(number, max(reported_on, fact.value_on), fact, is_rest=True)


def _still_needed(steps: list[CapitalStep], from_on: date) -> list[CapitalStep]:
    """Return the step that holds on a day, and those after it."""
    holding = [number for number, step in enumerate(steps) if step.first_on <= from_on]
    return steps[holding[-1] :] if holding else steps
