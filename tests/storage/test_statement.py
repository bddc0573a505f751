"""A statement equals the valuation of each case from its facts, to the öre, on any day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import psycopg
import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from fordran.domain.agency_payment import receive
from fordran.domain.agreement import AgreementTerms
from fordran.domain.cancellation import cancel
from fordran.domain.case import Case, CaseMoney, ConsumerCredit
from fordran.domain.case_facts import facts_of
from fordran.domain.case_status import CaseStatus
from fordran.domain.crediting import credit
from fordran.domain.draft import Draft
from fordran.domain.interest_reduction import reduce_interest
from fordran.domain.interest_terms import (
    InterestBasis,
    InterestReduction,
    InterestStart,
    InterestTerms,
)
from fordran.domain.law import SHIPPED_LAW, Law
from fordran.domain.ledger import Component, FactKind, FactName, MoneySource
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.reversal import reverse
from fordran.domain.statement import footing, standing
from fordran.domain.swedish_time import civil_date
from fordran.domain.valuation import value
from fordran.operations.make_statement import Statement
from fordran.storage import cases
from fordran.storage.audit import prepare
from fordran.storage.statement import Scope, StatementBook, StatementLine
from fordran.storage.unit_of_work import UnitOfWork
from tests.conftest import WorkerDatabase
from tests.property import strategies
from tests.property.strategies import ENDS_ON, ONE_DAY, RULES, Book, Story, at, case_id, stories

ACCOUNT, CREDITOR, VERSION = "a" * 24, "b" * 24, "e" * 24
NOW = datetime(2026, 12, 31, tzinfo=UTC)

own_terms = st.sampled_from(
    [
        None,
        None,
        None,
        InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal("12.5")),
        InterestTerms(InterestBasis.FIXED_WITH_FLOOR, annual_rate_percent=Decimal("10.25")),
        InterestTerms(margin_percent=Decimal("6.1234"), start=InterestStart.DEMAND_PLUS_30_DAYS),
        InterestTerms(InterestBasis.NONE),
    ]
)
credits_of_consumers = st.sampled_from([None, None, None, ConsumerCredit(Money(2_000_00))])


class Act(msgspec.Struct, frozen=True):
    """One more fact of a book: what, of which case, how much, from when, and known how late."""

    kind: str
    case: int
    percent: int
    value_after_days: int
    delay_days: int


acts = st.builds(
    Act,
    kind=st.sampled_from(["creditor", "agency", "crediting", "reduce", "reverse", "cancel"]),
    case=st.integers(0, 2),
    percent=strategies.PERCENTS,
    value_after_days=st.integers(-20, 200),
    delay_days=st.sampled_from([0, 0, 3, 40]),
)


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Draw a book with facts of every kind, lived to a day."""
    drawn = draw(stories(payments_max=0))
    debts = tuple(
        replace(debt, interest=draw(own_terms), consumer_credit=draw(credits_of_consumers))
        for debt in drawn.debts
    )
    story = Story(debts, drawn.is_consumer, drawn.registered_on, ())
    book = Book(story)
    happen = []
    for number, act in enumerate(draw(st.lists(acts, max_size=6))):
        value_on = story.registered_on + ONE_DAY * act.value_after_days
        known_on = max(value_on, story.registered_on) + ONE_DAY * act.delay_days
        if known_on <= ENDS_ON:
            happen.append((known_on, number, act, value_on))
    for known_on, number, act, value_on in sorted(happen, key=lambda one: one[:2]):
        take(book, act, f"{number:024x}", value_on=value_on, known_at=at(known_on, 12))
    lived_to = draw(st.dates(story.registered_on, ENDS_ON))
    book.advance(at(lived_to, 23))
    return book


def take(book: Book, act: Act, fact_id: str, *, value_on: date, known_at: datetime) -> None:
    """Let an act happen on its case and on those that share its demand."""
    book.advance(known_at)
    position = act.case % len(book.cases)
    case = book.cases[case_id(position)]
    group = [
        Draft(member, known_at)
        for member in book.cases.values()
        if member is case or (member.demand is not None and case.demand is not None)
    ]
    amount = Money(max(case.debt.capital_to_claim.minor * act.percent // 100, 1))
    money = CaseMoney(fact_id, amount, at(value_on))
    match act.kind:
        case "creditor":
            strategies.report(group, case.id, money, RULES)
        case "agency":
            receive(group, case.id, replace(money, source=MoneySource.AGENCY), RULES)
        case "crediting":
            reported = replace(money, source=MoneySource.CREDITING, value_at=known_at)
            credit(group, case.id, reported, RULES)
        case "reduce":
            reduction = InterestReduction(
                fact_id, value_on, value_on + 60 * ONE_DAY, Decimal(3), "skäl", "någon"
            )
            reduce_interest(group, case.id, reduction, RULES)
        case "reverse":
            known = [payment for payment in case.payments if payment.source != "crediting"]
            if known:
                fact = FactName(FactKind.PAYMENT_REVERSAL, fact_id)
                reverse(group, [case.id], known[0].payment_id, fact, RULES)
        case "cancel":
            cancel(next(draft for draft in group if draft.case.id == case.id), fact_id)
    book._keep(group)


@pytest.fixture(scope="module")
def connection(database: WorkerDatabase) -> Iterator[psycopg.Connection]:
    """A connection in a transaction that is never committed, with what cases refer to left out."""
    with psycopg.connect(database.conninfo()) as opened:
        opened.execute("SET session_replication_role = replica")
        prepare(opened)
        yield opened
        opened.rollback()


def lines(
    connection: psycopg.Connection,
    stored: list[Book],
    on: date,
    *,
    terms: AgreementTerms = RULES.terms,
    laws: dict[int, Law] | None = None,
) -> tuple[dict[str, StatementLine], int]:
    """Store books in a transaction that is rolled back; return the lines, and how many of a set."""
    with connection.transaction(force_rollback=True):
        uow = UnitOfWork(connection, ACCOUNT)
        uow.execute(
            "INSERT INTO creditors VALUES (%s, %s, 'Bolaget', true, '{}', now())",
            (ACCOUNT, CREDITOR),
        )
        uow.execute(
            "INSERT INTO agreement_versions VALUES (%s, %s, now(), %s)",
            (ACCOUNT, VERSION, msgspec.json.encode(terms).decode()),
        )
        cases.insert(uow, [draft for book in stored for draft in drafts(book)], NOW)
        scope = Scope(on, ACCOUNT)
        book = StatementBook(connection, scope)
        made = Statement(book, scope, laws or {0: SHIPPED_LAW})
        found = list(made.lines())
        of_set = sum(total.cases for total in book.totals(made._set))
        for total in made.totals():
            assert total.cases == len(found)
            for name in ("capital_minor", "costs_minor", "interest_minor"):
                assert getattr(total, name) == sum(getattr(line, name) for line in found)
        return {line.case_id: line for line in found}, of_set


def drafts(book: Book) -> Iterator[Draft]:
    for case in book.cases.values():
        draft = Draft(case, NOW)
        draft.recorded = book.journals[case.id]
        yield draft


def expected(case: Case, on: date) -> tuple[int, int, int, date, str] | None:
    stands = standing(case, RULES, on)
    if stands is None:
        return None
    amounts = (stands.capital.minor, stands.costs.minor, stands.interest.minor)
    return (*amounts, stands.counted_on, stands.status.value)


def shown(line: StatementLine) -> tuple[int, int, int, date, str]:
    amounts = (line.capital_minor, line.costs_minor, line.interest_minor)
    return (*amounts, line.counted_on, line.status)


def days_near(book: Book) -> list[date]:
    """Return the days on which something of a book changes, with those before and after."""
    found = {civil_date(case.registered_at) for case in book.cases.values()}
    for case in book.cases.values():
        counted_on = case.interest_counted_through_on
        found |= {counted_on} if counted_on else set()
        found |= {case.demand.deadline_on} if case.demand else set()
        found |= {civil_date(payment.value_at) for payment in case.payments}
    near = {on + days * ONE_DAY for on in found for days in (-1, 0, 1)}
    return sorted(on for on in near if on <= ENDS_ON)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(books(), st.data())
def test_a_statement_equals_the_valuation_of_each_case(connection, book, data):
    any_day = st.dates(min(days_near(book)), ENDS_ON)
    on = data.draw(st.sampled_from(days_near(book)) | any_day | st.just(ENDS_ON))
    found, of_set = lines(connection, [book], on)
    event(f"{min(of_set, 1)} in a set, {min(len(found) - of_set, 1)} alone")
    wanted = {case.id: expected(case, on) for case in book.cases.values()}
    assert {case: shown(line) for case, line in found.items()} == {
        case: stands for case, stands in wanted.items() if stands is not None
    }


@given(books(), st.integers(0, 500))
def test_a_case_stands_as_its_facts_are_valued_once_they_are_all_there(book, days):
    for case in book.cases.values():
        last_on = max(
            [case.interest_counted_through_on or civil_date(case.registered_at)]
            + [civil_date(entry.value_at) for entry in case.entries]
            + [civil_date(payment.value_at) for payment in case.payments]
            + [civil_date(entered.at) for entered in case.status_history]
        )
        on = min(last_on + days * ONE_DAY, ENDS_ON)
        stands = standing(case, RULES, max(on, last_on))
        if case.closed is not None:
            assert stands is None or civil_date(case.closed.at) > on
            continue
        valued = value(facts_of(case, RULES), max(on, last_on))
        assert stands is not None
        assert stands.capital == case.balances.capital.added - valued.settled(Component.CAPITAL)
        assert stands.costs == case.balances.costs.added - valued.settled(Component.COSTS)
        assert stands.interest == valued.interest_added - valued.settled(Component.INTEREST)


@given(stories(payments_max=0))
def test_most_cases_are_valued_as_a_set(connection, story):
    book = Book(story)
    book.advance(at(ENDS_ON, 23))
    assume(all(case.interest_units for case in book.cases.values()))
    _, of_set = lines(connection, [book], ENDS_ON)
    assert of_set == len(book.cases)


def plain_book(**changes: object) -> Book:
    """Return a book of one case of 2,000 kronor that went through the whole flow."""
    debt = strategies.Debt(
        **{
            "invoice_number": "INV-1",
            "invoice_on": date(2025, 7, 7),
            "due_days": 31,
            "interest_days": 31,
            "capital_to_claim": Money(2_000_00),
            "payout_reference": "",
            **changes,
        }
    )
    book = Book(Story((debt,), False, date(2025, 9, 3), ()))
    book.advance(at(date(2025, 12, 31)))
    return book


def only(connection: psycopg.Connection, book: Book, on: date, **given: object) -> StatementLine:
    found, _ = lines(connection, [book], on, **given)
    (line,) = found.values()
    return line


def test_interest_of_two_half_years_by_hand(connection):
    book = plain_book()
    line = only(connection, book, date(2026, 8, 7))
    # 365 days from 2025-08-08 at 2 + 8 percent; the costs are the demand's.
    assert (line.capital_minor, line.interest_minor) == (2_000_00, 200_00)
    assert line.costs_minor == 180_00
    assert line.counted_on == date(2026, 8, 7)


def test_interest_waits_until_the_deadline_has_passed(connection):
    debt_collection = Book(
        Story((plain_book().cases[case_id(0)].debt,), False, date(2025, 9, 3), ())
    )
    debt_collection.advance(at(date(2025, 9, 18)))
    demand = debt_collection.cases[case_id(0)].demand
    assert demand is not None
    waiting = only(connection, debt_collection, demand.deadline_on)
    after = only(connection, debt_collection, demand.deadline_on + ONE_DAY)
    assert waiting.counted_on == demand.counted_to_on
    assert after.counted_on == demand.deadline_on + ONE_DAY
    assert after.interest_minor > waiting.interest_minor


def test_half_an_ore_is_rounded_up_where_it_was_agreed_so(connection):
    terms = AgreementTerms(interest_rounding=RoundingPolicy.ORE_HALF_UP)
    book = plain_book()
    (case,) = book.cases.values()
    on = date(2026, 1, 4)
    exact = value(facts_of(case, RULES), on).interest
    line = only(connection, book, on, terms=terms)
    assert line.interest_minor == exact.rounded(RoundingPolicy.ORE_HALF_UP).minor
    assert line.interest_minor % 100


def test_a_very_large_claim_is_valued_exactly(connection):
    book = plain_book(capital_to_claim=Money(999_999_999_999))
    line = only(connection, book, date(2026, 8, 7))
    assert line.interest_minor == 999_999_999_00
    (case,) = book.cases.values()
    assert shown(line) == expected(case, date(2026, 8, 7))


def test_a_corrected_rate_before_the_counted_day_is_used(connection):
    rows = tuple(
        replace(row, percent=row.percent + 1) if row.valid_from == date(2025, 7, 1) else row
        for row in SHIPPED_LAW.reference_rates
    )
    corrected = Law(version=1, reference_rates=rows)
    book, on = plain_book(), date(2026, 8, 7)
    before = only(connection, book, on)
    after = only(connection, book, on, laws={0: SHIPPED_LAW, 1: corrected})
    days_of_2025 = (date(2025, 12, 31) - date(2025, 8, 7)).days
    assert after.interest_minor - before.interest_minor == 2_000 * days_of_2025 // 365


@pytest.mark.parametrize("days", [-1, 0])
def test_a_case_is_open_from_its_registration_to_the_day_it_is_closed(connection, days):
    book = plain_book()
    take(
        book,
        Act("cancel", 0, 1, 0, 0),
        "9" * 24,
        value_on=date(2026, 2, 1),
        known_at=at(date(2026, 2, 1), 12),
    )
    (case,) = book.cases.values()
    assert case.status is CaseStatus.CLOSED
    closed_on, registered_on = date(2026, 2, 1), date(2025, 9, 3)
    found, _ = lines(connection, [book], closed_on + timedelta(days=days))
    assert len(found) == -days
    found, _ = lines(connection, [book], registered_on + timedelta(days=days))
    assert len(found) == days + 1


def test_the_row_of_a_case_without_exact_interest_says_nothing():
    (case,) = plain_book().cases.values()
    assert footing(case).valued_from_on is not None
    assert footing(replace(case, interest_units=0)).valued_from_on is None
