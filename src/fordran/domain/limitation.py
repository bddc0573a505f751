"""When a claim becomes statute-barred (preskription)."""

from datetime import datetime

from fordran.domain.swedish_time import add_years, civil_date
from fordran.domain.tables.limitation_periods import limitation_period


def limitation_at(broken_at: datetime, *, is_consumer: bool) -> datetime:
    """Return when a claim is barred if nothing more breaks the period.

    The period runs anew from the day of the break, so the newest break decides; which acts
    break it is for the caller to say.

    Units: aware instants; `is_consumer` is a consumer's debt to a business.
    Rounding: a break on 29 February ends on 28 February in a year without one.
    Raises: ValueError, if the instant is naive; LimitationPeriodMissing, if no row covers it.
    Source: preskriptionslagen (1981:130) 2, 6 §§; lag (1930:173) 1 §; both read 2026-11-22;
    decision 66; docs/law/limitation.md.

    >>> from datetime import UTC
    >>> limitation_at(datetime(2025, 9, 3, 9, 10, tzinfo=UTC), is_consumer=False).isoformat()
    '2035-09-03T09:10:00+00:00'
    >>> limitation_at(datetime(2025, 9, 3, 9, 10, tzinfo=UTC), is_consumer=True).isoformat()
    '2028-09-03T09:10:00+00:00'
    """
    period = limitation_period(civil_date(broken_at), is_consumer=is_consumer)
    return add_years(broken_at, period.years)
