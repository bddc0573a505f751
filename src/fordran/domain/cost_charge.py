"""Decide: a statutory cost is charged for an act."""

from datetime import datetime

from fordran.domain.costs import Charged, CostRefusal, refusal_of, within_ceiling
from fordran.domain.draft import CASE_FLOW, Draft
from fordran.domain.ledger import Component, EntryKind, Origin
from fordran.domain.resettle import post_differences
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date
from fordran.domain.tables.statutory_costs import CostKind


def charge_cost(
    draft: Draft,
    kind: CostKind,
    act: str,
    rules: Rules,
    *,
    value_at: datetime,
    origin: Origin = Origin.SOLICITOR_SYSTEM,
) -> Charged:
    """Charge a statutory cost for an act, if it is owed; the draft takes the row.

    Money that came after the day the cost counts from is placed anew. Checked in the order of
    `CostRefusal`. `origin` says who laid the money out, where it is an
    outlay: it gets it back (decision 29).

    Units: öre; the amount is the statute's on the civil day of `value_at`, within the ceiling of
    a consumer credit.
    Raises: StatutoryCostMissing.
    Source: 1981:739 2-4 a §§, 1990:746 48 §, 1992:1094 1 and 6 §§; decisions 24-29.
    """
    refusal = refusal_of(draft.case, kind, act, rules)
    if refusal is not None:
        return Charged(refusal=refusal)
    owed = rules.law.statutory_cost(kind, civil_date(value_at)).amount
    amount = within_ceiling(draft.case, owed)
    if not amount:
        return Charged(refusal=CostRefusal.CREDIT_CEILING)
    draft.post(
        EntryKind.CLAIM,
        Component.COSTS,
        amount,
        value_at=value_at,
        description=CASE_FLOW,
        origin=origin,
        cost_kind=kind.value,
        act=act,
    )
    counted_on = draft.case.interest_counted_through_on
    if counted_on is not None:
        valued = draft.count_interest(rules, counted_on)
        post_differences(draft, valued, None, rules, value_at)
    return Charged(amount)
