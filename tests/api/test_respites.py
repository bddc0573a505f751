"""Respites over HTTP (decision 65): the flow waits through a day, and everything else goes on."""

from typing import Any

import pytest

from tests.api.test_bad_input import MISSING, NO_DOCUMENT, changed, must_exist
from tests.world import Account, ApiClient, without

PATH = "/case--respites"
WRITTEN = {"_updated", "_created", "_etag", "_id", "_status"}
BEFORE_THE_LETTER = "Wed, 03 Sep 2025 09:05:00 GMT"


@pytest.fixture
def case_id(api: ApiClient) -> str:
    """The seed's case five minutes before its demand is due."""
    registered = api.register()
    api.advance(to=BEFORE_THE_LETTER)
    return registered


def give(api: ApiClient, case_id: str, to: str = "2025-10-31") -> dict[str, Any]:
    return api.made(f"{PATH}/{case_id}", api.account.respite(respite_to_date=to))


def show(api: ApiClient, respite_id: str) -> dict[str, Any]:
    document: dict[str, Any] = api.get(f"{PATH}/{respite_id}").json()
    return document


def test_respite_answers_and_is_shown_as_it_was_given(api: ApiClient, case_id: str) -> None:
    answer = give(api, case_id)
    assert set(answer) == WRITTEN | {"_respite_status"}
    assert show(api, answer["_id"]) == {
        **without(answer, "_status"),
        "account": api.account.id,
        "creditor": api.account.creditor_id,
        "case": case_id,
        "origin": "creditor_system",
        "respite_to_date": "Fri, 31 Oct 2025 00:00:00 GMT",
        "status": "completed",
        "condition": "active",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }


def test_case_in_respite_says_what_it_waits_for(api: ApiClient, case_id: str) -> None:
    give(api, case_id)
    case = api.case(case_id)
    assert (case["status"], case["state"]) == ("respite", "debt_collection")
    assert case["next_flow_item"]["waiting_for"] == "api.wait.waiting_for_respite"
    assert case["next_flow_item"]["schedule_to_execute"] == "Sat, 01 Nov 2025 00:00:00 GMT"


@pytest.mark.parametrize(
    ("to", "last_instant", "ends_at"),
    [
        # The night the clocks go back: the respite ends at midnight GMT all the same.
        ("2025-10-25", "Sat, 25 Oct 2025 23:59:59 GMT", "Sun, 26 Oct 2025 00:00:00 GMT"),
        ("2025-10-26", "Sun, 26 Oct 2025 23:59:59 GMT", "Mon, 27 Oct 2025 00:00:00 GMT"),
        # The year's end, and the night the clocks go forward.
        ("2025-12-31", "Wed, 31 Dec 2025 23:59:59 GMT", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ("2026-03-28", "Sat, 28 Mar 2026 23:59:59 GMT", "Sun, 29 Mar 2026 00:00:00 GMT"),
    ],
)
def test_flow_goes_on_at_the_midnight_after_the_last_day(
    api: ApiClient, case_id: str, to: str, last_instant: str, ends_at: str
) -> None:
    respite_id = give(api, case_id, to)["_id"]
    api.advance(to=last_instant)
    waiting = api.case(case_id)
    assert waiting["status"] == "respite"
    assert not [row for row in waiting["transactions"] if row["type"] == "costs"]
    api.advance(by="PT1S")
    case = api.case(case_id)
    assert case["status"] == "debt_collection"
    assert case["limitation"]["break_date"] == ends_at, "the demand is sent then"
    shown = show(api, respite_id)
    assert (shown["condition"], shown["end_date"], shown["_updated"]) == ("ended", ends_at, ends_at)


def test_interest_runs_on_and_money_is_settled_in_respite(api: ApiClient, case_id: str) -> None:
    before = api.case(case_id)["local_added_interest_amount"]
    give(api, case_id)
    api.advance(to="Fri, 03 Oct 2025 09:00:00 GMT")
    payment = api.account.payment(
        case_id, amount=500, bank_transaction_date="Fri, 03 Oct 2025 08:00:00 GMT"
    )
    assert api.made("/creditor--payments", payment)["_payment_status"] == "completed"
    case = api.case(case_id)
    assert case["status"] == "respite"
    assert case["local_remaining_capital_amount"] == 1500
    # 8 August to 3 October: 57 days at 10 % are 31.23.
    assert (before, case["local_added_interest_amount"]) == (14, 31)


def test_payment_in_full_closes_a_case_in_respite(api: ApiClient, case_id: str) -> None:
    give(api, case_id)
    api.made("/creditor--payments", api.account.payment(case_id))
    case = api.case(case_id)
    assert case["status"] == "closed"
    assert case["status_history"][-2]["status"] == "respite"


@pytest.mark.parametrize(
    ("opened", "status", "due"),
    [
        ("Wed, 08 Oct 2025 10:00:00 GMT", "respite", "Sat, 01 Nov 2025 00:00:00 GMT"),
        ("Sat, 01 Nov 2025 00:00:00 GMT", "debt_collection", "Sat, 01 Nov 2025 00:00:00 GMT"),
        ("Mon, 03 Nov 2025 10:00:00 GMT", "debt_collection", "Mon, 03 Nov 2025 10:00:00 GMT"),
    ],
)
def test_case_that_closed_in_respite_opens_again_in_what_is_left_of_it(
    api: ApiClient, case_id: str, opened: str, status: str, due: str
) -> None:
    give(api, case_id)
    payment = api.made("/creditor--payments", api.account.payment(case_id))
    api.advance(to=opened)
    api.made("/creditor--payment-reversals", api.account.reversal(payment["_id"]))
    case = api.case(case_id)
    assert case["status"] == status
    assert case["next_flow_item"]["schedule_to_execute"] == due
    dates = [entered["status_date"] for entered in case["status_history"]]
    assert dates[-1] == opened


@pytest.mark.parametrize(
    ("second", "ends_at"),
    [
        ("2025-09-10", "Thu, 11 Sep 2025 00:00:00 GMT"),
        ("2026-01-31", "Sun, 01 Feb 2026 00:00:00 GMT"),
    ],
)
def test_new_respite_replaces_the_running_one_shorter_or_longer(
    api: ApiClient, case_id: str, second: str, ends_at: str
) -> None:
    first = give(api, case_id)
    replaced_by = give(api, case_id, second)
    assert [show(api, one["_id"])["condition"] for one in (first, replaced_by)] == [
        "replaced",
        "active",
    ]
    assert show(api, first["_id"])["_etag"] != first["_etag"]
    assert api.case(case_id)["next_flow_item"]["schedule_to_execute"] == ends_at
    api.advance(to=ends_at)
    assert api.case(case_id)["limitation"]["break_date"] == ends_at


def test_respite_of_a_closed_case_is_stored_and_changes_nothing(
    api: ApiClient, case_id: str
) -> None:
    api.made("/creditor--cancellations", api.account.cancellation(case_id))
    before = api.case(case_id)
    answer = give(api, case_id)
    assert without(answer, *WRITTEN) == {
        "_respite_status": "error",
        "status": "error",
        "status_reason_locale": "case_respite.case_closed",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["reference_number"],
    }
    assert "condition" not in show(api, answer["_id"])
    assert api.case(case_id) == before


@pytest.mark.parametrize(
    ("field", "value", "issue"),
    [
        ("respite_to_date", "2025-09-03", "must be after today"),
        ("respite_to_date", "2025-09-02", "must be after today"),
        ("respite_to_date", "2026-09-04", "must not be more than a year ahead"),
        ("respite_to_date", "soon", "must be of datetime type"),
        ("respite_to_date", MISSING, "required field"),
        ("respite_to_date", None, "null value not allowed"),
        ("creditor", MISSING, "required field"),
        ("creditor", NO_DOCUMENT, must_exist(NO_DOCUMENT, "creditors")),
        ("account", NO_DOCUMENT, must_exist(NO_DOCUMENT, "accounts")),
        ("origin", "debtor", "unallowed value debtor"),
        ("case", NO_DOCUMENT, "unknown field"),
        ("invoice_number", "INV-2025-003", "unknown field"),
    ],
)
def test_wrong_field_is_reported_and_nothing_is_stored(
    api: ApiClient, case_id: str, field: str, value: Any, issue: str
) -> None:
    answer = api.post(f"{PATH}/{case_id}", changed(api.account.respite(), {field: value}))
    assert (answer.status_code, answer.json()["_issues"]) == (422, {field: issue})
    assert api.get(PATH).json()["_meta"]["total"] == 0
    assert api.case(case_id)["status"] == "debt_collection"


@pytest.mark.parametrize("to", ["2025-09-04", "2026-09-03", "2025-09-03T22:00:00Z"])
def test_day_from_tomorrow_to_a_year_ahead_is_accepted(
    api: ApiClient, case_id: str, to: str
) -> None:
    """The last is midnight in Stockholm of 4 September."""
    assert give(api, case_id, to)["_respite_status"] == "completed"


def test_today_is_the_day_in_stockholm(api: ApiClient, case_id: str) -> None:
    api.advance(to="Wed, 03 Sep 2025 22:00:00 GMT")
    body = api.account.respite(respite_to_date="2025-09-04")
    assert api.post(f"{PATH}/{case_id}", body).status_code == 422


def test_case_of_another_account_is_not_found(api: ApiClient, case_id: str) -> None:
    other = ApiClient(api.client, Account.make(api.account.context))
    answer = other.post(f"{PATH}/{case_id}", other.account.respite())
    assert (answer.status_code, answer.json()["_error"]["reason"]) == (404, "not_found")


def test_respite_sent_twice_with_a_key_is_one(api: ApiClient, case_id: str) -> None:
    body = api.account.respite()
    answers = [api.post(f"{PATH}/{case_id}", body, **{"Idempotency-Key": "give"}) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert api.get(PATH).json()["_meta"]["total"] == 1


def test_running_respites_can_be_asked_for(api: ApiClient, case_id: str) -> None:
    give(api, case_id)
    running = give(api, case_id, "2025-11-30")
    listed = api.get(PATH, where='{"condition": "active"}').json()["_items"]
    assert [respite["_id"] for respite in listed] == [running["_id"]]
