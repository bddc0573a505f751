"""Pause the flow of cases for a reason, and resume it."""

from collections.abc import Sequence

from fordran.domain.draft import Draft
from fordran.domain.holding import RESUMED, begin_hold, end_hold, hold_outcome
from fordran.domain.holds import Hold, HoldKind
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.storage.case_pauses import (
    PAUSES,
    RESUMPTIONS,
    StoredPause,
    StoredResumption,
    cases_of_pauses,
)


class PauseCase(CreditorCommand, frozen=True, kw_only=True):
    """A case whose flow is to stand still until it is resumed."""

    reason: str


class ResumeCase(CreditorCommand, frozen=True, kw_only=True):
    """A pause that is over."""

    pause_id: str
    reason: str


def pause_cases(
    context: Context, account_id: str, commands: Sequence[PauseCase]
) -> list[Verdict[StoredPause]]:
    """Pause cases of one account in order, each with its own verdict.

    Source: decisions 64, 67; docs/decisions/0038.
    """
    return _Pauses.answer(context, account_id, commands)


def resume_cases(
    context: Context, account_id: str, commands: Sequence[ResumeCase]
) -> list[Verdict[StoredResumption]]:
    """Resume paused cases of one account in order, each with its own verdict.

    Source: docs/decisions/0038.
    """
    return _Resumptions.answer(context, account_id, commands)


class _Pauses(CreditorActions[PauseCase, StoredPause]):
    table = PAUSES

    def carry_out(self, command: PauseCase, draft: Draft, shared: SharedFields) -> StoredPause:
        hold = Hold(shared.id, HoldKind.PAUSE, draft.at, reason=command.reason)
        outcome = hold_outcome(hold.kind, begin_hold(draft, hold))
        return StoredPause(**shared.with_result(outcome), reason=command.reason)


class _Resumptions(CreditorActions[ResumeCase, StoredResumption]):
    table = RESUMPTIONS

    def find(self) -> None:
        named = {command.pause_id for command in self.commands}
        self.pauses = cases_of_pauses(self.uow, sorted(named))

    def case_ids(self, command: ResumeCase) -> Sequence[str]:
        case_id = self.pauses.get(command.pause_id)
        return (case_id,) if case_id else ()

    def unknown_case_issue(self, command: ResumeCase) -> dict[str, str]:
        return self.unknown_in_path(command, command.pause_id, "case_pauses")

    def carry_out(
        self, command: ResumeCase, draft: Draft, shared: SharedFields
    ) -> StoredResumption:
        outcome = hold_outcome(HoldKind.PAUSE, end_hold(draft, command.pause_id, RESUMED))
        return StoredResumption(
            **shared.with_result(outcome), pause_id=command.pause_id, reason=command.reason
        )
