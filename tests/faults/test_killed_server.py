"""A server that is killed while clients write: what it acknowledged is there, and all of it.

Each case is afterwards wholly there or not at all: `fordran verify` says that no half of one is.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import requests

from fordran.operations.randomness import SystemRandomness
from fordran.storage.engine import destroy_cluster
from tests.cli.registrations import registration
from tests.cli.server_process import HttpClient, ServerProcess, demo_client, poll, run_cli

pytestmark = pytest.mark.xdist_group("faults")

DEBTS = 3
"""Debts in one registration: all of them become cases, or none."""

ROUNDS = (True, False, True)
"""Whether PostgreSQL is killed with the server."""

MILLISECONDS_DIGITS = 3


@dataclass
class Acknowledged:
    """What clients were told is there."""

    cases: set[str] = field(default_factory=set)
    payments: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=count)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    try:
        yield folder
    finally:
        destroy_cluster(folder)


def register_until_killed(
    client: HttpClient, world: dict[str, str], acknowledged: Acknowledged
) -> None:
    """Register and pay, one after the other, until nobody answers."""
    while True:
        number = next(acknowledged.numbers)
        numbers = [f"INV-{number}-{debt}" for debt in range(DEBTS)]
        body = registration(world["account"], world["creditor"], *numbers)
        try:
            registered = client.post("/case--registrations", body)
            case_ids = answered(registered)["_cases"]
            assert len(case_ids) == DEBTS
            acknowledged.cases.update(case_ids)
            paid = client.post("/creditor--payments", payment(world, case_ids[0]))
            acknowledged.payments.add(answered(paid)["_id"])
        except requests.RequestException:
            return


def answered(answer: requests.Response) -> Any:
    """Return what was acknowledged; a server that lost its database says so."""
    if answer.status_code == 503:
        raise requests.ConnectionError
    assert answer.status_code == 201, answer.text
    return answer.json()


def payment(world: dict[str, str], case_id: str) -> dict[str, Any]:
    return {
        "creditor": world["creditor"],
        "case": case_id,
        "currency": "SEK",
        "amount": 500,
        "bank_transaction_date": "Wed, 03 Sep 2025 07:00:00 GMT",
        "origin": "creditor_system",
    }


def kill_while_clients_write(
    server: ServerProcess, acknowledged: Acknowledged, *, with_postgres: bool
) -> None:
    """Kill the server's processes at a moment that nobody chose, with two clients at work."""
    family = server.family(with_postgres=with_postgres)
    before = len(acknowledged.cases)
    milliseconds = int(SystemRandomness().digits(MILLISECONDS_DIGITS)) // 2
    with (
        demo_client(server.data_dir) as (first, world),
        demo_client(server.data_dir) as (second, _),
        ThreadPoolExecutor(2) as threads,
    ):
        writing = [
            threads.submit(register_until_killed, client, world, acknowledged)
            for client in (first, second)
        ]
        poll(lambda: len(acknowledged.cases) > before or any(done.done() for done in writing))
        threading.Event().wait(milliseconds / 1000)
        server.kill(family=family)
        for written in writing:
            written.result(30)


def all_of(client: HttpClient, path: str) -> list[dict[str, Any]]:
    """Return every document of a list, page by page."""
    documents: list[dict[str, Any]] = []
    for page in count(1):
        answer = client.get(path, page=page, max_results=100)
        assert answer.status_code == 200, answer.text
        documents += answer.json()["_items"]
        if not answer.json()["_items"]:
            break
    return documents


def assert_all_or_nothing(client: HttpClient, acknowledged: Acknowledged) -> None:
    """Compare what is listed with what was acknowledged, and with itself."""
    cases = {case["_id"]: case for case in all_of(client, "/cases")}
    registrations = all_of(client, "/case--registrations")
    payments = {paid["_id"]: paid for paid in all_of(client, "/creditor--payments")}
    assert acknowledged.cases <= set(cases)
    assert acknowledged.payments <= set(payments)
    registered = [case_id for document in registrations for case_id in document["_cases"]]
    assert sorted(registered) == sorted(cases)
    assert all(len(document["_cases"]) == DEBTS for document in registrations)
    for case in cases.values():
        rows = case["transactions"]
        settled = -sum(row["amount"] for row in rows if "creditor_payment" in row)
        reported = sum(
            paid["settled_amount"] for paid in payments.values() if paid["case"] == case["_id"]
        )
        assert settled == reported
        assert case["local_added_capital_amount"] == 2000
        assert case["local_remaining_capital_amount"] == 2000 - settled


def test_server_killed_while_it_writes_keeps_every_case_whole_or_not_at_all(
    data_dir: Path,
) -> None:
    acknowledged = Acknowledged()
    for number, with_postgres in enumerate(ROUNDS):
        server = ServerProcess(data_dir, "--sandbox")
        with demo_client(data_dir) as (client, world):
            if number == 0:
                clock = f"/sandbox--clocks/{world['account']}"
                client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
            assert_all_or_nothing(client, acknowledged)
        kill_while_clients_write(server, acknowledged, with_postgres=with_postgres)
    with ServerProcess(data_dir, "--sandbox"), demo_client(data_dir) as (client, world):
        assert_all_or_nothing(client, acknowledged)
        assert len(acknowledged.cases) >= DEBTS * len(ROUNDS)
        # What was interrupted goes on: every case can still be carried through its flow.
        clock = f"/sandbox--clocks/{world['account']}"
        advanced = client.post(f"{clock}/advance", {"by": "PT3H"})
        total = client.get("/cases").json()["_meta"]["total"]
        assert advanced.json()["executed"] == 3 * total
    shown = run_cli("verify", "--quiet", "--data-dir", str(data_dir))
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")


def test_server_killed_during_an_advance_goes_on_from_a_whole_step(data_dir: Path) -> None:
    with ServerProcess(data_dir, "--sandbox") as server:
        family = server.family(with_postgres=True)
        with demo_client(data_dir) as (client, world), ThreadPoolExecutor(1) as threads:
            clock = f"/sandbox--clocks/{world['account']}"
            client.put(clock, {"now": "Wed, 03 Sep 2025 07:56:11 GMT"})
            for number in range(5):
                numbers = [f"INV-{number}-{debt}" for debt in range(20)]
                body = registration(world["account"], world["creditor"], *numbers)
                body["customer"]["id_number"] = f"55600{number}0000"[:9] + "1"
                body["customer"] |= {"is_company": None, "is_foreign": True}
                assert client.post("/case--registrations", body).status_code == 201
            advancing = threads.submit(advance, client, clock)
            threading.Event().wait(int(SystemRandomness().digits(3)) / 3000)
            server.kill(family=family)
            done = advancing.result(30)
    with ServerProcess(data_dir, "--sandbox"), demo_client(data_dir) as (client, _):
        again = advance(client, clock)
        assert again is not None
        assert done is None or again == 0
        for case in all_of(client, "/cases"):
            statuses = [entry["status"] for entry in case["status_history"]]
            assert statuses == ["initializing", "initialized", "debt_collection"]
            assert [entry["status_date"] for entry in case["status_history"][1:]] == [
                "Wed, 03 Sep 2025 08:00:00 GMT",
                "Wed, 03 Sep 2025 09:00:00 GMT",
            ]
            assert case["limitation"]["break_date"] == "Wed, 03 Sep 2025 09:10:00 GMT"
    shown = run_cli("verify", "--quiet", "--data-dir", str(data_dir))
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")


def advance(client: HttpClient, clock: str) -> int | None:
    """Advance past the demand and return how much was done, or None if nobody answered."""
    try:
        answer = client.post(f"{clock}/advance", {"to": "Wed, 03 Sep 2025 12:00:00 GMT"})
    except requests.RequestException:
        return None
    if answer.status_code == 503:
        return None
    assert answer.status_code == 200, answer.text
    executed: int = answer.json()["executed"]
    return executed
