"""POST and GET /creditor--cancellations."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from fordran.api.creditor_action_requests import CreditorCancellationRequest
from fordran.api.creditor_actions import Resource, get_action, list_actions, post_action
from fordran.api.gateway import gateway_of
from fordran.operations.cancel_cases import CancelCase
from fordran.storage.creditor_cancellations import CANCELLATIONS

PATH = "/creditor--cancellations"


@post(PATH)
async def post_cancellation(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Stop the handling of a case: everything that is left is written off."""
    door = gateway_of(request).cancellations
    return await post_action(request, _RESOURCE, CreditorCancellationRequest, door, _command)


@get(PATH, sync_to_thread=True)
def list_cancellations(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's cancellations, a page at a time."""
    return list_actions(request, _RESOURCE)


@get(PATH + "/{cancellation_id:str}", sync_to_thread=True)
def get_cancellation(
    request: Request[Any, Any, Any], cancellation_id: FromPath[str]
) -> Response[bytes]:
    """Show one cancellation."""
    return get_action(request, _RESOURCE, cancellation_id)


def _command(_: CreditorCancellationRequest, shared: dict[str, Any]) -> CancelCase:
    return CancelCase(**shared)


_RESOURCE = Resource(PATH, CANCELLATIONS, "_cancellation_status")
