"""Decide: a flow item falls due."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from fordran.domain.agreement import AgreementTerms
from fordran.domain.banking_days import payment_deadline
from fordran.domain.case import Demand, Limitation, RefusedAct, Reminder
from fordran.domain.case_facts import interest_from_on
from fordran.domain.cost_charge import charge_cost
from fordran.domain.demand_cost import carrier_of, demand_cost_on, may_carry, state_demand_cost
from fordran.domain.draft import Draft
from fordran.domain.events import (
    ActRefused,
    CaseInitialized,
    DebtCollectionEntered,
    DemandDispatched,
    DemandExpired,
    FlowEnded,
    FlowItemFailed,
    FlowItemScheduled,
    LimitationBroken,
    ReminderDispatched,
    ReminderEntered,
)
from fordran.domain.flow import (
    Anchor,
    FlowAction,
    FlowConfig,
    civil_days_of_letter,
    retry_after,
    schedule,
)
from fordran.domain.guards import Guard, Then, refusing
from fordran.domain.limitation import limitation_at
from fordran.domain.money import ZERO
from fordran.domain.resettle import resettle_member
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date, midnight_utc
from fordran.domain.tables.statutory_costs import CostKind

DEMAND_BROKE_LIMITATION = "api.log_messages.letter_sent_debt_collection"
REMINDER_BROKE_LIMITATION = "api.log_messages.letter_sent_reminder"
SENDS = frozenset({FlowAction.SEND_REMINDER, FlowAction.SEND_DEMAND})
"""The actions that are outgoing acts, for which the guards are asked."""


class StepIds(msgspec.Struct, frozen=True):
    """The ids that a step may need; chosen by the caller, since randomness is an argument."""

    debt_collection_id: str
    letter_id: str


def dispatch_instant(due_at: datetime, now: datetime, terms: AgreementTerms) -> datetime:
    """Return when a demand that fell due is dispatched.

    A demand made in catch-up keeps its own due instant, unless its deadline has already passed:
    then it is dated now.

    Source: decision 63.
    """
    deadline_on = _deadline(due_at, terms)
    return now if deadline_on < civil_date(now) else due_at


def carry_out(
    action: FlowAction,
    group: Sequence[Draft],
    flow: FlowConfig,
    rules: Rules,
    ids: StepIds,
) -> None:
    """Carry out the due item of cases that share it; the drafts take the events.

    `group` holds the cases of one creditor and debtor that fall due for the same item at the
    same instant (decision 25). For the debt statement it holds every case of the demand, and
    only those that are due move on.

    Units: a draft's `at` is the item's own due instant, or the dispatch of a demand.
    Raises: ReferenceRateMissing.
    Source: decisions 22, 24, 25, 60, 61, 63.
    """
    due = [draft for draft in group if _is_due(draft, action, flow)]
    if action in SENDS:
        asked = [(draft, _refusing(draft, action, flow)) for draft in due]
        _send(action, [draft for draft, guard in asked if guard is None], rules, ids.letter_id)
        due = [draft for draft, guard in asked if guard is None or guard.then is Then.SKIP]
    elif action is FlowAction.DEBT_STATEMENT:
        for draft in due:
            _state_debt(draft, group, rules)
    else:
        for draft in due:
            _enter(action, draft, rules, ids)
    for draft in due:
        _schedule_next(draft, flow)


def _enter(action: FlowAction, draft: Draft, rules: Rules, ids: StepIds) -> None:
    """Carry out an action that only moves the case on."""
    match action:
        case FlowAction.INITIALIZE:
            _initialize(draft, rules)
        case FlowAction.ENTER_REMINDER:
            draft.happen(ReminderEntered())
        case _:
            draft.happen(DebtCollectionEntered(ids.debt_collection_id))


def _send(action: FlowAction, due: Sequence[Draft], rules: Rules, letter_id: str) -> None:
    if action is FlowAction.SEND_DEMAND:
        _send_demand(due, rules, letter_id)
        return
    for draft in due:
        _send_reminder(draft, rules, letter_id)


def _refusing(draft: Draft, action: FlowAction, flow: FlowConfig) -> Guard | None:
    """Return the guard that forbids a due act, which is then recorded on the case, or None."""
    scheduled = draft.case.next_item
    assert scheduled is not None
    item = flow.item(scheduled.item)
    guard = refusing(draft.case, action, draft.at, item.guards)
    if guard is not None:
        draft.happen(ActRefused(RefusedAct(item.name, guard.name, guard.source, draft.at)))
        _follow(draft, guard)
    return guard


def _follow(draft: Draft, guard: Guard) -> None:
    scheduled = draft.case.next_item
    assert scheduled is not None
    if guard.then is Then.END:
        draft.happen(FlowEnded())
    elif guard.then is Then.STOP:
        draft.happen(FlowItemFailed(f"guard: {guard.name}"))
    elif guard.then is Then.WAIT:
        retry_at = draft.known_at + retry_after(scheduled)
        draft.happen(FlowItemFailed(f"guard: {guard.name}", retry_at))


def _is_due(draft: Draft, action: FlowAction, flow: FlowConfig) -> bool:
    """Tell whether a case goes on with the step.

    For the debt statement the cases of the demand are there that are held or not due. A held case
    is never due by itself; of what it would send the guards are asked all the same.
    """
    item = draft.case.next_item
    if item is None or (draft.case.holds and action is FlowAction.DEBT_STATEMENT):
        return False
    return item.due_at <= draft.at and flow.item(item.item).action is action


def _initialize(draft: Draft, rules: Rules) -> None:
    """Value the claim; between businesses that chose it, charge the late-payment fee.

    The fee arises with the right to default interest (1981:739 4 a §; decision 27).
    """
    draft.count_interest(rules, civil_date(draft.at))
    in_default_from_on = interest_from_on(draft.case, rules)
    if in_default_from_on <= civil_date(draft.at):
        value_at = midnight_utc(in_default_from_on)
        charge_cost(draft, CostKind.LATE_PAYMENT_FEE, "default", rules, value_at=value_at)
    draft.happen(CaseInitialized())


def _send_reminder(draft: Draft, rules: Rules, letter_id: str) -> None:
    """Send the reminder of a case; its fee is posted with it, where it is owed (decision 26).

    The debtor receives a written reminder, so it breaks the limitation (1981:130 5 §).
    """
    draft.count_interest(rules, civil_date(draft.at))
    charged = charge_cost(draft, CostKind.REMINDER, letter_id, rules, value_at=draft.at)
    counted_to_on = draft.case.interest_counted_through_on
    assert counted_to_on is not None
    reminder = Reminder(
        letter_id=letter_id,
        dispatched_at=draft.at,
        deadline_on=_deadline(draft.at, rules.terms),
        counted_to_on=counted_to_on,
        stated=draft.case.balances.remaining,
        stated_cost=charged.amount,
    )
    draft.happen(ReminderDispatched(reminder))
    dies_at = limitation_at(draft.at, is_consumer=draft.case.is_consumer)
    draft.happen(LimitationBroken(Limitation(draft.at, dies_at, REMINDER_BROKE_LIMITATION)))


def _send_demand(due: Sequence[Draft], rules: Rules, letter_id: str) -> None:
    """Send one demand for the cases; it states what each owes, and its own cost once."""
    for draft in due:
        draft.count_interest(rules, civil_date(draft.at))
    cases = [draft.case for draft in due]
    carrier = carrier_of(case for case in cases if may_carry(case, rules.terms))
    for draft in due:
        counted_to_on = draft.case.interest_counted_through_on
        assert counted_to_on is not None
        cost = demand_cost_on(civil_date(draft.at), cases, rules)
        own = cost if carrier is not None and carrier.id == draft.case.id else ZERO
        demand = Demand(
            letter_id=letter_id,
            dispatched_at=draft.at,
            deadline_on=_deadline(draft.at, rules.terms),
            counted_to_on=counted_to_on,
            stated=draft.case.balances.remaining + own,
            stated_cost=cost,
        )
        draft.happen(DemandDispatched(demand))
        dies_at = limitation_at(draft.at, is_consumer=draft.case.is_consumer)
        draft.happen(LimitationBroken(Limitation(draft.at, dies_at, DEMAND_BROKE_LIMITATION)))


def _state_debt(draft: Draft, group: Sequence[Draft], rules: Rules) -> None:
    demand = draft.case.demand
    assert demand is not None
    is_unpaid = bool(draft.case.balances.capital.remaining)
    if is_unpaid:
        state_demand_cost(group, demand, rules)
    draft.count_interest(rules, civil_date(draft.at))
    # The cost counts from the dispatch: money of that day is placed on it now.
    for member in group:
        if member.case.closed is None:
            resettle_member(member, None, rules, draft.at)
    draft.happen(DemandExpired(is_unpaid))


def _schedule_next(draft: Draft, flow: FlowConfig) -> None:
    item = draft.case.next_item
    assert item is not None
    following = flow.item_after(item.item)
    letter = draft.case.letter
    if following is None or (letter is None and flow.anchor(following) is Anchor.LETTER):
        draft.happen(FlowEnded())
        return
    days = civil_days_of_letter(letter.dispatched_at, letter.deadline_on) if letter else {}
    draft.happen(FlowItemScheduled(schedule(flow, following, item.due_at, **days)))


def _deadline(dispatched_at: datetime, terms: AgreementTerms) -> date:
    return payment_deadline(
        civil_date(dispatched_at),
        days_to_pay=terms.days_to_pay,
        bank_days_after_arrival=terms.bank_days_after_arrival,
    )
