"""What the resources of creditors' reports have in common: POST, lists, single documents."""

from collections.abc import Callable
from functools import partial
from typing import Any, Generic, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from fordran.api.creditor_action_requests import CaseActionRequest, CreditorActionRequest
from fordran.api.decode import BadInput, decode
from fordran.api.documents import Document, written
from fordran.api.doors import Door
from fordran.api.gateway import Gateway, account_of, gateway_of
from fordran.api.idempotency import idempotency_key
from fordran.api.issues import with_reference_issues
from fordran.api.reading import answer_one, answer_page
from fordran.api.responses import created_response
from fordran.api.scalars import wire_amount
from fordran.domain.money import Money
from fordran.domain.outcome import OutcomeStatus
from fordran.storage.creditor_actions import ActionTable, ActionView, StoredAction
from fordran.storage.creditor_creditings import StoredCrediting
from fordran.storage.creditor_payments import StoredPayment

Asked = TypeVar("Asked", bound=CreditorActionRequest)
Stored = TypeVar("Stored", bound=StoredAction)


def _nothing(_: Any) -> Document:
    return {}


class Resource(msgspec.Struct, Generic[Stored], frozen=True):
    """How one kind of report looks on the wire."""

    path: str
    table: ActionTable[Stored]
    status_name: str
    """The field that says how it went."""
    fields: Callable[[Stored], Document] = _nothing
    """What was reported, besides what every kind has."""
    results: Callable[[Stored], Document] = _nothing
    """What came of it: in the document, and in the answer when not all went well (decision 5)."""
    answers: Callable[[Stored], Document] = _nothing
    """What came of it, in every answer."""


async def post_action(
    request: Request[Any, Any, Any],
    resource: Resource[Stored],
    model: type[Asked],
    door: Door[Any, Any],
    command: Callable[..., Any],
) -> Response[bytes]:
    """Answer a POST: `command` makes the operation's command of what was asked.

    It also gets, by name, what every command has.
    """
    view = await report(request, model, door, command)
    return created_response(action_answer(resource, view), resource.path)


async def report(
    request: Request[Any, Any, Any],
    model: type[Asked],
    door: Door[Any, Any],
    command: Callable[..., Any],
) -> ActionView[Any]:
    """Carry out what a request asks for and return the report that was stored.

    Raises: BadInput; whatever refuses the report.
    """
    body = await request.body()
    account_id = account_of(request)
    try:
        asked = decode(model, body)
    except BadInput as bad:
        raise await with_reference_issues(gateway_of(request), account_id, body, bad) from None
    shared = {
        "creditor_id": asked.creditor,
        "account_id": asked.account,
        "request": body,
        "idempotency": idempotency_key(request, body),
    }
    if isinstance(asked, CaseActionRequest):
        shared |= {"case_id": asked.case, "invoice_number": asked.invoice_number}
    verdict = await door.submit(account_id, command(asked, shared))
    if not isinstance(verdict, ActionView):
        raise verdict
    return verdict


def action_routes(
    resource: Resource[Stored],
    *,
    handler: str,
    parameter: str,
    model: type[Asked],
    door: Callable[[Gateway], Door[Any, Any]],
    command: Callable[..., Any],
) -> tuple[HTTPRouteHandler, ...]:
    """Return the handlers of a resource: a report, a page of reports, one report.

    They are called `post_`, `list_` and `get_` with `handler`, as the API's document calls its
    operations; `parameter` names the id in the path. `command` is that of `post_action`.
    """

    def list_page(request: Request[Any, Any, Any]) -> Response[bytes]:
        return answer_page(request, resource.table.listing, shown(request))

    def get_one(request: Request[Any, Any, Any]) -> Response[bytes]:
        action_id = request.path_params[parameter]
        return answer_one(request, resource.table.listing, action_id, shown(request))

    def shown(request: Request[Any, Any, Any]) -> Callable[[ActionView[Stored]], Document]:
        return partial(action_document, resource, account_of(request))

    list_page.__name__ = f"list_{handler}s"
    get_one.__name__ = f"get_{handler}"
    return (
        post_route(resource, handler=handler, model=model, door=door, command=command),
        get(resource.path, sync_to_thread=True)(list_page),
        get(f"{resource.path}/{{{parameter}:str}}", sync_to_thread=True)(get_one),
    )


def post_route(
    resource: Resource[Stored],
    *,
    handler: str,
    model: type[Asked],
    door: Callable[[Gateway], Door[Any, Any]],
    command: Callable[..., Any],
) -> HTTPRouteHandler:
    """Return the handler of a report, called `post_` with `handler`."""

    async def post_one(request: Request[Any, Any, Any]) -> Response[bytes]:
        return await post_action(request, resource, model, door(gateway_of(request)), command)

    post_one.__name__ = f"post_{handler}"
    return post(resource.path)(post_one)


def action_answer(resource: Resource[Stored], view: ActionView[Stored]) -> Document:
    """Return the answer to a report.

    Of a payment exactly the seed's keys when all went well; how it went otherwise stands in the
    answer only when it did not, or when there is a reason to give (decision 5).
    """
    action = view.action
    answer = {
        **written(action.created_at, action.etag, action.id),
        "_status": "OK",
        resource.status_name: action.status,
        **resource.answers(action),
    }
    if action.status != OutcomeStatus.COMPLETED or action.status_reason is not None:
        answer |= results_of(resource, view)
    return answer


def action_document(
    resource: Resource[Stored], account_id: str, view: ActionView[Stored]
) -> Document:
    """Return the document of a report."""
    action = view.action
    return {
        **written(action.created_at, view.etag, action.id, updated_at=view.updated_at),
        "account": account_id,
        "creditor": action.creditor_id,
        "case": action.case_id,
        "origin": action.origin,
        **resource.fields(action),
        resource.status_name: action.status,
        **resource.answers(action),
        **results_of(resource, view),
    }


def results_of(resource: Resource[Stored], view: ActionView[Stored]) -> Document:
    """Return how a report went, and what names its case."""
    action = view.action
    results = {
        "status": action.status,
        **resource.results(action),
        "case_invoice_number": view.case_invoice_number,
        "case_reference_number": view.case_reference_number,
    }
    if action.status_reason is not None:
        results["status_reason_locale"] = action.status_reason
    return results


def given(**fields: Any) -> Document:
    """Return the fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}


def settled_amount(action: StoredPayment | StoredCrediting) -> Document:
    """Return how much of the money was settled."""
    return {"settled_amount": wire_amount(Money(action.settled_minor))}
