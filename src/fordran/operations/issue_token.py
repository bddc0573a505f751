"""Issue access tokens for signed requests, and say whom a token speaks for (decision 8)."""

import base64
import hashlib
from datetime import datetime, timedelta

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from fordran.domain.refusals import Refusal
from fordran.operations.context import Context
from fordran.storage import tokens
from fordran.storage.tokens import AccessToken, ApiCode
from fordran.storage.unit_of_work import UnitOfWork

TOKEN_SECONDS = 3600
"""How long an access token is valid, in real time."""

JWT_SECONDS_MAX = 600
"""How far ahead of now a signed request may expire."""

SKEW_SECONDS = 30
"""How far the client's clock may be off, either way."""

JWT_LENGTH_MAX = 4096

CURVE_ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
RSA_ALGORITHMS = ("RS256", "RS384", "RS512")
RSA_BITS_MIN = 2048


class Unauthorized(Refusal):
    """The credentials are missing, wrong or expired."""


class UnsuitableKey(Refusal):
    """The public key must be PEM: EC on P-256, P-384 or P-521, or RSA of at least 2048 bits."""


class IssuedToken(msgspec.Struct, frozen=True):
    """A token as handed out; only its hash is kept. Units: `expires_at` is real time."""

    token: str
    expires_at: datetime


def issue_token(context: Context, signed: str) -> IssuedToken:
    """Issue a token for a JWT that an API code's private key has signed.

    The claims are `api_code` and `exp`; `exp` lies at most 600 seconds ahead, with 30 seconds of
    skew either way; `iat` is optional.

    Units: real time, whatever the account's clock says (decision 10).
    Raises: Unauthorized, always with the same words: whoever guesses learns nothing.
    Source: decision 8.
    """
    now = context.clock.now()
    code = _claimed_code(context, signed)
    _verify(signed, code, now)
    token = context.randomness.token()
    expires_at = now + timedelta(seconds=TOKEN_SECONDS)

    def operation(uow: UnitOfWork) -> None:
        tokens.delete_expired_tokens(uow, now)
        tokens.insert_token(uow, _hash(token), AccessToken(code.account_id, expires_at))

    context.database.run(code.account_id, operation)
    return IssuedToken(token, expires_at)


def whose_token(context: Context, token: str) -> AccessToken:
    """Return whom a token speaks for.

    Raises: Unauthorized, if it is unknown or has expired.
    """
    found = context.database.read(None, lambda uow: tokens.token(uow, _hash(token)))
    if found is None or found.expires_at <= context.clock.now():
        raise Unauthorized
    return found


def sign_in_request(api_code: str, private_key: str, expires: int) -> str:
    """Return the signed JWT with which a client signs in.

    Units: `expires` in seconds since 1970.
    Raises: UnsuitableKey, if the key is not a private one that may be used.
    """
    key = _import_key(private_key)
    if not key.is_private:
        raise UnsuitableKey("This is a public key: sign with its private key.")
    algorithm = _algorithms(key)[0]
    return jwt.encode({"alg": algorithm}, {"api_code": api_code, "exp": expires}, key)


def algorithms_of(public_key: str) -> tuple[str, ...]:
    """Return the algorithms that a PEM public key may be used with.

    Raises: UnsuitableKey, if it is no public key, too weak, or a private key.
    """
    key = _import_key(public_key)
    if key.is_private:
        raise UnsuitableKey("This is a private key: keep it, and register its public key.")
    return _algorithms(key)


def _algorithms(key: ECKey | RSAKey) -> tuple[str, ...]:
    if isinstance(key, ECKey):
        algorithm = CURVE_ALGORITHMS.get(key.curve_name)
        if algorithm is None:
            raise UnsuitableKey
        return (algorithm,)
    if key.raw_value.key_size < RSA_BITS_MIN:
        raise UnsuitableKey
    return RSA_ALGORITHMS


def _import_key(pem: str) -> ECKey | RSAKey:
    for kind in (ECKey, RSAKey):
        try:
            return kind.import_key(pem)
        except (JoseError, ValueError, TypeError, AttributeError):
            continue
    raise UnsuitableKey


def _claimed_code(context: Context, signed: str) -> ApiCode:
    """Return the API code that a JWT claims, before anything about it is believed."""
    if len(signed) > JWT_LENGTH_MAX or signed.count(".") != 2:  # noqa: PLR2004 - the parts of a JWT
        raise Unauthorized
    try:
        claims = msgspec.json.decode(_unpadded(signed.split(".")[1]), type=dict)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        raise Unauthorized from None
    claimed = claims.get("api_code")
    if not isinstance(claimed, str) or "\x00" in claimed:
        raise Unauthorized
    code = context.database.read(None, lambda uow: tokens.api_code(uow, claimed))
    if code is None:
        raise Unauthorized
    return code


def _verify(signed: str, code: ApiCode, now: datetime) -> None:
    try:
        decoded = jwt.decode(signed, _import_key(code.public_key), algorithms=list(code.algorithms))
    except (JoseError, ValueError, TypeError, RecursionError):
        raise Unauthorized from None
    expires = decoded.claims.get("exp")
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        raise Unauthorized
    # Compared, never subtracted: an integer of any length is compared with a float exactly.
    earliest = now.timestamp() - SKEW_SECONDS
    if not earliest < expires <= now.timestamp() + JWT_SECONDS_MAX + SKEW_SECONDS:
        raise Unauthorized
    not_before = decoded.claims.get("nbf", 0)
    if isinstance(not_before, int | float) and not_before > now.timestamp() + SKEW_SECONDS:
        raise Unauthorized


def _unpadded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
