"""Serial order: a journal that many wrote at once is told again by one, and must be the same."""

from collections.abc import Sequence

from fordran.domain.agency_payment import receive
from fordran.domain.cancellation import cancel
from fordran.domain.case import Case
from fordran.domain.crediting import credit
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
from fordran.domain.events import (
    CaseClosed,
    CaseInitialized,
    CreditingReported,
    CreditorPaymentReported,
    DebtCollectionEntered,
    DemandDispatched,
    DemandExpired,
    FlowItemScheduled,
    PaymentReceived,
    Recorded,
)
from fordran.domain.flow_step import StepIds, carry_out
from fordran.domain.history import rebuild
from fordran.domain.ledger import FactKind
from fordran.domain.outcome import Outcome
from fordran.domain.rules import Rules
from fordran.domain.shipped_flows import DEFAULT_FLOW

NO_IDS = StepIds("", "")


def told_again(journal: Sequence[Recorded], rules: Rules) -> tuple[Case, dict[str, Outcome]]:
    """Decide every command of a case's journal again, one after the other, in its order.

    Each decision must give the very events that stand in the journal, so the case is what some
    serial order of its commands leads to. Returns the case, and the outcome of each fact by its
    id. Raises: AssertionError, if a decision gives other events.
    """
    begun = next(
        number for number, one in enumerate(journal) if isinstance(one.event, FlowItemScheduled)
    )
    case = rebuild(journal[: begun + 1])
    outcomes: dict[str, Outcome] = {}
    position = begun + 1
    while position < len(journal):
        first = journal[position]
        draft = Draft(case, first.at, known_at=first.known_at)
        decided = _decide(draft, journal[position:], rules)
        if decided is not None:
            fact_id, outcome = decided
            assert fact_id not in outcomes, f"{fact_id} happened twice"
            outcomes[fact_id] = outcome
        happened = journal[position : position + len(draft.recorded)]
        assert draft.recorded == list(happened), "one at a time, something else happens"
        assert draft.recorded, f"nothing leads to {first}"
        position += len(draft.recorded)
        case = draft.case
    return case, outcomes


def _decide(draft: Draft, rest: Sequence[Recorded], rules: Rules) -> tuple[str, Outcome] | None:
    event = rest[0].event
    if isinstance(event, CreditorPaymentReported):
        payment = event.payment
        return payment.payment_id, report([draft], draft.case.id, payment, rules)
    if isinstance(event, PaymentReceived):
        payment = event.payment
        return payment.payment_id, receive([draft], draft.case.id, payment, rules).outcome
    if isinstance(event, CreditingReported):
        crediting = event.crediting
        return crediting.payment_id, credit([draft], draft.case.id, crediting, rules)
    cancelled = _cancellation(rest)
    if cancelled is not None:
        return cancelled, cancel(draft, cancelled)
    item = draft.case.next_item
    assert item is not None
    carry_out(DEFAULT_FLOW.item(item.item).action, [draft], DEFAULT_FLOW, rules, _ids(rest))
    return None


def _cancellation(rest: Sequence[Recorded]) -> str | None:
    """Return the cancellation that the next events belong to, if they belong to one."""
    for recorded in rest:
        event = recorded.event
        if isinstance(event, CaseClosed) and event.because_of is not None:
            is_one = event.because_of.kind is FactKind.CREDITOR_CANCELLATION
            return event.because_of.id if is_one else None
        if isinstance(event, _FLOW):
            return None
        entry = getattr(event, "entry", None)
        caused_by = entry.caused_by if entry is not None else None
        if caused_by is None or caused_by.kind is not FactKind.CREDITOR_CANCELLATION:
            return None
    return None


_FLOW = (CaseInitialized, DebtCollectionEntered, DemandDispatched, DemandExpired)


def _ids(rest: Sequence[Recorded]) -> StepIds:
    """Return the ids that a flow item used, which the journal tells."""
    for recorded in rest:
        event = recorded.event
        if isinstance(event, DebtCollectionEntered):
            return StepIds(event.debt_collection_id, "")
        if isinstance(event, DemandDispatched):
            return StepIds("", event.demand.letter_id)
        if isinstance(event, FlowItemScheduled):
            break
    return NO_IDS
