"""The one file that reads the clock."""

from datetime import UTC, datetime
from typing import Protocol

from fordran.storage import clocks
from fordran.storage.unit_of_work import UnitOfWork


class Clock(Protocol):
    """Tells real time."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC, in whole seconds."""
        ...


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC, in whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the one place


def account_now(uow: UnitOfWork, real_now: datetime) -> datetime:
    """Return the instant of the unit's account: its virtual clock's, or real time (decision 10)."""
    return clocks.virtual_now(uow) or real_now
