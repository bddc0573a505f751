"""Report payments that debtors made to their creditors; each is settled at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, ReportedPayment
from fordran.domain.creditor_payment import PaymentOutcome, report
from fordran.domain.draft import Draft
from fordran.domain.ledger import Origin
from fordran.domain.money import Money
from fordran.domain.refusals import Refusal
from fordran.domain.swedish_time import civil_date
from fordran.operations.clock import account_now
from fordran.operations.context import Context
from fordran.operations.demand_costs import record_posted_costs
from fordran.operations.idempotency import IdempotencyKey, IdempotencyKeyReused, answer_once
from fordran.operations.randomness import object_id
from fordran.operations.references import must_exist, wrong_account
from fordran.storage import agreements, cases, parties, payments
from fordran.storage.payments import StoredPayment
from fordran.storage.unit_of_work import UnitOfWork


class ReportCreditorPayment(msgspec.Struct, frozen=True):
    """A payment as the creditor reports it: by case or by invoice number."""

    creditor_id: str
    case_id: str | None
    invoice_number: str | None
    amount: Money
    bank_transaction_at: datetime
    client_registration_at: datetime | None
    reference: str | None
    request: bytes
    account_id: str | None = None
    """The account the client names, if it does; it must be its own."""
    idempotency: IdempotencyKey | None = None


class PaymentReported(msgspec.Struct, frozen=True):
    """The verdict on a report that was received."""

    payment: StoredPayment
    case_numbers: tuple[str, str]
    """The case's invoice number and reference number."""


class PaymentNotReported(Refusal):
    """The report was refused; nothing of it is stored. `issues` says why per field."""

    def __init__(self, issues: dict[str, Any]) -> None:
        self.issues = issues
        super().__init__()


Verdict = PaymentReported | PaymentNotReported | IdempotencyKeyReused


def report_creditor_payments(
    context: Context, account_id: str, commands: Sequence[ReportCreditorPayment]
) -> list[Verdict]:
    """Settle reported payments of one account in order, each with its own verdict.

    Checked per command, all at once: the creditor is the account's, the case exists and is the
    creditor's, the value date is between the invoice date and today (decision 40).
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> list[Verdict]:
        return answer_once(
            uow,
            commands,
            carry_out=lambda new: _Reporting(context, uow, new, real_now).verdicts() if new else [],
            document_id=lambda verdict: (
                verdict.payment.id if isinstance(verdict, PaymentReported) else None
            ),
            answer_again=lambda ids: _reported_before(uow, ids),
            recorded_at=real_now,
        )

    return context.database.run(account_id, operation)


def _reported_before(uow: UnitOfWork, payment_ids: list[str]) -> dict[str, Verdict]:
    found = payments.payments_by_id(uow, payment_ids)
    return {
        payment_id: PaymentReported(
            view.payment, (view.case_invoice_number, view.case_reference_number)
        )
        for payment_id, view in found.items()
    }


class _Reporting:
    """One unit of work that settles several reports."""

    def __init__(
        self,
        context: Context,
        uow: UnitOfWork,
        commands: Sequence[ReportCreditorPayment],
        real_now: datetime,
    ) -> None:
        self.context = context
        self.uow = uow
        self.commands = commands
        self.real_now = real_now
        self.creditors = parties.creditors(uow, sorted({c.creditor_id for c in commands}))
        by_invoice = [(c.creditor_id, c.invoice_number) for c in commands if c.invoice_number]
        self.by_invoice = payments.cases_of_invoices(uow, by_invoice) if by_invoice else {}
        wanted = {case_id for command in commands if (case_id := self._case_id(command))}
        locked = cases.lock_with_demand_groups(uow, sorted(wanted))
        self.at = account_now(uow, real_now)
        # While this unit waited for a lock, another may have written a later instant.
        self.drafts = {
            case_id: Draft(case, max(self.at, case.updated_at))
            for case_id, case in cases.load(uow, locked).items()
        }
        self.terms: dict[str, AgreementTerms] = {}

    def verdicts(self) -> list[Verdict]:
        """Settle each report that passes the checks, then write everything."""
        verdicts: list[Verdict] = []
        for command in self.commands:
            issues = self._issues(command)
            verdicts.append(PaymentNotReported(issues) if issues else self._report(command))
        reported = [v.payment for v in verdicts if isinstance(v, PaymentReported)]
        payments.insert(self.uow, reported)
        cases.save(self.uow, list(self.drafts.values()), self.real_now)
        record_posted_costs(self.uow, [draft.case for draft in self.drafts.values()])
        return verdicts

    def _case_id(self, command: ReportCreditorPayment) -> str | None:
        if command.case_id is not None:
            return command.case_id
        found = self.by_invoice.get((command.creditor_id, command.invoice_number or ""))
        return found[0] if found else None

    def _issues(self, command: ReportCreditorPayment) -> dict[str, Any]:
        issues: dict[str, Any] = wrong_account(command.account_id, self.uow.account_id)
        if command.creditor_id not in self.creditors:
            issues["creditor"] = must_exist(command.creditor_id, "creditors", "_id")
        draft = self.drafts.get(self._case_id(command) or "")
        if draft is None or draft.case.creditor_id != command.creditor_id:
            if command.case_id is not None:
                issues["case"] = must_exist(command.case_id, "cases", "_id")
            else:
                number = command.invoice_number or ""
                issues["invoice_number"] = must_exist(number, "cases", "debt.invoice_number")
            return issues
        value_on = civil_date(command.bank_transaction_at)
        if value_on > civil_date(self.at):
            issues["bank_transaction_date"] = "must not be in the future"
        elif value_on < draft.case.debt.invoice_on:
            issues["bank_transaction_date"] = "must not be before the invoice date"
        return issues

    def _report(self, command: ReportCreditorPayment) -> PaymentReported:
        draft = self.drafts[self._case_id(command) or ""]
        payment_id = object_id(self.context.randomness, self.at)
        payment = ReportedPayment(
            payment_id, command.amount, command.bank_transaction_at, command.reference
        )
        outcome = report(
            self._demand_group(draft.case), draft.case.id, payment, self._terms_of(draft.case)
        )
        etag = hashlib.sha1(payment_id.encode() + command.request).hexdigest()  # noqa: S324 - an entity tag
        case = draft.case
        return PaymentReported(
            self._stored(command, case, payment, outcome, etag),
            (case.debt.invoice_number, case.reference_number),
        )

    def _demand_group(self, case: Case) -> list[Draft]:
        if case.debt_collection_id is None:
            return [self.drafts[case.id]]
        return [
            draft
            for draft in self.drafts.values()
            if draft.case.debt_collection_id == case.debt_collection_id
        ]

    def _terms_of(self, case: Case) -> AgreementTerms:
        version_id = case.agreement_version_id
        if version_id not in self.terms:
            self.terms[version_id] = agreements.agreement_terms(self.uow, version_id)
        return self.terms[version_id]

    def _stored(
        self,
        command: ReportCreditorPayment,
        case: Case,
        payment: ReportedPayment,
        outcome: PaymentOutcome,
        etag: str,
    ) -> StoredPayment:
        return StoredPayment(
            id=payment.payment_id,
            creditor_id=command.creditor_id,
            case_id=case.id,
            currency=command.amount.currency,
            amount_minor=command.amount.minor,
            bank_transaction_at=command.bank_transaction_at,
            client_registration_at=command.client_registration_at or self.at,
            creditor_payment_reference=command.reference,
            origin=Origin.CREDITOR_SYSTEM.value,
            status=outcome.status.value,
            status_reason=outcome.reason,
            settled_minor=outcome.settled.minor,
            etag=etag,
            created_at=self.at,
        )
