"""The Idempotency-Key header: a request sent again with its key is answered again."""

from typing import Any

from litestar import Request

from fordran.operations.idempotency import IdempotencyKey

KEY_LENGTH_MAX = 255


class BadIdempotencyKey(Exception):  # noqa: N818 - says what is wrong
    """The header cannot be used."""


def idempotency_key(request: Request[Any, Any, Any], body: bytes) -> IdempotencyKey | None:
    """Return the key of a request, or None if it has none.

    Raises: BadIdempotencyKey.
    """
    key = request.headers.get("idempotency-key")
    if key is not None and not (
        0 < len(key) <= KEY_LENGTH_MAX and key.isascii() and key.isprintable()
    ):
        raise BadIdempotencyKey
    return IdempotencyKey.of(key, request.scope["path"], body)
