"""A world for a test: an installation with a stepped clock, and accounts of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.jwk import ECKey
from litestar.testing import TestClient

from fordran.operations.context import Context
from fordran.operations.set_up_parties import create_account, create_api_code, create_creditor
from fordran.sandbox.clocks import put_clock

REAL_NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""Where a test's real time stands until it is moved."""

SEED_NOW = datetime(2025, 9, 3, 7, 56, 11, tzinfo=UTC)
"""When the seed's registration came in."""

ADDRESS = {"address_line_1": "Provgatan 1", "zip_code": "11122", "city": "Stockholm"}


class SteppedClock:
    """Real time that moves only when a test moves it."""

    def __init__(self, now: datetime = REAL_NOW) -> None:
        self.current = now

    def now(self) -> datetime:
        return self.current


@dataclass
class Account:
    """An account of a test's own, with a creditor and a key."""

    context: Context
    id: str
    creditor_id: str
    api_code: str
    key: ECKey

    @classmethod
    def make(cls, context: Context, *, virtual_now: datetime | None = SEED_NOW) -> "Account":
        account_id = create_account(
            context, {"name": "Provbolaget AB", "organization_no": "5560000001"}
        )
        creditor_id = create_creditor(context, account_id, creditor_document())
        key = ECKey.generate_key("P-256")
        code = create_api_code(context, account_id, key.as_pem(private=False).decode())
        if virtual_now is not None:
            put_clock(context, account_id, virtual_now)
        return cls(context, account_id, creditor_id, code, key)

    def signed(self, **claims: Any) -> str:
        """Return a JWT signed with the account's key."""
        now = int(self.context.clock.now().timestamp())
        payload = {"api_code": self.api_code, "exp": now + 300, **claims}
        return jwt.encode({"alg": "ES256"}, payload, self.key)

    def registration(self, **changes: Any) -> dict[str, Any]:
        """Return the seed's registration for this account, with changes."""
        return {
            "account": self.id,
            "creditor": self.creditor_id,
            "first_action": "debt_collection",
            "currency": "SEK",
            "customer": {
                "name": "ACME Inc.",
                "id_number": "5560269986",
                "is_company": True,
                "address": {**ADDRESS, "country": "SE"},
            },
            "debts": [debt()],
            **changes,
        }

    def payment(self, case_id: str, **changes: Any) -> dict[str, Any]:
        """Return the seed's payment of a case, with changes."""
        return {
            "creditor": self.creditor_id,
            "case": case_id,
            "currency": "SEK",
            "amount": 2000.0,
            "bank_transaction_date": "Wed, 03 Sep 2025 08:00:00 GMT",
            "creditor_payment_reference": "PAY-REF-001",
            "origin": "creditor_system",
            **changes,
        }

    def crediting(self, case_id: str, **changes: Any) -> dict[str, Any]:
        """Return a crediting of a quarter of the seed's debt, with changes."""
        return {**self._report(case_id), "currency": "SEK", "amount": 500, **changes}

    def cancellation(self, case_id: str, **changes: Any) -> dict[str, Any]:
        """Return a cancellation of a case, with changes."""
        return {**self._report(case_id), **changes}

    def reversal(self, payment_id: str, **changes: Any) -> dict[str, Any]:
        """Return a reversal of a reported payment, with changes."""
        report = without(self._report(""), "case")
        return {**report, "creditor_payment": payment_id, **changes}

    def reduction(self, case_id: str, **changes: Any) -> dict[str, Any]:
        """Return a reduction to nothing of the first ten days' interest, with changes."""
        return {
            **self._report(case_id),
            "first_date": "Fri, 08 Aug 2025 00:00:00 GMT",
            "last_date": "Sun, 17 Aug 2025 00:00:00 GMT",
            "annual_rate_percent": 0,
            "reason": "Sjukhusvistelse",
            "decided_by": "Anna Berg",
            **changes,
        }

    def respite(self, **changes: Any) -> dict[str, Any]:
        """Return a respite through October, with changes; its case is named in the path."""
        report = without(self._report(""), "case")
        return {**report, "respite_to_date": "Fri, 31 Oct 2025 00:00:00 GMT", **changes}

    def pause(self, case_id: str, **changes: Any) -> dict[str, Any]:
        """Return a pause of a case, with changes."""
        return {**self._report(case_id), "reason": "Ring kunden", **changes}

    def resumption(self, **changes: Any) -> dict[str, Any]:
        """Return the end of a pause, with changes; the pause is named in the path."""
        return {**without(self._report(""), "case"), "reason": "Kunden svarade", **changes}

    def dispute(self, case_id: str, **changes: Any) -> dict[str, Any]:
        """Return a dispute of a whole claim, with changes."""
        body = {**self._report(case_id), "kind": "goods", "text": "Varan kom aldrig"}
        return {**body, **changes}

    def outcome(self, outcome: str = "upheld", **changes: Any) -> dict[str, Any]:
        """Return how a dispute ends, with changes; the dispute is named in the path."""
        report = without(self._report(""), "case")
        return {**report, "outcome": outcome, "explanation": "Fraktsedeln saknas", **changes}

    def _report(self, case_id: str) -> dict[str, Any]:
        return {"creditor": self.creditor_id, "case": case_id, "origin": "creditor_system"}


class ApiClient:
    """Talks to the application in process, as one account."""

    def __init__(self, client: "TestClient[Any]", account: Account) -> None:
        self.client = client
        self.account = account
        answer = client.get("/authenticates/api-code", headers={"X-API-Key": account.signed()})
        assert answer.status_code == 200, answer.text
        self.headers = {"X-API-Key": answer.json()["token"]}

    def get(self, path: str, **parameters: Any) -> Any:
        return self.client.get(path, headers=self.headers, params=parameters)

    def post(self, path: str, body: Any, **headers: str) -> Any:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        return self.client.post(
            path,
            content=content,
            headers={**self.headers, "Content-Type": "application/json", **headers},
        )

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.client.patch(path, json=body, headers={**self.headers, **headers})

    def patched(self, path: str, body: Any) -> dict[str, Any]:
        """PATCH what must be accepted and return the answer."""
        answer = self.patch(path, body)
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def put(self, path: str, body: Any) -> Any:
        return self.client.put(path, json=body, headers=self.headers)

    def register(self, **changes: Any) -> str:
        """Register the seed's debt with changes and return the first case's id."""
        answer = self.post("/case--registrations", self.account.registration(**changes))
        assert answer.status_code == 201, answer.text
        case_id: str = answer.json()["_cases"][0]
        return case_id

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """POST what must be accepted and return the answer."""
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        document: dict[str, Any] = answer.json()
        return document

    def advance(self, **body: str) -> Any:
        return self.post(f"/sandbox--clocks/{self.account.id}/advance", body)

    def case(self, case_id: str) -> dict[str, Any]:
        answer = self.get(f"/cases/{case_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        return document


def debt(**changes: Any) -> dict[str, Any]:
    """Return the seed's debt, with changes."""
    return {
        "invoice_number": "INV-2025-003",
        "debt_description": "Services",
        "invoice_date": "Mon, 07 Jul 2025 00:00:00 GMT",
        "capital_to_claim": 2000.0,
        "invoice_due_days_after_invoice_date": 31,
        **changes,
    }


def creditor_document(**changes: Any) -> dict[str, Any]:
    """Return a creditor that can be active."""
    return {
        "name": "Provbolaget AB",
        "organization_no": "5560000001",
        "is_active": True,
        "standard_debt_description": "Varor",
        "sender_address": ADDRESS,
        "invoice_address": ADDRESS,
        "payout_details": {"sek": {"bankgiro": "9912346"}},
        **changes,
    }


def without(document: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return a document without some of its fields."""
    return {name: value for name, value in document.items() if name not in names}
