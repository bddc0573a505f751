"""The worked examples of docs/law/consumer-credit.md."""

from datetime import date
from decimal import Decimal

import pytest

from fordran.domain.case import ConsumerCredit
from fordran.domain.facts import Cost, Facts
from fordran.domain.interest_terms import InterestBasis, InterestRule, InterestTerms
from fordran.domain.law import SHIPPED_LAW
from fordran.domain.money import RoundingPolicy
from fordran.domain.tables.consumer_credit import CREDIT_RATE_CAPS
from fordran.domain.valuation import value
from tests.domain.law_cases import figure, kronor
from tests.domain.law_pages import Row, table


@pytest.mark.parametrize("row", table("consumer-credit.md", "Rates"))
def test_rate_of_the_law_page_holds(row: Row) -> None:
    on = date.fromisoformat(row["on"])
    terms = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal(row["agreed"]))
    rule = InterestRule(terms, is_consumer_credit=True)
    assert f"{SHIPPED_LAW.reference_rate(on):.2f}" == row["reference rate"]
    assert f"{rule.rate(on):.2f}" == row["rate"]
    assert InterestRule(terms).rate(on) == Decimal(row["agreed"])


@pytest.mark.parametrize("row", table("consumer-credit.md", "The ceiling"))
def test_ceiling_of_the_law_page_holds(row: Row) -> None:
    credit = ConsumerCredit(kronor("1000.00"), kronor(row["cost before"]))
    assert figure(credit.ceiling) == row["ceiling"]
    claimed = kronor(row["costs claimed"])
    facts = Facts(
        capital=kronor("1000.00"),
        costs=(Cost(claimed, date(2025, 8, 31)),) if claimed else (),
        money=(),
        interest_from_on=date(2025, 6, 1),
        rule=InterestRule(InterestTerms(), is_consumer_credit=True),
        rounding=RoundingPolicy.WHOLE_KRONA_DOWN,
        cost_ceiling=credit.ceiling,
    )
    valued = value(facts, date.fromisoformat(row["counted to"]))
    assert figure(valued.interest_added) == row["interest"]


def test_cap_cuts_a_half_year_from_the_day_it_begins() -> None:
    terms = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal(50))
    span = date(2025, 2, 1), date(2025, 7, 31)
    assert list(InterestRule(terms, is_consumer_credit=True).periods(*span)) == [
        (date(2025, 2, 1), date(2025, 2, 28), Decimal(50)),
        # The reference rate of 3, then of 2, and 20 points.
        (date(2025, 3, 1), date(2025, 6, 30), Decimal(23)),
        (date(2025, 7, 1), date(2025, 7, 31), Decimal(22)),
    ]
    assert list(InterestRule(terms).periods(*span)) == [(*span, Decimal(50))]


def test_rows_of_the_cap_name_paragraph_and_notice() -> None:
    for row in CREDIT_RATE_CAPS:
        assert "19 a §" in row.paragraph
        assert row.source.startswith("SFS ")
        assert row.read_on >= row.valid_from
