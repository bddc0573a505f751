"""As of: a case as it was valid at an earlier instant, row by row."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from fordran.domain.agency_payment import receive
from fordran.domain.as_of import facts_on, valid_at
from fordran.domain.case import Case, CaseMoney, Debt, FeeAlreadyClaimed
from fordran.domain.case_status import CaseState, CaseStatus
from fordran.domain.crediting import credit
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
from fordran.domain.events import LimitationBroken
from fordran.domain.ledger import Component, Entry, EntryKind, FactKind, FactName, MoneySource
from fordran.domain.money import ZERO, Money, total
from fordran.domain.reversal import reverse
from fordran.domain.shipped_flows import REMINDER_FIRST
from tests.domain.law_cases import LawCase
from tests.property.strategies import RULES, Book, Story, at, case_id

REGISTERED_ON = date(2025, 9, 3)
NOW = at(date(2025, 10, 20), 12)
FEE = FeeAlreadyClaimed("reminder", Money(60_00), date(2025, 8, 20))
CASE = case_id(0)


def book_of(until: datetime = NOW, **changes: Any) -> Book:
    debt = Debt("INV-0", date(2025, 7, 7), 31, 31, Money(10_000_00), "", **changes)
    story = Story((debt,), is_consumer=False, registered_on=REGISTERED_ON, payments=())
    book = Book(story)
    book.advance(until)
    return book


@dataclass
class Acts:
    """Lets facts happen on the one case of a book, each at its own instant."""

    book: Book
    number: int = 0

    def money(self, kind: Any, kronor: int, value_on: date, now: datetime, **more: Any) -> str:
        self.number += 1
        self.book.advance(now)
        draft = Draft(self.book.cases[CASE], now)
        fact_id = f"{self.number:024x}"
        kind([draft], CASE, CaseMoney(fact_id, Money(kronor * 100), at(value_on), **more), RULES)
        self.book._keep([draft])
        return fact_id

    def reversal(self, fact_id: str, now: datetime) -> None:
        draft = Draft(self.book.cases[CASE], now)
        fact = FactName(FactKind.CREDITOR_PAYMENT_REVERSAL, "9" * 24)
        reverse([draft], [CASE], fact_id, fact, RULES)
        self.book._keep([draft])


def rows(case: Case) -> list[tuple[str, float, date, str | None]]:
    return [
        (
            row.component.value,
            row.amount.minor / 100,
            row.value_at.date(),
            row.fact.id[-1] if row.fact else None,
        )
        for row in case.entries
    ]


def seen(book: Book, as_of: datetime) -> Case:
    return valid_at(book.cases[CASE], RULES, as_of)


def test_now_it_is_the_case() -> None:
    acts = Acts(book_of())
    acts.money(report, 1000, date(2025, 9, 20), NOW)
    case = acts.book.cases[CASE]
    assert valid_at(case, RULES, NOW) == case
    assert valid_at(case, RULES, NOW + timedelta(days=900)) == case


def test_rows_of_an_earlier_day_are_those_of_its_valuation() -> None:
    acts = Acts(book_of(fees_already_claimed=(FEE,)))
    acts.money(report, 1000, date(2025, 9, 20), NOW)
    acts.money(receive, 2000, date(2025, 9, 1), NOW, source=MoneySource.AGENCY)
    # 68.49 of interest from 8 August to 1 September; the fee of August is the only cost then.
    assert rows(seen(acts.book, at(date(2025, 9, 2), 12))) == [
        ("capital", 10_000, date(2025, 7, 7), None),
        ("costs", 60, date(2025, 8, 20), None),
        ("costs", -60, date(2025, 9, 1), "2"),
        ("interest", -68, date(2025, 9, 1), "2"),
        ("capital", -1872, date(2025, 9, 1), "2"),
        ("interest", 70, date(2025, 9, 2), None),
    ]


def test_row_of_a_payment_says_what_the_ledgers_row_says() -> None:
    acts = Acts(book_of())
    acts.money(report, 1000, date(2025, 9, 20), NOW)
    (ledgers,) = _settlements(acts.book.cases[CASE])
    (valids,) = _settlements(seen(acts.book, at(date(2025, 9, 21))))
    assert replace(valids, number=ledgers.number) == ledgers


def _settlements(case: Case) -> list[Entry]:
    return [entry for entry in case.entries if entry.kind is EntryKind.SETTLEMENT]


def test_day_before_the_invoice_has_no_rows() -> None:
    case = seen(book_of(), at(date(2025, 7, 6)))
    assert (case.entries, case.balances.added, case.interest_units) == ((), ZERO, 0)
    assert (case.status, case.state) == (CaseStatus.INITIALIZING, CaseState.INITIALIZING)


def test_interest_is_counted_no_further_than_the_ledger_has_it() -> None:
    acts = Acts(book_of())
    acts.money(report, 1000, date(2025, 10, 2), NOW)
    counted_on = acts.book.cases[CASE].interest_counted_through_on
    assert counted_on == date(2025, 10, 2)
    before = seen(acts.book, at(date(2025, 9, 30)))
    assert before.interest_counted_through_on == date(2025, 9, 30)
    assert before.balances.interest.added == Money(147_00)


def test_case_that_was_not_valued_has_no_interest() -> None:
    book = book_of(at(REGISTERED_ON, 7, 31))
    for on, expected in (
        (date(2025, 7, 20), [("capital", 10_000, date(2025, 7, 7), None)]),
        (date(2025, 7, 6), []),
    ):
        case = seen(book, at(on))
        assert rows(case) == expected
        assert case.interest_counted_through_on is None


HISTORY = [
    # as of, status, demand, next item kept
    (at(REGISTERED_ON, 7, 45), CaseStatus.INITIALIZING, False, False),
    (at(REGISTERED_ON, 8, 30), CaseStatus.INITIALIZED, False, False),
    (at(REGISTERED_ON, 9, 5), CaseStatus.DEBT_COLLECTION, False, False),
    (at(REGISTERED_ON, 12), CaseStatus.DEBT_COLLECTION, True, True),
]


@pytest.mark.parametrize(("as_of", "status", "has_demand", "has_item"), HISTORY)
def test_histories_end_at_the_instant(
    as_of: datetime, status: CaseStatus, has_demand: bool, has_item: bool
) -> None:
    book = book_of(at(REGISTERED_ON, 20))
    case = seen(book, as_of)
    assert case.status is status
    in_debt_collection = status is CaseStatus.DEBT_COLLECTION
    assert (case.debt_collection_id is not None) == in_debt_collection
    assert bool(case.services) == in_debt_collection
    assert (case.demand is not None, case.limitation is not None) == (has_demand, has_demand)
    assert (case.next_item is not None) == has_item


def test_earlier_break_of_the_limitation_is_shown_where_it_is_known() -> None:
    acts = Acts(book_of())
    acts.money(report, 1000, date(2025, 10, 10), NOW)
    journal = acts.book.journals[CASE]
    breaks = [e.event.limitation for e in journal if isinstance(e.event, LimitationBroken)]
    case = acts.book.cases[CASE]
    as_of = at(date(2025, 10, 1))
    shown = valid_at(case, RULES, as_of, breaks=breaks).limitation
    assert shown == breaks[0]
    assert valid_at(case, RULES, as_of).limitation is None


def test_closed_case_shows_its_write_offs_from_its_closing_on() -> None:
    acts = Acts(book_of())
    acts.money(report, 10_000, date(2025, 9, 2), NOW)
    case = acts.book.cases[CASE]
    assert case.closed is not None
    assert valid_at(case, RULES, NOW) == case
    before = seen(acts.book, NOW - timedelta(seconds=1))
    assert (before.closed, before.status) == (None, CaseStatus.DEBT_COLLECTION_ACTIVE)
    assert before.next_item is None
    assert before.balances.interest.written_off == ZERO
    assert before.balances.remaining == case.balances.interest.written_off


def test_crediting_counts_from_the_due_date_and_its_rest_from_its_report() -> None:
    acts = Acts(book_of(fees_already_claimed=(FEE,)))
    reported_on = date(2025, 10, 1)
    acts.money(report, 1000, date(2025, 9, 1), at(date(2025, 9, 30)))
    acts.money(credit, 11_000, reported_on, at(reported_on, 12), source=MoneySource.CREDITING)
    as_of = at(date(2025, 9, 2))
    assert rows(seen(acts.book, as_of)) == [
        ("capital", 10_000, date(2025, 7, 7), None),
        ("capital", -10_000, date(2025, 8, 7), "2"),
        ("costs", 60, date(2025, 8, 20), None),
        ("costs", -60, date(2025, 9, 1), "1"),
    ]
    facts = facts_on(acts.book.cases[CASE], RULES, as_of.date())
    assert total(money.amount for money in facts.money) == Money(11_000_00)
    facts = facts_on(acts.book.cases[CASE], RULES, reported_on)
    assert total(money.amount for money in facts.money) == Money(12_000_00)


def test_reversed_payment_never_counted() -> None:
    acts = Acts(book_of())
    paid = acts.money(report, 1000, date(2025, 9, 10), NOW)
    acts.reversal(paid, NOW)
    # The demand's cost stays: the statement has run.
    as_of = at(date(2025, 9, 12), 12)
    assert rows(seen(acts.book, as_of)) == rows(seen(book_of(), as_of))
    assert len(rows(seen(acts.book, NOW))) > len(rows(seen(book_of(), NOW)))


def test_cost_that_was_taken_back_is_no_row() -> None:
    acts = Acts(book_of(at(date(2025, 9, 10))))
    acts.money(report, 1000, date(2025, 9, 8), at(date(2025, 9, 10), 1))
    case = acts.book.cases[CASE]
    assert case.balances.costs.added == Money(180_00)
    acts.money(report, 9000, date(2025, 9, 3), at(date(2025, 9, 10), 2))
    # All of the capital was not unpaid by value after the day of dispatch.
    assert acts.book.cases[CASE].balances.costs.added == Money(180_00)
    acts.money(report, 1000, date(2025, 9, 2), at(date(2025, 9, 10), 3))
    assert acts.book.cases[CASE].balances.costs.added == ZERO
    shown = seen(acts.book, at(date(2025, 9, 7)))
    assert "costs" not in [row[0] for row in rows(shown)]
    assert [row.number for row in shown.entries] == list(range(1, len(shown.entries) + 1))


def test_numbers_of_reversed_rows_follow() -> None:
    """A cost that was claimed again keeps the row that took it back, by its new number."""
    acts = Acts(book_of(at(date(2025, 9, 10))))
    paid = acts.money(report, 1000, date(2025, 9, 8), at(date(2025, 9, 10), 1))
    acts.reversal(paid, at(date(2025, 9, 10), 2))
    acts.money(report, 500, date(2025, 9, 9), at(date(2025, 9, 10), 3))
    shown = seen(acts.book, at(date(2025, 9, 8)))
    costs = [row for row in shown.entries if row.component is Component.COSTS]
    assert [row.amount.minor // 100 for row in costs] == [180, -180, 180]
    assert costs[1].reverses == costs[0].number


def test_reminder_is_no_letter_and_its_fee_no_cost_before_its_day() -> None:
    story = LawCase(flow=REMINDER_FIRST)
    story.advance(at(date(2025, 9, 10)))
    before = facts_on(story.case, story.rules, date(2025, 9, 2))
    assert (before.letter, before.costs) == (None, ())
    reminded = facts_on(story.case, story.rules, REGISTERED_ON)
    assert reminded.letter is not None
    assert reminded.letter.deadline_on == date(2025, 9, 15)
    assert [cost.amount for cost in reminded.costs] == [Money(60_00)]
