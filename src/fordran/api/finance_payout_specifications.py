"""GET /finance--payout-specifications: what creditors are due, line by line."""

from collections.abc import Callable
from functools import partial
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import Document
from fordran.api.finance_documents import specification_document
from fordran.api.gateway import account_of
from fordran.api.reading import answer_one, answer_page
from fordran.storage.payout_specifications import (
    SPECIFICATIONS,
    SpecificationView,
)

PATH = "/finance--payout-specifications"


@get(PATH, sync_to_thread=True)
def list_payout_specifications(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List what the account's creditors are due, a page at a time."""
    return answer_page(request, SPECIFICATIONS, _shown(request))


@get(PATH + "/{specification_id:str}", sync_to_thread=True)
def get_payout_specification(
    request: Request[Any, Any, Any], specification_id: FromPath[str]
) -> Response[bytes]:
    """Show one line."""
    return answer_one(request, SPECIFICATIONS, specification_id, _shown(request))


def _shown(request: Request[Any, Any, Any]) -> Callable[[SpecificationView], Document]:
    return partial(specification_document, account_of(request))
