"""POST and GET /case--interest-reductions."""

from typing import Any

from fordran.api.creditor_action_requests import InterestReductionRequest
from fordran.api.creditor_actions import Resource, action_routes, given
from fordran.api.documents import Document
from fordran.api.scalars import format_civil_date, wire_rate
from fordran.operations.reduce_interest import ReduceInterest
from fordran.storage.interest_reductions import REDUCTIONS, StoredReduction


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


_RESOURCE = Resource("/case--interest-reductions", REDUCTIONS, "_reduction_status", fields=_fields)

ROUTES = action_routes(
    _RESOURCE,
    handler="interest_reduction",
    parameter="reduction_id",
    model=InterestReductionRequest,
    door=lambda gateway: gateway.interest_reductions,
    command=_command,
)
"""Reduce the interest of a claim, as a person has decided."""
