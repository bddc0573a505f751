"""Reduce the interest of claims, as persons have decided (räntelagen 8 §)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from fordran.domain.draft import Draft
from fordran.domain.interest_reduction import reduce_interest
from fordran.domain.interest_terms import InterestReduction
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.storage.interest_reductions import REDUCTIONS, StoredReduction


class ReduceInterest(CreditorCommand, frozen=True, kw_only=True):
    """A decision that a claim bears less interest.

    Units: both days are inclusive, no last day means until further notice; percent a year.
    """

    first_on: date
    last_on: date | None
    annual_rate_percent: Decimal
    reason: str
    decided_by: str


def reduce_interest_of_cases(
    context: Context, account_id: str, commands: Sequence[ReduceInterest]
) -> list[Verdict[StoredReduction]]:
    """Reduce the interest of cases of one account in order, each with its own verdict.

    Source: räntelagen (1975:635) 8 §; decision 47.
    """
    return _Reductions.answer(context, account_id, commands)


class _Reductions(CreditorActions[ReduceInterest, StoredReduction]):
    table = REDUCTIONS

    def carry_out(
        self, command: ReduceInterest, draft: Draft, shared: SharedFields
    ) -> StoredReduction:
        reduction = InterestReduction(
            shared.id,
            command.first_on,
            command.last_on,
            command.annual_rate_percent,
            command.reason,
            command.decided_by,
        )
        group, rules = self.batch.group_of(draft.case), self.batch.rules_of(draft.case)
        outcome = reduce_interest(group, draft.case.id, reduction, rules)
        return StoredReduction(
            **shared.with_result(outcome),
            first_on=command.first_on,
            last_on=command.last_on,
            annual_rate_percent=command.annual_rate_percent,
            reason=command.reason,
            decided_by=command.decided_by,
        )
