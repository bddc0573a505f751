"""What the operations of every resource have in common."""

from typing import Any

from fordran.api.openapi_examples import page_of
from fordran.api.openapi_parts import (
    ACCESS_TOKEN,
    Part,
    answer,
    failures,
    found,
    list_parameters,
)
from fordran.api.openapi_scalars import Schema, array, record, reference
from fordran.api.queries import SIZE_MAX

_PROJECTION = {"$ref": "#/components/parameters/Projection"}
POST_FAILURES = (
    "not_json",
    "malformed_request",
    "invalid_idempotency_key",
    "unauthorized",
    "conflict",
    "body_too_large",
    "validation_failed",
    "idempotency_key_reused",
)
"""The reasons that a POST of JSON may be refused for."""


def operation(
    name: str, tag: str, summary: str, *, security: str | None = ACCESS_TOKEN, **rest: Any
) -> Part:
    """Return an operation named as its handler; one without security is open to everyone."""
    return {
        "operationId": name,
        "tags": [tag],
        "summary": summary,
        "security": [{security: []}] if security else [],
        **rest,
    }


def list_schema(name: str) -> Schema:
    """Return the schema of a page of documents."""
    return record(
        "A page of a list.",
        {"_items": array(reference(name), maxItems=SIZE_MAX), "_meta": reference("ListMeta")},
    )


def list_operation(
    name: str, tag: str, summary: str, schema: str, *, fields: tuple[str, ...], example: Any
) -> Part:
    """Return the operation that lists documents."""
    return operation(
        name,
        tag,
        summary,
        parameters=list_parameters(fields),
        responses={
            "200": answer(
                "A page; empty when nothing matches.",
                list_schema(schema),
                {"A page with one": page_of(example)},
            ),
            **failures("invalid_query", "unauthorized"),
        },
    )


def get_operation(
    name: str, tag: str, summary: str, schema: str, *, parameter: Part, shown: dict[str, Any]
) -> Part:
    """Return the operation that shows one document."""
    return operation(
        name,
        tag,
        summary,
        parameters=[parameter, _PROJECTION],
        responses={
            "200": found("The document.", reference(schema), shown),
            **failures("invalid_query", "unauthorized", "not_found"),
        },
    )
