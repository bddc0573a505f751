"""POST and GET /case--interest-reductions."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from fordran.api.creditor_action_requests import InterestReductionRequest
from fordran.api.creditor_actions import Resource, get_action, given, list_actions, post_action
from fordran.api.documents import Document
from fordran.api.gateway import gateway_of
from fordran.api.scalars import format_civil_date, wire_rate
from fordran.operations.reduce_interest import ReduceInterest
from fordran.storage.interest_reductions import REDUCTIONS, StoredReduction

PATH = "/case--interest-reductions"


@post(PATH)
async def post_interest_reduction(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Reduce the interest of a claim, as a person has decided."""
    door = gateway_of(request).interest_reductions
    return await post_action(request, _RESOURCE, InterestReductionRequest, door, _command)


@get(PATH, sync_to_thread=True)
def list_interest_reductions(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's reductions of interest, a page at a time."""
    return list_actions(request, _RESOURCE)


@get(PATH + "/{reduction_id:str}", sync_to_thread=True)
def get_interest_reduction(
    request: Request[Any, Any, Any], reduction_id: FromPath[str]
) -> Response[bytes]:
    """Show one reduction of interest."""
    return get_action(request, _RESOURCE, reduction_id)


def _command(asked: InterestReductionRequest, shared: dict[str, Any]) -> ReduceInterest:
    return ReduceInterest(
        **shared,
        case_id=asked.case,
        first_on=asked.first_date,
        last_on=asked.last_date,
        annual_rate_percent=asked.annual_rate_percent,
        reason=asked.reason,
        decided_by=asked.decided_by,
    )


def _fields(reduction: StoredReduction) -> Document:
    return given(
        first_date=format_civil_date(reduction.first_on),
        last_date=format_civil_date(reduction.last_on) if reduction.last_on else None,
        annual_rate_percent=wire_rate(reduction.annual_rate_percent),
        reason=reduction.reason,
        decided_by=reduction.decided_by,
    )


_RESOURCE = Resource(PATH, REDUCTIONS, "_reduction_status", fields=_fields)
