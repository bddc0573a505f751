"""The one file that draws at random: ids, digits and tokens."""

import secrets  # noqa: TID251 - the one place
from datetime import datetime
from typing import Protocol

OBJECT_ID_RANDOM_BYTES = 8


class Randomness(Protocol):
    """A source of what must not be predictable or must be unique."""

    def hex(self, byte_count: int) -> str:
        """Return random bytes as lower-case hex digits."""
        ...

    def digits(self, count: int) -> str:
        """Return random decimal digits."""
        ...

    def token(self) -> str:
        """Return an unguessable URL-safe token of at least 256 bits."""
        ...


class SystemRandomness:
    """The operating system's randomness."""

    def hex(self, byte_count: int) -> str:
        """Return random bytes as lower-case hex digits."""
        return secrets.token_hex(byte_count)

    def digits(self, count: int) -> str:
        """Return random decimal digits."""
        return str(secrets.randbelow(10**count)).zfill(count)

    def token(self) -> str:
        """Return an unguessable URL-safe token of 256 bits."""
        return secrets.token_urlsafe(32)


def object_id(randomness: Randomness, at: datetime) -> str:
    """Return a document id: 8 hex digits of the creation second, then 16 at random (decision 4).

    Units: `at` is the account's instant, from 1970 to 2106.
    """
    return f"{int(at.timestamp()):08x}{randomness.hex(OBJECT_ID_RANDOM_BYTES)}"
