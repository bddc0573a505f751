"""A batch of cases: locked with their demand groups, decided on as drafts, written together."""

from collections.abc import Iterable
from datetime import datetime

from fordran.domain.case import Case
from fordran.domain.draft import Draft
from fordran.domain.rules import Rules
from fordran.operations.clock import account_now
from fordran.operations.demand_costs import record_posted_costs
from fordran.operations.rules import RulesInForce
from fordran.storage import cases
from fordran.storage.unit_of_work import UnitOfWork


class CaseBatch:
    """Cases that one unit of work may change, with every case that shares a demand with them.

    Units: `at` is the account's now; `real_now` the machine's.
    """

    def __init__(self, uow: UnitOfWork, case_ids: Iterable[str], real_now: datetime) -> None:
        self.uow = uow
        self.real_now = real_now
        locked = cases.lock_with_demand_groups(uow, sorted(set(case_ids)))
        self.at = account_now(uow, real_now)
        # While this unit waited for a lock, another may have written a later instant.
        self.drafts = {
            case_id: Draft(case, max(self.at, case.updated_at))
            for case_id, case in cases.load(uow, locked).items()
        }
        self._rules = RulesInForce(uow)
        self.interest_changed_by_law = self._rules.bring_up_to_law(self.drafts.values())
        """In öre per case whose interest was counted anew (docs/decisions/0028)."""

    def rules_of(self, case: Case) -> Rules:
        """Return the rules a case is handled by."""
        return self._rules.of(case.agreement_version_id)

    def group_of(self, case: Case) -> list[Draft]:
        """Return the drafts of a case and of those that share its demand."""
        if case.debt_collection_id is None:
            return [self.drafts[case.id]]
        return [
            draft
            for draft in self.drafts.values()
            if draft.case.debt_collection_id == case.debt_collection_id
        ]

    def group_of_all(self, case_ids: Iterable[str]) -> list[Draft]:
        """Return the drafts of several cases and of those that share a demand with one of them."""
        found: dict[str, Draft] = {}
        for case_id in case_ids:
            for draft in self.group_of(self.drafts[case_id].case):
                found[draft.case.id] = draft
        return list(found.values())

    def save(self) -> None:
        """Write what happened on the drafts."""
        drafts = list(self.drafts.values())
        cases.save(self.uow, drafts, self.real_now)
        record_posted_costs(self.uow, [draft.case for draft in drafts])
