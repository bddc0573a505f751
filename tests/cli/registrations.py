"""Registrations for clients of a real server."""

from typing import Any

from tests.world import ADDRESS, debt


def registration(account_id: str, creditor_id: str, *numbers: str, **changes: Any) -> Any:
    """Return a registration of the seed's debt under each invoice number."""
    return {
        "account": account_id,
        "creditor": creditor_id,
        "first_action": "debt_collection",
        "currency": "SEK",
        "customer": {
            "name": "ACME Inc.",
            "id_number": "5560269986",
            "is_company": True,
            "address": {**ADDRESS, "country": "SE"},
        },
        "debts": [debt(invoice_number=number, **changes) for number in numbers],
    }
