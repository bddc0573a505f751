"""Resettling: what the rows of each source's money say, and whose the money is."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from fordran.domain.cancellation import cancel
from fordran.domain.case import Case, CaseMoney, Debt
from fordran.domain.client_money import Category, Holder, Transfer, holdings
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
from fordran.domain.events import PaymentReceived
from fordran.domain.law import SHIPPED_LAW, Law
from fordran.domain.ledger import (
    Component,
    Entry,
    EntryKind,
    FactKind,
    FactName,
    MoneySource,
    Origin,
)
from fordran.domain.money import ZERO, Money
from fordran.domain.refund import pay_back
from fordran.domain.resettle import resettle
from fordran.domain.reversal import reverse
from fordran.domain.rules import Rules
from tests.domain.law_cases import CASE_ID, LawCase
from tests.property.strategies import RULES, Book, Story, at, case_id

PAID_AT = datetime(2025, 9, 10, 8, tzinfo=UTC)
KNOWN_AT = datetime(2025, 9, 12, 12, tzinfo=UTC)
FIRST, SECOND = f"{1:024x}", f"{2:024x}"
REVERSAL = FactName(FactKind.PAYMENT_REVERSAL, f"{3:024x}")


def settled_rows(source: MoneySource, minor: int) -> tuple[Money, Case, Case]:
    """Return what money of a source settled, and the case before it and after."""
    story = LawCase()
    story.live("wait to 2025-09-12")
    draft = Draft(story.case, KNOWN_AT)
    payment = CaseMoney("p", Money(minor), PAID_AT, source=source)
    before = knowing(draft, payment)
    fact = FactName(FactKind.PAYMENT, "p")
    settled = resettle([draft], draft, fact, RULES, value_at=PAID_AT, through_on=date(2025, 9, 10))
    return settled, before, draft.case


def knowing(draft: Draft, payment: CaseMoney) -> Case:
    """Let a case know of money that has not been settled yet."""
    draft.happen(PaymentReceived(payment))
    return draft.case


@pytest.mark.parametrize(
    ("source", "description", "policy", "origin", "parts"),
    [
        (
            MoneySource.CREDITOR,
            "creditor_payment.payment_settled",
            "creditor.1",
            Origin.CREDITOR_SYSTEM,
            {Component.CAPITAL: -500_00},
        ),
        (
            MoneySource.AGENCY,
            "payment.payment_settled",
            "agency.1",
            Origin.SOLICITOR_SYSTEM,
            {Component.COSTS: -180_00, Component.INTEREST: -14_00, Component.CAPITAL: -306_00},
        ),
        (
            MoneySource.AUTHORITY,
            "payment.payment_settled",
            "authority.1",
            Origin.SOLICITOR_SYSTEM,
            {Component.COSTS: -180_00, Component.INTEREST: -14_00, Component.CAPITAL: -306_00},
        ),
    ],
)
def test_rows_of_settled_money_say_where_it_came_from(
    source: MoneySource,
    description: str,
    policy: str,
    origin: Origin,
    parts: dict[Component, int],
) -> None:
    settled, before, after = settled_rows(source, 500_00)
    assert settled == Money(500_00)
    rows = [row for row in after.entries if row.kind is EntryKind.SETTLEMENT]
    first = len(after.entries) - len(rows) + 1
    assert rows == [
        Entry(
            number=number,
            kind=EntryKind.SETTLEMENT,
            component=component,
            amount=Money(minor),
            value_at=PAID_AT,
            booked_at=KNOWN_AT,
            origin=origin,
            description=description,
            policy=policy,
            source=source,
            fact=FactName(FactKind.PAYMENT, "p"),
        )
        for number, (component, minor) in enumerate(parts.items(), first)
    ]
    assert before.balances.capital.settled == ZERO


def test_what_finds_nothing_to_settle_is_not_counted_as_settled() -> None:
    settled, _, after = settled_rows(MoneySource.AGENCY, 3000_00)
    # 2 000 and 14 of interest and the cost.
    assert settled == Money(2194_00)
    held = holdings(after.transfers)
    assert (held[Holder.BANK], held[Holder.DEBTOR]) == (Money(3000_00), Money(-806_00))


def test_case_says_which_fact_closed_it() -> None:
    _, _, after = settled_rows(MoneySource.AGENCY, 2194_00)
    assert after.closed is not None
    assert after.closed.because_of == FactName(FactKind.PAYMENT, "p")


def book_of_two() -> Book:
    """Return a book of two cases that are registered and demanded together."""
    debts = tuple(
        Debt(f"INV-{day}", date(2025, 7, day), 31, 31, Money(2000_00), "") for day in (1, 7)
    )
    return Book(Story(debts, is_consumer=False, registered_on=date(2025, 9, 3), payments=()))


def test_case_whose_cost_moves_away_is_closed() -> None:
    book = book_of_two()
    second = CaseMoney("b", Money(100_00), datetime(2025, 9, 5, tzinfo=UTC))
    take(book, 1, second, datetime(2025, 9, 8, tzinfo=UTC))
    assert book.cases[case_id(0)].balances.costs.remaining == Money(180_00)
    # Paid on the day of dispatch: the cost moves, and the small rest is written off.
    first = CaseMoney("a", Money(2000_00), datetime(2025, 9, 3, 12, tzinfo=UTC))
    take(book, 0, first, datetime(2025, 9, 12, tzinfo=UTC))
    closed = book.cases[case_id(0)].closed
    assert closed is not None
    assert closed.because_of == FactName(FactKind.CREDITOR_PAYMENT, "a")
    assert book.cases[case_id(1)].balances.costs.remaining == Money(180_00)


def test_closed_case_is_not_valued_again_by_a_fact_of_another() -> None:
    book = book_of_two()
    cancelled_at, known_at = at(date(2025, 9, 20)), at(date(2025, 9, 25))
    book.advance(cancelled_at)
    closed = Draft(book.cases[case_id(1)], cancelled_at)
    cancel(closed, "9" * 24)
    book._keep([closed])
    # Since then the law was corrected, which a closed case is not valued by again.
    rates = [replace(row, percent=row.percent + 1) for row in SHIPPED_LAW.reference_rates]
    rules = Rules(RULES.terms, Law(version=1, reference_rates=tuple(rates)))
    drafts = [Draft(case, known_at) for case in book.cases.values()]
    report(drafts, case_id(0), CaseMoney("p", Money(100_00), known_at), rules)
    valued_again, left_alone = drafts
    assert valued_again.case.law_version == 1
    assert left_alone.recorded == []


def take(book: Book, case: int, payment: CaseMoney, known_at: datetime) -> None:
    book.advance(known_at)
    drafts = [Draft(member, known_at) for member in book.cases.values()]
    report(drafts, case_id(case), payment, RULES)
    book._keep(drafts)


def transfers_of(case: Case, payment_id: str) -> list[Transfer]:
    return [transfer for transfer in case.transfers if transfer.payment_id == payment_id]


def paid_when_closed() -> Case:
    story = LawCase()
    story.live("receive 2014.00 on 2025-09-03; receive 500.00 on 2025-09-10")
    assert story.case.closed is not None
    return story.case


def test_money_that_came_after_the_closing_is_taken_back_whole() -> None:
    before = paid_when_closed()
    draft = Draft(before, KNOWN_AT)
    reverse([draft], [CASE_ID], SECOND, REVERSAL, RULES)
    given, taken = transfers_of(draft.case, SECOND)
    assert (given.debit, given.credit, given.amount) == (
        Holder.BANK,
        Holder.DEBTOR,
        Money(500_00),
    )
    assert (taken.debit, taken.credit, taken.category, taken.article) == (
        given.debit,
        given.credit,
        given.category,
        given.article,
    )
    assert taken.amount == Money(-500_00)
    assert (taken.value_at, taken.booked_at, taken.fact) == (KNOWN_AT, KNOWN_AT, REVERSAL)
    assert transfers_of(draft.case, FIRST) == transfers_of(before, FIRST)
    assert draft.case.balances == before.balances


def test_what_was_paid_back_of_it_stays_paid_back() -> None:
    draft = Draft(paid_when_closed(), KNOWN_AT)
    pay_back(draft, SECOND, "r")
    reverse([draft], [CASE_ID], SECOND, REVERSAL, RULES)
    assert [(one.category, one.amount.minor) for one in transfers_of(draft.case, SECOND)] == [
        (Category.OVERPAYMENT, 500_00),
        (Category.REFUND, 500_00),
        (Category.OVERPAYMENT, -500_00),
    ]


def test_money_held_for_the_debtor_of_a_closed_case_is_not_shared_again() -> None:
    draft = Draft(paid_when_closed(), at(date(2025, 9, 20)))
    held = transfers_of(draft.case, SECOND)
    reverse([draft], [CASE_ID], FIRST, REVERSAL, RULES)
    # The case is open again, so the 500 now pay it.
    assert draft.case.closed is None
    assert transfers_of(draft.case, SECOND)[: len(held)] == held
    assert holdings(draft.case.transfers)[Holder.DEBTOR] == ZERO
    assert holdings(draft.case.transfers)[Holder.BANK] == Money(500_00)
