"""A flow in words: how long after its anchor an item falls due."""

import pytest

from fordran.domain.flow import (
    BankDaysAfter,
    DaysAfter,
    Delay,
    FullHourAfter,
    HoursAfter,
    MidnightAfterLetter,
    MinutesAfter,
)
from fordran.domain.flow_words import delay_in_words


@pytest.mark.parametrize(
    ("delay", "words"),
    [
        (FullHourAfter(), "the next full hour"),
        (MinutesAfter(1), "1 minute"),
        (HoursAfter(1), "1 hour"),
        (HoursAfter(36), "36 hours"),
        (DaysAfter(1), "1 day, at midnight"),
        (DaysAfter(14), "14 days, at midnight"),
        (BankDaysAfter(3), "3 bank days, at midnight"),
        (MidnightAfterLetter(0, 4), "4 days after its deadline, at midnight"),
        (
            MidnightAfterLetter(16, 1),
            "the later of 16 days after its dispatch and 1 day after its deadline, at midnight",
        ),
    ],
)
def test_delay_says_its_count_and_when_in_the_day(delay: Delay, words: str) -> None:
    assert delay_in_words(delay) == words
