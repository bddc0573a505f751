"""POST and GET /creditor--payments."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from fordran.api.creditor_action_requests import CreditorPaymentRequest
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
from fordran.operations.report_creditor_payments import ReportCreditorPayment
from fordran.storage.creditor_payments import PAYMENTS, StoredPayment

PATH = "/creditor--payments"


@post(PATH)
async def post_payment(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Report a payment that the debtor made to the creditor; it is settled at once."""
    door = gateway_of(request).payments
    return await post_action(request, _RESOURCE, CreditorPaymentRequest, door, _command)


@get(PATH, sync_to_thread=True)
def list_payments(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's reported payments, a page at a time."""
    return list_actions(request, _RESOURCE)


@get(PATH + "/{payment_id:str}", sync_to_thread=True)
def get_payment(request: Request[Any, Any, Any], payment_id: FromPath[str]) -> Response[bytes]:
    """Show one reported payment."""
    return get_action(request, _RESOURCE, payment_id)


def _command(asked: CreditorPaymentRequest, shared: dict[str, Any]) -> ReportCreditorPayment:
    return ReportCreditorPayment(
        **shared,
        amount=asked.amount,
        bank_transaction_at=asked.bank_transaction_date,
        client_registration_at=asked.client_registration_date,
        reference=asked.creditor_payment_reference,
    )


def _fields(payment: StoredPayment) -> Document:
    return given(
        currency=payment.currency,
        amount=wire_amount(Money(payment.amount_minor)),
        bank_transaction_date=format_instant(payment.bank_transaction_at),
        client_registration_date=format_instant(payment.client_registration_at),
        creditor_payment_reference=payment.creditor_payment_reference,
    )


_RESOURCE = Resource(PATH, PAYMENTS, "_payment_status", fields=_fields, results=settled_amount)
