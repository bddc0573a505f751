"""Holds: what stands still while a case is disputed, paused or respited, and how it goes on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from fordran.domain.agenda import ANSWER, CREDITOR_ANSWER, next_due
from fordran.domain.case import Case
from fordran.domain.case_status import CaseStatus
from fordran.domain.draft import Draft
from fordran.domain.events import HoldEnded
from fordran.domain.holding import (
    CASE_CLOSED,
    HELD_ALREADY,
    NOT_HELD,
    TIME_IS_UP,
    begin_hold,
    carry_out_clock,
    end_hold,
    hold_outcome,
)
from fordran.domain.holds import STATUS_OF, Hold, HoldKind
from fordran.domain.outcome import Outcome, OutcomeStatus
from tests.domain.law_cases import LawCase

AT = datetime(2025, 9, 3, 8, 30, tzinfo=UTC)
LATER = datetime(2025, 12, 24, 10, 0, tzinfo=UTC)
RESPITE = Hold("r" * 24, HoldKind.RESPITE, AT, to_on=date(2025, 10, 26))
PAUSE = Hold("p" * 24, HoldKind.PAUSE, AT, reason="Ring kunden")
DISPUTE = Hold(
    "d" * 24,
    HoldKind.DISPUTE,
    AT,
    creditor_answer_by_on=date(2025, 9, 17),
    answer_by_on=date(2025, 10, 3),
)


def held(hold: Hold, *further: Hold) -> LawCase:
    """Return a case that waits for its demand, held."""
    story = LawCase()
    story.advance(AT)
    draft = Draft(story.case, AT)
    for each in (hold, *further):
        assert begin_hold(draft, each) is None
    story.case = draft.case
    return story


def ended(case: Case, hold: Hold, at: datetime) -> Case:
    draft = Draft(case, at)
    assert end_hold(draft, hold.id, "over") is None
    return draft.case


@pytest.mark.parametrize("hold", [PAUSE, DISPUTE])
def test_held_case_is_not_demanded_however_long_it_lasts(hold: Hold) -> None:
    story = held(hold)
    before = story.case.next_item
    story.advance(LATER)
    assert story.case.status is STATUS_OF[hold.kind]
    assert (story.case.demand, story.case.next_item) == (None, before)
    assert not story.case.balances.costs.added


@pytest.mark.parametrize("hold", [PAUSE, DISPUTE])
def test_flow_goes_on_when_the_hold_ends_and_not_in_the_past(hold: Hold) -> None:
    story = held(hold)
    story.advance(LATER)
    story.case = ended(story.case, hold, LATER)
    assert story.case.status is CaseStatus.INITIALIZED
    assert story.case.next_item is not None
    assert story.case.next_item.due_at == LATER
    story.advance(LATER + timedelta(days=1))
    assert story.case.demand is not None
    assert story.case.demand.dispatched_at == LATER + timedelta(minutes=10)


def test_respite_lasts_through_its_last_day_and_ends_by_itself() -> None:
    """26 October 2025 is the night the clocks go back."""
    story = held(RESPITE)
    assert story.case.next_item is not None
    assert story.case.next_item.due_at == datetime(2025, 10, 27, tzinfo=UTC)
    story.advance(datetime(2025, 10, 26, 23, 59, tzinfo=UTC))
    assert story.case.status is CaseStatus.RESPITE
    story.advance(datetime(2025, 10, 27, tzinfo=UTC))
    assert story.case.holds == ()
    assert story.case.status is CaseStatus.DEBT_COLLECTION
    assert story.case.demand is None


def test_new_respite_replaces_a_running_one() -> None:
    story = held(RESPITE)
    longer = Hold("l" * 24, HoldKind.RESPITE, AT, to_on=date(2025, 12, 31))
    draft = Draft(story.case, AT)
    assert begin_hold(draft, longer) is None
    assert [hold.id for hold in draft.case.holds] == [longer.id]
    assert isinstance(draft.recorded[0].event, HoldEnded)
    due = next_due(draft.case)
    assert due is not None
    assert due.at == datetime(2026, 1, 1, tzinfo=UTC)


def test_dispute_binds_before_a_pause_before_a_respite() -> None:
    story = held(RESPITE, PAUSE, DISPUTE)
    assert story.case.status is CaseStatus.DISPUTED
    story.case = ended(story.case, DISPUTE, AT)
    assert story.case.status is CaseStatus.PAUSED
    story.case = ended(story.case, PAUSE, AT)
    assert story.case.status is CaseStatus.RESPITE


def test_clocks_of_a_dispute_run_out_once_each_and_end_nothing() -> None:
    story = held(DISPUTE)
    due = next_due(story.case)
    assert due is not None
    assert (due.item, due.at) == (CREDITOR_ANSWER, datetime(2025, 9, 18, tzinfo=UTC))
    story.advance(LATER)
    (hold,) = story.case.holds
    assert hold.overdue == (CREDITOR_ANSWER, ANSWER)
    assert story.case.status is CaseStatus.DISPUTED
    assert next_due(story.case) is None


def test_only_one_pause_and_one_dispute_at_a_time() -> None:
    story = held(PAUSE, DISPUTE)
    for again in (PAUSE, DISPUTE):
        draft = Draft(story.case, AT)
        assert begin_hold(draft, again) == HELD_ALREADY
        assert not draft.recorded


def test_closed_case_is_not_held_and_a_hold_ends_once() -> None:
    story = LawCase()
    story.live("pay 2000.00 on 2025-09-03")
    draft = Draft(story.case, LATER)
    assert begin_hold(draft, PAUSE) == CASE_CLOSED
    assert end_hold(draft, PAUSE.id, "over") == NOT_HELD
    assert not draft.recorded


def test_payment_settles_while_the_case_is_held() -> None:
    story = held(DISPUTE)
    story.live("pay 500.00 on 2025-09-10")
    assert story.case.balances.capital.remaining.minor == 150000
    assert story.case.status is CaseStatus.DISPUTED


def test_clock_names_the_hold_it_is_of() -> None:
    story = held(RESPITE)
    due = next_due(story.case)
    assert due is not None
    draft = Draft(story.case, due.at)
    carry_out_clock(draft, due)
    assert draft.case.holds == ()


@pytest.mark.parametrize(
    ("on", "left"),
    [
        # The last day of the respite: it is not over before the midnight after it.
        ("2025-10-26", [RESPITE, PAUSE]),
        ("2025-10-27", [PAUSE]),
    ],
)
def test_case_that_opens_again_is_held_by_what_has_not_run_out(on: str, left: list[Hold]) -> None:
    story = held(RESPITE, PAUSE)
    story.live("pay 2000.00 on 2025-09-10")
    assert story.case.closed is not None
    story.live(f"reverse 1 on {on}")
    assert story.case.closed is None
    assert [hold.id for hold in story.case.holds] == [hold.id for hold in left]
    assert story.case.status is CaseStatus.PAUSED
    outcomes = [line.event.outcome for line in story.journal if isinstance(line.event, HoldEnded)]
    assert outcomes == ([] if RESPITE in left else [TIME_IS_UP])


@pytest.mark.parametrize("kind", HoldKind)
def test_outcome_of_a_hold_is_done_or_says_why_not(kind: HoldKind) -> None:
    assert hold_outcome(kind, None) == Outcome(OutcomeStatus.COMPLETED)
    refused = hold_outcome(kind, HELD_ALREADY)
    assert refused == Outcome(OutcomeStatus.ERROR, reason=f"case_{kind.value}.held_already")
