"""The schemas of the input models: made from the models, with a sentence for each field."""

import re
from typing import Any

import msgspec

from fordran.api.creditor_action_requests import (
    CreditorCancellationRequest,
    CreditorCreditingRequest,
    CreditorPaymentRequest,
    CreditorPaymentReversalRequest,
    DisputeOutcomeRequest,
    DisputeRequest,
    InterestReductionRequest,
    PauseRequest,
    RespiteRequest,
    ResumptionRequest,
)
from fordran.api.openapi_scalars import Schema, marker_schema
from fordran.api.requests import CaseRegistrationRequest

INPUT_MODELS = (
    CaseRegistrationRequest,
    CreditorPaymentRequest,
    CreditorCreditingRequest,
    CreditorCancellationRequest,
    CreditorPaymentReversalRequest,
    InterestReductionRequest,
    RespiteRequest,
    PauseRequest,
    ResumptionRequest,
    DisputeRequest,
    DisputeOutcomeRequest,
)

_ACCOUNT = "Your account. It may be left out: the access token says whose request this is."
_FEE_IN_CAPITAL = "What of the capital is this fee."
_FEE_CLAIMED = "This fee, if you have charged it."
_REPORTER = {
    "account": _ACCOUNT,
    "creditor": "Who reports: the creditor of the case.",
    "origin": "Who reports.",
}
_REPORT = {
    **_REPORTER,
    "case": "The case. Send either this or `invoice_number`.",
    "invoice_number": "The invoice whose case is meant. Send either this or `case`.",
    "file_import_report": "Set by the server; a request that has it is refused.",
}
_MONEY = {"currency": "The currency of the amount."}

FIELD_TEXTS: dict[str, dict[str, str]] = {
    "CaseRegistrationRequest": {
        "account": _ACCOUNT,
        "creditor": "Who is owed: an active creditor of your account.",
        "first_action": "Where the flow starts.",
        "currency": "The currency of every amount in the request.",
        "customer": "Who owes.",
        "debts": "The unpaid invoices. An invoice number may occur once.",
    },
    "CustomerRequest": {
        "name": "The person's or the company's name, as letters are to show it.",
        "id_number": (
            "A person's identity or coordination number, or a company's organisation number, with "
            "10 or 12 digits, with or without a hyphen. It is checked. Of a foreigner, any text."
        ),
        "address": "Where letters go.",
        "is_person": "Exactly one of `is_person`, `is_company` and `is_foreign` is true.",
        "is_company": "Exactly one of `is_person`, `is_company` and `is_foreign` is true.",
        "is_foreign": "Exactly one of `is_person`, `is_company` and `is_foreign` is true.",
        "customer_number": "Your own number of the customer.",
        "mobile_number": "A mobile phone number.",
        "email": "An e-mail address.",
    },
    "AddressRequest": {
        "address_line_1": "Street and number, or a box.",
        "zip_code": "The postal code.",
        "city": "The town.",
        "country": "Two letters (ISO 3166-1).",
    },
    "DebtRequest": {
        "invoice_number": (
            "Your number of the invoice. While a case of this creditor, customer and invoice is "
            "open, a second registration of it is refused."
        ),
        "invoice_date": "The date of the invoice; not in the future.",
        "capital_to_claim": "What the invoice asks for. Kronor, at most two decimals.",
        "invoice_due_days_after_invoice_date": "The due date, as days after the invoice date.",
        "interest_days_after_invoice_date": (
            "Interest runs from the day after this many days after the invoice date. "
            "Left out: the same as the due date."
        ),
        "debt_description": "What was sold. Left out: the creditor's standard description.",
        "debt_reference": "Your own reference of the debt.",
        "payout_reference": (
            "What payouts to you name. Left out: `debt_reference`, else `invoice_number`."
        ),
        "fees_included_in_capital_to_claim": (
            "Fees that are part of `capital_to_claim`. Together they do not exceed it."
        ),
        "fees_already_claimed": "Fees that you have charged beside the capital.",
        "case_settings": "What holds for this claim only.",
    },
    "IncludedFeesRequest": dict.fromkeys(
        ("invoice_fee", "reminder", "late_payment_fee", "verdict_fee", "enforcement"),
        _FEE_IN_CAPITAL,
    ),
    "ClaimedFeesRequest": dict.fromkeys(
        ("reminder", "late_payment_fee", "verdict_fee", "enforcement"), _FEE_CLAIMED
    ),
    "ClaimedFeeRequest": {
        "amount": "Kronor, at most two decimals.",
        "fee_registration_date": "The day you charged it.",
    },
    "CaseSettingsRequest": {
        "interest_rate": "How the claim bears interest. Left out: as your agreement says.",
        "consumer_credit": "The consumer credit that the claim comes from; of a person only.",
    },
    "InterestRateRequest": {
        "reference_rate": (
            "`true`: the reference rate and a margin (Interest Act, 6 §). `false`: no interest."
        ),
        "margin_percent": "The margin that was agreed. Left out: the statutory 8.",
        "fixed_rate_percent": "The yearly rate that was agreed, instead of `reference_rate`.",
        "statutory_floor": (
            "`true`: the claim bore the fixed rate before it was due, and never bears less than "
            "the statutory rate after (7 §)."
        ),
        "start": (
            "`due_date`: the day after the agreed due date (3 §). `demand_30_days`: thirty days "
            "after the invoice was sent (4 §). Left out: `due_date`."
        ),
    },
    "ConsumerCreditRequest": {
        "credit_amount": "The amount of the credit: interest and costs never exceed it.",
        "cost_before": "What the credit cost before the claim was registered.",
    },
    "CreditorPaymentRequest": {
        **_REPORT,
        **_MONEY,
        "amount": "What the debtor paid. Kronor, at most two decimals.",
        "bank_transaction_date": (
            "When the money reached the creditor: from the invoice date to today."
        ),
        "client_registration_date": "When you booked it. Left out: now.",
        "creditor_payment_reference": (
            "Your own reference of the payment. A second report with the same reference, case, "
            "amount and date settles nothing, so a report with a reference can be repeated."
        ),
    },
    "CreditorCreditingRequest": {
        **_REPORT,
        **_MONEY,
        "amount": "What is credited, all of the claim or a part. Kronor, at most two decimals.",
        "client_registration_date": (
            "When you credited: from the invoice date to today. Left out: now."
        ),
        "credit_invoice": "Your number of the credit invoice.",
        "creditor_reference": "Your own reference. It makes nothing a duplicate.",
    },
    "CreditorCancellationRequest": _REPORT,
    "CreditorPaymentReversalRequest": {
        **_REPORTER,
        "creditor_payment": "The `_id` of the payment that you reported.",
    },
    "InterestReductionRequest": {
        **_REPORTER,
        "case": "The case.",
        "first_date": "The first day of the lower rate.",
        "last_date": "The last day of it. Left out: until further notice.",
        "annual_rate_percent": (
            "The most that the claim bears on those days, percent a year, at most four decimals."
        ),
        "reason": "Why.",
        "decided_by": "The person who decided.",
    },
    "RespiteRequest": {
        **_REPORTER,
        "respite_to_date": "The last day of the respite: after today, at most a year ahead.",
    },
    "PauseRequest": {**_REPORT, "reason": "Why the flow is to stand still."},
    "ResumptionRequest": {**_REPORTER, "reason": "Why it may go on."},
    "DisputeRequest": {
        **_REPORT,
        "kind": "What the debtor says.",
        "amount": (
            "What is disputed, at most what remains of the capital. Left out: the whole claim. "
            "Kronor, at most two decimals."
        ),
        "text": "What the debtor says, in words.",
        "hold_other_cases": "`true`: hold the debtor's other open cases at the creditor too.",
    },
    "DisputeOutcomeRequest": {
        **_REPORTER,
        "outcome": "How the dispute ends.",
        "amount": (
            "With `partly_upheld`, and only then: what was right of it, at most what is disputed. "
            "Kronor, at most two decimals."
        ),
        "explanation": "Why, as the debtor is to be told.",
    },
}
"""What each field of each input model means."""

_DECISION = re.compile(r" \(decisions? [0-9]+\)")


def input_schemas() -> dict[str, Schema]:
    """Return the schemas of the input models and of what they are made of, by name."""
    return model_schemas(*INPUT_MODELS)


def model_schemas(*models: type) -> dict[str, Schema]:
    """Return the schemas of models, by name, with the texts of their fields.

    Raises: KeyError, if a field has no text.
    """
    _, found = msgspec.json.schema_components(
        models, schema_hook=marker_schema, ref_template="#/components/schemas/{name}"
    )
    return {name: _described(name, schema) for name, schema in found.items()}


def _described(name: str, schema: Schema) -> Schema:
    properties = {
        field: _field(FIELD_TEXTS[name][field], given)
        for field, given in schema["properties"].items()
    }
    description = _DECISION.sub("", schema["description"])
    return schema | {"description": description, "properties": properties}


def _field(description: str, given: Schema) -> Schema:
    """Say that null is the same as nothing in the shortest way, and what the field means."""
    schema = {key: value for key, value in given.items() if key != "default"}
    if "enum" in schema:
        schema = {"type": "string", **schema}
    kinds: list[dict[str, Any]] = schema.get("anyOf", [])
    if kinds and "readOnly" in kinds[0]:
        schema = dict(kinds[0])
    elif kinds and "type" in kinds[0]:
        schema = {**kinds[0], "type": [kinds[0]["type"], "null"]}
    about = schema.get("description")
    return {**schema, "description": f"{description} {about}" if about else description}
