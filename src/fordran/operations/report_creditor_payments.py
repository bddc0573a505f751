"""Report payments that debtors made to their creditors; each is settled at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fordran.domain.case import Case, CaseMoney
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
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
from fordran.storage.creditor_payments import PAYMENTS, StoredPayment


class ReportCreditorPayment(CreditorCommand, frozen=True, kw_only=True):
    """A payment as the creditor reports it: by case or by invoice number."""

    amount: Money
    bank_transaction_at: datetime
    client_registration_at: datetime | None
    reference: str | None


def report_creditor_payments(
    context: Context, account_id: str, commands: Sequence[ReportCreditorPayment]
) -> list[Verdict[StoredPayment]]:
    """Settle reported payments of one account in order, each with its own verdict.

    Checked per command besides what `CreditorActions` checks: the value date is between the
    invoice date and today (decision 40).
    """
    return _Payments.answer(context, account_id, commands)


class _Payments(CreditorActions[ReportCreditorPayment, StoredPayment]):
    table = PAYMENTS

    def issues(self, command: ReportCreditorPayment, case: Case) -> dict[str, Any]:
        return value_date_issues(
            "bank_transaction_date", command.bank_transaction_at, case, civil_date(self.batch.at)
        )

    def carry_out(
        self, command: ReportCreditorPayment, draft: Draft, shared: SharedFields
    ) -> StoredPayment:
        payment = CaseMoney(
            shared.id, command.amount, command.bank_transaction_at, command.reference
        )
        group, rules = self.batch.group_of(draft.case), self.batch.rules_of(draft.case)
        outcome = report(group, draft.case.id, payment, rules)
        return StoredPayment(
            **shared.with_result(outcome),
            currency=command.amount.currency,
            amount_minor=command.amount.minor,
            bank_transaction_at=command.bank_transaction_at,
            client_registration_at=command.client_registration_at or self.batch.at,
            creditor_payment_reference=command.reference,
            settled_minor=outcome.settled.minor,
        )
