"""fordran serve: starts with one line, ends in order, leaves nothing running."""

import json
import os
import signal
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from fordran.storage.engine import destroy_cluster
from fordran.storage.file_lock import FileLock
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, poll, processes, run_cli

pytestmark = pytest.mark.xdist_group("cli-serve")


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory that the tests of this file use one after the other."""
    folder = tmp_path_factory.mktemp("serve") / "data"
    yield folder
    destroy_cluster(folder)


def is_database_stopped(data_dir: Path) -> bool:
    with FileLock(data_dir / "postgres-server.lock") as lock:
        return lock.try_exclusive()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_the_server_in_order(data_dir: Path, number: signal.Signals) -> None:
    server = ServerProcess(data_dir, "--sandbox")
    family = server.family(with_postgres=True)
    assert len(family) > 2
    assert not is_database_stopped(data_dir)
    assert server.stop(number) == 0
    assert is_database_stopped(data_dir)
    poll(lambda: not set(family) & set(processes()))
    assert "Traceback" not in server.log.read_text()


def test_signal_while_a_request_is_answered_ends_the_server_in_order(data_dir: Path) -> None:
    with ServerProcess(data_dir, "--sandbox") as server, demo_client(data_dir) as (client, world):
        client.put(f"/sandbox--clocks/{world['account']}", {"now": "2025-09-03T07:56:11Z"})
        body = registration(world["account"], world["creditor"], *[f"INV-{n}" for n in range(100)])
        assert client.post("/case--registrations", body).status_code == 201
        assert server.stop() == 0
    assert is_database_stopped(data_dir)


def test_demo_file_names_the_address_and_a_key_that_signs_in(data_dir: Path) -> None:
    with ServerProcess(data_dir, "--sandbox") as server:
        path = data_dir / "demo" / "demo.json"
        world = json.loads(path.read_text())
        assert set(world) == {"base_url", "api_code", "private_key", "account", "creditor"}
        assert world["base_url"] == server.base_url
        for secret in (path, path.parent / world["private_key"], data_dir / "url-signing.key"):
            assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        with demo_client(data_dir) as (client, _):
            assert client.get("/cases").status_code == 200
            token = client.session.headers.pop("X-API-Key")
            for name in ("x-api-key", "X-API-KEY", "x-aPi-kEy"):
                answer = requests.get(f"{server.base_url}/cases", headers={name: token}, timeout=30)
                assert answer.status_code == 200
            assert client.get("/cases").status_code == 401


def test_several_processes_answer_as_one(data_dir: Path) -> None:
    with (
        ServerProcess(data_dir, "--sandbox", "--workers", "2") as server,
        demo_client(data_dir) as (client, _),
    ):
        workers = [pid for pid in server.family(with_postgres=False) if pid != server.process.pid]
        assert len(workers) >= 2
        token = client.session.headers["X-API-Key"]
        for _ in range(20):
            # A connection each time: either process may answer, with a token of the other.
            answer = requests.get(
                f"{server.base_url}/cases", headers={"X-API-Key": token}, timeout=30
            )
            assert answer.status_code == 200
        assert server.stop() == 0


def test_killed_answering_process_is_replaced(data_dir: Path) -> None:
    with ServerProcess(data_dir, "--sandbox") as server, demo_client(data_dir) as (client, _):
        (main, worker, *_) = server.family(with_postgres=False)
        assert main == server.process.pid
        os.kill(worker, signal.SIGKILL)

        def answers() -> bool:
            try:
                return client.get("/cases").status_code == 200
            except requests.RequestException:
                return False

        poll(lambda: worker not in processes() and answers())
        assert server.stop() == 0


def test_port_that_is_taken_is_explained(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        shown = run_cli("serve", "--port", port, "--data-dir", str(data_dir))
    assert shown.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in shown.stderr
    assert "choose another --port" in shown.stderr
    assert "Traceback" not in shown.stderr
    assert shown.stdout == ""


def test_address_that_is_not_ours_is_explained(data_dir: Path) -> None:
    for host in ("192.0.2.1", "no-such-host.invalid"):
        shown = run_cli("serve", "--host", host, "--port", "0", "--data-dir", str(data_dir))
        assert shown.returncode == 1
        assert host in shown.stderr
        assert "Traceback" not in shown.stderr


def test_wrong_setting_is_explained(data_dir: Path) -> None:
    shown = run_cli("serve", "--data-dir", str(data_dir), FORDRAN_UPLOAD_SIZE_MAX="lots")
    assert shown.returncode == 1
    assert "FORDRAN_UPLOAD_SIZE_MAX must be a number of bytes" in shown.stderr
    assert "Traceback" not in shown.stderr


def test_links_carry_the_public_address(data_dir: Path) -> None:
    address = "https://fordran.example.se"
    with ServerProcess(data_dir, "--sandbox", "--public-url", address, expect=address):
        world = json.loads((data_dir / "demo" / "demo.json").read_text())
        assert world["base_url"] == address
