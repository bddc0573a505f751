"""Report what creditors credit of their claims; each is settled at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fordran.domain.case import Case, CaseMoney
from fordran.domain.crediting import credit
from fordran.domain.draft import Draft
from fordran.domain.ledger import MoneySource
from fordran.domain.money import Money
from fordran.domain.swedish_time import civil_date
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
    value_date_issues,
)
from fordran.storage.creditor_creditings import CREDITINGS, StoredCrediting


class ReportCrediting(CreditorCommand, frozen=True, kw_only=True):
    """A crediting as the creditor reports it: by case or by invoice number."""

    amount: Money
    client_registration_at: datetime | None = None
    """When the creditor credited; None means now."""
    credit_invoice: str | None = None
    reference: str | None = None


def report_creditor_creditings(
    context: Context, account_id: str, commands: Sequence[ReportCrediting]
) -> list[Verdict[StoredCrediting]]:
    """Settle creditings of one account in order, each with its own verdict.

    Checked per command besides what `CreditorActions` checks: the creditor's date is between the
    invoice date and today.

    Source: decisions 44, 45, 48. A reference makes nothing a duplicate: 46 is about payments.
    """
    return _Creditings.answer(context, account_id, commands)


class _Creditings(CreditorActions[ReportCrediting, StoredCrediting]):
    table = CREDITINGS

    def issues(self, command: ReportCrediting, case: Case) -> dict[str, Any]:
        return value_date_issues(
            "client_registration_date", self._reported_at(command), case, civil_date(self.batch.at)
        )

    def carry_out(
        self, command: ReportCrediting, draft: Draft, shared: SharedFields
    ) -> StoredCrediting:
        crediting = CaseMoney(
            shared.id,
            command.amount,
            self._reported_at(command),
            source=MoneySource.CREDITING,
        )
        group, rules = self.batch.group_of(draft.case), self.batch.rules_of(draft.case)
        outcome = credit(group, draft.case.id, crediting, rules)
        return StoredCrediting(
            **shared.with_result(outcome),
            currency=command.amount.currency,
            amount_minor=command.amount.minor,
            client_registration_at=self._reported_at(command),
            credit_invoice=command.credit_invoice,
            creditor_reference=command.reference,
            settled_minor=outcome.settled.minor,
        )

    def _reported_at(self, command: ReportCrediting) -> datetime:
        return command.client_registration_at or self.batch.at
