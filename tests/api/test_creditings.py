"""Creditings over HTTP: what is credited counts from the due date, and closes what it covers.

The seed's debt: 2 000 kronor due 2025-08-07, valued on 2025-09-03, 27 days at 10 %: 14.79, so 14.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.world import ApiClient, debt, without

PATH = "/creditor--creditings"
WRITTEN = {"_updated", "_created", "_etag", "_id", "_status"}


@pytest.fixture
def case_id(api: ApiClient) -> str:
    """The seed's case when its demand has been sent."""
    registered = api.register()
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    return registered


def credit(api: ApiClient, case_id: str, **changes: Any) -> dict[str, Any]:
    return api.made(PATH, api.account.crediting(case_id, **changes))


def test_crediting_of_a_part_takes_its_interest_away(api: ApiClient, case_id: str) -> None:
    """1 500 over 27 days at 10 % is 11.09, so 11."""
    assert api.case(case_id)["local_added_interest_amount"] == 14
    answer = credit(api, case_id)
    assert set(answer) == WRITTEN | {"_payment_status"}
    assert answer["_payment_status"] == "completed"
    case = api.case(case_id)
    assert case["local_remaining_capital_amount"] == 1500
    assert case["local_added_capital_amount"] == 2000
    assert case["local_added_interest_amount"] == case["local_remaining_interest_amount"] == 11
    rows = [row for row in case["transactions"] if row.get("creditor_crediting") == answer["_id"]]
    assert [(row["type"], row["amount"]) for row in rows] == [("interest", -3), ("capital", -500)]
    assert rows[1]["bank_transaction_date"] == "Thu, 07 Aug 2025 00:00:00 GMT"
    assert rows[1]["payment_method"] == "creditor_crediting"
    assert case["status"] == "debt_collection"


def test_crediting_is_shown_with_what_came_of_it(api: ApiClient, case_id: str) -> None:
    answer = credit(
        api,
        case_id,
        amount=500.5,
        credit_invoice="CRED-1",
        creditor_reference="A-17",
        client_registration_date="Wed, 03 Sep 2025 08:00:00 GMT",
    )
    shown = api.get(f"{PATH}/{answer['_id']}").json()
    assert shown == {
        **without(answer, "_status"),
        "account": api.account.id,
        "creditor": api.account.creditor_id,
        "case": case_id,
        "origin": "creditor_system",
        "currency": "SEK",
        "amount": 500.5,
        "credit_invoice": "CRED-1",
        "creditor_reference": "A-17",
        "client_registration_date": "Wed, 03 Sep 2025 08:00:00 GMT",
        "status": "completed",
        "settled_amount": 500.5,
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }


def test_crediting_without_a_date_is_dated_now(api: ApiClient, case_id: str) -> None:
    answer = credit(api, case_id)
    shown = api.get(f"{PATH}/{answer['_id']}").json()
    assert shown["client_registration_date"] == "Wed, 03 Sep 2025 11:18:58 GMT"


def test_crediting_of_everything_closes_the_case_as_credited(api: ApiClient, case_id: str) -> None:
    answer = credit(api, case_id, amount=2000)
    assert answer["_payment_status"] == "completed"
    case = api.case(case_id)
    assert (case["status"], case["closed"]["reason"]) == ("closed", "credited")
    assert case["local_added_interest_amount"] == case["local_remaining_transaction_amount"] == 0


def test_crediting_of_more_than_is_owed_settles_what_is_owed(api: ApiClient) -> None:
    """The capital of 2 000 and the reminder of 60; without capital there is no interest."""
    fee = {"amount": 60, "fee_registration_date": "Mon, 11 Aug 2025 00:00:00 GMT"}
    case_id = api.register(debts=[debt(fees_already_claimed={"reminder": fee})])
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    answer = credit(api, case_id, amount=2500)
    case = api.case(case_id)
    assert without(answer, *WRITTEN) == {
        "_payment_status": "warning",
        "status": "warning",
        "settled_amount": 2060,
        "status_reason_locale": "creditor_crediting.overcredited",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": case["reference_number"],
    }
    assert case["local_remaining_transaction_amount"] == 0
    assert case["status"] == "closed"


def test_crediting_of_a_closed_case_is_stored_and_settles_nothing(
    api: ApiClient, case_id: str
) -> None:
    api.made("/creditor--payments", api.account.payment(case_id))
    before = api.case(case_id)
    answer = credit(api, case_id)
    assert (answer["_payment_status"], answer["settled_amount"]) == ("error", 0)
    assert answer["status_reason_locale"] == "creditor_crediting.case_closed"
    assert api.case(case_id) == before
    assert api.get(f"{PATH}/{answer['_id']}").json()["status"] == "error"


def test_crediting_by_invoice_number_finds_the_open_case(api: ApiClient, case_id: str) -> None:
    body = without(api.account.crediting(case_id), "case")
    answer = api.made(PATH, {**body, "invoice_number": "INV-2025-003"})
    assert api.get(f"{PATH}/{answer['_id']}").json()["case"] == case_id


def test_two_creditings_with_one_reference_are_two(api: ApiClient, case_id: str) -> None:
    """A reference makes nothing a duplicate: 1 000 over 27 days at 10 % is 7.39, so 7."""
    for _ in range(2):
        credit(api, case_id, creditor_reference="A-17", client_registration_date="2025-09-03")
    case = api.case(case_id)
    assert case["local_remaining_capital_amount"] == 1000
    assert case["local_remaining_interest_amount"] == 7


def test_crediting_sent_twice_with_a_key_is_settled_once(api: ApiClient, case_id: str) -> None:
    body = api.account.crediting(case_id)
    answers = [api.post(PATH, body, **{"Idempotency-Key": "credit"}) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert api.case(case_id)["local_remaining_capital_amount"] == 1500


def test_creditings_at_the_same_moment_all_count(api: ApiClient, case_id: str) -> None:
    """2 000 less 16 times 50; 1 200 over 27 days at 10 % is 8.88, so 8."""
    body = api.account.crediting(case_id, amount=50)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: api.post(PATH, body), range(16)))
    assert {answer.json()["_payment_status"] for answer in answers} == {"completed"}
    case = api.case(case_id)
    assert case["local_remaining_capital_amount"] == 1200
    assert case["local_remaining_interest_amount"] == 8


def test_crediting_after_a_payment_leaves_what_the_two_leave(api: ApiClient, case_id: str) -> None:
    """1 900 paid and 100 credited: the rest of the capital is 0, so the small rest is written off.

    Interest: 1 900 from the due date over 27 days at 10 % is 14.05, so 14.
    """
    api.made("/creditor--payments", api.account.payment(case_id, amount=1900))
    credit(api, case_id, amount=100)
    case = api.case(case_id)
    assert case["closed"]["reason"] == "fully_paid_depreciation"
    assert case["local_added_interest_amount"] == 14
    assert case["local_remaining_transaction_amount"] == 0
