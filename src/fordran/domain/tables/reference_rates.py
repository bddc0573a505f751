"""The Riksbank's reference rates, one row per half-year.

A rate is decided anew for every half-year and is never computed, carried forward or cut off at
zero here. How the table is refreshed: docs/law/reference-rates.md.
"""

from datetime import date
from decimal import Decimal

import msgspec

from fordran.domain.refusals import ReferenceRateMissing

RIKSBANK_PAGE = "https://www.riksbank.se/sv/statistik/sok-rantor--valutakurser/referensranta/"

JULY = 7

_PAGE_READ_ON = date(2023, 7, 3)
_NOTICES_READ_ON = date(2026, 11, 22)


class ReferenceRate(msgspec.Struct, frozen=True):
    """The reference rate of one half-year.

    Units: percent per year.
    """

    valid_from: date
    """1 January or 1 July; the rate holds until the next half-year begins."""

    percent: Decimal

    source: str
    """The notice in the statute book, or the address of the page that was read."""

    read_on: date

    published_on: date | None = None
    """When the Riksbank published it, where that has been read."""

    superseded_by: str | None = None
    """The decision that corrected this row; such a row is kept but no longer used."""


def _on_page(valid_from: date, percent: str) -> ReferenceRate:
    return ReferenceRate(valid_from, Decimal(percent), RIKSBANK_PAGE, _PAGE_READ_ON)


def _notified(valid_from: date, percent: str, notice: str) -> ReferenceRate:
    return ReferenceRate(valid_from, Decimal(percent), notice, _NOTICES_READ_ON)


REFERENCE_RATES = (
    _on_page(date(2002, 7, 1), "4.50"),
    _on_page(date(2003, 1, 1), "4.00"),
    _on_page(date(2003, 7, 1), "3.00"),
    _on_page(date(2004, 1, 1), "3.00"),
    _on_page(date(2004, 7, 1), "2.00"),
    _on_page(date(2005, 1, 1), "2.00"),
    _on_page(date(2005, 7, 1), "1.50"),
    _on_page(date(2006, 1, 1), "1.50"),
    _on_page(date(2006, 7, 1), "2.50"),
    _on_page(date(2007, 1, 1), "3.00"),
    _on_page(date(2007, 7, 1), "3.50"),
    _on_page(date(2008, 1, 1), "4.00"),
    _on_page(date(2008, 7, 1), "4.50"),
    _notified(date(2009, 1, 1), "2.00", "SFS 2009:2"),
    _notified(date(2009, 7, 1), "0.50", "SFS 2009:891"),
    _on_page(date(2010, 1, 1), "0.50"),
    _notified(date(2010, 7, 1), "0.50", "SFS 2010:1041"),
    _notified(date(2011, 1, 1), "1.50", "SFS 2011:1"),
    _notified(date(2011, 7, 1), "2.00", "SFS 2011:941"),
    _notified(date(2012, 1, 1), "2.00", "SFS 2012:1"),
    # The Riksbank corrected its decision on 2012-07-02; its page of 2023 has the same rate.
    _notified(date(2012, 7, 1), "1.50", "SFS 2012:533"),
    _notified(date(2013, 1, 1), "1.00", "SFS 2013:1"),
    _notified(date(2013, 7, 1), "1.00", "SFS 2013:698"),
    _on_page(date(2014, 1, 1), "1.00"),
    _on_page(date(2014, 7, 1), "1.00"),
    _notified(date(2015, 1, 1), "0.00", "SFS 2015:3"),
    _notified(date(2015, 7, 1), "0.00", "SFS 2015:519"),
    _on_page(date(2016, 1, 1), "0.00"),
    _notified(date(2016, 7, 1), "-0.50", "SFS 2016:838"),
    _on_page(date(2017, 1, 1), "-0.50"),
    _notified(date(2017, 7, 1), "-0.50", "SFS 2017:843"),
    _on_page(date(2018, 1, 1), "-0.50"),
    _on_page(date(2018, 7, 1), "-0.50"),
    _on_page(date(2019, 1, 1), "-0.50"),
    _notified(date(2019, 7, 1), "0.00", "SFS 2019:550"),
    _notified(date(2020, 1, 1), "0.00", "SFS 2020:1"),
    _on_page(date(2020, 7, 1), "0.00"),
    _on_page(date(2021, 1, 1), "0.00"),
    _notified(date(2021, 7, 1), "0.00", "SFS 2021:773"),
    _notified(date(2022, 1, 1), "0.00", "SFS 2022:1"),
    _notified(date(2022, 7, 1), "0.50", "SFS 2022:1339"),
    _notified(date(2023, 1, 1), "2.50", "SFS 2023:1"),
    _notified(date(2023, 7, 1), "3.50", "SFS 2023:509"),
    _notified(date(2024, 1, 1), "4.00", "SFS 2023:954"),
    _notified(date(2024, 7, 1), "4.00", "SFS 2024:613"),
    _notified(date(2025, 1, 1), "3.00", "SFS 2024:1373"),
    _notified(date(2025, 7, 1), "2.00", "SFS 2025:809"),
    _notified(date(2026, 1, 1), "2.00", "SFS 2025:1582"),
    # Weaker than the rows above: no official notice has been read. Confirm it on the page.
    ReferenceRate(
        valid_from=date(2026, 7, 1),
        percent=Decimal("2.00"),
        source=(
            "three independent public secondary sources of 2026-08-14, 2026-09-04 and 2026-09-24; "
            "no SFS notice seen"
        ),
        read_on=date(2026, 11, 22),
    ),
)
"""In order of `valid_from`, without gaps."""


def reference_rate(on: date, rows: tuple[ReferenceRate, ...] = REFERENCE_RATES) -> ReferenceRate:
    """Return the reference rate of the half-year that a day lies in.

    Units: percent per year; `on` is a Swedish civil date; `rows` are the installation's.
    Raises: ReferenceRateMissing, if that half-year has no row.
    Source: räntelagen (1975:635) 9 §, read 2026-11-22; docs/law/reference-rates.md.

    >>> reference_rate(date(2025, 6, 30)).percent, reference_rate(date(2025, 7, 1)).percent
    (Decimal('3.00'), Decimal('2.00'))
    >>> reference_rate(date(2002, 6, 30))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    fordran.domain.refusals.ReferenceRateMissing: No reference rate is known for 2002-06-30; ...
    """
    first_on = half_year(on)
    # From the end: most questions are about the last few half-years.
    for row in reversed(rows):
        if row.valid_from == first_on and row.superseded_by is None:
            return row
    raise ReferenceRateMissing(on)


def half_year(on: date) -> date:
    """Return the first day of the half-year that a day lies in.

    >>> half_year(date(2025, 9, 3))
    datetime.date(2025, 7, 1)
    """
    return date(on.year, JULY if on.month >= JULY else 1, 1)


def next_half_year(on: date) -> date:
    """Return the first day of the half-year after the one that a day lies in.

    >>> next_half_year(date(2025, 9, 3))
    datetime.date(2026, 1, 1)
    """
    return date(on.year + 1, 1, 1) if on.month >= JULY else date(on.year, JULY, 1)
