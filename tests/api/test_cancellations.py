"""Cancellations over HTTP: everything that is left is written off, and the case ends."""

from typing import Any

import pytest

from tests.world import ApiClient, debt, without

PATH = "/creditor--cancellations"
WRITTEN = {"_updated", "_created", "_etag", "_id", "_status"}
LATER = "Thu, 30 Oct 2025 12:00:00 GMT"


def cancel(api: ApiClient, case_id: str, **changes: Any) -> dict[str, Any]:
    return api.made(PATH, api.account.cancellation(case_id, **changes))


@pytest.mark.parametrize(
    "at",
    [
        "Wed, 03 Sep 2025 07:56:11 GMT",
        "Wed, 03 Sep 2025 08:00:17 GMT",
        "Wed, 03 Sep 2025 11:18:58 GMT",
        LATER,
    ],
)
def test_cancellation_ends_the_case_wherever_it_stands(api: ApiClient, at: str) -> None:
    case_id = api.register()
    api.advance(to=at)
    before = api.case(case_id)
    answer = cancel(api, case_id)
    assert set(answer) == WRITTEN | {"_cancellation_status"}
    assert answer["_cancellation_status"] == "completed"
    case = api.case(case_id)
    assert (case["status"], case["closed"]["reason"]) == ("closed", "cancelled")
    assert case["state"] == before["state"]
    assert case["local_remaining_transaction_amount"] == 0
    assert case["local_added_transaction_amount"] == before["local_added_transaction_amount"]
    rows = case["transactions"][len(before["transactions"]) :]
    written_off = {row["type"]: -row["amount"] for row in rows}
    assert written_off == {
        part: before[f"local_remaining_{part}_amount"]
        for part in ("capital", "costs", "interest")
        if before[f"local_remaining_{part}_amount"]
    }
    assert {row["description_locale_tag"] for row in rows} == {"api.transaction.cancelled"}
    assert {row["creditor_cancellation"] for row in rows} == {answer["_id"]}
    assert {row["origin"] for row in rows} == {"creditor_system"}


def test_nothing_more_happens_on_a_cancelled_case(api: ApiClient) -> None:
    case_id = api.register()
    cancel(api, case_id)
    before = api.case(case_id)
    assert api.advance(to=LATER).json()["executed"] == 0
    assert api.case(case_id) == before


def test_cancellation_is_shown_with_what_came_of_it(api: ApiClient) -> None:
    case_id = api.register()
    answer = cancel(api, case_id)
    assert api.get(f"{PATH}/{answer['_id']}").json() == {
        **without(answer, "_status"),
        "account": api.account.id,
        "creditor": api.account.creditor_id,
        "case": case_id,
        "origin": "creditor_system",
        "status": "completed",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }


def test_cancellation_of_a_case_that_has_ended_is_a_warning(api: ApiClient) -> None:
    case_id = api.register()
    cancel(api, case_id)
    before = api.case(case_id)
    answer = cancel(api, case_id)
    assert without(answer, *WRITTEN) == {
        "_cancellation_status": "warning",
        "status": "warning",
        "status_reason_locale": "creditor_cancellation.case_closed",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["reference_number"],
    }
    assert api.case(case_id) == before


def test_cancellation_by_invoice_number_cancels_the_open_case(api: ApiClient) -> None:
    closed = api.register()
    api.made("/creditor--payments", api.account.payment(closed))
    case_id = api.register()
    body = without(api.account.cancellation(""), "case")
    api.made(PATH, {**body, "invoice_number": "INV-2025-003"})
    assert api.case(case_id)["closed"]["reason"] == "cancelled"
    assert api.case(closed)["closed"]["reason"] == "fully_paid_depreciation"


def test_cancellation_of_one_case_of_a_demand_leaves_the_other(api: ApiClient) -> None:
    first = api.register(debts=[debt(invoice_number="A"), debt(invoice_number="B")])
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    (second,) = [c["_id"] for c in api.get("/cases").json()["_items"] if c["_id"] != first]
    cancel(api, first)
    assert api.case(second)["status"] == "debt_collection"
    assert api.case(second)["local_remaining_transaction_amount"] == 2014
    api.advance(to=LATER)
    assert api.case(second)["local_added_costs_amount"] == 180
    assert api.case(first)["local_remaining_transaction_amount"] == 0


def test_cancellation_sent_twice_with_a_key_is_answered_again(api: ApiClient) -> None:
    body = api.account.cancellation(api.register())
    answers = [api.post(PATH, body, **{"Idempotency-Key": "cancel"}) for _ in range(2)]
    assert [answer.json()["_cancellation_status"] for answer in answers] == ["completed"] * 2
    assert answers[0].content == answers[1].content
    assert api.get(PATH).json()["_meta"]["total"] == 1
