"""The embedded PostgreSQL of a data directory: made, started, shared and stopped.

Three files in the data directory are locked, and the kernel drops a lock when its holder dies:

- `postgres-start.lock`: for oneself, while making, starting or stopping the server.
- `postgres-users.lock`: together, by everyone who uses the server. Whoever can lock it for oneself
  when leaving was the last, and stops the server.
- `postgres-server.lock`: by the server, which inherits the lock from whoever starts it. While any
  process of it lives, nobody else can have the lock; when all are gone, however they went, it is
  free. So there is no guessing from numbers in `postmaster.pid`.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from fordran.storage import cluster_settings
from fordran.storage.binaries import POSTGRES_MAJOR, Binaries, reachable_binaries
from fordran.storage.cluster_place import (
    SYSTEM_FOLDER,
    check_note,
    locate,
    make_home,
    make_socket_dir,
    remove_place,
    write_note,
)
from fordran.storage.engine_errors import (
    ClusterCreationFailed,
    ClusterStartFailed,
    ClusterUnreachable,
    ClusterVersionMismatch,
)
from fordran.storage.file_lock import FileLock
from fordran.storage.patience import Patience
from fordran.storage.postmaster import (
    clear_dead_server,
    is_server_of,
    read_postmaster_file,
)
from fordran.storage.programs import run_program, start_program

SUPERUSER = "fordran_owner"
DATABASE = "fordran"
_PORT = "5432"  # Names the socket; nothing listens on it.
_UNFINISHED = ".postgres-new-"
_UNANSWERED_SECONDS_MAX = 20.0
_SIGNS_OF_LIFE = ("the database system is", "too many clients", "connection slots", "timeout")
_OUTPUT_TAIL_CHARACTERS = 4000


class EmbeddedCluster:
    """One user's hold on the server of a data directory."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        self._settings = dict(settings or {})
        self._place = locate(data_dir)
        self._users: FileLock | None = None
        self._opener_pid = os.getpid()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def data_dir(self) -> Path:
        """The data directory, links resolved."""
        return self._place.data_dir

    def conninfo(self, dbname: str = DATABASE) -> str:
        """Return how to connect as the cluster's owner."""
        return make_conninfo(
            host=str(self._place.socket_dir),
            hostaddr="",  # Shuts out PGHOSTADDR of the environment.
            port=_PORT,
            user=SUPERUSER,
            dbname=dbname,
        )

    def join(self) -> None:
        """Become a user of the server, which is made and started if need be."""
        with self._transition():
            users = self._lock("users")
            try:
                users.share()
                self._bring_up()
            except BaseException:
                users.close()
                raise
            self._users = users

    def ensure_running(self) -> None:
        """Start the server if it is not there; return when it answers."""
        with self._transition():
            self._bring_up()

    def leave(self) -> None:
        """Cease to be a user; the last one stops the server."""
        users, self._users = self._users, None
        if users is None:
            return
        with users:
            if os.getpid() != self._opener_pid:
                return  # A forked copy of the user, who is still there.
            with self._transition():
                if users.try_exclusive():
                    self._stop()
        self._let_go()

    def destroy(self) -> None:
        """Stop the server, whoever uses it, and remove the cluster with all its data."""
        with self._transition():
            self._stop()
            remove_place(self._place)

    def _lock(self, name: str) -> FileLock:
        return FileLock(self._place.data_dir / f"postgres-{name}.lock")

    @contextmanager
    def _transition(self) -> Iterator[None]:
        with self._lock("start") as lock:
            patience = Patience(
                lambda: f"waiting for another process that starts or stops {self._place.cluster}"
            )
            while not lock.try_exclusive():
                patience.pause()
            yield

    def _bring_up(self) -> None:
        place = self._place
        check_note(place)
        if not place.cluster.is_dir():
            make_home(place)
            write_note(place, is_made=False)
            self._make_cluster()
        write_note(place, is_made=True)
        self._check_version()
        make_socket_dir(place)
        self._start_and_wait()
        self._ensure_database()

    @cached_property
    def _binaries(self) -> Binaries:
        """The programs, looked for when first needed: joining a running server needs none."""
        return reachable_binaries(self._place.account, SYSTEM_FOLDER / "binaries")

    def _make_cluster(self) -> None:
        """Run initdb under a temporary name and rename: a cluster is whole or not there."""
        place = self._place
        home = place.cluster.parent
        for left_behind in home.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=home))
        try:
            if not place.account.is_current:
                os.chown(unfinished, place.account.uid, place.account.gid)
            self._run_initdb(unfinished)
            cluster_settings.include_settings(unfinished)
            unfinished.rename(place.cluster)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        _sync_folder(home)

    def _run_initdb(self, unfinished: Path) -> None:
        command: list[str | Path] = [
            self._binaries.program("initdb"),
            f"--pgdata={unfinished}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--no-locale",
            "--data-checksums",
            "--auth=peer",
            "--no-instructions",
        ]
        if self._settings.get("fsync") == "off":
            command.append("--no-sync")
        has_succeeded, output = run_program(self._place.account, command)
        if not has_succeeded:
            raise ClusterCreationFailed(self._place.cluster, output[-_OUTPUT_TAIL_CHARACTERS:])

    def _check_version(self) -> None:
        try:
            version = (self._place.cluster / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            version = "an unknown version"
        if version != str(POSTGRES_MAJOR):
            raise ClusterVersionMismatch(self._place.cluster, version, POSTGRES_MAJOR)

    def _start_and_wait(self) -> None:
        """Wait until the server answers, and start one whenever there is none."""
        patience = Patience(self._describe_wait)
        unanswered: Patience | None = None
        started: subprocess.Popen[bytes] | None = None
        while (complaint := self._complaint()) is not None:
            if started is not None and started.poll() is not None:
                raise ClusterStartFailed(self._place.cluster, self._last_words())
            if started is None:
                started = self._start()
            found = read_postmaster_file(self._place.cluster)
            is_silent = found is not None and found.status == "ready" and not _is_alive(complaint)
            unanswered = (unanswered or Patience(self._describe_wait)) if is_silent else None
            if unanswered is not None and unanswered.waited_seconds > _UNANSWERED_SECONDS_MAX:
                raise ClusterUnreachable(self._place.cluster, complaint)
            patience.pause()

    def _complaint(self) -> str | None:
        """Return why the server cannot be spoken to, or nothing when it can."""
        try:
            psycopg.connect(self.conninfo("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            return str(error).strip()
        return None

    def _start(self) -> subprocess.Popen[bytes] | None:
        """Start the server, unless processes of one are alive."""
        place = self._place
        with self._lock("server") as lock:
            if not lock.try_exclusive():
                return None
            if self._server_pid() is not None:
                return None  # Started by hand.
            clear_dead_server(place.cluster, place.socket_dir)
            cluster_settings.write_settings(place.cluster, place.account, self._settings)
            self._let_go()
            command: list[str | Path] = [
                self._binaries.program("postgres"),
                "-D",
                place.cluster,
                "-c",
                f"unix_socket_directories={place.socket_dir}",
                "-c",
                f"port={_PORT}",
            ]
            self._process = start_program(
                place.account, command, place.start_output, lock.descriptor
            )
            return self._process

    def _ensure_database(self) -> None:
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            query = "SELECT FROM pg_database WHERE datname = %s"
            if connection.execute(query, (DATABASE,)).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {SUPERUSER}")

    def _stop(self) -> None:
        """Stop the server as `pg_ctl stop -m fast` does, and wait until its last process ended."""
        patience = Patience(lambda: f"waiting for PostgreSQL to stop on {self._place.cluster}")
        told: set[int] = set()
        while True:
            if self._process is not None:
                self._process.poll()  # Buries it: a dead child keeps its number until then.
            pid = self._server_pid()
            if pid is None and self._is_server_lock_free():
                return
            if pid is not None and pid not in told:
                told.add(pid)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGINT)
            patience.pause()

    def _server_pid(self) -> int | None:
        """Return the number of the living server, if there is one."""
        found = read_postmaster_file(self._place.cluster)
        is_ours = found is not None and is_server_of(self._place.cluster, found.pid)
        return found.pid if found is not None and is_ours else None

    def _is_server_lock_free(self) -> bool:
        with self._lock("server") as lock:
            return lock.try_exclusive()

    def _let_go(self) -> None:
        """Part from the server we started: it may outlive us, which Popen would warn of."""
        if self._process is not None and self._process.poll() is None:
            self._process.returncode = 0
        self._process = None

    def _describe_wait(self) -> str:
        found = read_postmaster_file(self._place.cluster)
        status = found.status if found is not None and found.status else "unknown"
        return (
            f"waiting for PostgreSQL on {self._place.cluster} (status: {status}; its log is in "
            f"{self._place.cluster / 'log'}; a server in another container cannot be shared)"
        )

    def _last_words(self) -> str:
        """Return the end of what the server said before it ended."""
        said = [self._place.start_output]
        said += sorted(
            (self._place.cluster / "log").glob("*.log"), key=lambda path: path.stat().st_mtime_ns
        )[-1:]
        texts = (path.read_text(errors="replace")[-_OUTPUT_TAIL_CHARACTERS:] for path in said)
        return "\n".join(texts)


def _is_alive(complaint: str) -> bool:
    return any(sign in complaint for sign in _SIGNS_OF_LIFE)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
