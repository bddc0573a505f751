"""Register debtors' disputes: nothing is sent, charged or applied for until they are decided."""

from collections.abc import Sequence
from typing import Any

from fordran.domain.case import Case
from fordran.domain.dispute import DisputeClocks, DisputeKind, open_dispute
from fordran.domain.draft import Draft
from fordran.domain.holding import hold_outcome
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.money import Money
from fordran.domain.swedish_time import civil_date
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.storage.case_disputes import DISPUTES, StoredDispute, open_cases_beside


class DisputeCase(CreditorCommand, frozen=True, kw_only=True):
    """A debtor's objection. Units: öre; no amount means the whole claim."""

    kind: DisputeKind
    amount: Money | None = None
    text: str
    hold_other_cases: bool = False
    """Whether the debtor's other open cases at the creditor are held too."""


def dispute_cases(
    context: Context, account_id: str, commands: Sequence[DisputeCase]
) -> list[Verdict[StoredDispute]]:
    """Register disputes of cases of one account in order, each with its own verdict.

    Checked per command besides what `CreditorActions` checks: the amount is at most what remains
    of the capital.

    Source: inkassolagen (1974:182) 4, 8 §§; docs/law/disputes.md; docs/decisions/0038.
    """
    return _Disputes.answer(context, account_id, commands)


class _Disputes(CreditorActions[DisputeCase, StoredDispute]):
    table = DISPUTES

    def find(self) -> None:
        super().find()
        wide = [command for command in self.commands if command.hold_other_cases]
        disputed = {
            case_id for command in wide for case_id in super(_Disputes, self).case_ids(command)
        }
        self.beside = open_cases_beside(self.uow, sorted(disputed)) if disputed else {}

    def case_ids(self, command: DisputeCase) -> Sequence[str]:
        own = super().case_ids(command)
        if not command.hold_other_cases:
            return own
        return (*own, *(other for case_id in own for other in self.beside.get(case_id, ())))

    def issues(self, command: DisputeCase, case: Case) -> dict[str, Any]:
        if command.amount is None or case.closed is not None:
            return {}
        if command.amount > case.balances.capital.remaining:
            return {"amount": "must not be more than what remains of the capital"}
        return {}

    def carry_out(self, command: DisputeCase, draft: Draft, shared: SharedFields) -> StoredDispute:
        terms = self.batch.rules_of(draft.case).terms
        clocks = DisputeClocks.begin(civil_date(draft.at), terms)
        hold = Hold(
            shared.id,
            HoldKind.DISPUTE,
            draft.at,
            reason=command.kind.value,
            amount=command.amount,
        )
        others = [self.batch.drafts[case_id] for case_id in self.case_ids(command)[1:]]
        refused, beside = open_dispute(draft, others, hold, clocks)
        return StoredDispute(
            **shared.with_result(hold_outcome(hold.kind, refused)),
            kind=command.kind.value,
            amount_minor=command.amount.minor if command.amount else None,
            text=command.text,
            hold_other_cases=command.hold_other_cases,
            other_case_ids=beside,
            creditor_answer_by_on=None if refused else clocks.creditor_answer_by_on,
            answer_by_on=None if refused else clocks.answer_by_on,
        )
