"""View a case as it was known, and as it was valid, at an earlier instant."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from fordran.domain.as_of import valid_at
from fordran.domain.case import Case, Limitation
from fordran.domain.demand_cost import posted_demand_cost
from fordran.domain.events import LimitationBroken, Recorded
from fordran.domain.history import known_by, rebuild
from fordran.domain.refusals import Refusal
from fordran.domain.tables.statutory_costs import CostKind
from fordran.operations.clock import account_now
from fordran.operations.context import Context
from fordran.operations.rules import RulesInForce
from fordran.storage import cases
from fordran.storage.case_views import CASES, CaseView, SharedCost
from fordran.storage.unit_of_work import UnitOfWork
from fordran.storage.wire_transactions import wire_transactions


class NotKnownThen(Refusal):
    """The case was not known at that time."""


class InstantInTheFuture(Refusal):
    """A case can be shown as it was, not as it will be. `issues` says which instant is wrong."""

    def __init__(self, issues: dict[str, str]) -> None:
        self.issues = issues
        super().__init__()


class Then(msgspec.Struct, frozen=True):
    """Which earlier instants are asked for; None is now."""

    as_of: datetime | None = None
    known_at: datetime | None = None


def view_case_then(context: Context, account_id: str, case_id: str, then: Then) -> CaseView | None:
    """Return a case as it was known at one instant and valid at another; None if there is none.

    The names that a case copies from its creditor and customer are those of today.

    Raises, in this order: InstantInTheFuture; NotKnownThen; ReferenceRateMissing.
    Source: docs/decisions/0027.
    """
    real_now = context.clock.now()

    def query(uow: UnitOfWork) -> CaseView | None:
        view = CASES.by_id(uow, [case_id]).get(case_id)
        if view is None:
            return None
        _refuse_the_future(then, account_now(uow, real_now))
        members = view.shared_cost.case_ids if view.shared_cost else ()
        journals = cases.journals(uow, sorted({case_id, *members}))
        seen = _seen(journals, then, RulesInForce(uow))
        if case_id not in seen:
            raise NotKnownThen
        case = seen[case_id]
        return replace(
            view,
            case=case,
            transactions=wire_transactions(case.entries),
            shared_cost=_shared_cost(view, seen),
        )

    return context.database.read(account_id, query)


def _refuse_the_future(then: Then, now: datetime) -> None:
    issues: dict[str, str] = {}
    if then.as_of is not None and then.as_of > now:
        issues["as_of"] = (
            "must not be in the future; an explanation of its interest values a case on any day"
        )
    if then.known_at is not None and then.known_at > now:
        issues["known_at"] = "must not be in the future"
    if issues:
        raise InstantInTheFuture(issues)


def _seen(
    journals: Mapping[str, Sequence[Recorded]], then: Then, rules: RulesInForce
) -> dict[str, Case]:
    """Return the cases that were known then, as they were valid then."""
    seen: dict[str, Case] = {}
    for case_id, journal in journals.items():
        known = journal if then.known_at is None else known_by(journal, then.known_at)
        if not known:
            continue
        case = rebuild(known)
        if then.as_of is not None:
            of_case = rules.of(case.agreement_version_id)
            case = valid_at(case, of_case, then.as_of, breaks=_breaks(known))
        seen[case_id] = case
    return seen


def _breaks(journal: Sequence[Recorded]) -> list[Limitation]:
    events = (recorded.event for recorded in journal)
    return [event.limitation for event in events if isinstance(event, LimitationBroken)]


def _shared_cost(view: CaseView, seen: Mapping[str, Case]) -> SharedCost | None:
    """Return the cost of the case's demand as it stood then on one of its cases."""
    now, case = view.shared_cost, seen[view.case.id]
    if now is None or case.debt_collection_id is None:
        return None
    carriers = [member for member in seen.values() if _has_carried(member)]
    carrier = max(carriers, key=posted_demand_cost, default=None)
    if carrier is None:
        return None
    added = posted_demand_cost(carrier)
    remaining = min(added, carrier.balances.costs.remaining)
    return SharedCost(carrier.id, now.case_ids, added.minor, remaining.minor)


def _has_carried(case: Case) -> bool:
    return any(entry.cost_kind == CostKind.DEBT_COLLECTION for entry in case.entries)
