"""The checks of the audit that walk through a journal: instants, flow items, limitation, closings.

What a single event says cannot be read from the stored case when a later event has taken its
place, so each is compared with what was there before it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from fordran.domain.agency_payment import PAYMENT_BROKE_LIMITATION as RECEIVED_BROKE_LIMITATION
from fordran.domain.case import Case
from fordran.domain.case_status import BY_DECISION, CloseReason
from fordran.domain.client_money import Category
from fordran.domain.creditor_payment import PAYMENT_BROKE_LIMITATION as REPORTED_BROKE_LIMITATION
from fordran.domain.events import (
    ActRefused,
    CaseClosed,
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
    HoldBegan,
    HoldEnded,
    HoldOverdue,
    InterestCounted,
    LimitationBroken,
    MoneyTransferred,
    PaymentReceived,
    PaymentRefunded,
    Recorded,
    ReminderDispatched,
    ReminderEntered,
)
from fordran.domain.flow import FlowConfig, civil_days_of_letter, first_item, schedule
from fordran.domain.flow_step import DEMAND_BROKE_LIMITATION, REMINDER_BROKE_LIMITATION
from fordran.domain.guards import is_barred
from fordran.domain.holding import TIME_IS_UP
from fordran.domain.ledger import Component, EntryKind, FactKind, MoneySource
from fordran.domain.limitation import limitation_at
from fordran.domain.tables.statutory_costs import CostKind
from fordran.operations.verify_holds import hold_violations

FlowKey = tuple[str, int]
"""The id and the version of a flow."""

_STEPS = (
    CaseInitialized,
    ReminderEntered,
    ReminderDispatched,
    DebtCollectionEntered,
    DemandDispatched,
    DemandExpired,
    ActRefused,
)
_OF_THE_FLOW = (
    *_STEPS,
    FlowItemScheduled,
    FlowEnded,
    FlowItemFailed,
    HoldOverdue,
    HoldEnded,
)
_BREAK_LIMITATION = (
    ReminderDispatched,
    DemandDispatched,
    CreditorPaymentReported,
    PaymentReceived,
)


def journal_violations(
    journal: Sequence[Recorded], states: Sequence[Case], flows: Mapping[FlowKey, FlowConfig]
) -> Iterator[str]:
    """Yield what in a journal does not follow from what was there before it.

    `states` are the case after each event.
    """
    yield from _decisions(journal)
    before: Case | None = None
    for recorded, after in zip(journal, states, strict=True):
        yield from _instants(recorded)
        match recorded.event:
            case FlowItemScheduled(item=item):
                if item != _expected_item(recorded, before, flows):
                    yield f"event {recorded.number} schedules another item than the flow"
            case LimitationBroken():
                yield from _limitation(recorded, journal, after)
            case PaymentRefunded():
                yield from _refund(recorded, journal)
            case PaymentReceived(payment=money):
                if money.is_after_close != (before is not None and before.closed is not None):
                    yield f"event {recorded.number} places its money wrongly"
            case _:
                if before is not None:
                    yield from hold_violations(recorded, before, journal[recorded.number :])
        before = after


def _decisions(journal: Sequence[Recorded]) -> Iterator[str]:
    """Check that the events of each decision stand together, by their instants."""
    decisions = [list(events) for _, events in groupby(journal, key=_instants_of)]
    for events in decisions:
        yield from _decision_violations(events)
    for earlier, events, later in zip(decisions, decisions[1:], decisions[2:], strict=False):
        at, known_at = _instants_of(events[0])
        # An item that is caught up between two decisions of one second has its own, earlier, due
        # instant, and is known late; whether that may be is asked above.
        if _instants_of(earlier[0]) == _instants_of(later[0]) and at == known_at:
            yield f"event {events[0].number} has other instants than the decision it is part of"


def _instants_of(recorded: Recorded) -> tuple[datetime, datetime]:
    return recorded.at, recorded.was_known_at


def _decision_violations(events: list[Recorded]) -> Iterator[str]:
    """Check the events of one instant: those of a decision belong together.

    Only what the flow does late is known later than it counts; it may post the cost of a demand
    on another of its cases, and what a correction of the law changed.
    """
    first = events[0]
    kinds = {type(recorded.event) for recorded in events}
    is_late = first.was_known_at != first.at
    if first.was_known_at < first.at:
        yield f"event {first.number} was known before it happened"
    elif is_late and not any(map(_is_of_the_flow, events)) and not _may_be_late(events):
        yield f"event {first.number} became known late, and no flow item did it"
    if kinds & {FlowItemScheduled, FlowEnded} and not kinds & {CaseRegistered, *_STEPS}:
        yield f"event {first.number} stands apart from its flow item"
    if kinds.intersection(_STEPS) and not kinds & {FlowItemScheduled, FlowEnded, FlowItemFailed}:
        yield f"event {first.number} stands apart from what follows it"
    if LimitationBroken in kinds and not kinds.intersection(_BREAK_LIMITATION):
        yield f"event {first.number} stands apart from what broke the limitation"


def _is_of_the_flow(recorded: Recorded) -> bool:
    """Tell whether an event happens by itself; what a person ends of a hold does not."""
    event = recorded.event
    if isinstance(event, HoldEnded):
        return event.outcome == TIME_IS_UP
    return isinstance(event, _OF_THE_FLOW)


def _may_be_late(events: list[Recorded]) -> bool:
    entries = [
        recorded.event.entry for recorded in events if isinstance(recorded.event, EntryPosted)
    ]
    if any(entry.fact is not None and entry.fact.kind is FactKind.LAW for entry in entries):
        return True
    follows = (EntryPosted, InterestCounted, MoneyTransferred)
    return (
        all(isinstance(recorded.event, follows) for recorded in events)
        and any(entry.component is not Component.INTEREST for entry in entries)
        and all(
            entry.cost_kind == CostKind.DEBT_COLLECTION
            or (entry.kind is not EntryKind.CLAIM and entry.fact is None)
            or (entry.component is Component.INTEREST and entry.fact is None)
            for entry in entries
        )
    )


def _instants(recorded: Recorded) -> Iterator[str]:
    """Compare the instant of an event with the same instant in its body."""
    said = recorded.at
    match recorded.event:
        case EntryPosted(entry=entry):
            said = entry.booked_at
        case MoneyTransferred(transfer=transfer):
            said = transfer.booked_at
        case DemandDispatched(demand=letter) | ReminderDispatched(reminder=letter):
            said = letter.dispatched_at
        case HoldBegan(hold=hold):
            said = hold.began_at
        case ActRefused(refused=refused):
            said = refused.at
        case _:
            pass
    if said != recorded.at:
        yield f"event {recorded.number} says another instant than its column"


def _expected_item(
    recorded: Recorded, before: Case | None, flows: Mapping[FlowKey, FlowConfig]
) -> object:
    """Return the item that the flow schedules next, as the case was before."""
    event = recorded.event
    assert isinstance(event, FlowItemScheduled)
    flow = flows.get((event.item.flow_config_id, event.item.flow_config_version))
    if flow is None or before is None:
        return None
    done = before.next_item
    if done is None:
        return first_item(flow, recorded.at)
    following = flow.item_after(done.item) if flow.has_item(done.item) else None
    if following is None:
        return None
    letter = before.letter
    days = civil_days_of_letter(letter.dispatched_at, letter.deadline_on) if letter else {}
    return schedule(flow, following, done.due_at, **days)


def _refund(recorded: Recorded, journal: Sequence[Recorded]) -> Iterator[str]:
    """Compare what was paid back with the transfer right after it."""
    event = recorded.event
    assert isinstance(event, PaymentRefunded)
    match [following.event for following in journal[recorded.number : recorded.number + 1]]:
        case [MoneyTransferred(transfer=transfer)]:
            paid = (transfer.category, transfer.payment_id, transfer.amount)
            if paid == (Category.REFUND, event.payment_id, event.amount):
                return
    yield f"event {recorded.number} pays back another amount than moved"


def _limitation(recorded: Recorded, journal: Sequence[Recorded], case: Case) -> Iterator[str]:
    """Compare a break of the limitation with the act right before it that broke it."""
    event = recorded.event
    assert isinstance(event, LimitationBroken)
    broken = event.limitation
    acts = (
        earlier.event
        for earlier in reversed(journal[: recorded.number - 1])
        if isinstance(earlier.event, _BREAK_LIMITATION)
    )
    match next(acts, None):
        case DemandDispatched(demand=demand):
            expected = (demand.dispatched_at, DEMAND_BROKE_LIMITATION)
        case ReminderDispatched(reminder=reminder):
            expected = (reminder.dispatched_at, REMINDER_BROKE_LIMITATION)
        case CreditorPaymentReported(payment=money):
            expected = (money.value_at, REPORTED_BROKE_LIMITATION)
        case PaymentReceived(payment=money):
            expected = (money.value_at, RECEIVED_BROKE_LIMITATION)
        case _:
            yield f"event {recorded.number} breaks the limitation by no act"
            return
    dies_at = limitation_at(broken.broken_at, is_consumer=case.is_consumer)
    if (broken.broken_at, broken.annotation, broken.limitation_at) != (*expected, dies_at):
        yield f"event {recorded.number} breaks the limitation otherwise than its act"


def closing_violations(journal: Sequence[Recorded], states: Sequence[Case]) -> Iterator[str]:
    """Yield every closing whose reason is not what its rows and its fact say (decisions 43-49)."""
    for position, recorded in enumerate(journal):
        if not isinstance(recorded.event, CaseClosed):
            continue
        fact = recorded.event.because_of
        if fact is not None and fact.kind is FactKind.CASE_ENDING:
            yield from _decided_otherwise(recorded, states[position])
        else:
            is_written_off = _is_written_off_by(journal, position)
            expected = _expected_reason(
                recorded.event, states[position], is_written_off=is_written_off
            )
            if recorded.event.reason is not expected:
                yield f"event {recorded.number} closes for another reason than its rows say"


def _decided_otherwise(recorded: Recorded, case: Case) -> Iterator[str]:
    """Compare a closing that a person decided on with the case and with its rows."""
    event = recorded.event
    assert isinstance(event, CaseClosed)
    if event.reason not in BY_DECISION:
        yield f"event {recorded.number} closes for a reason that no person decides on"
    if event.reason is CloseReason.LIMITATION and not is_barred(case, recorded.at):
        yield f"event {recorded.number} closes as barred a claim that could be demanded"
    if case.balances.remaining:
        yield f"event {recorded.number} closes with something left"
    written_off = (entry for entry in case.entries if entry.fact == event.because_of)
    if any(entry.description != f"api.transaction.{event.reason.value}" for entry in written_off):
        yield f"event {recorded.number} closes for another reason than its rows say"


def _is_written_off_by(journal: Sequence[Recorded], position: int) -> bool:
    before = journal[position - 1].event
    return isinstance(before, EntryPosted) and before.entry.kind is EntryKind.WRITE_OFF


def _expected_reason(event: CaseClosed, case: Case, *, is_written_off: bool) -> CloseReason:
    fact = event.because_of
    if fact is not None and fact.kind is FactKind.CREDITOR_CANCELLATION:
        return CloseReason.CANCELLED
    capital = case.balances.capital.added
    credited = sum(
        -entry.amount.minor
        for entry in case.entries
        if entry.kind is EntryKind.SETTLEMENT
        and entry.source is MoneySource.CREDITING
        and entry.component == "capital"
    )
    if credited == capital.minor and credited > 0:
        return CloseReason.CREDITED
    return CloseReason.FULLY_PAID_DEPRECIATION if is_written_off else CloseReason.FULLY_PAID
