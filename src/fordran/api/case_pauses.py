"""POST, PATCH and GET /case--pauses."""

from typing import Any

from fordran.api.creditor_action_requests import PauseRequest, ResumptionRequest
from fordran.api.creditor_actions import Resource, given, post_route
from fordran.api.documents import Document
from fordran.api.hold_actions import HoldResource, ended_at, ending_route, reading_routes
from fordran.operations.pause_cases import PauseCase, ResumeCase
from fordran.storage.case_pauses import PAUSES, RESUMPTIONS, StoredPause, StoredResumption
from fordran.storage.hold_actions import HoldView

PATH = "/case--pauses"


def _pause(asked: PauseRequest, shared: dict[str, Any]) -> PauseCase:
    return PauseCase(**shared, reason=asked.reason)


def _resumption(pause_id: str, asked: ResumptionRequest, shared: dict[str, Any]) -> ResumeCase:
    return ResumeCase(**shared, pause_id=pause_id, reason=asked.reason)


def _since(view: HoldView[StoredPause, StoredResumption]) -> Document:
    resumed_because = view.ending.reason if view.ending else None
    return ended_at(view) | given(resumption_reason=resumed_because)


_MADE = Resource(PATH, PAUSES, "_pause_status", fields=lambda pause: {"reason": pause.reason})
_RESOURCE = HoldResource(
    PAUSES, _MADE, since=_since, ended=Resource(PATH, RESUMPTIONS, "_resumption_status")
)

ROUTES = (
    post_route(
        _MADE,
        handler="pause",
        model=PauseRequest,
        door=lambda gateway: gateway.pauses,
        command=_pause,
    ),
    *reading_routes(_RESOURCE, handler="pause", parameter="pause_id"),
    ending_route(
        _RESOURCE,
        handler="pause",
        parameter="pause_id",
        model=ResumptionRequest,
        door=lambda gateway: gateway.resumptions,
        command=_resumption,
    ),
)
"""Stop the flow of a case for a reason, and resume it."""
