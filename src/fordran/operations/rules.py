"""The rules in force: an agreement's terms with the installation's law."""

from collections.abc import Iterable, Mapping

from fordran.domain.draft import Draft
from fordran.domain.law import Law
from fordran.domain.recount import is_touched, law_fact, recount
from fordran.domain.rules import Rules
from fordran.operations.law import LAW_BOOK
from fordran.storage import agreements
from fordran.storage.unit_of_work import UnitOfWork


class RulesInForce:
    """Reads the rules of agreement versions, each once in a unit of work.

    Invariants: the whole unit of work counts by one version of the law, the latest when it first
    asked.
    """

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow
        self._rules: dict[str, Rules] = {}
        self._law: Law | None = None
        self._versions: Mapping[int, Law] = {}

    def of(self, agreement_version_id: str) -> Rules:
        """Return the rules of cases that were registered under an agreement version."""
        if agreement_version_id not in self._rules:
            found = agreements.agreement_terms(self._uow, agreement_version_id)
            if self._law is None:
                self._versions = LAW_BOOK.versions(self._uow, found.law_digest)
                self._law = self._versions[found.law_version]
            self._rules[agreement_version_id] = Rules(found.terms, self._law)
        return self._rules[agreement_version_id]

    def bring_up_to_law(self, drafts: Iterable[Draft]) -> dict[str, int]:
        """Count anew what was counted by a rate that has been corrected since.

        Done before any decision on the cases, so that a decision's rows say what it changed and
        nothing of what the law changed. `drafts` hold whole demand groups.

        Units: returns, by case, how much its interest changed in öre. Raises: ReferenceRateMissing.
        """
        members = list(drafts)
        changed = {}
        for draft in [member for member in members if self._is_touched(member)]:
            rules = self.of(draft.case.agreement_version_id)
            # A case may have been closed by the one before it.
            if draft.case.closed is None:
                group = _group_of(draft, members)
                changed[draft.case.id] = recount(group, draft, law_fact(rules.law), rules).minor
        return changed

    def _is_touched(self, draft: Draft) -> bool:
        if draft.case.interest_counted_through_on is None:
            return False
        law = self.of(draft.case.agreement_version_id).law
        return is_touched(draft.case, law, self._versions)


def _group_of(draft: Draft, drafts: list[Draft]) -> list[Draft]:
    shared_id = draft.case.debt_collection_id
    if shared_id is None:
        return [draft]
    return [other for other in drafts if other.case.debt_collection_id == shared_id]
