"""Payments to the agency: the order, and one payment over the cases of a letter."""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from fordran.domain.agency_payment import Allocation, Received, receive
from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import CaseMoney, Debt
from fordran.domain.case_status import CloseReason
from fordran.domain.client_money import Holder, holdings
from fordran.domain.draft import Draft
from fordran.domain.facts import Cost, Facts, MoneyFact
from fordran.domain.interest_terms import InterestRule, InterestTerms
from fordran.domain.ledger import Component, EntryKind, FactKind, FactName, LedgerAccount
from fordran.domain.ledger import MoneySource as From
from fordran.domain.money import ZERO, Money, RoundingPolicy, total
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.valuation import value
from tests.property.strategies import RULES, Book, Story, at, case_id

REGISTERED_ON = date(2025, 9, 3)
"""The day of the demand too; its deadline is 18 September."""
IN_TIME_ON = date(2025, 9, 10)
LATE_ON = date(2025, 10, 6)
FIRST, SECOND, THIRD = case_id(0), case_id(1), case_id(2)


def kronor(amount: float) -> Money:
    return Money(int(amount * 100))


def debt(number: int, invoice_on: date, amount: int) -> Debt:
    return Debt(f"INV-{number}", invoice_on, 31, 31, kronor(amount), "")


TWO = (debt(0, date(2025, 7, 7), 2000), debt(1, date(2025, 7, 14), 1000))
"""Their letter asks for 2000 + 14 + 180 and 1000 + 5."""


def book_of(*debts: Debt, until: datetime) -> Book:
    book = Book(Story(debts, is_consumer=False, registered_on=REGISTERED_ON, payments=()))
    book.advance(until)
    return book


def pay(
    book: Book, case: str, amount: float, on: date, *, number: int = 1, source: From = From.AGENCY
) -> Received:
    """Pay an amount to the agency, with the OCR number of a case."""
    now = max(at(on, 10), *(each.updated_at for each in book.cases.values()))
    book.advance(now)
    group = [Draft(each, now) for each in book.cases.values()]
    money = CaseMoney(f"{number:024x}", kronor(amount), at(on), source=source, booked_at=now)
    received = receive(group, case, money, RULES)
    book._keep(group)
    return received


def settled(book: Book, case: str) -> dict[str, float]:
    balances = book.cases[case].balances
    return {part.value: balances.of(part).settled.minor / 100 for part in Component}


def test_money_at_the_agency_pays_costs_then_interest_then_capital() -> None:
    """E10 of the table of examples, with costs that count from the due date (decision 21)."""
    due_on = date(2026, 3, 31)
    paid = MoneyFact(kronor(3000), date(2026, 5, 15), From.AGENCY, "p")
    facts = Facts(
        capital=kronor(10_000),
        costs=(Cost(kronor(60), due_on), Cost(kronor(180), due_on)),
        money=(paid,),
        interest_from_on=date(2026, 4, 1),
        rule=InterestRule(InterestTerms()),
        rounding=RoundingPolicy.ORE_HALF_UP,
        orders=AgreementTerms().orders,
    )
    valued = value(facts, date(2026, 7, 31))
    assert {part: valued.settled(part) for part in Component} == {
        Component.COSTS: kronor(240),
        Component.INTEREST: Money(123_29),
        Component.CAPITAL: Money(2636_71),
    }
    owed = facts.capital + kronor(240) + valued.interest_added - paid.amount
    assert owed == Money(7518_62)


@dataclass(frozen=True)
class Row:
    """What is paid by the first case's number, and what becomes of it."""

    paid: float
    first: float
    second: float
    credited: float
    closed: tuple[bool, bool]


LATE = {
    # On 6 October: 2000 + 32 + 180 and 1000 + 14 are owed.
    "costs before interest": Row(180, 180, 0, 0, (False, False)),
    "less than the first case": Row(2000, 2000, 0, 0, (False, False)),
    "exactly the first case": Row(2212, 2212, 0, 0, (True, False)),
    "some of the second case": Row(2712, 2212, 500, 0, (True, False)),
    "both cases": Row(3226, 2212, 1014, 0, (True, True)),
    "more than both": Row(3326.50, 2312.50, 1014, 100.50, (True, True)),
}


@pytest.mark.parametrize("row", LATE.values(), ids=LATE)
def test_payment_goes_to_the_named_case_first_and_then_to_the_others(row: Row) -> None:
    book = book_of(*TWO, until=at(LATE_ON))
    received = pay(book, FIRST, row.paid, LATE_ON)
    expected = [
        Allocation(case, kronor(amount), kronor(amount - credited))
        for case, amount, credited in (
            (FIRST, row.first, row.credited),
            (SECOND, row.second, 0),
        )
        if amount
    ]
    assert list(received.allocations) == expected
    settles = kronor(row.paid - row.credited)
    if row.credited:
        assert received.outcome == Outcome(OutcomeStatus.WARNING, settles, "payment.overpaid")
    else:
        assert received.outcome == Outcome(OutcomeStatus.COMPLETED, settles)
    assert tuple(case.closed is not None for case in book.cases.values()) == row.closed
    owed = dict.fromkeys(Holder, ZERO)
    for case in book.cases.values():
        owed = {name: owed[name] + held for name, held in holdings(case.transfers).items()}
    assert owed[Holder.BANK] == kronor(row.paid)
    assert owed[Holder.DEBTOR] == kronor(-row.credited)


@pytest.mark.parametrize("in_time", [True, False])
def test_order_of_components_holds_on_the_case(in_time: bool) -> None:
    on = IN_TIME_ON if in_time else LATE_ON
    book = book_of(TWO[0], until=at(on))
    pay(book, FIRST, 190, on)
    assert settled(book, FIRST) == {"capital": 0, "costs": 180, "interest": 10}
    (row, *_) = [e for e in book.cases[FIRST].entries if e.kind is EntryKind.SETTLEMENT]
    assert row.counter_account is LedgerAccount.SETTLED_AT_AGENCY
    assert row.caused_by == FactName(FactKind.PAYMENT, f"{1:024x}")
    assert (row.policy, row.description) == ("agency.1", "payment.payment_settled")


def test_money_from_the_authority_is_the_agencys_with_its_own_order() -> None:
    book = book_of(TWO[0], until=at(LATE_ON))
    pay(book, FIRST, 190, LATE_ON, source=From.AUTHORITY)
    rows = [e for e in book.cases[FIRST].entries if e.kind is EntryKind.SETTLEMENT]
    assert {(row.source, row.policy) for row in rows} == {(From.AUTHORITY, "authority.1")}


def test_others_are_paid_by_invoice_date_and_then_by_id() -> None:
    same_day = date(2025, 7, 14)
    book = book_of(
        debt(0, date(2025, 7, 21), 100),
        debt(1, same_day, 1000),
        debt(2, same_day, 1000),
        debt(3, date(2025, 7, 7), 1000),
        until=at(LATE_ON),
    )
    received = pay(book, FIRST, 2000, LATE_ON)
    order = [part.case_id for part in received.allocations]
    assert order == [FIRST, case_id(3), SECOND]
    assert book.cases[THIRD].balances.capital.settled == ZERO


def test_paying_what_a_letter_for_two_cases_asks_closes_both_exactly() -> None:
    book = book_of(*TWO, until=at(IN_TIME_ON))
    demands = [case.demand for case in book.cases.values()]
    stated = [demand.stated for demand in demands if demand]
    assert stated == [kronor(2194), kronor(1005)]
    received = pay(book, SECOND, 3199, IN_TIME_ON)
    assert received.outcome == Outcome(OutcomeStatus.COMPLETED, total(stated))
    assert {part.case_id: part.settled for part in received.allocations} == dict(
        zip((FIRST, SECOND), stated, strict=True)
    )
    for case in book.cases.values():
        assert case.closed is not None
        assert case.closed.reason is CloseReason.FULLY_PAID
        assert case.balances.remaining == ZERO
        assert not [entry for entry in case.entries if entry.kind is EntryKind.WRITE_OFF]


def test_closed_case_passes_the_money_on_to_the_open_one() -> None:
    book = book_of(*TWO, until=at(LATE_ON))
    pay(book, FIRST, 2212, LATE_ON)
    received = pay(book, FIRST, 300, LATE_ON, number=2)
    assert received.outcome == Outcome(OutcomeStatus.COMPLETED, kronor(300))
    assert received.allocations == (Allocation(SECOND, kronor(300), kronor(300)),)


def test_money_for_closed_cases_is_the_debtors() -> None:
    book = book_of(TWO[0], until=at(LATE_ON))
    pay(book, FIRST, 2212, LATE_ON)
    before = book.cases[FIRST]
    received = pay(book, FIRST, 300, LATE_ON, number=2)
    assert received.outcome == Outcome(OutcomeStatus.WARNING, ZERO, "payment.case_closed")
    assert received.allocations == (Allocation(FIRST, kronor(300), ZERO),)
    after = book.cases[FIRST]
    assert (after.entries, after.balances, after.closed) == (
        before.entries,
        before.balances,
        before.closed,
    )
    assert holdings(after.transfers)[Holder.DEBTOR] == kronor(-300)


def test_payment_breaks_the_limitation_of_each_case_that_it_settled() -> None:
    book = book_of(*TWO, until=at(LATE_ON))
    pay(book, FIRST, 2712, LATE_ON)
    broken = [case.limitation for case in book.cases.values()]
    assert [(each.broken_at, each.annotation) for each in broken if each] == [
        (at(LATE_ON), "api.log_messages.payment_registered")
    ] * 2


def test_late_fact_that_undoes_what_was_settled_settles_no_less_than_nothing() -> None:
    book = book_of(debt(0, date(2024, 7, 1), 10_000), until=at(LATE_ON))
    pay(book, FIRST, 11_200, LATE_ON)
    assert book.cases[FIRST].closed is None
    received = pay(book, FIRST, 10_000, date(2024, 8, 2), number=2)
    assert ZERO <= received.outcome.settled <= kronor(10_000)
    assert received.outcome.status is OutcomeStatus.WARNING
