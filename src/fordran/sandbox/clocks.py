"""Virtual clocks: an account's time stands still, and moves only when it is told to."""

import re
from datetime import datetime, timedelta

import msgspec

from fordran.domain.refusals import Refusal
from fordran.operations.advance_cases import advance_in
from fordran.operations.context import Context
from fordran.storage import clocks, due, parties
from fordran.storage.unit_of_work import UnitOfWork

_DURATION = re.compile(
    r"P(?=[0-9T])(?:([0-9]{1,5})W)?(?:([0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,9})S)?)?",
    re.ASCII,
)


class ClockMissing(Refusal):
    """The account has no virtual clock: set one with PUT first."""


class ClockInUse(Refusal):
    """The account has cases: its clock can only be advanced."""


class ClockRunsForward(Refusal):
    """A clock does not go backwards."""


class AdvancedClock(msgspec.Struct, frozen=True):
    """Where a clock stands now, and how many flow items were carried out on the way."""

    now: datetime
    executed: int


def put_clock(context: Context, account_id: str, now: datetime) -> datetime:
    """Give an account a virtual clock at any instant, or set the one it has.

    Raises: ClockInUse, if the account has a case.
    Source: decision 10.
    """

    def operation(uow: UnitOfWork) -> datetime:
        parties.lock_account(uow)
        if clocks.has_cases(uow):
            raise ClockInUse
        clocks.put(uow, now)
        return now

    return context.database.run(account_id, operation)


def read_clock(context: Context, account_id: str) -> datetime:
    """Return where an account's virtual clock stands. Raises: ClockMissing."""
    now = context.database.read(account_id, clocks.virtual_now)
    if now is None:
        raise ClockMissing
    return now


def advance_clock(context: Context, account_id: str, to: datetime) -> AdvancedClock:
    """Advance a clock, carrying out what falls due, in order, each at its own instant.

    Each due instant is a unit of work of its own that moves the clock with its items, so a kill
    at any point leaves the clock at an instant whose items are all done or all to do; the same
    call again goes on from there.

    Raises: ClockMissing; ClockRunsForward.
    Source: decision 10.
    """
    if to < read_clock(context, account_id):
        raise ClockRunsForward
    executed = 0
    while (done := _advance_once(context, account_id, to)) is not None:
        executed += done
    now = context.database.run(account_id, lambda uow: _arrive(uow, to))
    return AdvancedClock(now, executed)


def parse_duration(text: str) -> timedelta:
    """Return an ISO 8601 duration of weeks, days, hours, minutes and seconds.

    Raises: ValueError; months and years have no fixed length and are refused.

    >>> parse_duration("P16D").days
    16
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("must be an ISO 8601 duration such as P16D or PT90M")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _advance_once(context: Context, account_id: str, to: datetime) -> int | None:
    """Carry out a batch of the earliest due instant; None when nothing is due until `to`."""
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> int | None:
        now = clocks.lock_virtual_now(uow)
        due_at = due.next_due_at(uow)
        if now is None or due_at is None or due_at > to:
            return None
        at = max(now, due_at)
        clocks.move(uow, at)
        return advance_in(context, uow, due_at, real_now, now=at).executed

    return context.database.run(account_id, operation)


def _arrive(uow: UnitOfWork, to: datetime) -> datetime:
    now = clocks.lock_virtual_now(uow)
    if now is None:
        raise ClockMissing
    arrived = max(now, to)
    clocks.move(uow, arrived)
    return arrived
