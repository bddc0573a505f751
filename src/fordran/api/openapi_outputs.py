"""The schemas of the answers: documents, lists, tokens and errors."""

from fordran.api.errors import FAILURES
from fordran.api.openapi_action_outputs import action_schemas
from fordran.api.openapi_explanation_outputs import explanation_schemas
from fordran.api.openapi_finance_outputs import finance_schemas
from fordran.api.openapi_hold_outputs import hold_schemas
from fordran.api.openapi_inputs import input_schemas
from fordran.api.openapi_letter_outputs import letter_schemas
from fordran.api.openapi_scalars import (
    Schema,
    amount,
    array,
    choice,
    date,
    document_id,
    record,
    reference,
    status_ok,
    text,
    truth,
    whole_number,
    written,
)
from fordran.domain.case_status import CaseState, CaseStatus, CloseReason
from fordran.domain.ledger import Component, FactKind, Origin
from fordran.operations.issue_token import TOKEN_SECONDS

_COUNTED_DATE = "Wed, 03 Sep 2025 08:00:17 GMT"
_PAYMENT_METHODS = [
    kind.value
    for kind in (FactKind.CREDITOR_PAYMENT, FactKind.PAYMENT, FactKind.CREDITOR_CREDITING)
]
_PARTS = {
    "capital": "capital",
    "costs": "costs",
    "interest": "interest",
    "transaction": "capital, costs and interest together",
}


def output_schemas() -> dict[str, Schema]:
    """Return the schemas of the answers, by name."""
    return {
        "Case": _case(),
        "Debt": _debt(),
        "Transaction": _transaction(),
        "FlowItem": _flow_item(),
        "CaseRegistrationAnswer": _registration_answer(),
        "CaseRegistration": _registration(),
        **action_schemas(),
        **hold_schemas(),
        **explanation_schemas(),
        **letter_schemas(),
        **finance_schemas(),
        "ListMeta": _list_meta(),
        "UploadAnswer": _upload_answer(),
        "TokenAnswer": _token_answer(),
        "Health": record("The server answers.", {"_status": status_ok()}),
        "Error": _error(),
        "Issues": _issues(),
    }


def _list_meta() -> Schema:
    return record(
        "Where in the list the page stands.",
        {
            "total": whole_number("How many documents match in all.", 150),
            "max_results": whole_number("How many a page holds at most.", 25),
            "page": whole_number("The number of this page, from 1.", 1),
        },
    )


def _registration_results() -> dict[str, Schema]:
    return {
        "_cases": array(document_id(""), "The ids of the cases, in the order of the debts."),
        "_ocr_numbers": array(document_id(""), "The ids of the payment references."),
        "_ocr_numbers_ocr": array(
            text("", pattern="^[0-9]{20}$"),
            "The payment references (OCR) as the debtor is asked to write them, in the same order.",
        ),
    }


def _registration_answer() -> Schema:
    return record(
        "What a registration made.",
        {**written(40), "_status": status_ok(), **_registration_results()},
    )


def _registration() -> Schema:
    asked = input_schemas()["CaseRegistrationRequest"]
    schema = record(
        "A registration: what was sent, as it was sent, and what it made.",
        {**written(40), **asked["properties"], **_registration_results()},
    )
    return schema | {"properties": schema["properties"] | {"account": document_id("The account.")}}


def _case() -> Schema:
    return record(
        "A case: one unpaid invoice on its way. With a `projection` only the chosen fields and "
        "`_id` are there.",
        {
            **written(32),
            **_case_references(),
            "debt": reference("Debt"),
            "currency": choice("The currency of every amount.", "SEK"),
            "case_settings": _case_settings(),
            **_case_amounts(),
            **_case_progress(),
            **_case_passing_fields(),
        },
        optional=("customer_number", *_case_passing_fields()),
    )


def _case_references() -> dict[str, Schema]:
    return {
        "account": document_id("The account."),
        "agreement_version": document_id("The version of the agreement the case is under."),
        "case_registration": document_id("The registration that made the case."),
        "creditor": document_id("Who is owed."),
        "creditor_name": text("The creditor's name now."),
        "customer": document_id("Who owes, as your account knows them."),
        "customer_id_number": text("The customer's identity number.", "5560269986"),
        "customer_name": text("The customer's name now.", "ACME Inc."),
        "customer_number": text("Your own number of the customer."),
        "customer_status": choice("Always `initialized`.", "initialized"),
        "debtor": document_id("The person or company behind the customer."),
        "debtor_id_number": text("Their identity number.", "5560269986"),
        "debtor_name": text("Their name, as your account knows them.", "ACME Inc."),
        "reference_number": text("The number of the case among people.", "48640"),
    }


def _case_settings() -> Schema:
    asked = input_schemas()
    return record(
        "Settings of the case: its own, else what the agreement says of interest.",
        {
            "interest_rate": {
                "type": "object",
                "description": "How interest is counted.",
                "properties": asked["InterestRateRequest"]["properties"],
            },
            "consumer_credit": {
                "type": "object",
                "description": "The consumer credit that the claim comes from.",
                "properties": asked["ConsumerCreditRequest"]["properties"],
            },
        },
        optional=("consumer_credit",),
    )


def _case_amounts() -> dict[str, Schema]:
    scopes = {
        "local": "this case",
        "total": "this case, with its share of a cost that several cases have together",
    }
    kinds = {"added": "What has been claimed", "remaining": "What is still owed"}
    return {
        f"{scope}_{kind}_{part}_amount": amount(f"{kinds[kind]}, of {scopes[scope]}: {words}.")
        for scope in scopes
        for kind in kinds
        for part, words in _PARTS.items()
    }


def _case_progress() -> dict[str, Schema]:
    states = [state.value for state in CaseState]
    statuses = [status.value for status in CaseStatus]
    return {
        "state": choice("The phase of the flow.", *states),
        "state_history": array(
            record(
                "A state and when the case entered it.",
                {"state": choice("", *states), "state_date": date("")},
            )
        ),
        "latest_state_date": date("When the case entered its state."),
        "status": choice("What condition the case is in; `closed` is the last.", *statuses),
        "status_history": array(
            record(
                "A status and when the case got it.",
                {"status": choice("", *statuses), "status_date": date("")},
            )
        ),
        "transactions": array(
            reference("Transaction"), "Every change of what is owed, in the order it was booked."
        ),
    }


def _case_passing_fields() -> dict[str, Schema]:
    """Return the fields that come and go with the flow."""
    return {
        "original_invoice": record(
            "The invoice as uploaded.",
            {
                "id": text("The file's id.", pattern="^[0-9a-f]{32}$"),
                "filename": text("Its name.", "original_invoice.pdf"),
                "content_type": text("What its first bytes show it to be.", "application/pdf"),
                "size": whole_number("Its size in bytes.", 12937),
            },
        ),
        "next_flow_item": reference("FlowItem"),
        "debt_collection": document_id("The debt-collection demand."),
        "services": array(
            record(
                "A service that the case has had.",
                {"service": text("", "debt_collection"), "service_date": date("")},
            )
        ),
        "limitation": record(
            "When the claim expires, and what last moved that date.",
            {
                "break_date": date("When the limitation was last broken."),
                "limitation_date": date("When the claim expires."),
                "locale_annotation": text(
                    "What broke it.", "api.log_messages.letter_sent_debt_collection"
                ),
            },
        ),
        "refused_acts": array(
            record(
                "What a guard stopped before it happened.",
                {
                    "item": text("Which step.", "case--debt-collections__send_letter"),
                    "guard": text("The guard.", "limitation_passed"),
                    "source": text("What the guard follows."),
                    "date": date("When."),
                },
            )
        ),
        "event_listeners": {
            "type": "object",
            "description": "Empty. Absent on a closed case.",
        },
        "closed": record(
            "On a closed case: when and why it ended.",
            {
                "close_date": date("When it ended."),
                "reason": choice("Why.", *(reason.value for reason in CloseReason)),
            },
        ),
        "next_flow_item_on_close": reference("FlowItem"),
    }


def _debt() -> Schema:
    asked = input_schemas()["DebtRequest"]["properties"]
    fees = ("fees_included_in_capital_to_claim", "fees_already_claimed")
    return record(
        "The invoice.",
        {
            "invoice_number": text("The invoice number.", "INV-2025-003"),
            "invoice_date": date("The invoice date.", "Mon, 07 Jul 2025 00:00:00 GMT"),
            "invoice_due_days_after_invoice_date": whole_number("Days until it was due.", 31),
            "interest_days_after_invoice_date": whole_number("Days without interest.", 31),
            "capital_to_claim": amount("What the invoice asked for.", 2000),
            "payout_reference": text("What payouts name.", "INV-2025-003"),
            "debt_description": text("What was sold.", "Services"),
            "debt_reference": text("The creditor's own reference."),
            **{name: asked[name] for name in fees},
        },
        optional=("debt_description", "debt_reference", *fees),
    )


def _transaction() -> Schema:
    causes = {
        kind.value: text(f"The `_id` of the {kind.value.replace('_', ' ')} that made the line.")
        for kind in FactKind
    }
    return record(
        "One change of what is owed.",
        {
            "bank_transaction_date": date("From when it counts.", _COUNTED_DATE),
            "registration_date": date("When it was booked.", _COUNTED_DATE),
            "origin": choice(
                "`creditor_system`: the creditor, over the API. `solicitor_system`: this server.",
                *(origin.value for origin in Origin),
            ),
            "type": choice("Which part of the claim.", *(part.value for part in Component)),
            "description_locale_tag": text("What it is.", "api.transaction.case_flow"),
            "amount": amount("Above zero: owed more. Below zero: owed less.", 14),
            "payment_method": choice(
                "On what settles: `payment` was paid to the agency, `creditor_payment` to the "
                "creditor, `creditor_crediting` was credited.",
                *_PAYMENT_METHODS,
            ),
            **causes,
            "reverses": whole_number("On what takes a line back: which line, from 1.", 4),
        },
        optional=("payment_method", *causes, "reverses"),
    )


def _flow_item() -> Schema:
    return record(
        "What happens next by itself. Once the case is closed, what would have happened stands "
        "in `next_flow_item_on_close`.",
        {
            "item": text("Which step.", "case--debt-collections__debt_statement"),
            "schedule_to_execute": date("When it is due.", "Fri, 19 Sep 2025 00:00:00 GMT"),
            "flow_config": document_id("The flow the step belongs to."),
            "is_failed": truth("Whether the step could not be carried out and was set aside."),
            "failure_reason": text("Why it was set aside.", "reference_rate_missing"),
            "retry_date": date("When it is tried again.", "Fri, 19 Sep 2025 01:00:00 GMT"),
            "waiting_for": text(
                "What the case waits for.", "api.wait.waiting_for_debt_collection_payment"
            ),
            "moved_to_next_state": truth("Whether the case is in the state of the step."),
            "flow_config_name_locale": text("The flow's name.", "api.flow_config.default"),
        },
        optional=("failure_reason", "retry_date"),
    )


def _upload_answer() -> Schema:
    return record(
        "The file has been stored.",
        {
            "url": text(
                "A link that serves the file to whoever has it, for an hour.", format="uri"
            ),
        },
    )


def _token_answer() -> Schema:
    return record(
        "An access token.",
        {
            "_status": status_ok(),
            "token": text("Send it as `X-API-Key` with every other request."),
            "expires": date("When it expires, in real time."),
            "expires_in": whole_number("Seconds until then.", TOKEN_SECONDS),
        },
    )


def _error() -> Schema:
    rows = "\n".join(
        f"| `{reason}` | {failure.status} | {failure.message} |"
        for reason, failure in sorted(FAILURES.items(), key=lambda item: item[1].status)
    )
    return record(
        "What every error looks like. Decide by `_error.reason`; messages are for people and may "
        "say more than the ones here.\n\n"
        f"| reason | status | message |\n|---|---|---|\n{rows}\n",
        {
            "_status": choice("`ERR`: the request failed.", "ERR"),
            "_issues": reference("Issues"),
            "_error": record(
                "What went wrong.",
                {
                    "code": whole_number("The HTTP status.", 422),
                    "message": text("For people."),
                    "reason": choice("For programs: a stable code.", *FAILURES),
                },
            ),
        },
        optional=("_issues",),
    )


def _issues() -> Schema:
    return {
        "type": "object",
        "description": (
            "What is wrong, per field, all fields at once: a text, a list of them, or an object "
            "of the same form for what lies inside; entries of a list are named by their position."
        ),
        "additionalProperties": {
            "anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"anyOf": [{"type": "string"}, reference("Issues")]}},
                reference("Issues"),
            ]
        },
    }
