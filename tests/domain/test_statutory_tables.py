from datetime import date
from decimal import Decimal

import msgspec
import pytest

from fordran.domain.money import Money
from fordran.domain.refusals import ReferenceRateMissing
from fordran.domain.tables.limitation_periods import (
    LIMITATION_PERIODS,
    LimitationPeriodMissing,
    limitation_period,
)
from fordran.domain.tables.reference_rates import (
    REFERENCE_RATES,
    RIKSBANK_PAGE,
    half_year,
    next_half_year,
    reference_rate,
)
from fordran.domain.tables.statutory_costs import (
    STATUTORY_COSTS,
    CostKind,
    StatutoryCostMissing,
    statutory_cost,
)
from fordran.domain.tables.statutory_margins import STATUTORY_MARGINS
from tests.domain.law_pages import Row, table


@pytest.mark.parametrize(
    "row", table("reference-rates.md", "Worked examples"), ids=lambda row: row["on"]
)
def test_reference_rate_of_the_law_page_holds(row: Row):
    on = date.fromisoformat(row["on"])
    if row["reference rate"] == "refused":
        with pytest.raises(ReferenceRateMissing) as refused:
            reference_rate(on)
        assert refused.value.on == on
        return
    found = reference_rate(on)
    assert str(found.percent) == row["reference rate"]
    assert str(found.percent + STATUTORY_MARGINS[-1].percent) == row["default interest"]
    if row["notice"]:
        assert found.source == row["notice"]
    else:
        assert not found.source.startswith("SFS")


def test_reference_rates_stand_in_order_without_gaps():
    starts = [row.valid_from for row in REFERENCE_RATES if row.superseded_by is None]
    assert starts[0] == date(2002, 7, 1)
    assert all(half_year(start) == start for start in starts)
    assert starts[1:] == [next_half_year(start) for start in starts[:-1]]
    assert starts[-1] == date(2026, 7, 1)


def test_reference_rates_are_whole_half_per_cents_with_a_source():
    for row in REFERENCE_RATES:
        assert row.percent % Decimal("0.50") == 0
        assert row.source
        assert row.read_on >= min(row.valid_from, date(2023, 7, 3))


def test_latest_reference_rate_is_marked_as_weaker():
    assert "no SFS notice" in reference_rate(date(2026, 7, 1)).source
    assert reference_rate(date(2026, 6, 30)).source == "SFS 2025:1582"
    assert reference_rate(date(2020, 7, 1)).source == RIKSBANK_PAGE


def test_reference_rate_that_was_corrected_is_kept_but_not_used():
    wrong = msgspec.structs.replace(REFERENCE_RATES[0], superseded_by="correction")
    right = msgspec.structs.replace(wrong, percent=Decimal("9.50"), superseded_by=None)
    for rows in ((wrong, right), (right, wrong)):
        assert reference_rate(right.valid_from, rows) == right
    with pytest.raises(ReferenceRateMissing):
        reference_rate(wrong.valid_from, (wrong,))


def test_statutory_cost_that_was_corrected_is_kept_but_not_used():
    wrong = msgspec.structs.replace(STATUTORY_COSTS[0], superseded_by="correction")
    right = msgspec.structs.replace(wrong, amount=Money(70_00), superseded_by=None)
    for rows in ((wrong, right), (right, wrong)):
        assert statutory_cost(right.kind, right.valid_from, rows) == right
    with pytest.raises(StatutoryCostMissing):
        statutory_cost(wrong.kind, wrong.valid_from, (wrong,))


@pytest.mark.parametrize(
    ("on", "first_on", "next_on"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), date(2025, 7, 1)),
        (date(2025, 6, 30), date(2025, 1, 1), date(2025, 7, 1)),
        (date(2025, 7, 1), date(2025, 7, 1), date(2026, 1, 1)),
        (date(2025, 12, 31), date(2025, 7, 1), date(2026, 1, 1)),
    ],
)
def test_half_year_of_a_day(on: date, first_on: date, next_on: date):
    assert (half_year(on), next_half_year(on)) == (first_on, next_on)


@pytest.mark.parametrize(
    "row",
    table("statutory-costs.md", "Worked examples"),
    ids=lambda row: f"{row['kind']}-{row['on']}",
)
def test_statutory_cost_of_the_law_page_holds(row: Row):
    kind, on = CostKind(row["kind"]), date.fromisoformat(row["on"])
    if row["amount"] == "refused":
        with pytest.raises(StatutoryCostMissing) as refused:
            statutory_cost(kind, on)
        assert (refused.value.kind, refused.value.on) == (kind, on)
        return
    found = statutory_cost(kind, on)
    assert found.amount == Money(int(Decimal(row["amount"]) * 100))
    assert found.source == row["notice"]


def test_every_kind_of_cost_has_a_row_and_a_line_on_the_law_page():
    kinds = set(CostKind)
    assert {row.kind for row in STATUTORY_COSTS} == kinds
    by_kind = {row["kind"].strip("`"): row for row in table("statutory-costs.md", "The rule")}
    assert set(by_kind) == {kind.value for kind in kinds}
    assert {row["kind"] for row in table("statutory-costs.md", "Worked examples")} == set(by_kind)


@pytest.mark.parametrize("rows", [STATUTORY_COSTS, LIMITATION_PERIODS, STATUTORY_MARGINS])
def test_rows_of_law_name_paragraph_notice_and_day_of_reading(rows):
    for row in rows:
        assert "§" in row.paragraph
        assert row.source.startswith("SFS ")
        assert row.read_on >= row.valid_from


@pytest.mark.parametrize(("is_consumer", "years"), [(True, 3), (False, 10)])
def test_limitation_period_by_kind_of_debtor(is_consumer, years):
    assert limitation_period(date(1982, 1, 1), is_consumer=is_consumer).years == years


def test_limitation_period_before_the_act_is_refused():
    on = date(1981, 12, 31)
    with pytest.raises(LimitationPeriodMissing) as refused:
        limitation_period(on, is_consumer=False)
    assert refused.value.on == on
    assert refused.value.reason() == "limitation_period_missing"
