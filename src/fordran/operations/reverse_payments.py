"""Reverse payments that bounced or belonged to another case."""

from collections.abc import Sequence
from typing import Any, ClassVar

from fordran.domain.case import Case
from fordran.domain.draft import Draft
from fordran.domain.ledger import FactKind, FactName
from fordran.domain.reversal import opens_again, reverse
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.operations.references import must_exist
from fordran.storage.payment_reversals import (
    AGENCY_PAYMENT_REVERSALS,
    CREDITOR_PAYMENT_REVERSALS,
    ReversiblePayment,
    StoredReversal,
    agency_payments_to_reverse,
    creditor_payments_to_reverse,
)
from fordran.storage.registrations import OpenInvoice, open_cases_of


class ReversePayment(CreditorCommand, frozen=True, kw_only=True):
    """A payment to take back, by its id; without a creditor one that the agency received."""

    payment_id: str


def reverse_creditor_payments(
    context: Context, account_id: str, commands: Sequence[ReversePayment]
) -> list[Verdict[StoredReversal]]:
    """Reverse payments that creditors of one account reported, each with its own verdict.

    Checked per command besides what `CreditorActions` checks: the creditor reported the payment;
    no case that would open again has its invoice on another open case (decision 11).

    Source: decision 50.
    """
    return _CreditorPaymentReversals.answer(context, account_id, commands)


def reverse_agency_payments(
    context: Context, account_id: str, commands: Sequence[ReversePayment]
) -> list[Verdict[StoredReversal]]:
    """Reverse payments that the agency received, on every case that each was split over.

    Checked per command: the payment is of the account's cases; decision 11 as for the others.

    Source: decision 50.
    """
    return _AgencyPaymentReversals.answer(context, account_id, commands)


class _Reversals(CreditorActions[ReversePayment, StoredReversal]):
    """What is the same for both kinds of payment."""

    payment_kind: ClassVar[FactKind]
    reversal_kind: ClassVar[FactKind]
    payments: dict[str, ReversiblePayment]

    def case_ids(self, command: ReversePayment) -> Sequence[str]:
        payment = self.payments.get(command.payment_id)
        return payment.case_ids if payment else ()

    def unknown_case_issue(self, command: ReversePayment) -> dict[str, str]:
        field = self.payment_kind.value
        return {field: must_exist(command.payment_id, f"{field}s", "_id")}

    def issues(self, command: ReversePayment, case: Case) -> dict[str, Any]:  # noqa: ARG002 - there may be several
        for case_id in self.case_ids(command):
            closed = self.batch.drafts[case_id].case
            if not opens_again(closed, command.payment_id):
                continue
            other = self._open_case_of_its_invoice(closed)
            if other is not None:
                issue = f"case {case_id} would open again, and case {other} has its invoice"
                return {self.payment_kind.value: issue}
        return {}

    def _open_case_of_its_invoice(self, case: Case) -> str | None:
        invoice = _invoice(case)
        for draft in self.batch.drafts.values():
            if draft.case.closed is None and _invoice(draft.case) == invoice:
                return draft.case.id
        return open_cases_of(self.uow, [invoice]).get(invoice)

    def carry_out(
        self, command: ReversePayment, draft: Draft, shared: SharedFields
    ) -> StoredReversal:
        case_ids = self.case_ids(command)
        outcome = reverse(
            self.batch.group_of_all(case_ids),
            case_ids,
            command.payment_id,
            FactName(self.reversal_kind, shared.id),
            self.batch.rules_of(draft.case),
        )
        return StoredReversal(
            **shared.with_result(outcome),
            payment_kind=self.payment_kind.value,
            payment_id=command.payment_id,
            reversed_minor=outcome.settled.minor,
        )


def _invoice(case: Case) -> OpenInvoice:
    return OpenInvoice(case.creditor_id, case.customer_id, case.debt.invoice_number)


class _CreditorPaymentReversals(_Reversals):
    table = CREDITOR_PAYMENT_REVERSALS
    payment_kind = FactKind.CREDITOR_PAYMENT
    reversal_kind = FactKind.CREDITOR_PAYMENT_REVERSAL

    def find(self) -> None:
        named = {command.payment_id for command in self.commands}
        self.payments = creditor_payments_to_reverse(self.uow, sorted(named))


class _AgencyPaymentReversals(_Reversals):
    table = AGENCY_PAYMENT_REVERSALS
    payment_kind = FactKind.PAYMENT
    reversal_kind = FactKind.PAYMENT_REVERSAL

    def find(self) -> None:
        named = {command.payment_id for command in self.commands}
        self.payments = agency_payments_to_reverse(self.uow, sorted(named))
