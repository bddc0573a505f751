"""Decide: a payment is reversed, because it bounced or belonged to another case."""

from collections.abc import Sequence

from fordran.domain.case import Case, CaseMoney
from fordran.domain.case_status import PAID, CloseReason
from fordran.domain.closing import write_off
from fordran.domain.draft import Draft
from fordran.domain.events import CaseReopened, PaymentReversed
from fordran.domain.holding import end_holds_past
from fordran.domain.ledger import EntryKind, FactName
from fordran.domain.money import ZERO, Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.resettle import post_differences, resettle, take_back_money
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date

ALREADY_REVERSED = "payment_reversal.already_reversed"
NOTHING_SETTLED = "payment_reversal.nothing_settled"
DEBTORS_CREDIT = "payment_reversal.debtors_credit"

UNDONE = PAID | {CloseReason.CREDITED}
"""A case that ended for one of these reasons opens again when its money proves not to be there.

One that was cancelled, or ended by a decision (`BY_DECISION`), stays closed: money is not what it
ended by.
"""


def reverse(
    group: Sequence[Draft], case_ids: Sequence[str], payment_id: str, fact: FactName, rules: Rules
) -> Outcome:
    """Reverse a payment on every case it was settled on; the drafts take the events.

    `group` holds those cases and the cases that share their demand. On each case the rows that
    settled the payment are repeated negated; a case that had ended by payment opens again in the
    status it had, what was written off then is claimed again, and its item falls due at the later
    of its old instant and now. Interest, cost and settlement of the other money are then what the
    facts without the payment give. A case that had ended otherwise stays closed, and what is left
    is written off. Limitation breaks stay (decision 47).

    Money that came when the case was closed had settled nothing: it is taken back from the
    debtor's credit and no claim changes; the outcome says so (decision 45).

    Checked in order: the payment was settled on a case; it is not reversed already.

    Units: öre; `settled` of the outcome is what had been settled and was taken back.
    Raises: ReferenceRateMissing.
    Source: decisions 24, 45, 47, 50; docs/decisions/0031.
    """
    drafts = [member for member in group if member.case.id in case_ids]
    known = [(draft, _known(draft.case, payment_id)) for draft in drafts]
    paid = [(draft, payment) for draft, payment in known if payment is not None]
    if not paid:
        return Outcome(OutcomeStatus.WARNING, ZERO, NOTHING_SETTLED)
    if any(payment.reversed_by is not None for _, payment in paid):
        return Outcome(OutcomeStatus.WARNING, ZERO, ALREADY_REVERSED)
    taken_back = ZERO
    for draft, payment in paid:
        taken_back += _reverse_on(group, draft, payment, fact, rules)
    if all(payment.is_after_close for _, payment in paid):
        return Outcome(OutcomeStatus.COMPLETED, ZERO, DEBTORS_CREDIT)
    return Outcome(OutcomeStatus.COMPLETED, taken_back)


def opens_again(case: Case, payment_id: str) -> bool:
    """Tell whether a case that is closed opens again when a payment is reversed."""
    payment = _known(case, payment_id)
    return payment is not None and payment.reversed_by is None and _is_undone(case, payment)


def _known(case: Case, payment_id: str) -> CaseMoney | None:
    return next((p for p in case.payments if p.payment_id == payment_id), None)


def _is_undone(case: Case, payment: CaseMoney) -> bool:
    closed = case.closed
    return closed is not None and closed.reason in UNDONE and not payment.is_after_close


def _reverse_on(
    group: Sequence[Draft], draft: Draft, payment: CaseMoney, fact: FactName, rules: Rules
) -> Money:
    draft.happen(PaymentReversed(payment.payment_id, fact.id))
    taken_back = _negate(draft, EntryKind.SETTLEMENT, payment.payment_id, fact)
    closed = draft.case.closed
    if closed is not None and not _is_undone(draft.case, payment):
        if payment.is_after_close:
            take_back_money(draft, payment.payment_id, fact)
        else:
            _settle_on_closed(draft, payment, fact, rules)
            write_off(draft, f"api.transaction.{closed.reason.value}", fact)
        return taken_back
    if closed is not None:
        _negate(draft, EntryKind.WRITE_OFF, None, fact)
        draft.happen(CaseReopened())
        end_holds_past(draft)
    value_on = civil_date(payment.value_at)
    through_on = max(value_on, draft.case.interest_counted_through_on or value_on)
    resettle(group, draft, fact, rules, value_at=payment.value_at, through_on=through_on)
    return taken_back


def _settle_on_closed(draft: Draft, payment: CaseMoney, fact: FactName, rules: Rules) -> None:
    """Settle the other money of a case that stays closed as the facts without the payment give."""
    counted_on = draft.case.interest_counted_through_on
    assert counted_on is not None, "a case with a payment has been valued"
    valued = draft.count_interest(rules, counted_on, because_of=fact)
    post_differences(draft, valued, fact, rules, payment.value_at)


def _negate(draft: Draft, kind: EntryKind, fact_id: str | None, fact: FactName) -> Money:
    """Repeat the standing rows of a kind negated; return what they had settled."""
    reversed_numbers = {entry.reverses for entry in draft.case.entries}
    negated = ZERO
    for entry in draft.case.entries:
        named = entry.caused_by.id if entry.caused_by else None
        is_standing = entry.reverses is None and entry.number not in reversed_numbers
        if entry.kind is kind and is_standing and fact_id in (None, named):
            draft.reverse(entry, fact)
            negated -= entry.amount
    return negated
