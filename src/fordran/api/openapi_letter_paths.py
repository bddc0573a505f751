"""The operations that show letters."""

from fordran.api.openapi_examples import CASE, Example
from fordran.api.openapi_operations import get_operation, list_operation
from fordran.api.openapi_parts import Part, path_id
from fordran.storage.letters import LETTERS

TAG = "Letters"

LETTER: Example = {
    "_created": "Wed, 03 Sep 2025 09:56:11 GMT",
    "_updated": "Wed, 03 Sep 2025 09:56:20 GMT",
    "_id": "68b810bb1c5f0e7a92d4b613",
    "account": CASE["account"],
    "creditor": CASE["creditor"],
    "case": CASE["_id"],
    "kind": "debt_collection",
    "locale": "sv",
    "template_version": "0f6c1d2a9b7e4c58",
    "status": "handed_over",
    "dispatch_date": "Wed, 03 Sep 2025 09:56:11 GMT",
    "handed_over_date": "Wed, 03 Sep 2025 09:56:20 GMT",
    "deadline_date": "Mon, 15 Sep 2025 00:00:00 GMT",
    "currency": "SEK",
    "claims": [
        {
            "case": CASE["_id"],
            "reference_number": "25020",
            "invoice_number": "INV-2025-003",
            "capital_amount": 2000.0,
            "interest_amount": 14.0,
            "costs": [],
            "total_amount": 2014.0,
        }
    ],
    "cost_amount": 180.0,
    "total_amount": 2194.0,
    "to_pay_amount": 2194.0,
    "amounts": {
        "total": 2194.0,
        "debt_collection_cost": 180.0,
        "capital_total": 2000.0,
        "interest_total": 14.0,
        "costs_total": 0.0,
    },
    "payments": [],
    "instalments": [],
    "url": "https://fordran.example.se/media--files/674dbeaf08847b9501cc9132/"
    "68b810bb1c5f0e7a92d4b613?Expires=1756897011&Signature="
    "3b0d5c1e77f3d1f0b8f4f7c64c1b8ad3f7e02d8a7f9be1f4a2f4d7f0c9a1e6b5",
    "_etag": "5c2e1d0f9b8a77665544332211009977",
}


def letter_paths() -> dict[str, Part]:
    """Return the path items."""
    return {
        "/case--letters": {
            "get": list_operation(
                "list_letters",
                TAG,
                "List letters, the first dispatched first, a page at a time",
                "Letter",
                fields=tuple(LETTERS.fields),
                example=LETTER,
            )
        },
        "/case--letters/{letter_id}": {
            "get": get_operation(
                "get_letter",
                TAG,
                "Show one letter, with every amount that it states",
                "Letter",
                parameter=path_id("letter_id", "The letter's `_id`.", LETTER["_id"]),
                shown={"A demand": LETTER},
            )
        },
    }
