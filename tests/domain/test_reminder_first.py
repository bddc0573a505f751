"""The flow that reminds first: its days, its fee, and what the demand says after it."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, FeeAlreadyClaimed
from fordran.domain.case_status import CaseState, CaseStatus
from fordran.domain.flow_step import REMINDER_BROKE_LIMITATION
from fordran.domain.money import Money
from fordran.domain.shipped_flows import CONSUMER, REMINDER_FIRST
from tests.domain.law_cases import REGISTERED_AT, LawCase, figure

NO_FEE = AgreementTerms(reminder_fee_agreed=False)
CREDITORS_OWN = FeeAlreadyClaimed("reminder", Money(6000), date(2025, 8, 11))


def lived(
    until: datetime,
    terms: AgreementTerms | None = None,
    fees: tuple[FeeAlreadyClaimed, ...] = (),
    *,
    invoice_on: date = date(2025, 7, 7),
    is_consumer: bool = False,
) -> Case:
    story = LawCase(
        terms, fees=fees, flow=REMINDER_FIRST, invoice_on=invoice_on, is_consumer=is_consumer
    )
    story.advance(until)
    return story.case


def costs(case: Case) -> list[tuple[str | None, str]]:
    return [
        (entry.cost_kind, figure(entry.amount))
        for entry in case.entries
        if entry.component == "costs"
    ]


def test_days_are_those_of_decision_62() -> None:
    """Registered on 3 September, reminded at 9:10, demanded four days after the deadline."""
    case = lived(datetime(2025, 9, 3, 9, 10, tzinfo=UTC))
    assert (case.state, case.status) == (CaseState.REMINDER, CaseStatus.REMINDER)
    assert case.reminder is not None
    assert case.reminder.dispatched_at == datetime(2025, 9, 3, 9, 10, tzinfo=UTC)
    assert case.reminder.deadline_on == date(2025, 9, 15)
    assert case.next_item is not None
    assert case.next_item.item == "case--debt-collections__enter"
    assert case.next_item.due_at == datetime(2025, 9, 19, tzinfo=UTC)


def test_reminder_charges_sixty_and_states_it_and_breaks_the_limitation() -> None:
    case = lived(datetime(2025, 9, 4, tzinfo=UTC))
    assert case.reminder is not None
    # 2000 + 27 days of 10 percent: 14 + 60.
    assert figure(case.reminder.stated) == "2074.00"
    assert figure(case.reminder.stated_cost) == "60.00"
    assert costs(case) == [("reminder", "60.00")]
    assert case.limitation is not None
    assert case.limitation.annotation == REMINDER_BROKE_LIMITATION
    assert case.limitation.broken_at == case.reminder.dispatched_at


@pytest.mark.parametrize(
    ("terms", "fees", "charged"),
    [
        (None, (), [("reminder", "60.00")]),
        (NO_FEE, (), []),
        (None, (CREDITORS_OWN,), [("reminder", "60.00")]),
    ],
    ids=["agreed", "not agreed", "the creditor has charged it"],
)
def test_fee_is_charged_once_a_claim_and_only_where_it_was_agreed(
    terms: AgreementTerms | None, fees: tuple[FeeAlreadyClaimed, ...], charged: list[object]
) -> None:
    assert costs(lived(datetime(2025, 9, 4, tzinfo=UTC), terms, fees)) == charged


def test_demand_comes_four_days_after_the_deadline_and_adds_its_own_cost() -> None:
    case = lived(datetime(2025, 9, 20, tzinfo=UTC))
    assert [line.status.value for line in case.status_history] == [
        "initializing",
        "initialized",
        "reminder",
        "debt_collection",
    ]
    assert case.demand is not None
    assert case.letter == case.demand
    assert case.demand.dispatched_at == datetime(2025, 9, 19, 0, 10, tzinfo=UTC)
    # 43 days of 10 percent: 23.56, 23; 2000 + 23 + 60 + 180.
    assert figure(case.demand.stated) == "2263.00"


def test_consumer_flow_waits_a_week_after_each_deadline() -> None:
    story = LawCase(flow=CONSUMER, is_consumer=True)
    story.advance(datetime(2025, 9, 22, tzinfo=UTC))
    assert story.case.status is CaseStatus.DEBT_COLLECTION
    assert story.case.status_history[-1].at == datetime(2025, 9, 22, tzinfo=UTC)


def test_barred_claim_is_never_reminded_and_the_refusal_stands_on_the_case() -> None:
    """A consumer's debt of 2022 is barred three years after its invoice (1981:130 2 §)."""
    case = lived(datetime(2025, 12, 1, tzinfo=UTC), invoice_on=date(2022, 9, 1), is_consumer=True)
    assert (case.reminder, case.demand, case.next_item) == (None, None, None)
    (refused,) = case.refused_acts
    assert (refused.item, refused.guard) == ("case--reminders__letter", "limitation_passed")
    assert "1981:130" in refused.source
    assert refused.at == datetime(2025, 9, 3, 9, 10, tzinfo=UTC)
    assert case.closed is None
    assert costs(case) == []


def test_claim_on_its_last_day_is_still_reminded() -> None:
    case = lived(datetime(2025, 9, 4, tzinfo=UTC), invoice_on=date(2022, 9, 3), is_consumer=True)
    assert case.reminder is not None
    assert REGISTERED_AT.date() == date(2025, 9, 3)


@pytest.mark.parametrize(
    ("born_on", "is_sent"),
    [(date(2007, 9, 3), True), (date(2007, 9, 4), False), (date(2008, 2, 29), False)],
)
def test_minor_is_written_to_by_nobody_until_a_person_has_looked(
    born_on: date, *, is_sent: bool
) -> None:
    """Of age on the eighteenth birthday, 3 September 2025 (föräldrabalken 9 kap. 1 §)."""
    story = LawCase(flow=REMINDER_FIRST, is_consumer=True)
    story.case = replace(story.case, debtor_born_on=born_on)
    story.advance(datetime(2025, 9, 3, 9, 10, tzinfo=UTC))
    assert (story.case.reminder is not None) is is_sent
    if not is_sent:
        item = story.case.next_item
        assert item is not None
        assert (item.is_failed, item.retry_at, item.failure) == (True, None, "guard: minor")
