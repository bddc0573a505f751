"""POST, GET /sandbox--payments: a debtor's payment to the agency, as the bank would report it."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta

from fordran.api.decode import InputModel, decode
from fordran.api.documents import Document, written
from fordran.api.gateway import account_of, gateway_of
from fordran.api.idempotency import idempotency_key
from fordran.api.reading import answer_one, answer_page
from fordran.api.responses import created_response
from fordran.api.scalars import Instant, PositiveAmount, format_instant, wire_amount
from fordran.domain.money import Money
from fordran.domain.outcome import OutcomeStatus
from fordran.operations.receive_payments import ReceivePayment
from fordran.storage.payments import (
    AGENCY_PAYMENTS,
    StoredAgencyPayment,
)

PATH = "/sandbox--payments"


class AgencyPaymentRequest(InputModel, frozen=True, kw_only=True):
    """Money that a debtor has paid to the agency."""

    ocr_number: Annotated[str, Meta(min_length=1, max_length=50)]
    amount: PositiveAmount
    currency: Literal["SEK"]
    bank_transaction_date: Instant


@post(PATH)
async def post_agency_payment(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Let a debtor pay to the agency; the payment is settled at once."""
    body = await request.body()
    asked = decode(AgencyPaymentRequest, body)
    command = ReceivePayment(
        ocr_number=asked.ocr_number,
        amount=asked.amount,
        bank_transaction_at=asked.bank_transaction_date,
        request=body,
        idempotency=idempotency_key(request, body),
    )
    verdict = await gateway_of(request).agency_payments.submit(account_of(request), command)
    if not isinstance(verdict, StoredAgencyPayment):
        raise verdict
    return created_response(payment_answer(verdict), PATH)


@get(PATH, sync_to_thread=True)
def list_agency_payments(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the payments to the agency for the account's cases, a page at a time."""
    return answer_page(request, AGENCY_PAYMENTS, _shown(request))


@get(PATH + "/{payment_id:str}", sync_to_thread=True)
def get_agency_payment(
    request: Request[Any, Any, Any], payment_id: FromPath[str]
) -> Response[bytes]:
    """Show one payment to the agency."""
    return answer_one(request, AGENCY_PAYMENTS, payment_id, _shown(request))


def _shown(request: Request[Any, Any, Any]) -> Callable[[StoredAgencyPayment], Document]:
    return partial(payment_document, account_of(request))


PAYMENT_ROUTES: tuple[HTTPRouteHandler, ...] = (
    post_agency_payment,
    list_agency_payments,
    get_agency_payment,
)


def payment_answer(payment: StoredAgencyPayment) -> Document:
    """Return the answer to a payment: how it went stands in it when not all went well."""
    answer = {
        **written(payment.created_at, payment.etag, payment.id),
        "_status": "OK",
        "_payment_status": payment.status,
    }
    return answer if payment.status == OutcomeStatus.COMPLETED else answer | _results(payment)


def payment_document(account_id: str, payment: StoredAgencyPayment) -> Document:
    """Return the document of a payment, with the cases it was split over."""
    return {
        **written(payment.created_at, payment.etag, payment.id),
        "account": account_id,
        "case": payment.case_id,
        "ocr_number": payment.ocr_number,
        "source": payment.source,
        "currency": payment.currency,
        "amount": _kronor(payment.amount_minor),
        "bank_transaction_date": format_instant(payment.bank_transaction_at),
        "booking_date": format_instant(payment.booked_at),
        "_payment_status": payment.status,
        **_results(payment),
    }


def _results(payment: StoredAgencyPayment) -> Document:
    results = {
        "status": payment.status,
        "settled_amount": _kronor(payment.settled_minor),
        "credited_amount": _kronor(payment.credited_minor),
        "allocations": [
            {
                "case": part.case_id,
                "amount": _kronor(part.amount),
                "settled_amount": _kronor(part.settled),
            }
            for part in payment.allocations
        ],
    }
    if payment.status_reason is not None:
        results["status_reason_locale"] = payment.status_reason
    return results


def _kronor(minor: int) -> int | float:
    return wire_amount(Money(minor))
