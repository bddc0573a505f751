"""Decide: the creditor reports that the debtor paid to them."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, Limitation, ReportedPayment
from fordran.domain.case_status import CloseReason
from fordran.domain.demand_cost import correct_demand_cost, post_demand_cost
from fordran.domain.draft import DEPRECIATED, PAYMENT_SETTLED, Draft, facts_of
from fordran.domain.events import CaseClosed, CreditorPaymentReported, LimitationBroken
from fordran.domain.ledger import Component, EntryKind, Origin
from fordran.domain.limitation import limitation_at
from fordran.domain.money import ZERO, Money
from fordran.domain.swedish_time import civil_date
from fordran.domain.valuation import Valuation, value

PAYMENT_BROKE_LIMITATION = "api.log_messages.creditor_payment_registered"


class PaymentStatus(StrEnum):
    """How a reported payment went."""

    COMPLETED = "completed"
    """All of it was settled."""

    WARNING = "warning"
    """Not all of it was settled; `reason` says why (decisions 44 and 46)."""

    ERROR = "error"
    """Nothing was settled; `reason` says why (decision 45)."""


class PaymentOutcome(msgspec.Struct, frozen=True):
    """The result of a reported payment. Units: `settled` in öre."""

    status: PaymentStatus
    settled: Money
    reason: str | None = None


def report(
    group: Sequence[Draft], case_id: str, payment: ReportedPayment, terms: AgreementTerms
) -> PaymentOutcome:
    """Settle a payment that the debtor made to the creditor; the drafts take the events.

    `group` holds the case and the cases that share its demand. Checked in order: the same
    payment twice (decision 46), a closed case (45). Then the interest is counted through the
    value date, the demand's cost is posted or taken back (24), the payment is settled (41) with
    everything it changes in what was settled before (47), and a small rest is written off (43).

    Units: öre. Rounding: only in the valuation, see docs/law/interest.md.
    Raises: ReferenceRateMissing.
    Source: decisions 22, 24, 40-47.
    """
    draft = next(member for member in group if member.case.id == case_id)
    if is_duplicate(draft.case, payment):
        return PaymentOutcome(PaymentStatus.WARNING, ZERO, "creditor_payment.duplicate")
    if draft.case.closed is not None:
        return PaymentOutcome(PaymentStatus.ERROR, ZERO, "creditor_payment.case_closed")
    draft.happen(CreditorPaymentReported(payment))
    _adjust_demand_cost(group, draft.case, payment, terms)
    valued = draft.count_interest(
        terms, civil_date(payment.value_at), because_of=payment.payment_id
    )
    settled = _settle(draft, valued, payment, terms)
    if settled:
        _break_limitation(draft, payment.value_at)
    for member in group:
        if member is not draft and member.case.closed is None:
            _settle_anew(member, payment, terms)
        close_if_paid(member, terms)
    # A payment of everything that becomes known late undoes what a later one settled: then this
    # report settles nothing beyond what was settled before, and its creditor is warned.
    settled = max(settled, ZERO)
    if settled < payment.amount:
        return PaymentOutcome(PaymentStatus.WARNING, settled, "creditor_payment.overpaid")
    return PaymentOutcome(PaymentStatus.COMPLETED, settled)


def is_duplicate(case: Case, payment: ReportedPayment) -> bool:
    """Tell whether the same payment has been settled on the case: reference, amount and date.

    The date is the civil value date: a system that sends a payment again may have lost its time
    of day.

    Source: decision 46; 0018.
    """
    return payment.reference is not None and any(
        (known.reference, known.amount, civil_date(known.value_at))
        == (payment.reference, payment.amount, civil_date(payment.value_at))
        for known in case.payments
    )


def close_if_paid(draft: Draft, terms: AgreementTerms) -> None:
    """Close an open case whose capital is paid, writing off a small rest per component.

    Source: decision 43.
    """
    balances = draft.case.balances
    if draft.case.closed is not None or balances.capital.remaining:
        return
    rest = balances.remaining
    if not rest:
        draft.happen(CaseClosed(CloseReason.FULLY_PAID))
    elif rest <= terms.depreciation_limit:
        for component in (Component.COSTS, Component.INTEREST):
            draft.post(
                EntryKind.WRITE_OFF,
                component,
                -balances.of(component).remaining,
                value_at=draft.at,
                description=DEPRECIATED,
            )
        draft.happen(CaseClosed(CloseReason.FULLY_PAID_DEPRECIATION))


def _adjust_demand_cost(
    group: Sequence[Draft], case: Case, payment: ReportedPayment, terms: AgreementTerms
) -> None:
    if case.demand is None:
        return
    if civil_date(payment.value_at) > civil_date(case.demand.dispatched_at):
        post_demand_cost(group, case.demand, terms)
    else:
        correct_demand_cost(group, case.demand, terms, payment.payment_id)


def _settle_anew(member: Draft, payment: ReportedPayment, terms: AgreementTerms) -> None:
    """Settle again a case of the demand whose cost this payment of another case may have changed.

    Without it, money that was placed on a cost would stay there when the cost is taken back.
    """
    counted_on = member.case.interest_counted_through_on
    assert counted_on is not None, "a case that shares a demand has been valued"
    _settle(member, value(facts_of(member.case, terms), counted_on), payment, terms)


def _settle(
    draft: Draft, valued: Valuation, payment: ReportedPayment, terms: AgreementTerms
) -> Money:
    """Post the difference between what is settled and what the facts say; return its sum."""
    before = draft.case.balances
    settled = ZERO
    for component in terms.creditor_order.components:
        difference = valued.settled[component] - before.of(component).settled
        draft.post(
            EntryKind.SETTLEMENT,
            component,
            -difference,
            value_at=payment.value_at,
            origin=Origin.CREDITOR_SYSTEM,
            description=PAYMENT_SETTLED,
            creditor_payment_id=payment.payment_id,
            policy=terms.creditor_order.version,
        )
        settled += difference
    return settled


def _break_limitation(draft: Draft, broken_at: datetime) -> None:
    dies_at = limitation_at(broken_at, is_consumer=draft.case.is_consumer)
    draft.happen(LimitationBroken(Limitation(broken_at, dies_at, PAYMENT_BROKE_LIMITATION)))
