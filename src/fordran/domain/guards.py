"""Guards: what is asked before every outgoing act, each with its legal source.

A letter, a cost and a legal step are outgoing acts. A guard looks at the case as it is when the
act would happen, in the transaction of the act; the first that forbids it stops it.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from enum import StrEnum

import msgspec

from fordran.domain.case import Case
from fordran.domain.flow import FlowAction
from fordran.domain.holds import HoldKind
from fordran.domain.limitation import limitation_at
from fordran.domain.money import ZERO
from fordran.domain.swedish_time import civil_date, midnight_utc
from fordran.domain.tables.age_of_majority import age_of_majority

INKASSOLAGEN_4 = "inkassolagen (1974:182) 4 §"
INKASSOLAGEN_8 = "inkassolagen (1974:182) 8 §"


class Then(StrEnum):
    """What becomes of the flow when a guard has stopped an act."""

    WAIT = "wait"
    """The item is tried again later: what stops it passes."""

    STOP = "stop"
    """The item is set aside for good: a person must look."""

    SKIP = "skip"
    """The flow goes on without the act."""

    END = "end"
    """Nothing more may be sent for the case."""


class Guard(msgspec.Struct, frozen=True):
    """A rule that an outgoing act must not break.

    Units: `valid_from_on` is the first day of acts that it is asked for.
    """

    name: str
    source: str
    forbids: Callable[[Case, FlowAction, datetime], bool]
    valid_from_on: date = date(1974, 7, 1)
    then: Then = Then.WAIT


def barred_at(case: Case) -> datetime:
    """Return when the claim is time-barred as far as is known: by its latest break, or its origin.

    A claim is taken to arise on the day of its invoice, which is never before the contract.

    Raises: LimitationPeriodMissing.
    Source: preskriptionslagen (1981:130) 2, 6 §§; decision 66.
    """
    if case.limitation is not None:
        return case.limitation.limitation_at
    return limitation_at(midnight_utc(case.debt.invoice_on), is_consumer=case.is_consumer)


def _is_held_by(kind: HoldKind) -> Callable[[Case, FlowAction, datetime], bool]:
    return lambda case, _, __: any(hold.kind is kind for hold in case.holds)


def is_barred(case: Case, at: datetime) -> bool:
    """Tell whether a claim is time-barred on the Swedish day of an instant.

    The day on which the period ends is the last on which it may be demanded.

    Raises: LimitationPeriodMissing.
    Source: preskriptionslagen (1981:130) 2, 6, 8 §§; docs/law/limitation.md.
    """
    return civil_date(barred_at(case)) < civil_date(at)


def _is_barred(case: Case, _: FlowAction, at: datetime) -> bool:
    return is_barred(case, at)


def _is_paid(case: Case, _: FlowAction, __: datetime) -> bool:
    return case.balances.remaining <= ZERO


def _is_minor(case: Case, _: FlowAction, at: datetime) -> bool:
    born_on = case.debtor_born_on
    if born_on is None:
        return False
    on = civil_date(at)
    years = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return years < age_of_majority(on)


def _was_sent(case: Case, action: FlowAction, _: datetime) -> bool:
    sent = case.reminder if action is FlowAction.SEND_REMINDER else case.demand
    return sent is not None


def _came_after_the_demand(case: Case, _: FlowAction, __: datetime) -> bool:
    return case.demand is not None


GUARDS = (
    Guard("disputed", f"{INKASSOLAGEN_8}; {INKASSOLAGEN_4}", _is_held_by(HoldKind.DISPUTE)),
    Guard("paused", "docs/decisions/0038", _is_held_by(HoldKind.PAUSE)),
    Guard("respited", f"{INKASSOLAGEN_4}; decision 65", _is_held_by(HoldKind.RESPITE)),
    Guard(
        "limitation_passed",
        f"preskriptionslagen (1981:130) 8 §; {INKASSOLAGEN_8}",
        _is_barred,
        then=Then.END,
    ),
    Guard(
        "minor",
        f"föräldrabalken (1949:381) 9 kap. 1 §; {INKASSOLAGEN_4}",
        _is_minor,
        then=Then.STOP,
    ),
    Guard("paid", INKASSOLAGEN_8, _is_paid, then=Then.END),
    Guard(
        "sent_before",
        f"{INKASSOLAGEN_4}; one reminder and one demand a claim",
        _was_sent,
        then=Then.SKIP,
    ),
    Guard("reminder_after_demand", INKASSOLAGEN_4, _came_after_the_demand, then=Then.SKIP),
)
"""Every guard, in the order they are asked."""

BY_NAME = {guard.name: guard for guard in GUARDS}

_EVERY_ACT = ("disputed", "paused", "respited", "limitation_passed", "minor", "paid")

GUARDS_OF: dict[FlowAction, tuple[str, ...]] = {
    FlowAction.SEND_REMINDER: (*_EVERY_ACT, "sent_before", "reminder_after_demand"),
    FlowAction.SEND_DEMAND: (*_EVERY_ACT, "sent_before"),
}
"""The guards that a flow may not leave out, by what its item does."""


def refusing(
    case: Case, action: FlowAction, at: datetime, further: Iterable[str] = ()
) -> Guard | None:
    """Return the first guard that forbids an act, or None.

    Those of the act are asked, and what the flow item names besides. Units: `at` is the instant
    that the act would carry. Raises: LimitationPeriodMissing.
    """
    asked = {*GUARDS_OF.get(action, ()), *further}
    return next(
        (
            guard
            for guard in GUARDS
            if guard.name in asked
            and guard.valid_from_on <= civil_date(at)
            and guard.forbids(case, action, at)
        ),
        None,
    )
