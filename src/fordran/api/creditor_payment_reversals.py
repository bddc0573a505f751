"""POST and GET /creditor--payment-reversals."""

from typing import Any

from fordran.api.creditor_action_requests import CreditorPaymentReversalRequest
from fordran.api.creditor_actions import Resource, action_routes
from fordran.api.documents import Document
from fordran.api.scalars import wire_amount
from fordran.domain.money import Money
from fordran.operations.reverse_payments import ReversePayment
from fordran.storage.payment_reversals import CREDITOR_PAYMENT_REVERSALS, StoredReversal


def reversed_amount(reversal: StoredReversal) -> Document:
    """Return what a reversal took back of what its payment had settled."""
    return {"reversed_amount": wire_amount(Money(reversal.reversed_minor))}


def _command(asked: CreditorPaymentReversalRequest, shared: dict[str, Any]) -> ReversePayment:
    return ReversePayment(**shared, payment_id=asked.creditor_payment)


def _fields(reversal: StoredReversal) -> Document:
    return {"creditor_payment": reversal.payment_id}


_RESOURCE = Resource(
    "/creditor--payment-reversals",
    CREDITOR_PAYMENT_REVERSALS,
    "_reversal_status",
    fields=_fields,
    answers=reversed_amount,
)

ROUTES = action_routes(
    _RESOURCE,
    handler="payment_reversal",
    parameter="reversal_id",
    model=CreditorPaymentReversalRequest,
    door=lambda gateway: gateway.payment_reversals,
    command=_command,
)
"""Take back a reported payment; the case is as it would be without it."""
