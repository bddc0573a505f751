"""Disputes: what they hold, what an outcome credits, and what is left of the claim after it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, CaseMoney
from fordran.domain.case_status import CaseStatus, CloseReason
from fordran.domain.dispute import (
    CASE_CLOSED,
    NOT_OPEN,
    DisputeClocks,
    DisputeOutcome,
    amount_to_credit,
    credit_and_end,
    disputed_amount,
    is_open,
    open_dispute,
    refusal_to_decide,
)
from fordran.domain.draft import Draft
from fordran.domain.events import HoldEnded
from fordran.domain.holding import CASE_CLOSED as NOT_HELD_CLOSED
from fordran.domain.holding import HELD_ALREADY
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.ledger import EntryKind, MoneySource
from fordran.domain.money import ZERO, Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from tests.domain.law_cases import LawCase, figure, row_of

OPENED_AT = datetime(2025, 9, 3, 8, 30, tzinfo=UTC)
DECIDED_AT = datetime(2025, 9, 22, 10, tzinfo=UTC)
DISPUTE = "d" * 24
CREDITING = "9" * 24
OTHER = "1" * 24
CLOCKS = DisputeClocks(date(2025, 9, 17), date(2025, 10, 3))
PART = Money(500_00)


def hold(amount: Money | None = None, hold_id: str = DISPUTE) -> Hold:
    return Hold(hold_id, HoldKind.DISPUTE, OPENED_AT, amount=amount)


def disputed(facts: str = "", amount: Money | None = None, capital: str = "2000.00") -> Draft:
    """Return the draft of a case that lived through its debt statement and was disputed then."""
    story = LawCase(capital=capital)
    if facts:
        story.live(facts)
    story.advance(DECIDED_AT)
    draft = Draft(story.case, DECIDED_AT)
    assert open_dispute(draft, [], hold(amount), CLOCKS) == (None, [])
    return draft


def to_credit(draft: Draft, outcome: DisputeOutcome, amount: Money | None = None) -> Money | None:
    rules = LawCase().rules
    return amount_to_credit([draft], draft.case.id, DISPUTE, rules, decided=(outcome, amount))


def decide(
    draft: Draft, outcome: DisputeOutcome, amount: Money | None, beside: Sequence[Draft] = ()
) -> Outcome:
    """End the dispute, crediting an amount if there is one."""
    money = amount and CaseMoney(CREDITING, amount, draft.at, source=MoneySource.CREDITING)
    return credit_and_end(
        [draft],
        [draft, *beside],
        dispute_id=DISPUTE,
        outcome=outcome,
        crediting=money or None,
        rules=LawCase().rules,
    )


def of_another_case(at: datetime = OPENED_AT) -> Draft:
    return Draft(_renamed(LawCase().case), at)


def _renamed(case: Case) -> Case:
    return replace(case, id=OTHER)


def test_clocks_count_the_days_of_the_agreement_from_the_day_of_registration() -> None:
    on = date(2025, 9, 3)
    assert DisputeClocks.begin(on, AgreementTerms()) == CLOCKS
    terms = AgreementTerms(dispute_creditor_days=1, dispute_answer_days=120)
    assert DisputeClocks.begin(on, terms) == DisputeClocks(date(2025, 9, 4), date(2026, 1, 1))


def test_dispute_runs_its_clocks_on_its_own_case_and_holds_the_others_beside_it() -> None:
    draft, other = Draft(LawCase().case, OPENED_AT), of_another_case()
    assert open_dispute(draft, [other], hold(PART), CLOCKS) == (None, [OTHER])
    (own,), (beside,) = draft.case.holds, other.case.holds
    assert (own.id, own.amount, own.of_case_id) == (DISPUTE, PART, "")
    assert (own.creditor_answer_by_on, own.answer_by_on) == (date(2025, 9, 17), date(2025, 10, 3))
    assert (beside.id, beside.amount, beside.of_case_id) == (DISPUTE, None, draft.case.id)
    assert (beside.creditor_answer_by_on, beside.answer_by_on) == (None, None)
    assert (draft.case.status, other.case.status) == (CaseStatus.DISPUTED,) * 2


def test_dispute_begins_when_it_is_registered_on_each_case() -> None:
    later = datetime(2025, 9, 3, 8, 31, tzinfo=UTC)
    draft, other = Draft(LawCase().case, later), of_another_case(DECIDED_AT)
    open_dispute(draft, [other], hold(), CLOCKS)
    assert draft.case.holds[0].began_at == later
    assert other.case.holds[0].began_at == DECIDED_AT


def test_case_that_cannot_be_held_beside_is_left_out() -> None:
    story = LawCase()
    story.live("cancel on 2025-09-03")
    closed = Draft(_renamed(story.case), DECIDED_AT)
    draft = Draft(LawCase().case, OPENED_AT)
    assert open_dispute(draft, [closed], hold(), CLOCKS) == (None, [])
    assert is_open(draft, DISPUTE)
    assert not closed.recorded


def test_second_dispute_is_refused_and_holds_no_other_case() -> None:
    draft, other = Draft(LawCase().case, OPENED_AT), of_another_case()
    open_dispute(draft, [], hold(), CLOCKS)
    again = hold(hold_id="e" * 24)
    assert open_dispute(draft, [other], again, CLOCKS) == (HELD_ALREADY, [])
    assert not other.recorded
    assert not is_open(draft, again.id)


def test_closed_case_is_not_disputed() -> None:
    story = LawCase()
    story.live("pay 2000.00 on 2025-09-03")
    draft = Draft(story.case, DECIDED_AT)
    assert open_dispute(draft, [], hold(), CLOCKS) == (NOT_HELD_CLOSED, [])
    assert not draft.recorded


def test_disputed_is_the_amount_or_everything_that_remains() -> None:
    assert disputed_amount(disputed(amount=PART), DISPUTE) == PART
    # 2000 + 180 + 23 of interest through the debt statement of 19 September.
    assert disputed_amount(disputed(), DISPUTE) == Money(2203_00)


CREDITS = (DisputeOutcome.UPHELD, DisputeOutcome.PARTLY_UPHELD)


@pytest.mark.parametrize("outcome", DisputeOutcome)
def test_dispute_is_decided_once(outcome: DisputeOutcome) -> None:
    draft = disputed()
    assert refusal_to_decide(draft, DISPUTE, outcome) is None
    decide(draft, DisputeOutcome.REJECTED, None)
    assert refusal_to_decide(draft, DISPUTE, outcome) == NOT_OPEN


@pytest.mark.parametrize("outcome", DisputeOutcome)
def test_closed_case_has_nothing_to_credit_but_its_debtor_is_answered(
    outcome: DisputeOutcome,
) -> None:
    story = LawCase()
    story.advance(OPENED_AT)
    draft = Draft(story.case, OPENED_AT)
    open_dispute(draft, [], hold(), CLOCKS)
    story.case = draft.case
    story.live("cancel on 2025-09-10")
    closed = Draft(story.case, DECIDED_AT)
    expected = CASE_CLOSED if outcome in CREDITS else None
    assert refusal_to_decide(closed, DISPUTE, outcome) == expected


@pytest.mark.parametrize(
    ("outcome", "amount", "found", "credited"),
    [
        (DisputeOutcome.UPHELD, None, None, Money(2000_00)),
        (DisputeOutcome.UPHELD, PART, None, PART),
        (DisputeOutcome.PARTLY_UPHELD, None, Money(300_00), Money(300_00)),
        (DisputeOutcome.PARTLY_UPHELD, PART, Money(300_00), Money(300_00)),
        (DisputeOutcome.REJECTED, PART, None, None),
        (DisputeOutcome.WITHDRAWN, None, None, None),
    ],
)
def test_outcome_credits_what_was_right(
    outcome: DisputeOutcome, amount: Money | None, found: Money | None, credited: Money | None
) -> None:
    draft = disputed(amount=amount)
    before = len(draft.recorded)
    assert to_credit(draft, outcome, found) == credited
    # What was tried to find it out has not happened.
    assert len(draft.recorded) == before


@pytest.mark.parametrize("outcome", [DisputeOutcome.REJECTED, DisputeOutcome.WITHDRAWN])
def test_claim_stands_and_goes_on_when_the_objection_does_not(outcome: DisputeOutcome) -> None:
    draft = disputed()
    before = draft.case.entries
    assert decide(draft, outcome, None) == Outcome(OutcomeStatus.COMPLETED)
    assert draft.case.entries == before
    assert (draft.case.holds, draft.case.status) == ((), CaseStatus.DEBT_COLLECTION_ACTIVE)
    last = draft.recorded[-1].event
    assert last == HoldEnded(DISPUTE, outcome.value)


def test_part_that_was_right_is_credited_with_its_interest_and_the_rest_goes_on() -> None:
    draft = disputed(amount=PART)
    amount = Money(300_00)
    result = decide(draft, DisputeOutcome.PARTLY_UPHELD, amount)
    assert result == Outcome(OutcomeStatus.COMPLETED, amount)
    # 10 percent of 1700 for 43 days, from 8 August through 19 September, is 20.03.
    assert row_of(draft.case) == {
        "capital": "1700.00",
        "costs": "180.00 of 180.00",
        "interest": "20.00 of 20.00",
        "end": "open",
    }
    assert (draft.case.holds, draft.case.status) == ((), CaseStatus.DEBT_COLLECTION_ACTIVE)


def test_cases_that_were_held_beside_go_on_uncredited() -> None:
    draft, other = Draft(LawCase().case, OPENED_AT), of_another_case()
    open_dispute(draft, [other], hold(PART), CLOCKS)
    decide(draft, DisputeOutcome.UPHELD, PART, beside=[other])
    assert (draft.case.holds, other.case.holds) == ((), ())
    assert figure(draft.case.balances.capital.remaining) == "1500.00"
    assert figure(other.case.balances.capital.remaining) == "2000.00"


@pytest.mark.parametrize(
    ("facts", "capital", "credited", "reason"),
    [
        # No capital was owed, so no cost of the demand and no interest.
        ("", "2000.00", "2000.00", CloseReason.CREDITED),
        # 1500 and the cost of 180. What was owed, 2000 - 1682, is paid before the deadline: it
        # bears interest to the demand, 27 days of 10 percent, 2.35.
        ("pay 500.00 on 2025-09-10", "2000.00", "1682.00", CloseReason.FULLY_PAID),
        # 800 and 180; 27 days on 2000 - 987 are 7.49.
        (
            "pay 500.00 on 2025-09-10; pay 700.00 on 2025-09-15",
            "2000.00",
            "987.00",
            CloseReason.FULLY_PAID,
        ),
        # What the agency received paid costs and interest first; the rest of it stays where it was.
        (
            "pay 500.00 on 2025-09-10; receive 400.00 on 2025-09-21",
            "2000.00",
            "1287.00",
            CloseReason.FULLY_PAID,
        ),
        # All capital is paid, and the interest on it is owed: 26 days on 50000 - 353 are 353.65.
        ("pay 50000.00 on 2025-09-02", "50000.00", "353.00", CloseReason.FULLY_PAID),
    ],
)
def test_upheld_whole_claim_leaves_nothing_and_closes(
    facts: str, capital: str, credited: str, reason: CloseReason
) -> None:
    draft = disputed(facts, capital=capital)
    amount = to_credit(draft, DisputeOutcome.UPHELD)
    assert amount is not None
    assert figure(amount) == credited
    assert decide(draft, DisputeOutcome.UPHELD, amount) == Outcome(OutcomeStatus.COMPLETED, amount)
    assert draft.case.closed is not None
    assert (draft.case.closed.reason, draft.case.holds) == (reason, ())
    assert draft.case.balances.remaining == ZERO
    # It is the crediting that leaves nothing, and not the agency that forgives a rest.
    assert EntryKind.WRITE_OFF not in {entry.kind for entry in draft.case.entries}


@pytest.mark.parametrize("facts", ["", "pay 500.00 on 2025-09-10"])
def test_upheld_whole_claim_credits_no_more_than_it_must(facts: str) -> None:
    amount = to_credit(disputed(facts), DisputeOutcome.UPHELD)
    assert amount is not None
    draft = disputed(facts)
    decide(draft, DisputeOutcome.UPHELD, amount - Money(1))
    closed = draft.case.closed
    assert closed is None or closed.reason is CloseReason.FULLY_PAID_DEPRECIATION
