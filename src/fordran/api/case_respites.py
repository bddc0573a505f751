"""POST and GET /case--respites; the POST names its case in the path."""

from functools import partial
from typing import Any

from litestar import Request, Response, post

from fordran.api.creditor_action_requests import RespiteRequest
from fordran.api.creditor_actions import Resource, post_action
from fordran.api.documents import Document
from fordran.api.gateway import gateway_of
from fordran.api.hold_actions import HoldResource, ended_at, reading_routes, refused_in_path
from fordran.api.ids import document_id
from fordran.api.scalars import format_civil_date
from fordran.operations.creditor_actions import NotReported
from fordran.operations.give_respites import GiveRespite
from fordran.storage.case_respites import RESPITES, StoredRespite

PATH = "/case--respites"

PARAMETER = "document_id"
"""The id in the path: of the case in a POST, of the respite in a GET. One path has one name."""


def _fields(respite: StoredRespite) -> Document:
    return {"respite_to_date": format_civil_date(respite.respite_to_on)}


_MADE = Resource(PATH, RESPITES, "_respite_status", fields=_fields)


@post(f"{PATH}/{{{PARAMETER}:str}}")
async def post_respite(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Give the debtor time: the flow of the case waits through a day."""
    case_id = document_id(request.path_params[PARAMETER]) or ""
    command = partial(_command, case_id)
    door = gateway_of(request).respites
    try:
        return await post_action(request, _MADE, RespiteRequest, door, command)
    except NotReported as refused:
        return refused_in_path(refused)


def _command(case_id: str, asked: RespiteRequest, shared: dict[str, Any]) -> GiveRespite:
    return GiveRespite(**shared, case_id=case_id, respite_to_on=asked.respite_to_date)


ROUTES = (
    post_respite,
    *reading_routes(
        HoldResource(RESPITES, _MADE, since=ended_at), handler="respite", parameter=PARAMETER
    ),
)
