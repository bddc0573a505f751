"""Pay out: a run pays creditors what is theirs, and debtors what they paid too much."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from fordran.domain.money import ZERO, Money
from fordran.domain.payout import (
    PayoutLine,
    PayoutTerms,
    by_creditor,
    end_of_day,
    executed_on,
    is_payout_day,
    total_of,
)
from fordran.domain.refusals import Refusal
from fordran.domain.swedish_time import civil_date
from fordran.operations.clock import account_now
from fordran.operations.context import Context
from fordran.operations.pay_refunds import PlannedRefund, pay_refunds, plan_refunds
from fordran.operations.payees import NO_ACCOUNT, creditor_account, problem_with, stored_account
from fordran.operations.payout_files import RunFile, RunRecords, run_files, stored_payer
from fordran.operations.randomness import object_id
from fordran.operations.set_up_parties import AccountNotFound
from fordran.storage import agreements, parties, payouts, refunds
from fordran.storage.blobs import BlobMissing
from fordran.storage.parties import StoredCreditor
from fordran.storage.payout_specifications import open_lines, taken_lines
from fordran.storage.payouts import StoredPayout, StoredRun
from fordran.storage.refunds import RefundView, StoredRefundPayment
from fordran.storage.unit_of_work import UnitOfWork

SET_OFF = "nothing is left to pay; it is set off against the next payout"


class PayoutDayNotCome(Refusal):
    """A run cannot be made for a day that has not come."""

    def __init__(self, on: date, today: date) -> None:
        self.on = on
        self.today = today
        super().__init__(
            f"A run cannot be made for {on.isoformat()}: for the account it is "
            f"{today.isoformat()}. Give that day or an earlier one."
        )


class PayOut(msgspec.Struct, frozen=True):
    """What a run is asked to do."""

    on: date | None = None
    """The day of the run; None is the account's today."""
    takes_all: bool = False
    """Whether to pay creditors whose day it is not, too."""
    is_dry: bool = False
    """Whether to say only what would be paid."""


class PlannedPayout(msgspec.Struct, frozen=True):
    """What a run pays one creditor. Units: `total` in öre, tax included."""

    creditor: StoredCreditor
    total: Money
    lines: Sequence[PayoutLine]
    account: str


class WaitingCreditor(msgspec.Struct, frozen=True):
    """A creditor with lines that the run does not pay, and why. Units: öre."""

    creditor_id: str
    name: str
    total: Money
    reason: str


class WaitingRefund(msgspec.Struct, frozen=True):
    """A refund that the run does not pay, and why."""

    view: RefundView
    reason: str


class RunResult(msgspec.Struct, frozen=True):
    """What a run did, or would do.

    `records` is None if nothing was paid out; `planned` is what a dry run would.
    """

    account_id: str
    on: date
    is_new: bool = False
    records: RunRecords | None = None
    planned: Sequence[PlannedPayout] = ()
    planned_refunds: Sequence[PlannedRefund] = ()
    waiting: Sequence[WaitingCreditor] = ()
    waiting_refunds: Sequence[WaitingRefund] = ()
    files: Sequence[RunFile] = ()


def accounts_to_pay_out(context: Context) -> list[str]:
    """Return every account that money has come in for."""
    return context.database.read_due(payouts.accounts_with_client_money)


def pay_out_creditors(context: Context, account_id: str, asked: PayOut) -> RunResult:
    """Make the run of a day for one account, once; made again, it returns what it did.

    Each creditor is paid the sum of its lines that were booked until the end of the day and that
    no run has taken. A sum of zero or less waits, and so does a creditor without an account. A run
    that pays nothing leaves nothing behind and can be made again.

    Checked in order: the account exists; the day has come; then, if there is something to pay,
    both files can be written.

    Raises: AccountNotFound, PayoutDayNotCome, PayoutFileNotWritable.
    Source: docs/decisions/0033.
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> RunResult:
        if not parties.account_exists(uow):
            raise AccountNotFound
        now = account_now(uow, real_now)
        on = asked.on or civil_date(now)
        if on > civil_date(now):
            raise PayoutDayNotCome(on, civil_date(now))
        # One run at a time: a second one waits and then sees the first.
        parties.lock_account(uow)
        known = payouts.run_of(uow, on)
        if known is not None:
            return _known_run(context, uow, account_id, known)
        run = _Run(context, uow, asked, on, now)
        return run.proposed(account_id) if asked.is_dry else run.made(account_id, real_now)

    return context.database.run(account_id, operation)


def shown_run(context: Context, account_id: str, on: date) -> RunResult | None:
    """Return the account's run of a day with its files, or None if nothing was paid out on it."""

    def operation(uow: UnitOfWork) -> RunResult | None:
        known = payouts.run_of(uow, on)
        return _known_run(context, uow, account_id, known) if known else None

    return context.database.run(account_id, operation)


def _known_run(context: Context, uow: UnitOfWork, account_id: str, run: StoredRun) -> RunResult:
    paid = payouts.payouts_of(uow, run.id)
    records = RunRecords(
        account_id,
        run,
        paid,
        taken_lines(uow, [one.id for one in paid]),
        refunds.payments_of(uow, run.id),
    )
    return RunResult(account_id, run.run_on, records=records, files=_files(context, uow, records))


def _files(context: Context, uow: UnitOfWork, records: RunRecords) -> list[RunFile]:
    """Return a run's files as they were written; bytes that were lost are made again."""
    made = {file.kind: file for file in run_files(records)}
    files: list[RunFile] = []
    for stored in payouts.files_of(uow, records.run.id):
        try:
            content = context.blobs.get(stored.blob_key)
        except BlobMissing:
            again = made[stored.kind]
            assert again.stored(records.run.id, records.account_id).sha256 == stored.sha256
            context.blobs.put(stored.blob_key, again.content)
            content = again.content
        files.append(RunFile(stored.kind, stored.filename, content))
    return files


class _Run:
    """One unit of work that makes a run of a day that has none."""

    def __init__(
        self, context: Context, uow: UnitOfWork, asked: PayOut, on: date, now: datetime
    ) -> None:
        self.context = context
        self.uow = uow
        self.on = on
        self.now = now
        self.terms = _terms(uow)
        self.planned: list[PlannedPayout] = []
        self.waiting: list[WaitingCreditor] = []
        self._plan(is_day=asked.takes_all or is_payout_day(self.terms, on))
        self.refunds, refunds_waiting = plan_refunds(uow, on)
        self.refunds_waiting = [WaitingRefund(view, reason) for view, reason in refunds_waiting]

    def proposed(self, account_id: str) -> RunResult:
        """Return what the run would do."""
        return RunResult(
            account_id,
            self.on,
            planned=self.planned,
            planned_refunds=self.refunds,
            waiting=self.waiting,
            waiting_refunds=self.refunds_waiting,
        )

    def made(self, account_id: str, real_now: datetime) -> RunResult:
        """Pay, write everything, and return what was done."""
        if not self.planned and not self.refunds:
            return self.proposed(account_id)
        run = StoredRun(
            object_id(self.context.randomness, self.now),
            self.on,
            executed_on(self.on, civil_date(self.now)),
            self.now,
            stored_payer(self.context.agency),
        )
        unnumbered = StoredRefundPayment(
            "", run.id, "", "", 0, "", f"R{self.on:%Y%m%d}-", "", 0, "", self.now
        )
        refunded = pay_refunds(self.context, self.uow, self.refunds, unnumbered, real_now)
        if not self.planned and not refunded:
            # Under the locks of the cases nothing proved to be open any more.
            return self.proposed(account_id)
        payouts.insert_run(self.uow, run)
        paid = self._insert_payouts(run)
        refunds.insert_payments(self.uow, refunded)
        lines = {payout.id: one.lines for payout, one in zip(paid, self.planned, strict=True)}
        records = RunRecords(account_id, run, paid, lines, refunded)
        files = run_files(records)
        for file in files:
            self.context.blobs.put(file.stored(run.id, account_id).blob_key, file.content)
        payouts.insert_files(self.uow, [file.stored(run.id, account_id) for file in files])
        return RunResult(
            account_id,
            self.on,
            is_new=True,
            records=records,
            waiting=self.waiting,
            waiting_refunds=self.refunds_waiting,
            files=files,
        )

    def _plan(self, *, is_day: bool) -> None:
        lines = by_creditor(open_lines(self.uow, end_of_day(self.on)))
        known = parties.creditors(self.uow, list(lines))
        for creditor_id, own in lines.items():
            creditor = known[creditor_id]
            account = creditor_account(creditor.document)
            total = total_of(own)
            reason = self._reason(creditor, total, is_day=is_day)
            if reason is None and account is not None:
                planned = PlannedPayout(creditor, total, own, stored_account(account))
                self.planned.append(planned)
            else:
                waiting = WaitingCreditor(creditor_id, creditor.name, total, reason or NO_ACCOUNT)
                self.waiting.append(waiting)

    def _reason(self, creditor: StoredCreditor, total: Money, *, is_day: bool) -> str | None:
        """Say why a creditor is not paid now; None if it is."""
        if not is_day:
            return f"is paid {self.terms.interval.value}, not on this day"
        if total <= ZERO:
            return SET_OFF
        account = creditor_account(creditor.document)
        return NO_ACCOUNT if account is None else problem_with(creditor.name, account)

    def _insert_payouts(self, run: StoredRun) -> list[StoredPayout]:
        paid = [
            StoredPayout(
                object_id(self.context.randomness, self.now),
                run.id,
                one.creditor.id,
                one.creditor.name,
                f"P{self.on:%Y%m%d}-{number:05d}",
                self.terms.interval.value,
                one.total.currency,
                one.total.minor,
                one.account,
                self.now,
            )
            for number, one in enumerate(self.planned, 1)
        ]
        lines = {
            payout.id: [line.id for line in one.lines]
            for payout, one in zip(paid, self.planned, strict=True)
        }
        payouts.insert_payouts(self.uow, paid, lines)
        return paid


def _terms(uow: UnitOfWork) -> PayoutTerms:
    agreement = agreements.current_agreement(uow)
    return agreement.terms.payout if agreement else PayoutTerms()
