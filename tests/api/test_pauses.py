"""Pauses over HTTP: somebody stops the flow of a case for a reason, and resumes it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fordran.operations.set_up_parties import create_creditor
from tests.api.test_bad_input import MISSING, NO_DOCUMENT, changed, must_exist
from tests.world import ApiClient, creditor_document, without

PATH = "/case--pauses"
WRITTEN = {"_updated", "_created", "_etag", "_id", "_status"}


@pytest.fixture
def case_id(api: ApiClient) -> str:
    """The seed's case five minutes before its demand is due."""
    registered = api.register()
    api.advance(to="Wed, 03 Sep 2025 09:05:00 GMT")
    return registered


def pause(api: ApiClient, case_id: str, **changes: Any) -> dict[str, Any]:
    return api.made(PATH, api.account.pause(case_id, **changes))


def resume(api: ApiClient, pause_id: str) -> dict[str, Any]:
    return api.patched(f"{PATH}/{pause_id}", api.account.resumption())


def show(api: ApiClient, pause_id: str) -> dict[str, Any]:
    document: dict[str, Any] = api.get(f"{PATH}/{pause_id}").json()
    return document


def test_pause_answers_and_is_shown_as_it_was_reported(api: ApiClient, case_id: str) -> None:
    answer = pause(api, case_id)
    assert set(answer) == WRITTEN | {"_pause_status"}
    assert show(api, answer["_id"]) == {
        **without(answer, "_status"),
        "account": api.account.id,
        "creditor": api.account.creditor_id,
        "case": case_id,
        "origin": "creditor_system",
        "reason": "Ring kunden",
        "status": "completed",
        "condition": "active",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }


def test_paused_case_stands_still_however_long_it_lasts(api: ApiClient, case_id: str) -> None:
    pause(api, case_id)
    api.advance(to="Mon, 02 Mar 2026 09:00:00 GMT")
    case = api.case(case_id)
    assert case["status"] == "paused"
    assert case["next_flow_item"]["waiting_for"] == "api.wait.waiting_for_resumption"
    assert case["next_flow_item"]["schedule_to_execute"] == "Wed, 03 Sep 2025 09:10:00 GMT"
    assert case["local_added_costs_amount"] == 0
    assert "limitation" not in case


def test_resumed_case_goes_on_at_once_where_it_was(api: ApiClient, case_id: str) -> None:
    pause_id = pause(api, case_id)["_id"]
    api.advance(to="Mon, 02 Mar 2026 09:00:00 GMT")
    answer = resume(api, pause_id)
    assert set(answer) == WRITTEN | {"_resumption_status"}
    assert answer["_resumption_status"] == "completed"
    case = api.case(case_id)
    assert case["status"] == "debt_collection"
    assert case["next_flow_item"]["schedule_to_execute"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    api.advance(by="PT1S")
    assert api.case(case_id)["limitation"]["break_date"] == "Mon, 02 Mar 2026 09:00:00 GMT"


def test_resumed_pause_has_a_new_tag_and_says_why(api: ApiClient, case_id: str) -> None:
    made = pause(api, case_id)
    api.advance(by="PT1H")
    answer = resume(api, made["_id"])
    shown = show(api, made["_id"])
    assert shown["_etag"] == answer["_etag"] != made["_etag"]
    assert api.get(f"{PATH}/{made['_id']}").headers["etag"] == f'"{answer["_etag"]}"'
    assert (shown["condition"], shown["resumption_reason"]) == ("resumed", "Kunden svarade")
    assert shown["_updated"] == shown["end_date"] == "Wed, 03 Sep 2025 10:05:00 GMT"
    assert shown["_created"] == made["_created"]


def test_second_pause_is_stored_and_changes_nothing(api: ApiClient, case_id: str) -> None:
    pause(api, case_id)
    before = api.case(case_id)
    answer = pause(api, case_id)
    assert without(answer, *WRITTEN) == {
        "_pause_status": "error",
        "status": "error",
        "status_reason_locale": "case_pause.held_already",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["reference_number"],
    }
    assert "condition" not in show(api, answer["_id"])
    assert api.case(case_id) == before


def test_second_resumption_changes_nothing(api: ApiClient, case_id: str) -> None:
    pause_id = pause(api, case_id)["_id"]
    resume(api, pause_id)
    before = show(api, pause_id)
    answer = resume(api, pause_id)
    assert without(answer, *WRITTEN) == {
        "_resumption_status": "error",
        "status": "error",
        "status_reason_locale": "case_pause.not_held",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["case_reference_number"],
    }
    assert show(api, pause_id) == before


def test_pause_that_never_began_cannot_be_resumed(api: ApiClient, case_id: str) -> None:
    pause(api, case_id)
    refused = pause(api, case_id)
    assert resume(api, refused["_id"])["_resumption_status"] == "error"
    assert api.case(case_id)["status"] == "paused"


def test_case_may_be_paused_again_after_it_was_resumed(api: ApiClient, case_id: str) -> None:
    resume(api, pause(api, case_id)["_id"])
    assert pause(api, case_id)["_pause_status"] == "completed"
    assert api.case(case_id)["status"] == "paused"


def test_pause_of_a_closed_case_is_stored_and_changes_nothing(api: ApiClient, case_id: str) -> None:
    api.made("/creditor--cancellations", api.account.cancellation(case_id))
    before = api.case(case_id)
    answer = pause(api, case_id)
    assert answer["status_reason_locale"] == "case_pause.case_closed"
    assert api.case(case_id) == before


def test_case_that_closed_while_paused_opens_again_paused(api: ApiClient, case_id: str) -> None:
    pause_id = pause(api, case_id)["_id"]
    payment = api.made("/creditor--payments", api.account.payment(case_id))
    assert api.case(case_id)["status"] == "closed"
    api.made("/creditor--payment-reversals", api.account.reversal(payment["_id"]))
    assert api.case(case_id)["status"] == "paused"
    resume(api, pause_id)
    assert api.case(case_id)["status"] == "debt_collection"


def test_paused_case_can_be_named_by_its_invoice(api: ApiClient, case_id: str) -> None:
    body = without(api.account.pause(case_id), "case") | {"invoice_number": "INV-2025-003"}
    assert api.made(PATH, body)["_pause_status"] == "completed"
    assert api.case(case_id)["status"] == "paused"


@pytest.mark.parametrize(
    ("field", "value", "issue"),
    [
        ("reason", " ", "empty values not allowed"),
        ("reason", "x" * 2001, "max length is 2000"),
        ("reason", MISSING, "required field"),
        ("creditor", MISSING, "required field"),
        ("creditor", NO_DOCUMENT, must_exist(NO_DOCUMENT, "creditors")),
        ("account", NO_DOCUMENT, must_exist(NO_DOCUMENT, "accounts")),
        ("origin", "debtor", "unallowed value debtor"),
        ("case", NO_DOCUMENT, "unknown field"),
    ],
)
def test_wrong_field_of_a_resumption_is_reported_and_nothing_happens(
    api: ApiClient, case_id: str, field: str, value: Any, issue: str
) -> None:
    pause_id = pause(api, case_id)["_id"]
    body = changed(api.account.resumption(), {field: value})
    answer = api.patch(f"{PATH}/{pause_id}", body)
    assert (answer.status_code, answer.json()["_issues"]) == (422, {field: issue})
    assert show(api, pause_id)["condition"] == "active"


def test_another_creditor_of_the_account_cannot_resume(api: ApiClient, case_id: str) -> None:
    pause_id = pause(api, case_id)["_id"]
    account = api.account
    other = create_creditor(account.context, account.id, creditor_document())
    answer = api.patch(f"{PATH}/{pause_id}", account.resumption(creditor=other))
    assert answer.status_code == 422
    assert answer.json()["_issues"] == {"creditor": must_exist(other, "creditors")}
    assert show(api, pause_id)["condition"] == "active"


@pytest.mark.parametrize("pause_id", [NO_DOCUMENT, "x", "0" * 24])
def test_pause_that_does_not_exist_cannot_be_resumed(
    api: ApiClient, case_id: str, pause_id: str
) -> None:
    assert case_id
    answer = api.patch(f"{PATH}/{pause_id}", api.account.resumption())
    assert (answer.status_code, answer.json()["_error"]["reason"]) == (404, "not_found")


def test_resumption_sent_twice_with_a_key_happens_once(api: ApiClient, case_id: str) -> None:
    pause_id = pause(api, case_id)["_id"]
    body = api.account.resumption()
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(
                lambda _: api.patch(f"{PATH}/{pause_id}", body, **{"Idempotency-Key": "go on"}),
                range(4),
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    other = api.patch(f"{PATH}/{pause_id}", {**body, "reason": "x"}, **{"Idempotency-Key": "go on"})
    assert other.json()["_error"]["reason"] == "idempotency_key_reused"


def test_paused_cases_can_be_asked_for(api: ApiClient, case_id: str) -> None:
    resume(api, pause(api, case_id)["_id"])
    active = pause(api, case_id)
    listed = api.get(PATH, where='{"condition": "active"}', sort="-_updated").json()["_items"]
    assert [one["_id"] for one in listed] == [active["_id"]]
