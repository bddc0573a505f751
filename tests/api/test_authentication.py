"""Signing in: a signed JWT in, an access token out, and nothing else is let in (decision 8)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from fordran.api.scalars import format_instant
from fordran.operations.context import Context
from fordran.operations.issue_token import UnsuitableKey
from fordran.operations.set_up_parties import create_api_code
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, SteppedClock

PATH = "/authenticates/api-code"
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
ALGORITHMS = [*CURVES, "RS256", "RS384", "RS512"]


@cache
def key_for(algorithm: str) -> ECKey | RSAKey:
    if algorithm in CURVES:
        return ECKey.generate_key(CURVES[algorithm])
    return RSAKey.generate_key(2048)


def public_pem(key: ECKey | RSAKey) -> str:
    return key.as_pem(private=False).decode()


def encoded(part: Any) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed_with(account: Account, header: Any, payload: Any, key: ECKey | None = None) -> str:
    """Return a JWT with any header and payload at all, with a right ES256 signature."""
    signing_input = f"{encoded(header)}.{encoded(payload)}"
    private = (key or account.key).private_key
    signature = private.sign(signing_input.encode(), ECDSA(SHA256()))
    numbers = b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))
    return f"{signing_input}.{encoded(numbers)}"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_with_its_key_is_let_in(api: ApiClient, algorithm: str) -> None:
    key = key_for(algorithm)
    account = api.account
    code = create_api_code(account.context, account.id, public_pem(key))
    expires = int(account.context.clock.now().timestamp()) + 600
    signed = jwt.encode({"alg": algorithm}, {"api_code": code, "exp": expires}, key, [algorithm])
    answer = api.client.get(PATH, headers={"X-API-Key": signed})
    assert answer.status_code == 200
    token = answer.json()["token"]
    assert api.client.get("/cases", headers={"X-API-Key": token}).status_code == 200


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_key_is_not_used_with_an_algorithm_of_another_kind(api: ApiClient, algorithm: str) -> None:
    code = create_api_code(api.account.context, api.account.id, public_pem(key_for("RS256")))
    expires = int(api.account.context.clock.now().timestamp()) + 300
    key = key_for(algorithm)
    signed = jwt.encode({"alg": algorithm}, {"api_code": code, "exp": expires}, key, [algorithm])
    status = api.client.get(PATH, headers={"X-API-Key": signed}).status_code
    assert status == (200 if algorithm.startswith("RS") and key is key_for("RS256") else 401)


def test_answer_has_exactly_what_was_decided(api: ApiClient, clock: SteppedClock) -> None:
    answer = api.client.get(PATH, headers={"X-API-Key": api.account.signed()})
    body = answer.json()
    assert set(body) == {"_status", "token", "expires", "expires_in"}
    assert body["_status"] == "OK"
    assert body["expires_in"] == 3600
    assert body["expires"] == format_instant(clock.now() + timedelta(seconds=3600))
    assert len(body["token"]) >= 32
    assert body["token"].isascii()


@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-API-KEY", "x-Api-kEy"])
def test_header_is_found_in_any_letter_case(api: ApiClient, name: str) -> None:
    answer = api.client.get(PATH, headers={name: api.account.signed()})
    assert answer.status_code == 200
    answer = api.client.get("/cases", headers={name: answer.json()["token"]})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("seconds", "status"),
    [(-30, 401), (-29, 200), (0, 200), (600, 200), (630, 200), (631, 401), (10**9, 401)],
)
def test_expiry_lies_at_most_ten_minutes_ahead_with_some_skew(
    api: ApiClient, clock: SteppedClock, seconds: int, status: int
) -> None:
    signed = api.account.signed(exp=int(clock.now().timestamp()) + seconds)
    assert api.client.get(PATH, headers={"X-API-Key": signed}).status_code == status


@pytest.mark.parametrize("iat", [None, 0, "yesterday"])
def test_issued_at_says_nothing(api: ApiClient, iat: Any) -> None:
    signed = api.account.signed(**({} if iat is None else {"iat": iat}))
    assert api.client.get(PATH, headers={"X-API-Key": signed}).status_code == 200


def test_key_headers_of_a_token_are_ignored(api: ApiClient) -> None:
    expires = int(api.account.context.clock.now().timestamp()) + 300
    header = {
        "alg": "ES256",
        "kid": "../../dev/null",
        "jku": "http://127.0.0.1:1/keys",
        "x5u": "http://127.0.0.1:1/keys",
    }
    payload = {"api_code": api.account.api_code, "exp": expires}
    signed = signed_with(api.account, header, payload)
    assert api.client.get(PATH, headers={"X-API-Key": signed}).status_code == 200


@dataclass(frozen=True)
class Forger:
    """Somebody who knows an account's API code, or even its key, and what a right JWT says."""

    account: Account
    claims: dict[str, Any]

    def signed(self, header: Any = None, payload: Any = None, key: ECKey | None = None) -> str:
        header = {"alg": "ES256"} if header is None else header
        payload = self.claims if payload is None else payload
        return signed_with(self.account, header, payload, key)

    def expiring(self, expiry: bytes) -> str:
        payload = json.dumps({**self.claims, "exp": 0}).encode()
        return self.signed(payload=payload[:-2] + expiry + b"}")

    def without(self, name: str) -> str:
        return self.signed(payload={key: self.claims[key] for key in self.claims if key != name})

    def unsigned(self, algorithm: str) -> str:
        return f"{encoded({'alg': algorithm})}.{encoded(self.claims)}."

    def signed_by_public_key(self) -> str:
        signing_input = f"{encoded({'alg': 'HS256'})}.{encoded(self.claims)}"
        secret = public_pem(self.account.key).encode()
        digest = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
        return f"{signing_input}.{encoded(digest)}"

    def signed_by_a_key_inside(self) -> str:
        key = ECKey.generate_key("P-256")
        return self.signed({"alg": "ES256", "jwk": key.as_dict(private=False)}, key=key)

    def signed_by_another_account(self) -> str:
        return self.signed(key=Account.make(self.account.context).key)

    def with_another_payload(self) -> str:
        head, _, signature = self.signed().split(".")
        return f"{head}.{encoded({**self.claims, 'exp': self.claims['exp'] + 1})}.{signature}"

    def with_another_signature(self) -> str:
        head, payload, signature = self.signed().split(".")
        return f"{head}.{payload}.{signature[1:] + signature[0]}"


Forgery = Callable[[Forger], str | bytes]

FORGERIES: dict[str, Forgery] = {
    "no expiry": lambda forger: forger.without("exp"),
    "expiry as text": lambda forger: forger.expiring(f'"{forger.claims["exp"]}"'.encode()),
    "expiry true": lambda forger: forger.expiring(b"true"),
    "expiry null": lambda forger: forger.expiring(b"null"),
    "expiry list": lambda forger: forger.expiring(b"[1]"),
    "expiry infinite": lambda forger: forger.expiring(b"1e999"),
    "expiry below infinite": lambda forger: forger.expiring(b"-1e999"),
    "expiry not a number": lambda forger: forger.expiring(b"NaN"),
    "expiry with 400 digits": lambda forger: forger.expiring(b"1" + b"0" * 400),
    "expiry with 1500 digits": lambda forger: forger.expiring(b"1" + b"0" * 1500),
    "not before, later": lambda forger: forger.account.signed(nbf=forger.claims["exp"] + 300),
    "alg none": lambda forger: forger.unsigned("none"),
    "alg None": lambda forger: forger.unsigned("None"),
    "alg ES256 without a signature": lambda forger: forger.unsigned("ES256"),
    "the public key as a secret": Forger.signed_by_public_key,
    "an embedded key": Forger.signed_by_a_key_inside,
    "another account's key": Forger.signed_by_another_account,
    "tampered payload": Forger.with_another_payload,
    "tampered signature": Forger.with_another_signature,
    "wrong api_code": lambda forger: forger.account.signed(api_code="0" * 32),
    "no api_code": lambda forger: forger.without("api_code"),
    "api_code is a number": lambda forger: forger.account.signed(api_code=1),
    "api_code is a list": lambda forger: forger.account.signed(api_code=["a"]),
    "api_code with NUL": lambda forger: forger.account.signed(api_code="\x00"),
    "api_code with a surrogate": lambda forger: forger.signed(
        payload=b'{"api_code":"\\ud800","exp":1}'
    ),
    "payload is a list": lambda forger: forger.signed(payload=[]),
    "payload is text": lambda forger: forger.signed(payload="x"),
    "payload is not JSON": lambda forger: forger.signed(payload=b"{"),
    "payload is not UTF-8": lambda forger: forger.signed(payload=b'{"api_code":"\xff"}'),
    "payload is nested deeply": lambda forger: forger.signed(payload=b'{"api_code":' + b"[" * 2900),
    "payload is nested deeply and closed": lambda forger: forger.signed(
        payload=b'{"api_code":' + b"[" * 1400 + b"]" * 1400 + b"}"
    ),
    "header is a list": lambda forger: forger.signed([]),
    "header is text": lambda forger: forger.signed("x"),
    "header is empty": lambda forger: forger.signed({}),
    "header is not JSON": lambda forger: forger.signed(b"{"),
    "header is not UTF-8": lambda forger: forger.signed(b'{"alg":"ES256","a":"\xff"}'),
    "header is nested deeply": lambda forger: forger.signed(b'{"alg":"ES256","a":' + b"[" * 2600),
    "alg is a number": lambda forger: forger.signed({"alg": 1}),
    "alg is a list": lambda forger: forger.signed({"alg": ["ES256"]}),
    "alg is an object": lambda forger: forger.signed({"alg": {}}),
    "alg is null": lambda forger: forger.signed({"alg": None}),
    "alg is of another curve": lambda forger: forger.signed({"alg": "ES384"}),
    "alg is unknown": lambda forger: forger.signed({"alg": "XS256"}),
    "a critical header": lambda forger: forger.signed({"alg": "ES256", "crit": ["x"], "x": 1}),
    "a critical header that is no list": lambda forger: forger.signed({"alg": "ES256", "crit": 1}),
    "an unencoded payload": lambda forger: forger.signed(
        {"alg": "ES256", "b64": False, "crit": ["b64"]}
    ),
    "two parts": lambda forger: forger.signed().rpartition(".")[0],
    "four parts": lambda forger: forger.signed() + ".x",
    "five parts": lambda forger: forger.signed() + ".x.y",
    "dots": lambda _: "..",
    "empty": lambda _: "",
    "giant": lambda forger: forger.signed() + "A" * 100_000,
    "giant payload": lambda forger: forger.account.signed(x="A" * 5000),
    "beyond ASCII": lambda _: "é.å.ä".encode(),
    "beyond ASCII, inside": lambda forger: forger.signed().replace(".", ".é", 1).encode(),
    "an access token": lambda _: "A" * 43,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_anything_else_is_refused_with_the_same_words(
    api: ApiClient, database: WorkerDatabase, name: str
) -> None:
    claims = {
        "api_code": api.account.api_code,
        "exp": int(api.account.context.clock.now().timestamp()) + 300,
    }
    forged = FORGERIES[name](Forger(api.account, claims))
    before = count_tokens(database)
    answer = api.client.get(PATH, headers={"X-API-Key": forged})
    assert answer.status_code == 401
    assert answer.content == api.client.get(PATH).content
    assert answer.json() == {
        "_status": "ERR",
        "_error": {
            "code": 401,
            "message": "A valid access token is required.",
            "reason": "unauthorized",
        },
    }
    assert count_tokens(database) == before


def count_tokens(database: WorkerDatabase) -> int:
    with psycopg.connect(database.conninfo()) as connection:
        row = connection.execute("SELECT count(*) FROM access_tokens").fetchone()
    assert row is not None
    return int(row[0])


def test_forgery_helper_makes_tokens_that_are_let_in_when_nothing_is_wrong(
    api: ApiClient,
) -> None:
    claims = {
        "api_code": api.account.api_code,
        "exp": int(api.account.context.clock.now().timestamp()) + 300,
    }
    signed = signed_with(api.account, {"alg": "ES256"}, claims)
    assert api.client.get(PATH, headers={"X-API-Key": signed}).status_code == 200


def test_token_expires_after_an_hour_of_real_time_whatever_the_virtual_clock_says(
    api: ApiClient, clock: SteppedClock, client: Any
) -> None:
    assert api.advance(by="P10W").status_code == 200
    assert api.get("/cases").status_code == 200
    clock.current += timedelta(seconds=3599)
    assert api.get("/cases").status_code == 200
    clock.current += timedelta(seconds=1)
    assert api.get("/cases").status_code == 401
    renewed = ApiClient(api.client, api.account)
    assert renewed.get("/cases").status_code == 200
    assert api.get("/cases").status_code == 401


def test_token_is_stored_as_its_hash_only(api: ApiClient, database: WorkerDatabase) -> None:
    token = api.headers["X-API-Key"]
    with psycopg.connect(database.conninfo()) as connection:
        rows = connection.execute("SELECT access_tokens::text FROM access_tokens").fetchall()
    digest = hashlib.sha256(token.encode()).hexdigest()
    assert any(digest in text for (text,) in rows)
    assert not any(token in text for (text,) in rows)


def short_rsa_pem() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@pytest.mark.parametrize(
    "make",
    [
        lambda: ECKey.generate_key("secp256k1").as_pem(private=False).decode(),
        short_rsa_pem,
        lambda: ECKey.generate_key("P-256").as_pem(private=True).decode(),
        lambda: "no key at all",
        lambda: "",
    ],
    ids=["another curve", "a short RSA key", "a private key", "no key", "nothing"],
)
@pytest.mark.filterwarnings("ignore:Key size should be")
def test_unsuitable_public_key_is_refused(
    context: Context, account: Account, make: Callable[[], str]
) -> None:
    with pytest.raises(UnsuitableKey):
        create_api_code(context, account.id, make())
