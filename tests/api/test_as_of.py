"""GET /cases/{id}?as_of=&known_at=: as it was valid, and as it was known."""

from typing import Any

import pytest

from tests.world import ApiClient, debt

EVENING = "Wed, 03 Sep 2025 18:00:00 GMT"
LATER = "Sat, 20 Sep 2025 09:00:00 GMT"


def then(api: ApiClient, case_id: str, **instants: str) -> Any:
    return api.get(f"/cases/{case_id}", **instants)


def shown(api: ApiClient, case_id: str, **instants: str) -> dict[str, Any]:
    answer = then(api, case_id, **instants)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def pay(api: ApiClient, case_id: str, amount: float, on: str) -> None:
    body = api.account.payment(
        case_id, amount=amount, bank_transaction_date=on, creditor_payment_reference=on
    )
    answer = api.post("/creditor--payments", body)
    assert answer.status_code == 201, answer.text


def now_of(api: ApiClient) -> str:
    now: str = api.get(f"/sandbox--clocks/{api.account.id}").json()["now"]
    return now


@pytest.mark.parametrize("is_closed", [False, True])
def test_now_is_the_case_as_it_is(api: ApiClient, is_closed: bool) -> None:
    case_id = api.register()
    api.advance(to=LATER)
    pay(api, case_id, 2000 if is_closed else 500, "2025-09-02" if is_closed else "2025-09-15")
    now = now_of(api)
    plain = then(api, case_id)
    for instants in ({"as_of": now}, {"known_at": now}, {"as_of": now, "known_at": now}):
        answer = then(api, case_id, **instants)
        assert answer.json() == plain.json()


def test_what_was_known_is_the_document_that_was_served_then(api: ApiClient) -> None:
    case_id = api.register()
    served = {}
    for until in (
        "Wed, 03 Sep 2025 08:10:00 GMT",
        "Wed, 03 Sep 2025 09:05:00 GMT",
        EVENING,
        LATER,
    ):
        api.advance(to=until)
        served[until] = shown(api, case_id)
    api.advance(by="P1D")
    pay(api, case_id, 700, "2025-08-20")
    api.advance(by="P1D")
    pay(api, case_id, 1300, "2025-09-01")
    assert shown(api, case_id)["status"] == "closed"
    for known_at, document in served.items():
        assert shown(api, case_id, known_at=known_at) == document


def test_what_was_known_of_cases_that_share_a_demand(api: ApiClient) -> None:
    debts = [debt(invoice_number="INV-1"), debt(invoice_number="INV-2")]
    registered = api.post("/case--registrations", api.account.registration(debts=debts)).json()
    served = []
    for until in (EVENING, LATER):
        api.advance(to=until)
        served.append([shown(api, case_id) for case_id in registered["_cases"]])
    api.advance(by="P1D")
    pay(api, registered["_cases"][0], 2000, "2025-09-02")
    for until, documents in zip((EVENING, LATER), served, strict=True):
        seen = [shown(api, case_id, known_at=until) for case_id in registered["_cases"]]
        assert seen == documents
    shares = [case["total_added_costs_amount"] for case in served[1]]
    assert shares == [90, 90]


def test_case_was_not_known_before_it_was_registered(api: ApiClient) -> None:
    case_id = api.register()
    answer = then(api, case_id, known_at="2025-09-03T07:56:10Z")
    assert answer.status_code == 404
    assert answer.json()["_error"]["reason"] == "not_known_then"
    assert shown(api, case_id, known_at="2025-09-03T07:56:11Z") == shown(api, case_id)


def test_amounts_as_they_were_valid(api: ApiClient) -> None:
    case_id = api.register()
    api.advance(to=LATER)
    pay(api, case_id, 500, "2025-08-27")
    before = shown(api, case_id, as_of="2025-08-26")
    after = shown(api, case_id, as_of="2025-08-28")
    # 19 days on 2000 are 10.41; 20 days on 2000 and one on 1500 are 11.37.
    assert [row["amount"] for row in before["transactions"]] == [2000, 10]
    assert [row["amount"] for row in after["transactions"]] == [2000, -500, 11]
    assert before["local_remaining_capital_amount"] == 2000
    assert after["local_remaining_capital_amount"] == 1500
    assert after["local_remaining_transaction_amount"] == 1511
    assert after["local_added_transaction_amount"] == 2011
    assert after["status"] == "initializing"
    assert "next_flow_item" not in after


def test_both_instants_show_what_was_known_of_what_was_valid(api: ApiClient) -> None:
    case_id = api.register()
    api.advance(to=LATER)
    api.advance(by="PT1H")
    pay(api, case_id, 500, "2025-08-27")
    known_then = shown(api, case_id, as_of="2025-08-28", known_at=LATER)
    known_now = shown(api, case_id, as_of="2025-08-28")
    assert known_then["local_remaining_capital_amount"] == 2000
    assert known_now["local_remaining_capital_amount"] == 1500


def test_projection_holds_of_an_earlier_instant_too(api: ApiClient) -> None:
    case_id = api.register()
    document = shown(api, case_id, as_of="2025-08-28", projection='{"status": 1}')
    assert document == {"_id": case_id, "status": "initializing"}


@pytest.mark.parametrize(
    ("instants", "issues"),
    [
        ({"as_of": "then"}, {"as_of": "must be a date"}),
        (
            {"as_of": "", "known_at": "2025-02-30"},
            {"as_of": "must be a date", "known_at": "must be a date"},
        ),
        ({"known_at": "2025-09-03T07:56:12Z"}, {"known_at": "must not be in the future"}),
        (
            {"as_of": "2025-09-04"},
            {
                "as_of": "must not be in the future; an explanation of its interest values a "
                "case on any day"
            },
        ),
    ],
)
def test_instant_that_cannot_be_used_is_refused(
    api: ApiClient, instants: dict[str, str], issues: dict[str, str]
) -> None:
    answer = then(api, api.register(), **instants)
    assert answer.status_code == 400
    assert answer.json()["_error"]["reason"] == "invalid_query"
    assert answer.json()["_issues"] == issues


def test_case_that_is_not_the_accounts_is_not_found_at_any_instant(api: ApiClient) -> None:
    for instants in ({"as_of": "2025-09-01"}, {"known_at": "2025-09-01"}):
        answer = then(api, "0" * 24, **instants)
        assert (answer.status_code, answer.json()["_error"]["reason"]) == (404, "not_found")
    odd = then(api, "x", as_of="2025-09-01")
    assert odd.status_code == 404
