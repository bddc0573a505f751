"""Entries: their accounts, their cause, and what they add up to per component."""

from datetime import UTC, datetime
from typing import Any

import pytest

from fordran.domain.ledger import (
    Balance,
    Balances,
    Component,
    Entry,
    EntryKind,
    FactKind,
    FactName,
    LedgerAccount,
    MoneySource,
    Origin,
    fold,
)
from fordran.domain.money import Money

AT = datetime(2025, 9, 3, tzinfo=UTC)


def entry(
    kind: EntryKind, kronor: int, component: Component = Component.CAPITAL, **more: Any
) -> Entry:
    amount = Money(kronor * 100)
    return Entry(1, kind, component, amount, AT, AT, Origin.CREDITOR_SYSTEM, "test", **more)


@pytest.mark.parametrize(
    ("row", "account"),
    [
        (entry(EntryKind.CLAIM, 1), LedgerAccount.CLAIMED),
        (entry(EntryKind.WRITE_OFF, -1), LedgerAccount.WRITTEN_OFF),
        (entry(EntryKind.SETTLEMENT, -1), LedgerAccount.SETTLED_AT_CREDITOR),
        (
            entry(EntryKind.SETTLEMENT, -1, source=MoneySource.CREDITOR),
            LedgerAccount.SETTLED_AT_CREDITOR,
        ),
        (
            entry(EntryKind.SETTLEMENT, -1, source=MoneySource.AGENCY),
            LedgerAccount.SETTLED_AT_AGENCY,
        ),
        (
            entry(EntryKind.SETTLEMENT, -1, source=MoneySource.AUTHORITY),
            LedgerAccount.SETTLED_AT_AGENCY,
        ),
        (entry(EntryKind.SETTLEMENT, -1, source=MoneySource.CREDITING), LedgerAccount.CREDITED),
    ],
)
def test_entry_moves_money_between_the_receivable_and_one_account(
    row: Entry, account: LedgerAccount
) -> None:
    receivable, other = row.postings()
    assert (receivable.ledger_account, receivable.amount) == (LedgerAccount.RECEIVABLE, row.amount)
    assert (other.ledger_account, other.amount) == (account, -row.amount)


PAYMENT = FactName(FactKind.PAYMENT, "p")


@pytest.mark.parametrize(
    ("named", "cause"),
    [
        ({}, None),
        ({"fact": PAYMENT}, PAYMENT),
        # As they were written before there were other facts.
        ({"creditor_payment_id": "old"}, FactName(FactKind.CREDITOR_PAYMENT, "old")),
        ({"creditor_payment_id": "old", "fact": PAYMENT}, PAYMENT),
    ],
)
def test_cause_of_an_entry_is_its_fact_or_the_payment_of_old(
    named: dict[str, Any], cause: FactName | None
) -> None:
    assert entry(EntryKind.SETTLEMENT, -1, **named).caused_by == cause


def test_balances_tell_components_and_kinds_apart() -> None:
    balances = fold(
        entry(kind, kronor, component)
        for component, added, settled, given_up in (
            (Component.CAPITAL, 1000, 300, 50),
            (Component.INTEREST, 200, 20, 5),
            (Component.COSTS, 80, 7, 1),
        )
        for kind, kronor in (
            (EntryKind.CLAIM, added),
            (EntryKind.SETTLEMENT, -settled),
            (EntryKind.WRITE_OFF, -given_up),
            (EntryKind.CLAIM, 4),
            (EntryKind.SETTLEMENT, -2),
            (EntryKind.WRITE_OFF, -1),
        )
    )
    assert balances == Balances(
        capital=Balance(Money(1004_00), Money(302_00), Money(51_00)),
        interest=Balance(Money(204_00), Money(22_00), Money(6_00)),
        costs=Balance(Money(84_00), Money(9_00), Money(2_00)),
    )
    assert [balances.of(component).remaining.minor for component in Component] == [
        651_00,
        176_00,
        73_00,
    ]
    assert balances.added == Money(1292_00)
    assert balances.remaining == Money(900_00)
