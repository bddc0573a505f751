"""The concurrency campaign at the size that every run of the tests has time for."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fordran.bootstrap import context_of
from fordran.operations.context import Context
from fordran.operations.law import save_shipped_law
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.settings import Settings
from tests.conftest import WorkerDatabase
from tests.faults.campaign import AT_ONCE, CONNECTIONS, run
from tests.faults.faulty_database import PERCENT

SECONDS = 20.0
ROUNDS_MAX = 60
ROUNDS_MIN = 4

pytestmark = pytest.mark.xdist_group("faults")


@pytest.fixture
def database(make_database: Callable[[], WorkerDatabase]) -> WorkerDatabase:
    """A database of the campaign's own."""
    return make_database()


@pytest.fixture
def crowded(database: WorkerDatabase, tmp_path: Path) -> Iterator[Context]:
    """An installation with connections enough for threads to meet in the database."""
    settings = Settings(data_dir=tmp_path, is_sandbox=True)
    with context_of(settings, database, connections_max=CONNECTIONS) as opened:
        save_shipped_flows(opened)
        save_shipped_law(opened)
        yield opened


def test_commands_at_once_end_as_in_some_order_though_connections_fail(
    crowded: Context, database: WorkerDatabase
) -> None:
    summary = run(crowded, database.conninfo(), rounds=ROUNDS_MAX, seed=1, seconds=SECONDS)
    sys.stdout.write(f"{summary}\n")
    assert summary.rounds >= ROUNDS_MIN
    assert summary.operations == summary.rounds * AT_ONCE
    assert summary.sent_again
    assert set(summary.injected) == set(PERCENT), "each kind of fault was injected"
