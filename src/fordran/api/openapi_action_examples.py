"""Examples of what creditors report about their cases, about the case of the other examples."""

from typing import Any

from fordran.api.openapi_examples import PAYMENT_REQUEST, PAYMENT_REQUEST_BY_INVOICE

Example = dict[str, Any]

CASE_NUMBERS = {"case_invoice_number": "INV-2025-003", "case_reference_number": "48640"}

_SHARED = ("creditor", "case", "origin")
WHO = {name: PAYMENT_REQUEST[name] for name in _SHARED}
WHO_BY_INVOICE = {
    name: PAYMENT_REQUEST_BY_INVOICE[name] for name in ("creditor", "invoice_number", "origin")
}
ACCOUNT = {"account": PAYMENT_REQUEST["account"]}


def written(document_id: str, etag: str, at: str) -> Example:
    """Return the fields of every document."""
    return {"_updated": at, "_created": at, "_etag": etag, "_id": document_id}


def answered(answer: Example, *without: str) -> Example:
    """Return what a document has in common with the answer that made it."""
    return {name: value for name, value in answer.items() if name not in ("_status", *without)}


CREDITING_REQUEST: Example = {
    **WHO,
    "currency": "SEK",
    "amount": 500,
    "credit_invoice": "CRED-2025-001",
    "creditor_reference": "A-17",
}
"""A quarter of the claim is credited."""

CREDITING_REQUEST_BY_INVOICE: Example = {**WHO_BY_INVOICE, "currency": "SEK", "amount": 2000}
"""All of it is credited, naming the invoice instead of the case."""

CREDITING_ANSWER: Example = {
    **written(
        "68b82102d6fd1d378f18d2a1",
        "0c9f17b0a1f3d8b9b4e6f2a97a2f7a41d5a3c1e2",
        "Wed, 03 Sep 2025 11:05:38 GMT",
    ),
    "_status": "OK",
    "_payment_status": "completed",
}
"""The answer to the first."""

CREDITING_ANSWER_WARNING: Example = {
    **CREDITING_ANSWER,
    "_payment_status": "warning",
    "status": "warning",
    "settled_amount": 2000,
    **CASE_NUMBERS,
    "status_reason_locale": "creditor_crediting.overcredited",
}
"""The answer to a crediting of more than is owed."""

CREDITING: Example = {
    **answered(CREDITING_ANSWER),
    **ACCOUNT,
    **CREDITING_REQUEST,
    "client_registration_date": "Wed, 03 Sep 2025 11:05:38 GMT",
    "status": "completed",
    "settled_amount": 500,
    **CASE_NUMBERS,
}
"""The crediting when it is read."""

CANCELLATION_REQUEST: Example = WHO
"""The creditor wants no more to be done."""

CANCELLATION_REQUEST_BY_INVOICE: Example = WHO_BY_INVOICE
"""The same, naming the invoice."""

CANCELLATION_ANSWER: Example = {
    **written(
        "68b821a0d6fd1d378f18d2b4",
        "5d1b8c9ae20d7f6a9b1c4e3f8a7d6c5b4e3f2a10",
        "Wed, 03 Sep 2025 11:08:16 GMT",
    ),
    "_status": "OK",
    "_cancellation_status": "completed",
}
"""The answer to it."""

CANCELLATION_ANSWER_WARNING: Example = {
    **CANCELLATION_ANSWER,
    "_cancellation_status": "warning",
    "status": "warning",
    **CASE_NUMBERS,
    "status_reason_locale": "creditor_cancellation.case_closed",
}
"""The answer when the case has ended already."""

CANCELLATION: Example = {
    **answered(CANCELLATION_ANSWER),
    **ACCOUNT,
    **CANCELLATION_REQUEST,
    "status": "completed",
    **CASE_NUMBERS,
}
"""The cancellation when it is read."""

PAYMENT_REVERSAL_REQUEST: Example = {
    "creditor": PAYMENT_REQUEST["creditor"],
    "creditor_payment": "68b82422d6fd1d378f18d2e9",
    "origin": "creditor_system",
}
"""The payment of the other examples bounced."""

PAYMENT_REVERSAL_ANSWER: Example = {
    **written(
        "68b82b9ed6fd1d378f18d301",
        "9e107d9d372bb6826bd81d3542a419d6c0ffee12",
        "Wed, 03 Sep 2025 11:50:54 GMT",
    ),
    "_status": "OK",
    "_reversal_status": "completed",
    "reversed_amount": 2000,
}
"""The answer to it."""

PAYMENT_REVERSAL_ANSWER_WARNING: Example = {
    **PAYMENT_REVERSAL_ANSWER,
    "_reversal_status": "warning",
    "reversed_amount": 0,
    "status": "warning",
    **CASE_NUMBERS,
    "status_reason_locale": "payment_reversal.already_reversed",
}
"""The answer to a second reversal of the same payment."""

PAYMENT_REVERSAL: Example = {
    **answered(PAYMENT_REVERSAL_ANSWER),
    **ACCOUNT,
    **PAYMENT_REVERSAL_REQUEST,
    "case": PAYMENT_REQUEST["case"],
    "status": "completed",
    **CASE_NUMBERS,
}
"""The reversal when it is read."""

INTEREST_REDUCTION_REQUEST: Example = {
    **WHO,
    "first_date": "Fri, 08 Aug 2025 00:00:00 GMT",
    "last_date": "Sun, 17 Aug 2025 00:00:00 GMT",
    "annual_rate_percent": 5.5,
    "reason": "The debtor was in hospital.",
    "decided_by": "Anna Berg",
}
"""Ten days bear a lower rate."""

INTEREST_REDUCTION_ANSWER: Example = {
    **written(
        "68b82cf0d6fd1d378f18d30c",
        "1f3870be274f6c49b3e31a0c6728957f3a1d2b4c",
        "Wed, 03 Sep 2025 11:56:32 GMT",
    ),
    "_status": "OK",
    "_reduction_status": "completed",
}
"""The answer to it."""

INTEREST_REDUCTION_ANSWER_ERROR: Example = {
    **INTEREST_REDUCTION_ANSWER,
    "_reduction_status": "error",
    "status": "error",
    **CASE_NUMBERS,
    "status_reason_locale": "interest_reduction.case_closed",
}
"""The answer when the case is closed."""

INTEREST_REDUCTION: Example = {
    **answered(INTEREST_REDUCTION_ANSWER),
    **ACCOUNT,
    **INTEREST_REDUCTION_REQUEST,
    "status": "completed",
    **CASE_NUMBERS,
}
"""The reduction when it is read."""
