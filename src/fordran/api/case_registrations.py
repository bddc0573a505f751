"""POST and GET /case--registrations."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from msgspec.structs import replace

from fordran.api.case_settings import CaseSettingsRequest
from fordran.api.decode import BadInput, decode
from fordran.api.documents import Document, registration_answer, registration_document
from fordran.api.gateway import account_of, gateway_of
from fordran.api.idempotency import idempotency_key
from fordran.api.issues import with_reference_issues
from fordran.api.reading import answer_one, answer_page
from fordran.api.requests import (
    CaseRegistrationRequest,
    ClaimedFeesRequest,
    CustomerRequest,
    DebtRequest,
    IncludedFeesRequest,
)
from fordran.api.responses import created_response
from fordran.domain.case import Debt, FeeAlreadyClaimed
from fordran.domain.flow import FirstAction
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.money import Money
from fordran.operations.register_cases import RegisterCases, Registered
from fordran.storage.registrations import (
    REGISTRATIONS,
    StoredRegistration,
)

PATH = "/case--registrations"


@post(PATH)
async def post_registration(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Register debts: each becomes a case."""
    body = await request.body()
    account_id = account_of(request)
    gateway = gateway_of(request)
    try:
        asked = decode(CaseRegistrationRequest, body)
    except BadInput as bad:
        raise await with_reference_issues(gateway, account_id, body, bad) from None
    command = replace(_command(asked, body), idempotency=idempotency_key(request, body))
    verdict = await gateway.registrations.submit(account_id, command)
    if not isinstance(verdict, Registered):
        raise verdict
    return created_response(registration_answer(verdict.registration), PATH)


@get(PATH, sync_to_thread=True)
def list_registrations(request: Request[Any, Any, Any]) -> Response[bytes]:
    """List the account's registrations, a page at a time."""
    return answer_page(request, REGISTRATIONS, _shown(request))


@get(PATH + "/{registration_id:str}", sync_to_thread=True)
def get_registration(
    request: Request[Any, Any, Any], registration_id: FromPath[str]
) -> Response[bytes]:
    """Show one registration."""
    return answer_one(request, REGISTRATIONS, registration_id, _shown(request))


def _shown(request: Request[Any, Any, Any]) -> Callable[[StoredRegistration], Document]:
    return partial(registration_document, account_of(request))


def _command(asked: CaseRegistrationRequest, body: bytes) -> RegisterCases:
    return RegisterCases(
        creditor_id=asked.creditor,
        currency=asked.currency,
        customer_kind=_kind(asked.customer),
        customer=_without_none(asked.customer),
        debts=tuple(_debt(debt) for debt in asked.debts),
        request=body,
        first_action=FirstAction(asked.first_action),
        account_id=asked.account,
    )


def _kind(customer: CustomerRequest) -> IdNumberKind:
    if customer.is_person:
        return IdNumberKind.PERSON
    return IdNumberKind.COMPANY if customer.is_company else IdNumberKind.FOREIGN


def _without_none(value: msgspec.Struct) -> dict[str, Any]:
    return {
        name: _without_none(field) if isinstance(field, msgspec.Struct) else field
        for name, field in msgspec.structs.asdict(value).items()
        if field is not None
    }


def _debt(asked: DebtRequest) -> Debt:
    settings = asked.case_settings or CaseSettingsRequest()
    due_days = asked.invoice_due_days_after_invoice_date
    interest_days = asked.interest_days_after_invoice_date
    return Debt(
        invoice_number=asked.invoice_number,
        invoice_on=asked.invoice_date,
        due_days=due_days,
        interest_days=due_days if interest_days is None else interest_days,
        capital_to_claim=asked.capital_to_claim,
        payout_reference=asked.payout_reference or asked.debt_reference or asked.invoice_number,
        debt_description=asked.debt_description,
        debt_reference=asked.debt_reference,
        fees_included=_fees_included(asked.fees_included_in_capital_to_claim),
        fees_already_claimed=_fees_already_claimed(asked.fees_already_claimed),
        interest=settings.interest_rate.terms() if settings.interest_rate else None,
        consumer_credit=settings.consumer_credit.credit() if settings.consumer_credit else None,
    )


def _fees_included(asked: IncludedFeesRequest | None) -> dict[str, Money]:
    fees: Mapping[str, Money | None] = msgspec.structs.asdict(asked) if asked else {}
    return {kind: amount for kind, amount in fees.items() if amount is not None}


def _fees_already_claimed(asked: ClaimedFeesRequest | None) -> tuple[FeeAlreadyClaimed, ...]:
    fees = msgspec.structs.asdict(asked) if asked else {}
    return tuple(
        FeeAlreadyClaimed(kind, fee.amount, fee.fee_registration_date)
        for kind, fee in fees.items()
        if fee is not None
    )
