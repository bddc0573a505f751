"""The law as versions of dated rows: added, superseded, checked; and cases counted anew by them."""

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, Debt
from fordran.domain.draft import Draft
from fordran.domain.law import SHIPPED_LAW, Law
from fordran.domain.law_check import LawState, check, is_official
from fordran.domain.law_import import (
    Added,
    GivenRow,
    LawImport,
    LawNotImported,
    decide_import,
)
from fordran.domain.ledger import Component, FactKind
from fordran.domain.money import Money
from fordran.domain.recount import is_touched, law_fact, recount
from fordran.domain.refusals import ReferenceRateMissing
from fordran.domain.rules import Rules
from fordran.domain.tables.reference_rates import ReferenceRate
from fordran.domain.tables.statutory_costs import CostKind
from tests.property.strategies import Book, Paid, Story, at, case_id

TODAY = date(2027, 1, 10)
JANUARY_2026 = date(2026, 1, 1)
SOURCE = "SFS 2025:1582"


def given(kind: str = "reference_rate", **changes: str) -> GivenRow:
    row = GivenRow(
        place="line 2",
        kind=kind,
        valid_from="2027-01-01",
        value="2.25",
        source="SFS 2026:1500",
        read_on="2027-01-04",
    )
    return replace(row, **changes)


def imported(*rows: GivenRow, law: Law = SHIPPED_LAW) -> LawImport:
    return decide_import(law, rows, TODAY)


def corrected(percent: str, valid_from: date = JANUARY_2026) -> Law:
    row = ReferenceRate(valid_from, Decimal(percent), "SFS 2026:7", date(2026, 2, 1))
    return SHIPPED_LAW.with_rows(1, [row])


def issues_of(*rows: GivenRow, law: Law = SHIPPED_LAW) -> tuple[str, ...]:
    with pytest.raises(LawNotImported) as refused:
        imported(*rows, law=law)
    return refused.value.issues


def test_row_added_is_the_next_half_years() -> None:
    law = SHIPPED_LAW.with_rows(1, [one.row for one in imported(given()).added])
    assert law.version == 1
    assert law.reference_rate(date(2027, 6, 30)) == Decimal("2.25")
    with pytest.raises(ReferenceRateMissing):
        law.reference_rate(date(2027, 7, 1))
    with pytest.raises(ReferenceRateMissing):
        SHIPPED_LAW.reference_rate(date(2027, 1, 1))


def test_row_that_was_corrected_is_kept_with_its_correction_and_not_used() -> None:
    law = corrected("-1.75")
    assert law.reference_rate(date(2026, 6, 30)) == Decimal("-1.75")
    rows = [row for row in law.reference_rates if row.valid_from == JANUARY_2026]
    assert [(row.percent, row.superseded_by) for row in rows] == [
        (Decimal("2.00"), "SFS 2026:7"),
        (Decimal("-1.75"), None),
    ]
    assert len(law.reference_rates) == len(SHIPPED_LAW.reference_rates) + 1
    assert law.statutory_costs == SHIPPED_LAW.statutory_costs


def test_cost_that_was_corrected_is_kept_and_not_used() -> None:
    row = given(
        "reminder", valid_from="2013-03-16", value="65", source="SFS 2013:60", supersedes="in_force"
    )
    (added,) = imported(row).added
    law = SHIPPED_LAW.with_rows(1, [added.row])
    before = SHIPPED_LAW.statutory_cost(CostKind.REMINDER, date(2020, 1, 1))
    assert added.superseded == before
    assert before.amount == Money(60_00)
    found = law.statutory_cost(CostKind.REMINDER, date(2020, 1, 1))
    assert (found.amount, found.paragraph) == (Money(65_00), before.paragraph)


def test_rates_changed_from_is_the_first_half_year_that_differs() -> None:
    law = corrected("2.50", date(2012, 7, 1)).with_rows(
        2, [ReferenceRate(JANUARY_2026, Decimal("2.25"), "x", TODAY)]
    )
    assert law.rates_changed_from(SHIPPED_LAW) == date(2012, 7, 1)
    assert law.rates_changed_from(law) is None
    # The same rate from a better source, and a half-year that was missing, change nothing.
    assert corrected("2.00").rates_changed_from(SHIPPED_LAW) is None
    longer = SHIPPED_LAW.with_rows(1, [one.row for one in imported(given()).added])
    assert longer.rates_changed_from(SHIPPED_LAW) is None


def test_identical_row_is_skipped_and_a_rows_decimals_do_not_matter() -> None:
    row = given(valid_from="2026-01-01", value="2.00", source=SOURCE)
    found = imported(row, given())
    assert [one.row.valid_from for one in found.added] == [date(2027, 1, 1)]
    assert [row.valid_from for row in found.skipped] == [JANUARY_2026]
    # twice in one file
    assert len(imported(given(), given()).skipped) == 1


@pytest.mark.parametrize("word", [SOURCE, "in_force"])
def test_correction_names_the_source_of_the_row_or_says_in_force(word: str) -> None:
    found = imported(given(valid_from="2026-01-01", supersedes=word))
    known = SHIPPED_LAW.row_like(found.added[0].row)
    assert known is not None
    assert found.added == (Added(found.added[0].row, known),)
    assert known.source == SOURCE


WRONG = {
    "kind": (given("interest"), "kind is 'interest'"),
    "no kind": (given(""), "kind is ''"),
    "within a half-year": (given(valid_from="2027-02-01"), "begins on 1 January or 1 July"),
    "the last of a month": (given(valid_from="2026-12-31"), "begins on 1 January or 1 July"),
    "before the act": (given(valid_from="2002-01-01"), "before 2002-07-01"),
    "no such day": (given(valid_from="2027-02-30"), "must be a date"),
    "a day in other words": (given(valid_from="1 Jan 2027"), "must be a date"),
    "a week": (given(valid_from="2027-W01-1"), "must be a date"),
    "a comma": (given(value="2,25"), "must be a number such as 2.00"),
    "a word": (given(value="NaN"), "must be a number"),
    "an exponent": (given(value="2e0"), "must be a number"),
    "no value": (given(value=""), "must be a number"),
    "five decimals": (given(value="2.25001"), "4 decimals at most"),
    "a slipped point": (given(value="225"), "is the decimal point in its place?"),
    "below it": (given(value="-100.5"), "is the decimal point in its place?"),
    "three decimals of a krona": (given("reminder", value="60.005"), "2 decimals at most"),
    "a cost of nothing": (given("reminder", value="0"), "more than 0 kronor"),
    "a negative cost": (given("reminder", value="-60"), "more than 0 kronor"),
    "no source": (given(source=""), "source is missing"),
    "not read": (given(read_on=""), "read_on is ''"),
    "read tomorrow": (given(read_on="2027-01-11"), "is in the future"),
    "published after": (given(published_on="2027-01-05"), "is after read_on"),
    "published some day": (given(published_on="soon"), "published_on is 'soon'"),
    "a row there": (given(valid_from="2026-01-01"), f"has a row (2.00 %, source: {SOURCE})"),
    "another there": (
        given(valid_from="2026-01-01", supersedes="SFS 1999:1"),
        "supersedes is 'SFS 1999:1', but the row in force is 2.00 %",
    ),
    "none there": (given(supersedes="in_force"), "no row is in force for the day"),
    "a gap": (given(valid_from="2027-07-01"), "2027-01-01 would be left without"),
}


@pytest.mark.parametrize("name", WRONG)
def test_row_that_is_wrong_is_refused_with_what_is_wrong(name: str) -> None:
    row, words = WRONG[name]
    (issue,) = issues_of(row)
    assert words in issue
    assert name == "a gap" or issue.startswith("line 2: ")


def test_every_wrong_row_is_named_at_once_and_none_is_added() -> None:
    issues = issues_of(given(), given(value="x", place="line 3"), given("?", place="line 4"))
    assert [issue.split(":")[0] for issue in issues] == ["line 3", "line 4"]


@pytest.mark.parametrize("value", ["-0.50", "0", "0.0000", "-0.1234", "100"])
def test_rates_at_and_below_zero_are_rates(value: str) -> None:
    (added,) = imported(given(value=value)).added
    law = SHIPPED_LAW.with_rows(1, [added.row])
    assert law.reference_rate(date(2027, 1, 1)) == Decimal(value)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (date(2026, 5, 31), LawState.FINE),
        (date(2026, 6, 1), LawState.FINE),
        (date(2026, 11, 30), LawState.FINE),
        (date(2026, 12, 1), LawState.NEXT_IS_MISSING),
        (date(2026, 12, 31), LawState.NEXT_IS_MISSING),
        (date(2027, 1, 1), LawState.IS_MISSING),
        (date(2028, 1, 1), LawState.IS_MISSING),
    ],
)
def test_next_half_year_is_missed_from_a_month_before(on: date, state: LawState) -> None:
    assert check(SHIPPED_LAW, on).state is state


def test_first_of_june_is_the_summers_day_of_warning() -> None:
    law = replace(SHIPPED_LAW, reference_rates=SHIPPED_LAW.reference_rates[:-1])
    assert check(law, date(2026, 5, 31)).state is LawState.FINE
    found = check(law, date(2026, 6, 1))
    assert (found.state, found.warns_from_on) == (LawState.NEXT_IS_MISSING, date(2026, 6, 1))


def test_check_names_every_half_year_that_is_missing() -> None:
    kept = [row for row in SHIPPED_LAW.reference_rates if row.valid_from.year != 2010]
    found = check(replace(SHIPPED_LAW, reference_rates=tuple(kept)), date(2027, 8, 1))
    assert found.missing == (
        date(2010, 1, 1),
        date(2010, 7, 1),
        date(2027, 1, 1),
        date(2027, 7, 1),
    )


def test_check_names_rows_that_are_weak_and_rows_that_were_superseded() -> None:
    found = check(corrected("2.25"), TODAY)
    assert [row.valid_from for row in found.weak] == [date(2026, 7, 1)]
    assert [row.source for row in found.superseded] == [SOURCE]
    assert all(is_official(row) for row in SHIPPED_LAW.statutory_costs)


def lived_until(on: date) -> Case:
    """Return a case of 200 000 kronor, due on 7 August 2025, with a payment on a day."""
    debt = Debt("INV-1", date(2025, 7, 7), 31, 31, Money(200_000_00), "")
    story = Story((debt,), is_consumer=False, registered_on=date(2025, 9, 3), payments=())
    book = Book(story)
    book.advance(at(on))
    book.pay(Paid(0, 1_000_00, on, 0), "p1", at(on, 10))
    return book.cases[case_id(0)]


def recounted(case: Case, law: Law) -> Case:
    draft = Draft(case, at(date(2026, 3, 2)))
    recount([draft], draft, law_fact(law), Rules(AgreementTerms(), law))
    return draft.case


def test_recount_posts_the_difference_alone_and_names_the_version() -> None:
    case = lived_until(date(2026, 2, 10))
    # 8 August to 10 February: 187 days at 10 percent on 200 000, down to whole kronor.
    assert case.balances.interest.added == Money(10_246_00)
    after = recounted(case, corrected("3.00"))
    # 41 of them, from 1 January, at 11 percent: 10 471.23.
    assert after.balances.interest.added == Money(10_471_00)
    (row,) = [entry for entry in after.entries if entry.number > len(case.entries)]
    assert (row.component, row.amount) == (Component.INTEREST, Money(225_00))
    assert row.fact is not None
    assert (row.fact.kind, row.fact.id) == (FactKind.LAW, "1")
    assert row.value_at == at(date(2026, 2, 10))
    assert (after.law_version, after.interest_counted_through_on) == (1, date(2026, 2, 10))
    assert after.balances.capital == case.balances.capital


def test_recount_back_to_the_first_rate_comes_to_where_it_was() -> None:
    case = lived_until(date(2026, 2, 10))
    back = replace(corrected("3.00"), version=2).with_rows(
        2, [ReferenceRate(JANUARY_2026, Decimal("2.00"), "SFS 2026:8", TODAY)]
    )
    after = recounted(recounted(case, corrected("3.00")), back)
    assert after.balances == case.balances
    assert [e.amount.minor for e in after.entries[len(case.entries) :]] == [225_00, -225_00]


def test_only_open_cases_that_were_counted_into_a_corrected_half_year_are_touched() -> None:
    case = lived_until(date(2026, 2, 10))
    versions = {0: SHIPPED_LAW}
    assert is_touched(case, corrected("3.00"), versions)
    assert is_touched(case, corrected("3.00", date(2025, 7, 1)), versions)
    assert not is_touched(case, corrected("3.00", date(2026, 7, 1)), versions)
    assert not is_touched(case, corrected("2.00"), versions)
    assert not is_touched(case, SHIPPED_LAW, versions)
    law = corrected("3.00")
    assert not is_touched(recounted(case, law), law, {**versions, 1: law})
