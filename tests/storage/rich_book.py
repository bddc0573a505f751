"""A small book in which everything that moves money has happened at least once."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from fordran.bankfiles.pain001_records import Bankgiro
from fordran.bootstrap import context_of
from fordran.domain.case import Case, ConsumerCredit, Debt, FeeAlreadyClaimed
from fordran.domain.case_status import CloseReason
from fordran.domain.dispute import DisputeKind, DisputeOutcome
from fordran.domain.ending import DecidedEnding
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.ledger import MoneySource
from fordran.domain.money import Money
from fordran.domain.swedish_time import civil_date
from fordran.operations.cancel_cases import CancelCase, cancel_cases
from fordran.operations.context import Context
from fordran.operations.decide_disputes import DecideDispute, decide_disputes
from fordran.operations.dispute_cases import DisputeCase, dispute_cases
from fordran.operations.end_cases import EndCase, end_cases
from fordran.operations.give_respites import GiveRespite, give_respites
from fordran.operations.idempotency import IdempotencyKey
from fordran.operations.pause_cases import PauseCase, ResumeCase, pause_cases, resume_cases
from fordran.operations.pay_out_creditors import PayOut, pay_out_creditors
from fordran.operations.pay_refunds import list_open_refunds, set_refund_account
from fordran.operations.receive_payments import ReceivePayment, receive_payments
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
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.operations.upload_media import ORIGINAL_INVOICE, UploadedFile, upload_media
from fordran.sandbox.clocks import advance_clock, read_clock
from fordran.settings import Settings
from fordran.storage import cases
from tests.posted import COMPANIES as POSTED_TO
from tests.posted import Mailbox
from tests.world import ADDRESS, Account

HELD_COMPANY = "5560002015"
ENDED_COMPANY = "5560010000"
COMPANIES = ("5560269986", "5566778899", "5560360793", "5560125790")


@dataclass
class RichBook:
    """A book being written, in one account and with another beside it."""

    context: Context
    account: Account
    numbers: Iterator[int]
    labels: dict[str, str] = field(default_factory=dict)

    def register(self, *labels: str, customer: str = "5560269986", **changes: Any) -> None:
        """Register debts of one customer together; each becomes a case with a label."""
        debts = tuple(self._debt(changes) for _ in labels)
        command = RegisterCases(
            creditor_id=self.account.creditor_id,
            currency="SEK",
            customer_kind=IdNumberKind.COMPANY,
            customer={"name": "Provkunden", "id_number": customer, "address": ADDRESS},
            debts=debts,
            request=f'{{"of": "{labels[0]}"}}'.encode(),
            idempotency=self._key(),
        )
        (verdict,) = register_cases(self.context, self.account.id, [command])
        assert isinstance(verdict, Registered), verdict
        self.labels.update(zip(labels, verdict.registration.case_ids, strict=True))

    def _debt(self, changes: dict[str, Any]) -> Debt:
        number = next(self.numbers)
        given = {
            "invoice_number": f"INV-{number}",
            "invoice_on": date(2025, 7, 7),
            "due_days": 31,
            "interest_days": 31,
            "capital_to_claim": Money(200000 + 1000 * number),
            "payout_reference": f"REF-{number}",
        }
        return Debt(**{**given, **changes})

    def _key(self) -> IdempotencyKey | None:
        return IdempotencyKey.of(f"key-{next(self.numbers)}", "/", b"{}")

    def case(self, label: str) -> Case:
        """Return a case as stored."""
        case_id = self.labels[label]
        found = self.context.database.read(self.account.id, lambda uow: cases.load(uow, [case_id]))
        return found[case_id]

    def advance(self, days: int) -> None:
        """Let days pass on the account's clock."""
        now = read_clock(self.context, self.account.id)
        advance_clock(self.context, self.account.id, now + timedelta(days=days))

    def now(self) -> datetime:
        """Return the account's instant."""
        return read_clock(self.context, self.account.id)

    def pay(
        self, label: str, minor: int, *, days_ago: int = 0, reference: str | None = None
    ) -> str:
        """Let the creditor report a payment; return its id."""
        command = ReportCreditorPayment(
            creditor_id=self.account.creditor_id,
            case_id=self.labels[label],
            invoice_number=None,
            amount=Money(minor),
            bank_transaction_at=self.now() - timedelta(days=days_ago),
            client_registration_at=None,
            reference=reference,
            request=b"{}",
            idempotency=self._key(),
        )
        (verdict,) = report_creditor_payments(self.context, self.account.id, [command])
        return _made(verdict.action.id)

    def receive(self, label: str, minor: int, *, days_ago: int = 0, source: str = "agency") -> str:
        """Let the agency receive a payment; return its id."""
        command = ReceivePayment(
            ocr_number=self.case(label).ocr_number,
            amount=Money(minor),
            bank_transaction_at=self.now() - timedelta(days=days_ago),
            source=MoneySource(source),
            request=b"{}",
            idempotency=self._key(),
        )
        (verdict,) = receive_payments(self.context, self.account.id, [command])
        return _made(verdict.id)

    def credit(self, label: str, minor: int) -> None:
        """Let the creditor credit an amount."""
        command = ReportCrediting(
            creditor_id=self.account.creditor_id,
            case_id=self.labels[label],
            amount=Money(minor),
            request=b"{}",
            reference="CRED",
        )
        (verdict,) = report_creditor_creditings(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def cancel(self, label: str) -> None:
        """Let the creditor cancel a case."""
        command = CancelCase(
            creditor_id=self.account.creditor_id, case_id=self.labels[label], request=b"{}"
        )
        (verdict,) = cancel_cases(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def end(self, label: str, reason: CloseReason, *, other: str | None = None) -> None:
        """Let a person at the agency end a case."""
        ending = DecidedEnding(
            reason=reason,
            explanation="the papers say so",
            decided_by="a case handler",
            duplicate_of=self.labels[other] if other else None,
        )
        command = EndCase(
            creditor_id=None,
            case_id=self.labels[label],
            request=b"{}",
            ending=ending,
            idempotency=self._key(),
        )
        (verdict,) = end_cases(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def reverse(self, payment_id: str, *, of_agency: bool) -> None:
        """Reverse a payment."""
        command = ReversePayment(
            creditor_id=None if of_agency else self.account.creditor_id,
            payment_id=payment_id,
            request=b"{}",
        )
        operation = reverse_agency_payments if of_agency else reverse_creditor_payments
        (verdict,) = operation(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def reduce(self, label: str) -> None:
        """Let a person reduce the interest of a claim."""
        command = ReduceInterest(
            creditor_id=self.account.creditor_id,
            case_id=self.labels[label],
            first_on=date(2025, 8, 20),
            last_on=date(2025, 9, 10),
            annual_rate_percent=Decimal("1.5"),
            reason="illness",
            decided_by="a case handler",
            request=b"{}",
        )
        (verdict,) = reduce_interest_of_cases(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def respite(self, label: str, to_on: date) -> None:
        """Give the debtor time."""
        command = GiveRespite(**self._of(label), respite_to_on=to_on)
        (verdict,) = give_respites(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def pause(self, label: str) -> str:
        """Stop the flow of a case; return the id of the pause."""
        command = PauseCase(**self._of(label), reason="the creditor is asked")
        (verdict,) = pause_cases(self.context, self.account.id, [command])
        return _made(verdict.action.id)

    def resume(self, pause_id: str) -> None:
        """Let the flow of a paused case go on."""
        command = ResumeCase(
            creditor_id=self.account.creditor_id,
            pause_id=pause_id,
            reason="an answer came",
            request=b"{}",
        )
        (verdict,) = resume_cases(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def dispute(self, label: str, minor: int | None = None, *, is_wide: bool = False) -> str:
        """Let the debtor object; return the id of the dispute."""
        command = DisputeCase(
            **self._of(label),
            kind=DisputeKind.GOODS,
            amount=Money(minor) if minor else None,
            text="it never came",
            hold_other_cases=is_wide,
        )
        (verdict,) = dispute_cases(self.context, self.account.id, [command])
        return _made(verdict.action.id)

    def decide(self, dispute_id: str, outcome: DisputeOutcome, minor: int | None = None) -> None:
        """Decide a dispute."""
        command = DecideDispute(
            creditor_id=self.account.creditor_id,
            dispute_id=dispute_id,
            outcome=outcome,
            amount=Money(minor) if minor else None,
            explanation="the papers say so",
            request=b"{}",
        )
        (verdict,) = decide_disputes(self.context, self.account.id, [command])
        _made(verdict.action.id)

    def _of(self, label: str) -> dict[str, Any]:
        return {
            "creditor_id": self.account.creditor_id,
            "case_id": self.labels[label],
            "request": b"{}",
            "idempotency": self._key(),
        }

    def pay_out(self) -> None:
        """Pay what is the creditor's and what is the debtors', each to its account."""
        for one in list_open_refunds(self.context, self.account.id):
            account = Bankgiro("9912346")
            set_refund_account(self.context, self.account.id, one.view.id, account)
        self.advance(20)
        result = pay_out_creditors(self.context, self.account.id, PayOut(takes_all=True))
        assert result.is_new, result

    def upload(self, label: str) -> None:
        """Upload the original invoice of a case."""
        content = f"%PDF-1.4 {label}".encode()
        digest = hashlib.sha256(content).digest()
        file = UploadedFile(
            BytesIO(content), "invoice.pdf", "application/pdf", len(content), digest
        )
        upload_media(self.context, self.account.id, self.labels[label], file, ORIGINAL_INVOICE)


def _made(document_id: str) -> str:
    return document_id


@contextmanager
def rich_book(database: Any, data_dir: Path) -> Iterator[RichBook]:
    """Write the book into an empty database."""
    with context_of(Settings(data_dir=data_dir, is_sandbox=True), database) as context:
        save_shipped_flows(context)
        book = RichBook(context, Account.make(context), iter(range(1, 1000)))
        _begin(book)
        _in_time(book)
        _late(book)
        _held(book)
        _ended(book)
        _beside(context)
        _posted(context, data_dir / "post")
        yield book


def _begin(book: RichBook) -> None:
    fee = FeeAlreadyClaimed("reminder", Money(6000), date(2025, 8, 15))
    book.register("shared 1", "shared 2", customer=COMPANIES[0])
    book.register("single", customer=COMPANIES[1], fees_already_claimed=(fee,))
    book.register("paid", customer=COMPANIES[2])
    book.register("cancelled", customer=COMPANIES[3])
    book.upload("single")
    book.advance(1)
    for label in ("early", "overpaid", "credited", "reversed", "credit"):
        changes: dict[str, Any] = {}
        if label == "credit":
            changes = {"consumer_credit": ConsumerCredit(Money(300000), Money(100))}
        book.register(label, customer=COMPANIES[len(label) % 4], **changes)
        book.advance(1)


def _in_time(book: RichBook) -> None:
    book.advance(3)
    book.pay("single", 50000, reference="P-1")
    book.pay("single", 50000, reference="P-1")
    book.receive("shared 1", 450000)
    book.pay("early", 30000, days_ago=10)
    book.reduce("single")
    paid = book.receive("cancelled", 40000)
    book.pay("cancelled", 1234)
    book.cancel("cancelled")
    book.cancel("cancelled")
    book.reverse(paid, of_agency=True)
    book.advance(30)


def _late(book: RichBook) -> None:
    book.receive("shared 2", 20000, days_ago=3)
    closing = book.pay("paid", 300000)
    book.advance(2)
    book.receive("paid", 5000)
    book.receive("overpaid", 900000)
    book.credit("credited", 100000)
    book.credit("credited", 900000)
    book.credit("single", 20000)
    taken_back = book.receive("reversed", 400000, days_ago=1)
    book.advance(1)
    book.reverse(taken_back, of_agency=True)
    book.reverse(taken_back, of_agency=True)
    book.reverse(closing, of_agency=False)
    book.receive("early", 60000, source="authority")
    book.receive("credit", 12345)
    book.pay("cancelled", 100)
    book.advance(5)
    book.pay_out()


def _held(book: RichBook) -> None:
    """Hold cases in every way, and end each hold in every way; some stay held."""
    for label in ("part", "whole", "rejected", "withdrawn", "waits"):
        book.register(label, customer=HELD_COMPANY)
    book.respite("part", civil_date(book.now()) + timedelta(days=30))
    book.respite("part", civil_date(book.now()) + timedelta(days=3))
    book.respite("cancelled", civil_date(book.now()) + timedelta(days=3))
    pause = book.pause("waits")
    book.pause("waits")
    book.advance(5)
    book.resume(pause)
    book.resume(pause)
    disputes = {
        "part": book.dispute("part", 50000),
        "whole": book.dispute("whole", is_wide=True),
        "rejected": book.dispute("rejected", 100000),
        "withdrawn": book.dispute("withdrawn"),
    }
    never = book.dispute("whole")
    book.decide(never, DisputeOutcome.REJECTED)
    book.advance(32)
    book.decide(disputes["part"], DisputeOutcome.PARTLY_UPHELD, 30000)
    book.decide(disputes["part"], DisputeOutcome.REJECTED)
    book.decide(disputes["whole"], DisputeOutcome.UPHELD)
    book.decide(disputes["rejected"], DisputeOutcome.REJECTED)
    book.decide(disputes["withdrawn"], DisputeOutcome.WITHDRAWN)
    book.decide(book.dispute("rejected", 40000), DisputeOutcome.UPHELD)
    book.dispute("withdrawn", is_wide=True)
    book.pause("waits")
    book.respite("part", civil_date(book.now()) + timedelta(days=60))
    book.pause("cancelled")
    book.dispute("cancelled")
    book.advance(16)


def _ended(book: RichBook) -> None:
    """End cases by decisions, some of which are refused; a payment on one bounces afterwards."""
    for label in ("given up", "copy", "kept"):
        book.register(label, customer=ENDED_COMPANY)
    book.register("old", customer=ENDED_COMPANY, invoice_on=date(2014, 7, 7))
    paid = book.receive("given up", 40000)
    book.end("given up", CloseReason.LIMITATION)
    book.advance(1)
    book.end("given up", CloseReason.UNCOLLECTABLE)
    book.end("given up", CloseReason.BANKRUPTCY)
    book.end("copy", CloseReason.DUPLICATE, other="kept")
    book.end("cancelled", CloseReason.WITHDRAWN)
    book.end("old", CloseReason.LIMITATION)
    book.advance(3)
    book.reverse(paid, of_agency=True)


def _beside(context: Context) -> None:
    other = Account.make(context, virtual_now=datetime(2025, 9, 3, 7, 56, 11, tzinfo=UTC))
    book = RichBook(context, other, iter(range(500, 1000)))
    book.register("other", customer=COMPANIES[0])
    book.advance(2)
    book.receive("other", 10000)


def _posted(context: Context, folder: Path) -> None:
    mailbox = Mailbox(context, folder)
    mailbox.send(*POSTED_TO[:2])
    assert [batch.letters for batch in mailbox.hand_over().batches] == [2]
