"""Give debtors time: the flow of a case waits through a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from fordran.domain.case import Case
from fordran.domain.draft import Draft
from fordran.domain.holding import begin_hold, hold_outcome
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.swedish_time import add_years, civil_date, midnight_utc
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.storage.case_respites import RESPITES, StoredRespite

YEARS_MAX = 1
"""How far ahead a respite may last (docs/decisions/0038)."""


class GiveRespite(CreditorCommand, frozen=True, kw_only=True):
    """Time for a debtor. Units: the day is the last of the respite, a Swedish civil date."""

    respite_to_on: date


def give_respites(
    context: Context, account_id: str, commands: Sequence[GiveRespite]
) -> list[Verdict[StoredRespite]]:
    """Give respites on cases of one account in order, each with its own verdict.

    Checked per command besides what `CreditorActions` checks: the day is after today, and at most
    a year ahead. A new respite replaces the one that runs.

    Source: decision 65; docs/decisions/0038.
    """
    return _Respites.answer(context, account_id, commands)


class _Respites(CreditorActions[GiveRespite, StoredRespite]):
    table = RESPITES

    def unknown_case_issue(self, command: GiveRespite) -> dict[str, str]:
        return self.unknown_in_path(command, command.case_id or "", "cases")

    def issues(self, command: GiveRespite, case: Case) -> dict[str, Any]:  # noqa: ARG002 - any
        today = civil_date(self.batch.at)
        if command.respite_to_on <= today:
            return {"respite_to_date": "must be after today"}
        if command.respite_to_on > civil_date(add_years(midnight_utc(today), YEARS_MAX)):
            return {"respite_to_date": "must not be more than a year ahead"}
        return {}

    def carry_out(self, command: GiveRespite, draft: Draft, shared: SharedFields) -> StoredRespite:
        hold = Hold(shared.id, HoldKind.RESPITE, draft.at, to_on=command.respite_to_on)
        outcome = hold_outcome(hold.kind, begin_hold(draft, hold))
        return StoredRespite(**shared.with_result(outcome), respite_to_on=command.respite_to_on)
