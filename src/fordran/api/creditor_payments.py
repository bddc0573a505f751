"""POST and GET /creditor--payments."""

from typing import Any

from fordran.api.creditor_action_requests import CreditorPaymentRequest
from fordran.api.creditor_actions import Resource, action_routes, given, settled_amount
from fordran.api.documents import Document
from fordran.api.scalars import format_instant, wire_amount
from fordran.domain.money import Money
from fordran.operations.report_creditor_payments import ReportCreditorPayment
from fordran.storage.creditor_payments import PAYMENTS, StoredPayment


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


_RESOURCE = Resource(
    "/creditor--payments", PAYMENTS, "_payment_status", fields=_fields, results=settled_amount
)

ROUTES = action_routes(
    _RESOURCE,
    handler="payment",
    parameter="payment_id",
    model=CreditorPaymentRequest,
    door=lambda gateway: gateway.payments,
    command=_command,
)
"""Report a payment that the debtor made to the creditor; it is settled at once."""
