from datetime import UTC, datetime

import pytest

from fordran.domain.limitation import limitation_at
from fordran.domain.tables.limitation_periods import LimitationPeriodMissing
from tests.domain.law_pages import Row, table


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "row", table("limitation.md", "Worked examples"), ids=lambda row: row["break"]
)
def test_worked_example_of_the_law_page_holds(row: Row):
    is_consumer = {"yes": True, "no": False}[row["consumer"]]
    assert limitation_at(utc(row["break"]), is_consumer=is_consumer) == utc(row["barred"])


def test_break_before_the_act_is_refused():
    with pytest.raises(LimitationPeriodMissing):
        limitation_at(utc("1981-12-31T12:00:00"), is_consumer=True)


def test_naive_break_is_refused():
    with pytest.raises(ValueError, match="aware"):
        limitation_at(utc("2025-09-03").replace(tzinfo=None), is_consumer=True)
