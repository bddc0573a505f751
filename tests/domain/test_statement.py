"""Statements: what an open case amounts to on a day, and what its narrow row may say alone."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fordran.domain.case import Case, Closed, ConsumerCredit, FeeAlreadyClaimed
from fordran.domain.case_facts import facts_of
from fordran.domain.case_status import CaseStatus, CloseReason
from fordran.domain.interest import UNITS_PER_MINOR
from fordran.domain.interest_terms import (
    InterestBasis,
    InterestReduction,
    InterestRule,
    InterestStart,
    InterestTerms,
)
from fordran.domain.ledger import MoneySource
from fordran.domain.money import ZERO, Money, RoundingPolicy, rounded
from fordran.domain.statement import (
    UNITS_MAX,
    Footing,
    cumulated_rates,
    facts_on,
    footing,
    rate_rule,
    standing,
    terms_of_rule,
)
from tests.domain.law_cases import LawCase, figure, kronor
from tests.property.strategies import ENDS_ON, ONE_DAY, RULES, Story, at, lived, stories

ACCEPTED_MIN = 20
FIXED = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal("12.5"))
OWN_TERMS = [
    None,
    FIXED,
    InterestTerms(margin_percent=Decimal("6.1234"), start=InterestStart.DEMAND_PLUS_30_DAYS),
]


def case_after(facts: str) -> Case:
    story = LawCase()
    story.live(facts)
    return story.case


STANDS = [
    # facts; as of; capital, costs, interest, the last day whose interest is claimed
    ("wait to 2025-09-03", "2025-09-02", None),
    ("wait to 2025-09-03", "2025-09-03", "2000.00 0.00 14.00 2025-09-03"),
    # Interest waits from the demand until its deadline, the 15th, has passed.
    ("wait to 2025-09-20", "2025-09-15", "2000.00 180.00 14.00 2025-09-03"),
    ("wait to 2025-09-20", "2025-09-16", "2000.00 180.00 21.00 2025-09-16"),
    ("wait to 2025-09-20", "2026-08-07", "2000.00 180.00 200.00 2026-08-07"),
    # A payment counts from its day; the cost from the dispatch.
    ("pay 500.00 on 2025-10-01", "2025-09-30", "2000.00 180.00 29.00 2025-09-30"),
    ("pay 500.00 on 2025-10-01", "2025-10-01", "1500.00 180.00 30.00 2025-10-01"),
    ("receive 500.00 on 2025-10-01", "2025-10-01", "1710.00 0.00 0.00 2025-10-01"),
    # Before it was paid it was owed, until the day it was closed.
    ("receive 2194.00 on 2025-09-05", "2025-09-04", "2000.00 180.00 14.00 2025-09-03"),
    ("receive 2194.00 on 2025-09-05", "2025-09-05", None),
    ("cancel on 2025-10-01", "2025-09-30", "2000.00 180.00 29.00 2025-09-30"),
    ("cancel on 2025-10-01", "2025-10-01", None),
]


@pytest.mark.parametrize(("facts", "on", "expected"), STANDS)
def test_case_stands_on_a_day_as_reckoned_by_hand(
    facts: str, on: str, expected: str | None
) -> None:
    stands = standing(case_after(facts), RULES, date.fromisoformat(on))
    if expected is None:
        assert stands is None
        return
    assert stands is not None
    amounts = (figure(stands.capital), figure(stands.costs), figure(stands.interest))
    assert " ".join([*amounts, stands.counted_on.isoformat()]) == expected


def test_status_is_that_of_the_end_of_the_day() -> None:
    case = case_after("wait to 2025-09-20")
    found = [standing(case, RULES, date(2025, 9, day)) for day in (3, 18, 19)]
    assert [one.status for one in found if one] == [
        CaseStatus.DEBT_COLLECTION,
        CaseStatus.DEBT_COLLECTION,
        CaseStatus.DEBT_COLLECTION_ACTIVE,
    ]


@pytest.mark.parametrize(
    ("on", "counted"),
    [
        ("2025-08-06", []),
        # From the due date what is credited of the capital counts, the rest from the report on.
        ("2025-08-07", ["2000.00"]),
        ("2025-09-30", ["2000.00"]),
        ("2025-10-01", ["2050.00"]),
    ],
)
def test_of_a_crediting_the_part_against_the_capital_counts_first(
    on: str, counted: list[str]
) -> None:
    facts = facts_of(case_after("credit 2050.00 on 2025-10-01"), RULES)
    by_then = facts_on(facts, date.fromisoformat(on))
    assert [figure(money.amount) for money in by_then.money] == counted


def test_payment_beside_a_crediting_that_is_not_yet_reported_counts_whole() -> None:
    facts = facts_of(case_after("pay 300.00 on 2025-09-02; credit 5000.00 on 2025-10-01"), RULES)
    by_then = facts_on(facts, date(2025, 9, 15))
    assert {(money.source, figure(money.amount)) for money in by_then.money} == {
        (MoneySource.CREDITOR, "300.00"),
        (MoneySource.CREDITING, "2000.00"),
    }
    assert all(cost.value_on <= date(2025, 9, 15) for cost in by_then.costs)


def test_cost_counts_from_its_day() -> None:
    facts = facts_of(case_after("wait to 2025-09-20"), RULES)
    assert facts_on(facts, date(2025, 9, 2)).costs == ()
    assert facts_on(facts, date(2025, 9, 3)).costs == facts.costs != ()


@pytest.mark.parametrize("own_terms", [*OWN_TERMS, InterestTerms(InterestBasis.NONE)])
def test_name_of_a_rate_rule_holds_what_decides_the_rate(own_terms: InterestTerms | None) -> None:
    assert terms_of_rule(rate_rule("e" * 24, own_terms)) == ("e" * 24, own_terms)


def test_no_interest_is_a_sum_of_zero_for_each_day() -> None:
    rule = InterestRule(InterestTerms(InterestBasis.NONE))
    assert cumulated_rates(rule, date(2025, 1, 1), date(2025, 1, 3)) == [0, 0, 0, 0]


def test_rates_are_cumulated_over_a_half_year() -> None:
    rule = InterestRule(InterestTerms())
    assert cumulated_rates(rule, date(2025, 6, 30), date(2025, 7, 1)) == [0, 110_000, 210_000]


def from_row(row: Footing, case: Case, on: date) -> Money:
    """Return the interest that a narrow row says is owed, without asking for the case's facts."""
    assert row.interest_units is not None
    assert row.interest_through_on is not None
    units = row.interest_units
    if row.interest_waits_to_on is None or on > row.interest_waits_to_on:
        terms = case.debt.interest or RULES.terms.interest
        from_on = row.interest_through_on + ONE_DAY
        units += case.balances.capital.remaining.minor * _rates(terms, from_on, on)
    interest = rounded(Fraction(units, UNITS_PER_MINOR), RoundingPolicy.WHOLE_KRONA_DOWN)
    settled = case.balances.interest.settled
    return max(interest, settled) - settled


def _rates(terms: InterestTerms, first_on: date, last_on: date) -> int:
    if first_on > last_on:
        return 0
    return cumulated_rates(InterestRule(terms), first_on, last_on)[-1]


def test_narrow_row_says_what_the_facts_say_from_its_day_on() -> None:
    accepted = 0

    # Small parts keep the case open.
    drawn = stories(cases_max=1, payments_max=3, percents=st.integers(1, 24))

    @given(drawn, st.sampled_from(OWN_TERMS), st.integers(0, 300), st.data())
    def check(
        story: Story, own_terms: InterestTerms | None, lived_days: int, data: st.DataObject
    ) -> None:
        nonlocal accepted
        (debt,) = story.debts
        told = Story(
            (replace(debt, interest=own_terms),),
            story.is_consumer,
            story.registered_on,
            story.payments,
        )
        until = min(story.registered_on + lived_days * ONE_DAY, ENDS_ON)
        (case,) = lived(told, in_time=False, until=until).cases.values()
        row = footing(case)
        if row.valued_from_on is None or row.valued_from_on > ENDS_ON:
            return
        on = data.draw(st.dates(row.valued_from_on, ENDS_ON) | st.just(row.valued_from_on))
        stands = standing(case, RULES, on)
        assert stands is not None
        assert (stands.capital, stands.costs) == (
            case.balances.capital.remaining,
            case.balances.costs.remaining,
        )
        assert stands.interest == from_row(row, case, on)
        accepted += 1

    check()
    assert accepted >= ACCEPTED_MIN


PLAIN = case_after("wait to 2025-09-20")
NOTHING_MORE = {
    "valued_from_on": None,
    "interest_units": None,
    "interest_through_on": None,
    "interest_waits_to_on": None,
}
REDUCTION = InterestReduction("1", date(2025, 9, 1), None, Decimal(3), "skäl", "någon")


def test_row_of_a_plain_case() -> None:
    assert footing(PLAIN) == Footing(
        rate_rule="e" * 24,
        law_version=PLAIN.law_version,
        closed_on=None,
        valued_from_on=date(2025, 9, 19),
        interest_units=PLAIN.interest_units,
        interest_through_on=date(2025, 9, 19),
        interest_waits_to_on=date(2025, 9, 15),
    )


@pytest.mark.parametrize(
    ("changes", "is_enough"),
    [
        ({}, True),
        ({"interest_units": UNITS_MAX}, True),
        ({"interest_units": UNITS_MAX + 1}, False),
        ({"interest_units": -UNITS_MAX - 1}, False),
        ({"interest_units": 0}, False),
        ({"interest_counted_through_on": None}, False),
        ({"reductions": (REDUCTION,)}, False),
        ({"closed": Closed(at(date(2025, 12, 1)), CloseReason.CANCELLED)}, False),
        (
            {"debt": replace(PLAIN.debt, consumer_credit=ConsumerCredit(Money(5_000_00)))},
            False,
        ),
        ({"demand": None}, True),
    ],
)
def test_row_is_enough_unless_the_case_has_rules_of_its_own(
    changes: dict[str, Any], *, is_enough: bool
) -> None:
    row = footing(replace(PLAIN, **changes))
    more = {name: getattr(row, name) for name in NOTHING_MORE}
    assert (row.valued_from_on is not None) is is_enough
    assert (more != NOTHING_MORE) is is_enough


@pytest.mark.parametrize(
    ("facts", "is_enough"),
    [
        # Money before the letter, or when its deadline has passed, changes nothing later.
        ("pay 500.00 on 2025-09-02; wait to 2025-09-10", True),
        ("pay 500.00 on 2025-09-03; wait to 2025-09-10", True),
        ("pay 500.00 on 2025-09-16", True),
        # While interest waits, the days between are counted later, on other capital.
        ("pay 500.00 on 2025-09-04", False),
        ("pay 500.00 on 2025-09-15", False),
        # The promise may have been kept: it claims nothing more then.
        ("pay 1900.01 on 2025-09-02; credit 99.99 on 2025-09-05", False),
    ],
)
def test_row_is_not_enough_while_money_came_and_interest_waits(
    facts: str, *, is_enough: bool
) -> None:
    case = case_after(facts)
    assert (footing(case).valued_from_on is not None) is is_enough


@pytest.mark.parametrize(
    ("facts", "valued_from"),
    [
        ("wait to 2025-09-03", "2025-09-03"),
        ("wait to 2025-12-31", "2025-09-19"),
        ("pay 500.00 on 2025-10-01", "2025-10-01"),
        ("pay 500.00 on 2025-10-01 known 2025-11-01", "2025-10-01"),
    ],
)
def test_row_speaks_from_the_last_change_on(facts: str, valued_from: str) -> None:
    assert footing(case_after(facts)).valued_from_on == date.fromisoformat(valued_from)


def test_closed_case_has_its_day_and_its_own_terms_their_name() -> None:
    closed = footing(case_after("receive 2194.00 on 2025-09-05"))
    assert closed.closed_on == date(2025, 9, 5)
    own = footing(replace(PLAIN, debt=replace(PLAIN.debt, interest=FIXED)))
    assert own.rate_rule.startswith("e" * 24 + ":{")


def test_rest_of_a_crediting_settles_nothing_before_its_report() -> None:
    fee = FeeAlreadyClaimed("reminder", kronor("60.00"), date(2025, 8, 20))
    story = LawCase(fees=(fee,))
    story.live("credit 2050.00 on 2025-10-01")
    # 50 is credited of the fee; the 10 that are left are written off.
    assert story.case.balances.costs.settled == kronor("50.00")
    assert story.case.closed is not None
    stands = standing(story.case, RULES, date(2025, 9, 30))
    assert stands is not None
    assert (stands.capital, stands.interest, stands.costs) == (ZERO, ZERO, kronor("60.00"))
