"""Registrations, reads and payments over HTTP, interleaved with pgbench on the same cluster."""

import importlib.metadata
import os
import platform
import resource
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psycopg
from rich.progress import Progress, TaskID

from bench.load import WRK, Load, LoadFailed, Plan, run_load
from bench.memory import (
    api_processes,
    cpu_seconds,
    machine_cpu_seconds,
    memory_of,
    tree_cpu_seconds,
)
from bench.pgbench import DATABASE, Pgbench, PgbenchRun
from bench.results import (
    GETS,
    PAYMENTS,
    REGISTRATIONS,
    SELECT_ONLY,
    TPC_B,
    Results,
    Sample,
    Setting,
)
from bench.world import CUSTOMERS, World, open_world, verify

WARM_UP_SECONDS = 1.0
WARM_UP_CONNECTIONS = 16
PAYMENTS_PER_SECOND_MAX = 3000
"""How many cases are prepared for a second of payments, until a run has shown the rate."""
SPARE = 1.6
SETTLE_SECONDS = 0.2
"""Until a backend that has ended is counted with its parent."""
SHOWN_SETTINGS = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_compression",
    "data_checksums",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
)


class Options(msgspec.Struct, frozen=True):
    """What to measure."""

    seconds: float
    connections: tuple[int, ...]
    repeat: int
    scale: int
    cases: int
    client: str


class _Usage(msgspec.Struct, frozen=True):
    """CPU seconds used so far, and where the write-ahead log stands."""

    client: float
    api: float
    supervisor: float
    database: float
    machine: float
    wal: int

    @property
    def ours(self) -> float:
        """What the benchmark and the server under it have used."""
        return self.client + self.api + self.supervisor + self.database


class _Run:
    """One run over an open world."""

    def __init__(self, world: World, options: Options, progress: Progress) -> None:
        self.world = world
        self.options = options
        self.progress = progress
        self.pgbench = Pgbench(world.engine, options.scale)
        self.postmaster_pid = world.postmaster_pid
        (self.api_pid,) = api_processes(world.server.pid)
        self.read_ids: list[str] = []
        self.payable_ids: list[str] = []
        self.payment_rates: dict[int, float] = {}
        self.samples: list[Sample] = []

    def prepare(self) -> None:
        """Fill both databases, and let everything run once."""
        task = self.progress.add_task("filling pgbench's database", total=None)
        self.pgbench.initialise()
        self.progress.remove_task(task)
        self.read_ids = self._cases(self.options.cases, "cases to read")
        self.world.vacuum()
        for name in (REGISTRATIONS, PAYMENTS, GETS):
            self._step(name, WARM_UP_CONNECTIONS, repeat=0, seconds=WARM_UP_SECONDS)
        self.samples.clear()

    def measure(self) -> None:
        """Measure everything in turn, as often as asked."""
        names = (TPC_B, REGISTRATIONS, PAYMENTS, SELECT_ONLY, GETS)
        total = self.options.repeat * len(self.options.connections) * len(names)
        task = self.progress.add_task("", total=total)
        for repeat in range(1, self.options.repeat + 1):
            for connections in self.options.connections:
                for name in names:
                    self._say(task, f"{name}, {connections} connections, repeat {repeat}")
                    self._step(name, connections, repeat=repeat, seconds=self.options.seconds)
                    self.progress.advance(task)
        self.progress.remove_task(task)

    def _step(self, name: str, connections: int, *, repeat: int, seconds: float) -> None:
        if name == TPC_B:
            self._reference(name, self.pgbench.tpc_b, connections, repeat)
        elif name == SELECT_ONLY:
            self._reference(name, self.pgbench.select_only, connections, repeat)
        elif name == REGISTRATIONS:
            with self._rows_added("cases", connections) as counted:
                load = self._load(name, self.world.registrations(), connections, repeat, seconds)
                counted.append(load.requests)
        elif name == GETS:
            self._load(name, self.world.gets(self.read_ids), connections, repeat, seconds)
        else:
            self._pay(connections, repeat, seconds)

    def _reference(
        self,
        name: str,
        run: Callable[[int, float], PgbenchRun],
        connections: int,
        repeat: int,
    ) -> None:
        before = self._usage()
        ended = run(connections, self.options.seconds)
        load = Load(
            requests=ended.transactions,
            seconds=ended.transactions / ended.rate,
            p50_ms=ended.latency_ms,
            p99_ms=0,
            refused=0,
            broken=0,
        )
        self._keep(name, connections, repeat, load, before)

    def _load(self, name: str, plan: Plan, connections: int, repeat: int, seconds: float) -> Load:
        file = self.world.data_dir / "bench-plan.txt"
        plan.write(file)
        before = self._usage()
        load = run_load(self.options.client, file, self.world.address, connections, seconds)
        self._keep(name, connections, repeat, load, before)
        return load

    def _pay(self, connections: int, repeat: int, seconds: float) -> None:
        rate = self.payment_rates.get(connections, PAYMENTS_PER_SECOND_MAX)
        wanted = int(max(1.0, seconds) * rate * SPARE) + 2 * connections
        if len(self.payable_ids) < wanted:
            self.payable_ids += self._cases(wanted - len(self.payable_ids), "cases to be paid")
        with self._rows_added("creditor_payments", connections) as counted:
            plan = self.world.payments(self.payable_ids)
            load = self._load(PAYMENTS, plan, connections, repeat, seconds)
            counted.append(load.requests)
        # What was under way when the client stopped has been sent, too.
        used = load.requests + connections
        if used > len(self.payable_ids):
            raise LoadFailed(f"{len(self.payable_ids)} prepared cases were too few for {used}")
        self.payable_ids = self.payable_ids[used:]
        self.payment_rates[connections] = load.requests / load.seconds

    def _cases(self, count: int, purpose: str) -> list[str]:
        task = self.progress.add_task(f"registering {purpose}", total=count)
        found: list[str] = []
        for batch in self.world.prepare_cases(count):
            found += batch
            self.progress.update(task, completed=len(found))
        self.progress.remove_task(task)
        return found

    @contextmanager
    def _rows_added(self, table: str, connections: int) -> Iterator[list[int]]:
        """Check that the answers counted meanwhile left as many rows."""
        counted: list[int] = []
        before = self.world.count(table)
        yield counted
        added = self.world.count(table) - before
        if not counted[0] <= added <= counted[0] + connections:
            raise LoadFailed(f"{counted[0]} answers, but {added} rows in {table}")

    def _usage(self) -> _Usage:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        with psycopg.connect(self.world.engine.conninfo()) as connection:
            row = connection.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchone()
        assert row is not None
        return _Usage(
            client=ended.ru_utime + ended.ru_stime,
            api=cpu_seconds(self.api_pid),
            supervisor=cpu_seconds(self.world.server.pid),
            database=tree_cpu_seconds(self.postmaster_pid),
            machine=machine_cpu_seconds(),
            wal=int(row[0]),
        )

    def _keep(self, name: str, connections: int, repeat: int, load: Load, before: _Usage) -> None:
        time.sleep(SETTLE_SECONDS)
        after = self._usage()
        others = (after.machine - before.machine) - (after.ours - before.ours)
        is_reference = name in (TPC_B, SELECT_ONLY)
        self.samples.append(
            Sample(
                name=name,
                connections=connections,
                repeat=repeat,
                requests=load.requests,
                seconds=load.seconds,
                p50_ms=load.p50_ms,
                p99_ms=None if is_reference else load.p99_ms,
                client_cpu=(after.client - before.client) / load.seconds,
                api_cpu=(after.api - before.api) / load.seconds,
                supervisor_cpu=(after.supervisor - before.supervisor) / load.seconds,
                database_cpu=(after.database - before.database) / load.seconds,
                other_cpu=max(0.0, others / load.seconds),
                wal_bytes=after.wal - before.wal,
            )
        )

    def _say(self, task: TaskID, text: str) -> None:
        self.progress.update(task, description=text)


def run(options: Options, progress: Progress) -> Results:
    """Measure, verify the books, and leave nothing behind.

    Raises: LoadFailed, if a single answer was not 2xx or the books are wrong afterwards.
    """
    with open_world() as world:
        pids = world.server.pid, world.postmaster_pid
        bench = _Run(world, options, progress)
        memory_ready = memory_of(*pids)
        bench.prepare()
        bench.measure()
        memory_loaded = memory_of(*pids)
        size = world.document_size(bench.read_ids[0])
        settings = _settings(world, options, bench.pgbench.version(), size)
        task = progress.add_task("fordran verify", total=None)
        verified = verify(world.data_dir)
        progress.remove_task(task)
    return Results(
        command=shlex.join(["python", "-m", "bench", *sys.argv[1:]]),
        settings=settings,
        samples=bench.samples,
        memory_ready=memory_ready,
        memory_loaded=memory_loaded,
        verify=verified,
    )


def _settings(
    world: World, options: Options, pgbench_version: str, document_size: int
) -> list[Setting]:
    found = {
        "cores": str(len(os.sched_getaffinity(0))),
        "processor": _first(Path("/proc/cpuinfo"), "model name"),
        "memory": _first(Path("/proc/meminfo"), "MemTotal"),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
    }
    for name in ("granian", "litestar", "msgspec", "psycopg", "psycopg-binary"):
        found[name] = importlib.metadata.version(name)
    found["client"] = _client_version(options.client)
    found["pgbench"] = pgbench_version
    with psycopg.connect(world.engine.conninfo()) as connection:
        row = connection.execute("SELECT version()").fetchone()
        found["server"] = str(row[0]) if row else "unknown"
        for name in SHOWN_SETTINGS:
            row = connection.execute(f"SHOW {name}".encode()).fetchone()
            found[name] = str(row[0]) if row else "unknown"
        for name, database in (("Fordran's data", "fordran"), ("pgbench's data", DATABASE)):
            row = connection.execute("SELECT pg_database_size(%s)", (database,)).fetchone()
            found[name] = f"{int(row[0]) / 1e6:,.0f} MB" if row else "unknown"
    found["pgbench's data"] += f" (scale {options.scale})"
    found["cases in the end"] = f"{world.count('cases'):,} of {CUSTOMERS} customers"
    found["payments in the end"] = f"{world.count('creditor_payments'):,}"
    found["cases that are read"] = f"{options.cases:,}, {document_size:,} bytes each as JSON"
    return [Setting(name, value) for name, value in found.items()]


def _client_version(client: str) -> str:
    if client != WRK:
        return client
    said = subprocess.run([WRK, "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:2])


def _first(file: Path, name: str) -> str:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        lines = []
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(found, "unknown")
