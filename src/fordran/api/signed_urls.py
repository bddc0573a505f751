"""Signed, expiring links to files: whoever has the link may read, until it expires."""

import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import urlencode

VALID_SECONDS = 3600
"""How long a link is valid, in real time (the API's documentation says one hour)."""


class BadSignature(Exception):  # noqa: N818 - says what is wrong
    """The link's signature is wrong or has expired."""


class UrlSigner:
    """Signs paths with a key that the processes of an installation share."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, base_url: str, path: str, now: datetime) -> str:
        """Return a link to a path that expires an hour after now."""
        expires = int((now + timedelta(seconds=VALID_SECONDS)).timestamp())
        query = urlencode({"Expires": expires, "Signature": self._signature(path, expires)})
        return f"{base_url.rstrip('/')}{path}?{query}"

    def check(self, path: str, expires: str | None, signature: str | None, now: datetime) -> None:
        """Accept a link that was signed here and has not expired. Raises: BadSignature."""
        if expires is None or signature is None:
            raise BadSignature
        if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):  # noqa: PLR2004 - digits of an instant
            raise BadSignature
        expected = self._signature(path, int(expires)).encode()
        given = signature.encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(expected, given) or int(expires) <= now.timestamp():
            raise BadSignature

    def _signature(self, path: str, expires: int) -> str:
        return hmac.new(self._key, f"{path}\n{expires}".encode(), hashlib.sha256).hexdigest()
