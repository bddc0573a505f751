"""Decide: what a debtor paid too much is paid back."""

from datetime import date, timedelta

from fordran.domain.case import Case
from fordran.domain.client_money import Category, Holder, Share, holdings
from fordran.domain.draft import Draft
from fordran.domain.events import PaymentRefunded
from fordran.domain.ledger import FactKind, FactName
from fordran.domain.money import Money

REFUND = "refund"
"""The article of the transfer."""


def open_refund(case: Case, payment_id: str) -> Money:
    """Return what of a payment is the debtor's and not yet paid back.

    Units: öre; below zero if more was paid back than proved to be the debtor's.
    """
    own = (transfer for transfer in case.transfers if transfer.payment_id == payment_id)
    return -holdings(own)[Holder.DEBTOR]


def refund_due_on(known_on: date, refund_days: int) -> date:
    """Return the last day on which a refund is in time.

    Units: calendar days after the day on which the money became known.
    Source: inkassolagen (1974:182) 10 § (money to account for); docs/decisions/0032.

    >>> refund_due_on(date(2026, 3, 2), 14)
    datetime.date(2026, 3, 16)
    """
    return known_on + timedelta(days=refund_days)


def pay_back(draft: Draft, payment_id: str, refund_id: str) -> Money:
    """Pay back what is open of a payment's refund; the draft takes the events.

    The money is then no fact of the claim any more: whatever becomes known later, it is not
    placed again. Nothing happens if nothing is open.

    Units: öre, what was paid back. Source: decision 44; docs/decisions/0032.
    """
    amount = max(open_refund(draft.case, payment_id), Money(0))
    if amount:
        draft.happen(PaymentRefunded(payment_id, amount))
        share = Share(payment_id, Holder.DEBTOR, Holder.BANK, Category.REFUND, REFUND)
        draft.transfer(share, amount, FactName(FactKind.REFUND, refund_id), draft.at)
    return amount
