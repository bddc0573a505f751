"""The operations on payments to the agency that the sandbox adds."""

from typing import Any

from fordran.api.openapi_examples import CASE, page_of
from fordran.api.openapi_operations import POST_FAILURES, operation
from fordran.api.openapi_parts import (
    Part,
    answer,
    body,
    created,
    failures,
    found,
    list_parameters,
    path_id,
)
from fordran.api.openapi_scalars import (
    Schema,
    amount,
    array,
    choice,
    date,
    document_id,
    marker_schema,
    record,
    reference,
    status_ok,
    text,
    written,
)
from fordran.api.openapi_texts import SANDBOX_TAG
from fordran.api.queries import SIZE_MAX
from fordran.api.scalars import Instant, PositiveAmount
from fordran.domain.ledger import MoneySource
from fordran.domain.outcome import OutcomeStatus
from fordran.storage.payments import AGENCY_PAYMENTS

_OCR_NUMBER = "20252460000000000006"
_PAID = "Wed, 03 Sep 2025 00:00:00 GMT"

_REQUEST: Schema = {
    "type": "object",
    "description": "Money that a debtor has paid to the agency.",
    "properties": {
        "ocr_number": {
            "type": "string",
            "minLength": 1,
            "maxLength": 50,
            "description": (
                "The payment reference of a case, as its letter asks for it; spaces and hyphens "
                "are not looked at. It stands for every case of the letter."
            ),
        },
        "amount": {
            **marker_schema(PositiveAmount),
            "description": "What was paid. Kronor, at most two decimals.",
        },
        "currency": choice("The currency of the amount.", "SEK"),
        "bank_transaction_date": {
            **marker_schema(Instant),
            "description": "From when it counts: from the invoice date to today.",
        },
    },
    "required": ["ocr_number", "amount", "currency", "bank_transaction_date"],
    "additionalProperties": False,
}

_ASKED = {
    "ocr_number": _OCR_NUMBER,
    "amount": 2100.5,
    "currency": "SEK",
    "bank_transaction_date": _PAID,
}
_WRITTEN = {
    "_updated": "Wed, 03 Sep 2025 11:18:58 GMT",
    "_created": "Wed, 03 Sep 2025 11:18:58 GMT",
    "_etag": "3f786850e387550fdab836ed7e6dc881de23001b",
    "_id": "68b82422d6fd1d378f18d2e9",
}
_ANSWERED = {**_WRITTEN, "_status": "OK", "_payment_status": "completed"}
_SETTLED_IN_PART = {
    "status": "warning",
    "status_reason_locale": "payment.overpaid",
    "settled_amount": 2014,
    "credited_amount": 86.5,
    "allocations": [{"case": CASE["_id"], "amount": 2100.5, "settled_amount": 2014}],
}
_DOCUMENT = {
    **_WRITTEN,
    **_ASKED,
    "account": CASE["account"],
    "case": CASE["_id"],
    "source": "agency",
    "booking_date": "Wed, 03 Sep 2025 11:18:58 GMT",
    "_payment_status": "warning",
    **_SETTLED_IN_PART,
}


def _status(description: str) -> Schema:
    return choice(description, OutcomeStatus.COMPLETED.value, OutcomeStatus.WARNING.value)


_RESULTS: dict[str, Schema] = {
    "status": _status("The same as `_payment_status`."),
    "settled_amount": amount("How much of it was settled.", 2014),
    "credited_amount": amount("How much of it is the debtor's.", 86.5),
    "allocations": array(
        record(
            "What went to one case.",
            {
                "case": document_id("The case."),
                "amount": amount("What went to it.", 2100.5),
                "settled_amount": amount("How much of that was settled.", 2014),
            },
        ),
        "The cases that it was split over, in the order they were paid.",
    ),
    "status_reason_locale": text(
        "Why not all was settled: `payment.overpaid` or `payment.case_closed`. Absent when all "
        "was.",
        "payment.overpaid",
    ),
}

_ANSWER = record(
    "How the payment was settled. The details stand here only when not all was settled; the "
    "payment itself always has them.",
    {
        **written(40),
        "_status": status_ok(),
        "_payment_status": _status("`completed`: all was settled. `warning`: not all was."),
        **_RESULTS,
    },
    optional=tuple(_RESULTS),
)

_PAYMENT = record(
    "A payment to the agency.",
    {
        **written(40),
        "account": document_id("The account."),
        "case": document_id("The case of the OCR number."),
        "ocr_number": text("The payment reference.", pattern="^[0-9]{20}$"),
        "source": choice(
            "Who paid: the debtor, or the enforcement authority.",
            MoneySource.AGENCY.value,
            MoneySource.AUTHORITY.value,
        ),
        "currency": choice("The currency.", "SEK"),
        "amount": amount("What was paid.", 2100.5),
        "bank_transaction_date": date("From when it counts."),
        "booking_date": date("When the bank booked it."),
        "_payment_status": _status("How it was settled."),
        **_RESULTS,
    },
    optional=("status_reason_locale",),
)

_PAGE = record(
    "A page of a list.",
    {"_items": array(_PAYMENT, maxItems=SIZE_MAX), "_meta": reference("ListMeta")},
)


def _operation(name: str, summary: str, **rest: Any) -> Part:
    return operation(name, SANDBOX_TAG, summary, **rest)


SANDBOX_PAYMENT_PATHS: dict[str, Part] = {
    "/sandbox--payments": {
        "post": _operation(
            "post_agency_payment",
            "Let a debtor pay to the agency",
            description=(
                "As when the bank reports a payment. It is settled at once: costs first, then "
                "interest, then capital; what the case of the number does not need goes to the "
                "other open cases of its letter, and what is left is the debtor's."
            ),
            parameters=[{"$ref": "#/components/parameters/IdempotencyKey"}],
            requestBody=body(_REQUEST, {"A payment": _ASKED}),
            responses={
                "201": created(
                    "The payment has been taken in; `_payment_status` says how it was settled.",
                    _ANSWER,
                    {
                        "Settled": _ANSWERED,
                        "Too much": {
                            **_ANSWERED,
                            "_payment_status": "warning",
                            **_SETTLED_IN_PART,
                        },
                    },
                ),
                **failures(*POST_FAILURES),
            },
        ),
        "get": _operation(
            "list_agency_payments",
            "List payments to the agency, a page at a time",
            parameters=list_parameters(AGENCY_PAYMENTS.fields),
            responses={
                "200": answer(
                    "A page; empty when nothing matches.",
                    _PAGE,
                    {"A page with one": page_of(_DOCUMENT)},
                ),
                **failures("invalid_query", "unauthorized"),
            },
        ),
    },
    "/sandbox--payments/{payment_id}": {
        "get": _operation(
            "get_agency_payment",
            "Show one payment to the agency",
            parameters=[
                path_id("payment_id", "The payment's `_id`.", _WRITTEN["_id"]),
                {"$ref": "#/components/parameters/Projection"},
            ],
            responses={
                "200": found("The document.", _PAYMENT, {"Too much": _DOCUMENT}),
                **failures("invalid_query", "unauthorized", "not_found"),
            },
        ),
    },
}
"""The path items of payments to the agency."""
