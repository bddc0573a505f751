"""The cap on the rate of a consumer credit, as dated rows."""

from datetime import date
from decimal import Decimal

import msgspec


class CreditRateCap(msgspec.Struct, frozen=True):
    """How far over the reference rate a consumer credit may bear interest.

    Units: percentage points a year; in force from a day until the next row's.
    """

    valid_from: date
    percent_over_reference: Decimal
    paragraph: str
    source: str
    read_on: date


CREDIT_RATE_CAPS = (
    # Before this day only high-cost credits had a cap (40 points); it is not in the table because
    # a claim is not marked as high-cost.
    CreditRateCap(
        valid_from=date(2025, 3, 1),
        percent_over_reference=Decimal(20),
        paragraph="konsumentkreditlagen (2010:1846) 19 a §",
        source="SFS 2024:1238",
        read_on=date(2026, 11, 22),
    ),
)
"""In order of `valid_from`; the last row is in force."""
