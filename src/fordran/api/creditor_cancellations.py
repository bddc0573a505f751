"""POST and GET /creditor--cancellations."""

from typing import Any

from fordran.api.creditor_action_requests import CreditorCancellationRequest
from fordran.api.creditor_actions import Resource, action_routes
from fordran.operations.cancel_cases import CancelCase
from fordran.storage.creditor_cancellations import CANCELLATIONS


def _command(_: CreditorCancellationRequest, shared: dict[str, Any]) -> CancelCase:
    return CancelCase(**shared)


_RESOURCE = Resource("/creditor--cancellations", CANCELLATIONS, "_cancellation_status")

ROUTES = action_routes(
    _RESOURCE,
    handler="cancellation",
    parameter="cancellation_id",
    model=CreditorCancellationRequest,
    door=lambda gateway: gateway.cancellations,
    command=_command,
)
"""Stop the handling of a case: everything that is left is written off."""
