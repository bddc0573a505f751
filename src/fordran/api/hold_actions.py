"""What the resources of holds have in common: they change after they are made."""

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from litestar import Request, Response, get, patch
from litestar.handlers import HTTPRouteHandler

from fordran.api.creditor_action_requests import CreditorActionRequest
from fordran.api.creditor_actions import (
    Resource,
    action_document,
    given,
    report,
    results_of,
)
from fordran.api.documents import Document, written
from fordran.api.doors import Door
from fordran.api.gateway import account_of, gateway_of
from fordran.api.ids import document_id
from fordran.api.reading import answer_one, answer_page
from fordran.api.responses import document_response, failure_response
from fordran.api.scalars import format_instant
from fordran.domain.outcome import OutcomeStatus
from fordran.operations.creditor_actions import IN_PATH, NotReported
from fordran.storage.creditor_actions import ActionView, StoredAction
from fordran.storage.hold_actions import HoldTable, HoldView

Stored = TypeVar("Stored", bound=StoredAction)
Ending = TypeVar("Ending", bound=StoredAction)


class HoldResource(msgspec.Struct, Generic[Stored, Ending], frozen=True):
    """How one kind of hold looks on the wire.

    `made` says how its report looks, `since` what became of it, `ended` how the report that ends
    it looks; one that nobody ends has none.
    """

    table: HoldTable[Stored, Ending]
    made: Resource[Stored]
    since: Callable[[HoldView[Stored, Ending]], Document]
    ended: Resource[Ending] | None = None

    def document(
        self, request: Request[Any, Any, Any]
    ) -> Callable[[HoldView[Stored, Ending]], Document]:
        """Return what makes the document of a hold of the account that asks."""
        return partial(self._document, account_of(request))

    def _document(self, account_id: str, view: HoldView[Stored, Ending]) -> Document:
        return {
            **action_document(self.made, account_id, view),
            **given(condition=view.condition),
            **self.since(view),
        }


def reading_routes(
    resource: HoldResource[Stored, Ending], *, handler: str, parameter: str
) -> tuple[HTTPRouteHandler, ...]:
    """Return the handlers that show holds: a page of them, and one."""

    def list_page(request: Request[Any, Any, Any]) -> Response[bytes]:
        return answer_page(request, resource.table, resource.document(request))

    def get_one(request: Request[Any, Any, Any]) -> Response[bytes]:
        hold_id = request.path_params[parameter]
        return answer_one(request, resource.table, hold_id, resource.document(request))

    list_page.__name__ = f"list_{handler}s"
    get_one.__name__ = f"get_{handler}"
    path = resource.made.path
    return (
        get(path, sync_to_thread=True)(list_page),
        get(f"{path}/{{{parameter}:str}}", sync_to_thread=True)(get_one),
    )


def ending_route(
    resource: HoldResource[Stored, Ending],
    *,
    handler: str,
    parameter: str,
    model: type[CreditorActionRequest],
    door: Callable[[Any], Door[Any, Any]],
    command: Callable[..., Any],
) -> HTTPRouteHandler:
    """Return the handler of the PATCH that ends a hold; `command` gets the hold's id besides."""

    async def patch_one(request: Request[Any, Any, Any]) -> Response[bytes]:
        hold_id = document_id(request.path_params[parameter]) or ""
        try:
            ending = await report(
                request, model, door(gateway_of(request)), partial(command, hold_id)
            )
        except NotReported as refused:
            return refused_in_path(refused)
        view = gateway_of(request).context.database.read(
            account_of(request), lambda uow: resource.table.by_id(uow, [hold_id])
        )[hold_id]
        return document_response(_ended(resource, view, ending))

    patch_one.__name__ = f"patch_{handler}"
    return patch(f"{resource.made.path}/{{{parameter}:str}}")(patch_one)


def refused_in_path(refused: NotReported) -> Response[bytes]:
    """Return the answer to a refused report if the path names nothing of the account.

    Raises: the refusal, where the fields of the request say what is wrong.
    """
    if IN_PATH in refused.issues:
        return failure_response("not_found")
    raise refused


def _ended(
    resource: HoldResource[Stored, Ending],
    view: HoldView[Stored, Ending],
    ending: ActionView[Ending],
) -> Document:
    """Return the answer to a PATCH: how it went, and the hold's tag from now on."""
    assert resource.ended is not None
    action = view.action
    answer = {
        **written(action.created_at, view.etag, action.id, updated_at=view.updated_at),
        "_status": "OK",
        resource.ended.status_name: ending.action.status,
        **resource.ended.answers(ending.action),
    }
    if ending.action.status != OutcomeStatus.COMPLETED:
        answer |= results_of(resource.ended, ending)
    return answer


def ended_at(view: HoldView[Any, Any]) -> Document:
    """Return when a hold ended, if it did."""
    return given(end_date=format_instant(view.ended_at) if view.ended_at else None)
