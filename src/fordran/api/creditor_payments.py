"""POST and GET /creditor--payments."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath

from fordran.api.decode import BadInput, decode
from fordran.api.documents import payment_answer, payment_document, projected
from fordran.api.gateway import account_of, gateway_of
from fordran.api.idempotency import idempotency_key
from fordran.api.ids import document_id
from fordran.api.issues import with_reference_issues
from fordran.api.queries import read_projection, read_query
from fordran.api.requests import CreditorPaymentRequest
from fordran.api.responses import (
    created_response,
    document_response,
    failure_response,
    list_response,
)
from fordran.operations.report_creditor_payments import PaymentReported, ReportCreditorPayment
from fordran.storage.payments import PAYMENTS, payment_page, payments_by_id

PATH = "/creditor--payments"


@post(PATH)
async def post_payment(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Report a payment that the debtor made to the creditor; it is settled at once."""
    body = await request.body()
    account_id = account_of(request)
    gateway = gateway_of(request)
    try:
        asked = decode(CreditorPaymentRequest, body)
    except BadInput as bad:
        raise await with_reference_issues(gateway, account_id, body, bad) from None
    command = ReportCreditorPayment(
        creditor_id=asked.creditor,
        case_id=asked.case,
        invoice_number=asked.invoice_number,
        amount=asked.amount,
        bank_transaction_at=asked.bank_transaction_date,
        client_registration_at=asked.client_registration_date,
        reference=asked.creditor_payment_reference,
        request=body,
        account_id=asked.account,
        idempotency=idempotency_key(request, body),
    )
    verdict = await gateway.payments.submit(account_id, command)
    if not isinstance(verdict, PaymentReported):
        raise verdict
    return created_response(payment_answer(verdict.payment, verdict.case_numbers), PATH)


@get(PATH, sync_to_thread=True)
def list_payments(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's reported payments, a page at a time."""
    account_id = account_of(request)
    query = read_query(request.query_params, PAYMENTS.fields)
    found, total = gateway_of(request).context.database.read(
        account_id, lambda uow: payment_page(uow, query.page)
    )
    documents = [projected(payment_document(account_id, view), query.projection) for view in found]
    return list_response(documents, total, number=query.page.number, size=query.page.size)


@get(PATH + "/{payment_id:str}", sync_to_thread=True)
def get_payment(request: Request[Any, Any, Any], payment_id: FromPath[str]) -> Response[bytes]:
    """Show one reported payment."""
    account_id = account_of(request)
    projection = read_projection(request.query_params)
    wanted = document_id(payment_id) or ""
    found = gateway_of(request).context.database.read(
        account_id, lambda uow: payments_by_id(uow, [wanted])
    )
    if wanted not in found:
        return failure_response("not_found")
    return document_response(projected(payment_document(account_id, found[wanted]), projection))
