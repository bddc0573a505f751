"""The database is killed under a server that lives: it is started again, and nothing is lost."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from fordran.storage.engine import destroy_cluster
from tests.cli.registrations import registration
from tests.cli.server_process import ServerProcess, demo_client, poll, run_cli

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    try:
        yield folder
    finally:
        destroy_cluster(folder)


def test_killed_database_comes_back_and_requests_meanwhile_are_told_to_try_again(
    data_dir: Path,
) -> None:
    with (
        ServerProcess(data_dir, "--sandbox") as server,
        demo_client(data_dir) as (client, world),
    ):
        body = registration(world["account"], world["creditor"], "INV-1")
        client.put(f"/sandbox--clocks/{world['account']}", {"now": "2025-09-03T07:56:11Z"})
        case_id = client.post("/case--registrations", body).json()["_cases"][0]
        own = set(server.family(with_postgres=False))
        for pid in set(server.family(with_postgres=True)) - own:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

        statuses = []

        def answers() -> bool:
            statuses.append(client.get(f"/cases/{case_id}").status_code)
            return statuses[-1] == 200

        poll(answers)
        assert set(statuses) <= {200, 503}
    assert run_cli("verify", "--data-dir", str(data_dir)).returncode == 0
