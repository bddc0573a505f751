"""Refunds in the domain: what is open, what paying it back does, and what that keeps away."""

from datetime import date

from fordran.domain.agency_payment import receive
from fordran.domain.case import Case, CaseMoney, Debt
from fordran.domain.client_money import Category, Holder, holdings
from fordran.domain.draft import Draft
from fordran.domain.ledger import FactKind, FactName, MoneySource
from fordran.domain.money import ZERO, Money
from fordran.domain.refund import open_refund, pay_back
from fordran.domain.reversal import reverse
from tests.property.strategies import RULES, Book, Story, at, case_id

REGISTERED_ON = date(2025, 9, 3)
PAID_AT = at(date(2025, 9, 2), 8)
NOW = at(date(2025, 9, 3), 8)
LATER = at(date(2025, 9, 20), 8)


def paid_too_much(*kronor: int) -> Case:
    """Return a case of 2 000 and 14 in interest on which payments to the agency were settled."""
    debt = Debt("INV-1", date(2025, 7, 7), 31, 31, Money(2000_00), "")
    book = Book(Story((debt,), is_consumer=False, registered_on=REGISTERED_ON, payments=()))
    case = book.cases[case_id(0)]
    for number, amount in enumerate(kronor):
        draft = Draft(case, NOW)
        money = CaseMoney(f"p{number}", Money(amount * 100), PAID_AT, source=MoneySource.AGENCY)
        receive([draft], case.id, money, RULES)
        case = draft.case
    return case


def test_too_much_is_open_until_it_is_paid_back() -> None:
    case = paid_too_much(2114)
    assert open_refund(case, "p0") == Money(100_00)
    draft = Draft(case, LATER)
    assert pay_back(draft, "p0", "r0") == Money(100_00)
    assert open_refund(draft.case, "p0") == ZERO
    last = draft.case.transfers[-1]
    assert (last.debit, last.credit, last.category) == (
        Holder.DEBTOR,
        Holder.BANK,
        Category.REFUND,
    )
    assert (last.amount, last.value_at) == (Money(100_00), LATER)
    assert last.fact == FactName(FactKind.REFUND, "r0")
    assert draft.case.payments[0].refunded == Money(100_00)
    held = holdings(draft.case.transfers)
    assert (held[Holder.BANK], held[Holder.DEBTOR]) == (Money(2014_00), ZERO)


def test_nothing_open_pays_nothing_back() -> None:
    case = paid_too_much(500)
    draft = Draft(case, LATER)
    assert pay_back(draft, "p0", "r0") == ZERO
    assert draft.recorded == []


def test_refunded_money_is_not_placed_when_another_payment_is_reversed() -> None:
    draft = Draft(paid_too_much(1000, 1114), LATER)
    assert pay_back(draft, "p1", "r0") == Money(100_00)
    reverse([draft], [draft.case.id], "p0", FactName(FactKind.PAYMENT_REVERSAL, "v0"), RULES)
    assert draft.case.closed is None
    balances = draft.case.balances
    assert balances.capital.settled + balances.interest.settled == Money(1014_00)
    assert holdings(draft.case.transfers)[Holder.BANK] == Money(1014_00)
    assert open_refund(draft.case, "p1") == ZERO


def test_refund_of_money_that_was_not_there_is_owed_by_the_debtor() -> None:
    draft = Draft(paid_too_much(2114), LATER)
    pay_back(draft, "p0", "r0")
    reverse([draft], [draft.case.id], "p0", FactName(FactKind.PAYMENT_REVERSAL, "v0"), RULES)
    assert open_refund(draft.case, "p0") == Money(-100_00)
    held = holdings(draft.case.transfers)
    assert (held[Holder.BANK], held[Holder.DEBTOR]) == (Money(-100_00), Money(100_00))
    assert pay_back(draft, "p0", "r1") == ZERO
