"""Apply: how each event changes a case. A case is the fold of its events."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from fordran.domain.case import Case, Closed, ServiceStarted, StateEntered, StatusEntered
from fordran.domain.case_status import CaseState, CaseStatus, check_move
from fordran.domain.events import (
    CaseClosed,
    CaseEvent,
    CaseInitialized,
    CaseRegistered,
    CreditorPaymentReported,
    DebtCollectionEntered,
    DemandDispatched,
    DemandExpired,
    EntryPosted,
    FlowEnded,
    FlowItemFailed,
    FlowItemScheduled,
    InterestCounted,
    LimitationBroken,
    OriginalInvoiceAttached,
    Recorded,
)


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


def _changed(  # noqa: C901, PLR0911, PLR0912 - one arm for each event
    case: Case, event: CaseEvent, at: datetime
) -> Case:
    match event:
        case CaseRegistered():
            raise AssertionError("a case is registered once")
        case EntryPosted(entry=entry):
            assert entry.number == len(case.entries) + 1
            return replace(
                case, entries=(*case.entries, entry), balances=case.balances.after(entry)
            )
        case InterestCounted(through_on=through_on):
            return replace(case, interest_counted_through_on=through_on)
        case FlowItemScheduled(item=item):
            return replace(case, next_item=item)
        case FlowEnded():
            return replace(case, next_item=None)
        case FlowItemFailed():
            assert case.next_item is not None
            return replace(case, next_item=replace(case.next_item, is_failed=True))
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
        case DemandExpired():
            return _with_status(case, CaseStatus.DEBT_COLLECTION_ACTIVE, at)
        case OriginalInvoiceAttached(original_invoice=original_invoice):
            return replace(case, original_invoice=original_invoice)
        case CreditorPaymentReported(payment=payment):
            return replace(case, payments=(*case.payments, payment))
        case CaseClosed(reason=reason):
            closed = replace(
                case, closed=Closed(at, reason), next_item=None, item_on_close=case.next_item
            )
            return _with_status(closed, CaseStatus.CLOSED, at)


def _with_status(case: Case, status: CaseStatus, at: datetime) -> Case:
    check_move(case.status, status)
    return replace(case, status_history=(*case.status_history, StatusEntered(status, at)))


def _entered_debt_collection(case: Case, debt_collection_id: str, at: datetime) -> Case:
    entered = replace(
        case,
        debt_collection_id=debt_collection_id,
        state_history=(*case.state_history, StateEntered(CaseState.DEBT_COLLECTION, at)),
        services=(*case.services, ServiceStarted("debt_collection", at)),
    )
    return _with_status(entered, CaseStatus.DEBT_COLLECTION, at)
