"""Holds: what stops a case's flow without ending it.

A dispute, a pause and a respite hold the whole flow: letters, costs and legal steps. Interest runs
on, and money is settled as ever. A case may be held for several reasons at once; it goes on when
the last of them has ended.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from fordran.domain.case_status import HELD, CaseStatus
from fordran.domain.money import Money
from fordran.domain.swedish_time import midnight_utc


class HoldKind(StrEnum):
    """Why a flow is held."""

    DISPUTE = "dispute"
    PAUSE = "pause"
    RESPITE = "respite"


class Hold(msgspec.Struct, frozen=True, omit_defaults=True):
    """One reason for which a flow is held.

    Units: `to_on` is the last day of a respite; `amount` in öre is the part that a dispute is
    about, None for the whole claim; `answer_by_on` is the last day to answer the debtor.
    """

    id: str
    kind: HoldKind
    began_at: datetime
    reason: str = ""
    to_on: date | None = None
    amount: Money | None = None
    creditor_answer_by_on: date | None = None
    """The last day for the creditor to answer what it says of a dispute."""
    answer_by_on: date | None = None
    overdue: tuple[str, ...] = ()
    """The clocks of the dispute that have run out."""
    of_case_id: str = ""
    """The case that the dispute is about, when it holds this one beside it."""
    item_due_at: datetime | None = None
    """When the item that waits was due before a respite put it off."""

    @property
    def ends_at(self) -> datetime | None:
        """When the hold ends by itself: a respite, at midnight after its last day."""
        return None if self.to_on is None else midnight_utc(self.to_on + timedelta(days=1))


STATUS_OF = {
    HoldKind.DISPUTE: CaseStatus.DISPUTED,
    HoldKind.PAUSE: CaseStatus.PAUSED,
    HoldKind.RESPITE: CaseStatus.RESPITE,
}
"""The status that a client sees while a hold lasts (decision 64)."""


def held_status(holds: Sequence[Hold]) -> CaseStatus | None:
    """Return the status of a case with these holds, or None if there is none.

    Of several the one that binds most is shown: a dispute before a pause before a respite.

    >>> held_status(()) is None
    True
    """
    statuses = {STATUS_OF[hold.kind] for hold in holds}
    return next((status for status in HELD if status in statuses), None)


def with_clock_run(holds: Sequence[Hold], hold_id: str, clock: str) -> tuple[Hold, ...]:
    """Return the holds with it noted on one of them that a clock has run out."""
    return tuple(
        replace(hold, overdue=(*hold.overdue, clock)) if hold.id == hold_id else hold
        for hold in holds
    )
