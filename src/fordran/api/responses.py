"""Responses: documents and errors as JSON bytes."""

from typing import Any

import msgspec
from litestar import Response

from fordran.api.errors import error_body, failure_body, status_of

_encode = msgspec.json.Encoder().encode


def json_response(
    document: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """Return a document as JSON."""
    return Response(
        _encode(document), status_code=status, media_type="application/json", headers=headers
    )


def document_response(document: dict[str, Any], status: int = 200) -> Response[bytes]:
    """Return a document with its entity tag as a header, where it has one."""
    etag = document.get("_etag")
    return json_response(document, status, {"ETag": f'"{etag}"'} if etag else None)


def created_response(document: dict[str, Any], path: str) -> Response[bytes]:
    """Return the answer to a write, with the address of what it made."""
    headers = {"Location": f"{path}/{document['_id']}", "ETag": f'"{document["_etag"]}"'}
    return json_response(document, 201, headers)


def list_response(
    documents: list[dict[str, Any]], total: int, *, number: int, size: int
) -> Response[bytes]:
    """Return a page of a list."""
    meta = {"total": total, "max_results": size, "page": number}
    return json_response({"_items": documents, "_meta": meta})


def failure_response(
    reason: str, message: str | None = None, issues: dict[str, Any] | None = None
) -> Response[bytes]:
    """Return an error with its status."""
    headers = {"Retry-After": "1"} if reason == "unavailable" else None
    return Response(
        failure_body(reason, message, issues),
        status_code=status_of(reason),
        media_type="application/json",
        headers=headers,
    )


def refusal_response(reason: str, message: str) -> Response[bytes]:
    """Return a refusal as a conflict: what was asked does not fit what is there."""
    status = status_of("conflict")
    return Response(
        error_body(status, reason, message), status_code=status, media_type="application/json"
    )
