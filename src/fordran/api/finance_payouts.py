"""GET /finance--payouts: what creditors were paid; a run makes payouts, never a request."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import Document
from fordran.api.finance_documents import payout_document
from fordran.api.gateway import account_of
from fordran.api.reading import answer_one, answer_page
from fordran.domain.payout import PayoutLine
from fordran.storage.listings import Page
from fordran.storage.payout_specifications import taken_lines
from fordran.storage.payouts import PAYOUTS, PayoutView
from fordran.storage.unit_of_work import UnitOfWork

PATH = "/finance--payouts"

_PaidOut = tuple[PayoutView, Sequence[PayoutLine]]
"""A payout with its lines."""


@get(PATH, sync_to_thread=True)
def list_payouts(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's payouts, a page at a time."""
    return answer_page(request, _PaidOuts(), _shown(request))


@get(PATH + "/{payout_id:str}", sync_to_thread=True)
def get_payout(request: Request[Any, Any, Any], payout_id: FromPath[str]) -> Response[bytes]:
    """Show one payout."""
    return answer_one(request, _PaidOuts(), payout_id, _shown(request))


class _PaidOuts:
    """Payouts, each with its lines."""

    fields = PAYOUTS.fields

    def page(self, uow: UnitOfWork, page: Page) -> tuple[list[_PaidOut], int]:
        views, total = PAYOUTS.page(uow, page)
        return list(_with_lines(uow, views).values()), total

    def by_id(self, uow: UnitOfWork, ids: Sequence[str]) -> dict[str, _PaidOut]:
        return _with_lines(uow, PAYOUTS.by_id(uow, ids).values())


def _with_lines(uow: UnitOfWork, views: Iterable[PayoutView]) -> dict[str, _PaidOut]:
    by_id = {view.id: view for view in views}
    lines = taken_lines(uow, list(by_id))
    return {payout_id: (view, lines[payout_id]) for payout_id, view in by_id.items()}


def _shown(request: Request[Any, Any, Any]) -> Callable[[_PaidOut], Document]:
    account_id = account_of(request)
    return lambda paid_out: payout_document(account_id, *paid_out)
