"""End cases without payment, as persons at the agency decide."""

from collections.abc import Sequence
from typing import Any

import msgspec

from fordran.domain.case import Case
from fordran.domain.case_status import CloseReason
from fordran.domain.draft import Draft
from fordran.domain.ending import DecidedEnding, end, ending_issues
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.operations.references import must_exist
from fordran.storage import cases
from fordran.storage.case_endings import CASE_ENDINGS, StoredEnding, carried_out
from fordran.storage.unit_of_work import UnitOfWork


class EndCase(CreditorCommand, frozen=True, kw_only=True):
    """A case that the agency ends: its `creditor_id` is None."""

    ending: DecidedEnding


class SeenCase(msgspec.Struct, frozen=True):
    """A case as an operator looks at it, with the decision that ended it, if one did."""

    case: Case
    ending: StoredEnding | None


def end_cases(
    context: Context, account_id: str, commands: Sequence[EndCase]
) -> list[Verdict[StoredEnding]]:
    """End cases of one account in order, each with its own verdict.

    Checked per decision: what every report is checked for, and what the decision lacks; the case
    that goes on, where this one is its duplicate, exists, is the same creditor's, and has not
    itself ended as a duplicate.

    Raises: LimitationPeriodMissing.
    Source: decision 49; docs/decisions/0040.
    """
    return _Endings.answer(context, account_id, commands)


def see_case(context: Context, account_id: str, case_id: str) -> SeenCase | None:
    """Return a case of an account, or None if it has none with this id."""

    def query(uow: UnitOfWork) -> SeenCase | None:
        case = cases.load(uow, [case_id]).get(case_id)
        if case is None:
            return None
        return SeenCase(case, carried_out(uow, [case_id]).get(case_id))

    return context.database.run(account_id, query)


class _Endings(CreditorActions[EndCase, StoredEnding]):
    table = CASE_ENDINGS

    def case_ids(self, command: EndCase) -> Sequence[str]:
        """Return the case that ends and the one that goes on: it may not end meanwhile."""
        other_id = command.ending.duplicate_of
        return (*super().case_ids(command), *((other_id,) if other_id else ()))

    def issues(self, command: EndCase, case: Case) -> dict[str, Any]:
        issues = ending_issues(case.id, command.ending)
        if command.ending.duplicate_of is not None and "duplicate_of" not in issues:
            issues |= self._issues_of_other(command.ending.duplicate_of, case)
        return issues

    def _issues_of_other(self, other_id: str, case: Case) -> dict[str, str]:
        draft = self.batch.drafts.get(other_id)
        if draft is None:
            return {"duplicate_of": must_exist(other_id, "cases", "_id")}
        other = draft.case
        if other.creditor_id != case.creditor_id:
            return {"duplicate_of": "must be a case of the same creditor"}
        if other.closed is not None and other.closed.reason is CloseReason.DUPLICATE:
            return {"duplicate_of": "must not have ended as a duplicate itself"}
        return {}

    def carry_out(self, command: EndCase, draft: Draft, shared: SharedFields) -> StoredEnding:
        ending = command.ending
        return StoredEnding(
            **shared.with_result(end(draft, ending, shared.id)),
            reason=ending.reason.value,
            explanation=ending.explanation,
            decided_by=ending.decided_by,
            duplicate_of=ending.duplicate_of,
        )
