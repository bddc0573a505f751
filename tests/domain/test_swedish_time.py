from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from fordran.domain.swedish_time import add_years, civil_date, midnight_utc, next_full_hour


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "on"),
    [
        ("2025-09-03T21:59:59", date(2025, 9, 3)),
        ("2025-09-03T22:00:00", date(2025, 9, 4)),
        ("2025-12-31T22:59:59", date(2025, 12, 31)),
        ("2025-12-31T23:00:00", date(2026, 1, 1)),
        ("2025-03-30T00:59:59", date(2025, 3, 30)),
    ],
)
def test_civil_date_is_the_date_in_stockholm(at, on):
    assert civil_date(utc(at)) == on


def test_civil_date_takes_any_zone():
    new_york = timezone(timedelta(hours=-5))
    assert civil_date(datetime(2025, 12, 31, 18, tzinfo=new_york)) == date(2026, 1, 1)


@pytest.mark.parametrize("call", [civil_date, next_full_hour, lambda at: add_years(at, 1)])
def test_naive_instant_is_refused(call):
    with pytest.raises(ValueError, match="aware"):
        call(utc("2025-09-03").replace(tzinfo=None))


def test_midnight_utc_writes_the_date_itself():
    assert midnight_utc(date(2025, 7, 7)) == utc("2025-07-07T00:00:00")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-09-03T07:56:12", "2025-09-03T08:00:00"),
        ("2025-09-03T08:00:00", "2025-09-03T09:00:00"),
        ("2025-09-03T08:00:00.000001", "2025-09-03T09:00:00"),
        ("2025-12-31T23:59:59.999999", "2026-01-01T00:00:00"),
    ],
)
def test_next_full_hour_is_strictly_after(at, expected):
    assert next_full_hour(utc(at)) == utc(expected)


@pytest.mark.parametrize(
    ("at", "years", "expected"),
    [
        ("2025-09-03T09:10:22.5", 10, "2035-09-03T09:10:22.5"),
        ("2025-09-03T00:00:00", 0, "2025-09-03T00:00:00"),
        ("2024-02-29T09:00:00", 4, "2028-02-29T09:00:00"),
        ("2024-02-29T09:00:00", 3, "2027-02-28T09:00:00"),
        ("2024-02-29T23:30:00", 10, "2034-02-28T23:30:00"),
        ("2024-02-28T23:30:00", 10, "2034-02-27T23:30:00"),
        ("2023-02-28T12:00:00", 1, "2024-02-28T12:00:00"),
        ("2025-12-31T23:30:00", 1, "2026-12-31T23:30:00"),
        # Summer time begins on 29 March in 2037 and ends on 28 October in 2035.
        ("2027-03-28T10:00:00", 10, "2037-03-28T10:00:00"),
        ("2027-03-28T22:30:00", 10, "2037-03-28T23:30:00"),
        ("2025-10-28T00:00:00", 10, "2035-10-28T00:00:00"),
        ("2025-10-26T22:30:00", 10, "2035-10-26T21:30:00"),
    ],
)
def test_years_later_on_the_same_swedish_day(at, years, expected):
    later = add_years(utc(at), years)
    assert later == utc(expected)
    assert later.tzinfo is UTC
