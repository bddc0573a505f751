"""The cost of a debt-collection demand: stated once, posted once, taken back when not owed.

Cases of one creditor and debtor that are demanded together share one demand and one cost. A
`DemandGroup` is those cases, as drafts, so that one decision can change any of them.
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

    The carrier is the case with the earliest invoice date, then the lowest id, among those that
    are open and whose capital was unpaid when the day of dispatch ended; if there is none, the
    cost is not owed.

    Units: öre; the cost is what the demand states and counts from the dispatch.
    Source: decisions 24 and 25; 1981:739 3 §.
    """
    if any(posted_demand_cost(draft.case) for draft in group):
        return
    dispatched_on = civil_date(demand.dispatched_at)
    by_id = {draft.case.id: draft for draft in group}
    carrier = carrier_of(
        draft.case
        for draft in group
        if draft.case.closed is None
        and capital_unpaid_on(facts_of(draft.case, terms), dispatched_on)
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
    )


def take_back_unowed_cost(
    group: Sequence[Draft], demand: Demand, terms: AgreementTerms, because_of: str
) -> None:
    """Correct the demand's cost away if the whole capital proves to have been paid in time.

    In time is by value on or before the day of dispatch. The correcting row names the payment
    that showed it. A closed carrier is left as it is: closing is itself a fact (decision 47).

    Source: decision 24.
    """
    dispatched_on = civil_date(demand.dispatched_at)
    if any(capital_unpaid_on(facts_of(draft.case, terms), dispatched_on) for draft in group):
        return
    for draft in group:
        if draft.case.closed is None:
            draft.post(
                EntryKind.CLAIM,
                Component.COSTS,
                -posted_demand_cost(draft.case),
                value_at=demand.dispatched_at,
                description=CASE_FLOW,
                cost_kind=CostKind.DEBT_COLLECTION,
                creditor_payment_id=because_of,
            )
