"""Books on PostgreSQL: the real operations, as a client and a bank use them, for the machine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.domain.case import Case
from fordran.domain.events import Recorded
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.money import Money
from fordran.operations.cancel_cases import CancelCase, cancel_cases
from fordran.operations.context import Context
from fordran.operations.idempotency import IdempotencyKey
from fordran.operations.randomness import SystemRandomness
from fordran.operations.receive_payments import (
    PaymentNotReceived,
    ReceivePayment,
    receive_payments,
)
from fordran.operations.reduce_interest import ReduceInterest, reduce_interest_of_cases
from fordran.operations.register_cases import RegisterCases, Registered, register_cases
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
from fordran.operations.set_up_parties import create_agreement_version
from fordran.sandbox.clocks import advance_clock
from fordran.storage import cases
from fordran.storage.creditor_actions import ActionView
from fordran.storage.payments import StoredAgencyPayment
from tests.property.ledger_books import REFUSED, agreed, debt_of, reduction_of
from tests.property.oracle import Told
from tests.world import ADDRESS, Account

MONEY_TABLES = (
    "cases",
    "case_balances",
    "case_events",
    "entries",
    "postings",
    "client_transfers",
    "payments",
    "debt_collections",
    "letters",
)
"""What a command that was received but did nothing leaves as it was."""

REPORT_TABLES = (
    "creditor_payments",
    "creditor_creditings",
    "creditor_cancellations",
    "payment_reversals",
    "interest_reductions",
    "idempotency_keys",
)
"""What a command that was refused, or sent again, leaves as it was besides."""


class CountedRandomness(SystemRandomness):
    """Ids that nobody else draws, in the order they are drawn: a story can be told again."""

    def __init__(self) -> None:
        self._prefix = super().hex(3)
        self._digits = int(super().digits(4))
        self._drawn = 0

    def hex(self, byte_count: int) -> str:
        """Return the next hex digits."""
        self._drawn += 1
        return f"{self._prefix}{self._drawn:0{2 * byte_count - 6}x}"

    def digits(self, count: int) -> str:
        """Return the next decimal digits."""
        self._drawn += 1
        return f"{self._digits:04}{self._drawn:0{count - 4}}"


class StoredBooks:
    """The cases of one debtor of an account with a virtual clock."""

    def __init__(self, context: Context, world: dict[str, Any]) -> None:
        self.now: datetime = world["at"]
        self._context = context
        self._account = Account.make(context, virtual_now=world["at"])
        self._is_consumer = world["is_consumer"]
        self._case_ids: list[str] = []
        self._ocr_numbers: dict[str, str] = {}
        self._stored_ids: dict[str, tuple[str, str]] = {}
        create_agreement_version(context, self._account.id, agreed(world["terms"]))

    def register(self, debts: list[dict[str, Any]]) -> list[str]:
        """Register the debts; return the ids of their cases."""
        number = "191212121212" if self._is_consumer else "5560269986"
        command = RegisterCases(
            creditor_id=self._account.creditor_id,
            currency="SEK",
            customer_kind=IdNumberKind.PERSON if self._is_consumer else IdNumberKind.COMPANY,
            customer={
                "name": "ACME Inc.",
                "id_number": number,
                "address": {**ADDRESS, "country": "SE"},
            },
            debts=tuple(debt_of(drawn, position) for position, drawn in enumerate(debts)),
            request=b"{}",
        )
        (verdict,) = register_cases(self._context, self._account.id, [command])
        assert isinstance(verdict, Registered), verdict
        self._case_ids = list(verdict.registration.case_ids)
        numbers = verdict.registration.ocr_numbers
        self._ocr_numbers = dict(zip(self._case_ids, numbers, strict=True))
        return self._case_ids

    def advance(self, until: datetime) -> None:
        """Advance the account's clock, carrying out what falls due."""
        self.now = advance_clock(self._context, self._account.id, until).now

    def carry_out(self, command: dict[str, Any]) -> Told:
        """Carry out one command of the machine; the same one again is answered again."""
        operation, asked = self._asked(command)
        (verdict,) = operation(self._context, self._account.id, [asked])
        if isinstance(verdict, StoredAgencyPayment):
            self._stored_ids[command["id"]] = ("agency", verdict.id)
            return (verdict.status, verdict.settled_minor, verdict.status_reason)
        if isinstance(verdict, ActionView):
            action = verdict.action
            self._stored_ids[command["id"]] = ("creditor", action.id)
            settled = getattr(action, "settled_minor", getattr(action, "reversed_minor", 0))
            return (action.status, settled, action.status_reason)
        assert not isinstance(verdict, PaymentNotReceived) or verdict.issues
        return (REFUSED, 0, next(iter(verdict.issues)))

    def cases(self) -> dict[str, Case]:
        """Return the stored cases by id."""
        return self._read(lambda uow: cases.load(uow, self._case_ids))

    def journals(self) -> dict[str, list[Recorded]]:
        """Return the stored journals by case."""
        return self._read(lambda uow: cases.journals(uow, self._case_ids))

    def snapshot(self, *, with_reports: bool = False) -> list[Any]:
        """Return every row of the money's tables, as text."""
        tables = MONEY_TABLES + (REPORT_TABLES if with_reports else ())
        union = " UNION ALL ".join(
            f"SELECT '{table}', json_agg(t ORDER BY t::text)::text FROM {table} AS t"
            for table in tables
        )
        return self._read(lambda uow: uow.rows(union))

    def close(self) -> None:
        """Nothing is held; the test verifies the books."""

    @property
    def account_id(self) -> str:
        """The account of these books alone."""
        return self._account.id

    def _read(self, query: Any) -> Any:
        return self._context.database.read(self._account.id, query)

    def _asked(self, command: dict[str, Any]) -> tuple[Any, Any]:
        """Return the operation of a command with what it is asked."""
        body = msgspec.json.encode(command)
        shared = {
            "creditor_id": self._account.creditor_id,
            "case_id": command.get("case"),
            "request": body,
            "idempotency": IdempotencyKey.of(command["id"], command["kind"], body),
        }
        match command["kind"]:
            case "creditor_payment":
                return report_creditor_payments, ReportCreditorPayment(
                    amount=Money(command["amount"]),
                    bank_transaction_at=command["value_at"],
                    client_registration_at=None,
                    reference=command["reference"],
                    **shared,
                )
            case "agency_payment":
                return receive_payments, ReceivePayment(
                    ocr_number=self._ocr_numbers[command["case"]],
                    amount=Money(command["amount"]),
                    bank_transaction_at=command["value_at"],
                    request=body,
                    idempotency=shared["idempotency"],
                )
            case "crediting":
                return report_creditor_creditings, ReportCrediting(
                    amount=Money(command["amount"]), **shared
                )
            case "cancellation":
                return cancel_cases, CancelCase(**shared)
            case "interest_reduction":
                reduction = reduction_of(command, "")
                return reduce_interest_of_cases, ReduceInterest(
                    first_on=reduction.first_on,
                    last_on=reduction.last_on,
                    annual_rate_percent=reduction.annual_rate_percent,
                    reason=reduction.reason,
                    decided_by=reduction.decided_by,
                    **shared,
                )
        return self._reversal(command, shared)

    def _reversal(self, command: dict[str, Any], shared: dict[str, Any]) -> tuple[Any, Any]:
        where, payment_id = self._stored_ids[command["payment"]]
        if where == "creditor":
            return reverse_creditor_payments, ReversePayment(payment_id=payment_id, **shared)
        asked = ReversePayment(payment_id=payment_id, **{**shared, "creditor_id": None})
        return reverse_agency_payments, asked


def rows_changed(before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    """Return the tables whose rows differ between two snapshots."""
    return [name for (name, rows), (_, now) in zip(before, after, strict=True) if rows != now]
