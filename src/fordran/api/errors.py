"""Error answers: Eve's body, with a stable machine code beside its message.

One table says which status each reason has; nothing else in the API names a status for an error.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec


class Failure(NamedTuple):
    """What a reason looks like on the wire: its HTTP status and its default message."""

    status: int
    message: str


FAILURES: Mapping[str, Failure] = {
    "not_json": Failure(400, "The request body is not a JSON document."),
    "malformed_request": Failure(400, "The request cannot be read."),
    "malformed_upload": Failure(400, "The request body is not a form with one file."),
    "invalid_query": Failure(400, "The query cannot be used."),
    "invalid_domain": Failure(400, "The domain is not valid."),
    "invalid_dotted_path": Failure(400, "Dotted Path is not valid"),
    "dotted_path_missing": Failure(400, "Dotted Path Not Found in request form"),
    "content_type_not_allowed": Failure(400, "The provided file's content type is not allowed."),
    "document_not_found": Failure(404, "Resource Document Not Found"),
    "file_missing": Failure(400, "File is a required attribute."),
    "unauthorized": Failure(401, "A valid access token is required."),
    "forbidden": Failure(403, "The link is not valid or has expired."),
    "not_found": Failure(404, "Nothing was found at this address."),
    "not_known_then": Failure(404, "The case was not known at that time."),
    "method_not_allowed": Failure(405, "The address does not answer this method."),
    "conflict": Failure(409, "The request conflicts with one that came before it."),
    "body_too_large": Failure(413, "The request body is too large."),
    "unsupported_media_type": Failure(415, "The content type of the request is not supported."),
    "validation_failed": Failure(422, "Insertion failure: 1 document(s) contain(s) error(s)"),
    "idempotency_key_reused": Failure(
        422, "The Idempotency-Key has been used for another request."
    ),
    "invalid_idempotency_key": Failure(
        400, "An Idempotency-Key is 1 to 255 visible ASCII characters."
    ),
    "internal": Failure(500, "The server failed; nothing of the request was carried out."),
    "unavailable": Failure(503, "The server cannot answer now; try again shortly."),
}
"""Every reason that is no refusal of the domain, by its stable code."""


def error_body(
    code: int, reason: str, message: str, issues: Mapping[str, Any] | None = None
) -> bytes:
    """Return the JSON body of an error answer.

    `issues` are left out when there are none, as Eve does.
    Source: decision 9.

    >>> error_body(404, "not_found", "Nothing here.")
    b'{"_status":"ERR","_error":{"code":404,"message":"Nothing here.","reason":"not_found"}}'
    """
    body: dict[str, Any] = {"_status": "ERR"}
    if issues:
        body["_issues"] = issues
    body["_error"] = {"code": code, "message": message, "reason": reason}
    return msgspec.json.encode(body)


def failure_body(
    reason: str, message: str | None = None, issues: Mapping[str, Any] | None = None
) -> bytes:
    """Return the JSON body for a reason of the table, with its own message unless one is given.

    Raises: KeyError, if the table does not know the reason.
    """
    failure = FAILURES[reason]
    return error_body(failure.status, reason, message or failure.message, issues)


def status_of(reason: str) -> int:
    """Return the HTTP status of a reason. Raises: KeyError, if the table does not know it."""
    return FAILURES[reason].status
