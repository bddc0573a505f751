"""Swedish bank days, and the day by which a letter asks to be paid.

A bank is closed on Saturdays, Sundays, public holidays, Midsummer Eve, Christmas Eve and New
Year's Eve. The half days before holidays are open days.
"""

from datetime import date, timedelta
from functools import cache

DAYS_TO_PAY_MIN = 8
"""No letter gives fewer days than this from dispatch (decision 61; docs/law/time-to-pay.md)."""

FRIDAY = 4
SATURDAY = 5

NATIONAL_DAY_FROM_YEAR = 2005
"""From this year 6 June is a public holiday and Whit Monday is none (SFS 2004:1320)."""


def easter_day(year: int) -> date:
    """Return Easter Day in the Gregorian calendar.

    It is the Sunday after the full moon that falls on or next after 21 March; the moon is the
    calendar's, counted by the 19-year cycle, not the one in the sky.

    Source: lag (1989:253) om allmänna helgdagar 2 §, read 2026-11-22.

    >>> easter_day(2026)
    datetime.date(2026, 4, 5)
    """
    century = year // 100
    cycle_year = year % 19
    moon = (century - century // 4 - (8 * century + 13) // 25 + 19 * cycle_year + 15) % 30
    moon -= (moon // 28) * (1 - (moon // 28) * (29 // (moon + 1)) * ((21 - cycle_year) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    return date(year, 3, 28) + timedelta(days=moon - weekday)


def is_bank_day(on: date) -> bool:
    """Say whether banks are open on a day.

    Source: lag (1989:253) om allmänna helgdagar 1-2 §§; lag (1930:173) 2 § for the three eves;
    both read 2026-11-22. Years before 2005 have Whit Monday in place of the National Day.

    >>> is_bank_day(date(2026, 6, 18))
    True
    >>> is_bank_day(date(2026, 6, 19))
    False
    """
    return on.weekday() < SATURDAY and on not in _closed_days(on.year)


def first_bank_day(on: date) -> date:
    """Return the day itself if banks are open, else the next bank day.

    Source: lag (1930:173) om beräkning av lagstadgad tid 2 §, read 2026-11-22.

    >>> first_bank_day(date(2026, 12, 24))
    datetime.date(2026, 12, 28)
    """
    while not is_bank_day(on):
        on += timedelta(days=1)
    return on


def add_bank_days(on: date, n: int) -> date:
    """Return the n-th bank day strictly after a day.

    Raises: ValueError, if n is less than 1.

    >>> add_bank_days(date(2025, 9, 5), 1)
    datetime.date(2025, 9, 8)
    >>> add_bank_days(date(2025, 9, 5), 0)
    Traceback (most recent call last):
    ...
    ValueError: bank days are counted from 1, not 0
    """
    if n < 1:
        raise ValueError(f"bank days are counted from 1, not {n}")
    for _ in range(n):
        on = first_bank_day(on + timedelta(days=1))
    return on


def payment_deadline(
    dispatched_on: date,
    *,
    days_to_pay: int = 10,
    bank_days_after_arrival: int = 4,
    arrival_bank_days: int = 2,
) -> date:
    """Return the last day to pay, or to object, that a letter states.

    It is the later of two days, moved forward to a bank day: so many days after dispatch, and so
    many bank days after the presumed arrival.

    Units: `days_to_pay` in calendar days from dispatch, the others in bank days; the deadline is
    inclusive.
    Raises: ValueError, if fewer than 8 days are given, or a count of bank days is less than 1.
    Source: inkassolagen (1974:182) 5 § (reasonable time); decision 61; docs/law/time-to-pay.md.

    >>> payment_deadline(date(2025, 9, 3))
    datetime.date(2025, 9, 15)
    >>> payment_deadline(date(2025, 9, 3), days_to_pay=7)
    Traceback (most recent call last):
    ...
    ValueError: 7 days to pay are fewer than 8
    """
    if days_to_pay < DAYS_TO_PAY_MIN:
        raise ValueError(f"{days_to_pay} days to pay are fewer than {DAYS_TO_PAY_MIN}")
    arrived_on = add_bank_days(dispatched_on, arrival_bank_days)
    return first_bank_day(
        max(
            dispatched_on + timedelta(days=days_to_pay),
            add_bank_days(arrived_on, bank_days_after_arrival),
        )
    )


@cache
def _closed_days(year: int) -> frozenset[date]:
    """Return the closed days of a year, Saturdays and Sundays apart."""
    easter = easter_day(year)
    return frozenset(
        {
            date(year, 1, 1),
            date(year, 1, 6),
            easter - timedelta(days=2),  # Good Friday
            easter + timedelta(days=1),  # Easter Monday
            date(year, 5, 1),
            easter + timedelta(days=39),  # Ascension Day
            date(year, 6, 6)
            if year >= NATIONAL_DAY_FROM_YEAR
            else easter + timedelta(days=50),  # Whit Monday
            _weekday_from(date(year, 6, 19), FRIDAY),  # Midsummer Eve; its Day is a Saturday
            date(year, 12, 24),
            date(year, 12, 25),
            date(year, 12, 26),
            date(year, 12, 31),
        }
    )


def _weekday_from(on: date, weekday: int) -> date:
    return on + timedelta(days=(weekday - on.weekday()) % 7)
