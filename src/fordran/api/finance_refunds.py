"""GET /finance--refunds: what debtors paid too much, and whether it was paid back."""

from collections.abc import Callable
from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import Document
from fordran.api.finance_documents import refund_document
from fordran.api.gateway import account_of, gateway_of
from fordran.api.reading import answer_one, answer_page
from fordran.domain.swedish_time import civil_date
from fordran.operations.clock import account_now
from fordran.storage.refunds import REFUNDS, RefundView

PATH = "/finance--refunds"


@get(PATH, sync_to_thread=True)
def list_refunds(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's refunds, a page at a time."""
    return answer_page(request, REFUNDS, _shown(request))


@get(PATH + "/{refund_id:str}", sync_to_thread=True)
def get_refund(request: Request[Any, Any, Any], refund_id: FromPath[str]) -> Response[bytes]:
    """Show one refund."""
    return answer_one(request, REFUNDS, refund_id, _shown(request))


def _shown(request: Request[Any, Any, Any]) -> Callable[[RefundView], Document]:
    account_id, today = account_of(request), _today(request)
    return lambda view: refund_document(account_id, view, today)


def _today(request: Request[Any, Any, Any]) -> date:
    context = gateway_of(request).context
    real_now = context.clock.now()
    now = context.database.read(account_of(request), lambda uow: account_now(uow, real_now))
    return civil_date(now)
