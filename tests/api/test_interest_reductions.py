"""Reductions of interest over HTTP (8 §): on its days a claim bears at most the given rate.

The seed's debt: 2 000 kronor due 2025-08-07, valued on 2025-09-03, 27 days at 10 %: 14.79, so 14.
"""

from typing import Any

import pytest

from tests.world import ApiClient, without

PATH = "/case--interest-reductions"
WRITTEN = {"_updated", "_created", "_etag", "_id", "_status"}


@pytest.fixture
def case_id(api: ApiClient) -> str:
    """The seed's case when its demand has been sent."""
    registered = api.register()
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    return registered


def reduce_to(api: ApiClient, case_id: str, **changes: Any) -> dict[str, Any]:
    return api.made(PATH, api.account.reduction(case_id, **changes))


@pytest.mark.parametrize(
    ("changes", "interest"),
    [
        # 17 days at 10 %: 9.32.
        ({}, 9),
        # 10 days at 5.5 % and 17 at 10 %: 3.01 + 9.32.
        ({"annual_rate_percent": 5.5}, 12),
        # 10 days at 7.1234 % and 17 at 10 %: 3.90 + 9.32.
        ({"annual_rate_percent": 7.1234}, 13),
        # A reduction never raises the rate.
        ({"annual_rate_percent": 100}, 14),
        # Until further notice: nothing.
        ({"last_date": None}, 0),
        # One day: 26 days at 10 % are 14.25.
        ({"last_date": "2025-08-08"}, 14),
        # Two days: 25 days at 10 % are 13.70.
        ({"last_date": "2025-08-09"}, 13),
        # Days that are not counted yet change nothing now.
        ({"first_date": "2025-09-04", "last_date": None}, 14),
    ],
)
def test_reduction_takes_back_what_is_above_it(
    api: ApiClient, case_id: str, changes: dict[str, Any], interest: int
) -> None:
    answer = reduce_to(api, case_id, **changes)
    assert set(answer) == WRITTEN | {"_reduction_status"}
    assert answer["_reduction_status"] == "completed"
    case = api.case(case_id)
    assert case["local_added_interest_amount"] == interest
    assert case["local_remaining_transaction_amount"] == 2000 + interest
    rows = [row for row in case["transactions"] if row.get("interest_reduction") == answer["_id"]]
    assert sum(row["amount"] for row in rows) == interest - 14
    assert {row["type"] for row in rows} <= {"interest"}


def test_reduction_before_the_first_valuation_counts_when_it_comes(api: ApiClient) -> None:
    case_id = api.register()
    reduce_to(api, case_id)
    assert api.case(case_id)["local_added_interest_amount"] == 0
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    assert api.case(case_id)["local_added_interest_amount"] == 9


def test_reduction_is_shown_as_it_was_decided(api: ApiClient, case_id: str) -> None:
    answer = reduce_to(api, case_id, annual_rate_percent=5.5)
    assert api.get(f"{PATH}/{answer['_id']}").json() == {
        **without(answer, "_status"),
        "account": api.account.id,
        "creditor": api.account.creditor_id,
        "case": case_id,
        "origin": "creditor_system",
        "first_date": "Fri, 08 Aug 2025 00:00:00 GMT",
        "last_date": "Sun, 17 Aug 2025 00:00:00 GMT",
        "annual_rate_percent": 5.5,
        "reason": "Sjukhusvistelse",
        "decided_by": "Anna Berg",
        "status": "completed",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }


def test_reduction_until_further_notice_shows_no_last_date(api: ApiClient, case_id: str) -> None:
    answer = reduce_to(api, case_id, last_date=None)
    assert "last_date" not in api.get(f"{PATH}/{answer['_id']}").json()


def test_dates_are_swedish_calendar_dates(api: ApiClient, case_id: str) -> None:
    """Midnight in Stockholm of 8 August is 22:00 GMT the day before."""
    answer = reduce_to(api, case_id, first_date="2025-08-07T22:00:00Z")
    shown = api.get(f"{PATH}/{answer['_id']}").json()
    assert shown["first_date"] == "Fri, 08 Aug 2025 00:00:00 GMT"


def test_reduction_of_a_closed_case_is_stored_and_changes_nothing(
    api: ApiClient, case_id: str
) -> None:
    api.made("/creditor--payments", api.account.payment(case_id))
    before = api.case(case_id)
    answer = reduce_to(api, case_id)
    assert without(answer, *WRITTEN) == {
        "_reduction_status": "error",
        "status": "error",
        "status_reason_locale": "interest_reduction.case_closed",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["reference_number"],
    }
    assert api.case(case_id) == before


def test_reduction_sent_twice_with_a_key_is_one(api: ApiClient, case_id: str) -> None:
    body = api.account.reduction(case_id)
    answers = [api.post(PATH, body, **{"Idempotency-Key": "reduce"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert api.get(PATH).json()["_meta"]["total"] == 1
