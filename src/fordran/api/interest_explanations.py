"""GET /case--interest-explanations/{caseId}: the segments that a case's interest consists of."""

from decimal import Decimal
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from msgspec import Raw

from fordran.api.documents import Document
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.queries import read_civil_date
from fordran.api.responses import failure_response, json_response
from fordran.api.scalars import format_civil_date, wire_amount
from fordran.domain.explanation import Explanation, kronor
from fordran.domain.interest import Segment
from fordran.operations.explain_interest import explain_interest

PATH = "/case--interest-explanations"


@get(PATH + "/{case_id:str}", sync_to_thread=True)
def get_interest_explanation(
    request: Request[Any, Any, Any], case_id: FromPath[str]
) -> Response[bytes]:
    """Explain the interest of a case on a day."""
    on = read_civil_date(request.query_params, "date")
    wanted = document_id(case_id) or ""
    context = gateway_of(request).context
    explanation = explain_interest(context, account_of(request), wanted, on)
    if explanation is None:
        return failure_response("not_found")
    return json_response(explanation_document(wanted, explanation))


def explanation_document(case_id: str, explanation: Explanation) -> Document:
    """Return the explanation of a case's interest as it is sent."""
    return {
        "_id": case_id,
        "segments": [_segment(segment) for segment in explanation.accrual.segments],
        "exact_sum": exact_number(kronor(explanation.accrual.units)),
        "rounded_sum": wire_amount(explanation.rounded_sum),
        "rounding": explanation.rounding.value,
        "posted_sum": wire_amount(explanation.posted_sum),
    }


def exact_number(number: Decimal) -> Raw:
    """Return a decimal as the JSON number that it is, digit by digit.

    >>> bytes(exact_number(Decimal("14.7945")))
    b'14.7945'
    """
    return Raw(f"{number:f}".encode())


def _segment(segment: Segment) -> Document:
    return {
        "from": format_civil_date(segment.first_on),
        "to": format_civil_date(segment.last_on),
        "days": segment.days,
        "capital": wire_amount(segment.capital),
        "annual_rate_percent": exact_number(segment.annual_rate_percent.normalize()),
        "amount": exact_number(kronor(segment.units)),
    }
