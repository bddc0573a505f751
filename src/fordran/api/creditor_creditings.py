"""POST and GET /creditor--creditings."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from fordran.api.creditor_action_requests import CreditorCreditingRequest
from fordran.api.creditor_actions import (
    Resource,
    get_action,
    given,
    list_actions,
    post_action,
    settled_amount,
)
from fordran.api.documents import Document
from fordran.api.gateway import gateway_of
from fordran.api.scalars import format_instant, wire_amount
from fordran.domain.money import Money
from fordran.operations.report_creditor_creditings import ReportCrediting
from fordran.storage.creditor_creditings import CREDITINGS, StoredCrediting

PATH = "/creditor--creditings"


@post(PATH)
async def post_crediting(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Credit a claim or a part of it; the crediting is settled at once."""
    door = gateway_of(request).creditings
    return await post_action(request, _RESOURCE, CreditorCreditingRequest, door, _command)


@get(PATH, sync_to_thread=True)
def list_creditings(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's creditings, a page at a time."""
    return list_actions(request, _RESOURCE)


@get(PATH + "/{crediting_id:str}", sync_to_thread=True)
def get_crediting(request: Request[Any, Any, Any], crediting_id: FromPath[str]) -> Response[bytes]:
    """Show one crediting."""
    return get_action(request, _RESOURCE, crediting_id)


def _command(asked: CreditorCreditingRequest, shared: dict[str, Any]) -> ReportCrediting:
    return ReportCrediting(
        **shared,
        amount=asked.amount,
        client_registration_at=asked.client_registration_date,
        credit_invoice=asked.credit_invoice,
        reference=asked.creditor_reference,
    )


def _fields(crediting: StoredCrediting) -> Document:
    return given(
        currency=crediting.currency,
        amount=wire_amount(Money(crediting.amount_minor)),
        client_registration_date=format_instant(crediting.client_registration_at),
        credit_invoice=crediting.credit_invoice,
        creditor_reference=crediting.creditor_reference,
    )


_RESOURCE = Resource(PATH, CREDITINGS, "_payment_status", fields=_fields, results=settled_amount)
