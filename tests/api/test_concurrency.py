"""What two clients do at the same moment, over applications that share only the database."""

from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from litestar.testing import TestClient

from fordran.bootstrap import api_app
from fordran.operations.context import Context
from fordran.settings import Settings
from tests.api.at_once import at_once
from tests.conftest import WorkerDatabase
from tests.world import ApiClient, debt

APPLICATIONS = 4


@pytest.fixture
def clients(api: ApiClient, context: Context, tmp_path: Path) -> Iterator[list[ApiClient]]:
    """Clients of one account, each of an application of its own."""
    with ExitStack() as stack:
        apps = [
            api_app(Settings(data_dir=tmp_path, is_sandbox=True), context)
            for _ in range(APPLICATIONS)
        ]
        yield [
            ApiClient(
                stack.enter_context(TestClient(app, raise_server_exceptions=False)), api.account
            )
            for app in apps
        ]


@pytest.mark.parametrize("round_number", range(5))
def test_same_invoice_of_a_new_customer_is_registered_exactly_once(
    clients: list[ApiClient], round_number: int
) -> None:
    body = clients[0].account.registration()
    actions = [
        lambda client=client: client.post("/case--registrations", body) for client in clients * 2
    ]
    answers = at_once(actions)
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [201] + [422] * (len(actions) - 1)
    for answer in answers:
        if answer.status_code == 422:
            issue = answer.json()["_issues"]["debts"]["0"]["invoice_number"]
            assert issue.startswith("value 'INV-2025-003' is not unique")
    assert clients[0].get("/cases").json()["_meta"]["total"] == 1
    assert clients[0].get("/case--registrations").json()["_meta"]["total"] == 1


def test_new_customer_of_many_registrations_is_made_once(clients: list[ApiClient]) -> None:
    actions = [
        lambda client=client, number=number: client.register(
            debts=[debt(invoice_number=f"INV-{number}")]
        )
        for number, client in enumerate(clients * 5)
    ]
    case_ids = at_once(actions)
    cases = [clients[0].case(case_id) for case_id in case_ids]
    for name in ("customer", "debtor"):
        assert len({case[name] for case in cases}) == 1
    for name in ("_id", "reference_number", "case_registration"):
        assert len({case[name] for case in cases}) == len(cases)
    numbers = sorted(int(case["reference_number"]) for case in cases)
    assert numbers == list(range(numbers[0], numbers[0] + len(cases)))


def test_payments_at_the_same_moment_never_settle_more_than_the_claim(
    clients: list[ApiClient],
) -> None:
    account = clients[0].account
    case_id = clients[0].register()
    actions = [
        lambda client=client, number=number: client.post(
            "/creditor--payments",
            account.payment(case_id, amount=150, creditor_payment_reference=f"PAY-{number}"),
        )
        for number, client in enumerate(clients * 5)
    ]
    answers = at_once(actions)
    assert [answer.status_code for answer in answers] == [201] * 20
    payments = clients[0].get("/creditor--payments").json()["_items"]
    assert len(payments) == 20
    settled = sum(Decimal(str(payment["settled_amount"])) for payment in payments)
    case = clients[0].case(case_id)
    claim = Decimal(str(case["local_added_transaction_amount"]))
    assert Decimal(2000) <= settled <= claim
    paid = -sum(
        Decimal(str(row["amount"])) for row in case["transactions"] if "creditor_payment" in row
    )
    assert paid == settled
    assert case["status"] == "closed"
    assert [entry["status"] for entry in case["status_history"]].count("closed") == 1
    assert case["local_remaining_transaction_amount"] == 0
    by_status = [payment["status"] for payment in payments]
    assert by_status.count("completed") == 13
    assert set(by_status) == {"completed", "warning", "error"}
    assert sorted(answer.json()["_payment_status"] for answer in answers) == sorted(by_status)


def test_same_payment_at_the_same_moment_is_settled_once(clients: list[ApiClient]) -> None:
    case_id = clients[0].register()
    body = clients[0].account.payment(case_id, amount=100)
    actions = [
        lambda client=client: client.post("/creditor--payments", body).json()["_payment_status"]
        for client in clients * 2
    ]
    statuses = sorted(at_once(actions))
    assert statuses == ["completed"] + ["warning"] * 7
    assert clients[0].case(case_id)["local_remaining_capital_amount"] == 1900


def deadlocks(database: WorkerDatabase) -> int:
    """Return how often the database had to break a deadlock, by its own count."""
    with psycopg.connect(database.conninfo()) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute(
            "SELECT pg_stat_get_db_deadlocks(oid) FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_payments_of_cases_that_share_a_demand_never_wait_for_each_other_both_ways(
    clients: list[ApiClient], database: WorkerDatabase
) -> None:
    """Each payment locks every case of the demand; they once did so in different orders."""
    before = deadlocks(database)
    account = clients[0].account
    numbers = [f"INV-{number}" for number in range(8)]
    registration = account.registration(debts=[debt(invoice_number=n) for n in numbers])
    case_ids = clients[0].post("/case--registrations", registration).json()["_cases"]
    clients[0].advance(to="Wed, 03 Sep 2025 09:10:00 GMT")
    actions = [
        lambda client=client, case_id=case_id, turn=turn: (
            client.post(
                "/creditor--payments",
                account.payment(
                    case_id, amount=500 + turn, creditor_payment_reference=f"{case_id}-{turn}"
                ),
            ).status_code
        )
        for turn in range(3)
        for client, case_id in zip(clients * 2, case_ids, strict=True)
    ]
    assert set(at_once(actions)) == {201}
    for case_id in case_ids:
        assert clients[0].case(case_id)["local_remaining_capital_amount"] == 2000 - 1503
    assert deadlocks(database) == before
