"""GET /case--interest-explanations/{caseId}: what the interest of a case consists of on a day."""

from decimal import Decimal
from typing import Any

import pytest

from fordran.operations.context import Context
from tests.world import Account, ApiClient

SEED_SEGMENT = {
    "from": "Fri, 08 Aug 2025 00:00:00 GMT",
    "to": "Wed, 03 Sep 2025 00:00:00 GMT",
    "days": 27,
    "capital": 2000,
    "annual_rate_percent": 10,
    "amount": 14.7945,
}
SEED = {
    "segments": [SEED_SEGMENT],
    "exact_sum": 14.7945,
    "rounded_sum": 14,
    "rounding": "whole_krona_down",
    "posted_sum": 14,
}


@pytest.fixture
def case_id(api: ApiClient) -> str:
    registered = api.register()
    api.advance(to="Wed, 03 Sep 2025 09:10:00 GMT")
    return registered


def explained(api: ApiClient, case_id: str, **parameters: Any) -> Any:
    return api.get(f"/case--interest-explanations/{case_id}", **parameters)


@pytest.mark.parametrize(
    "on",
    [None, "2025-09-03", "Wed, 03 Sep 2025 00:00:00 GMT", "2025-09-02T22:00:00Z"],
)
def test_seed(api: ApiClient, case_id: str, on: str | None) -> None:
    answer = explained(api, case_id, **({"date": on} if on else {}))
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"_id": case_id, **SEED}


def test_amounts_are_exact_numbers_of_four_decimals(api: ApiClient, case_id: str) -> None:
    text = explained(api, case_id).text
    assert '"amount":14.7945}' in text
    assert '"exact_sum":14.7945,' in text
    assert '"annual_rate_percent":10,' in text


def test_before_interest_begins_nothing_is_explained(api: ApiClient, case_id: str) -> None:
    answer = explained(api, case_id, date="2025-08-07")
    assert answer.json() == {
        "_id": case_id,
        "segments": [],
        "exact_sum": 0,
        "rounded_sum": 0,
        "rounding": "whole_krona_down",
        "posted_sum": 0,
    }


def test_payment_cuts_the_days_and_a_later_one_does_not_count(api: ApiClient, case_id: str) -> None:
    api.advance(to="Mon, 13 Oct 2025 09:10:00 GMT")
    for amount, on in ((500, "2025-09-20"), (600, "2025-10-10")):
        paid = api.account.payment(
            case_id,
            amount=amount,
            bank_transaction_date=on,
            creditor_payment_reference=on,
        )
        assert api.post("/creditor--payments", paid).status_code == 201
    answer = explained(api, case_id, date="2025-10-01").json()
    shown = [
        (part["days"], part["capital"], Decimal(str(part["amount"]))) for part in answer["segments"]
    ]
    assert shown == [(44, 2000, Decimal("24.1096")), (11, 1500, Decimal("4.5205"))]
    assert Decimal(str(answer["exact_sum"])) == Decimal("28.6301")
    assert answer["rounded_sum"] == 28
    assert answer["posted_sum"] <= 28
    later = explained(api, case_id, date="2025-10-10").json()
    assert later["rounded_sum"] == later["posted_sum"]
    assert later["posted_sum"] == api.case(case_id)["local_added_interest_amount"]


def test_day_to_come_can_be_asked_for(api: ApiClient, case_id: str) -> None:
    answer = explained(api, case_id, date="2026-01-31").json()
    assert [part["days"] for part in answer["segments"]] == [146, 31]
    assert answer["posted_sum"] == 14


@pytest.mark.parametrize("on", ["", "yesterday", "2025-13-01", "0001-01-01", "20250903"])
def test_bad_date_is_refused_with_the_field(api: ApiClient, case_id: str, on: str) -> None:
    answer = explained(api, case_id, date=on)
    assert answer.status_code == 400
    assert answer.json()["_error"]["reason"] == "invalid_query"
    assert answer.json()["_issues"] == {"date": "must be a date"}


def test_half_year_without_a_rate_is_refused(api: ApiClient, case_id: str) -> None:
    answer = explained(api, case_id, date="2150-01-01")
    assert answer.status_code == 409
    assert answer.json()["_error"]["reason"] == "reference_rate_missing"


def test_case_of_another_account_is_not_found(
    api: ApiClient, case_id: str, context: Context
) -> None:
    other = ApiClient(api.client, Account.make(context))
    theirs, nothing = explained(other, case_id), explained(other, "0" * 24)
    assert theirs.status_code == nothing.status_code == 404
    assert theirs.content == nothing.content
