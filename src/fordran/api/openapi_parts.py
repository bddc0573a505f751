"""The parts that operations are described with: requests, answers, errors, parameters."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import msgspec

from fordran.api.errors import FAILURES, failure_body, status_of
from fordran.api.idempotency import KEY_LENGTH_MAX
from fordran.api.openapi_examples import ISSUES
from fordran.api.openapi_scalars import Schema, reference
from fordran.api.queries import PAGE_MAX, SIZE_DEFAULT, SIZE_MAX, VALUES_MAX

Part = dict[str, Any]

ACCESS_TOKEN = "AccessToken"  # noqa: S105 - the name of a security scheme
SIGNED_REQUEST = "SignedRequest"

EVERYWHERE = ("internal", "unavailable")
"""The reasons that any operation may answer with."""

_SHARED = {"unauthorized": "Unauthorized", "internal": "Internal", "unavailable": "Unavailable"}

_ETAG: Part = {
    "description": "The document's `_etag`, in quotes.",
    "schema": {"type": "string"},
}
_LOCATION: Part = {
    "description": "The path of what was made.",
    "schema": {"type": "string"},
}
_RETRY_AFTER: Part = {
    "description": "Seconds to wait before trying again.",
    "schema": {"type": "integer"},
}


def json_content(schema: Schema, examples: Mapping[str, Any]) -> Part:
    """Return a JSON body with its examples, each named by what it shows."""
    named = {
        name.lower().replace(" ", "_"): {"summary": name, "value": value}
        for name, value in examples.items()
    }
    return {"application/json": {"schema": schema, "examples": named}}


def body(schema: Schema, examples: Mapping[str, Any]) -> Part:
    """Return a request body of JSON."""
    return {"required": True, "content": json_content(schema, examples)}


def created(description: str, schema: Schema, examples: Mapping[str, Any]) -> Part:
    """Return the answer to a write that made a document."""
    return {
        "description": description,
        "headers": {"Location": _LOCATION, "ETag": _ETAG},
        "content": json_content(schema, examples),
    }


def found(description: str, schema: Schema, examples: Mapping[str, Any]) -> Part:
    """Return the answer that shows a document."""
    return answer(description, schema, examples) | {"headers": {"ETag": _ETAG}}


def answer(description: str, schema: Schema, examples: Mapping[str, Any]) -> Part:
    """Return an answer of JSON."""
    return {"description": description, "content": json_content(schema, examples)}


def failures(*reasons: str) -> dict[str, Part]:
    """Return the error answers for some reasons and for those that occur everywhere, by status."""
    by_status = sorted((*reasons, *EVERYWHERE), key=status_of)
    return {
        str(status): _failure(tuple(group)) for status, group in groupby(by_status, key=status_of)
    }


def shared_responses() -> dict[str, Part]:
    """Return the error answers that many operations have in common, by name."""
    shared = {name: _failure_of((reason,)) for reason, name in _SHARED.items()}
    shared["Unavailable"]["headers"] = {"Retry-After": _RETRY_AFTER}
    return shared


def _failure(reasons: tuple[str, ...]) -> Part:
    if len(reasons) == 1 and reasons[0] in _SHARED:
        return {"$ref": f"#/components/responses/{_SHARED[reasons[0]]}"}
    return _failure_of(reasons)


def _failure_of(reasons: tuple[str, ...]) -> Part:
    return {
        "description": "\n".join(f"* `{name}`: {FAILURES[name].message}" for name in reasons),
        "content": json_content(
            reference("Error"), {name: _failure_example(name) for name in reasons}
        ),
    }


def _failure_example(reason: str) -> Any:
    issues: dict[str, Any] | None = {
        "validation_failed": ISSUES,
        "invalid_query": {"max_results": f"must be a whole number from 1 to {SIZE_MAX}"},
    }.get(reason)
    return msgspec.json.decode(failure_body(reason, issues=issues))


def path_id(name: str, description: str, example: str) -> Part:
    """Return a document's id in a path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"},
        "example": example,
    }


def query(name: str, description: str, schema: Schema, *, required: bool = False) -> Part:
    """Return a query parameter."""
    return {
        "name": name,
        "in": "query",
        "required": required,
        "description": description,
        "schema": schema,
    }


def list_parameters(fields: Iterable[str]) -> list[Part]:
    """Return the parameters of a list that may be filtered and sorted by some fields."""
    known = ", ".join(f"`{field}`" for field in sorted(fields))
    return [
        query(
            "where",
            'A JSON object of exact matches, such as `{"_id": "68b7f49c7b02934caddab092"}`, or of '
            f'values to choose from, `{{"_id": {{"$in": [...]}}}}`, at most {VALUES_MAX}. '
            f"Values are texts. Fields: {known}.",
            {"type": "string"},
        ),
        query(
            "sort",
            "Fields with commas between; `-` in front means descending, as in `-_created`. "
            f"Fields: {known}.",
            {"type": "string"},
        ),
        {"$ref": "#/components/parameters/Projection"},
        {"$ref": "#/components/parameters/Page"},
        {"$ref": "#/components/parameters/MaxResults"},
    ]


def shared_parameters() -> dict[str, Part]:
    """Return the parameters that many operations have in common, by name."""
    return {
        "Projection": query(
            "projection",
            'A JSON object of the fields to show, such as `{"status": 1, "debt.invoice_number": 1}`'
            "; `_id` is always shown.",
            {"type": "string"},
        ),
        "Page": query(
            "page",
            "The number of the page.",
            {"type": "integer", "minimum": 1, "maximum": PAGE_MAX, "default": 1},
        ),
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": (
                "Any text that is new for each request. A request that comes again with its key "
                "is not carried out again, and gets the same answer."
            ),
            "schema": {
                "type": "string",
                "pattern": "^[ -~]+$",
                "minLength": 1,
                "maxLength": KEY_LENGTH_MAX,
            },
        },
        "MaxResults": query(
            "max_results",
            "How many documents a page holds.",
            {"type": "integer", "minimum": 1, "maximum": SIZE_MAX, "default": SIZE_DEFAULT},
        ),
    }
