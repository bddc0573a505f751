"""Valuation against an oracle that goes day by day with plain dicts and fractions.

The oracle knows nothing of the domain's valuation, settlement or interest; its rates are written
down here from the Riksbank's table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fordran.domain.case import Case
from fordran.domain.facts import Cost, Facts, Letter, MoneyFact
from fordran.domain.interest_terms import InterestRule, InterestTerms
from fordran.domain.ledger import Component
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.swedish_time import civil_date
from fordran.domain.valuation import capital_unpaid_on, is_promise_kept, value
from tests.property.strategies import Book, Paid, Story, case_id, lived, stories

ONE_DAY = timedelta(days=1)
ACCEPTED_MIN = 20

RATES = {
    (2022, 1): 8,
    (2022, 7): Fraction("8.5"),
    (2023, 1): Fraction("10.5"),
    (2023, 7): Fraction("11.5"),
    (2024, 1): 12,
    (2024, 7): 12,
    (2025, 1): 11,
    (2025, 7): 10,
    (2026, 1): 10,
    (2026, 7): 10,
}
"""Reference rate + 8 of each half-year, in percent."""

DEMAND_COST = 180_00

Window = tuple[date, date]
"""The letter's calculation day and its deadline: interest of the days between waits."""


def oracle(
    capital: int,
    costs: Iterable[tuple[date, int]],
    payments: Iterable[tuple[date, int]],
    *,
    first_on: date,
    through_on: date,
    window: Window | None = None,
) -> dict[str, int]:
    """Walk the days: a day bears interest on what is unpaid, then costs come, then payments."""
    costs_of: dict[date, int] = {}
    for on, minor in costs:
        costs_of[on] = costs_of.get(on, 0) + minor
    paid_on: dict[date, int] = {}
    for on, minor in payments:
        paid_on[on] = paid_on.get(on, 0) + minor
    owed = {"capital": capital, "costs": 0, "interest": 0}
    settled = {"capital": 0, "costs": 0, "interest": 0}
    exact, unplaced, added = Fraction(0), 0, 0
    begins_on = min([first_on, *costs_of, *paid_on])
    for number in range((through_on - begins_on).days + 1):
        on = begins_on + number * ONE_DAY
        if on >= first_on:
            rate = RATES[on.year, 7 if on.month >= 7 else 1]
            exact += Fraction(owed["capital"] * rate, 36500)
        owed["costs"] += costs_of.get(on, 0)
        if window is None or not window[0] < on <= window[1]:
            owed["interest"] += int(exact / 100) * 100 - added
            added = int(exact / 100) * 100
        money = paid_on.get(on, 0)
        for name in ("capital", "costs", "interest"):
            part = min(money, owed[name])
            owed[name] -= part
            settled[name] += part
            money -= part
        unplaced += money
    return {"added": added, "unplaced": unplaced, **settled}


@st.composite
def drawn_facts(draw: st.DrawFn) -> tuple[Facts, date]:
    first_on = draw(st.dates(date(2022, 2, 1), date(2025, 12, 31)))
    days = (st.integers(60, 360) | st.integers(-40, 360)).map(
        lambda number: first_on + number * ONE_DAY
    )
    capital = draw(st.integers(10_000_00, 300_000_00) | st.integers(1, 1_000_00))
    minors = st.integers(1, max(capital // 3, 1)) | st.integers(1, capital * 2)
    costs = draw(st.lists(st.builds(Cost, st.integers(1, 500_00).map(Money), days), max_size=3))
    paid = draw(st.lists(st.builds(MoneyFact, minors.map(Money), days), max_size=5))
    letter = None
    if draw(st.booleans()):
        sent_on = draw(days)
        letter = Letter(sent_on, sent_on + draw(st.integers(8, 20)) * ONE_DAY)
    facts = Facts(
        capital=Money(capital),
        costs=tuple(costs),
        money=tuple(paid),
        interest_from_on=first_on,
        rule=InterestRule(InterestTerms()),
        rounding=RoundingPolicy.WHOLE_KRONA_DOWN,
        letter=letter,
    )
    return facts, draw(days)


def test_value_is_that_of_the_oracle() -> None:
    accepted = 0

    @given(drawn_facts())
    def check(drawn: tuple[Facts, date]) -> None:
        nonlocal accepted
        facts, through_on = drawn
        # What a kept promise is worth is shown by the scenarios of decision 42.
        assume(not is_promise_kept(facts))
        valued = value(facts, through_on)
        letter = facts.letter
        expected = oracle(
            facts.capital.minor,
            [(cost.value_on, cost.amount.minor) for cost in facts.costs],
            [(payment.value_on, payment.amount.minor) for payment in facts.money],
            first_on=facts.interest_from_on,
            through_on=max([through_on, *[payment.value_on for payment in facts.money]]),
            window=(letter.counted_to_on, letter.deadline_on) if letter else None,
        )
        assert {
            "added": valued.interest_added.minor,
            "unplaced": sum(placed.unplaced.minor for placed in valued.placed),
            **{part.value: valued.settled(part).minor for part in Component},
        } == expected
        accepted += expected["added"] > 0 and expected["capital"] > 0

    check()
    assert accepted >= ACCEPTED_MIN // 4


def test_unpaid_capital_is_that_of_the_oracle() -> None:
    accepted = 0

    @given(drawn_facts())
    def check(drawn: tuple[Facts, date]) -> None:
        nonlocal accepted
        facts, on = drawn
        paid = sum(payment.amount.minor for payment in facts.money if payment.value_on <= on)
        unpaid = capital_unpaid_on(facts, on)
        assert unpaid.minor == max(facts.capital.minor - paid, 0)
        accepted += bool(paid)

    check()
    assert accepted >= ACCEPTED_MIN // 4


def worth(case: Case) -> dict[str, int]:
    """Return every amount of a case, by component and part."""
    return {
        f"{component.value} {part}": getattr(case.balances.of(component), part).minor
        for component in Component
        for part in ("added", "settled", "written_off", "remaining")
    }


def expected_worth(story: Story, position: int, book: Book) -> Mapping[str, int]:
    """Return what a case of a story is worth by its facts alone, while it is open.

    The demand's cost is owed by the earliest invoice of those whose capital was unpaid when the
    day of the letter ended; the debt statement has run, so nothing else is asked.
    """
    debt = story.debts[position]
    case = book.cases[case_id(position)]
    demand = case.demand
    assert demand is not None
    sent_on = civil_date(demand.dispatched_at)
    payments = [(p.value_on, p.minor) for p in story.payments if p.case == position]
    costs = [(fee.registered_on, fee.amount.minor) for fee in debt.fees_already_claimed]
    unpaid = [
        (other.invoice_on, number)
        for number, other in enumerate(story.debts)
        if other.capital_to_claim.minor
        > sum(p.minor for p in story.payments if p.case == number and p.value_on <= sent_on)
    ]
    if unpaid and min(unpaid)[1] == position:
        costs.append((sent_on, DEMAND_COST))
    counted_on = case.interest_counted_through_on
    assert counted_on is not None
    found = oracle(
        debt.capital_to_claim.minor,
        costs,
        payments,
        first_on=debt.interest_from_on,
        through_on=counted_on,
        window=(demand.counted_to_on, demand.deadline_on),
    )
    added = {
        "capital": debt.capital_to_claim.minor,
        "interest": found["added"],
        "costs": sum(minor for _, minor in costs),
    }
    return {
        f"{name} {part}": minor
        for name, total in added.items()
        for part, minor in (
            ("added", total),
            ("settled", found[name]),
            ("written_off", 0),
            ("remaining", total - found[name]),
        )
    }


def has_only_open(book: Book) -> bool:
    return all(case.closed is None for case in book.cases.values())


def paid_whole_before_the_letter(story: Story, book: Book) -> bool:
    """Tell whether a case's whole capital was paid by value when the letter went out."""
    for position, debt in enumerate(story.debts):
        demand = book.cases[case_id(position)].demand
        assert demand is not None
        sent_on = civil_date(demand.dispatched_at)
        paid = sum(
            one.minor for one in story.payments if one.case == position and one.value_on <= sent_on
        )
        if paid >= debt.capital_to_claim.minor:
            return True
    return False


def check_any_order(story: Story) -> None:
    """Check that the facts decide, however they arrive."""
    in_time, late = lived(story, in_time=True), lived(story, in_time=False)
    assume(has_only_open(in_time) and has_only_open(late))
    # A shared cost stays where it was posted when that case, and only that one, proves to have
    # been paid before the letter.
    assume(len(story.debts) == 1 or not paid_whole_before_the_letter(story, late))
    for position in range(len(story.debts)):
        expected = expected_worth(story, position, in_time)
        assert worth(in_time.cases[case_id(position)]) == expected
        assert worth(late.cases[case_id(position)]) == expected


@pytest.mark.parametrize("cases_max", [1, 3])
def test_same_facts_in_another_order_of_arrival_end_in_the_same_balances(cases_max: int) -> None:
    accepted = 0
    parts = stories(
        cases_max=cases_max,
        payments_min=2,
        percents=st.integers(1, 24),
        delays_days=(1, 10, 40, 90),
    )

    @given(parts)
    def check(story: Story) -> None:
        nonlocal accepted
        check_any_order(story)
        accepted += 1

    check()
    assert accepted >= ACCEPTED_MIN // 2


def test_large_payments_in_another_order_end_in_the_same_balances_unless_one_closes() -> None:
    accepted = 0

    @given(stories(payments_min=1))
    def check(story: Story) -> None:
        nonlocal accepted
        check_any_order(story)
        accepted += 1

    check()
    assert accepted >= ACCEPTED_MIN // 4


def test_capital_paid_before_the_letter_and_known_late_takes_the_cost_back() -> None:
    accepted = 0

    @given(stories(cases_max=1, payments_max=0), st.integers(0, 30))
    def check(story: Story, days_before: int) -> None:
        nonlocal accepted
        # A large debt, long overdue: its interest keeps it open when the capital is paid.
        debt = story.debts[0]
        value_on = max(story.registered_on - days_before * ONE_DAY, debt.invoice_on)
        whole = Paid(0, debt.capital_to_claim.minor, value_on, delay_days=90)
        told = replace(story, payments=(whole,))
        in_time, late = lived(told, in_time=True), lived(told, in_time=False)
        assume(has_only_open(in_time) and has_only_open(late))
        expected = expected_worth(told, 0, in_time)
        assert worth(in_time.cases[case_id(0)]) == expected
        assert worth(late.cases[case_id(0)]) == expected
        posted = [e for e in late.cases[case_id(0)].entries if e.cost_kind == "debt_collection"]
        assert [entry.amount.minor for entry in posted] in ([], [DEMAND_COST, -DEMAND_COST])
        accepted += len(posted) == 2

    check()
    assert accepted >= ACCEPTED_MIN // 4
