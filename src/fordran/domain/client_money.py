"""Client money: whose the money is that the agency holds, from the first posting (decision 29).

A transfer moves an amount between two holders. The bank account is the counter-account of money
that came in or went out, so the money in the bank is at every moment what the creditor, the
debtor, the agency and the state have a right to.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from fordran.domain.ledger import FactName
from fordran.domain.money import ZERO, Money


class Holder(StrEnum):
    """An account of the client money ledger."""

    BANK = "bank"
    """The client bank account (inkassolagen 10 §)."""

    CREDITOR = "creditor"
    """Due to the creditor; paid out by a run."""

    AGENCY = "agency"
    """The agency's own: what it charged the debtor or bills the creditor."""

    DEBTOR = "debtor"
    """Due back to the debtor."""

    VAT = "vat"
    """Value added tax on what the agency bills, less what it is billed."""


class Category(StrEnum):
    """What a transfer is about; the wire's `finance_category`."""

    CAPITAL = "capital"
    INTEREST = "interest"
    CREDITOR_OUTLAY = "creditor_outlay"
    """Costs that are the creditor's, claimed before or instead of the agency's."""
    CREDITOR_COMMISSION = "creditor_commission"
    """The creditor's share of the agency's costs; negative where the creditor holds them."""
    AGENCY_COST = "agency_cost"
    """The agency's own costs; no line of a creditor's payout."""
    OVERPAYMENT = "overpayment"
    """Money that found nothing to settle."""
    REFUND = "refund"
    """Paid back to the debtor."""


class Transfer(msgspec.Struct, frozen=True, omit_defaults=True):
    """An amount that moved between two holders, because of one payment.

    Units: öre; a negative amount takes back an earlier transfer. Invariants: `number` is 1..n
    within the case; the two legs sum to zero.
    """

    number: int
    debit: Holder
    """The account whose balance grows: for money that came in, the bank."""
    credit: Holder
    """The account that has a right to it."""
    category: Category
    article: str
    amount: Money
    payment_id: str
    """The money it is about."""
    value_at: datetime
    booked_at: datetime
    fact: FactName | None = None
    """The fact that made it necessary, where that is another than the payment itself."""


class Share(msgspec.Struct, frozen=True):
    """What one payment's money is for, and between whom; a key of transfers."""

    payment_id: str
    debit: Holder
    credit: Holder
    category: Category
    article: str


def shares_of(transfers: Iterable[Transfer]) -> dict[Share, Money]:
    """Return what has been transferred in all, by share; sums of zero are left out."""
    sums: dict[Share, Money] = {}
    for transfer in transfers:
        share = Share(
            transfer.payment_id,
            transfer.debit,
            transfer.credit,
            transfer.category,
            transfer.article,
        )
        sums[share] = sums.get(share, ZERO) + transfer.amount
    return {share: amount for share, amount in sums.items() if amount}


def holdings(transfers: Iterable[Transfer]) -> dict[Holder, Money]:
    """Return what each holder has a right to, and what is in the bank; all sum to zero.

    Units: öre; the bank's balance is positive, a right to money is negative.
    """
    sums = dict.fromkeys(Holder, ZERO)
    for transfer in transfers:
        sums[transfer.debit] += transfer.amount
        sums[transfer.credit] -= transfer.amount
    return sums
