"""A reduction holds from its first day through its last, and only ever lowers the rate.

Deciding one posts what it changes of the interest, and of the money that had settled it.
"""

from datetime import date
from decimal import Decimal

import pytest

from fordran.domain.draft import Draft
from fordran.domain.events import InterestReduced
from fordran.domain.interest import CapitalStep, accrue
from fordran.domain.interest_reduction import CASE_CLOSED, reduce_interest
from fordran.domain.interest_terms import (
    InterestBasis,
    InterestReduction,
    InterestRule,
    InterestTerms,
)
from fordran.domain.ledger import Component, EntryKind, FactKind, FactName
from fordran.domain.money import Money
from fordran.domain.outcome import OutcomeStatus
from tests.domain.law_cases import CASE_ID, LawCase
from tests.property.strategies import RULES, at

FIRST_ON, LAST_ON = date(2025, 9, 10), date(2025, 9, 20)


def reduced(percent: str, first_on: date, last_on: date | None) -> InterestReduction:
    return InterestReduction("1", first_on, last_on, Decimal(percent), "skäl", "någon")


@pytest.mark.parametrize(
    ("on", "until_the_last", "until_further_notice"),
    [
        (date(2025, 9, 9), False, False),
        (date(2025, 9, 10), True, True),
        (date(2025, 9, 20), True, True),
        (date(2025, 9, 21), False, True),
    ],
)
def test_reduction_holds_on_both_its_days(
    on: date, *, until_the_last: bool, until_further_notice: bool
) -> None:
    assert reduced("3", FIRST_ON, LAST_ON).holds_on(on) is until_the_last
    assert reduced("3", FIRST_ON, None).holds_on(on) is until_further_notice


RATES = [
    # the rate agreed; reductions; first day, last day and rate of each period of September
    ("12", [], [(1, 30, "12")]),
    ("12", [("3", 10, 20)], [(1, 9, "12"), (10, 20, "3"), (21, 30, "12")]),
    ("12", [("3", 10, None)], [(1, 9, "12"), (10, 30, "3")]),
    ("12", [("3", 1, 1)], [(1, 1, "3"), (2, 30, "12")]),
    ("12", [("3", 30, 30)], [(1, 29, "12"), (30, 30, "3")]),
    # The lowest of those that hold counts; a higher one never raises the rate.
    (
        "12",
        [("5", 5, 20), ("3", 10, 12)],
        [(1, 4, "12"), (5, 9, "5"), (10, 12, "3"), (13, 20, "5"), (21, 30, "12")],
    ),
    ("2", [("3", 10, 20)], [(1, 9, "2"), (10, 20, "2"), (21, 30, "2")]),
]


@pytest.mark.parametrize(("agreed", "reductions", "periods"), RATES)
def test_rate_changes_on_the_days_of_the_reductions(
    agreed: str,
    reductions: list[tuple[str, int, int | None]],
    periods: list[tuple[int, int, str]],
) -> None:
    rule = InterestRule(
        InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal(agreed)),
        reductions=tuple(
            reduced(percent, date(2025, 9, first), date(2025, 9, last) if last else None)
            for percent, first, last in reductions
        ),
    )
    found = rule.periods(date(2025, 9, 1), date(2025, 9, 30))
    assert [(first.day, last.day, str(rate)) for first, last, rate in found] == periods
    accrual = accrue(
        [CapitalStep(date(2025, 9, 1), Money(365_00))],
        rule,
        first_on=date(2025, 9, 1),
        last_on=date(2025, 9, 30),
    )
    assert accrual.exact_minor == sum(
        (last - first + 1) * int(rate) for first, last, rate in periods
    )


NOTHING_FOR_11_DAYS = reduced("0", date(2025, 8, 8), date(2025, 8, 18))


def draft_after(facts: str) -> Draft:
    story = LawCase()
    if facts:
        story.live(facts)
    return Draft(story.case, at(date(2025, 10, 1), 12))


def test_interest_above_the_reduced_is_taken_back_and_its_money_placed_anew() -> None:
    draft = draft_after("receive 203.00 on 2025-09-19")
    before = draft.case
    outcome = reduce_interest([draft], CASE_ID, NOTHING_FOR_11_DAYS, RULES)
    assert outcome.status is OutcomeStatus.COMPLETED
    assert draft.case.reductions == (NOTHING_FOR_11_DAYS,)
    rows = draft.case.entries[len(before.entries) :]
    # 43 days were 23.56, 32 are 17.53; the 6 pay capital.
    assert [(row.kind, row.component, row.amount.minor) for row in rows] == [
        (EntryKind.CLAIM, Component.INTEREST, -6_00),
        (EntryKind.SETTLEMENT, Component.INTEREST, 6_00),
        (EntryKind.SETTLEMENT, Component.CAPITAL, -6_00),
    ]
    assert {row.fact for row in rows} == {FactName(FactKind.INTEREST_REDUCTION, "1")}


def test_reduction_of_a_case_that_is_not_valued_posts_nothing_yet() -> None:
    draft = draft_after("")
    reduce_interest([draft], CASE_ID, NOTHING_FOR_11_DAYS, RULES)
    assert [one.event for one in draft.recorded] == [InterestReduced(NOTHING_FOR_11_DAYS)]


def test_closed_case_is_not_reduced() -> None:
    draft = draft_after("cancel on 2025-09-20")
    outcome = reduce_interest([draft], CASE_ID, NOTHING_FOR_11_DAYS, RULES)
    assert (outcome.status, outcome.reason) == (OutcomeStatus.ERROR, CASE_CLOSED)
    assert draft.recorded == []
