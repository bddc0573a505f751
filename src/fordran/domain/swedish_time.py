"""Swedish civil dates and the instants behind them (decision 1).

An instant is an aware datetime; its civil date is its date in Stockholm. The zone's rules come
from the time zone database, never from the machine's own zone.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def civil_date(at: datetime) -> date:
    """Return the Swedish calendar date of an instant.

    Raises: ValueError, if the instant is naive.
    Source: decision 1.

    >>> civil_date(datetime(2025, 9, 3, 22, 30, tzinfo=UTC))
    datetime.date(2025, 9, 4)
    >>> civil_date(datetime(2025, 9, 3, 22, 30))  # noqa: DTZ001 - naive on purpose
    Traceback (most recent call last):
    ...
    ValueError: an instant must be aware of its time zone
    """
    return _aware(at).astimezone(STOCKHOLM).date()


def midnight_utc(on: date) -> datetime:
    """Return how a date-only field is written: that date at 00:00:00 UTC.

    It stands for the date; it is not the instant when the day begins in Sweden.

    Source: decision 1.

    >>> midnight_utc(date(2025, 7, 7)).isoformat()
    '2025-07-07T00:00:00+00:00'
    """
    return datetime(on.year, on.month, on.day, tzinfo=UTC)


def next_full_hour(at: datetime) -> datetime:
    """Return the first full hour strictly after an instant, in UTC.

    Raises: ValueError, if the instant is naive.
    Source: decision 60.

    >>> next_full_hour(datetime(2025, 9, 3, 7, 56, 12, tzinfo=UTC)).isoformat()
    '2025-09-03T08:00:00+00:00'
    >>> next_full_hour(datetime(2025, 9, 3, 8, tzinfo=UTC)).isoformat()
    '2025-09-03T09:00:00+00:00'
    """
    full_hour = _aware(at).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return full_hour + timedelta(hours=1)


def add_years(at: datetime, years: int) -> datetime:
    """Return the instant a number of years later, on the same day of the month, in UTC.

    The Swedish date decides. The time of day is kept in UTC, so that an instant that stands for
    a date stays at midnight; only where that would give another Swedish date (summer time begins
    and ends on other days in other years) is the time of day in Stockholm kept instead.

    Rounding: 29 February becomes 28 February in a year without one.
    Raises: ValueError, if the instant is naive.
    Source: lag (1930:173) om beräkning av lagstadgad tid 1 §, read 2026-11-22;
    docs/law/limitation.md.

    >>> add_years(datetime(2025, 9, 3, 9, 10, tzinfo=UTC), 10).isoformat()
    '2035-09-03T09:10:00+00:00'
    >>> add_years(datetime(2024, 2, 29, 12, tzinfo=UTC), 3).isoformat()
    '2027-02-28T12:00:00+00:00'
    """
    instant = _aware(at).astimezone(UTC)
    wanted_on = _same_day(civil_date(instant), years)
    same_time = datetime.combine(_same_day(instant.date(), years), instant.timetz())
    if civil_date(same_time) == wanted_on:
        return same_time
    wall_clock = instant.astimezone(STOCKHOLM).time()
    return datetime.combine(wanted_on, wall_clock, tzinfo=STOCKHOLM).astimezone(UTC)


def _same_day(on: date, years: int) -> date:
    year = on.year + years
    if (on.month, on.day) == (2, 29):
        return date(year, 3, 1) - timedelta(days=1)
    return on.replace(year=year)


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError("an instant must be aware of its time zone")
    return at
