"""API codes with their public keys, and the access tokens handed out for them."""

from datetime import datetime

import msgspec

from fordran.storage.unit_of_work import UnitOfWork


class ApiCode(msgspec.Struct, frozen=True):
    """An API code: one user of one account, with its public key."""

    api_code: str
    account_id: str
    public_key: str
    algorithms: tuple[str, ...]


class AccessToken(msgspec.Struct, frozen=True):
    """Whom a token speaks for. Units: `expires_at` is real time."""

    account_id: str
    expires_at: datetime


def insert_api_code(uow: UnitOfWork, code: ApiCode, created_at: datetime) -> None:
    """Insert an API code."""
    uow.execute(
        "INSERT INTO api_codes (api_code, account_id, public_key, algorithms, created_at) "
        "VALUES (%s, %s, %s, %s, %s)",
        (code.api_code, code.account_id, code.public_key, list(code.algorithms), created_at),
    )


def api_code(uow: UnitOfWork, code: str) -> ApiCode | None:
    """Return an API code, or None."""
    row = uow.row(
        "SELECT api_code, account_id, public_key, algorithms FROM api_codes WHERE api_code = %s",
        (code,),
    )
    return ApiCode(row[0], row[1], row[2], tuple(row[3])) if row else None


def has_api_codes(uow: UnitOfWork) -> bool:
    """Tell whether the installation has any API code."""
    return uow.row("SELECT 1 FROM api_codes LIMIT 1") is not None


def insert_token(uow: UnitOfWork, token_sha256: bytes, token: AccessToken) -> None:
    """Insert an access token by its hash, and forget those that have expired."""
    uow.execute(
        "INSERT INTO access_tokens (token_sha256, account_id, expires_at) VALUES (%s, %s, %s)",
        (token_sha256, token.account_id, token.expires_at),
    )


def delete_expired_tokens(uow: UnitOfWork, now: datetime) -> None:
    """Delete the access tokens that have expired. Needs the index access_tokens_expiry."""
    uow.execute("DELETE FROM access_tokens WHERE expires_at <= %s", (now,))


def token(uow: UnitOfWork, token_sha256: bytes) -> AccessToken | None:
    """Return whom a token speaks for, or None."""
    row = uow.row(
        "SELECT account_id, expires_at FROM access_tokens WHERE token_sha256 = %s",
        (token_sha256,),
    )
    return AccessToken(*row) if row else None
