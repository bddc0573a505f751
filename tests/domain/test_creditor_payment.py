"""Payments to the creditor: late facts, shared costs, and what each row names."""

from datetime import date

import pytest

from fordran.domain.case import Case, CaseMoney, Debt
from fordran.domain.case_status import CloseReason
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
from fordran.domain.ledger import Component
from fordran.domain.money import ZERO, Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from tests.property.strategies import RULES, Book, Paid, Story, at, case_id

REGISTERED_ON = date(2025, 9, 3)
AFTER_THE_STATEMENT = date(2025, 9, 25)


def debt(number: int, invoice_on: date, kronor: int) -> Debt:
    return Debt(f"INV-{number}", invoice_on, 31, 31, Money(kronor * 100), "")


def book_of(*debts: Debt) -> Book:
    """Return a book whose demand went out on 3 September and whose statement has run."""
    book = Book(Story(debts, is_consumer=False, registered_on=REGISTERED_ON, payments=()))
    book.advance(at(AFTER_THE_STATEMENT))
    return book


def pay(book: Book, case: int, kronor: int, value_on: date) -> None:
    number = f"{len(book.outcomes):024x}"
    paid = Paid(case, kronor * 100, value_on, 0)
    book.pay(paid, number, max(at(AFTER_THE_STATEMENT, 10), at(value_on, 10)))


def remaining(case: Case) -> list[int]:
    return [case.balances.of(part).remaining.minor // 100 for part in Component]


def costs(case: Case) -> list[int]:
    return [e.amount.minor // 100 for e in case.entries if e.component is Component.COSTS]


def test_interest_counted_on_names_no_payment_but_its_correction_does() -> None:
    book = book_of(debt(0, date(2025, 7, 7), 10_000))
    pay(book, 0, 1000, date(2025, 10, 10))
    pay(book, 0, 4000, date(2025, 10, 1))
    rows = [e for e in book.cases[case_id(0)].entries if e.component is Component.INTEREST]
    # 43 days = 117.81; 64 days = 175.34; with 4 000 paid on 1 October, 9 of them on 6 000: 165.48.
    assert [row.amount.minor // 100 for row in rows] == [73, 44, 58, -10]
    assert [row.caused_by.id if row.caused_by else None for row in rows] == [
        None,
        None,
        None,
        f"{1:024x}",
    ]


def test_cost_moves_to_the_unpaid_case_and_is_taken_back_when_none_was() -> None:
    book = book_of(debt(0, date(2025, 7, 7), 2000), debt(1, date(2025, 7, 14), 1000))
    first, second = case_id(0), case_id(1)
    pay(book, 0, 2000, date(2025, 9, 2))
    closed = book.cases[first].closed
    assert closed is not None
    assert closed.reason is CloseReason.FULLY_PAID_DEPRECIATION
    assert (costs(book.cases[first]), costs(book.cases[second])) == ([180, -180], [180])
    pay(book, 1, 1000, date(2025, 9, 1))
    assert costs(book.cases[second]) == [180, -180]
    assert book.cases[second].closed is not None


def test_cost_is_taken_back_beside_a_case_that_is_closed() -> None:
    book = book_of(debt(0, date(2025, 7, 7), 2000), debt(1, date(2025, 7, 14), 1000))
    pay(book, 1, 1000, date(2025, 9, 1))
    closed = book.cases[case_id(1)]
    assert closed.closed is not None
    pay(book, 0, 2000, date(2025, 9, 2))
    assert costs(book.cases[case_id(0)]) == [180, -180]
    assert book.cases[case_id(0)].closed is not None
    assert book.cases[case_id(1)] is closed


def test_money_is_placed_anew_when_the_cost_moves() -> None:
    # The carrier's interest of a year keeps it open when its capital is paid.
    book = book_of(debt(0, date(2023, 7, 7), 10_000), debt(1, date(2025, 7, 14), 1000))
    carrier, other = case_id(0), case_id(1)
    pay(book, 1, 100, date(2025, 9, 24))
    pay(book, 0, 1000, date(2025, 9, 24))
    pay(book, 0, 10_000, date(2025, 9, 2))
    balances = book.cases[carrier].balances
    assert (balances.costs.added, balances.costs.settled) == (ZERO, ZERO)
    assert balances.interest.settled == Money(1000_00)
    assert book.cases[carrier].closed is None
    assert costs(book.cases[other]) == [180]
    assert book.cases[other].balances.capital.remaining == Money(900_00)


def test_case_outside_the_flow_yet_is_settled_alone() -> None:
    book = Book(
        Story(
            (debt(0, date(2025, 7, 7), 2000),),
            is_consumer=True,
            registered_on=REGISTERED_ON,
            payments=(),
        )
    )
    book.pay(Paid(0, 500_00, date(2025, 9, 1), 0), "1" * 24, at(REGISTERED_ON, 7, 31))
    assert book.outcomes[0].status is OutcomeStatus.COMPLETED
    assert remaining(book.cases[case_id(0)]) == [1500, 13, 0]


def report_again(reference: str | None, *, minor: int = 500_00, hour: int = 0) -> Outcome:
    """Report 500 kronor with the reference R-1, and then another payment."""
    book = book_of(debt(0, date(2025, 7, 7), 2000))
    draft = Draft(book.cases[case_id(0)], at(AFTER_THE_STATEMENT, 10))
    value_at = at(date(2025, 9, 24))
    first = CaseMoney("1" * 24, Money(500_00), value_at, "R-1")
    assert report([draft], case_id(0), first, RULES).status is OutcomeStatus.COMPLETED
    again = CaseMoney("2" * 24, Money(minor), value_at.replace(hour=hour), reference)
    return report([draft], case_id(0), again, RULES)


@pytest.mark.parametrize(
    ("reference", "changes"),
    [(None, {}), ("R-2", {}), ("R-1", {"minor": 500_01})],
)
def test_payment_that_differs_is_no_duplicate(
    reference: str | None, changes: dict[str, int]
) -> None:
    assert report_again(reference, **changes).status is OutcomeStatus.COMPLETED


def test_same_payment_twice_settles_nothing() -> None:
    expected = Outcome(OutcomeStatus.WARNING, ZERO, "creditor_payment.duplicate")
    assert report_again("R-1") == expected
    # A system that sends it again may have lost its time of day.
    assert report_again("R-1", hour=8) == expected


def test_payment_of_a_closed_case_settles_nothing() -> None:
    book = book_of(debt(0, date(2025, 7, 7), 2000))
    pay(book, 0, 2000, date(2025, 9, 2))
    closed = book.cases[case_id(0)]
    pay(book, 0, 10, date(2025, 9, 2))
    expected = Outcome(OutcomeStatus.ERROR, ZERO, "creditor_payment.case_closed")
    assert book.outcomes[1] == expected
    assert book.cases[case_id(0)] is closed


def test_shared_cost_stands_on_the_same_case_however_late_a_payment_is_known() -> None:
    debts = debt(0, date(2025, 7, 7), 100_000), debt(1, date(2025, 7, 14), 1000)
    late = book_of(*debts)
    pay(late, 0, 100_000, date(2025, 9, 2))
    in_time = Book(Story(debts, is_consumer=False, registered_on=REGISTERED_ON, payments=()))
    in_time.pay(Paid(0, 100_000_00, date(2025, 9, 2), 0), "1" * 24, at(REGISTERED_ON, 7, 31))
    in_time.advance(at(AFTER_THE_STATEMENT, 10))
    assert all(case.closed is None for book in (late, in_time) for case in book.cases.values())
    assert [costs(case) for case in in_time.cases.values()] == [[], [180]]
    assert [sum(costs(case)) for case in late.cases.values()] == [0, 180]


def test_settled_amount_is_never_negative() -> None:
    book = book_of(debt(0, date(2024, 7, 1), 10_000))
    # Interest of more than a year is partly paid; then it shows that there was hardly any.
    pay(book, 0, 10_980, date(2025, 9, 24))
    assert book.cases[case_id(0)].closed is None
    pay(book, 0, 10_000, date(2024, 8, 2))
    assert ZERO <= book.outcomes[1].settled <= Money(10_000_00)
