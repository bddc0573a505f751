"""From which age a person is of age (myndig), as dated rows."""

from datetime import date

import msgspec


class AgeOfMajority(msgspec.Struct, frozen=True):
    """An age in whole years, in force from a day until the next row."""

    valid_from: date
    years: int
    source: str
    read_on: date


AGES_OF_MAJORITY = (
    AgeOfMajority(
        valid_from=date(1974, 7, 1),
        years=18,
        source="föräldrabalken (1949:381) 9 kap. 1 § as proposed in prop. 1974:44",
        read_on=date(2026, 11, 22),
    ),
)
"""In order of `valid_from`. Read from the bill, which lowered the age from 20."""


def age_of_majority(on: date) -> int:
    """Return the age in force on a day, in whole years.

    Before the first row the age was higher; the first row's is given then, because no act that
    the program guards is that old.

    Source: föräldrabalken (1949:381) 9 kap. 1 §; prop. 1974:44; docs/law/guards.md.

    >>> age_of_majority(date(2025, 9, 3))
    18
    """
    in_force = [row for row in AGES_OF_MAJORITY if row.valid_from <= on]
    return (in_force or AGES_OF_MAJORITY)[-1].years
