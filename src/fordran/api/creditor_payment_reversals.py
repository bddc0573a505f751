"""POST and GET /creditor--payment-reversals."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from fordran.api.creditor_action_requests import CreditorPaymentReversalRequest
from fordran.api.creditor_actions import Resource, get_action, list_actions, post_action
from fordran.api.documents import Document
from fordran.api.gateway import gateway_of
from fordran.api.scalars import wire_amount
from fordran.domain.money import Money
from fordran.operations.reverse_payments import ReversePayment
from fordran.storage.payment_reversals import CREDITOR_PAYMENT_REVERSALS, StoredReversal

PATH = "/creditor--payment-reversals"


@post(PATH)
async def post_payment_reversal(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Take back a reported payment; the case is as it would be without it."""
    door = gateway_of(request).payment_reversals
    return await post_action(request, _RESOURCE, CreditorPaymentReversalRequest, door, _command)


@get(PATH, sync_to_thread=True)
def list_payment_reversals(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's reversals, a page at a time."""
    return list_actions(request, _RESOURCE)


@get(PATH + "/{reversal_id:str}", sync_to_thread=True)
def get_payment_reversal(
    request: Request[Any, Any, Any], reversal_id: FromPath[str]
) -> Response[bytes]:
    """Show one reversal."""
    return get_action(request, _RESOURCE, reversal_id)


def reversed_amount(reversal: StoredReversal) -> Document:
    """Return what a reversal took back of what its payment had settled."""
    return {"reversed_amount": wire_amount(Money(reversal.reversed_minor))}


def _command(asked: CreditorPaymentReversalRequest, shared: dict[str, Any]) -> ReversePayment:
    return ReversePayment(**shared, payment_id=asked.creditor_payment)


def _fields(reversal: StoredReversal) -> Document:
    return {"creditor_payment": reversal.payment_id}


_RESOURCE = Resource(
    PATH, CREDITOR_PAYMENT_REVERSALS, "_reversal_status", fields=_fields, answers=reversed_amount
)
