"""The facts of a case, as its valuation takes them."""

from datetime import date, timedelta

from fordran.domain.case import Case, CaseMoney
from fordran.domain.facts import Cost, Facts, Letter, MoneyFact
from fordran.domain.interest_terms import InterestRule
from fordran.domain.ledger import Component, EntryKind, MoneySource, Origin
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date
from fordran.domain.tables.statutory_costs import CostKind

ONE_DAY = timedelta(days=1)


def facts_of(case: Case, rules: Rules) -> Facts:
    """Return the facts that the claim of a case is valued from.

    Money that was reversed, and what came after the case was closed, are none of them.
    """
    terms = case.debt.interest or rules.terms.interest
    credit = case.debt.consumer_credit
    letter = case.letter
    return Facts(
        capital=case.balances.capital.added,
        costs=costs_of(case),
        money=tuple(_money(case, money, rules) for money in case.payments if money.counts),
        interest_from_on=interest_from_on(case, rules),
        rule=InterestRule(terms, rules.law, credit is not None, case.reductions),
        rounding=rules.terms.interest_rounding,
        orders=rules.terms.orders,
        letter=Letter(letter.counted_to_on, letter.deadline_on) if letter else None,
        cost_ceiling=credit.ceiling if credit else None,
    )


def interest_from_on(case: Case, rules: Rules) -> date:
    """Return the first day that bears interest (räntelagen 3 and 4 §§; decision 20)."""
    terms = case.debt.interest or rules.terms.interest
    debt = case.debt
    return terms.first_on(invoice_on=debt.invoice_on, agreed_first_on=debt.interest_from_on)


def credited_from_on(case: Case, rules: Rules) -> date:
    """Return the day a crediting counts from: the due date, before any day that bears interest.

    Source: decision 48; docs/decisions/0030.
    """
    return min(case.debt.due_on, interest_from_on(case, rules) - ONE_DAY)


def costs_of(case: Case) -> tuple[Cost, ...]:
    """Return the costs claimed, each with its corrections, the oldest first.

    A cost that was taken back whole is none.
    """
    costs: dict[tuple[str, str], Cost] = {}
    for entry in case.entries:
        if entry.kind is not EntryKind.CLAIM or entry.component is not Component.COSTS:
            continue
        key = (entry.cost_kind or "", entry.act or "")
        value_on = civil_date(entry.value_at)
        before = costs.get(key)
        costs[key] = Cost(
            amount=before.amount + entry.amount if before else entry.amount,
            value_on=before.value_on if before else value_on,
            kind=key[0],
            act=key[1],
            is_creditors=_is_creditors(key[0], entry.origin),
        )
    owed = [cost for cost in costs.values() if cost.amount]
    return tuple(sorted(owed, key=lambda cost: cost.value_on))


def _is_creditors(kind: str, origin: Origin) -> bool:
    """Tell whether the money for a cost is the creditor's: it laid it out, or it is 4 a §."""
    return origin is Origin.CREDITOR_SYSTEM or kind == CostKind.LATE_PAYMENT_FEE


def _money(case: Case, money: CaseMoney, rules: Rules) -> MoneyFact:
    on = civil_date(money.value_at)
    is_crediting = money.source is MoneySource.CREDITING
    return MoneyFact(
        amount=money.amount - money.refunded,
        value_on=credited_from_on(case, rules) if is_crediting else on,
        source=money.source,
        id=money.payment_id,
        reported_on=on if is_crediting else None,
        refunded=money.refunded,
    )
