"""The words of the API's description: what a newcomer reads first."""

SIGNING_SNIPPET = """\
import json, time
from pathlib import Path
from joserfc import jwt
from joserfc.jwk import ECKey

demo = json.loads(Path("demo.json").read_text())
key = ECKey.import_key(Path(demo["private_key"]).read_text())
claims = {"api_code": demo["api_code"], "exp": int(time.time()) + 600}
print(jwt.encode({"alg": "ES256"}, claims, key))
"""
"""Signs a request for a token, run in the folder of the demo world's file."""

_TOKEN = f"""\
Fordran collects debts. You register an unpaid invoice; the server counts interest and costs, sends
the letters, takes in what is paid, and closes the case. This page is the whole API, and every
operation on it can be tried here.

## 1. Get a token

You have an **API code** and a private key, whose public key the server knows. With them you sign
a JSON Web Token (JWT) with two claims: `api_code`, and `exp`, a Unix time at most 600 seconds
ahead. The algorithm follows from the key: `ES256`, `ES384` or `ES512` for elliptic curves,
`RS256`, `RS384` or `RS512` for RSA.

A server in sandbox mode has made both for you, and `fordran keys sign` prints a JWT for them, on
the machine of the server and with its `--data-dir`. With a key of your own it is
`fordran keys sign --api-code CODE --private-key private-key.pem`.

Press **Authorize**, paste the JWT as *SignedRequest*, and execute `GET /authenticates/api-code`
below. Press **Authorize** again and paste the token of the answer as *AccessToken*. It is valid
for an hour of real time; then do the same again.

From a shell or a program, both are the header `X-API-Key`:

```sh
JWT=$(fordran keys sign)
curl -H "X-API-Key: $JWT" http://127.0.0.1:8000/authenticates/api-code
curl -H "X-API-Key: $TOKEN" http://127.0.0.1:8000/cases
```

Your program signs as it likes. In Python, after `pip install joserfc`, in the folder `demo` of the
sandbox's data directory:

```python
{SIGNING_SNIPPET}```

For a key pair of your own: `openssl ecparam -name prime256v1 -genkey -noout -out private-key.pem`,
then `openssl ec -in private-key.pem -pubout -out public-key.pem`; whoever runs the server makes an
API code of the public key with `fordran keys create`.
"""

_FIRST_CASE = """\
## 2. Your first case

1. `POST /case--registrations` with the example as it stands: each of its `debts` becomes a case.
   Keep the case's id, which is in `_cases`.
2. `POST /media--upload/{reference_id}` with that id: the original invoice.
3. `GET /cases/{case_id}` shows where the case is, what is owed, and what happens next and when.
4. `POST /creditor--payments` when the debtor has paid you: put in your case's id, or use the
   example that names the invoice. The case closes when its capital is paid.

Ids in the examples are those of the demo account and of an example case; ids of what you make
are your own.
"""

_CLOCK = """\
## 3. Weeks in a second: the sandbox clock

Letters and deadlines take weeks. In sandbox mode an account may have a **virtual clock**, which
stands still until you advance it, and the server does at once whatever falls due on the way:

1. `PUT /sandbox--clocks/{account_id}` while the account has no case yet, with
   `{"now": "Wed, 03 Sep 2025 07:56:11 GMT"}`.
2. Register the example: its case is made at that time.
3. `POST /sandbox--clocks/{account_id}/advance` with `{"to": "Wed, 03 Sep 2025 11:18:58 GMT"}`:
   the case is valued at 08:00, enters debt collection at 09:00, and its letter goes out at 09:10.
   The case now looks like the example of `GET /cases/{case_id}`.
4. Advance by `{"by": "P16D"}` to see what happens when nobody pays; or report the example's
   payment first, and the case closes.

Dates on documents are the clock's; tokens and links to files expire in real time. Without a
virtual clock an account lives in real time.
"""

_RULES = """\
## Errors

Every error has the same shape: `_status` is `ERR`; `_error` has the HTTP status as `code`, a
`message` for people and a stable `reason` for programs; a 422 has `_issues` per field, all of them
at once. The schema **Error** at the end of this page lists every reason.

```json
{
  "_status": "ERR",
  "_issues": {"debts": {"0": {"capital_to_claim": "must be greater than 0"}}},
  "_error": {
    "code": 422,
    "message": "Insertion failure: 1 document(s) contain(s) error(s)",
    "reason": "validation_failed"
  }
}
```

A payment that could not be settled is no error: its report is stored and answered with 201, and
`_payment_status` is `warning` or `error`.

A method that an address does not take is answered with 405, an unknown address with 404.

## Dates, amounts and ids

* Dates are written as RFC 1123 in GMT, `Wed, 03 Sep 2025 07:56:11 GMT`. ISO 8601 is understood
  too. A date without a time of day is a Swedish calendar date, written as its midnight GMT.
* Amounts are JSON numbers in kronor with at most two decimals; `2000` and `2000.0` are the same.
* Ids are 24 hexadecimal digits. An optional field may be left out or be `null`, which is the same.
  Unknown fields are refused.
* Answers may get new fields; ignore those you do not know.

## Lists

`where` is a JSON object of exact matches, `{"status": "closed"}`, or of lists of values,
`{"status": {"$in": ["debt_collection", "closed"]}}`; `sort` is a field, or several with commas
between, each with `-` in front for descending; `projection` chooses fields, `{"status": 1}`;
`page` and `max_results` choose a page. All are URL-encoded.

## Sending something twice

After a lost connection, send the same again. A POST of JSON with an `Idempotency-Key` header, any
text of your choice that is new for each request, is carried out once, and answered again when it
comes again; the key with another request is refused.

Without a key, the same invoice still cannot be registered twice while its case is open, and a
payment with a `creditor_payment_reference` that was reported before settles nothing.
"""

GUIDE = f"{_TOKEN}\n{_FIRST_CASE}\n{_RULES}"
"""The description of a server."""

SANDBOX_GUIDE = f"{_TOKEN}\n{_FIRST_CASE}\n{_CLOCK}\n{_RULES}"
"""The description of a server in sandbox mode."""

SECURITY = {
    "SignedRequest": (
        "A JWT with the claims `api_code` and `exp` (at most 600 seconds ahead), signed with the "
        "private key of the API code. Only `GET /authenticates/api-code` takes it."
    ),
    "AccessToken": (
        "The `token` that `GET /authenticates/api-code` answers. Every other operation with a lock "
        "takes it."
    ),
}
"""What is sent as `X-API-Key`, by the name that operations ask for it with."""

TAGS = {
    "Authentication": "Get a token first.",
    "Case registrations": "Register unpaid invoices; each becomes a case.",
    "Cases": "See where cases are and what is owed.",
    "Creditor payments": "Report what the debtor has paid to the creditor.",
    "Creditor creditings": "Credit a claim or a part of it.",
    "Creditor cancellations": "Stop the handling of a case.",
    "Respites": "Give the debtor time.",
    "Pauses": "Stop the flow of a case for a reason, and resume it.",
    "Disputes": "Register that the debtor objects, and decide it.",
    "Interest reductions": "Lower the interest of a claim, as a person has decided.",
    "Letters": "See what was sent to debtors, and what each letter states.",
    "Finance": "See what creditors are due and were paid, and what debtors get back.",
    "Media": "Upload the original invoice; read it, and letters, by signed links.",
    "Health": "For whoever runs the server.",
}
SANDBOX_TAG = "Sandbox clock"
SANDBOX_TAG_TEXT = "The account's virtual clock. Only in sandbox mode."
