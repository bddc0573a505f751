"""Decide: the agency received money, by the OCR number of a case."""

from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec.structs import replace

from fordran.domain.case import Case, CaseMoney
from fordran.domain.case_facts import facts_of
from fordran.domain.creditor_payment import break_limitation
from fordran.domain.demand_cost import adjust_demand_cost
from fordran.domain.draft import Draft
from fordran.domain.events import PaymentReceived
from fordran.domain.ledger import FactKind, FactName
from fordran.domain.money import ZERO, Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.resettle import resettle
from fordran.domain.rules import Rules
from fordran.domain.shares import credit_of
from fordran.domain.swedish_time import civil_date
from fordran.domain.valuation import value

PAYMENT_BROKE_LIMITATION = "api.log_messages.payment_registered"

CASE_CLOSED = "payment.case_closed"
OVERPAID = "payment.overpaid"


class Allocation(msgspec.Struct, frozen=True):
    """The part of a payment that went to one case. Units: öre."""

    case_id: str
    amount: Money
    settled: Money


class Received(msgspec.Struct, frozen=True):
    """How money at the agency was settled.

    Units: öre. Invariants: the allocations and what was credited to the debtor sum to the
    payment, unless a fact that became known late undid what was settled before.
    """

    outcome: Outcome
    allocations: tuple[Allocation, ...]


def receive(group: Sequence[Draft], case_id: str, payment: CaseMoney, rules: Rules) -> Received:
    """Settle money that the agency received; the drafts take the events.

    `group` holds the case that the OCR number names and the cases that share its demand: the
    number stands for all of them, because their letter asks for one sum. The open cases are
    paid, the named one first, then the others, the earliest invoice first. What is left is the
    debtor's and stands on the first of them (decision 44). If none is open, all of it is the
    debtor's and stands on the named case (decision 45). Money is always posted.

    Units: öre. Raises: ReferenceRateMissing.
    Source: decisions 22, 24, 29, 40-45, 47; docs/decisions/0029.
    """
    named = next(member for member in group if member.case.id == case_id)
    open_members = _in_order(named, group)
    fact = FactName(FactKind.PAYMENT, payment.payment_id)
    if not open_members:
        _credit(named, payment, fact)
        return Received(
            Outcome(OutcomeStatus.WARNING, ZERO, CASE_CLOSED),
            (Allocation(case_id, payment.amount, ZERO),),
        )
    allocations = [
        _settle(group, member, part, fact, rules)
        for member, part in _split(group, open_members, payment, rules)
    ]
    settled = sum((allocation.settled for allocation in allocations), ZERO)
    settled = min(max(settled, ZERO), payment.amount)
    if settled < payment.amount:
        outcome = Outcome(OutcomeStatus.WARNING, settled, OVERPAID)
    else:
        outcome = Outcome(OutcomeStatus.COMPLETED, settled)
    return Received(outcome, tuple(allocations))


def _in_order(named: Draft, group: Sequence[Draft]) -> list[Draft]:
    """Return the open cases in the order they are paid."""
    others = sorted(
        (member for member in group if member is not named),
        key=lambda member: (member.case.debt.invoice_on, member.case.id),
    )
    return [member for member in (named, *others) if member.case.closed is None]


def _split(
    group: Sequence[Draft], members: Sequence[Draft], payment: CaseMoney, rules: Rules
) -> list[tuple[Draft, CaseMoney]]:
    """Split a payment over open cases: each gets what it can settle, the first the rest too."""
    if len(members) == 1:
        return [(members[0], payment)]
    left = payment.amount
    parts: list[Money] = []
    for member in members:
        unplaced = _unplaced(group, member, replace(payment, amount=left), rules) if left else ZERO
        parts.append(left - unplaced)
        left = unplaced
    parts[0] += left
    return [
        (member, replace(payment, amount=part))
        for member, part in zip(members, parts, strict=True)
        if part
    ]


def _unplaced(group: Sequence[Draft], member: Draft, payment: CaseMoney, rules: Rules) -> Money:
    """Return what a payment would find nothing to settle for, on trial drafts of the group."""
    fact = FactName(FactKind.PAYMENT, payment.payment_id)
    trial = {draft.case.id: Draft(draft.case, draft.at) for draft in group}
    tried = trial[member.case.id]
    tried.happen(PaymentReceived(payment))
    adjust_demand_cost(list(trial.values()), rules, fact)
    through_on = _through_on(tried.case, payment)
    return value(facts_of(tried.case, rules), through_on).unplaced_of(payment.payment_id)


def _through_on(case: Case, payment: CaseMoney) -> date:
    value_on = civil_date(payment.value_at)
    return max(value_on, case.interest_counted_through_on or value_on)


def _settle(
    group: Sequence[Draft], member: Draft, part: CaseMoney, fact: FactName, rules: Rules
) -> Allocation:
    member.happen(PaymentReceived(part))
    settled = resettle(
        group,
        member,
        fact,
        rules,
        value_at=part.value_at,
        through_on=civil_date(part.value_at),
    )
    if settled > ZERO:
        break_limitation(member, part.value_at, PAYMENT_BROKE_LIMITATION)
    return Allocation(member.case.id, part.amount, settled)


def _credit(draft: Draft, payment: CaseMoney, fact: FactName) -> None:
    """Hold money for the debtor: the case is closed (decision 45)."""
    draft.happen(PaymentReceived(replace(payment, is_after_close=True)))
    draft.transfer(credit_of(payment.payment_id), payment.amount, fact, payment.value_at)
