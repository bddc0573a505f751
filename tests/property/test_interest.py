"""Interest against an oracle that goes day by day with plain dicts and fractions."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fordran.domain.interest import Accrual, CapitalStep, accrue
from fordran.domain.interest_terms import InterestBasis, InterestRule, InterestTerms
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.tables.reference_rates import REFERENCE_RATES

ONE_DAY = timedelta(days=1)
RATES = {
    (row.valid_from.year, row.valid_from.month): Fraction(row.percent) for row in REFERENCE_RATES
}

days = st.dates(date(2002, 7, 1), date(2026, 12, 31))
capitals = st.integers(0, 10_000_000_00).map(Money)
percents = st.decimals(Decimal(0), Decimal(60), places=3)
terms_of_any_basis = st.one_of(
    st.builds(InterestTerms, st.just(InterestBasis.REFERENCE_PLUS_MARGIN), margin_percent=percents),
    st.builds(InterestTerms, st.just(InterestBasis.FIXED), annual_rate_percent=percents),
    st.just(InterestTerms(InterestBasis.NONE)),
)
statutory = InterestTerms(InterestBasis.REFERENCE_PLUS_MARGIN)


@st.composite
def spans(draw: st.DrawFn, days_max: int = 1500) -> tuple[date, date]:
    first_on = draw(days)
    length = draw(st.integers(0, days_max))
    return first_on, min(first_on + timedelta(days=length) - ONE_DAY, date(2026, 12, 31))


@st.composite
def step_lists(draw: st.DrawFn) -> list[CapitalStep]:
    near = draw(days)
    offsets = sorted(draw(st.lists(st.integers(-400, 1500), max_size=6)))
    return [
        CapitalStep(near + timedelta(days=offset), draw(capitals))
        for offset in offsets
        if near + timedelta(days=offset) <= date(2026, 12, 31)
    ]


@st.composite
def accruals(draw: st.DrawFn) -> tuple[list[CapitalStep], tuple[date, date]]:
    steps = draw(step_lists())
    first_on, last_on = draw(spans())
    if steps and draw(st.booleans()):
        length = last_on - first_on
        first_on = max(steps[0].first_on + timedelta(days=draw(st.integers(-50, 50))), days_min())
        last_on = min(first_on + length, date(2026, 12, 31))
    return steps, (first_on, last_on)


def days_min() -> date:
    return date(2002, 7, 1)


def oracle(
    steps: Sequence[CapitalStep], terms: InterestTerms, first_on: date, last_on: date
) -> Fraction:
    """Walk the days; each adds capital x rate / 365."""
    capital_from = {step.first_on: step.capital.minor for step in steps}
    capital = 0
    for on in sorted(capital_from):
        if on < first_on:
            capital = capital_from[on]
    exact = Fraction(0)
    on = first_on
    while on <= last_on:
        capital = capital_from.get(on, capital)
        match terms.basis:
            case InterestBasis.NONE:
                rate = Fraction(0)
            case InterestBasis.FIXED:
                rate = Fraction(terms.annual_rate_percent)
            case InterestBasis.REFERENCE_PLUS_MARGIN:
                month = 1 if on.month < 7 else 7
                rate = RATES[on.year, month] + Fraction(terms.margin_percent)
        exact += Fraction(capital) * rate / 100 / 365
        on += ONE_DAY
    return exact


def of(capital: Money, terms: InterestTerms, first_on: date, last_on: date) -> Accrual:
    steps = [CapitalStep(first_on, capital)]
    return accrue(steps, InterestRule(terms), first_on=first_on, last_on=last_on)


@given(accruals(), terms_of_any_basis)
def test_sum_is_that_of_the_day_by_day_oracle(drawn, terms):
    steps, (first_on, last_on) = drawn
    accrual = accrue(steps, InterestRule(terms), first_on=first_on, last_on=last_on)
    assert accrual.exact_minor == oracle(steps, terms, first_on, last_on)


@given(accruals(), terms_of_any_basis)
def test_segments_explain_the_sum(drawn, terms):
    steps, (first_on, last_on) = drawn
    accrual = accrue(steps, InterestRule(terms), first_on=first_on, last_on=last_on)
    previous_last_on = first_on - ONE_DAY
    for segment in accrual.segments:
        assert previous_last_on < segment.first_on <= segment.last_on <= last_on
        assert segment.days == (segment.last_on - segment.first_on).days + 1
        assert segment.capital.minor > 0
        assert segment.exact_minor == (
            segment.capital.minor * Fraction(segment.annual_rate_percent) * segment.days / 36500
        )
        previous_last_on = segment.last_on
    assert accrual.exact_minor == sum(segment.exact_minor for segment in accrual.segments)


@given(accruals(), terms_of_any_basis, st.data())
def test_sum_is_additive_over_a_cut(drawn, terms, data):
    steps, (first_on, last_on) = drawn
    cut_on = data.draw(st.dates(first_on - ONE_DAY, max(last_on, first_on - ONE_DAY)))
    whole = accrue(steps, InterestRule(terms), first_on=first_on, last_on=last_on)
    before = accrue(steps, InterestRule(terms), first_on=first_on, last_on=cut_on)
    after = accrue(steps, InterestRule(terms), first_on=cut_on + ONE_DAY, last_on=last_on)
    assert before.exact_minor + after.exact_minor == whole.exact_minor


@given(accruals(), terms_of_any_basis)
def test_empty_span_is_zero(drawn, terms):
    steps, (first_on, _) = drawn
    assert not accrue(
        steps, InterestRule(terms), first_on=first_on, last_on=first_on - ONE_DAY
    ).segments


@given(capitals, capitals, spans(), percents)
def test_sum_grows_with_capital_days_and_rate(capital, more, span, percent):
    first_on, last_on = span
    terms = InterestTerms(InterestBasis.REFERENCE_PLUS_MARGIN, margin_percent=percent + 1)
    higher = InterestTerms(InterestBasis.REFERENCE_PLUS_MARGIN, margin_percent=percent + 2)
    least = of(capital, terms, first_on, last_on).exact_minor
    assert of(capital + more, terms, first_on, last_on).exact_minor >= least
    assert of(capital, higher, first_on, last_on).exact_minor >= least
    assert of(capital, terms, first_on, last_on - ONE_DAY).exact_minor <= least
    # Linear in the capital: two claims bear together what each bears alone.
    assert of(capital + more, terms, first_on, last_on).exact_minor == (
        least + of(more, terms, first_on, last_on).exact_minor
    )


@given(accruals(), terms_of_any_basis, st.sampled_from(RoundingPolicy))
def test_rounding_error_is_under_one_unit(drawn, terms, policy):
    steps, (first_on, last_on) = drawn
    accrual = accrue(steps, InterestRule(terms), first_on=first_on, last_on=last_on)
    error = accrual.exact_minor - accrual.rounded(policy).minor
    if policy is RoundingPolicy.WHOLE_KRONA_DOWN:
        assert 0 <= error < 100
    else:
        assert Fraction(-1, 2) <= error < Fraction(1, 2)


@given(capitals, spans(), st.sampled_from(RoundingPolicy))
def test_posting_differences_never_goes_backwards(capital, span, policy):
    first_on, last_on = span
    posted = of(capital, statutory, first_on, last_on - ONE_DAY).rounded(policy)
    assert of(capital, statutory, first_on, last_on).rounded(policy) >= posted
