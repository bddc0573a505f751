"""The verbs that move money: each is carried out by the product's own operation."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from fordran.domain.cost_charge import charge_cost
from fordran.domain.ledger import MoneySource, Origin
from fordran.domain.money import Money
from fordran.domain.tables.statutory_costs import CostKind
from fordran.operations.cancel_cases import CancelCase, cancel_cases
from fordran.operations.case_batch import CaseBatch
from fordran.operations.creditor_actions import NotReported
from fordran.operations.receive_payments import (
    PaymentNotReceived,
    ReceivePayment,
    receive_payments,
)
from fordran.operations.reduce_interest import ReduceInterest, reduce_interest_of_cases
from fordran.operations.report_creditor_creditings import (
    ReportCrediting,
    report_creditor_creditings,
)
from fordran.operations.report_creditor_payments import (
    ReportCreditorPayment,
    report_creditor_payments,
)
from fordran.operations.reverse_payments import (
    ReversePayment,
    reverse_agency_payments,
    reverse_creditor_payments,
)
from fordran.storage.case_disputes import StoredOutcome
from fordran.storage.creditor_actions import ActionView, StoredAction
from fordran.storage.creditor_creditings import StoredCrediting
from fordran.storage.creditor_payments import StoredPayment
from fordran.storage.payment_reversals import StoredReversal
from fordran.storage.payments import StoredAgencyPayment
from fordran.storage.unit_of_work import UnitOfWork
from tests.scenarios import sayings
from tests.scenarios.script import Line, instant, money
from tests.scenarios.stage import UNKNOWN_ID, Stage

Operation = Callable[..., list[Any]]


def pay(stage: Stage, line: Line) -> Iterator[str]:
    label = line.arguments["case"]
    command = ReportCreditorPayment(
        creditor_id=stage.creditor_id(line),
        case_id=stage.case_ids.get(label, UNKNOWN_ID) if label else None,
        invoice_number=line.arguments["number"],
        amount=money(line["amount"]),
        bank_transaction_at=instant(line["value"]),
        client_registration_at=None,
        reference=line.arguments["reference"],
        request=b"{}",
    )
    yield done(stage, line, report_creditor_payments, command)


def credit(stage: Stage, line: Line) -> Iterator[str]:
    dated = line.arguments["dated"]
    command = ReportCrediting(
        creditor_id=stage.account.creditor_id,
        case_id=stage.case_ids[line["case"]],
        amount=money(line["amount"]),
        client_registration_at=instant(dated) if dated else None,
        request=b"{}",
    )
    yield done(stage, line, report_creditor_creditings, command)


def cancel(stage: Stage, line: Line) -> Iterator[str]:
    command = CancelCase(
        creditor_id=stage.account.creditor_id,
        case_id=stage.case_ids[line["case"]],
        request=b"{}",
    )
    yield done(stage, line, cancel_cases, command)


def reduce(stage: Stage, line: Line) -> Iterator[str]:
    last = line.arguments["last"]
    command = ReduceInterest(
        creditor_id=stage.account.creditor_id,
        case_id=stage.case_ids[line["case"]],
        first_on=date.fromisoformat(line["first"]),
        last_on=date.fromisoformat(last) if last else None,
        annual_rate_percent=Decimal(line["rate"]),
        reason=line["reason"],
        decided_by="a case handler",
        request=b"{}",
    )
    yield done(stage, line, reduce_interest_of_cases, command)


def reverse(stage: Stage, line: Line) -> Iterator[str]:
    payment_id = stage.fact_ids[line["reversed"]]
    is_received = payment_id in stage.received
    creditor_id = None if is_received else stage.account.creditor_id
    command = ReversePayment(creditor_id=creditor_id, payment_id=payment_id, request=b"{}")
    operation = reverse_agency_payments if is_received else reverse_creditor_payments
    yield done(stage, line, operation, command)


def receive(stage: Stage, line: Line) -> Iterator[str]:
    case = stage.load(line["case"])
    command = ReceivePayment(
        ocr_number=case.ocr_number,
        amount=money(line["amount"]),
        bank_transaction_at=instant(line["value"]),
        source=MoneySource(line.arguments["source"] or "agency"),
        request=b"{}",
    )

    def act() -> tuple[str, str]:
        (verdict,) = receive_payments(stage.context, stage.account.id, [command])
        if isinstance(verdict, PaymentNotReceived):
            return stage.refused(verdict.issues), ""
        assert isinstance(verdict, StoredAgencyPayment)
        stage.name(line, verdict.id)
        stage.received.add(verdict.id)
        return _received(stage, verdict), case.id

    yield stage.with_moves(act)


def _received(stage: Stage, payment: StoredAgencyPayment) -> str:
    """Return how a payment went, with the part of each case if it went to several."""
    said = [f"{payment.status} {payment.status_reason or ''}".strip()]
    said.append(f"settled {sayings.figure(Money(payment.settled_minor))}")
    if len(payment.allocations) > 1:
        names = stage.names()
        said += [
            f"{names[part.case_id]} {sayings.figure(Money(part.amount))}"
            for part in payment.allocations
        ]
    return ", ".join(said)


def charge(stage: Stage, line: Line) -> Iterator[str]:
    """Charge a cost of collection for an act; no request does so yet."""
    origin = Origin.CREDITOR_SYSTEM if line.arguments["origin"] else Origin.SOLICITOR_SYSTEM

    def operation(uow: UnitOfWork) -> str:
        batch = CaseBatch(uow, [stage.case_ids[line["case"]]], stage.context.clock.now())
        draft = batch.drafts[stage.case_ids[line["case"]]]
        charged = charge_cost(
            draft,
            CostKind(line["kind"]),
            line["act"],
            batch.rules_of(draft.case),
            value_at=instant(line["value"]),
            origin=origin,
        )
        batch.save()
        if charged.refusal is not None:
            return f"not charged {charged.refusal.value}"
        return f"charged {sayings.figure(charged.amount)}"

    yield stage.context.database.run(stage.account.id, operation)


def done(stage: Stage, line: Line, operation: Operation, command: Any) -> str:
    """Carry out one command; say how it went, and which cases it opened or closed."""

    def act() -> tuple[str, str]:
        (verdict,) = operation(stage.context, stage.account.id, [command])
        if isinstance(verdict, NotReported):
            return stage.refused(verdict.issues), ""
        assert isinstance(verdict, ActionView)
        stage.name(line, verdict.action.id)
        # A reversal names no case, so every case that it moves is named.
        about = "" if line.verb == "reverse" else verdict.action.case_id
        return outcome(verdict.action), about

    return stage.with_moves(act)


def outcome(action: StoredAction) -> str:
    """Return the result of a report as it is stored."""
    said = f"{action.status} {action.status_reason or ''}".strip()
    if isinstance(action, StoredReversal):
        return f"{said}, taken back {sayings.figure(Money(action.reversed_minor))}"
    if isinstance(action, StoredOutcome) and action.amount_minor is not None:
        return f"{said}, credited {sayings.figure(Money(action.amount_minor))}"
    if isinstance(action, StoredPayment | StoredCrediting):
        return f"{said}, settled {sayings.figure(Money(action.settled_minor))}"
    return said
