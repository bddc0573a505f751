"""Costs of collection: which may be charged, how much, and each once (decisions 24-28).

A cost is keyed by case, kind and act, so the same act can never be charged twice. The cost of a
demand, which cases may share, has rules of its own in `demand_cost.py`.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from fordran.domain.case import Case
from fordran.domain.ledger import Component, Entry, EntryKind
from fordran.domain.money import ZERO, Money
from fordran.domain.rules import Rules
from fordran.domain.tables.statutory_costs import CostKind


class CostRefusal(StrEnum):
    """Why a cost is not charged; in the order that the rules are asked."""

    CASE_CLOSED = "case_closed"
    """The case has ended."""

    ALREADY_CHARGED = "already_charged"
    """The cost stands on the claim for this act."""

    ONCE_PER_CLAIM = "once_per_claim"
    """A claim bears one reminder fee and one late-payment fee, the creditor's own included."""

    NOT_AGREED = "not_agreed"
    """A reminder fee was not agreed when the debt arose (1981:739 2 §; decision 26)."""

    NOT_CHOSEN = "not_chosen"
    """The agreement does not choose the fee between businesses (decision 27)."""

    CONSUMER = "consumer"
    """The fee between businesses is never charged to a consumer (1981:739 4 a §)."""

    INSTEAD_OF = "instead_of"
    """The fee between businesses is instead of the costs of reminder, demand and plan."""

    CREDIT_CEILING = "credit_ceiling"
    """Interest and costs of a consumer credit have reached its amount (2010:1846 19 b §)."""


class Charged(msgspec.Struct, frozen=True):
    """What was charged, or why nothing was. Units: öre."""

    amount: Money = ZERO
    refusal: CostRefusal | None = None


INSTEAD_OF_450 = frozenset({CostKind.REMINDER, CostKind.DEBT_COLLECTION, CostKind.PAYMENT_PLAN})
"""What the late-payment fee is instead of, on the same claim (1981:739 4 a §)."""

ONCE = frozenset({CostKind.REMINDER, CostKind.LATE_PAYMENT_FEE})


def refusal_of(case: Case, kind: CostKind, act: str, rules: Rules) -> CostRefusal | None:
    """Return the first rule that forbids a cost, or None."""
    if case.closed is not None:
        return CostRefusal.CASE_CLOSED
    if any(row.cost_kind == kind and row.act == act for row in _standing(case)):
        return CostRefusal.ALREADY_CHARGED
    if kind in ONCE and _has(case, kind):
        return CostRefusal.ONCE_PER_CLAIM
    if kind is CostKind.LATE_PAYMENT_FEE:
        return _refusal_between_businesses(case, rules)
    if kind is CostKind.REMINDER and not rules.terms.reminder_fee_agreed:
        return CostRefusal.NOT_AGREED
    is_instead = kind in INSTEAD_OF_450 and has_late_payment_fee(case)
    return CostRefusal.INSTEAD_OF if is_instead else None


def _refusal_between_businesses(case: Case, rules: Rules) -> CostRefusal | None:
    if not rules.terms.claims_late_payment_fee:
        return CostRefusal.NOT_CHOSEN
    if case.is_consumer:
        return CostRefusal.CONSUMER
    if any(_has(case, other) for other in INSTEAD_OF_450):
        return CostRefusal.INSTEAD_OF
    return None


def has_late_payment_fee(case: Case) -> bool:
    """Tell whether the fee between businesses stands on a claim."""
    return _has(case, CostKind.LATE_PAYMENT_FEE)


def within_ceiling(case: Case, amount: Money) -> Money:
    """Return as much of a cost as the ceiling of a consumer credit leaves room for.

    Units: öre. Source: konsumentkreditlagen (2010:1846) 19 b §.
    """
    credit = case.debt.consumer_credit
    if credit is None:
        return amount
    balances = case.balances
    room = credit.ceiling - balances.interest.added - balances.costs.added - _stated(case)
    return max(min(amount, room), ZERO)


def _stated(case: Case) -> Money:
    """Return the cost that the demand states and that may still be posted on the case."""
    if case.demand is None or _has(case, CostKind.DEBT_COLLECTION):
        return ZERO
    return case.demand.stated_cost


def _has(case: Case, kind: CostKind) -> bool:
    return any(row.cost_kind == kind for row in _standing(case))


def _standing(case: Case) -> Iterator[Entry]:
    """Yield the rows of costs that have not been taken back."""
    rows = [
        entry
        for entry in case.entries
        if entry.kind is EntryKind.CLAIM and entry.component is Component.COSTS
    ]
    sums: dict[tuple[str | None, str | None], Money] = {}
    for row in rows:
        key = (row.cost_kind, row.act)
        sums[key] = sums.get(key, ZERO) + row.amount
    yield from (row for row in rows if sums[(row.cost_kind, row.act)])
