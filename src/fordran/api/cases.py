"""GET /cases and /cases/{caseId}."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import Document, case_document, projected
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.queries import read_instants, read_projection, read_query
from fordran.api.responses import document_response, failure_response, list_response
from fordran.operations.view_case_then import Then, view_case_then
from fordran.storage.case_views import CASES, case_view_page


@get("/cases", sync_to_thread=True)
def list_cases(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's cases, a page at a time."""
    query = read_query(request.query_params, CASES.fields)
    views, total = gateway_of(request).context.database.read(
        account_of(request), lambda uow: case_view_page(uow, query.page)
    )
    documents = [projected(case_document(view), query.projection) for view in views]
    return list_response(documents, total, number=query.page.number, size=query.page.size)


@get("/cases/{case_id:str}")
async def get_case(request: Request[Any, Any, Any], case_id: FromPath[str]) -> Response[bytes]:
    """Show one case: as it is, or as it was known and valid at earlier instants."""
    projection = read_projection(request.query_params)
    then = Then(**read_instants(request.query_params, Then.__struct_fields__))
    wanted = document_id(case_id) or ""
    if then == Then():
        document = await gateway_of(request).cases.submit(account_of(request), wanted)
    else:
        document = await _case_then(request, wanted, then)
    if document is None:
        return failure_response("not_found")
    return document_response(projected(document, projection))


async def _case_then(request: Request[Any, Any, Any], case_id: str, then: Then) -> Document | None:
    gateway = gateway_of(request)
    view = await asyncio.get_running_loop().run_in_executor(
        gateway.executor, view_case_then, gateway.context, account_of(request), case_id, then
    )
    return case_document(view) if view else None
