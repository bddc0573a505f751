"""GET /case--letters: the letters that were sent, what each states, and its PDF."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from fordran.api.documents import Document
from fordran.api.gateway import account_of, gateway_of
from fordran.api.letter_documents import letter_document
from fordran.api.media_upload import file_path
from fordran.api.reading import answer_one, answer_page
from fordran.storage.letters import LETTERS, LetterView

PATH = "/case--letters"


@get(PATH, sync_to_thread=True)
def list_letters(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's letters, the first dispatched first, a page at a time."""
    return answer_page(request, LETTERS, _shown(request))


@get(PATH + "/{letter_id:str}", sync_to_thread=True)
def get_letter(request: Request[Any, Any, Any], letter_id: FromPath[str]) -> Response[bytes]:
    """Show one letter."""
    return answer_one(request, LETTERS, letter_id, _shown(request))


def _shown(request: Request[Any, Any, Any]) -> Callable[[LetterView], Document]:
    gateway, account_id = gateway_of(request), account_of(request)
    base_url = gateway.settings.public_url or str(request.base_url)
    now = gateway.context.clock.now()

    def shown(view: LetterView) -> Document:
        url = gateway.signer.sign(base_url, file_path(account_id, view.id), now)
        return letter_document(account_id, view, url)

    return shown
