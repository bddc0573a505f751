"""Keep a debt collection's record of its cost equal to what stands in the ledger."""

from collections.abc import Iterable

from fordran.domain.case import Case
from fordran.domain.demand_cost import posted_demand_cost
from fordran.domain.tables.statutory_costs import CostKind
from fordran.storage.demands import PostedCost, set_posted_costs
from fordran.storage.unit_of_work import UnitOfWork


def record_posted_costs(uow: UnitOfWork, changed: Iterable[Case]) -> None:
    """Record the cost of the demands whose carriers are among the cases.

    What remains of the cost is at most what remains of the carrier's costs: the oldest costs
    are settled first (docs/decisions/0021), and the demand's is the youngest.
    """
    costs: dict[str, PostedCost] = {}
    for case in changed:
        has_carried = any(entry.cost_kind == CostKind.DEBT_COLLECTION for entry in case.entries)
        if case.debt_collection_id is None or not has_carried:
            continue
        added = posted_demand_cost(case)
        if not added and case.debt_collection_id in costs:
            # The cost has moved from this case to one that was looked at before.
            continue
        remaining = min(added, case.balances.costs.remaining)
        costs[case.debt_collection_id] = PostedCost(
            case.debt_collection_id, case.id, added.minor, remaining.minor
        )
    set_posted_costs(uow, list(costs.values()))
