from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from fordran.domain.interest import (
    Accrual,
    CapitalStep,
    accrue,
)
from fordran.domain.interest_terms import InterestBasis, InterestRule, InterestTerms
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.refusals import ReferenceRateMissing
from tests.domain.law_pages import Row, table

STATUTORY = InterestTerms(InterestBasis.REFERENCE_PLUS_MARGIN)
DOWN, HALF_UP = RoundingPolicy.WHOLE_KRONA_DOWN, RoundingPolicy.ORE_HALF_UP


def kronor(text: str) -> Money:
    return Money(int(Decimal(text) * 100))


def accrued(capital: str, due_on: date, through_on: date, terms=STATUTORY) -> Accrual:
    first_on = due_on + timedelta(days=1)
    return accrue(
        [CapitalStep(first_on, kronor(capital))],
        InterestRule(terms),
        first_on=first_on,
        last_on=through_on,
    )


@pytest.mark.parametrize("row", table("interest.md", "Worked examples"), ids=lambda row: row["no."])
def test_worked_example_of_the_law_page_holds(row: Row):
    accrual = accrued(
        row["capital"], date.fromisoformat(row["due"]), date.fromisoformat(row["counted to"])
    )
    assert " + ".join(str(segment.days) for segment in accrual.segments) == row["days"]
    assert accrual.rounded(HALF_UP) == kronor(row["ore_half_up"])
    assert accrual.rounded(DOWN) == kronor(row["whole_krona_down"])


def test_law_page_has_all_examples():
    numbers = [row["no."] for row in table("interest.md", "Worked examples")]
    assert numbers == [f"E{number}" for number in range(1, 9)]


def test_part_payment_of_the_law_page_holds():
    accrual = accrue(
        [
            CapitalStep(date(2026, 4, 1), kronor("10000.00")),
            CapitalStep(date(2026, 5, 16), kronor("7363.29")),
        ],
        InterestRule(STATUTORY),
        first_on=date(2026, 4, 1),
        last_on=date(2026, 7, 31),
    )
    found = [
        {
            "first day": segment.first_on.isoformat(),
            "last day": segment.last_on.isoformat(),
            "capital": str(segment.capital).removesuffix(" SEK"),
            "rate": str(segment.annual_rate_percent),
            "days": str(segment.days),
            "ore_half_up": str(Accrual((segment,)).rounded(HALF_UP)).removesuffix(" SEK"),
        }
        for segment in accrual.segments
    ]
    assert found == table("interest.md", "A part payment")


def test_seed_case_is_exact_before_rounding():
    accrual = accrued("2000.00", date(2025, 8, 7), date(2025, 9, 3))
    (segment,) = accrual.segments
    assert (segment.first_on, segment.last_on) == (date(2025, 8, 8), date(2025, 9, 3))
    assert accrual.exact_minor == Fraction(200_000 * 10 * 27, 100 * 365)
    assert accrual.rounded(DOWN) == Money(1400)


def test_fixed_rate_is_not_cut_at_half_years_and_needs_no_reference_rate():
    terms = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal("12.5"))
    accrual = accrued("1000.00", date(1999, 12, 31), date(2030, 12, 31), terms)
    (segment,) = accrual.segments
    assert segment.annual_rate_percent == Decimal("12.5")
    assert accrual.exact_minor == Fraction(100_000 * segment.days * 125, 365 * 1000)


def test_fixed_rate_of_zero_gives_a_segment_of_nothing():
    terms = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal(0))
    accrual = accrued("1000.00", date(2025, 1, 1), date(2025, 1, 10), terms)
    assert [segment.exact_minor for segment in accrual.segments] == [0]


def test_agreed_margin_replaces_the_statutory_one():
    terms = InterestTerms(InterestBasis.REFERENCE_PLUS_MARGIN, margin_percent=Decimal("2.5"))
    accrual = accrued("1000.00", date(2018, 12, 31), date(2019, 7, 31), terms)
    assert [segment.annual_rate_percent for segment in accrual.segments] == [
        Decimal("2.00"),
        Decimal("2.50"),
    ]


def test_negative_reference_rate_without_margin_is_not_cut_off_at_zero():
    terms = InterestTerms(InterestBasis.REFERENCE_PLUS_MARGIN, margin_percent=Decimal(0))
    accrual = accrued("365.00", date(2018, 1, 1), date(2018, 1, 11), terms)
    assert accrual.exact_minor == -5


def test_no_interest_gives_no_segments():
    accrual = accrued(
        "1000.00", date(2020, 1, 1), date(2040, 1, 1), InterestTerms(InterestBasis.NONE)
    )
    assert accrual == Accrual(())
    assert accrual.rounded(HALF_UP) == Money(0)


@pytest.mark.parametrize("through_on", [date(2025, 8, 7), date(2025, 8, 1)])
def test_empty_span_gives_no_segments(through_on: date):
    assert accrued("1000.00", date(2025, 8, 7), through_on) == Accrual(())


def test_no_steps_give_no_segments():
    span = {"first_on": date(2025, 1, 1), "last_on": date(2025, 12, 31)}
    assert accrue([], InterestRule(STATUTORY), **span) == Accrual(())


def test_zero_capital_gives_no_segment_and_needs_no_rate():
    accrual = accrue(
        [
            CapitalStep(date(2026, 12, 1), Money(100_000)),
            CapitalStep(date(2026, 12, 11), Money(0)),
        ],
        InterestRule(STATUTORY),
        first_on=date(2026, 12, 1),
        last_on=date(2030, 1, 1),
    )
    (segment,) = accrual.segments
    assert (segment.last_on, segment.days) == (date(2026, 12, 10), 10)


def test_days_before_the_first_step_bear_nothing():
    accrual = accrue(
        [CapitalStep(date(2025, 8, 8), Money(200_000))],
        InterestRule(STATUTORY),
        first_on=date(2025, 1, 1),
        last_on=date(2025, 9, 3),
    )
    assert accrual == accrued("2000.00", date(2025, 8, 7), date(2025, 9, 3))


def test_a_step_before_the_span_gives_its_capital():
    accrual = accrue(
        [CapitalStep(date(2020, 1, 1), Money(100)), CapitalStep(date(2021, 1, 1), Money(200_000))],
        InterestRule(STATUTORY),
        first_on=date(2025, 8, 8),
        last_on=date(2025, 9, 3),
    )
    assert accrual == accrued("2000.00", date(2025, 8, 7), date(2025, 9, 3))


def test_a_step_after_the_span_changes_nothing():
    accrual = accrue(
        [CapitalStep(date(2025, 8, 8), Money(200_000)), CapitalStep(date(2025, 9, 4), Money(0))],
        InterestRule(STATUTORY),
        first_on=date(2025, 8, 8),
        last_on=date(2025, 9, 3),
    )
    assert accrual == accrued("2000.00", date(2025, 8, 7), date(2025, 9, 3))


def test_of_steps_on_one_day_the_last_counts():
    accrual = accrue(
        [
            CapitalStep(date(2025, 8, 8), Money(999)),
            CapitalStep(date(2025, 8, 8), Money(200_000)),
        ],
        InterestRule(STATUTORY),
        first_on=date(2025, 8, 8),
        last_on=date(2025, 9, 3),
    )
    assert accrual == accrued("2000.00", date(2025, 8, 7), date(2025, 9, 3))


def test_currency_of_the_capital_is_that_of_the_interest():
    accrual = accrue(
        [CapitalStep(date(2025, 1, 1), Money(365_00, "EUR"))],
        InterestRule(InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal(10))),
        first_on=date(2025, 1, 1),
        last_on=date(2025, 1, 10),
    )
    assert accrual.rounded(HALF_UP) == Money(100, "EUR")


@pytest.mark.parametrize(
    ("due_on", "through_on", "missing_on"),
    [
        (date(2002, 6, 29), date(2002, 7, 5), date(2002, 6, 30)),
        (date(2026, 12, 1), date(2027, 1, 1), date(2027, 1, 1)),
    ],
)
def test_half_year_without_a_rate_is_refused(due_on: date, through_on: date, missing_on: date):
    with pytest.raises(ReferenceRateMissing) as refused:
        accrued("1000.00", due_on, through_on)
    assert refused.value.on == missing_on


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([(date(2025, 1, 1), Money(-1))], "negative capital bears no interest"),
        (
            [(date(2025, 1, 2), Money(1)), (date(2025, 1, 1), Money(1))],
            "capital steps must stand in order of date",
        ),
        (
            [(date(2025, 1, 1), Money(1)), (date(2025, 1, 2), Money(1, "EUR"))],
            "capital steps must be of one currency",
        ),
    ],
)
def test_steps_that_make_no_sense_are_refused(steps, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        accrue(
            [CapitalStep(*step) for step in steps],
            InterestRule(STATUTORY),
            first_on=date(2025, 1, 1),
            last_on=date(2025, 1, 31),
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"basis": InterestBasis.FIXED}, "a fixed basis needs its annual rate"),
        (
            {"basis": InterestBasis.FIXED, "annual_rate_percent": Decimal(-1)},
            "neither a margin nor an agreed rate may be negative",
        ),
        (
            {"basis": InterestBasis.REFERENCE_PLUS_MARGIN, "margin_percent": Decimal(-1)},
            "neither a margin nor an agreed rate may be negative",
        ),
        ({"basis": InterestBasis.FIXED_WITH_FLOOR}, "a fixed basis needs its annual rate"),
        (
            {"margin_percent": Decimal("-0.0001")},
            "neither a margin nor an agreed rate may be negative",
        ),
        ({"margin_percent": Decimal("8.00001")}, "a rate has at most 4 decimals"),
        (
            {"basis": InterestBasis.FIXED, "annual_rate_percent": Decimal("0.00001")},
            "a rate has at most 4 decimals",
        ),
    ],
)
def test_terms_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        InterestTerms(**arguments)


def test_rate_may_have_four_decimals():
    terms = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal("12.3457"))
    assert accrued("3650.00", date(2025, 1, 1), date(2025, 1, 2), terms).exact_minor == Fraction(
        123457, 1000
    )


def test_terms_by_default_are_the_statutory_ones():
    assert InterestTerms() == STATUTORY
    assert STATUTORY.margin_percent == 8
