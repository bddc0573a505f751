"""GET /finance--refunds: what debtors paid too much, and whether it was paid back."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import projected
from fordran.api.finance_documents import refund_document
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.queries import read_projection, read_query
from fordran.api.responses import document_response, failure_response, list_response
from fordran.domain.swedish_time import civil_date
from fordran.operations.clock import account_now
from fordran.storage.refunds import REFUNDS, refund_page, refunds_by_id

PATH = "/finance--refunds"


@get(PATH, sync_to_thread=True)
def list_refunds(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's refunds, a page at a time."""
    account_id = account_of(request)
    query = read_query(request.query_params, REFUNDS.fields)
    found, total = gateway_of(request).context.database.read(
        account_id, lambda uow: refund_page(uow, query.page)
    )
    today = _today(request, account_id)
    documents = [
        projected(refund_document(account_id, view, today), query.projection) for view in found
    ]
    return list_response(documents, total, number=query.page.number, size=query.page.size)


@get(PATH + "/{refund_id:str}", sync_to_thread=True)
def get_refund(request: Request[Any, Any, Any], refund_id: FromPath[str]) -> Response[bytes]:
    """Show one refund."""
    account_id = account_of(request)
    projection = read_projection(request.query_params)
    wanted = document_id(refund_id) or ""
    found = gateway_of(request).context.database.read(
        account_id, lambda uow: refunds_by_id(uow, [wanted])
    )
    if wanted not in found:
        return failure_response("not_found")
    document = refund_document(account_id, found[wanted], _today(request, account_id))
    return document_response(projected(document, projection))


def _today(request: Request[Any, Any, Any], account_id: str) -> date:
    context = gateway_of(request).context
    real_now = context.clock.now()
    return civil_date(context.database.read(account_id, lambda uow: account_now(uow, real_now)))
