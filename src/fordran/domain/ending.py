"""Decide: a person at the agency ends a case without payment, for a stated reason."""

from collections.abc import Mapping

import msgspec

from fordran.domain.case_status import BY_DECISION, CloseReason
from fordran.domain.closing import close_unpaid
from fordran.domain.draft import Draft
from fordran.domain.guards import is_barred
from fordran.domain.ledger import FactKind, FactName, Origin
from fordran.domain.outcome import Outcome, OutcomeStatus

CASE_CLOSED = "case_ended.case_closed"
NOT_BARRED = "case_ended.not_barred"

_NOT_DECIDED = "must be a reason that a person decides on; '{}' comes from {} alone"
_COMES_FROM = {
    CloseReason.FULLY_PAID: "payments",
    CloseReason.FULLY_PAID_DEPRECIATION: "payments",
    CloseReason.CREDITED: "creditings",
    CloseReason.CANCELLED: "the creditor's cancellation",
}


class DecidedEnding(msgspec.Struct, frozen=True, kw_only=True):
    """What a person decided about a case, and why."""

    reason: CloseReason
    explanation: str
    """What the decision rests on, for whoever asks later."""
    decided_by: str
    """The person's name."""
    duplicate_of: str | None = None
    """The case that goes on, where this one is a duplicate of it."""


def ending_issues(case_id: str, ending: DecidedEnding) -> dict[str, str]:
    """Return what a decision lacks or has too much of, by field.

    Source: docs/decisions/0040.
    """
    issues: dict[str, str] = {}
    if ending.reason not in BY_DECISION:
        comes_from = _COMES_FROM[ending.reason]
        issues["reason"] = _NOT_DECIDED.format(ending.reason.value, comes_from)
    said: Mapping[str, str] = {
        "explanation": ending.explanation,
        "decided_by": ending.decided_by,
    }
    issues |= {name: "must not be blank" for name, text in said.items() if not text.strip()}
    is_duplicate = ending.reason is CloseReason.DUPLICATE
    if is_duplicate and ending.duplicate_of is None:
        issues["duplicate_of"] = "must name the case that goes on"
    elif is_duplicate and ending.duplicate_of == case_id:
        issues["duplicate_of"] = "must be another case than the one that ends"
    elif not is_duplicate and ending.duplicate_of is not None:
        issues["duplicate_of"] = "must be left out unless the reason is 'duplicate'"
    return issues


def end(draft: Draft, ending: DecidedEnding, ending_id: str) -> Outcome:
    """End a case for a reason that a person decided on: everything that is left is written off.

    The rows carry the reason and name the decision. Money that the agency has received on the
    case stays whose it is, and a payment that is reversed later does not open the case again.

    Checked in order, each an error that changes nothing: the case is open; for `limitation`, the
    claim is barred on the Swedish day of the draft.

    Raises: LimitationPeriodMissing.
    Source: decision 49; docs/law/endings.md; docs/decisions/0040.
    """
    assert not ending_issues(draft.case.id, ending), "issues are told before"
    if draft.case.closed is not None:
        return Outcome(OutcomeStatus.ERROR, reason=CASE_CLOSED)
    if ending.reason is CloseReason.LIMITATION and not is_barred(draft.case, draft.at):
        return Outcome(OutcomeStatus.ERROR, reason=NOT_BARRED)
    fact = FactName(FactKind.CASE_ENDING, ending_id)
    close_unpaid(draft, ending.reason, because_of=fact, origin=Origin.SOLICITOR_SYSTEM)
    return Outcome(OutcomeStatus.COMPLETED)
