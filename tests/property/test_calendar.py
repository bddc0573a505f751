"""Bank days against the `holidays` package, and Swedish time against its own definitions."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.domain.banking_days import (
    add_bank_days,
    first_bank_day,
    is_bank_day,
    payment_deadline,
)
from fordran.domain.limitation import limitation_at
from fordran.domain.swedish_time import add_years, civil_date, midnight_utc, next_full_hour

ONE_DAY = timedelta(days=1)
STOCKHOLM = ZoneInfo("Europe/Stockholm")

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
instants = st.datetimes(datetime(1990, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - naive bounds


def midsummer_eve(year: int) -> date:
    (eve,) = [date(year, 6, day) for day in range(19, 26) if date(year, 6, day).weekday() == 4]
    return eve


@pytest.mark.parametrize("year", range(2000, 2061))
def test_bank_days_of_a_year_are_those_of_an_independent_calendar(year):
    closed = set(holidays.country_holidays("SE", years=year, categories=("public",)))
    closed |= {midsummer_eve(year), date(year, 12, 24), date(year, 12, 31)}
    on = date(year, 1, 1)
    while on.year == year:
        assert is_bank_day(on) is (on.weekday() < 5 and on not in closed), on
        on += ONE_DAY


@given(days)
def test_first_bank_day_is_the_nearest_not_before(on):
    found = first_bank_day(on)
    assert found >= on
    assert is_bank_day(found)
    assert not any(is_bank_day(on + timedelta(days=day)) for day in range((found - on).days))
    assert first_bank_day(found) == found


@given(days, st.integers(1, 30))
def test_added_bank_days_can_be_counted(on, n):
    found = add_bank_days(on, n)
    between = [on + timedelta(days=day) for day in range(1, (found - on).days + 1)]
    assert sum(map(is_bank_day, between)) == n
    assert is_bank_day(found)


@given(days, st.integers(1, 15), st.integers(1, 15))
def test_bank_days_add_up(on, first, second):
    assert add_bank_days(add_bank_days(on, first), second) == add_bank_days(on, first + second)


@given(days, st.integers(8, 40), st.integers(1, 10), st.integers(1, 10))
def test_deadline_is_the_first_bank_day_that_meets_both_limits(on, days_to_pay, bank, arrival):
    deadline = payment_deadline(
        on, days_to_pay=days_to_pay, bank_days_after_arrival=bank, arrival_bank_days=arrival
    )

    def is_enough(candidate: date) -> bool:
        passed = [on + timedelta(days=day) for day in range(1, (candidate - on).days + 1)]
        return len(passed) >= days_to_pay and sum(map(is_bank_day, passed)) >= bank + arrival

    assert is_bank_day(deadline)
    assert is_enough(deadline)
    on += ONE_DAY
    earlier = [deadline - timedelta(days=day) for day in range(1, (deadline - on).days + 1)]
    on -= ONE_DAY
    assert not any(is_bank_day(candidate) and is_enough(candidate) for candidate in earlier)


@given(days, days)
def test_later_dispatch_never_gives_an_earlier_deadline(one, other):
    assert (payment_deadline(one) <= payment_deadline(other)) or one > other


@given(days)
def test_date_survives_being_written_as_midnight(on):
    written = midnight_utc(on)
    assert civil_date(written) == on
    assert written.date() == on


@given(instants)
def test_full_hour_is_the_only_one_within_the_next_hour(at):
    hour = next_full_hour(at)
    assert timedelta(0) < hour - at <= timedelta(hours=1)
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)
    assert hour.astimezone(STOCKHOLM).minute == 0


@given(instants, st.integers(0, 15))
def test_years_later_is_the_same_swedish_day(at, years):
    before, after = civil_date(at), civil_date(add_years(at, years))
    assert (after.year, after.month) == (before.year + years, before.month)
    assert after.day == before.day or ((before.month, before.day, after.day) == (2, 29, 28))


@given(days, st.integers(0, 15))
def test_years_after_a_written_date_are_a_written_date(on, years):
    later = add_years(midnight_utc(on), years)
    assert later == midnight_utc(later.date())


@given(instants, instants, st.booleans())
def test_a_later_break_never_moves_limitation_to_an_earlier_day(one, other, is_consumer):
    earlier, later = sorted([one, other])
    barred = [civil_date(limitation_at(at, is_consumer=is_consumer)) for at in (earlier, later)]
    assert barred == sorted(barred)
