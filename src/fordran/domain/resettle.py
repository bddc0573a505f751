"""Resettle: post what a new fact changes of interest, costs, settlement and client money.

The facts are valued again from the first; only differences to what is posted become rows, and
each row names the fact (decision 47).
"""

from collections.abc import Sequence
from datetime import date, datetime

from fordran.domain.client_money import Category, Share, shares_of
from fordran.domain.closing import close_if_paid
from fordran.domain.demand_cost import adjust_demand_cost
from fordran.domain.draft import Draft
from fordran.domain.facts import Valuation
from fordran.domain.ledger import Component, EntryKind, FactName, MoneySource, Origin
from fordran.domain.money import ZERO, Money
from fordran.domain.rules import Rules
from fordran.domain.shares import shares_due

CREDITOR_PAYMENT_SETTLED = "creditor_payment.payment_settled"
CREDITING_SETTLED = "creditor_crediting.crediting_settled"
PAYMENT_SETTLED = "payment.payment_settled"

SETTLED_DESCRIPTIONS = {
    MoneySource.CREDITOR: CREDITOR_PAYMENT_SETTLED,
    MoneySource.CREDITING: CREDITING_SETTLED,
    MoneySource.AGENCY: PAYMENT_SETTLED,
    MoneySource.AUTHORITY: PAYMENT_SETTLED,
}
"""What a settled row is called, by where the money came from."""


def resettle(
    group: Sequence[Draft],
    draft: Draft,
    fact: FactName,
    rules: Rules,
    *,
    value_at: datetime,
    through_on: date,
) -> Money:
    """Post what a fact of one case changes, on it and on the cases that share its demand.

    Units: öre; `value_at` is when the fact counts, `through_on` the last day whose interest it
    makes due. Returns how much more is settled on the case than before, which is negative if a
    fact that became known late undoes what later ones settled.
    Rounding: only in the valuation. Raises: ReferenceRateMissing.
    Source: decisions 22, 24, 41, 43, 47; docs/decisions/0006.
    """
    adjust_demand_cost(group, rules, fact)
    valued = draft.count_interest(rules, through_on, because_of=fact)
    settled = post_differences(draft, valued, fact, rules, value_at)
    for member in group:
        if member is not draft and member.case.closed is None:
            resettle_member(member, fact, rules, value_at)
        close_if_paid(member, rules, fact)
    return settled


def resettle_member(member: Draft, fact: FactName | None, rules: Rules, value_at: datetime) -> None:
    """Settle again a case of the demand whose cost a fact of another case may have changed.

    Without it, money that was placed on a cost would stay there when the cost is taken back.
    """
    counted_on = member.case.interest_counted_through_on
    assert counted_on is not None, "a case that shares a demand has been valued"
    valued = member.count_interest(rules, counted_on, because_of=fact)
    post_differences(member, valued, fact, rules, value_at)


def post_differences(
    draft: Draft, valued: Valuation, fact: FactName | None, rules: Rules, value_at: datetime
) -> Money:
    """Post the difference between what is settled and what the facts say; return its sum.

    Per source of money and component, because the counter-account is another for each source.
    """
    wanted, posted = valued.settled_by_source(), _posted(draft)
    settled = ZERO
    for source in MoneySource:
        order = rules.terms.orders.of(source)
        for component in order.components:
            key = (source, component)
            difference = wanted.get(key, ZERO) - posted.get(key, ZERO)
            settled += difference
            draft.post(
                EntryKind.SETTLEMENT,
                component,
                -difference,
                value_at=value_at,
                origin=origin_of(source),
                description=SETTLED_DESCRIPTIONS[source],
                policy=order.version,
                source=source,
                fact=fact,
            )
    _share_money(draft, valued, fact, rules, value_at)
    return settled


def _posted(draft: Draft) -> dict[tuple[MoneySource, Component], Money]:
    posted: dict[tuple[MoneySource, Component], Money] = {}
    for entry in draft.case.entries:
        if entry.kind is EntryKind.SETTLEMENT:
            key = (entry.source, entry.component)
            posted[key] = posted.get(key, ZERO) - entry.amount
    return posted


def origin_of(source: MoneySource) -> Origin:
    """Return who causes a settled row, by where the money came from."""
    if source in (MoneySource.CREDITING, MoneySource.CREDITOR):
        return Origin.CREDITOR_SYSTEM
    return Origin.SOLICITOR_SYSTEM


def _share_money(
    draft: Draft, valued: Valuation, fact: FactName | None, rules: Rules, value_at: datetime
) -> None:
    """Move money between its holders so that each has what the facts give it (decision 29)."""
    due = shares_due(valued, rules.terms.shares)
    held = {money.payment_id for money in draft.case.payments if money.is_after_close}
    moved = shares_of(
        transfer
        for transfer in draft.case.transfers
        if transfer.category is not Category.REFUND and transfer.payment_id not in held
    )
    for share in _in_order(due, moved):
        difference = due.get(share, ZERO) - moved.get(share, ZERO)
        draft.transfer(share, difference, fact, value_at)


def take_back_money(draft: Draft, payment_id: str, fact: FactName) -> None:
    """Take back every transfer of a payment's money, on a case that stays closed."""
    moved = shares_of(
        transfer
        for transfer in draft.case.transfers
        if transfer.payment_id == payment_id and transfer.category is not Category.REFUND
    )
    for share, amount in moved.items():
        draft.transfer(share, -amount, fact, draft.at)


def _in_order(due: dict[Share, Money], moved: dict[Share, Money]) -> list[Share]:
    """Return the shares of both: what is taken back first, so that nothing is given twice."""
    return [*(share for share in moved if share not in due), *due]
