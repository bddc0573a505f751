"""Real clusters: made, shared, killed and found again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from fordran.storage import binaries, cluster_place
from fordran.storage.database_url import ExternalDatabase
from fordran.storage.embedded_cluster import SUPERUSER
from fordran.storage.engine import Engine, destroy_cluster, open_engine
from fordran.storage.engine_errors import (
    ClusterMisplaced,
    ClusterStartFailed,
    ClusterVersionMismatch,
    DatabaseTooOld,
    DatabaseUnreachable,
    DatabaseUrlInvalid,
    SocketDirectoryUnsafe,
)
from fordran.storage.file_lock import FileLock
from fordran.storage.os_account import OsAccount

FAST = {"fsync": "off"}
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root's cluster lies elsewhere")
USER = """
import sys
from pathlib import Path
from fordran.storage.engine import open_engine
with open_engine(Path(sys.argv[1]), settings={"fsync": "off"}):
    print("open", flush=True)
    sys.stdin.readline()
print("closed", flush=True)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "data"
    yield folder
    destroy_cluster(folder)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a data directory whose cluster was made once for several tests."""
    folder = tmp_path_factory.mktemp("made") / "data"
    open_engine(folder, settings=FAST).close()
    yield folder
    destroy_cluster(folder)


@pytest.fixture
def stopped(made: Path) -> Iterator[Path]:
    """Return that data directory with its server stopped, and leave it so."""
    yield made
    open_engine(made, settings=FAST).close()
    assert is_stopped(made)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Return an open engine for tests that only look."""
    folder = tmp_path_factory.mktemp("shared")
    with open_engine(folder, settings=FAST) as engine:
        execute(engine, "CREATE ROLE somebody")
        yield engine
    destroy_cluster(folder)


@contextmanager
def user_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that opens the data directory and waits for a line before it leaves."""
    with subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def leave(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def poll(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline, "it never came true"


def execute(engine: Engine, query: str, role: str | None = None) -> list[tuple]:
    with psycopg.connect(engine.conninfo(role)) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def show(engine: Engine, setting: str) -> str:
    return execute(engine, f"SHOW {setting}")[0][0]


def cluster_of(folder: Path) -> Path:
    return cluster_place.locate(folder).cluster


def server_pid(folder: Path) -> int:
    return int((cluster_of(folder) / "postmaster.pid").read_text().splitlines()[0])


def is_stopped(folder: Path) -> bool:
    with FileLock(folder / "postgres-server.lock") as lock:
        return lock.try_exclusive()


def kill_server(folder: Path) -> None:
    """Kill the postmaster and all its children at once, as a power cut would."""
    postmaster = server_pid(folder)
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=True)
    rows = [line.split() for line in listed.stdout.splitlines()]
    children = [int(pid) for pid, parent in rows if int(parent) == postmaster]
    for pid in (postmaster, *children):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    poll(lambda: is_stopped(folder))


def test_engine_new_directory_gives_the_promised_database(data_dir: Path):
    modes = {parent: parent.stat().st_mode for parent in data_dir.parents}
    with open_engine(data_dir) as engine:
        settings = ("fsync", "synchronous_commit", "data_checksums", "server_encoding", "timezone")
        assert [show(engine, name) for name in settings] == ["on", "on", "on", "UTF8", "UTC"]
        assert show(engine, "listen_addresses") == ""
        assert execute(engine, "SELECT current_database()::text") == [("fordran",)]
        assert execute(engine, "SELECT datcollate FROM pg_database WHERE datname = 'fordran'") == [
            ("C",)
        ]
        execute(engine, "CREATE ROLE somebody")
        execute(engine, "CREATE TABLE kept AS SELECT 1 AS one")
        assert execute(engine, "SELECT current_user::text", "somebody") == [("somebody",)]
        other = engine.conninfo(dbname="postgres")
        with psycopg.connect(other) as connection:
            assert connection.info.dbname == "postgres"
        # Ctrl-C in our terminal must not reach the server.
        assert os.getsid(server_pid(data_dir)) != os.getsid(0)
    assert is_stopped(data_dir)
    with open_engine(data_dir, settings=FAST) as engine:
        assert execute(engine, "SELECT one FROM kept") == [(1,)]
        assert show(engine, "fsync") == "off"
    assert modes == {parent: parent.stat().st_mode for parent in data_dir.parents}


def test_engine_log_after_failed_statements_holds_no_personal_data(shared: Engine):
    execute(shared, "CREATE TABLE person (number text PRIMARY KEY)")
    execute(shared, "INSERT INTO person VALUES ('197001012383')")
    for query in (
        "INSERT INTO person VALUES ('197001012383')",
        "SELECT '197001012383x'::bigint",
    ):
        with pytest.raises(psycopg.Error):
            execute(shared, query)
    logs = [path.read_text() for path in Path(show(shared, "data_directory"), "log").iterdir()]
    assert logs
    assert not any("197001012383" in log for log in logs)


def test_engine_everything_killed_recovers_committed_rows(stopped: Path):
    with user_process(stopped) as process:
        assert said(process) == "open"
        with open_engine(stopped, settings=FAST) as engine:
            execute(engine, "CREATE TABLE survivors AS SELECT generate_series(1, 1000) AS n")
            process.kill()
            kill_server(stopped)
    with open_engine(stopped, settings=FAST) as engine:
        assert execute(engine, "SELECT count(*) FROM survivors") == [(1000,)]


def test_engine_server_killed_ensure_running_starts_it_again(stopped: Path):
    with open_engine(stopped, settings=FAST) as engine:
        execute(engine, "CREATE TABLE kept AS SELECT 1 AS one")
        kill_server(stopped)
        engine.ensure_running()
        engine.ensure_running()
        assert execute(engine, "SELECT one FROM kept") == [(1,)]
    assert is_stopped(stopped)


def test_engine_postmaster_killed_alone_waits_for_its_children(stopped: Path):
    with open_engine(stopped, settings=FAST) as engine:
        os.kill(server_pid(stopped), signal.SIGKILL)
        engine.ensure_running()
        assert execute(engine, "SELECT 1") == [(1,)]


def test_engine_pid_of_a_stranger_starts_nevertheless(stopped: Path):
    """The number of a killed postmaster can belong to any process of the account afterwards."""
    with open_engine(stopped, settings=FAST):
        kill_server(stopped)
    place = cluster_place.locate(stopped)
    account = place.account
    with subprocess.Popen(
        ["sleep", "600"],
        cwd="/",
        user=account.switch_uid,
        group=account.switch_gid,
        extra_groups=account.switch_groups,
    ) as stranger:
        file = place.cluster / "postmaster.pid"
        lines = file.read_text().splitlines()
        file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with open_engine(stopped, settings=FAST) as engine:
            assert execute(engine, "SELECT 1") == [(1,)]
        assert stranger.poll() is None
        stranger.kill()


def test_engine_two_processes_last_one_stops_the_server(stopped: Path):
    with user_process(stopped) as process:
        assert said(process) == "open"
        engine = open_engine(stopped)
        leave(process)
        assert said(process) == "closed"
        assert execute(engine, "SELECT 1") == [(1,)]
        engine.close()
        assert is_stopped(stopped)
        engine.close()


def test_engine_closed_while_another_process_uses_it_keeps_running(stopped: Path):
    with user_process(stopped) as process:
        assert said(process) == "open"
        open_engine(stopped).close()
        assert not is_stopped(stopped)
        leave(process)
        assert said(process) == "closed"
    assert is_stopped(stopped)


def test_engine_orphaned_server_is_joined_and_stopped(stopped: Path):
    with user_process(stopped) as process:
        assert said(process) == "open"
        process.kill()
    orphan = server_pid(stopped)
    with open_engine(stopped, settings={"work_mem": "8MB"}) as engine:
        assert server_pid(stopped) == orphan
        assert show(engine, "work_mem") != "8MB"
    assert is_stopped(stopped)


def test_engine_four_processes_on_an_empty_directory_make_one_cluster(data_dir: Path):
    with ExitStack() as stack:
        processes = [stack.enter_context(user_process(data_dir)) for _ in range(4)]
        assert [said(process) for process in processes] == ["open"] * 4
        for process in processes:
            leave(process)
        assert [said(process) for process in processes] == ["closed"] * 4
    assert is_stopped(data_dir)
    home = cluster_of(data_dir).parent
    assert not list(home.glob(".postgres-new-*"))


def test_engine_killed_during_initdb_begins_again(data_dir: Path):
    with user_process(data_dir) as process:
        poll(lambda: list(cluster_of(data_dir).parent.glob(".postgres-new-*/base")) != [])
        process.kill()
    assert not cluster_of(data_dir).exists()
    with open_engine(data_dir, settings=FAST) as engine:
        assert execute(engine, "SELECT 1") == [(1,)]


def test_engine_long_path_has_its_socket_elsewhere(tmp_path: Path):
    folder = tmp_path / ("å, " * 40) / ("x" * 200)
    try:
        with open_engine(folder, settings=FAST) as engine:
            assert execute(engine, "SELECT 1") == [(1,)]
    finally:
        destroy_cluster(folder)
    place = cluster_place.ClusterPlace(folder, folder / "postgres", OsAccount.current())
    assert len(str(place.socket_dir)) < 80


def test_socket_dir_made_by_somebody_else_is_refused(tmp_path: Path):
    folder = tmp_path / ("x" * 120)
    place = cluster_place.ClusterPlace(folder, folder / "postgres", OsAccount.current())
    place.socket_dir.mkdir()
    try:
        place.socket_dir.chmod(0o777)
        with pytest.raises(SocketDirectoryUnsafe):
            cluster_place.make_socket_dir(place)
        place.socket_dir.rmdir()
        place.socket_dir.symlink_to(tmp_path)
        with pytest.raises(SocketDirectoryUnsafe):
            cluster_place.make_socket_dir(place)
    finally:
        place.socket_dir.unlink()


def test_engine_other_major_version_is_refused_with_remedy(stopped: Path):
    version = cluster_of(stopped) / "PG_VERSION"
    genuine = version.read_text()
    version.write_text("15\n")
    with pytest.raises(ClusterVersionMismatch, match=r"PostgreSQL 15.*pg_dump"):
        open_engine(stopped)
    version.write_text(genuine)


def test_engine_bad_setting_says_what_the_server_said(stopped: Path):
    with pytest.raises(ClusterStartFailed, match="no_such_setting"):
        open_engine(stopped, settings={**FAST, "no_such_setting": "1"})
    with open_engine(stopped, settings=FAST) as engine:
        assert execute(engine, "SELECT 1") == [(1,)]


def test_engine_server_inherits_only_its_own_lock(stopped: Path):
    with open_engine(stopped, settings=FAST):
        folder = Path(f"/proc/{server_pid(stopped)}/fd")
        if not folder.exists():
            pytest.skip("open files are listed on Linux only")
        targets = [str(link.readlink()) for link in folder.iterdir()]
    ours = [name for name in targets if Path(name).name.endswith(".lock")]
    assert ours == [str(stopped / "postgres-server.lock")]


@AS_ROOT
def test_engine_moved_or_emptied_directory_is_not_taken_for_a_new_one(data_dir: Path):
    open_engine(data_dir, settings=FAST).close()
    note = data_dir / cluster_place.NOTE_NAME
    assert note.read_text().startswith(f"{cluster_of(data_dir)}\n")
    moved = data_dir.rename(data_dir.with_name("moved"))
    with pytest.raises(ClusterMisplaced, match="moved or copied"):
        open_engine(moved)
    data_dir.mkdir()
    with pytest.raises(ClusterMisplaced, match="earlier data directory"):
        open_engine(data_dir)
    (moved / note.name).rename(note)
    cluster = cluster_of(data_dir)
    hidden = cluster.rename(cluster.with_name("hidden"))
    with pytest.raises(ClusterMisplaced, match="nothing is there"):
        open_engine(data_dir)
    hidden.rename(cluster)
    open_engine(data_dir, settings=FAST).close()


@AS_ROOT
def test_binaries_out_of_reach_are_copied_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(binaries.Binaries, "is_usable_by", lambda *_: False)
    copies = tmp_path / "binaries"
    (tmp_path / "binaries" / ".copy-left-behind").mkdir(parents=True)
    first = binaries.reachable_binaries(OsAccount.unprivileged(), copies)
    assert first == binaries.reachable_binaries(OsAccount.unprivileged(), copies)
    monkeypatch.undo()
    assert first.is_usable_by(OsAccount.current())
    assert sorted(path.name for path in copies.iterdir()) == [".lock", first.site.name]


def test_engine_by_url_keeps_options_and_leaves_the_server(shared: Engine, tmp_path: Path):
    socket_dir = conninfo_to_dict(shared.conninfo())["host"]
    url = f"postgresql:///fordran?host={socket_dir}&user={SUPERUSER}&options=-c%20work_mem%3D3MB"
    with open_engine(tmp_path / "unused", url) as engine:
        engine.ensure_running()
        assert show(engine, "work_mem") == "3MB"
        query = "SELECT current_user::text, current_setting('work_mem')"
        assert execute(engine, query, "somebody") == [("somebody", "3MB")]
        with psycopg.connect(engine.conninfo(dbname="postgres")) as connection:
            assert connection.info.dbname == "postgres"
    assert execute(shared, "SELECT 1") == [(1,)]
    assert not (tmp_path / "unused").exists()


def test_engine_by_url_too_old_is_refused(shared: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fordran.storage.database_url._VERSION_NUM_MIN", 990_000)
    database = ExternalDatabase(shared.conninfo())
    with pytest.raises(DatabaseTooOld, match="PostgreSQL 18"):
        database.join()


@pytest.mark.parametrize(
    "password", ["secret", "sec@secret", "sec/secret", "12/secret", "sec:secret", "secret%zz"]
)
def test_engine_by_url_error_never_shows_the_password(password: str, tmp_path: Path):
    url = f"postgresql://someone:{password}@127.0.0.1:1/fordran"
    with pytest.raises((DatabaseUnreachable, DatabaseUrlInvalid)) as caught:
        open_engine(tmp_path, url)
    chain: BaseException | None = caught.value
    while chain is not None:
        assert "secret" not in str(chain)
        chain = None if chain.__suppress_context__ else chain.__context__


def test_engine_by_url_unreachable_names_host_and_remedy(tmp_path: Path):
    with pytest.raises(DatabaseUnreachable, match=r"127\.0\.0\.1.*Remedy: .*FORDRAN_DATABASE_URL"):
        open_engine(tmp_path, "postgresql://someone@127.0.0.1:1/fordran")


def test_conninfo_environment_of_libpq_is_shut_out(shared: Engine, monkeypatch: pytest.MonkeyPatch):
    for name, value in {"PGHOSTADDR": "127.0.0.1", "PGPORT": "1", "PGUSER": "nobody"}.items():
        monkeypatch.setenv(name, value)
    assert execute(shared, "SELECT current_user::text") == [(SUPERUSER,)]
