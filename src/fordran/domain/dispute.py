"""Decide: a debtor's objection holds the flow, and ends with an answer that says what is right."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import CaseMoney
from fordran.domain.crediting import credit
from fordran.domain.draft import Draft
from fordran.domain.holding import begin_hold, end_hold
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.ledger import MoneySource
from fordran.domain.money import ZERO, Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.rules import Rules

NOT_OPEN = "case_dispute.not_open"
CASE_CLOSED = "case_dispute.case_closed"


class DisputeKind(StrEnum):
    """What a debtor says against a claim."""

    PAID = "paid"
    NOT_MINE = "not_mine"
    GOODS = "goods"
    """What was delivered was wrong, late or not there."""
    AMOUNT = "amount"
    IDENTITY_THEFT = "identity_theft"
    OTHER = "other"


class DisputeOutcome(StrEnum):
    """How a dispute ends."""

    UPHELD = "upheld"
    """The debtor is right: what is disputed is credited."""

    PARTLY_UPHELD = "partly_upheld"
    """The debtor is right in part: an amount is credited."""

    REJECTED = "rejected"
    """The claim stands as it is."""

    WITHDRAWN = "withdrawn"
    """The debtor objects no longer."""


class DisputeClocks(msgspec.Struct, frozen=True):
    """The days by which a dispute is to be answered, inclusive."""

    creditor_answer_by_on: date
    answer_by_on: date

    @classmethod
    def begin(cls, on: date, terms: AgreementTerms) -> "DisputeClocks":
        """Return the clocks of a dispute that is registered on a civil day."""
        return cls(
            on + timedelta(days=terms.dispute_creditor_days),
            on + timedelta(days=terms.dispute_answer_days),
        )


def open_dispute(
    draft: Draft, others: Sequence[Draft], hold: Hold, clocks: DisputeClocks
) -> tuple[str | None, list[str]]:
    """Hold a case because its claim is disputed, and other cases of the debtor beside it.

    `hold` names the dispute and its amount, in öre; the clocks run on the disputed case alone.
    Returns why nothing happened, or None, and the ids of the other cases that are held.

    Source: inkassolagen (1974:182) 4, 8 §§; docs/law/disputes.md; docs/decisions/0038.
    """
    assert hold.kind is HoldKind.DISPUTE
    own = replace(
        hold,
        began_at=draft.at,
        creditor_answer_by_on=clocks.creditor_answer_by_on,
        answer_by_on=clocks.answer_by_on,
    )
    refused = begin_hold(draft, own)
    if refused is not None:
        return refused, []
    beside = [
        other.case.id
        for other in others
        if begin_hold(
            other, replace(hold, amount=None, began_at=other.at, of_case_id=draft.case.id)
        )
        is None
    ]
    return None, beside


def is_open(draft: Draft, dispute_id: str) -> bool:
    """Tell whether a dispute holds its case still."""
    return any(hold.id == dispute_id for hold in draft.case.holds)


def disputed_amount(draft: Draft, dispute_id: str) -> Money:
    """Return what a dispute is about: its amount, or everything that remains. Units: öre."""
    held = next(hold for hold in draft.case.holds if hold.id == dispute_id)
    return draft.case.balances.remaining if held.amount is None else held.amount


def refusal_to_decide(draft: Draft, dispute_id: str, outcome: DisputeOutcome) -> str | None:
    """Return why a dispute cannot be decided so, or None.

    Checked in order: it is open; a case that has ended has nothing left to credit, but the debtor
    may still be told that the objection is rejected, or withdraw it.
    """
    if not is_open(draft, dispute_id):
        return NOT_OPEN
    credits_something = outcome in (DisputeOutcome.UPHELD, DisputeOutcome.PARTLY_UPHELD)
    if credits_something and draft.case.closed is not None:
        return CASE_CLOSED
    return None


def amount_to_credit(
    group: Sequence[Draft],
    case_id: str,
    dispute_id: str,
    rules: Rules,
    *,
    decided: tuple[DisputeOutcome, Money | None],
) -> Money | None:
    """Return what an outcome credits of the claim, or None if it credits nothing.

    `group` holds the case and those that share its demand; `decided` is the outcome with the
    amount that was found right of a part, at most what is disputed. A whole claim that is upheld
    is credited with everything that remains, once the interest on it has fallen away.

    Units: öre. Raises: ReferenceRateMissing.
    Source: decision 48; docs/decisions/0038.
    """
    outcome, amount = decided
    draft = next(member for member in group if member.case.id == case_id)
    if outcome is DisputeOutcome.PARTLY_UPHELD:
        return amount
    if outcome is not DisputeOutcome.UPHELD:
        return None
    held = next(hold for hold in draft.case.holds if hold.id == dispute_id)
    return held.amount if held.amount is not None else _everything(group, draft, rules)


def credit_and_end(
    group: Sequence[Draft],
    held: Sequence[Draft],
    *,
    dispute_id: str,
    outcome: DisputeOutcome,
    crediting: CaseMoney | None,
    rules: Rules,
) -> Outcome:
    """Credit what the outcome says of the first of the held cases, and let all of them go on.

    Returns how the crediting went. Raises: ReferenceRateMissing.
    """
    result = Outcome(OutcomeStatus.COMPLETED)
    if crediting is not None:
        result = credit(group, held[0].case.id, crediting, rules)
    for draft in held:
        end_hold(draft, dispute_id, outcome.value)
    return result


def _everything(group: Sequence[Draft], draft: Draft, rules: Rules) -> Money:
    """Return the least crediting that leaves nothing of a claim: found by trying.

    The capital is credited from the due date, so its interest falls away, and how much of it
    does depends on what is credited. Nothing of the trials is kept. Money that was paid stays
    where it was placed, because not more is credited than remains.
    """
    case = draft.case
    nothing_written_off = replace(rules, terms=replace(rules.terms, depreciation_limit=ZERO))

    def closes(minor: int) -> bool:
        trial = [Draft(member.case, member.at, known_at=member.known_at) for member in group]
        money = CaseMoney("", Money(minor), draft.at, source=MoneySource.CREDITING)
        credit(trial, case.id, money, nothing_written_off)
        return next(one for one in trial if one.case.id == case.id).case.closed is not None

    amounts = range(1, case.balances.remaining.minor)
    return Money(1 + bisect_left(amounts, True, key=closes))
