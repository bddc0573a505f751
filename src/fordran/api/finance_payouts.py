"""GET /finance--payouts: what creditors were paid; a run makes payouts, never a request."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import projected
from fordran.api.finance_documents import Document, payout_document
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.queries import read_projection, read_query
from fordran.api.responses import document_response, failure_response, list_response
from fordran.storage.listings import Page
from fordran.storage.payout_specifications import taken_lines
from fordran.storage.payouts import PAYOUTS, PayoutView, payout_page, payouts_by_id
from fordran.storage.unit_of_work import UnitOfWork

PATH = "/finance--payouts"


@get(PATH, sync_to_thread=True)
def list_payouts(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's payouts, a page at a time."""
    account_id = account_of(request)
    query = read_query(request.query_params, PAYOUTS.fields)
    found, total = gateway_of(request).context.database.read(
        account_id, lambda uow: _page(uow, account_id, query.page)
    )
    documents = [projected(document, query.projection) for document in found]
    return list_response(documents, total, number=query.page.number, size=query.page.size)


@get(PATH + "/{payout_id:str}", sync_to_thread=True)
def get_payout(request: Request[Any, Any, Any], payout_id: FromPath[str]) -> Response[bytes]:
    """Show one payout."""
    account_id = account_of(request)
    projection = read_projection(request.query_params)
    wanted = document_id(payout_id) or ""
    found = gateway_of(request).context.database.read(
        account_id,
        lambda uow: _documents(uow, account_id, list(payouts_by_id(uow, [wanted]).values())),
    )
    if not found:
        return failure_response("not_found")
    return document_response(projected(found[0], projection))


def _page(uow: UnitOfWork, account_id: str, page: Page) -> tuple[list[Document], int]:
    views, total = payout_page(uow, page)
    return _documents(uow, account_id, views), total


def _documents(uow: UnitOfWork, account_id: str, views: list[PayoutView]) -> list[Document]:
    lines = taken_lines(uow, [view.id for view in views])
    return [payout_document(account_id, view, lines[view.id]) for view in views]
