"""The operations that show money on its way out: payouts, their lines, refunds."""

from typing import Any

from fordran.api.openapi_examples import CASE, Example
from fordran.api.openapi_operations import get_operation, list_operation
from fordran.api.openapi_parts import Part, path_id
from fordran.storage.listings import Listing
from fordran.storage.payout_specifications import SPECIFICATIONS
from fordran.storage.payouts import PAYOUTS
from fordran.storage.refunds import REFUNDS

TAG = "Finance"

SPECIFICATION: Example = {
    "_created": "Wed, 11 Jun 2025 09:30:00 GMT",
    "_updated": "Fri, 13 Jun 2025 06:00:00 GMT",
    "_id": "68494d58a1f3c20b9d7e5f41",
    "account": CASE["account"],
    "creditor": CASE["creditor"],
    "creditor_name": "Exempelbolaget AB",
    "currency": "SEK",
    "amount": 60.0,
    "vat_amount": 15.0,
    "total_amount": 75.0,
    "article": "reminder",
    "state": "reminder",
    "booking_date": "Wed, 11 Jun 2025 09:30:00 GMT",
    "finance_category": "creditor_commission",
    "invoice_number": "INV-2025-020",
    "reference_number": "25020",
    "payout_reference": "Creditor Commission",
    "case": "68494d587b02934caddab0aa",
    "payment": "68494d58b8903ae30ebb85aa",
    "payout": "684bbf20c44c1a0b52a90d13",
    "payout_date": "Fri, 13 Jun 2025 00:00:00 GMT",
    "payout_interval": "weekly",
    "_etag": "0a6f1f7bd5c9e6a1e0b8d90b6a3a4c11",
}

PAYOUT: Example = {
    "_created": "Fri, 13 Jun 2025 06:00:00 GMT",
    "_updated": "Fri, 13 Jun 2025 06:00:00 GMT",
    "_id": "684bbf20c44c1a0b52a90d13",
    "account": CASE["account"],
    "creditor": CASE["creditor"],
    "creditor_name": "Exempelbolaget AB",
    "currency": "SEK",
    "amount": 2060.0,
    "vat_amount": 15.0,
    "total_amount": 2075.0,
    "payout_date": "Fri, 13 Jun 2025 00:00:00 GMT",
    "payout_reference": "P20250613-00001",
    "finance_interval": "weekly",
    "status": "scheduled",
    "summary": [
        {
            "finance_category": "capital",
            "article": "capital",
            "count": 1,
            "amount": 2000.0,
            "vat_amount": 0.0,
            "total_amount": 2000.0,
        },
        {
            "finance_category": "creditor_commission",
            "article": "reminder",
            "count": 1,
            "amount": 60.0,
            "vat_amount": 15.0,
            "total_amount": 75.0,
        },
    ],
    "bank_file": "payouts-2025-06-13-674dbeaf08847b9501cc9132.xml",
    "_etag": "b04cf9b3a4f0a3d1a3a3d07f1c8e2d55",
}

REFUND: Example = {
    "_created": "Wed, 11 Jun 2025 09:30:00 GMT",
    "_updated": "Wed, 11 Jun 2025 09:30:00 GMT",
    "_id": "68494d58e2c1b7f90a3d4c55",
    "account": CASE["account"],
    "creditor": CASE["creditor"],
    "debtor": CASE["debtor"],
    "debtor_name": "ACME Inc.",
    "case": "68494d587b02934caddab0aa",
    "reference_number": "25020",
    "payment": "68494d58b8903ae30ebb85aa",
    "currency": "SEK",
    "amount": 100.0,
    "paid_amount": 0.0,
    "remaining_amount": 100.0,
    "due_date": "Wed, 25 Jun 2025 00:00:00 GMT",
    "age_days": 2,
    "status": "open",
    "has_bank_account": False,
    "_etag": "5e1d1c0f9b8a77665544332211009988",
}


def finance_paths() -> dict[str, Part]:
    """Return the path items."""
    lines, payouts, refunds = (
        "/finance--payout-specifications",
        "/finance--payouts",
        "/finance--refunds",
    )
    return {
        lines: {"get": _list("payout_specification", "PayoutSpecification", SPECIFICATIONS)},
        f"{lines}/{{specification_id}}": {
            "get": _get("payout_specification", "PayoutSpecification", "specification_id")
        },
        payouts: {"get": _list("payout", "Payout", PAYOUTS)},
        f"{payouts}/{{payout_id}}": {"get": _get("payout", "Payout", "payout_id")},
        refunds: {"get": _list("refund", "Refund", REFUNDS)},
        f"{refunds}/{{refund_id}}": {"get": _get("refund", "Refund", "refund_id")},
    }


_EXAMPLES = {"PayoutSpecification": SPECIFICATION, "Payout": PAYOUT, "Refund": REFUND}
_NOUNS = {
    "PayoutSpecification": "what a creditor is due",
    "Payout": "payouts",
    "Refund": "refunds",
}


def _list(name: str, schema: str, listing: Listing[Any]) -> Part:
    return list_operation(
        f"list_{name}s",
        TAG,
        f"List {_NOUNS[schema]}, a page at a time",
        schema,
        fields=tuple(listing.fields),
        example=_EXAMPLES[schema],
    )


def _get(name: str, schema: str, id_name: str) -> Part:
    example = _EXAMPLES[schema]
    return get_operation(
        f"get_{name}",
        TAG,
        f"Show one document of {_NOUNS[schema]}",
        schema,
        parameter=path_id(id_name, "The document's `_id`.", example["_id"]),
        shown={"One": example},
    )
