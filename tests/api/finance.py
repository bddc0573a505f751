"""A claim in debt collection whose money comes in and goes out: what the tests of finance share."""

import json
from datetime import date
from typing import Any, NamedTuple

from fordran.operations.pay_out_creditors import PayOut, RunResult, pay_out_creditors
from tests.world import ApiClient, debt

PAID_AT = "Thu, 25 Sep 2025 08:00:00 GMT"
FRIDAY = date(2025, 9, 26)
NEXT_FRIDAY = date(2025, 10, 3)


class Claim(NamedTuple):
    """A case with the number that debtors pay by."""

    case_id: str
    ocr_number: str


def claim(api: ApiClient, number: str = "INV-2025-003", **changes: Any) -> Claim:
    """Register a debt of 2 000 and return its case."""
    debts = [debt(invoice_number=number, **changes)]
    answer = api.made("/case--registrations", api.account.registration(debts=debts))
    return Claim(answer["_cases"][0], answer["_ocr_numbers_ocr"][0])


def collected(api: ApiClient, number: str = "INV-2025-003") -> Claim:
    """Return a claim of 25 September 2025: 2 000, 26 in interest, 180 for the demand."""
    made = claim(api, number)
    advance(api, "Thu, 25 Sep 2025 10:00:00 GMT")
    return made


def advance(api: ApiClient, to: str) -> None:
    answer = api.advance(to=to)
    assert answer.status_code == 200, answer.text


def pay_agency(api: ApiClient, ocr_number: str, kronor: float, at: str = PAID_AT) -> str:
    """Let the debtor pay to the agency; return the payment's id."""
    body = {
        "ocr_number": ocr_number,
        "amount": kronor,
        "currency": "SEK",
        "bank_transaction_date": at,
    }
    made: str = api.made("/sandbox--payments", body)["_id"]
    return made


def pay_creditor(api: ApiClient, case_id: str, kronor: float, at: str = PAID_AT) -> str:
    """Let the creditor report a payment; return its id."""
    body = api.account.payment(
        case_id, amount=kronor, bank_transaction_date=at, creditor_payment_reference=at
    )
    made: str = api.made("/creditor--payments", body)["_id"]
    return made


def reverse_at_agency(api: ApiClient, payment_id: str) -> None:
    api.made("/sandbox--payment-reversals", {"payment": payment_id})


def run(api: ApiClient, on: date | None = None, **asked: Any) -> RunResult:
    """Make the run of a day, or of the account's today."""
    return pay_out_creditors(api.account.context, api.account.id, PayOut(on, **asked))


def lines(api: ApiClient, **where: Any) -> list[dict[str, Any]]:
    """Return the payout specifications, the first booked first."""
    return listed(api, "/finance--payout-specifications", **where)


def listed(api: ApiClient, path: str, **where: Any) -> list[dict[str, Any]]:
    answer = api.get(path, where=json.dumps(where), max_results="100")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["_items"]
    return found


def amounts(documents: list[dict[str, Any]]) -> dict[str, tuple[float, float, float]]:
    """Return amount, tax and total by category and article; each stands once."""
    found = {
        f"{one['finance_category']} {one['article']}": (
            one["amount"],
            one["vat_amount"],
            one["total_amount"],
        )
        for one in documents
    }
    assert len(found) == len(documents)
    return found
