"""Decide: the creditor reports that the debtor paid to them."""

from collections.abc import Sequence
from datetime import datetime

from fordran.domain.case import Case, CaseMoney, Limitation
from fordran.domain.draft import Draft
from fordran.domain.events import CreditorPaymentReported, LimitationBroken
from fordran.domain.ledger import FactKind, FactName
from fordran.domain.limitation import limitation_at
from fordran.domain.money import ZERO, Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.resettle import resettle
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date

PAYMENT_BROKE_LIMITATION = "api.log_messages.creditor_payment_registered"

CASE_CLOSED = "creditor_payment.case_closed"
DUPLICATE = "creditor_payment.duplicate"
OVERPAID = "creditor_payment.overpaid"


def report(group: Sequence[Draft], case_id: str, payment: CaseMoney, rules: Rules) -> Outcome:
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
        return Outcome(OutcomeStatus.WARNING, ZERO, DUPLICATE)
    if draft.case.closed is not None:
        return Outcome(OutcomeStatus.ERROR, ZERO, CASE_CLOSED)
    draft.happen(CreditorPaymentReported(payment))
    settled = resettle(
        group,
        draft,
        FactName(FactKind.CREDITOR_PAYMENT, payment.payment_id),
        rules,
        value_at=payment.value_at,
        through_on=civil_date(payment.value_at),
    )
    if settled > ZERO:
        break_limitation(draft, payment.value_at, PAYMENT_BROKE_LIMITATION)
    return settled_outcome(payment.amount, settled, OVERPAID)


def settled_outcome(amount: Money, settled: Money, reason: str) -> Outcome:
    """Return the outcome of money of which a part may have found nothing to settle.

    A fact that becomes known late can undo what a later one settled: then it settles nothing
    beyond what was settled before, and whoever reported it is warned (decision 44).
    """
    settled = min(max(settled, ZERO), amount)
    if settled < amount:
        return Outcome(OutcomeStatus.WARNING, settled, reason)
    return Outcome(OutcomeStatus.COMPLETED, settled)


def is_duplicate(case: Case, payment: CaseMoney) -> bool:
    """Tell whether the same payment has been settled on the case: reference, amount and date.

    The date is the civil value date: a system that sends a payment again may have lost its time
    of day. A payment that was reversed may be reported again.

    Source: decision 46; 0018.
    """
    return payment.reference is not None and any(
        (known.reference, known.amount, civil_date(known.value_at))
        == (payment.reference, payment.amount, civil_date(payment.value_at))
        for known in case.payments
        if known.source is payment.source and known.reversed_by is None
    )


def break_limitation(draft: Draft, broken_at: datetime, annotation: str) -> None:
    """Break the limitation by a payment, dated its value date (decision 66)."""
    dies_at = limitation_at(broken_at, is_consumer=draft.case.is_consumer)
    draft.happen(LimitationBroken(Limitation(broken_at, dies_at, annotation)))
