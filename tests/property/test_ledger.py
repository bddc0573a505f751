"""The ledger: entries balance, and every balance is the fold of its entries."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from fordran.domain.ledger import (
    Component,
    Entry,
    EntryKind,
    LedgerAccount,
    Origin,
    fold,
)
from fordran.domain.money import Money, total
from tests.property.strategies import Story, lived, stories

ACCEPTED_MIN = 20
AT = datetime(2025, 9, 3, tzinfo=UTC)

entries = st.builds(
    Entry,
    number=st.just(1),
    kind=st.sampled_from(EntryKind),
    component=st.sampled_from(Component),
    amount=st.integers(-(10**9), 10**9).filter(bool).map(Money),
    value_at=st.just(AT),
    booked_at=st.just(AT),
    origin=st.sampled_from(Origin),
    description=st.just("api.transaction.case_flow"),
)


def legs(posted: list[Entry], account: LedgerAccount, component: Component) -> Money:
    return total(
        leg.amount
        for entry in posted
        if entry.component is component
        for leg in entry.postings()
        if leg.ledger_account is account
    )


def assert_balanced(posted: list[Entry]) -> None:
    balances = fold(posted)
    for entry in posted:
        assert total(leg.amount for leg in entry.postings()) == Money(0)
        assert entry.postings()[0].ledger_account is LedgerAccount.RECEIVABLE
    for component in Component:
        balance = balances.of(component)
        assert balance.added == -legs(posted, LedgerAccount.CLAIMED, component)
        assert balance.settled == legs(posted, LedgerAccount.SETTLED_AT_CREDITOR, component)
        assert balance.written_off == legs(posted, LedgerAccount.WRITTEN_OFF, component)
        assert balance.remaining == legs(posted, LedgerAccount.RECEIVABLE, component)
        assert balance.added - balance.settled - balance.written_off == balance.remaining
    assert balances.remaining == total(entry.amount for entry in posted)
    claims = (entry.amount for entry in posted if entry.kind is EntryKind.CLAIM)
    assert balances.added == total(claims)


def test_any_entries_balance_and_fold_to_their_postings() -> None:
    accepted = 0

    @given(st.lists(entries, max_size=20))
    def check(posted: list[Entry]) -> None:
        nonlocal accepted
        assert_balanced(posted)
        accepted += len(posted) > 1

    check()
    assert accepted >= ACCEPTED_MIN


def test_entries_of_a_lived_case_balance_and_leave_nothing_below_zero() -> None:
    accepted = 0

    @given(stories())
    def check(story: Story) -> None:
        nonlocal accepted
        for case in lived(story, in_time=False).cases.values():
            assert_balanced(list(case.entries))
            assert case.balances == fold(case.entries)
            assert [entry.number for entry in case.entries] == list(range(1, len(case.entries) + 1))
            assert all(entry.amount for entry in case.entries)
            for component in Component:
                assert case.balances.of(component).remaining >= Money(0)
            assert case.closed is None or not case.balances.remaining
            assert case.closed is None or case.next_item is None
            accepted += len(case.entries) > 2

    check()
    assert accepted >= ACCEPTED_MIN
