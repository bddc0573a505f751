"""Examples: the bodies of the API documentation's case flow example, and more in its manner."""

from typing import Any

Example = dict[str, Any]

REGISTRATION_REQUEST: Example = {
    "account": "674dbeaf08847b9501cc9132",
    "creditor": "674dbeb208847b9501cc9138",
    "first_action": "debt_collection",
    "currency": "SEK",
    "customer": {
        "name": "ACME Inc.",
        "id_number": "5560269986",
        "is_company": True,
        "address": {
            "address_line_1": "Storgatan 42",
            "zip_code": "12345",
            "city": "Stockholm",
            "country": "SE",
        },
    },
    "debts": [
        {
            "invoice_number": "INV-2025-003",
            "debt_description": "Services",
            "invoice_date": "Mon, 07 Jul 2025 00:00:00 GMT",
            "capital_to_claim": 2000.0,
            "invoice_due_days_after_invoice_date": 31,
        },
    ],
}
"""The registration of one debt."""

REGISTRATION_ANSWER: Example = {
    "_updated": "Wed, 03 Sep 2025 07:56:11 GMT",
    "_created": "Wed, 03 Sep 2025 07:56:11 GMT",
    "_etag": "74829ce9b219a58bb00a5276a495bec0d7e22457",
    "_id": "68b7f49cb8903ae30ebb85ec",
    "_status": "OK",
    "_cases": [
        "68b7f49c7b02934caddab092",
    ],
    "_ocr_numbers": [
        "68b7f49cb8903ae30ebb85f0",
    ],
    "_ocr_numbers_ocr": [
        "20252463478311301072",
    ],
}
"""The answer to it."""

CASE: Example = {
    "_id": "68b7f49c7b02934caddab092",
    "debt": {
        "invoice_date": "Mon, 07 Jul 2025 00:00:00 GMT",
        "invoice_due_days_after_invoice_date": 31,
        "capital_to_claim": 2000,
        "debt_description": "Services",
        "invoice_number": "INV-2025-003",
        "payout_reference": "INV-2025-003",
        "interest_days_after_invoice_date": 31,
    },
    "creditor": "674dbeb208847b9501cc9138",
    "_created": "Wed, 03 Sep 2025 07:56:12 GMT",
    "_etag": "2feb48de91244e42a56f0c7083fd3499",
    "_updated": "Wed, 03 Sep 2025 09:10:17 GMT",
    "account": "674dbeaf08847b9501cc9132",
    "agreement_version": "6790c2ec38ebf4814061f0b5",
    "case_registration": "68b7f49cb8903ae30ebb85ec",
    "case_settings": {
        "interest_rate": {"reference_rate": True},
    },
    "creditor_name": "Amili Integration Team",
    "currency": "SEK",
    "customer": "67ea693a65e2ae992e484c4e",
    "customer_id_number": "5560269986",
    "customer_name": "ACME Inc.",
    "customer_status": "initialized",
    "debtor": "6645d2ebe749de8a2ee09f6f",
    "debtor_id_number": "5560269986",
    "debtor_name": "ACME Inc.",
    "latest_state_date": "Wed, 03 Sep 2025 09:00:23 GMT",
    "local_added_capital_amount": 2000,
    "local_added_costs_amount": 0,
    "local_added_interest_amount": 14.0,
    "local_added_transaction_amount": 2014.0,
    "local_remaining_capital_amount": 2000,
    "local_remaining_costs_amount": 0,
    "local_remaining_interest_amount": 14.0,
    "local_remaining_transaction_amount": 2014.0,
    "state": "debt_collection",
    "state_history": [
        {"state": "initializing", "state_date": "Wed, 03 Sep 2025 07:56:12 GMT"},
        {
            "state": "debt_collection",
            "state_date": "Wed, 03 Sep 2025 09:00:23 GMT",
        },
    ],
    "status": "debt_collection",
    "status_history": [
        {
            "status": "initializing",
            "status_date": "Wed, 03 Sep 2025 07:56:12 GMT",
        },
        {
            "status": "initialized",
            "status_date": "Wed, 03 Sep 2025 08:00:17 GMT",
        },
        {
            "status": "debt_collection",
            "status_date": "Wed, 03 Sep 2025 09:00:23 GMT",
        },
    ],
    "total_added_capital_amount": 2000,
    "total_added_costs_amount": 0,
    "total_added_interest_amount": 14.0,
    "total_added_transaction_amount": 2014.0,
    "total_remaining_capital_amount": 2000,
    "total_remaining_costs_amount": 0,
    "total_remaining_interest_amount": 14.0,
    "total_remaining_transaction_amount": 2014.0,
    "transactions": [
        {
            "bank_transaction_date": "Mon, 07 Jul 2025 00:00:00 GMT",
            "registration_date": "Wed, 03 Sep 2025 06:02:09 GMT",
            "origin": "creditor_system",
            "type": "capital",
            "description_locale_tag": "api.transaction.case_registration",
            "amount": 2000,
        },
        {
            "bank_transaction_date": "Wed, 03 Sep 2025 08:00:17 GMT",
            "registration_date": "Wed, 03 Sep 2025 08:00:17 GMT",
            "origin": "solicitor_system",
            "type": "interest",
            "description_locale_tag": "api.transaction.case_flow",
            "amount": 14.0,
        },
    ],
    "reference_number": "48640",
    "original_invoice": {
        "id": "95cd1aa42c0f491499d3bc5bc70dbf50",
        "filename": "original_invoice.pdf",
        "content_type": "application/pdf",
        "size": 12937,
    },
    "next_flow_item": {
        "item": "case--debt-collections__debt_statement",
        "schedule_to_execute": "Fri, 19 Sep 2025 00:00:00 GMT",
        "flow_config": "665e138e8dd7c7b8996f2a7e",
        "is_failed": False,
        "waiting_for": "api.wait.waiting_for_debt_collection_payment",
        "moved_to_next_state": True,
        "flow_config_name_locale": "api.flow_config.default",
    },
    "debt_collection": "68b803a6131658107a9919fa",
    "services": [
        {
            "service": "debt_collection",
            "service_date": "Wed, 03 Sep 2025 09:00:23 GMT",
        },
    ],
    "limitation": {
        "break_date": "Wed, 03 Sep 2025 09:10:17 GMT",
        "limitation_date": "Mon, 03 Sep 2035 09:10:17 GMT",
        "locale_annotation": "api.log_messages.letter_sent_debt_collection",
    },
    "event_listeners": {},
}
"""The case when its demand has been sent."""

PAYMENT_REQUEST: Example = {
    "account": "674dbeaf08847b9501cc9132",
    "creditor": "674dbeb208847b9501cc9138",
    "case": "68b7f49c7b02934caddab092",
    "currency": "SEK",
    "amount": 2000.0,
    "bank_transaction_date": "Wed, 03 Sep 2025 08:00:00 GMT",
    "creditor_payment_reference": "PAY-REF-001",
    "origin": "creditor_system",
}
"""The report that the debtor has paid the capital."""

PAYMENT_ANSWER: Example = {
    "_updated": "Wed, 03 Sep 2025 11:18:58 GMT",
    "_created": "Wed, 03 Sep 2025 11:18:58 GMT",
    "_etag": "4a44ca23f947e3e0ec3b24352f0f49bbb072d6ae",
    "_id": "68b82422d6fd1d378f18d2e9",
    "_status": "OK",
    "_payment_status": "completed",
}
"""The answer to it."""

UPLOAD_ANSWER_DOCUMENTED: Example = {
    "url": (
        "https://storage.googleapis.com/stage-ada-vcom-api-files/stage/cases/68b7f49c7b02934cadda"
        "b092-95cd1aa42c0f491499d3bc5bc70dbf50"
        "?Expires=1756889787&GoogleAccessId=stage-ada-vcom-pod-svc%40stage-ada-vcom.iam.gservicea"
        "ccount.com"
        "&Signature=YHeCsV%2BeABeaQhUCfITyn9OoourBmjdElC4wplX3j8V5wnEhVEOesMlb%2FbullXadFejJofTPA"
        "MPQ7sxRirqatdYgWGXLAxNQQ31HG2h%2BN%2FrRRGjUj65eos924Lu226zareS%2BtzUDX1%2B%2BFapXoQrqCn1"
        "8PKdlg%2BnRXn%2B0PEhS1vsrEQ3brUby9FzdNchZsCR4HJ96iVQvUpUP%2BZl2bedT8K6Bpzi875u4GDcN8VpIr"
        "BbkmJVYsjzyPy8KfpH%2BGy1qDGLme6H2Pw6%2Bn84sJWRsomsnsXCLP2MRlitQ1EzuNzdcoFRBsoesDedEZDUOY"
        "fju4QUOzFB9wI%2BR%2Fo8taVAkjg%3D%3D"
    )
}
"""The answer to the upload of the original invoice, as the documentation shows it."""

UPLOAD_ANSWER: Example = {
    "url": (
        "https://fordran.example.se/media--files/674dbeaf08847b9501cc9132/"
        "95cd1aa42c0f491499d3bc5bc70dbf50?Expires=1756889787"
        "&Signature=5a0f2c1e77f3d1f0b8f4f7c64c1b8ad3f7e02d8a7f9be1f4a2f4d7f0c9a1e6b5"
    ),
}
"""The same answer as this server gives it."""

PAYMENT_REQUEST_BY_INVOICE: Example = {
    **{name: value for name, value in PAYMENT_REQUEST.items() if name != "case"},
    "invoice_number": "INV-2025-003",
}
"""The same report, naming the invoice instead of the case."""

PAYMENT_ANSWER_WARNING: Example = {
    **PAYMENT_ANSWER,
    "_payment_status": "warning",
    "status": "warning",
    "settled_amount": 0,
    "case_invoice_number": "INV-2025-003",
    "case_reference_number": "48640",
    "status_reason_locale": "creditor_payment.duplicate",
}
"""The answer to the same report sent a second time."""

_CLOSED_AT = "Wed, 03 Sep 2025 11:18:59 GMT"

_SETTLEMENT = {
    "bank_transaction_date": "Wed, 03 Sep 2025 08:00:00 GMT",
    "registration_date": "Wed, 03 Sep 2025 11:18:58 GMT",
    "origin": "creditor_system",
    "type": "capital",
    "description_locale_tag": "creditor_payment.payment_settled",
    "amount": -2000,
    "payment_method": "creditor_payment",
    "creditor_payment": "68b82422d6fd1d378f18d2e9",
}

_WRITE_OFF = {
    "bank_transaction_date": _CLOSED_AT,
    "registration_date": _CLOSED_AT,
    "origin": "solicitor_system",
    "type": "interest",
    "description_locale_tag": "api.transaction.depreciated",
    "amount": -14.0,
}

CASE_CLOSED: Example = {
    **{
        name: value
        for name, value in CASE.items()
        if name not in ("next_flow_item", "event_listeners")
    },
    **{
        f"{prefix}_remaining_{part}_amount": 0
        for prefix in ("local", "total")
        for part in ("capital", "interest", "transaction")
    },
    "_etag": "8c58d51b39ae4909902d5b706d420ad9",
    "_updated": _CLOSED_AT,
    "status": "closed",
    "status_history": [
        *CASE["status_history"],
        {"status": "closed", "status_date": _CLOSED_AT},
    ],
    "transactions": [*CASE["transactions"], _SETTLEMENT, _WRITE_OFF],
    "closed": {"close_date": _CLOSED_AT, "reason": "fully_paid_depreciation"},
    "next_flow_item_on_close": CASE["next_flow_item"],
}
"""The case after the payment: the capital is paid, the small rest written off."""

REGISTRATION: Example = {
    **{name: value for name, value in REGISTRATION_ANSWER.items() if name != "_status"},
    **REGISTRATION_REQUEST,
}
"""The registration when it is read."""

PAYMENT: Example = {
    **{name: value for name, value in PAYMENT_ANSWER.items() if name != "_status"},
    **PAYMENT_REQUEST,
    "client_registration_date": "Wed, 03 Sep 2025 11:18:58 GMT",
    "status": "completed",
    "settled_amount": 2000,
    "case_invoice_number": "INV-2025-003",
    "case_reference_number": "48640",
}
"""The payment when it is read."""

TOKEN_ANSWER: Example = {
    "_status": "OK",
    "token": "Hn1gZ0qkYV3s9w7xQpEo2uTtJcBmLfRaDyWvKiXh4Ng",
    "expires": "Wed, 03 Sep 2025 08:56:11 GMT",
    "expires_in": 3600,
}
"""An access token."""

ISSUES: Example = {
    "creditor": "value '674dbeb208847b9501cc9139' must exist in resource 'creditors', field '_id'.",
    "customer": {"name": "required field", "nickname": "unknown field"},
    "debts": {"0": {"capital_to_claim": "must be greater than 0"}},
}
"""What can be wrong with a registration, field by field."""


def page_of(*documents: Example) -> Example:
    """Return the page of a list that holds some documents."""
    return {
        "_items": list(documents),
        "_meta": {"total": len(documents), "max_results": 25, "page": 1},
    }
