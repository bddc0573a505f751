"""POST and GET /creditor--creditings."""

from typing import Any

from fordran.api.creditor_action_requests import CreditorCreditingRequest
from fordran.api.creditor_actions import Resource, action_routes, given, settled_amount
from fordran.api.documents import Document
from fordran.api.scalars import format_instant, wire_amount
from fordran.domain.money import Money
from fordran.operations.report_creditor_creditings import ReportCrediting
from fordran.storage.creditor_creditings import CREDITINGS, StoredCrediting


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


_RESOURCE = Resource(
    "/creditor--creditings", CREDITINGS, "_payment_status", fields=_fields, results=settled_amount
)

ROUTES = action_routes(
    _RESOURCE,
    handler="crediting",
    parameter="crediting_id",
    model=CreditorCreditingRequest,
    door=lambda gateway: gateway.creditings,
    command=_command,
)
"""Credit a claim or a part of it; the crediting is settled at once."""
