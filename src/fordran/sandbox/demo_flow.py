"""The demo's flow: the five steps of the API documentation's example, over HTTP as a client."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec

from fordran.api.openapi_examples import PAYMENT_REQUEST, REGISTRATION_REQUEST
from fordran.operations.issue_token import JWT_SECONDS_MAX, sign_in_request
from fordran.sandbox.demo_invoice import demo_invoice
from fordran.sandbox.demo_world import DEMO_FILE, DemoWorld

REGISTERED_AT = "Wed, 03 Sep 2025 07:56:11 GMT"
IN_DEBT_COLLECTION_AT = "Wed, 03 Sep 2025 09:10:17 GMT"
PAID_AT = "Wed, 03 Sep 2025 11:18:58 GMT"


class DemoFailed(Exception):  # noqa: N818 - says what happened
    """A step did not go as the documentation says; the message names the step."""

    def __init__(self, step: str, problem: str) -> None:
        super().__init__(f"{step}: {problem}")


class Step(msgspec.Struct, frozen=True):
    """One step as it happened."""

    title: str
    told: str
    """What happens here, in a sentence or two."""
    method: str
    path: str
    sent: Any
    """The body; None if there is none."""
    status: int
    came_back: dict[str, Any]
    case: dict[str, Any] | None
    """The case after the step."""
    file: str | None = None
    """The name of the answer's file, as in the documentation's example."""


class DemoFlow:
    """Performs the steps one by one against a running sandbox."""

    def __init__(self, data_dir: Path, now_seconds: int) -> None:
        """`now_seconds` is real time, for the token request's expiry."""
        path = data_dir / DEMO_FILE
        self._world = msgspec.json.decode(path.read_bytes(), type=DemoWorld)
        self._key = (path.parent / self._world.private_key).read_text()
        self._now_seconds = now_seconds
        self._http = httpx.Client(base_url=self._world.base_url, timeout=60)
        self.token = ""
        self.case_id = ""

    def steps(self) -> Iterator[Step]:
        """Perform the flow, a step at a time.

        Raises: DemoFailed.
        """
        with self._http:
            yield self._sign_in()
            yield self._set_clock()
            yield self._register()
            yield self._upload()
            yield self._advance_and_read()
            yield self._pay()
            yield self._read_closed()

    def _sign_in(self) -> Step:
        signed = sign_in_request(
            self._world.api_code, self._key, self._now_seconds + JWT_SECONDS_MAX
        )
        answer = self._http.get("/authenticates/api-code", headers={"X-API-Key": signed})
        body = self._expect("Sign in", answer, 200)
        self.token = body["token"]
        return Step(
            "Sign in",
            "A JWT with the API code, signed with the private key, is exchanged for an access "
            "token that is valid for an hour.",
            "GET",
            "/authenticates/api-code",
            None,
            200,
            {**body, "token": f"{self.token[:8]}…"},
            None,
        )

    def _set_clock(self) -> Step:
        path = f"/sandbox--clocks/{self._world.account}"
        body = {"now": REGISTERED_AT}
        answer = self._http.put(path, json=body, headers=self._headers)
        if answer.status_code == httpx.codes.CONFLICT:
            raise DemoFailed(
                "Set the clock",
                "this data directory has been used before; the demo needs an empty one",
            )
        came_back = self._expect("Set the clock", answer, 200)
        return Step(
            "Set the clock",
            "In the sandbox an account's time stands still until it is advanced. Here it is set "
            "to a morning in September 2025.",
            "PUT",
            path,
            body,
            200,
            came_back,
            None,
        )

    def _register(self) -> Step:
        title = "1. Register a case"
        parties = {"account": self._world.account, "creditor": self._world.creditor}
        body = REGISTRATION_REQUEST | parties
        answer = self._http.post("/case--registrations", json=body, headers=self._headers)
        came_back = self._expect(title, answer, 201)
        self.case_id = came_back["_cases"][0]
        return Step(
            title,
            "The creditor's system hands over an unpaid invoice of 2 000 kronor that fell due on "
            "7 August.",
            "POST",
            "/case--registrations",
            body,
            201,
            came_back,
            self._case(title),
            "1-register-case.response.json",
        )

    def _upload(self) -> Step:
        title = "2. Upload the original invoice"
        path = f"/media--upload/{self.case_id}"
        form = {"domain": "cases", "dotted_path": "original_invoice"}
        invoice = demo_invoice()
        answer = self._http.post(
            path,
            data=form,
            files={"file": ("original_invoice.pdf", invoice, "application/pdf")},
            headers=self._headers,
        )
        came_back = self._expect(title, answer, 201)
        served = self._http.get(came_back["url"])
        if served.content != invoice:
            raise DemoFailed(title, "the signed link does not serve the invoice")
        return Step(
            title,
            "A real PDF. The link that comes back is signed, serves the file for an hour, and was "
            "tried just now.",
            "POST",
            path,
            {**form, "file": f"original_invoice.pdf ({len(invoice)} bytes)"},
            201,
            came_back,
            self._case(title),
            "2-upload-original-invoice.response.json",
        )

    def _advance_and_read(self) -> Step:
        title = "3. Check the case"
        advanced = self._advance(title, IN_DEBT_COLLECTION_AT)
        case = self._case(title)
        if case["status"] != "debt_collection" or "limitation" not in case:
            raise DemoFailed(title, f"the case is {case['status']!r}, without a demand sent")
        return Step(
            title,
            f"The clock is advanced to 09:10; {advanced['executed']} flow items were carried out "
            "on the way. At 08:00 the interest was posted, at 09:00 the case entered debt "
            "collection, at 09:10 the demand was sent, which breaks the limitation.",
            "GET",
            f"/cases/{self.case_id}",
            None,
            200,
            case,
            case,
            "3-case-in-debt-collection.response.json",
        )

    def _pay(self) -> Step:
        title = "4. Report a payment"
        self._advance(title, PAID_AT)
        parties = {"account": self._world.account, "creditor": self._world.creditor}
        body = PAYMENT_REQUEST | parties | {"case": self.case_id}
        answer = self._http.post("/creditor--payments", json=body, headers=self._headers)
        came_back = self._expect(title, answer, 201)
        if came_back["_payment_status"] != "completed":
            raise DemoFailed(title, f"the payment is {came_back['_payment_status']!r}")
        return Step(
            title,
            "At 11:18 the creditor reports that the debtor paid 2 000 kronor directly to them.",
            "POST",
            "/creditor--payments",
            body,
            201,
            came_back,
            self._case(title),
            "4-creditor-payment.response.json",
        )

    def _read_closed(self) -> Step:
        title = "5. The closed case"
        case = self._case(title)
        if case["status"] != "closed":
            raise DemoFailed(title, f"the case is {case['status']!r}, not closed")
        return Step(
            title,
            "The capital is paid. The 14 kronor of interest that are left are less than the limit "
            "of the agreement, so they are written off and the case is closed.",
            "GET",
            f"/cases/{self.case_id}",
            None,
            200,
            case,
            case,
            "5-case-closed.response.json",
        )

    @property
    def _headers(self) -> dict[str, str]:
        return {"X-API-Key": self.token}

    def _advance(self, title: str, to: str) -> dict[str, Any]:
        path = f"/sandbox--clocks/{self._world.account}/advance"
        answer = self._http.post(path, json={"to": to}, headers=self._headers)
        return self._expect(title, answer, 200)

    def _case(self, title: str) -> dict[str, Any]:
        answer = self._http.get(f"/cases/{self.case_id}", headers=self._headers)
        return self._expect(title, answer, 200)

    @staticmethod
    def _expect(title: str, answer: httpx.Response, status: int) -> dict[str, Any]:
        if answer.status_code != status:
            raise DemoFailed(title, f"answered {answer.status_code}: {answer.text[:500]}")
        body: dict[str, Any] = answer.json()
        return body
