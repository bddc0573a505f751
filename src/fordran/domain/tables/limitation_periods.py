"""How long a claim lives before it is statute-barred, as dated rows."""

from datetime import date

import msgspec

from fordran.domain.refusals import Refusal


class LimitationPeriodMissing(Refusal):
    """No limitation period is known for the day."""

    def __init__(self, on: date) -> None:
        self.on = on
        super().__init__(f"No limitation period is known for {on.isoformat()}.")


class LimitationPeriod(msgspec.Struct, frozen=True):
    """A limitation period, in force from a day until the next row of the same kind."""

    valid_from: date
    is_consumer: bool
    years: int
    paragraph: str
    source: str
    read_on: date


# The text that was read does not say when the act came into force: 1 January 1982 is the day
# it is known for.
LIMITATION_PERIODS = (
    LimitationPeriod(
        valid_from=date(1982, 1, 1),
        is_consumer=False,
        years=10,
        paragraph="preskriptionslagen (1981:130) 2 § 1 st",
        source="SFS 1981:130",
        read_on=date(2026, 11, 22),
    ),
    LimitationPeriod(
        valid_from=date(1982, 1, 1),
        is_consumer=True,
        years=3,
        paragraph="preskriptionslagen (1981:130) 2 § 2 st",
        source="SFS 1981:130",
        read_on=date(2026, 11, 22),
    ),
)
"""In order of `valid_from` within each kind."""


def limitation_period(on: date, *, is_consumer: bool) -> LimitationPeriod:
    """Return the limitation period in force on a day.

    Raises: LimitationPeriodMissing, if the day is before the first row.
    Source: preskriptionslagen (1981:130) 2 §; docs/law/limitation.md.

    >>> limitation_period(date(2025, 9, 3), is_consumer=True).years
    3
    >>> limitation_period(date(1981, 12, 31), is_consumer=True)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    fordran.domain.tables.limitation_periods.LimitationPeriodMissing: No limitation period ...
    """
    for row in reversed(LIMITATION_PERIODS):
        if row.is_consumer is is_consumer and row.valid_from <= on:
            return row
    raise LimitationPeriodMissing(on)
