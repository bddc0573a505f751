"""The cost of a debt-collection demand: stated once, posted once, taken back when not owed.

Cases of one creditor and debtor that are demanded together share one demand and one cost. They
are given as a group of drafts, so that one decision can change any of them.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, Demand
from fordran.domain.draft import CASE_FLOW, Draft, facts_of
from fordran.domain.ledger import Component, EntryKind
from fordran.domain.money import ZERO, Money, total
from fordran.domain.swedish_time import civil_date
from fordran.domain.tables.statutory_costs import CostKind, statutory_cost
from fordran.domain.valuation import capital_unpaid_on


def demand_cost_on(on: date, cases: Iterable[Case], terms: AgreementTerms) -> Money:
    """Return the cost that a demand for some cases, dispatched on a day, states.

    A demand for interest and costs alone, without any capital, states none: the cost is owed
    for demanding a debt that was unpaid.

    Units: öre. Source: 1981:739 3 and 4 §§ through the dated table; decision 24.
    """
    if not terms.claims_debt_collection_cost:
        return ZERO
    if not any(case.balances.capital.remaining for case in cases):
        return ZERO
    return statutory_cost(CostKind.DEBT_COLLECTION, on).amount


def carrier_of(cases: Iterable[Case]) -> Case | None:
    """Return the case that carries the cost of a demand: the earliest invoice, the lowest id.

    Source: decision 25.
    """
    return min(cases, key=lambda case: (case.debt.invoice_on, case.id), default=None)


def posted_demand_cost(case: Case) -> Money:
    """Return what is posted on a case for its demand, corrections included."""
    return total(
        entry.amount
        for entry in case.entries
        if entry.cost_kind == CostKind.DEBT_COLLECTION
        and entry.kind is EntryKind.CLAIM
        and entry.component is Component.COSTS
    )


def post_demand_cost(group: Sequence[Draft], demand: Demand, terms: AgreementTerms) -> None:
    """Post the demand's cost on the case that carries it, unless the group has it already.

    Units: öre; the cost is what the demand states and counts from the dispatch.
    Source: decisions 24 and 25; 1981:739 3 §.
    """
    if not any(posted_demand_cost(draft.case) for draft in group):
        _post_on_carrier(group, demand, terms)


def correct_demand_cost(
    group: Sequence[Draft], demand: Demand, terms: AgreementTerms, because_of: str
) -> None:
    """Correct the demand's cost if the capital of its carrier proves to have been paid in time.

    In time is by value on or before the day of dispatch. If another case of the demand was
    unpaid then, the cost stands on that one instead; otherwise it is not owed. The correcting
    rows name the payment that showed it. A closed carrier is left as it is: closing is itself a
    fact (decision 47).

    Source: decisions 24, 25 and 47.
    """
    carrier = next((draft for draft in group if posted_demand_cost(draft.case)), None)
    if carrier is None or carrier.case.closed is not None:
        return
    if _was_unpaid(carrier, demand, terms):
        return
    carrier.post(
        EntryKind.CLAIM,
        Component.COSTS,
        -posted_demand_cost(carrier.case),
        value_at=demand.dispatched_at,
        description=CASE_FLOW,
        cost_kind=CostKind.DEBT_COLLECTION,
        creditor_payment_id=because_of,
    )
    _post_on_carrier(group, demand, terms, because_of)


def _post_on_carrier(
    group: Sequence[Draft],
    demand: Demand,
    terms: AgreementTerms,
    because_of: str | None = None,
) -> None:
    """Post the cost on the carrier among those that are open and were unpaid at dispatch."""
    by_id = {draft.case.id: draft for draft in group}
    carrier = carrier_of(
        draft.case
        for draft in group
        if draft.case.closed is None and _was_unpaid(draft, demand, terms)
    )
    if carrier is None:
        return
    by_id[carrier.id].post(
        EntryKind.CLAIM,
        Component.COSTS,
        demand.stated_cost,
        value_at=demand.dispatched_at,
        description=CASE_FLOW,
        cost_kind=CostKind.DEBT_COLLECTION,
        creditor_payment_id=because_of,
    )


def _was_unpaid(draft: Draft, demand: Demand, terms: AgreementTerms) -> bool:
    """Tell whether a case had unpaid capital when the day of dispatch ended."""
    dispatched_on = civil_date(demand.dispatched_at)
    return bool(capital_unpaid_on(facts_of(draft.case, terms), dispatched_on))
