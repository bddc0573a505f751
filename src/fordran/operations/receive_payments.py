"""Receive payments at the agency, by OCR number; each is settled at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.domain.agency_payment import Received, receive
from fordran.domain.case import Case, CaseMoney
from fordran.domain.ledger import MoneySource
from fordran.domain.money import SEK, Money
from fordran.domain.ocr import is_luhn_valid
from fordran.domain.refusals import Refusal
from fordran.domain.swedish_time import civil_date
from fordran.operations.case_batch import CaseBatch
from fordran.operations.context import Context
from fordran.operations.creditor_actions import value_date_issues
from fordran.operations.idempotency import IdempotencyKey, IdempotencyKeyReused, answer_once
from fordran.operations.randomness import object_id
from fordran.operations.references import must_exist
from fordran.storage import payments
from fordran.storage.payments import AGENCY_PAYMENTS, StoredAgencyPayment, StoredAllocation
from fordran.storage.unit_of_work import UnitOfWork

_CHECK_DIGIT_ISSUE = "the check digit is wrong"
_CURRENCY_ISSUE = f"must be {SEK}"
_WRITTEN_BETWEEN_DIGITS = str.maketrans("", "", " -")


class ReceivePayment(msgspec.Struct, frozen=True):
    """A payment as the bank reports it: `bank_transaction_at` is its value date."""

    ocr_number: str
    amount: Money
    bank_transaction_at: datetime
    request: bytes
    booked_at: datetime | None = None
    """When the bank booked it; None for now."""
    source: MoneySource = MoneySource.AGENCY
    """`agency`, or `authority` for money that the enforcement authority collected."""
    idempotency: IdempotencyKey | None = None


class PaymentNotReceived(Refusal):
    """The payment cannot be taken in; nothing of it is stored. `issues` says why per field."""

    def __init__(self, issues: dict[str, Any]) -> None:
        self.issues = issues
        super().__init__()


Verdict = StoredAgencyPayment | PaymentNotReceived | IdempotencyKeyReused


def receive_payments(
    context: Context, account_id: str, commands: Sequence[ReceivePayment]
) -> list[Verdict]:
    """Settle payments to the agency of one account in order, each with its own verdict.

    Checked per command, all at once: the currency is Swedish kronor; the OCR number has the
    right check digit and is one of the account's cases; the value date is between the case's
    invoice date and today (decision 40). Money for a closed case is taken in all the same and is
    the debtor's (decision 45).

    Source: decisions 40-45; docs/decisions/0029.
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> list[Verdict]:
        return answer_once(
            uow,
            commands,
            carry_out=lambda new: _Receiving(context, uow, new, real_now).verdicts() if new else [],
            document_id=lambda verdict: (
                verdict.id if isinstance(verdict, StoredAgencyPayment) else None
            ),
            answer_again=lambda ids: _received_before(uow, ids),
            recorded_at=real_now,
        )

    return context.database.run(account_id, operation)


def normalized(ocr_number: str) -> str:
    """Return an OCR number without the spaces and hyphens that people write in it.

    >>> normalized("2025 246-000000000000 6")
    '20252460000000000006'
    """
    return ocr_number.translate(_WRITTEN_BETWEEN_DIGITS)


def _received_before(uow: UnitOfWork, payment_ids: list[str]) -> dict[str, Verdict]:
    return dict(AGENCY_PAYMENTS.by_id(uow, payment_ids))


class _Receiving:
    """One unit of work that settles several payments."""

    def __init__(
        self,
        context: Context,
        uow: UnitOfWork,
        commands: Sequence[ReceivePayment],
        real_now: datetime,
    ) -> None:
        self.context = context
        self.uow = uow
        self.commands = commands
        numbers = {normalized(command.ocr_number) for command in commands}
        known = {number for number in numbers if is_luhn_valid(number)}
        self.case_ids = payments.cases_of_ocr_numbers(uow, sorted(known)) if known else {}
        self.batch = CaseBatch(uow, self.case_ids.values(), real_now)

    def verdicts(self) -> list[Verdict]:
        """Settle each payment that passes the checks, then write everything."""
        verdicts: list[Verdict] = []
        for command in self.commands:
            issues = self._issues(command)
            verdicts.append(PaymentNotReceived(issues) if issues else self._receive(command))
        received = [v for v in verdicts if isinstance(v, StoredAgencyPayment)]
        payments.insert(self.uow, received)
        self.batch.save()
        return verdicts

    def _case(self, number: str) -> Case | None:
        case_id = self.case_ids.get(number)
        return self.batch.drafts[case_id].case if case_id is not None else None

    def _issues(self, command: ReceivePayment) -> dict[str, str]:
        issues: dict[str, str] = {}
        if command.amount.currency != SEK:
            issues["currency"] = _CURRENCY_ISSUE
        number = normalized(command.ocr_number)
        case = self._case(number)
        if not is_luhn_valid(number):
            return issues | {"ocr_number": _CHECK_DIGIT_ISSUE}
        if case is None:
            return issues | {"ocr_number": must_exist(number, "cases", "ocr_number")}
        value_at, today = command.bank_transaction_at, civil_date(self.batch.at)
        return issues | value_date_issues("bank_transaction_date", value_at, case, today)

    def _receive(self, command: ReceivePayment) -> StoredAgencyPayment:
        case = self._case(normalized(command.ocr_number))
        assert case is not None, "checked before"
        payment = CaseMoney(
            payment_id=object_id(self.context.randomness, self.batch.at),
            amount=command.amount,
            value_at=command.bank_transaction_at,
            source=command.source,
            booked_at=command.booked_at or self.batch.at,
        )
        group, rules = self.batch.group_of(case), self.batch.rules_of(case)
        received = receive(group, case.id, payment, rules)
        return self._stored(command, case, payment, received)

    def _stored(
        self, command: ReceivePayment, case: Case, payment: CaseMoney, received: Received
    ) -> StoredAgencyPayment:
        outcome = received.outcome
        return StoredAgencyPayment(
            id=payment.payment_id,
            case_id=case.id,
            ocr_number=normalized(command.ocr_number),
            source=payment.source.value,
            currency=payment.amount.currency,
            amount_minor=payment.amount.minor,
            bank_transaction_at=payment.value_at,
            booked_at=payment.booked_at or self.batch.at,
            status=outcome.status.value,
            status_reason=outcome.reason,
            settled_minor=outcome.settled.minor,
            allocations=tuple(
                StoredAllocation(part.case_id, part.amount.minor, part.settled.minor)
                for part in received.allocations
            ),
            etag=_entity_tag(payment.payment_id, command.request),
            created_at=self.batch.at,
        )


def _entity_tag(payment_id: str, request: bytes) -> str:
    return hashlib.sha1(payment_id.encode() + request).hexdigest()  # noqa: S324 - an entity tag
