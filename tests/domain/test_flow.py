"""The flow: when items fall due, what a demand states, and which case carries its cost."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, Debt
from fordran.domain.case_status import CaseState, CaseStatus
from fordran.domain.demand_cost import (
    carrier_of,
    demand_cost_on,
    posted_demand_cost,
    state_demand_cost,
)
from fordran.domain.draft import Draft
from fordran.domain.flow import (
    BankDaysAfter,
    DaysAfter,
    Delay,
    FlowConfig,
    HoursAfter,
    first_item,
    schedule,
)
from fordran.domain.flow_step import dispatch_instant
from fordran.domain.money import ZERO, Money
from fordran.domain.rules import Rules
from fordran.domain.shipped_flows import DEFAULT_FLOW
from tests.property.strategies import RULES, Book, Paid, Story, at, case_id

REGISTERED_ON = date(2025, 9, 3)
SENT_AT = datetime(2025, 9, 3, 9, 10, tzinfo=UTC)
WITHOUT_COST = Rules(AgreementTerms(claims_debt_collection_cost=False))


def debt(number: int = 0, invoice_on: date = date(2025, 7, 7)) -> Debt:
    return Debt(f"INV-{number}", invoice_on, 31, 31, Money(50_000_00), "")


def book_of(*debts: Debt) -> Book:
    return Book(Story(debts, is_consumer=False, registered_on=REGISTERED_ON, payments=()))


def only(book: Book) -> Case:
    (case,) = book.cases.values()
    return case


def test_config_has_items_with_names_of_their_own() -> None:
    for items in ((), (DEFAULT_FLOW.items[0],) * 2):
        with pytest.raises(ValueError, match="at least one item, and each name once"):
            FlowConfig("1" * 24, "api.flow_config.test", items)


def test_config_knows_its_items_by_name() -> None:
    name = DEFAULT_FLOW.items[1].name
    assert DEFAULT_FLOW.has_item(name)
    assert DEFAULT_FLOW.item(name) is DEFAULT_FLOW.items[1]
    assert not DEFAULT_FLOW.has_item(f"{name}_again")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("delay", "anchor_at", "due_at"),
    [
        # The clocks go back on 26 October 2025 at 01:00 UTC: hours are hours that pass.
        (HoursAfter(1), "2025-10-26T00:30", "2025-10-26T01:30"),
        (HoursAfter(24), "2025-10-25T22:00", "2025-10-26T22:00"),
        (HoursAfter(48), "2025-12-30T23:15", "2026-01-01T23:15"),
        # That day begins at 22:00 UTC and ends at 23:00 UTC.
        (DaysAfter(1), "2025-10-25T21:59", "2025-10-26"),
        (DaysAfter(1), "2025-10-25T22:00", "2025-10-27"),
        (DaysAfter(1), "2025-10-26T22:59", "2025-10-27"),
        (DaysAfter(1), "2025-10-26T23:00", "2025-10-28"),
        # They go forward on 29 March 2026: the day begins at 23:00 UTC and ends at 22:00 UTC.
        (DaysAfter(1), "2026-03-28T23:00", "2026-03-30"),
        (DaysAfter(1), "2026-03-29T21:59", "2026-03-30"),
        (DaysAfter(1), "2026-03-29T22:00", "2026-03-31"),
        (DaysAfter(1), "2025-12-31T22:59", "2026-01-01"),
        (DaysAfter(1), "2025-12-31T23:00", "2026-01-02"),
        # Neither New Year's Eve nor its Day is a bank day; 2 January 2026 is a Friday.
        (BankDaysAfter(1), "2025-12-30T12:00", "2026-01-02"),
        (BankDaysAfter(1), "2025-12-29T23:00", "2026-01-02"),
        (BankDaysAfter(2), "2025-12-30T12:00", "2026-01-05"),
        # Epiphany is the Tuesday after.
        (BankDaysAfter(3), "2025-12-30T12:00", "2026-01-07"),
        # Easter Day is 5 April 2026: closed from Good Friday through Monday.
        (BankDaysAfter(1), "2026-04-01T12:00", "2026-04-02"),
        (BankDaysAfter(1), "2026-04-02T12:00", "2026-04-07"),
        (BankDaysAfter(2), "2026-04-01T12:00", "2026-04-07"),
        (BankDaysAfter(1), "2026-04-05T12:00", "2026-04-07"),
    ],
)
def test_delay_falls_due_by_the_swedish_calendar(delay: Delay, anchor_at: str, due_at: str) -> None:
    item = msgspec.structs.replace(DEFAULT_FLOW.items[1], delay=delay)
    assert schedule(DEFAULT_FLOW, item, utc(anchor_at)).due_at == utc(due_at)


def test_default_flow_falls_due_as_the_seed_did() -> None:
    registered_at = datetime(2025, 9, 3, 7, 56, 12, tzinfo=UTC)
    item = first_item(DEFAULT_FLOW, registered_at)
    instants = [item.due_at]
    for following in DEFAULT_FLOW.items[1:]:
        item = schedule(
            DEFAULT_FLOW,
            following,
            item.due_at,
            dispatched_on=date(2025, 9, 3),
            deadline_on=date(2025, 9, 15),
        )
        instants.append(item.due_at)
    assert instants == [
        datetime(2025, 9, 3, 8, tzinfo=UTC),
        datetime(2025, 9, 3, 9, tzinfo=UTC),
        datetime(2025, 9, 3, 9, 10, tzinfo=UTC),
        datetime(2025, 9, 19, tzinfo=UTC),
    ]
    assert DEFAULT_FLOW.item_after(item.item) is None


@pytest.mark.parametrize(
    ("deadline_on", "due_on"),
    [(date(2025, 9, 15), date(2025, 9, 19)), (date(2025, 9, 16), date(2025, 9, 20))],
)
def test_statement_waits_for_the_later_of_its_two_days(deadline_on: date, due_on: date) -> None:
    item = schedule(
        DEFAULT_FLOW,
        DEFAULT_FLOW.items[-1],
        SENT_AT,
        dispatched_on=date(2025, 9, 3),
        deadline_on=deadline_on,
    )
    assert item.due_at == at(due_on)


@pytest.mark.parametrize(
    "days", [{}, {"dispatched_on": date(2025, 9, 3)}, {"deadline_on": date(2025, 9, 15)}]
)
def test_statement_cannot_be_scheduled_without_a_demand(days: dict[str, date]) -> None:
    with pytest.raises(ValueError, match="none was sent"):
        schedule(DEFAULT_FLOW, DEFAULT_FLOW.items[-1], SENT_AT, **days)


@pytest.mark.parametrize(
    ("now", "dispatched_at"),
    [
        (SENT_AT, SENT_AT),
        (datetime(2025, 9, 15, 21, 59, tzinfo=UTC), SENT_AT),
        # Midnight in Stockholm: the deadline, 15 September, has passed.
        (datetime(2025, 9, 15, 22, tzinfo=UTC), datetime(2025, 9, 15, 22, tzinfo=UTC)),
    ],
)
def test_late_demand_keeps_its_instant_until_its_deadline_has_passed(
    now: datetime, dispatched_at: datetime
) -> None:
    assert dispatch_instant(SENT_AT, now, RULES.terms) == dispatched_at


def test_case_goes_through_the_states_and_statuses_in_order() -> None:
    book = book_of(debt())
    assert only(book).state is CaseState.INITIALIZING
    book.advance(at(date(2025, 9, 19)))
    assert only(book).state is CaseState.DEBT_COLLECTION
    assert [line.status for line in only(book).status_history] == [
        CaseStatus.INITIALIZING,
        CaseStatus.INITIALIZED,
        CaseStatus.DEBT_COLLECTION,
        CaseStatus.DEBT_COLLECTION_ACTIVE,
    ]
    assert only(book).next_item is None
    assert only(book).debt.due_on == date(2025, 8, 7)


def test_cost_is_the_statutes_unless_the_agreement_claims_none() -> None:
    case = only(book_of(debt()))
    assert demand_cost_on(REGISTERED_ON, [case], RULES) == Money(180_00)
    assert demand_cost_on(REGISTERED_ON, [case], WITHOUT_COST) == ZERO
    assert demand_cost_on(REGISTERED_ON, [], RULES) == ZERO


def test_demand_without_any_capital_states_no_cost_and_none_is_posted() -> None:
    book = book_of(debt())
    # 26 days on 50 000 = 356.16: more than is written off.
    book.pay(Paid(0, 50_000_00, date(2025, 9, 2), 0), "1" * 24, at(REGISTERED_ON, 8, 30))
    book.advance(SENT_AT)
    demand = only(book).demand
    assert demand is not None
    assert (demand.stated, demand.stated_cost) == (Money(356_00), ZERO)
    book.pay(Paid(0, 100_00, date(2025, 9, 10), 0), "2" * 24, at(date(2025, 9, 10), 12))
    book.advance(at(date(2025, 9, 19)))
    assert posted_demand_cost(only(book)) == ZERO
    assert only(book).balances.remaining == Money(256_00)


def test_cost_is_not_posted_on_a_group_whose_cases_are_closed() -> None:
    book = book_of(debt())
    book.advance(SENT_AT)
    demand = only(book).demand
    assert demand is not None
    book.pay(Paid(0, 60_000_00, date(2025, 9, 3), 0), "1" * 24, at(REGISTERED_ON, 12))
    draft = Draft(only(book), at(date(2025, 9, 19)))
    state_demand_cost([draft], demand, RULES)
    assert draft.recorded == []


def test_statement_of_one_case_leaves_another_that_is_closed_as_it_is() -> None:
    book = book_of(debt(0), debt(1))
    book.pay(Paid(0, 60_000_00, date(2025, 9, 10), 0), "1" * 24, at(date(2025, 9, 10), 12))
    closed = book.cases[case_id(0)]
    assert closed.closed is not None
    book.advance(at(date(2025, 9, 20)))
    assert book.cases[case_id(1)].status is CaseStatus.DEBT_COLLECTION_ACTIVE
    assert book.cases[case_id(0)] == closed


def test_demand_states_its_cost_on_the_earliest_invoice_then_the_lowest_id() -> None:
    book = book_of(debt(0, date(2025, 7, 14)), debt(1), debt(2))
    book.advance(SENT_AT)
    demands = [case.demand for case in book.cases.values()]
    interest = [case.balances.interest.remaining for case in book.cases.values()]
    own = [
        demand.stated - Money(50_000_00) - added
        for demand, added in zip(demands, interest, strict=True)
        if demand is not None
    ]
    assert own == [ZERO, Money(180_00), ZERO]
    assert {demand.stated_cost for demand in demands if demand} == {Money(180_00)}
    carrier = carrier_of(reversed(book.cases.values()))
    assert carrier is not None
    assert carrier.id == case_id(1)
    assert carrier_of([]) is None


def test_case_without_its_last_item_is_not_moved() -> None:
    book = book_of(debt())
    book.advance(at(date(2025, 9, 19)))
    after = msgspec.structs.replace(only(book))
    book.advance(at(date(2026, 9, 19)))
    assert only(book) == after
