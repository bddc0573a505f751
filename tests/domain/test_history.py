"""History: a case is the fold of its events, and no event is applied out of place."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import product

import msgspec
import pytest
from hypothesis import given

from fordran.domain.case import Case, Closed, Debt, Limitation, OriginalInvoice, StatusEntered
from fordran.domain.case_status import ALLOWED_MOVES, HELD, CaseStatus, CloseReason, check_move
from fordran.domain.events import (
    CaseClosed,
    CaseEvent,
    CaseInitialized,
    CaseRegistered,
    CaseReopened,
    CreditorPaymentReported,
    DebtCollectionEntered,
    DemandDispatched,
    DemandExpired,
    EntryPosted,
    FlowEnded,
    FlowItemFailed,
    FlowItemScheduled,
    HoldBegan,
    HoldEnded,
    InterestCounted,
    LimitationBroken,
    MoneyTransferred,
    OriginalInvoiceAttached,
    Recorded,
    ReminderEntered,
)
from fordran.domain.history import MONEY_EVENTS, apply, begin, known_by, rebuild, with_money
from fordran.domain.holds import STATUS_OF, Hold, HoldKind
from fordran.domain.money import Money
from fordran.domain.swedish_time import add_years
from tests.domain.law_cases import LawCase
from tests.property.strategies import Story, lived, stories

ACCEPTED_MIN = 20
BEGAN_AT = datetime(2025, 9, 3, 8, tzinfo=UTC)
HOLDS = {STATUS_OF[kind]: Hold(kind.value, kind, BEGAN_AT) for kind in HoldKind}
CHANGES: dict[CaseStatus, CaseEvent] = {
    CaseStatus.INITIALIZED: CaseInitialized(),
    CaseStatus.REMINDER: ReminderEntered(),
    CaseStatus.DEBT_COLLECTION: DebtCollectionEntered("f" * 24),
    CaseStatus.DEBT_COLLECTION_ACTIVE: DemandExpired(),
    CaseStatus.CLOSED: CaseClosed(CloseReason.FULLY_PAID),
}
"""The event that moves to each status; nothing but opening again moves to the first."""


STORY_KINDS = {
    CaseRegistered,
    EntryPosted,
    InterestCounted,
    FlowItemScheduled,
    FlowEnded,
    CaseInitialized,
    DebtCollectionEntered,
    DemandDispatched,
    LimitationBroken,
    DemandExpired,
    CreditorPaymentReported,
    MoneyTransferred,
    CaseClosed,
}

UNPAID = Story(
    (Debt("INV-1", date(2025, 7, 7), 31, 31, Money(2000_00), "INV-1"),),
    is_consumer=False,
    registered_on=date(2025, 9, 3),
    payments=(),
)
"""A case of which nothing is ever paid, through the whole flow."""


@pytest.fixture
def journal() -> list[Recorded]:
    (events,) = lived(UNPAID, in_time=True).journals.values()
    return events


@pytest.fixture
def case(journal: Sequence[Recorded]) -> Case:
    return begin(journal[0])


def in_status(journal: Sequence[Recorded], status: CaseStatus, earlier: CaseStatus) -> Case:
    """Return the case with a status, and the one it had before if it is closed."""
    whole = rebuild(journal)
    at = whole.registered_at
    is_closed = status is CaseStatus.CLOSED
    history = (StatusEntered(earlier, at), StatusEntered(status, at))
    return msgspec.structs.replace(
        begin(journal[0]),
        demand=whole.demand,
        status_history=history[0 if is_closed else 1 :],
        closed=Closed(at, CloseReason.FULLY_PAID) if is_closed else None,
        holds=(HOLDS[earlier],) if is_closed and earlier in HELD else (),
    )


def test_journal_leads_to_the_case_and_survives_being_stored() -> None:
    accepted = 0
    kinds: set[type] = set()

    @given(stories())
    def check(story: Story) -> None:
        nonlocal accepted
        book = lived(story, in_time=False)
        for case_id, events in book.journals.items():
            stored = [msgspec.json.encode(recorded) for recorded in events]
            again = [msgspec.json.decode(one, type=Recorded) for one in stored]
            assert again == events
            assert [msgspec.json.encode(recorded) for recorded in again] == stored
            assert rebuild(again) == rebuild(events) == book.cases[case_id]
            encoded = msgspec.json.encode(book.cases[case_id])
            assert msgspec.json.decode(encoded, type=Case) == book.cases[case_id]
            kinds.update(type(recorded.event) for recorded in events)
            accepted += len(events) > 5

    check()
    assert accepted >= ACCEPTED_MIN
    # What a story brings about; an upload and a failed item are tested below, and the ledger
    # machine brings about the rest.
    assert kinds >= STORY_KINDS


@pytest.mark.parametrize(
    ("before", "after"),
    [pair for pair in product(CaseStatus, CaseStatus) if pair[1] not in ALLOWED_MOVES[pair[0]]],
)
def test_status_move_outside_the_table_is_refused(
    journal: list[Recorded], before: CaseStatus, after: CaseStatus
) -> None:
    with pytest.raises(AssertionError, match="may not become"):
        check_move(before, after)
    if after in CHANGES:
        case = in_status(journal, before, CaseStatus.INITIALIZED)
        with pytest.raises(AssertionError, match="may not become"):
            apply(case, Recorded(2, case.registered_at, CHANGES[after]))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (before, after)
        for before in ALLOWED_MOVES
        for after in ALLOWED_MOVES[before]
        if after not in HELD and before not in HELD
    ],
)
def test_status_move_in_the_table_is_made(
    journal: list[Recorded], before: CaseStatus, after: CaseStatus
) -> None:
    case = in_status(journal, before, after)
    event = CaseReopened() if before is CaseStatus.CLOSED else CHANGES[after]
    moved = apply(case, Recorded(2, case.registered_at, event))
    assert [line.status for line in moved.status_history][-2:] == [before, after]


@pytest.mark.parametrize("before", [one for one in CaseStatus if one not in HELD])
@pytest.mark.parametrize("held", HELD)
def test_any_open_status_may_be_held_and_goes_on_where_it_was(
    journal: list[Recorded], before: CaseStatus, held: CaseStatus
) -> None:
    case = in_status(journal, before, CaseStatus.INITIALIZED)
    began = Recorded(2, case.registered_at, HoldBegan(HOLDS[held]))
    if before is CaseStatus.CLOSED:
        with pytest.raises(AssertionError, match="reopened first"):
            apply(case, began)
        return
    held_case = apply(case, began)
    assert held_case.status is held
    released = apply(held_case, Recorded(3, BEGAN_AT, HoldEnded(HOLDS[held].id, "over")))
    assert (released.status, released.holds) == (before, ())


@pytest.mark.parametrize("after", [CaseStatus.INITIALIZED, CaseStatus.REMINDER])
def test_held_case_goes_no_step_further(journal: list[Recorded], after: CaseStatus) -> None:
    case = begin(journal[0])
    hold = HOLDS[CaseStatus.PAUSED]
    held = apply(case, Recorded(2, case.registered_at, HoldBegan(hold)))
    with pytest.raises(AssertionError, match="ends first"):
        apply(held, Recorded(3, case.registered_at, CHANGES[after]))


def test_closed_case_that_was_held_opens_again_held(journal: list[Recorded]) -> None:
    case = in_status(journal, CaseStatus.CLOSED, CaseStatus.DISPUTED)
    case = msgspec.structs.replace(
        case,
        status_history=(
            StatusEntered(CaseStatus.INITIALIZED, BEGAN_AT),
            *case.status_history,
        ),
    )
    opened = apply(case, Recorded(2, case.registered_at, CaseReopened()))
    assert opened.status is CaseStatus.DISPUTED
    ended = apply(case, Recorded(2, case.registered_at, HoldEnded("dispute", "withdrawn")))
    assert ended.status is CaseStatus.CLOSED
    opened = apply(ended, Recorded(3, case.registered_at, CaseReopened()))
    assert opened.status is CaseStatus.INITIALIZED


@pytest.mark.parametrize("after", [one for one in CHANGES if one is not CaseStatus.CLOSED])
def test_closed_case_moves_only_by_being_opened_again(
    journal: list[Recorded], after: CaseStatus
) -> None:
    case = in_status(journal, CaseStatus.CLOSED, after)
    with pytest.raises(AssertionError, match="reopened first"):
        apply(case, Recorded(2, case.registered_at, CHANGES[after]))


def test_every_open_status_may_close_and_nothing_follows() -> None:
    assert set(ALLOWED_MOVES) == set(CaseStatus)
    for status in CaseStatus:
        assert (CaseStatus.CLOSED in ALLOWED_MOVES[status]) is (status is not CaseStatus.CLOSED)


def test_case_begins_with_its_registration_as_event_one(journal: list[Recorded]) -> None:
    first, second, *_ = journal
    with pytest.raises(AssertionError):
        begin(second)
    with pytest.raises(AssertionError):
        begin(msgspec.structs.replace(first, number=2))
    with pytest.raises(AssertionError, match="registered once"):
        apply(begin(first), msgspec.structs.replace(first, number=2))


def test_events_and_entries_are_applied_without_a_gap(case: Case, journal: list[Recorded]) -> None:
    with pytest.raises(AssertionError):
        apply(case, journal[2])
    posted = next(one for one in journal if isinstance(one.event, EntryPosted))
    entry = msgspec.structs.replace(posted.event.entry, number=2)
    with pytest.raises(AssertionError):
        apply(case, Recorded(2, case.registered_at, EntryPosted(entry)))


def test_failed_item_stays_scheduled_and_marked(journal: list[Recorded]) -> None:
    scheduled = rebuild(journal[:3])
    assert scheduled.next_item is not None
    at = scheduled.updated_at
    failed = apply(scheduled, Recorded(4, at, FlowItemFailed("no rate", at)))
    assert failed.next_item == msgspec.structs.replace(
        scheduled.next_item, is_failed=True, failure="no rate", attempts=1, retry_at=at
    )
    with pytest.raises(AssertionError):
        apply(begin(journal[0]), Recorded(2, scheduled.updated_at, FlowItemFailed("no rate")))


def test_original_invoice_is_shown(case: Case) -> None:
    invoice = OriginalInvoice("1" * 32, "invoice.pdf", "application/pdf", 12937)
    shown = apply(case, Recorded(2, case.registered_at, OriginalInvoiceAttached(invoice)))
    assert shown.original_invoice == invoice


def test_case_shows_the_latest_break_and_never_an_earlier_one(case: Case) -> None:
    def broken(years: int, annotation: str) -> LimitationBroken:
        at = add_years(case.registered_at, years)
        return LimitationBroken(Limitation(at, add_years(at, 10), annotation))

    later = apply(case, Recorded(2, case.registered_at, broken(2, "later")))
    earlier = apply(later, Recorded(3, case.registered_at, broken(1, "earlier")))
    same = apply(earlier, Recorded(4, case.registered_at, broken(2, "same day")))
    assert earlier.limitation == later.limitation
    assert same.limitation is not None
    assert same.limitation.annotation == "same day"


@pytest.mark.parametrize(
    ("facts", "after_close"),
    [
        ("pay 500.00 on 2025-09-02; receive 300.00 on 2025-09-10", [False, False]),
        (
            "credit 500.00 on 2025-09-05; pay 100.00 on 2025-09-10; reverse 2 on 2025-09-20",
            [False, False],
        ),
        ("receive 2014.00 on 2025-09-03; receive 50.00 on 2025-09-10", [False, True]),
        # Opened again: what came after the closing counts from then on.
        (
            "receive 2014.00 on 2025-09-03; receive 50.00 on 2025-09-10; reverse 1 on 2025-09-20",
            [False, False],
        ),
    ],
)
def test_money_of_a_case_follows_from_its_money_events(facts: str, after_close: list[bool]) -> None:
    lived = LawCase()
    lived.live(facts)
    assert rebuild(lived.journal) == lived.case
    stored = msgspec.structs.replace(lived.case, payments=(), transfers=())
    events = [one.event for one in lived.journal if isinstance(one.event, MONEY_EVENTS)]
    assert with_money(stored, events) == lived.case
    assert [money.is_after_close for money in lived.case.payments] == after_close


def test_what_was_known_ends_before_the_first_event_known_later(journal: list[Recorded]) -> None:
    first, second, third = journal[:3]
    # Before it was kept when an event became known, it was known when it happened.
    old = msgspec.structs.replace(first, known_at=None)
    late = msgspec.structs.replace(second, known_at=add_years(second.at, 1))
    assert known_by([old, late, third], first.at) == [old]
    assert known_by([old, late, third], add_years(second.at, 1)) == [old, late, third]
