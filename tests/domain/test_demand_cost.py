"""The demand's cost of two cases: when it is owed, on which case, and what its rows say.

Case 0 has the earlier invoice. Both are registered and demanded on 3 September 2025; the debt
statement runs on the 19th.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from fordran.domain.agency_payment import receive
from fordran.domain.case import Case, CaseMoney, Debt, FeeAlreadyClaimed
from fordran.domain.creditor_payment import report
from fordran.domain.demand_cost import adjust_demand_cost, posted_demand_cost
from fordran.domain.draft import CASE_FLOW, REVERSED, Draft
from fordran.domain.ledger import (
    Component,
    Entry,
    EntryKind,
    FactKind,
    FactName,
    MoneySource,
    Origin,
)
from fordran.domain.money import ZERO, Money
from fordran.domain.reversal import reverse
from fordran.domain.tables.statutory_costs import CostKind
from tests.property.strategies import RULES, Book, Story, at, case_id

REGISTERED_ON = date(2025, 9, 3)
DISPATCHED_AT = datetime(2025, 9, 3, 9, 10, tzinfo=UTC)
LETTER = "0" * 24
REVERSAL = FactName(FactKind.CREDITOR_PAYMENT_REVERSAL, "9" * 24)


class Group:
    """Two cases of one demand, and what happens to them."""

    def __init__(self, **changes: object) -> None:
        debts = tuple(
            Debt(f"INV-{number}", invoice_on, 31, 31, Money(20_000_00), "", **changes)
            for number, invoice_on in enumerate([date(2025, 7, 1), date(2025, 7, 7)])
        )
        self.book = Book(Story(debts, is_consumer=False, registered_on=REGISTERED_ON, payments=()))

    def decide(self, known_at: datetime, decision: Callable[[list[Draft]], object]) -> None:
        self.book.advance(known_at)
        drafts = [Draft(case, known_at) for case in self.book.cases.values()]
        decision(drafts)
        self.book._keep(drafts)

    def pay(
        self,
        case: int,
        kronor: int,
        value_at: datetime,
        *,
        fact_id: str = "1",
        known_at: datetime | None = None,
        source: MoneySource = MoneySource.CREDITOR,
    ) -> FactName:
        """Let money come to the creditor or the agency."""
        money = CaseMoney(fact_id, Money(kronor * 100), value_at, source=source)
        is_creditors = source is MoneySource.CREDITOR
        act = report if is_creditors else receive
        self.decide(known_at or value_at, lambda drafts: act(drafts, case_id(case), money, RULES))
        return FactName(FactKind.CREDITOR_PAYMENT if is_creditors else FactKind.PAYMENT, fact_id)

    def take_back(self, fact_id: str, known_at: datetime) -> None:
        ids = list(self.book.cases)
        self.decide(known_at, lambda drafts: reverse(drafts, ids, fact_id, REVERSAL, RULES))

    def case(self, number: int) -> Case:
        return self.book.cases[case_id(number)]

    def costs(self) -> list[Money]:
        return [posted_demand_cost(case) for case in self.book.cases.values()]

    def rows(self, number: int) -> list[Entry]:
        return [row for row in self.case(number).entries if row.component is Component.COSTS]


def claimed(kronor: int, number: int, booked_at: datetime, fact: FactName | None = None) -> Entry:
    return Entry(
        number=number,
        kind=EntryKind.CLAIM,
        component=Component.COSTS,
        amount=Money(kronor * 100),
        value_at=DISPATCHED_AT,
        booked_at=booked_at,
        origin=Origin.SOLICITOR_SYSTEM,
        description=CASE_FLOW,
        cost_kind=CostKind.DEBT_COLLECTION,
        act=LETTER,
        fact=fact,
    )


def test_statement_claims_the_cost_of_the_earlier_invoice_from_the_dispatch() -> None:
    group = Group()
    group.book.advance(at(date(2025, 9, 18), 23))
    assert group.costs() == [ZERO, ZERO]
    group.book.advance(at(date(2025, 9, 20)))
    (row,) = group.rows(0)
    assert row == claimed(180, row.number, at(date(2025, 9, 19)))
    assert group.costs() == [Money(180_00), ZERO]


@pytest.mark.parametrize(
    ("value_at", "cost"),
    [
        (at(date(2025, 9, 2)), 0),
        (at(date(2025, 9, 3)), 0),
        # The civil day of the dispatch ends at 22 hours UTC.
        (datetime(2025, 9, 3, 21, 59, tzinfo=UTC), 0),
        (datetime(2025, 9, 3, 22, 0, tzinfo=UTC), 180),
        (at(date(2025, 9, 4)), 180),
    ],
)
@pytest.mark.parametrize("paid", [0, 1])
def test_payment_of_either_after_the_day_of_dispatch_makes_it_owed(
    value_at: datetime, cost: int, paid: int
) -> None:
    group = Group()
    known_at = at(date(2025, 9, 10), 12)
    group.pay(paid, 500, value_at, known_at=known_at)
    assert group.costs() == [Money(cost * 100), ZERO]
    assert group.rows(0) == [claimed(cost, row.number, known_at) for row in group.rows(0)]


def test_case_without_a_demand_makes_nothing_owed() -> None:
    group = Group()
    group.book.advance(DISPATCHED_AT)
    undemanded = Group()
    drafts = [
        Draft(undemanded.case(0), DISPATCHED_AT),
        Draft(group.case(1), DISPATCHED_AT),
    ]
    adjust_demand_cost(drafts, RULES, REVERSAL)
    assert [draft.recorded for draft in drafts] == [[], []]


def test_cost_moves_when_its_case_proves_to_have_been_paid() -> None:
    group = Group()
    group.book.advance(at(date(2025, 9, 20)))
    known_at = at(date(2025, 9, 25), 12)
    fact = group.pay(0, 20_000, at(date(2025, 9, 3), 12), known_at=known_at)
    first, second = group.rows(0)
    assert [first, second] == [
        claimed(180, first.number, at(date(2025, 9, 19))),
        claimed(-180, second.number, known_at, fact),
    ]
    (moved,) = group.rows(1)
    assert moved == claimed(180, moved.number, known_at, fact)


def test_cost_is_taken_back_by_a_reversed_row_when_the_payment_is() -> None:
    group = Group()
    group.pay(1, 500, at(date(2025, 9, 5), 12))
    known_at = at(date(2025, 9, 8), 12)
    group.take_back("1", known_at)
    first, second = group.rows(0)
    assert first == claimed(180, first.number, at(date(2025, 9, 5), 12))
    assert (second.amount, second.value_at, second.act) == (Money(-180_00), DISPATCHED_AT, LETTER)
    assert (second.description, second.fact) == (REVERSED, REVERSAL)
    assert second.reverses == first.number
    assert group.costs() == [ZERO, ZERO]


def test_cost_goes_where_the_facts_have_it_however_often() -> None:
    group = Group()
    group.book.advance(at(date(2025, 9, 20)))
    for day, fact_id in ((25, "a"), (27, "b"), (29, "c")):
        paid_at = at(date(2025, 9, 3), 12)
        group.pay(0, 20_000, paid_at, fact_id=fact_id, known_at=at(date(2025, 9, day), 12))
        assert group.costs() == [ZERO, Money(180_00)]
        group.take_back(fact_id, at(date(2025, 9, day), 18))
        assert group.costs() == [Money(180_00), ZERO]
    assert {row.act for number in (0, 1) for row in group.rows(number)} == {LETTER}


def test_cost_does_not_make_itself_owed() -> None:
    # 33 days bear 180.82. The 20 200 of the day of dispatch pay the capital as well, unless the
    # demand's own cost is taken first.
    group = Group()
    group.book.advance(at(date(2025, 9, 20)))
    group.pay(
        0,
        20_200,
        at(date(2025, 9, 3), 12),
        known_at=at(date(2025, 9, 25), 12),
        source=MoneySource.AGENCY,
    )
    assert group.costs() == [ZERO, Money(180_00)]


def test_other_costs_are_paid_before_the_capital_on_the_day_of_dispatch() -> None:
    fee = FeeAlreadyClaimed("reminder", Money(60_00), date(2025, 8, 20))
    group = Group(fees_already_claimed=(fee,))
    group.book.advance(at(date(2025, 9, 20)))
    # 20 000 + 180 of interest + 60 of the fee leave some capital unpaid.
    group.pay(
        0,
        20_200,
        at(date(2025, 9, 3), 12),
        known_at=at(date(2025, 9, 25), 12),
        source=MoneySource.AGENCY,
    )
    assert group.costs() == [Money(180_00), ZERO]


def test_what_the_cost_changes_on_another_case_names_the_fact() -> None:
    group = Group()
    # Money of the day of dispatch on the second case, which bears no cost yet.
    group.pay(1, 5000, at(date(2025, 9, 3), 12), fact_id="a", source=MoneySource.AGENCY)
    group.pay(1, 1, at(date(2026, 3, 3), 12), fact_id="b")
    before = group.case(1)
    known_at = at(date(2026, 3, 10), 12)
    paid_at = at(date(2025, 9, 3), 14)
    fact = group.pay(0, 20_000, paid_at, fact_id="c", known_at=known_at)
    after = group.case(1)
    rows = after.entries[len(before.entries) :]
    # 180 of the 5 000 now pay the cost, so that 15 327 and not 15 147 bore 10 % for 181 days:
    # 147.95 and 760.05 are 907, where 147.95 and 751.12 were 899.
    assert [(row.kind, row.component, row.amount.minor) for row in rows] == [
        (EntryKind.CLAIM, Component.COSTS, 180_00),
        (EntryKind.CLAIM, Component.INTEREST, 8_00),
        (EntryKind.SETTLEMENT, Component.COSTS, -180_00),
        (EntryKind.SETTLEMENT, Component.CAPITAL, 180_00),
    ]
    assert {row.fact for row in rows} == {fact}
    assert [row.value_at for row in rows if row.kind is EntryKind.SETTLEMENT] == [paid_at] * 2
    assert {one.fact for one in after.transfers[len(before.transfers) :]} == {fact}
