"""GET /finance--payout-specifications: what creditors are due, line by line."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import projected
from fordran.api.finance_documents import specification_document
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.queries import read_projection, read_query
from fordran.api.responses import document_response, failure_response, list_response
from fordran.storage.payout_specifications import (
    SPECIFICATIONS,
    specification_page,
    specifications_by_id,
)

PATH = "/finance--payout-specifications"


@get(PATH, sync_to_thread=True)
def list_payout_specifications(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List what the account's creditors are due, a page at a time."""
    account_id = account_of(request)
    query = read_query(request.query_params, SPECIFICATIONS.fields)
    found, total = gateway_of(request).context.database.read(
        account_id, lambda uow: specification_page(uow, query.page)
    )
    documents = [
        projected(specification_document(account_id, view), query.projection) for view in found
    ]
    return list_response(documents, total, number=query.page.number, size=query.page.size)


@get(PATH + "/{specification_id:str}", sync_to_thread=True)
def get_payout_specification(
    request: Request[Any, Any, Any], specification_id: FromPath[str]
) -> Response[bytes]:
    """Show one line."""
    account_id = account_of(request)
    projection = read_projection(request.query_params)
    wanted = document_id(specification_id) or ""
    found = gateway_of(request).context.database.read(
        account_id, lambda uow: specifications_by_id(uow, [wanted])
    )
    if wanted not in found:
        return failure_response("not_found")
    return document_response(
        projected(specification_document(account_id, found[wanted]), projection)
    )
