"""POST /sandbox--payment-reversals: the bank takes back a payment that the agency received."""

from typing import Any

from litestar import Request, Response, post
from litestar.handlers import HTTPRouteHandler

from fordran.api.creditor_actions import Resource, action_answer
from fordran.api.creditor_payment_reversals import reversed_amount
from fordran.api.decode import InputModel, decode
from fordran.api.gateway import account_of, gateway_of
from fordran.api.idempotency import idempotency_key
from fordran.api.responses import document_response
from fordran.api.scalars import ObjectId
from fordran.operations.reverse_payments import ReversePayment
from fordran.storage.creditor_actions import ActionView
from fordran.storage.payment_reversals import AGENCY_PAYMENT_REVERSALS

PATH = "/sandbox--payment-reversals"


class PaymentReversalRequest(InputModel, frozen=True, kw_only=True):
    """The payment that was not there after all."""

    payment: ObjectId


@post(PATH)
async def post_agency_payment_reversal(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Take back a payment on every case that it was split over."""
    body = await request.body()
    asked = decode(PaymentReversalRequest, body)
    command = ReversePayment(
        creditor_id=None,
        payment_id=asked.payment,
        request=body,
        idempotency=idempotency_key(request, body),
    )
    verdict = await gateway_of(request).agency_payment_reversals.submit(
        account_of(request), command
    )
    if not isinstance(verdict, ActionView):
        raise verdict
    return document_response(action_answer(_RESOURCE, verdict), 201)


_RESOURCE = Resource(PATH, AGENCY_PAYMENT_REVERSALS, "_reversal_status", answers=reversed_amount)

REVERSAL_ROUTES: tuple[HTTPRouteHandler, ...] = (post_agency_payment_reversal,)
