"""The cost of a debt-collection demand: stated once, posted once, taken back when not owed.

Cases of one creditor and debtor that are demanded together share one demand and one cost. They
are given as a group of drafts, so that one decision can change any of them. Whether the cost is
owed, and on which case, follows from the facts alone, in whatever order they became known.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, Demand
from fordran.domain.case_facts import facts_of
from fordran.domain.costs import has_late_payment_fee, within_ceiling
from fordran.domain.draft import CASE_FLOW, Draft
from fordran.domain.ledger import Component, Entry, EntryKind, FactName, MoneySource
from fordran.domain.money import ZERO, Money, total
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date
from fordran.domain.tables.statutory_costs import CostKind
from fordran.domain.valuation import capital_unpaid_on


def demand_cost_on(on: date, cases: Iterable[Case], rules: Rules) -> Money:
    """Return the cost that a demand for some cases, dispatched on a day, states.

    A demand for interest and costs alone, without any capital, states none: the cost is owed
    for demanding a debt that was unpaid. A claim that bears the fee between businesses has none
    (decision 27).

    Units: öre. Source: 1981:739 3 and 4 §§ through the dated table; decision 24.
    """
    carrier = carrier_of(case for case in cases if may_carry(case, rules.terms))
    if carrier is None:
        return ZERO
    cost = rules.law.statutory_cost(CostKind.DEBT_COLLECTION, on).amount
    return within_ceiling(carrier, cost)


def may_carry(case: Case, terms: AgreementTerms) -> bool:
    """Tell whether the cost of a demand may stand on a case, as it is now."""
    return (
        terms.claims_debt_collection_cost
        and bool(case.balances.capital.remaining)
        and not has_late_payment_fee(case)
    )


def carrier_of(cases: Iterable[Case]) -> Case | None:
    """Return the case that carries the cost of a demand: the earliest invoice, the lowest id.

    Source: decision 25.
    """
    return min(cases, key=lambda case: (case.debt.invoice_on, case.id), default=None)


def posted_demand_cost(case: Case) -> Money:
    """Return what is posted on a case for its demand, corrections included."""
    return total(entry.amount for entry in _demand_cost_rows(case))


def adjust_demand_cost(group: Sequence[Draft], rules: Rules, because_of: FactName) -> None:
    """Post, move or take back the demand's cost, as the facts of its cases have it.

    It is owed once (a) any payment was made, by value, after the civil day of dispatch, or (b)
    the debt statement has run with capital unpaid. It stands on the case with the earliest
    invoice among the open ones whose capital was unpaid, by value, when the day of dispatch
    ended. A closed carrier keeps it: closing is itself a fact (decision 47).

    Units: öre; the cost is what the demand states and counts from the dispatch.
    Source: decisions 24, 25, 47 and 50; 1981:739 3 §; docs/decisions/0016.
    """
    demand = next((member.case.demand for member in group if member.case.demand), None)
    if demand is None:
        return
    is_owed = any(_makes_owed(member.case) for member in group)
    bearer = next((member for member in group if posted_demand_cost(member.case)), None)
    if bearer is not None and bearer.case.closed is not None:
        return
    owing = _owing(group, demand, rules) if is_owed else None
    if bearer is owing:
        return
    if bearer is not None:
        _take_back(bearer, demand, because_of, is_reversal=not is_owed)
    if owing is not None:
        cause = because_of if bearer else None
        _post(owing, demand.stated_cost, demand, cause, act=demand.letter_id)


def state_demand_cost(group: Sequence[Draft], demand: Demand, rules: Rules) -> None:
    """Post the demand's cost because the debt statement runs with capital unpaid (24 b)."""
    if not any(posted_demand_cost(member.case) for member in group):
        owing = _owing(group, demand, rules)
        if owing is not None:
            _post(owing, demand.stated_cost, demand, None, act=demand.letter_id)


def _makes_owed(case: Case) -> bool:
    demand = case.demand
    if demand is None:
        return False
    dispatched_on = civil_date(demand.dispatched_at)
    return demand.is_stated or any(
        payment.source is not MoneySource.CREDITING
        and payment.counts
        and civil_date(payment.value_at) > dispatched_on
        for payment in case.payments
    )


def _take_back(carrier: Draft, demand: Demand, because_of: FactName, *, is_reversal: bool) -> None:
    """Take the cost back: by the row negated if a reversal undid it, else by a correction."""
    posted = _demand_cost_rows(carrier.case)[-1]
    if is_reversal:
        carrier.reverse(posted, because_of)
    else:
        amount = -posted_demand_cost(carrier.case)
        _post(carrier, amount, demand, because_of, act=posted.act)


def _owing(group: Sequence[Draft], demand: Demand, rules: Rules) -> Draft | None:
    """Return the draft of the case that owes the cost: open, unpaid at dispatch, not disputed.

    A disputed case gets no cost; one that it stands on already keeps it if no other could.
    """
    by_id = {member.case.id: member for member in group}
    unpaid = [
        member.case
        for member in group
        if member.case.closed is None
        and not has_late_payment_fee(member.case)
        and _was_unpaid(member, demand, rules)
    ]
    undisputed = [case for case in unpaid if not case.is_disputed]
    carrier = carrier_of(undisputed or [case for case in unpaid if posted_demand_cost(case)])
    return by_id[carrier.id] if carrier is not None else None


def _post(
    draft: Draft, amount: Money, demand: Demand, because_of: FactName | None, *, act: str | None
) -> None:
    draft.post(
        EntryKind.CLAIM,
        Component.COSTS,
        amount,
        value_at=demand.dispatched_at,
        description=CASE_FLOW,
        cost_kind=CostKind.DEBT_COLLECTION,
        act=act,
        fact=because_of,
    )


def _demand_cost_rows(case: Case) -> list[Entry]:
    return [
        entry
        for entry in case.entries
        if entry.cost_kind == CostKind.DEBT_COLLECTION
        and entry.kind is EntryKind.CLAIM
        and entry.component is Component.COSTS
    ]


def _was_unpaid(draft: Draft, demand: Demand, rules: Rules) -> bool:
    """Tell whether a case had unpaid capital when the day of dispatch ended."""
    dispatched_on = civil_date(demand.dispatched_at)
    facts = facts_of(draft.case, rules)
    # The cost must not make itself owed by taking money of the day of dispatch from the capital.
    others = tuple(
        cost
        for cost in facts.costs
        if (cost.kind, cost.act) != (CostKind.DEBT_COLLECTION, demand.letter_id)
    )
    return bool(capital_unpaid_on(replace(facts, costs=others), dispatched_on))
