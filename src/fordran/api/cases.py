"""GET /cases and /cases/{caseId}."""

import asyncio
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import Document, case_document, projected
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.queries import read_instants, read_projection
from fordran.api.reading import answer_page
from fordran.api.responses import document_response, failure_response
from fordran.operations.view_case_then import Then, view_case_then
from fordran.storage.case_views import CASES


@get("/cases", sync_to_thread=True)
def list_cases(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's cases, a page at a time."""
    return answer_page(request, CASES, case_document)


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
