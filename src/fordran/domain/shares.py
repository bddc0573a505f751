"""Shares: who gets what of the money that settles a claim (decision 29)."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import msgspec

from fordran.domain.client_money import Category, Holder, Share
from fordran.domain.facts import Cost, Placed, Valuation
from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import ZERO, Money, RoundingPolicy, rounded


class ShareTerms(msgspec.Struct, frozen=True):
    """How the agency and a creditor share; data of the agreement version.

    Units: percent. Source: decision 29.
    """

    commission_percent: Decimal = Decimal(0)
    """The creditor's share of the costs that are the agency's."""
    vat_percent: Decimal = Decimal(25)
    """Value added tax on what one of them bills the other."""


AT_AGENCY = frozenset({MoneySource.AGENCY, MoneySource.AUTHORITY})

OVERPAYMENT = "overpayment"
VAT_ARTICLE = "vat_"
"""Prefix of the article that a tax is on."""


def shares_due(valuation: Valuation, terms: ShareTerms) -> dict[Share, Money]:
    """Return how the money of a valuation is shared, exactly once for every öre of it.

    Units: öre. Rounding: commission and tax, each of its cumulated base, to the nearest öre.
    Source: decision 29; inkassolagen (1974:182) 10 §.
    """
    due: dict[Share, Money] = {}
    for placed in valuation.placed:
        for share, amount in _of(placed, terms):
            due[share] = due.get(share, ZERO) + amount
    return {share: amount for share, amount in due.items() if amount}


def credit_of(payment_id: str) -> Share:
    """Return the share of money that is the debtor's."""
    return Share(payment_id, Holder.BANK, Holder.DEBTOR, Category.OVERPAYMENT, OVERPAYMENT)


def _of(placed: Placed, terms: ShareTerms) -> Iterator[tuple[Share, Money]]:
    if placed.money.source in AT_AGENCY:
        yield from _at_agency(placed, terms)
    elif placed.money.source is MoneySource.CREDITOR:
        for cost, amount in placed.costs:
            if not cost.is_creditors:
                yield from _billed(placed.money.id, cost, amount, terms)


def _at_agency(placed: Placed, terms: ShareTerms) -> Iterator[tuple[Share, Money]]:
    payment_id = placed.money.id
    for component, category in (
        (Component.CAPITAL, Category.CAPITAL),
        (Component.INTEREST, Category.INTEREST),
    ):
        share = Share(payment_id, Holder.BANK, Holder.CREDITOR, category, component.value)
        yield share, placed.parts.get(component, ZERO)
    for cost, amount in placed.costs:
        if cost.is_creditors:
            category = Category.CREDITOR_OUTLAY
            yield Share(payment_id, Holder.BANK, Holder.CREDITOR, category, cost.kind), amount
        else:
            category = Category.AGENCY_COST
            yield Share(payment_id, Holder.BANK, Holder.AGENCY, category, cost.kind), amount
            yield from _commission(payment_id, cost, amount, terms)
    yield credit_of(payment_id), placed.unplaced + placed.money.refunded


def _commission(
    payment_id: str, cost: Cost, amount: Money, terms: ShareTerms
) -> Iterator[tuple[Share, Money]]:
    """Yield the creditor's share of a cost that the agency received, with its tax."""
    category = Category.CREDITOR_COMMISSION
    own = _percent(amount, terms.commission_percent)
    yield Share(payment_id, Holder.AGENCY, Holder.CREDITOR, category, cost.kind), own
    tax = Share(payment_id, Holder.VAT, Holder.CREDITOR, category, VAT_ARTICLE + cost.kind)
    yield tax, _percent(own, terms.vat_percent)


def _billed(
    payment_id: str, cost: Cost, amount: Money, terms: ShareTerms
) -> Iterator[tuple[Share, Money]]:
    """Yield what the agency bills for its cost that the debtor paid to the creditor."""
    category = Category.CREDITOR_COMMISSION
    billed = amount - _percent(amount, terms.commission_percent)
    yield Share(payment_id, Holder.CREDITOR, Holder.AGENCY, category, cost.kind), billed
    tax = Share(payment_id, Holder.CREDITOR, Holder.VAT, category, VAT_ARTICLE + cost.kind)
    yield tax, _percent(billed, terms.vat_percent)


def _percent(amount: Money, percent: Decimal) -> Money:
    exact = Fraction(percent) * amount.minor / 100
    return rounded(exact, RoundingPolicy.ORE_HALF_UP, amount.currency)
