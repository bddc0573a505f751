"""Explanations: the segments of a day, their exact sum, and what stands in the ledger."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from fordran.domain.case import CaseMoney, Debt
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
from fordran.domain.explanation import Explanation, explain, kronor
from fordran.domain.interest import UNITS_PER_MINOR
from fordran.domain.money import ZERO, Money, RoundingPolicy
from fordran.domain.refusals import ReferenceRateMissing
from tests.property.strategies import RULES, Book, Story, at, case_id

DEMANDED = at(date(2025, 9, 3), 12)
NOW = at(date(2026, 2, 2), 12)
CASE = case_id(0)


def book_of(*paid: tuple[int, date]) -> Book:
    """Return a book with the seed's debt, and kronor that were paid on days; all known now."""
    debt = Debt("INV-2025-003", date(2025, 7, 7), 31, 31, Money(2000_00), "")
    book = Book(Story((debt,), is_consumer=False, registered_on=date(2025, 9, 3), payments=()))
    book.advance(NOW if paid else DEMANDED)
    for number, (amount, on) in enumerate(paid):
        draft = Draft(book.cases[CASE], NOW)
        report([draft], CASE, CaseMoney(f"{number:024x}", Money(amount * 100), at(on)), RULES)
        book._keep([draft])
    return book


def explained(book: Book, on: date) -> Explanation:
    return explain(book.cases[CASE], RULES, on)


def lines(explanation: Explanation) -> list[tuple[date, date, int, int, Decimal, Decimal]]:
    return [
        (
            segment.first_on,
            segment.last_on,
            segment.days,
            segment.capital.minor // 100,
            segment.annual_rate_percent,
            kronor(segment.units),
        )
        for segment in explanation.accrual.segments
    ]


def test_seed() -> None:
    explanation = explained(book_of(), date(2025, 9, 3))
    assert lines(explanation) == [
        (date(2025, 8, 8), date(2025, 9, 3), 27, 2000, Decimal(10), Decimal("14.7945"))
    ]
    assert kronor(explanation.accrual.units) == Decimal("14.7945")
    assert (explanation.rounded_sum, explanation.posted_sum) == (Money(14_00), Money(14_00))
    assert explanation.rounding is RoundingPolicy.WHOLE_KRONA_DOWN


@pytest.mark.parametrize("on", [date(2025, 8, 7), date(2025, 7, 1), date(1990, 1, 1)])
def test_before_interest_begins_there_is_none(on: date) -> None:
    explanation = explained(book_of(), on)
    assert lines(explanation) == []
    assert (explanation.rounded_sum, explanation.posted_sum) == (ZERO, ZERO)


def test_money_of_a_later_value_date_does_not_count() -> None:
    paid = book_of((500, date(2025, 12, 1)), (500, date(2026, 1, 15)))
    on = date(2025, 12, 20)
    assert lines(explained(paid, on)) == [
        (date(2025, 8, 8), date(2025, 12, 1), 116, 2000, Decimal(10), Decimal("63.5616")),
        (date(2025, 12, 2), date(2025, 12, 20), 19, 1500, Decimal(10), Decimal("7.8082")),
    ]
    assert explained(paid, on).accrual == explained(book_of((500, date(2025, 12, 1))), on).accrual


def test_half_years_are_segments_of_their_own() -> None:
    book = book_of((500, date(2025, 12, 1)))
    firsts = [line[0] for line in lines(explained(book, date(2026, 1, 31)))]
    assert firsts == [date(2025, 8, 8), date(2025, 12, 2), date(2026, 1, 1)]


def test_sum_is_exact_where_the_segments_are_rounded_each() -> None:
    explanation = explained(book_of((500, date(2025, 12, 1))), date(2026, 1, 31))
    exact = explanation.accrual.units
    assert exact == sum(segment.units for segment in explanation.accrual.segments)
    difference = Fraction(kronor(exact)) - Fraction(exact, UNITS_PER_MINOR * 100)
    assert abs(difference) <= Fraction(1, 20_000)


def test_after_the_letter_interest_waits_for_its_deadline() -> None:
    book = book_of()
    demand = book.cases[CASE].demand
    assert demand is not None
    assert lines(explained(book, demand.deadline_on))[-1][1] == demand.counted_to_on
    later_on = date(2025, 9, 30)
    assert lines(explained(book, later_on))[-1][1] == later_on


def test_letter_that_was_not_sent_yet_holds_nothing_back() -> None:
    explanation = explained(book_of(), date(2025, 9, 2))
    assert lines(explanation)[-1][1] == date(2025, 9, 2)


def test_closed_case_bears_no_more_interest() -> None:
    book = book_of((2000, date(2025, 9, 2)))
    assert book.cases[CASE].closed is not None
    later = explained(book, date(2300, 1, 1))
    assert lines(later)[-1][1] == date(2025, 9, 2)
    assert later.rounded_sum == later.posted_sum == Money(14_00)


def test_day_without_a_reference_rate_is_refused() -> None:
    with pytest.raises(ReferenceRateMissing):
        explained(book_of(), date(2300, 1, 1))
