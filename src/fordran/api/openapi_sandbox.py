"""The operations that the sandbox adds: an account's virtual clock."""

from typing import Any

from fordran.api.openapi_action_examples import (
    PAYMENT_REVERSAL_ANSWER,
    PAYMENT_REVERSAL_ANSWER_WARNING,
)
from fordran.api.openapi_examples import CASE
from fordran.api.openapi_operations import POST_FAILURES, operation
from fordran.api.openapi_parts import Part, answer, body, failures, path_id
from fordran.api.openapi_sandbox_payments import SANDBOX_PAYMENT_PATHS
from fordran.api.openapi_scalars import (
    Schema,
    date,
    marker_schema,
    record,
    reference,
    whole_number,
)
from fordran.api.openapi_texts import SANDBOX_TAG
from fordran.api.scalars import Instant, ObjectId

_NOW = "Wed, 03 Sep 2025 07:56:11 GMT"
_LATER = "Wed, 03 Sep 2025 11:18:58 GMT"

_INSTANT: Schema = marker_schema(Instant)


def _request(description: str, properties: dict[str, Schema], **rules: Any) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "additionalProperties": False,
        **rules,
    }


_CLOCK = record("The clock.", {"now": date("Where the clock stands.", _NOW)})

_ADVANCED = record(
    "The clock after it was advanced.",
    {
        "now": date("Where the clock stands.", _LATER),
        "executed": whole_number("How many steps of cases fell due and were carried out.", 3),
    },
)

_PUT_BODY = body(
    _request("Where to set the clock.", {"now": _INSTANT}, required=["now"]),
    {"The example's morning": {"now": _NOW}},
)

_ADVANCE_BODY = body(
    _request(
        "How far to advance: `to` a time, or `by` a duration.",
        {
            "to": _INSTANT,
            "by": {
                "type": "string",
                "description": ("An ISO 8601 duration of weeks, days, hours, minutes and seconds."),
                "examples": ["P16D", "PT90M"],
            },
        },
        oneOf=[{"required": ["to"]}, {"required": ["by"]}],
    ),
    {"To a time": {"to": _LATER}, "By sixteen days": {"by": "P16D"}},
)

_PARAMETERS: list[Part] = [path_id("account_id", "Your account's `_id`.", CASE["account"])]

_WRITE_FAILURES = (
    "not_json",
    "malformed_request",
    "unauthorized",
    "not_found",
    "conflict",
    "body_too_large",
    "validation_failed",
)

_REVERSAL_BODY = body(
    _request(
        "The payment that was not there after all.",
        {
            "payment": {
                **marker_schema(ObjectId),
                "description": "The `_id` of a payment that the agency received.",
            }
        },
        required=["payment"],
    ),
    {"A payment that bounced": {"payment": "68b82422d6fd1d378f18d2e9"}},
)

SANDBOX_PATHS: dict[str, Part] = {
    "/sandbox--clocks/{account_id}": {
        "put": operation(
            "put_account_clock",
            SANDBOX_TAG,
            "Set the virtual clock, before the first case",
            description="409 when the account has a case: its clock can only be advanced.",
            parameters=_PARAMETERS,
            requestBody=_PUT_BODY,
            responses={
                "200": answer("The clock has been set.", _CLOCK, {"Set": {"now": _NOW}}),
                **failures(*_WRITE_FAILURES),
            },
        ),
        "get": operation(
            "get_account_clock",
            SANDBOX_TAG,
            "Show where the virtual clock stands",
            description="404 when the account has none and lives in real time.",
            parameters=_PARAMETERS,
            responses={
                "200": answer("The clock.", _CLOCK, {"A clock": {"now": _NOW}}),
                **failures("unauthorized", "not_found"),
            },
        ),
    },
    "/sandbox--clocks/{account_id}/advance": {
        "post": operation(
            "advance_account_clock",
            SANDBOX_TAG,
            "Advance the virtual clock",
            description=(
                "Everything that falls due on the way is carried out, in order, each step at its "
                "own time, before the answer comes. 409 when the clock would run backwards. A call "
                "that was cut off can be repeated."
            ),
            parameters=_PARAMETERS,
            requestBody=_ADVANCE_BODY,
            responses={
                "200": answer(
                    "The clock has been advanced.",
                    _ADVANCED,
                    {"To the payment": {"now": _LATER, "executed": 3}},
                ),
                **failures(*_WRITE_FAILURES),
            },
        ),
    },
    **SANDBOX_PAYMENT_PATHS,
    "/sandbox--payment-reversals": {
        "post": operation(
            "post_agency_payment_reversal",
            SANDBOX_TAG,
            "Take back a payment to the agency",
            description=(
                "As when the bank takes money back: every case that the payment was split over is "
                "then as it would be without it."
            ),
            parameters=[{"$ref": "#/components/parameters/IdempotencyKey"}],
            requestBody=_REVERSAL_BODY,
            responses={
                "201": answer(
                    "The reversal has been stored; the answer says how it went.",
                    reference("PaymentReversalAnswer"),
                    {
                        "Taken back": PAYMENT_REVERSAL_ANSWER,
                        "Taken back before": PAYMENT_REVERSAL_ANSWER_WARNING,
                    },
                ),
                **failures(*POST_FAILURES),
            },
        ),
    },
}
"""The path items that a server in sandbox mode has besides."""
