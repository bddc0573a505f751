"""Endings that a person decides on: what they write off, refuse, and leave alone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from fordran.domain.case_status import BY_DECISION, CaseStatus, CloseReason
from fordran.domain.draft import Draft
from fordran.domain.ending import (
    CASE_CLOSED,
    NOT_BARRED,
    DecidedEnding,
    end,
    ending_issues,
)
from fordran.domain.events import CaseClosed, CaseEvent, EntryPosted, Recorded
from fordran.domain.guards import is_barred
from fordran.domain.history import apply
from fordran.domain.ledger import Component, EntryKind, FactKind, FactName, Origin
from fordran.domain.limitation import limitation_at
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.reversal import UNDONE
from fordran.operations.verify_journal import closing_violations
from tests.domain.law_cases import CASE_ID, LawCase
from tests.domain.law_pages import table

ENDED_ON = "2025-09-25"
AT = datetime(2025, 9, 25, 10, tzinfo=UTC)
ENDING_ID = "e" * 24
FACT = FactName(FactKind.CASE_ENDING, ENDING_ID)
OTHER_CASE = "1" * 24
BARRED_DEBT = date(2014, 7, 7)
"""The day of an invoice between businesses that is barred when the cases of the tests end."""

ENDINGS = sorted(BY_DECISION)
OF_PAID_CASES = [reason for reason in ENDINGS if reason is not CloseReason.LIMITATION]
"""A payment breaks the limitation, so that what was paid lately is not barred."""
OF_OTHERS = sorted(set(CloseReason) - BY_DECISION)


def decided(reason: CloseReason, **changes: Any) -> DecidedEnding:
    given: dict[str, Any] = {
        "reason": reason,
        "explanation": "the papers are on file",
        "decided_by": "Anna Berg",
        "duplicate_of": OTHER_CASE if reason is CloseReason.DUPLICATE else None,
        **changes,
    }
    return DecidedEnding(**given)


def story(reason: CloseReason, facts: str = "") -> LawCase:
    """Return a case that the reason may end, after its facts."""
    is_old = reason is CloseReason.LIMITATION
    lived = LawCase(invoice_on=BARRED_DEBT) if is_old else LawCase()
    if facts:
        lived.live(facts)
    return lived


def ended(lived: LawCase, ending: DecidedEnding, at: datetime = AT) -> tuple[Draft, Outcome]:
    lived.advance(at)
    draft = Draft(lived.case, at)
    outcome = end(draft, ending, ENDING_ID)
    lived.case = draft.case
    return draft, outcome


@pytest.mark.parametrize("reason", ENDINGS)
def test_ending_writes_off_everything_by_rows_that_carry_the_reason(reason: CloseReason) -> None:
    lived = story(reason)
    lived.advance(AT)
    before = lived.case
    draft, outcome = ended(lived, decided(reason))
    assert outcome == Outcome(OutcomeStatus.COMPLETED)
    case = draft.case
    assert before.balances.remaining
    assert not case.balances.remaining
    for part in Component:
        assert case.balances.of(part).written_off == before.balances.of(part).remaining
        assert case.balances.of(part).added == before.balances.of(part).added
    rows = case.entries[len(before.entries) :]
    assert {row.kind for row in rows} == {EntryKind.WRITE_OFF}
    assert {row.description for row in rows} == {f"api.transaction.{reason.value}"}
    assert {row.fact for row in rows} == {FACT}
    assert {row.origin for row in rows} == {Origin.SOLICITOR_SYSTEM}


@pytest.mark.parametrize("reason", ENDINGS)
def test_ending_closes_by_one_event_and_schedules_nothing(reason: CloseReason) -> None:
    lived = story(reason)
    waits_for = lived.case.next_item
    draft, _ = ended(lived, decided(reason), lived.case.registered_at)
    assert draft.recorded[-1].event == CaseClosed(reason, FACT)
    assert [type(recorded.event) for recorded in draft.recorded].count(CaseClosed) == 1
    case = draft.case
    assert case.closed is not None
    assert (case.closed.reason, case.closed.because_of) == (reason, FACT)
    assert case.status is CaseStatus.CLOSED
    assert (case.next_item, case.item_on_close) == (None, waits_for)


@pytest.mark.parametrize("reason", OF_PAID_CASES)
def test_money_at_the_agency_stays_as_it_is(reason: CloseReason) -> None:
    lived = story(reason, "receive 500.00 on 2025-09-03")
    before = lived.case
    at = datetime(2025, 9, 3, 10, tzinfo=UTC)
    draft, outcome = ended(lived, decided(reason), at)
    assert outcome.status is OutcomeStatus.COMPLETED
    assert before.transfers
    assert draft.case.transfers == before.transfers
    assert draft.case.payments == before.payments


@pytest.mark.parametrize("reason", OF_PAID_CASES)
def test_payment_that_bounces_leaves_the_case_closed(reason: CloseReason) -> None:
    lived = story(reason, "receive 500.00 on 2025-09-03")
    ended(lived, decided(reason), datetime(2025, 9, 3, 11, tzinfo=UTC))
    before = lived.case
    lived.live("reverse 1 on 2025-09-10")
    assert lived.outcomes[-1].status is OutcomeStatus.COMPLETED
    assert lived.case.closed == before.closed
    assert not lived.case.balances.remaining
    written_off = lived.case.balances.capital.written_off
    assert written_off == lived.case.balances.capital.added
    rows = lived.case.entries[len(before.entries) :]
    late = [row.description for row in rows if row.kind is EntryKind.WRITE_OFF]
    assert set(late) == {f"api.transaction.{reason.value}"}


@pytest.mark.parametrize("reason", ENDINGS)
def test_closed_case_is_not_ended_again(reason: CloseReason) -> None:
    lived = story(reason, f"cancel on {ENDED_ON}")
    draft, outcome = ended(lived, decided(reason))
    assert outcome == Outcome(OutcomeStatus.ERROR, reason=CASE_CLOSED)
    assert draft.recorded == []


@pytest.mark.parametrize(
    ("at", "barred"),
    [
        (datetime(2025, 9, 15, 21, 59, 59, tzinfo=UTC), False),
        (datetime(2025, 9, 15, 22, 0, 0, tzinfo=UTC), True),
        (datetime(2030, 1, 1, tzinfo=UTC), True),
    ],
)
def test_claim_is_barred_from_the_swedish_day_after_its_last(at: datetime, barred: bool) -> None:
    lived = LawCase(is_consumer=True, invoice_on=date(2022, 9, 15))
    assert is_barred(lived.case, at) is barred
    draft = Draft(lived.case, at)
    outcome = end(draft, decided(CloseReason.LIMITATION), ENDING_ID)
    expected = OutcomeStatus.COMPLETED if barred else OutcomeStatus.ERROR
    assert (outcome.status, outcome.reason) == (expected, None if barred else NOT_BARRED)
    assert bool(draft.recorded) is barred


def test_break_of_the_limitation_keeps_the_claim_from_being_ended_as_barred() -> None:
    lived = LawCase(is_consumer=True, invoice_on=date(2022, 9, 16))
    lived.live("pay 10.00 on 2025-09-03")
    assert lived.case.limitation is not None
    assert is_barred(lived.case, AT) is False
    dies_at = limitation_at(lived.case.limitation.broken_at, is_consumer=True)
    assert is_barred(lived.case, dies_at.replace(day=dies_at.day + 1)) is True


@pytest.mark.parametrize("reason", OF_OTHERS)
def test_ending_of_money_or_the_creditor_is_no_persons_to_decide(reason: CloseReason) -> None:
    issues = ending_issues(CASE_ID, decided(reason))
    assert list(issues) == ["reason"]
    assert f"'{reason.value}'" in issues["reason"]
    with pytest.raises(AssertionError):
        end(Draft(LawCase().case, AT), decided(reason), ENDING_ID)


@pytest.mark.parametrize(
    ("reason", "changes", "issues"),
    [
        ("withdrawn", {}, {}),
        ("withdrawn", {"explanation": ""}, {"explanation": "must not be blank"}),
        ("withdrawn", {"explanation": " \n"}, {"explanation": "must not be blank"}),
        ("withdrawn", {"decided_by": "\t"}, {"decided_by": "must not be blank"}),
        ("duplicate", {}, {}),
        (
            "duplicate",
            {"duplicate_of": None},
            {"duplicate_of": "must name the case that goes on"},
        ),
        (
            "duplicate",
            {"duplicate_of": CASE_ID},
            {"duplicate_of": "must be another case than the one that ends"},
        ),
        (
            "limitation",
            {"duplicate_of": OTHER_CASE, "decided_by": ""},
            {
                "decided_by": "must not be blank",
                "duplicate_of": "must be left out unless the reason is 'duplicate'",
            },
        ),
    ],
)
def test_what_a_decision_lacks_is_told_at_once(
    reason: str, changes: dict[str, Any], issues: dict[str, str]
) -> None:
    assert ending_issues(CASE_ID, decided(CloseReason(reason), **changes)) == issues


def test_every_reason_is_undone_by_money_or_stays() -> None:
    stays = BY_DECISION | {CloseReason.CANCELLED}
    assert stays | UNDONE == set(CloseReason)
    assert not stays & UNDONE


def test_the_page_lists_every_reason_with_who_gives_it() -> None:
    rows = table("endings.md", "Every ending")
    assert [row["reason"] for row in rows] == [f"`{reason.value}`" for reason in CloseReason]
    for row, reason in zip(rows, CloseReason, strict=True):
        assert (row["who"] == "a person at the agency") is (reason in BY_DECISION)
        assert (row["opens again"] == "yes") is (reason in UNDONE)
        assert all(row[column] for column in ("when", "ground", "what is posted"))
        if reason in BY_DECISION:
            assert f"`api.transaction.{reason.value}`" in row["what is posted"]


def closings(draft: Draft, begun: LawCase, change: Any = None) -> list[str]:
    """Return what the audit says of a journal that ends with the draft, changed."""
    case, journal, states = begun.case, [], []
    for recorded in draft.recorded:
        event: CaseEvent = change(recorded.event) if change else recorded.event
        changed = Recorded(recorded.number, recorded.at, event, recorded.was_known_at)
        case = apply(case, changed)
        journal.append(changed)
        states.append(case)
    said: Sequence[str] = list(closing_violations(journal, states))
    return [text.partition(" ")[2].partition(" ")[2] for text in said]


def closed_as(reason: CloseReason) -> Any:
    return lambda event: replace(event, reason=reason) if isinstance(event, CaseClosed) else event


def row_as(reason: CloseReason) -> Any:
    description = f"api.transaction.{reason.value}"

    def changed(event: CaseEvent) -> CaseEvent:
        if not isinstance(event, EntryPosted):
            return event
        return EntryPosted(replace(event.entry, description=description))

    return changed


@pytest.mark.parametrize(
    ("change", "violations"),
    [
        (None, []),
        (
            closed_as(CloseReason.FULLY_PAID),
            [
                "closes for a reason that no person decides on",
                "closes for another reason than its rows say",
            ],
        ),
        (
            closed_as(CloseReason.LIMITATION),
            [
                "closes as barred a claim that could be demanded",
                "closes for another reason than its rows say",
            ],
        ),
        (closed_as(CloseReason.SETTLED), ["closes for another reason than its rows say"]),
        (row_as(CloseReason.SETTLED), ["closes for another reason than its rows say"]),
    ],
)
def test_audit_compares_a_decided_closing_with_its_rows(change: Any, violations: list[str]) -> None:
    begun = LawCase()
    draft = Draft(begun.case, AT)
    end(draft, decided(CloseReason.WITHDRAWN), ENDING_ID)
    assert closings(draft, begun, change) == violations


def test_audit_finds_what_a_decided_closing_left_over() -> None:
    begun = LawCase()
    draft = Draft(begun.case, AT)
    draft.happen(CaseClosed(CloseReason.WITHDRAWN, FACT))
    assert closings(draft, begun) == ["closes with something left"]
