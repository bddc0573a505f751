"""Virtual clocks over HTTP: time stands still, and moves only when it is told to (decision 10)."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from fordran.api.scalars import format_instant
from fordran.bootstrap import api_app
from fordran.operations.context import Context
from fordran.settings import Settings
from fordran.worker.tick import tick
from tests.api.at_once import at_once
from tests.world import SEED_NOW, Account, ApiClient, SteppedClock, debt

NO_DOCUMENT = "68b7f49c7b02934caddab092"
FIRST_ITEM = "Wed, 03 Sep 2025 08:00:00 GMT"
DEMANDED = "Wed, 03 Sep 2025 09:10:00 GMT"


def path_of(api: ApiClient) -> str:
    return f"/sandbox--clocks/{api.account.id}"


def error_of(answer: Any) -> tuple[int, str]:
    assert answer.json()["_status"] == "ERR"
    return answer.status_code, answer.json()["_error"]["reason"]


def test_clock_is_set_and_read_while_there_is_no_case(api: ApiClient) -> None:
    for sent, now in (
        ("2024-02-29T23:59:59Z", "Thu, 29 Feb 2024 23:59:59 GMT"),
        ("Mon, 01 Jan 2035 00:00:00 GMT", "Mon, 01 Jan 2035 00:00:00 GMT"),
        ("2025-09-03T09:56:11+02:00", format_instant(SEED_NOW)),
    ):
        answer = api.put(path_of(api), {"now": sent})
        assert (answer.status_code, answer.json()) == (200, {"now": now})
        assert api.get(path_of(api)).json() == {"now": now}


def test_clock_is_not_set_when_there_is_a_case(api: ApiClient) -> None:
    api.register()
    assert error_of(api.put(path_of(api), {"now": "2025-09-04"})) == (409, "clock_in_use")
    assert api.get(path_of(api)).json() == {"now": format_instant(SEED_NOW)}


def test_account_without_a_clock_has_none_to_show_or_advance(
    client: "TestClient[Any]", context: Context
) -> None:
    real = ApiClient(client, Account.make(context, virtual_now=None))
    assert error_of(real.get(path_of(real))) == (404, "not_found")
    assert error_of(real.advance(by="P1D")) == (409, "clock_missing")
    assert error_of(real.advance(to="2030-01-01")) == (409, "clock_missing")
    assert real.put(path_of(real), {"now": "2025-09-03"}).status_code == 200
    assert real.advance(by="P1D").status_code == 200


def test_clock_is_not_set_on_an_account_whose_case_runs_on_real_time(
    client: "TestClient[Any]", context: Context
) -> None:
    real = ApiClient(client, Account.make(context, virtual_now=None))
    real.register()
    assert error_of(real.put(path_of(real), {"now": "2025-09-04"})) == (409, "clock_in_use")
    assert error_of(real.get(path_of(real))) == (404, "not_found")


def test_clock_stands_still_between_advances(api: ApiClient, clock: SteppedClock) -> None:
    clock.current += timedelta(minutes=50)
    assert api.get(path_of(api)).json() == {"now": format_instant(SEED_NOW)}
    case = api.case(api.register())
    assert case["_created"] == format_instant(SEED_NOW)
    assert int(case["_id"][:8], 16) == int(SEED_NOW.timestamp())


@pytest.mark.parametrize(
    ("by", "seconds"),
    [
        ("PT0S", 0),
        ("PT1S", 1),
        ("PT90M", 5400),
        ("P1D", 86400),
        ("P1W", 604800),
        ("P1DT1H1M1S", 90061),
        ("P2WT36H", 2 * 604800 + 129600),
    ],
)
def test_clock_is_advanced_by_a_duration(api: ApiClient, by: str, seconds: int) -> None:
    answer = api.advance(by=by)
    now = format_instant(SEED_NOW + timedelta(seconds=seconds))
    assert (answer.status_code, answer.json()) == (200, {"now": now, "executed": 0})
    assert api.get(path_of(api)).json() == {"now": now}


BOTH = "exactly one of to and by must be sent"
DURATION = "must be an ISO 8601 duration such as P16D or PT90M"


@pytest.mark.parametrize(
    ("body", "issues"),
    [
        ({"by": ""}, {"by": DURATION}),
        ({"by": "P"}, {"by": DURATION}),
        ({"by": "PT"}, {"by": DURATION}),
        ({"by": "P1DT"}, {"by": DURATION}),
        ({"by": "P1M"}, {"by": DURATION}),
        ({"by": "P1Y"}, {"by": DURATION}),
        ({"by": "-P1D"}, {"by": DURATION}),
        ({"by": "P-1D"}, {"by": DURATION}),
        ({"by": "P1.5D"}, {"by": DURATION}),
        ({"by": "P٣D"}, {"by": DURATION}),
        ({"by": "1 day"}, {"by": DURATION}),
        ({"by": "P100000D"}, {"by": DURATION}),
        ({"by": "P99999W"}, {"by": "goes beyond the year 2200"}),
        ({"by": "P99999D"}, {"by": "goes beyond the year 2200"}),
        ({"by": 1}, {"by": "must be of string type"}),
        ({"to": "yesterday"}, {"to": "must be of datetime type"}),
        ({"to": "2201-01-01"}, {"to": "must be of datetime type"}),
        ({"to": 1}, {"to": "must be of datetime type"}),
        ({}, {"to": BOTH, "by": BOTH}),
        ({"to": None}, {"to": BOTH, "by": BOTH}),
        ({"to": "2025-10-01", "by": "P1D"}, {"to": BOTH, "by": BOTH}),
        ({"by": "P1D", "x": 1}, {"x": "unknown field"}),
    ],
)
def test_wrong_advance_is_reported_and_moves_nothing(
    api: ApiClient, body: dict[str, Any], issues: dict[str, str]
) -> None:
    answer = api.post(f"{path_of(api)}/advance", body)
    assert error_of(answer) == (422, "validation_failed")
    assert answer.json()["_issues"] == issues
    assert api.get(path_of(api)).json() == {"now": format_instant(SEED_NOW)}


@pytest.mark.parametrize(
    ("body", "issue"),
    [
        ({}, "required field"),
        ({"now": None}, "null value not allowed"),
        ({"now": 1}, "must be of datetime type"),
        ({"now": "2025-13-01"}, "must be of datetime type"),
        ({"now": "1899-12-31"}, "must be of datetime type"),
    ],
)
def test_wrong_instant_is_reported_and_sets_nothing(
    api: ApiClient, body: dict[str, Any], issue: str
) -> None:
    answer = api.put(path_of(api), body)
    assert error_of(answer) == (422, "validation_failed")
    assert answer.json()["_issues"] == {"now": issue}
    assert api.get(path_of(api)).json() == {"now": format_instant(SEED_NOW)}


def test_clock_does_not_go_backwards(api: ApiClient) -> None:
    api.advance(by="P1D")
    now = api.get(path_of(api)).json()
    answer = api.advance(to=format_instant(SEED_NOW + timedelta(days=1, seconds=-1)))
    assert error_of(answer) == (409, "clock_runs_forward")
    assert api.get(path_of(api)).json() == now


def test_advance_carries_out_each_item_at_its_own_instant(api: ApiClient) -> None:
    case_id = api.register()
    assert api.advance(to="2025-09-03T07:59:59Z").json()["executed"] == 0
    assert api.case(case_id)["status"] == "initializing"
    assert api.advance(to="2025-09-04T00:00:00Z").json()["executed"] == 3
    case = api.case(case_id)
    assert [entry["status_date"] for entry in case["status_history"]] == [
        format_instant(SEED_NOW),
        FIRST_ITEM,
        "Wed, 03 Sep 2025 09:00:00 GMT",
    ]
    assert case["limitation"]["break_date"] == DEMANDED
    assert case["_updated"] == DEMANDED
    assert case["next_flow_item"]["schedule_to_execute"] == "Fri, 19 Sep 2025 00:00:00 GMT"


def test_advance_to_the_same_instant_does_what_is_due_and_nothing_twice(api: ApiClient) -> None:
    case_id = api.register()
    assert api.advance(to=FIRST_ITEM).json() == {"now": FIRST_ITEM, "executed": 1}
    case = api.case(case_id)
    for body in ({"to": FIRST_ITEM}, {"by": "PT0S"}):
        assert api.advance(**body).json() == {"now": FIRST_ITEM, "executed": 0}
        assert api.case(case_id) == case


def test_a_year_in_one_advance_is_the_same_as_in_many(api: ApiClient, context: Context) -> None:
    other = ApiClient(api.client, Account.make(context))
    pair = [(client, client.register()) for client in (api, other)]
    executed = api.advance(by="P365D").json()["executed"]
    steps = [other.advance(by="P5D").json()["executed"] for _ in range(73)]
    assert sum(steps) == executed >= 4
    shown = []
    for client, case_id in pair:
        case = client.case(case_id)
        for name in ("_id", "_etag", "account", "creditor", "customer", "debtor"):
            del case[name]
        for name in ("agreement_version", "case_registration", "debt_collection"):
            del case[name]
        shown.append(case)
    assert shown[0] == shown[1]


def test_ids_made_by_an_advance_are_of_the_item_s_own_second(api: ApiClient) -> None:
    case_id = api.register()
    api.advance(by="P300D")
    made = int(api.case(case_id)["debt_collection"][:8], 16)
    assert datetime.fromtimestamp(made, UTC) == datetime(2025, 9, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_clock_of_another_account_is_not_found(
    api: ApiClient, context: Context, method: str
) -> None:
    other = Account.make(context)
    answers = []
    for account_id in (other.id, NO_DOCUMENT, "x", "%00"):
        path = f"/sandbox--clocks/{account_id}" + ("/advance" if method == "POST" else "")
        body = {"by": "P1D"} if method == "POST" else {"now": "2025-10-01"}
        answers.append(api.client.request(method, path, headers=api.headers, json=body))
    assert [error_of(answer) for answer in answers] == [(404, "not_found")] * 4
    assert {answer.content for answer in answers} == {answers[0].content}
    owner = ApiClient(api.client, other)
    assert owner.get(path_of(owner)).json() == {"now": format_instant(SEED_NOW)}


def test_two_advances_at_the_same_moment_carry_out_each_item_once(
    api: ApiClient, context: Context, tmp_path: Path
) -> None:
    case_ids = [api.register(debts=[debt(invoice_number=f"INV-{n}")]) for n in range(4)]
    with ExitStack() as stack:
        # An application each: nothing in one process lets the advances meet.
        apps = [api_app(Settings(data_dir=tmp_path, is_sandbox=True), context) for _ in range(2)]
        clients = [
            ApiClient(
                stack.enter_context(TestClient(app, raise_server_exceptions=False)), api.account
            )
            for app in apps
        ]
        answers = at_once([lambda client=client: client.advance(by="P30D") for client in clients])
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sum(answer.json()["executed"] for answer in answers) == 4 * len(case_ids)
    for case_id in case_ids:
        case = api.case(case_id)
        statuses = [entry["status"] for entry in case["status_history"]]
        assert len(statuses) == len(set(statuses))
        assert len(case["services"]) == 1


def test_registrations_and_payments_during_an_advance_are_all_kept(
    api: ApiClient, context: Context, tmp_path: Path
) -> None:
    first = api.register(debts=[debt(invoice_number="INV-FIRST")])
    with ExitStack() as stack:
        apps = [api_app(Settings(data_dir=tmp_path, is_sandbox=True), context) for _ in range(3)]
        advancing, registering, paying = (
            ApiClient(
                stack.enter_context(TestClient(app, raise_server_exceptions=False)), api.account
            )
            for app in apps
        )

        def register() -> list[str]:
            return [
                registering.register(debts=[debt(invoice_number=f"INV-{number}")])
                for number in range(10)
            ]

        def pay() -> list[int]:
            body = api.account.payment(first, amount=10, creditor_payment_reference=None)
            return [paying.post("/creditor--payments", body).status_code for _ in range(10)]

        def advance() -> list[int]:
            return [advancing.advance(by="PT1H").status_code for _ in range(10)]

        registered, paid, advanced = at_once([register, pay, advance])
    assert set(paid) == {201}
    assert set(advanced) == {200}
    listed = api.get("/cases", max_results="100").json()["_items"]
    assert {case["_id"] for case in listed} == {first, *registered}
    assert api.case(first)["local_remaining_capital_amount"] == 1900


def test_worker_leaves_an_account_with_a_virtual_clock_alone(
    api: ApiClient, context: Context, clock: SteppedClock
) -> None:
    case_id = api.register()
    case = api.case(case_id)
    clock.current += timedelta(days=40)
    tick(context)
    later = ApiClient(api.client, api.account)
    assert later.case(case_id) == case
    assert later.advance(to=FIRST_ITEM).json()["executed"] == 1


def real_registration(api: ApiClient, number: str = "INV-REAL") -> str:
    dates = {"invoice_date": "2026-01-07", "invoice_due_days_after_invoice_date": 30}
    return api.register(debts=[debt(invoice_number=number, **dates)])


def test_worker_carries_out_what_fell_due_on_real_time_one_by_one(
    client: "TestClient[Any]", context: Context, clock: SteppedClock
) -> None:
    """Real time stands at 2 March 2026, 09:30; the worker was away for two hours."""
    account = Account.make(context, virtual_now=None)
    case_id = real_registration(ApiClient(client, account))
    clock.current += timedelta(hours=2)
    tick(context)
    case = ApiClient(client, account).case(case_id)
    assert [entry["status_date"] for entry in case["status_history"]] == [
        "Mon, 02 Mar 2026 09:30:00 GMT",
        "Mon, 02 Mar 2026 10:00:00 GMT",
        "Mon, 02 Mar 2026 11:00:00 GMT",
    ]
    assert case["limitation"]["break_date"] == "Mon, 02 Mar 2026 11:10:00 GMT"
    assert case["next_flow_item"]["schedule_to_execute"] == "Wed, 18 Mar 2026 00:00:00 GMT"
    assert tick(context).executed == 0
    assert ApiClient(client, account).case(case_id) == case


def test_worker_never_sends_a_demand_whose_deadline_has_passed(
    client: "TestClient[Any]", context: Context, clock: SteppedClock
) -> None:
    """The worker was away for forty days: the letter is dated now (decision 63)."""
    account = Account.make(context, virtual_now=None)
    case_id = real_registration(ApiClient(client, account))
    clock.current += timedelta(days=40)
    now = clock.current
    tick(context)
    case = ApiClient(client, account).case(case_id)
    assert [entry["status_date"] for entry in case["status_history"]] == [
        "Mon, 02 Mar 2026 09:30:00 GMT",
        "Mon, 02 Mar 2026 10:00:00 GMT",
        "Mon, 02 Mar 2026 11:00:00 GMT",
    ]
    assert case["status"] == "debt_collection"
    assert case["limitation"]["break_date"] == format_instant(now)
    next_due = case["next_flow_item"]["schedule_to_execute"]
    assert next_due == "Mon, 27 Apr 2026 00:00:00 GMT"
    assert case["local_remaining_costs_amount"] == 0


def test_workers_at_the_same_moment_carry_out_each_item_once(
    client: "TestClient[Any]", context: Context, clock: SteppedClock
) -> None:
    account = Account.make(context, virtual_now=None)
    api = ApiClient(client, account)
    case_ids = [real_registration(api, f"INV-{number}") for number in range(5)]
    clock.current += timedelta(hours=2)
    at_once([lambda: tick(context)] * 3)
    renewed = ApiClient(client, account)
    for case_id in case_ids:
        case = renewed.case(case_id)
        assert [entry["status"] for entry in case["status_history"]] == [
            "initializing",
            "initialized",
            "debt_collection",
        ]
        assert "limitation" in case
