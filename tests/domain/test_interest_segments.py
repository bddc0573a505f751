"""Segments that explain the interest: neighbours are joined, and only they."""

from datetime import date
from decimal import Decimal

import pytest

from fordran.domain.interest import Segment, merged
from fordran.domain.money import Money


def segment(first: str, last: str, kronor: int = 1000, percent: int = 10) -> Segment:
    first_on, last_on = date.fromisoformat(first), date.fromisoformat(last)
    days = (last_on - first_on).days + 1
    units = percent * 10_000 * kronor * 100 * days
    return Segment(first_on, last_on, days, Money(kronor * 100), Decimal(percent), units)


FIRST = segment("2025-08-01", "2025-08-10")

PAIRS = [
    (segment("2025-08-11", "2025-08-20"), [segment("2025-08-01", "2025-08-20")]),
    (segment("2025-08-12", "2025-08-20"), None),  # a day between
    (segment("2025-08-09", "2025-08-20"), None),  # out of order
    (segment("2025-08-11", "2025-08-20", kronor=900), None),
    (segment("2025-08-11", "2025-08-20", percent=11), None),
]


@pytest.mark.parametrize(("second", "joined"), PAIRS)
def test_neighbours_of_one_capital_and_rate_are_one_segment(
    second: Segment, joined: list[Segment] | None
) -> None:
    assert merged([FIRST, second]) == tuple(joined or [FIRST, second])


def test_half_years_are_kept_apart() -> None:
    pair = (segment("2025-06-01", "2025-06-30"), segment("2025-07-01", "2025-07-31"))
    assert merged(pair) == pair


def test_any_number_of_neighbours_is_joined() -> None:
    parts = [segment(f"2025-08-{day:02d}", f"2025-08-{day:02d}") for day in range(1, 11)]
    last = segment("2025-08-11", "2025-08-20", percent=9)
    assert merged([*parts, last]) == (FIRST, last)
    assert merged([]) == ()
