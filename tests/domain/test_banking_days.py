from datetime import date

import pytest

from fordran.domain.banking_days import (
    add_bank_days,
    easter_day,
    first_bank_day,
    is_bank_day,
    payment_deadline,
)
from tests.domain.law_pages import Row, table

# Lag (1989:253) 1-2 §§ and the three eves, written out for two years.
CLOSED = [
    "2026-01-01",
    "2026-01-06",
    "2026-04-03",
    "2026-04-05",
    "2026-04-06",
    "2026-05-01",
    "2026-05-14",
    "2026-05-24",
    "2026-06-06",
    "2026-06-19",
    "2026-06-20",
    "2026-10-31",
    "2026-12-24",
    "2026-12-25",
    "2026-12-26",
    "2026-12-31",
    "2027-01-01",
    "2027-01-06",
    "2027-03-26",
    "2027-03-28",
    "2027-03-29",
    "2027-05-01",
    "2027-05-06",
    "2027-05-16",
    "2027-06-06",
    "2027-06-25",
    "2027-06-26",
    "2027-11-06",
    "2027-12-24",
    "2027-12-25",
    "2027-12-26",
    "2027-12-31",
]


@pytest.mark.parametrize("text", CLOSED)
def test_closed_day_is_no_bank_day(text):
    assert not is_bank_day(date.fromisoformat(text))


@pytest.mark.parametrize("text", ["2026-01-05", "2026-04-02", "2026-04-30", "2026-05-13"])
def test_half_day_is_a_bank_day(text):
    assert is_bank_day(date.fromisoformat(text))


def test_whit_monday_gave_way_to_the_national_day():
    assert not is_bank_day(date(2004, 5, 31))
    assert is_bank_day(date(2002, 6, 6))
    assert is_bank_day(date(2005, 5, 16))
    assert not is_bank_day(date(2005, 6, 6))


@pytest.mark.parametrize(
    "text", ["2000-04-23", "2008-03-23", "2011-04-24", "2019-04-21", "2038-04-25", "2049-04-18"]
)
def test_easter_day(text):
    on = date.fromisoformat(text)
    assert easter_day(on.year) == on


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 6, 18), date(2026, 6, 18)),
        (date(2026, 6, 19), date(2026, 6, 22)),
        (date(2026, 12, 24), date(2026, 12, 28)),
        (date(2027, 5, 1), date(2027, 5, 3)),
    ],
)
def test_first_bank_day(on, expected):
    assert first_bank_day(on) == expected


@pytest.mark.parametrize(
    ("on", "n", "expected"),
    [
        (date(2025, 9, 3), 1, date(2025, 9, 4)),
        (date(2025, 9, 5), 1, date(2025, 9, 8)),
        (date(2026, 12, 22), 4, date(2026, 12, 30)),
    ],
)
def test_add_bank_days(on, n, expected):
    assert add_bank_days(on, n) == expected


@pytest.mark.parametrize(
    "row", table("time-to-pay.md", "Worked examples"), ids=lambda row: row["dispatched"]
)
def test_deadline_of_the_law_page_holds(row: Row):
    dispatched_on, days = date.fromisoformat(row["dispatched"]), int(row["days to pay"])
    if row["deadline"] == "refused":
        with pytest.raises(ValueError, match="fewer than 8"):
            payment_deadline(dispatched_on, days_to_pay=days)
        return
    deadline = payment_deadline(dispatched_on, days_to_pay=days)
    assert deadline == date.fromisoformat(row["deadline"])
    if days == 10:
        assert payment_deadline(dispatched_on) == deadline


def test_deadline_waits_for_a_slower_post():
    on = date(2025, 9, 3)
    assert payment_deadline(on, arrival_bank_days=5) == date(2025, 9, 16)
    assert payment_deadline(on, bank_days_after_arrival=8) == date(2025, 9, 17)


@pytest.mark.parametrize("count", ["arrival_bank_days", "bank_days_after_arrival"])
def test_deadline_without_bank_days_is_refused(count):
    with pytest.raises(ValueError, match="counted from 1"):
        payment_deadline(date(2025, 9, 3), **{count: 0})
