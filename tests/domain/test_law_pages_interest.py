"""The worked examples of docs/law/interest.md beyond the plain accruals."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from fordran.domain.explanation import kronor as exact_kronor
from fordran.domain.facts import Cost, Facts, MoneyFact, Valuation
from fordran.domain.interest import Accrual, CapitalStep, accrue
from fordran.domain.interest_terms import (
    InterestBasis,
    InterestReduction,
    InterestRule,
    InterestStart,
    InterestTerms,
)
from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import RoundingPolicy, total
from fordran.domain.valuation import value
from tests.domain.law_cases import figure, kronor
from tests.domain.law_pages import Row, table

ONE_DAY = timedelta(days=1)


def exact(accrual: Accrual) -> str:
    return f"{exact_kronor(accrual.units):.4f}"


def rates(accrual: Accrual) -> str:
    return " + ".join(f"{segment.annual_rate_percent:.2f}" for segment in accrual.segments)


def days(accrual: Accrual) -> str:
    return " + ".join(str(segment.days) for segment in accrual.segments)


def terms_of(row: Row) -> InterestTerms:
    basis = InterestBasis(row["basis"])
    if basis is InterestBasis.NONE:
        return InterestTerms(basis)
    agreed = Decimal(row["agreed"])
    if basis is InterestBasis.REFERENCE_PLUS_MARGIN:
        return InterestTerms(basis, margin_percent=agreed)
    return InterestTerms(basis, annual_rate_percent=agreed)


@pytest.mark.parametrize("row", table("interest.md", "Bases"))
def test_basis_of_the_law_page_holds(row: Row) -> None:
    first_on = date.fromisoformat(row["due"]) + ONE_DAY
    accrual = accrue(
        [CapitalStep(first_on, kronor("10000.00"))],
        InterestRule(terms_of(row)),
        first_on=first_on,
        last_on=date.fromisoformat(row["counted to"]),
    )
    assert rates(accrual) == row["rates"]
    assert exact(accrual) == row["exact"]
    assert figure(accrual.rounded(RoundingPolicy.ORE_HALF_UP)) == row["ore_half_up"]


def test_every_basis_is_on_the_law_page() -> None:
    assert {row["basis"] for row in table("interest.md", "Bases")} == set(InterestBasis)


@pytest.mark.parametrize("row", table("interest.md", "When interest begins"))
def test_start_of_the_law_page_holds(row: Row) -> None:
    terms = InterestTerms(
        start=InterestStart(row["start"]),
        thirtieth_day_bears_interest=row["thirtieth day bears interest"] == "yes",
    )
    first_on = terms.first_on(invoice_on=date(2026, 4, 10), agreed_first_on=date(2026, 4, 21))
    assert first_on.isoformat() == row["first day"]
    accrual = accrue(
        [CapitalStep(first_on, kronor("36500.00"))],
        InterestRule(terms),
        first_on=first_on,
        last_on=date.fromisoformat(row["counted to"]),
    )
    assert days(accrual) == row["days"]
    assert figure(accrual.rounded(RoundingPolicy.WHOLE_KRONA_DOWN)) == row["interest"]


def valued(source: MoneySource, rounding: RoundingPolicy) -> Valuation:
    """Return the claim of E10, valued on 31 July 2026."""
    facts = Facts(
        capital=kronor("10000.00"),
        costs=(
            Cost(kronor("60.00"), date(2026, 4, 10)),
            Cost(kronor("180.00"), date(2026, 4, 20)),
        ),
        money=(MoneyFact(kronor("3000.00"), date(2026, 5, 15), source),),
        interest_from_on=date(2026, 4, 1),
        rule=InterestRule(InterestTerms()),
        rounding=rounding,
    )
    return value(facts, date(2026, 7, 31))


@pytest.mark.parametrize("row", table("interest.md", "A claim that is paid in part"))
def test_part_payment_of_the_law_page_holds(row: Row) -> None:
    valuation = valued(MoneySource(row["paid to"]), RoundingPolicy(row["rounding"]))
    for component in Component:
        assert figure(valuation.settled(component)) == row[f"on {component.value}"]
    assert figure(valuation.interest_added) == row["interest in all"]
    claimed = kronor("10240.00") + valuation.interest_added
    settled = total(valuation.settled(component) for component in Component)
    assert figure(claimed - settled) == row["owed"]


def test_rounding_each_part_alone_would_give_another_sum() -> None:
    segments = valued(MoneySource.AGENCY, RoundingPolicy.ORE_HALF_UP).interest.segments
    before, after = Accrual(segments[:1]), Accrual(segments[1:])
    parts = [part.rounded(RoundingPolicy.ORE_HALF_UP) for part in (before, after)]
    assert [figure(part) for part in parts] == ["123.29", "155.34"]


@pytest.mark.parametrize("row", table("interest.md", "What a demand asks"))
def test_demand_of_the_law_page_holds(row: Row) -> None:
    claimed = [kronor(row[name]) for name in ("capital", "interest", "reminder", "demand")]
    accrual = accrue(
        [CapitalStep(date(2025, 8, 8), kronor(row["capital"]))],
        InterestRule(InterestTerms()),
        first_on=date(2025, 8, 8),
        last_on=date(2025, 9, 3),
    )
    assert figure(accrual.rounded(RoundingPolicy(row["rounding"]))) == row["interest"]
    assert figure(total(claimed)) == row["total"]


@pytest.mark.parametrize("row", table("interest.md", "A reduction"))
def test_reduction_of_the_law_page_holds(row: Row) -> None:
    through = row["through"]
    reduction = InterestReduction(
        reduction_id="1" * 24,
        first_on=date.fromisoformat(row["from"]),
        last_on=None if through == "until further notice" else date.fromisoformat(through),
        annual_rate_percent=Decimal(row["reduced to"]),
        reason="illness",
        decided_by="a case handler",
    )
    accrual = accrue(
        [CapitalStep(date(2025, 8, 8), kronor("10000.00"))],
        InterestRule(InterestTerms(), reductions=(reduction,)),
        first_on=date(2025, 8, 8),
        last_on=date(2025, 11, 10),
    )
    assert (days(accrual), rates(accrual)) == (row["days"], row["rates"])
    assert exact(accrual) == row["exact"]
