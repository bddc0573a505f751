"""The facts of a claim, and what a valuation of them says."""

from collections import defaultdict
from datetime import date

import msgspec

from fordran.domain.interest import Accrual
from fordran.domain.interest_terms import InterestRule
from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import ZERO, Money, RoundingPolicy, total
from fordran.domain.settlement import SettlementOrders


class Cost(msgspec.Struct, frozen=True):
    """A cost that has been claimed, from its value date on (inclusive), corrections included."""

    amount: Money
    value_on: date
    kind: str = ""
    act: str = ""
    is_creditors: bool = False
    """Whether the money for it is the creditor's (decision 29)."""


class MoneyFact(msgspec.Struct, frozen=True):
    """Money with the civil date it counts from; that day still bears interest before it.

    Units: öre. A crediting counts from `value_on` against the capital; what is left of it then
    counts from `reported_on` against everything (decision 48, docs/decisions/0030).
    """

    amount: Money
    value_on: date
    source: MoneySource = MoneySource.CREDITOR
    id: str = ""
    reported_on: date | None = None
    refunded: Money = ZERO
    """What was paid back of it before; it is not part of the amount."""


class Letter(msgspec.Struct, frozen=True):
    """A demand that promises no more interest to whoever pays it in time (decision 42).

    Both days are inclusive: the last that its interest is counted for, and the last to pay.
    """

    counted_to_on: date
    deadline_on: date


class Facts(msgspec.Struct, frozen=True):
    """What a valuation starts from.

    Units: `interest_from_on` is the first day that bears interest; `cost_ceiling` in öre is the
    most that interest and costs may amount to together (konsumentkreditlagen 19 b §). Costs stand
    in order of value date. Money may stand in any order: it is placed in order of value date, on
    one day by source, and within a source in the order given.
    """

    capital: Money
    costs: tuple[Cost, ...]
    money: tuple[MoneyFact, ...]
    interest_from_on: date
    rule: InterestRule
    rounding: RoundingPolicy
    orders: SettlementOrders = SettlementOrders()
    letter: Letter | None = None
    cost_ceiling: Money | None = None


class Placed(msgspec.Struct, frozen=True):
    """Where the money of one fact went.

    Invariants: `parts` and `unplaced` sum to the money; `costs` sums to the part for costs.
    """

    money: MoneyFact
    parts: dict[Component, Money]
    costs: tuple[tuple[Cost, Money], ...]
    unplaced: Money


class Valuation(msgspec.Struct, frozen=True):
    """What the facts amount to through a day.

    Invariants: settled parts and what was unplaced sum to the money of the facts.
    """

    through_on: date
    interest: Accrual
    """The segments that explain the interest, through the last day counted."""
    interest_added: Money
    placed: tuple[Placed, ...]
    """In the order the money was placed."""

    def settled(self, component: Component) -> Money:
        """Return what is settled of a component."""
        return total(placed.parts.get(component, ZERO) for placed in self.placed)

    def settled_by_source(self) -> dict[tuple[MoneySource, Component], Money]:
        """Return what is settled of each component with money of each source; zeros left out."""
        settled: dict[tuple[MoneySource, Component], Money] = defaultdict(lambda: ZERO)
        for placed in self.placed:
            for component, part in placed.parts.items():
                settled[(placed.money.source, component)] += part
        return dict(settled)

    def unplaced_of(self, fact_id: str) -> Money:
        """Return what found nothing to settle of one fact's money."""
        return total(placed.unplaced for placed in self.placed if placed.money.id == fact_id)


def counts_to(letter: Letter | None, on: date, *, is_promise_kept: bool) -> date:
    """Return the last day whose interest is claimed when a claim is valued on a day.

    After the letter's calculation day interest waits until the deadline has passed, and it is
    never claimed if what the letter asks was paid in time.

    Source: decision 42.
    """
    if letter is None or on <= letter.counted_to_on:
        return on
    return letter.counted_to_on if is_promise_kept or on <= letter.deadline_on else on
