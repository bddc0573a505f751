"""How resources are read: a page of a list, and one document by its id."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from litestar import Request, Response

from fordran.api.documents import Document, projected
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.queries import read_projection, read_query
from fordran.api.responses import document_response, failure_response, list_response
from fordran.storage.listings import ListedField, Page
from fordran.storage.unit_of_work import UnitOfWork

View = TypeVar("View")


class Source(Protocol[View]):
    """Where documents are read from; a `Listing` is one."""

    @property
    def fields(self) -> Mapping[str, ListedField]:
        """The fields that a page may be filtered and sorted by."""
        ...

    def page(self, uow: UnitOfWork, page: Page, /) -> tuple[list[View], int]:
        """Return the views of a page, and how many match in all."""
        ...

    def by_id(self, uow: UnitOfWork, document_ids: Sequence[str], /) -> dict[str, View]:
        """Return the views that are there, by id."""
        ...


def answer_page(
    request: Request[Any, Any, Any],
    source: Source[View],
    document: Callable[[View], Document],
) -> Response[bytes]:
    """Answer a page of the account's documents, filtered and sorted as the query asks.

    Raises: BadQuery.
    """
    query = read_query(request.query_params, source.fields)
    found, total = gateway_of(request).context.database.read(
        account_of(request), lambda uow: source.page(uow, query.page)
    )
    documents = [projected(document(view), query.projection) for view in found]
    return list_response(documents, total, number=query.page.number, size=query.page.size)


def answer_one(
    request: Request[Any, Any, Any],
    source: Source[View],
    given_id: str,
    document: Callable[[View], Document],
) -> Response[bytes]:
    """Answer one document of the account, or that it has none with this id.

    Raises: BadQuery.
    """
    projection = read_projection(request.query_params)
    wanted = document_id(given_id) or ""
    found = gateway_of(request).context.database.read(
        account_of(request), lambda uow: source.by_id(uow, [wanted])
    )
    if wanted not in found:
        return failure_response("not_found")
    return document_response(projected(document(found[wanted]), projection))
