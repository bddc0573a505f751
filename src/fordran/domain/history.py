"""Apply: how each event changes a case. A case is the fold of its events."""

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import assert_never

from msgspec.structs import replace

from fordran.domain.case import Case, Closed, ServiceStarted, StateEntered, StatusEntered
from fordran.domain.case_status import HELD, CaseState, CaseStatus, check_move
from fordran.domain.events import (
    ActRefused,
    CaseClosed,
    CaseEvent,
    CaseInitialized,
    CaseRegistered,
    CaseReopened,
    CreditingReported,
    CreditorPaymentReported,
    DebtCollectionEntered,
    DemandDispatched,
    DemandExpired,
    EntryPosted,
    FlowEnded,
    FlowItemFailed,
    FlowItemScheduled,
    HoldBegan,
    HoldEnded,
    HoldOverdue,
    InterestCounted,
    InterestReduced,
    LimitationBroken,
    MoneyTransferred,
    OriginalInvoiceAttached,
    PaymentReceived,
    PaymentRefunded,
    PaymentReversed,
    Recorded,
    ReminderDispatched,
    ReminderEntered,
)
from fordran.domain.flow import NextFlowItem, failed
from fordran.domain.holds import Hold, held_status, with_clock_run


def begin(recorded: Recorded) -> Case:
    """Return the case that its first event creates.

    Raises: AssertionError if the event is not the registration.
    """
    event = recorded.event
    assert isinstance(event, CaseRegistered)
    assert recorded.number == 1
    return Case(
        id=event.case_id,
        account_id=event.account_id,
        creditor_id=event.creditor_id,
        customer_id=event.customer_id,
        registration_id=event.registration_id,
        agreement_version_id=event.agreement_version_id,
        reference_number=event.reference_number,
        ocr_number=event.ocr_number,
        currency=event.currency,
        is_consumer=event.is_consumer,
        has_reference_rate=event.has_reference_rate,
        debt=event.debt,
        debtor_born_on=event.debtor_born_on,
        registered_at=recorded.at,
        updated_at=recorded.at,
        version=1,
        state_history=(StateEntered(CaseState.INITIALIZING, recorded.at),),
        status_history=(StatusEntered(CaseStatus.INITIALIZING, recorded.at),),
    )


def apply(case: Case, recorded: Recorded) -> Case:
    """Return the case after one more event.

    Invariants: events are applied in order without a gap; every status move is in the table.
    Raises: AssertionError if either does not hold.
    """
    assert recorded.number == case.version + 1
    changed = _changed(case, recorded.event, recorded.at)
    return replace(changed, version=recorded.number, updated_at=recorded.at)


def rebuild(journal: Iterable[Recorded]) -> Case:
    """Return the case that a whole journal leads to."""
    events = iter(journal)
    case = begin(next(events))
    for recorded in events:
        case = apply(case, recorded)
    return case


def known_by(journal: Iterable[Recorded], known_at: datetime) -> list[Recorded]:
    """Return what of a journal was known at an instant: it ends before the first later event.

    Source: docs/decisions/0027.
    """
    return list(takewhile(lambda recorded: recorded.was_known_at <= known_at, journal))


MONEY_EVENTS = (
    CreditorPaymentReported,
    PaymentReceived,
    CreditingReported,
    PaymentReversed,
    PaymentRefunded,
    MoneyTransferred,
    CaseReopened,
)
"""The events that change a case's payments and transfers, which its stored document leaves out."""


def with_money(case: Case, events: Iterable[CaseEvent]) -> Case:
    """Return a case with the payments and transfers that its money events lead to.

    `events` are those of its journal that are of `MONEY_EVENTS`, in order.
    """
    case = replace(case, payments=(), transfers=())
    for event in events:
        if isinstance(event, CaseReopened):
            case = _with_money_claimable(case)
        else:
            case = _changed(case, event, case.updated_at)
    return case


MoneyEvent = (
    EntryPosted
    | InterestCounted
    | CreditorPaymentReported
    | PaymentReceived
    | CreditingReported
    | PaymentReversed
    | PaymentRefunded
    | InterestReduced
    | MoneyTransferred
)


def _changed(  # noqa: C901, PLR0911, PLR0912 - one arm for each event
    case: Case, event: CaseEvent, at: datetime
) -> Case:
    match event:
        case CaseRegistered():
            raise AssertionError("a case is registered once")
        case FlowItemScheduled(item=item):
            return replace(case, next_item=item)
        case FlowEnded():
            return replace(case, next_item=None)
        case FlowItemFailed(reason=reason, retry_at=retry_at):
            assert case.next_item is not None
            return replace(case, next_item=failed(case.next_item, reason, retry_at))
        case ActRefused(refused=refused):
            return replace(case, refused_acts=(*case.refused_acts, refused))
        case HoldBegan(hold=hold):
            return _held(case, hold, at)
        case HoldOverdue(hold_id=hold_id, clock=clock):
            return replace(case, holds=with_clock_run(case.holds, hold_id, clock))
        case HoldEnded(hold_id=hold_id):
            return _released(case, hold_id, at)
        case ReminderEntered():
            return _entered_reminder(case, at)
        case ReminderDispatched(reminder=reminder):
            return replace(case, reminder=reminder)
        case CaseInitialized():
            return _with_status(case, CaseStatus.INITIALIZED, at)
        case DebtCollectionEntered(debt_collection_id=debt_collection_id):
            return _entered_debt_collection(case, debt_collection_id, at)
        case DemandDispatched(demand=demand):
            return replace(case, demand=demand)
        case LimitationBroken(limitation=limitation):
            shown = case.limitation
            is_later = shown is None or limitation.broken_at >= shown.broken_at
            return replace(case, limitation=limitation) if is_later else case
        case DemandExpired(is_capital_unpaid=is_capital_unpaid):
            expired = _with_status(case, CaseStatus.DEBT_COLLECTION_ACTIVE, at)
            assert case.demand is not None
            return replace(expired, demand=replace(case.demand, is_stated=is_capital_unpaid))
        case OriginalInvoiceAttached(original_invoice=original_invoice):
            return replace(case, original_invoice=original_invoice)
        case CaseClosed(reason=reason, because_of=because_of):
            closed = replace(
                case,
                closed=Closed(at, reason, because_of),
                next_item=None,
                item_on_close=case.next_item,
            )
            return _with_status(closed, CaseStatus.CLOSED, at)
        case CaseReopened():
            return _reopened(case, at)
        case _:
            return _with_money_event(case, event)


def _with_money_event(  # noqa: PLR0911 - one arm for each event
    case: Case, event: MoneyEvent
) -> Case:
    """Return the case after an event of its ledger, its money or its interest."""
    match event:
        case EntryPosted(entry=entry):
            assert entry.number == len(case.entries) + 1
            return replace(
                case, entries=(*case.entries, entry), balances=case.balances.after(entry)
            )
        case InterestCounted(through_on=through_on, units=units, law_version=law_version):
            return replace(
                case,
                interest_counted_through_on=through_on,
                interest_units=units,
                law_version=law_version,
            )
        case CreditorPaymentReported(payment=money) | PaymentReceived(payment=money):
            return replace(case, payments=(*case.payments, money))
        case CreditingReported(crediting=money):
            return replace(case, payments=(*case.payments, money))
        case PaymentReversed(payment_id=payment_id, reversal_id=reversal_id):
            return _with_payment(case, payment_id, reversed_by=reversal_id)
        case PaymentRefunded(payment_id=payment_id, amount=amount):
            known = next(p for p in case.payments if p.payment_id == payment_id)
            return _with_payment(case, payment_id, refunded=known.refunded + amount)
        case InterestReduced(reduction=reduction):
            return replace(case, reductions=(*case.reductions, reduction))
        case MoneyTransferred(transfer=transfer):
            assert transfer.number == len(case.transfers) + 1
            return replace(case, transfers=(*case.transfers, transfer))
        case _:
            assert_never(event)


def _with_payment(case: Case, payment_id: str, **changed: object) -> Case:
    assert any(payment.payment_id == payment_id for payment in case.payments)
    payments = tuple(
        replace(payment, **changed) if payment.payment_id == payment_id else payment
        for payment in case.payments
    )
    return replace(case, payments=payments)


def _with_money_claimable(case: Case) -> Case:
    """Return a case whose money that came after it was closed counts on the claim again."""
    payments = tuple(replace(payment, is_after_close=False) for payment in case.payments)
    return replace(case, payments=payments)


def _reopened(case: Case, at: datetime) -> Case:
    """Return the case in the status it had, with its item due at its old instant or now.

    Source: decision 50: the later of the two.
    """
    assert case.closed is not None
    reopened = replace(
        _with_money_claimable(case),
        closed=None,
        next_item=_due_no_sooner(case.item_on_close, at),
        item_on_close=None,
    )
    return _with_status(reopened, held_status(case.holds) or _status_in_the_flow(case), at)


def _due_no_sooner(item: NextFlowItem | None, at: datetime) -> NextFlowItem | None:
    return None if item is None else replace(item, due_at=max(item.due_at, at))


def _status_in_the_flow(case: Case) -> CaseStatus:
    """Return the latest status that the flow gave the case."""
    outside = {*HELD, CaseStatus.CLOSED}
    passed = (entered.status for entered in reversed(case.status_history))
    return next(status for status in passed if status not in outside)


def _held(case: Case, hold: Hold, at: datetime) -> Case:
    """Return the case held; a respite says until when its item waits."""
    item = case.next_item
    if hold.ends_at is not None:
        item = _due_no_sooner(item, hold.ends_at)
    held = replace(case, holds=(*case.holds, hold), next_item=item)
    return _with_status_of_holds(held, at)


def _released(case: Case, hold_id: str, at: datetime) -> Case:
    """Return the case without a hold; when it was the last, its item is due now at the soonest.

    An item that a respite put off is due when it was before: a shorter respite may follow.
    """
    ended = next(hold for hold in case.holds if hold.id == hold_id)
    holds = tuple(hold for hold in case.holds if hold is not ended)
    assert len(holds) == len(case.holds) - 1, "a hold ends once"
    released = replace(case, holds=holds)
    if case.closed is not None:
        return released
    item = case.next_item
    if item is not None and ended.item_due_at is not None:
        item = replace(item, due_at=ended.item_due_at)
    return _with_status_of_holds(
        replace(released, next_item=item if holds else _due_no_sooner(item, at)), at
    )


def _with_status_of_holds(case: Case, at: datetime) -> Case:
    status = held_status(case.holds) or _status_in_the_flow(case)
    return case if status is case.status else _with_status(case, status, at)


def _entered_reminder(case: Case, at: datetime) -> Case:
    entered = replace(
        case,
        state_history=(*case.state_history, StateEntered(CaseState.REMINDER, at)),
        services=(*case.services, ServiceStarted("reminder", at)),
    )
    return _with_status(entered, CaseStatus.REMINDER, at)


def _with_status(case: Case, status: CaseStatus, at: datetime) -> Case:
    check_move(case.status, status)
    assert case.closed is None or status is CaseStatus.CLOSED, "a closed case is reopened first"
    is_stopped = {*HELD, CaseStatus.CLOSED}
    assert not case.holds or status in is_stopped, "what holds a case ends first"
    return replace(case, status_history=(*case.status_history, StatusEntered(status, at)))


def _entered_debt_collection(case: Case, debt_collection_id: str, at: datetime) -> Case:
    entered = replace(
        case,
        debt_collection_id=debt_collection_id,
        state_history=(*case.state_history, StateEntered(CaseState.DEBT_COLLECTION, at)),
        services=(*case.services, ServiceStarted("debt_collection", at)),
    )
    return _with_status(entered, CaseStatus.DEBT_COLLECTION, at)
