"""POST, PATCH and GET /case--disputes."""

from typing import Any

from fordran.api.creditor_action_requests import DisputeOutcomeRequest, DisputeRequest
from fordran.api.creditor_actions import Resource, given, post_route
from fordran.api.documents import Document
from fordran.api.hold_actions import HoldResource, ended_at, ending_route, reading_routes
from fordran.api.scalars import format_civil_date, wire_amount
from fordran.domain.agenda import ANSWER, CREDITOR_ANSWER
from fordran.domain.dispute import DisputeKind, DisputeOutcome
from fordran.domain.money import Money
from fordran.operations.decide_disputes import DecideDispute
from fordran.operations.dispute_cases import DisputeCase
from fordran.storage.case_disputes import DISPUTES, OUTCOMES, StoredDispute, StoredOutcome
from fordran.storage.hold_actions import HoldView

PATH = "/case--disputes"

CLOCKS = {CREDITOR_ANSWER: "creditor_answer", ANSWER: "answer"}
"""The clocks of a dispute as the document names them."""


def _dispute(asked: DisputeRequest, shared: dict[str, Any]) -> DisputeCase:
    return DisputeCase(
        **shared,
        kind=DisputeKind(asked.kind),
        amount=asked.amount,
        text=asked.text,
        hold_other_cases=asked.hold_other_cases,
    )


def _decision(
    dispute_id: str, asked: DisputeOutcomeRequest, shared: dict[str, Any]
) -> DecideDispute:
    return DecideDispute(
        **shared,
        dispute_id=dispute_id,
        outcome=DisputeOutcome(asked.outcome),
        amount=asked.amount,
        explanation=asked.explanation,
    )


def _fields(dispute: StoredDispute) -> Document:
    return given(
        kind=dispute.kind,
        amount=_amount(dispute.amount_minor),
        text=dispute.text,
        hold_other_cases=dispute.hold_other_cases,
        other_cases=dispute.other_case_ids,
        creditor_answer_by_date=(
            format_civil_date(dispute.creditor_answer_by_on)
            if dispute.creditor_answer_by_on
            else None
        ),
        answer_by_date=format_civil_date(dispute.answer_by_on) if dispute.answer_by_on else None,
    )


def _since(view: HoldView[StoredDispute, StoredOutcome]) -> Document:
    since: Document = {"overdue": [CLOCKS[clock] for clock in view.overdue]} | ended_at(view)
    if view.ending is None:
        return since
    return since | {"explanation": view.ending.explanation, **_credited(view.ending)}


def _credited(outcome: StoredOutcome) -> Document:
    """Return what was credited, and the crediting that did."""
    return given(
        credited_amount=_amount(outcome.amount_minor), creditor_crediting=outcome.crediting_id
    )


def _amount(minor: int | None) -> Any:
    return None if minor is None else wire_amount(Money(minor))


_MADE = Resource(PATH, DISPUTES, "_dispute_status", fields=_fields)
_RESOURCE = HoldResource(
    DISPUTES,
    _MADE,
    since=_since,
    ended=Resource(PATH, OUTCOMES, "_outcome_status", answers=_credited),
)

ROUTES = (
    post_route(
        _MADE,
        handler="dispute",
        model=DisputeRequest,
        door=lambda gateway: gateway.disputes,
        command=_dispute,
    ),
    *reading_routes(_RESOURCE, handler="dispute", parameter="dispute_id"),
    ending_route(
        _RESOURCE,
        handler="dispute",
        parameter="dispute_id",
        model=DisputeOutcomeRequest,
        door=lambda gateway: gateway.dispute_outcomes,
        command=_decision,
    ),
)
"""Object to a claim, and decide the objection."""
