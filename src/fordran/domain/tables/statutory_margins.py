"""The margin over the reference rate that default interest has by law."""

from datetime import date
from decimal import Decimal

import msgspec


class StatutoryMargin(msgspec.Struct, frozen=True):
    """A margin in percentage points, in force from a day until the next row's.

    Units: percentage points per year.
    """

    valid_from: date
    percent: Decimal
    paragraph: str
    source: str
    read_on: date


STATUTORY_MARGINS = (
    StatutoryMargin(
        valid_from=date(2002, 7, 1),
        percent=Decimal(8),
        paragraph="räntelagen (1975:635) 6 §",
        source="SFS 2002:352",
        read_on=date(2026, 11, 22),
    ),
)
"""In order of `valid_from`; the last row is in force."""
