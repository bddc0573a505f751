"""Fixtures: one PostgreSQL for the whole run, one database per worker, an audit after each use."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from fordran.bootstrap import api_app, context_of
from fordran.operations.context import Context
from fordran.operations.law import save_shipped_law
from fordran.operations.randomness import SystemRandomness
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.operations.verify_books import verify_books
from fordran.settings import DEMO_AGENCY, Settings
from fordran.storage.engine import Engine, destroy_cluster, open_engine
from fordran.storage.migrate import migrate
from tests.world import Account, ApiClient, SteppedClock

CLUSTER_VARIABLE = "FORDRAN_TEST_CLUSTER"

hypothesis_settings.register_profile("short", max_examples=60, deadline=None)
hypothesis_settings.register_profile("long", max_examples=2000, deadline=None)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


def pytest_configure(config: pytest.Config) -> None:
    """Choose the folder of the run's cluster, once, before the workers begin."""
    if CLUSTER_VARIABLE not in os.environ:
        os.environ[CLUSTER_VARIABLE] = tempfile.mkdtemp(prefix="fordran-tests-")
        config.stash[_OWNS_CLUSTER] = True


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the run's cluster when the last worker is done."""
    if config.stash.get(_OWNS_CLUSTER, False):
        folder = Path(os.environ.pop(CLUSTER_VARIABLE))
        if any(folder.iterdir()):
            destroy_cluster(folder)
        shutil.rmtree(folder, ignore_errors=True)


_OWNS_CLUSTER = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """The run's PostgreSQL. It loses nothing that a test needs by not syncing to disk."""
    with open_engine(Path(os.environ[CLUSTER_VARIABLE]), settings={"fsync": "off"}) as opened:
        yield opened


class WorkerDatabase:
    """An engine's connection strings, for one database of a worker's own."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self.name = name

    def conninfo(self, role: str | None = None) -> str:
        return self._engine.conninfo(role, dbname=self.name)

    def ensure_running(self) -> None:
        self._engine.ensure_running()


@pytest.fixture(scope="session")
def make_database(engine: Engine, worker_id: str) -> Iterator[Callable[[], WorkerDatabase]]:
    """Make empty databases with the schema, copies of one template; they go with the run."""
    made: list[str] = []

    def make(template: str = "template1") -> WorkerDatabase:
        name = f"test_{worker_id}_{os.getpid()}_{len(made)}"
        with psycopg.connect(engine.conninfo(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        made.append(name)
        return WorkerDatabase(engine, name)

    empty = make()
    migrate(empty.conninfo())
    yield lambda: make(empty.name)
    with psycopg.connect(engine.conninfo(), autocommit=True) as connection:
        for name in made:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def database(make_database: Callable[[], WorkerDatabase]) -> WorkerDatabase:
    """The worker's database; tests keep apart by accounts of their own."""
    return make_database()


@pytest.fixture(scope="session")
def make_context(
    database: WorkerDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[SteppedClock], Context]]:
    """Make what operations work with, on a clock of the test's own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), is_sandbox=True)
    with context_of(settings, database) as shared:
        save_shipped_flows(shared)
        save_shipped_law(shared)
        yield lambda clock: replace(
            shared, clock=clock, randomness=SystemRandomness(), agency=DEMO_AGENCY
        )


@pytest.fixture
def clock() -> SteppedClock:
    """Real time, as the test sees it."""
    return SteppedClock()


class Books:
    """The books of a worker's database, verified account by account as tests add them."""

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._verified: set[str] = set()

    def verify_new_accounts(self) -> None:
        """Fail with what the audit finds in accounts that no earlier test had."""
        with psycopg.connect(self._conninfo) as connection:
            accounts = {row[0] for row in connection.execute("SELECT account_id FROM accounts")}
        added, self._verified = accounts - self._verified, accounts
        for account_id in sorted(added):
            assert_books_are_right(self._conninfo, account_id)


@pytest.fixture(scope="session")
def books(database: WorkerDatabase) -> Iterator[Books]:
    """The books; when the worker is done they are verified as a whole."""
    yield Books(database.conninfo())
    assert_books_are_right(database.conninfo())


@pytest.fixture
def context(
    make_context: Callable[[SteppedClock], Context], books: Books, clock: SteppedClock
) -> Iterator[Context]:
    """What operations work with; the books of the test's accounts are verified afterwards."""
    yield make_context(clock)
    books.verify_new_accounts()


def assert_books_are_right(conninfo: str, account_id: str | None = None) -> None:
    """Fail with every violation that the audit finds, of one account if it is named."""
    checks = verify_books(conninfo, account_id=account_id)
    violations = [f"{check.rule}: {found}" for check in checks for found in check.violations]
    assert not violations, "\n".join(violations)


@pytest.fixture
def account(context: Context) -> Account:
    """An account on a virtual clock that stands at the seed's registration."""
    return Account.make(context)


@pytest.fixture
def app(context: Context, tmp_path: Path) -> Litestar:
    """The API in sandbox mode."""
    return api_app(Settings(data_dir=tmp_path, is_sandbox=True), context)


@pytest.fixture
def client(app: Litestar) -> Iterator["TestClient[Any]"]:
    """A client of the API without credentials."""
    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def api(client: "TestClient[Any]", account: Account) -> ApiClient:
    """A client of the API that speaks as `account`."""
    return ApiClient(client, account)
