"""Pay refunds: what debtors paid too much goes back to them, and to which account."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from fordran.bankfiles.pain001_records import PayeeAccount
from fordran.domain.money import Money
from fordran.domain.payout import PayoutTerms
from fordran.domain.refund import pay_back, refund_due_on
from fordran.domain.refusals import Refusal
from fordran.domain.swedish_time import civil_date
from fordran.operations.case_batch import CaseBatch
from fordran.operations.clock import account_now
from fordran.operations.context import Context
from fordran.operations.payees import problem_with, stored_account
from fordran.operations.randomness import object_id
from fordran.storage import refunds
from fordran.storage.refunds import REFUNDS, RefundView, StoredRefundPayment
from fordran.storage.unit_of_work import UnitOfWork


class RefundNotFound(Refusal):
    """The account has no refund with this id that is open."""


class PayeeNotUsable(Refusal):
    """The bank would not take this payee."""


class OpenRefund(msgspec.Struct, frozen=True):
    """A refund that waits. Units: `age_days` whole days since the money became known."""

    view: RefundView
    due_on: date
    age_days: int
    is_overdue: bool


def due_on(view: RefundView) -> date:
    """Return the last day on which a refund is in time, by the case's agreement."""
    days = PayoutTerms().refund_days if view.refund_days is None else view.refund_days
    return refund_due_on(civil_date(view.known_at), days)


def age_days(view: RefundView, today: date) -> int:
    """Return how many days a refund has been open, or was until it was paid."""
    is_over = not view.is_open and view.paid_at is not None
    until = civil_date(view.paid_at) if is_over and view.paid_at is not None else today
    return (until - civil_date(view.known_at)).days


def list_open_refunds(context: Context, account_id: str) -> list[OpenRefund]:
    """Return the account's refunds that are not paid, the oldest first."""
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> list[OpenRefund]:
        today = civil_date(account_now(uow, real_now))
        return [_open(view, today) for view in refunds.open_refunds(uow)]

    return context.database.run(account_id, operation)


def _open(view: RefundView, today: date) -> OpenRefund:
    return OpenRefund(view, due_on(view), age_days(view, today), is_overdue=due_on(view) < today)


def is_open_refund(context: Context, account_id: str, refund_id: str) -> bool:
    """Tell whether the account has a refund with this id that is not paid."""
    found = context.database.read(
        account_id, lambda uow: REFUNDS.by_id(uow, [refund_id]).get(refund_id)
    )
    return found is not None and found.is_open


def set_refund_account(
    context: Context, account_id: str, refund_id: str, account: PayeeAccount
) -> None:
    """Say to which account a refund goes; the last word counts, until it is paid.

    Raises: RefundNotFound; PayeeNotUsable.
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> None:
        view = REFUNDS.by_id(uow, [refund_id]).get(refund_id)
        if view is None or not view.is_open:
            raise RefundNotFound
        problem = problem_with(view.debtor_name, account)
        if problem is not None:
            raise PayeeNotUsable(f"The bank would not take this payee: {problem}.")
        at = account_now(uow, real_now)
        refunds.add_account(uow, refund_id, stored_account(account), at)

    context.database.run(account_id, operation)


class PlannedRefund(msgspec.Struct, frozen=True):
    """A refund that a run pays: what is due and has an account."""

    view: RefundView
    amount: Money
    account: str


def plan_refunds(
    uow: UnitOfWork, on: date
) -> tuple[list[PlannedRefund], list[tuple[RefundView, str]]]:
    """Return the refunds that a run of a day pays, and those that wait, each with its reason."""
    planned: list[PlannedRefund] = []
    waiting: list[tuple[RefundView, str]] = []
    for view in refunds.open_refunds(uow):
        if civil_date(view.known_at) > on:
            continue
        if view.bank_account is None:
            remedy = f"no account is known; fordran refunds set-account {view.id} --bankgiro NUMBER"
            waiting.append((view, remedy))
        elif due_on(view) > on:
            waiting.append((view, f"due on {due_on(view).isoformat()}"))
        else:
            amount = Money(view.open_minor, view.currency)
            planned.append(PlannedRefund(view, amount, view.bank_account))
    return planned, waiting


def pay_refunds(
    context: Context,
    uow: UnitOfWork,
    planned: Sequence[PlannedRefund],
    unnumbered: StoredRefundPayment,
    real_now: datetime,
) -> list[StoredRefundPayment]:
    """Pay planned refunds as a part of a run, on their cases; return what was paid.

    `unnumbered` has what all of them share: the run, the instant, and the beginning of the
    reference. What is open is asked again under the lock of the case.
    """
    batch = CaseBatch(uow, [one.view.case_id for one in planned], real_now)
    paid: list[StoredRefundPayment] = []
    for one in planned:
        draft = batch.drafts[one.view.case_id]
        payment_id = object_id(context.randomness, batch.at)
        amount = pay_back(draft, one.view.payment_id, payment_id)
        if not amount:
            continue
        paid.append(
            replace(
                unnumbered,
                id=payment_id,
                refund_id=one.view.id,
                case_id=one.view.case_id,
                transfer_number=len(draft.case.transfers),
                payee_name=one.view.debtor_name,
                reference=f"{unnumbered.reference}{len(paid) + 1:05d}",
                currency=amount.currency,
                amount_minor=amount.minor,
                bank_account=one.account,
            )
        )
    batch.save()
    return paid
