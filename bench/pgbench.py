"""pgbench, which ships with the embedded server, on the cluster that Fordran uses."""

import re
import subprocess

import msgspec
import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.load import LoadFailed
from fordran.storage.binaries import find_binaries
from fordran.storage.engine import Engine

DATABASE = "bench_reference"
THREADS_MAX = 2
_RATE = re.compile(r"^tps = ([0-9.]+) \(without", re.MULTILINE)
_LATENCY = re.compile(r"^latency average = ([0-9.]+) ms", re.MULTILINE)
_DONE = re.compile(r"^number of transactions actually processed: ([0-9]+)", re.MULTILINE)
_FAILED = re.compile(r"^number of failed transactions: ([0-9]+)", re.MULTILINE)


class PgbenchRun(msgspec.Struct, frozen=True):
    """How a run went."""

    transactions: int
    rate: float
    latency_ms: float


class Pgbench:
    """pgbench in a database of its own."""

    def __init__(self, engine: Engine, scale: int) -> None:
        self._program = find_binaries().program("pgbench")
        self._engine = engine
        self.scale = scale

    def initialise(self) -> None:
        """Make the database and fill it."""
        with psycopg.connect(self._engine.conninfo(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}")
        self._run("--initialize", "--quiet", f"--scale={self.scale}", "--init-steps=dtgvp")

    def tpc_b(self, connections: int, seconds: float) -> PgbenchRun:
        """Run the TPC-B-like script."""
        return self._measure([], connections, seconds)

    def select_only(self, connections: int, seconds: float) -> PgbenchRun:
        """Run the select-only script."""
        return self._measure(["-S"], connections, seconds)

    def version(self) -> str:
        """Return what the program says it is."""
        command = [str(self._program), "--version"]
        ended = subprocess.run(command, capture_output=True, check=True, text=True)
        return ended.stdout.strip()

    def _measure(self, script: list[str], connections: int, seconds: float) -> PgbenchRun:
        threads = min(THREADS_MAX, connections)
        said = self._run(
            # -n: the tables are vacuumed when they are made, and by autovacuum.
            *script,
            # The tables are vacuumed when they are made, and by autovacuum.
            "--no-vacuum",
            "--protocol=prepared",
            f"--client={connections}",
            f"--jobs={threads}",
            f"--time={max(1, round(seconds))}",
        )
        failed = _FAILED.search(said)
        if failed is None or int(failed[1]):
            raise LoadFailed(f"pgbench: {said}")
        return PgbenchRun(
            int(_found(_DONE, said)), float(_found(_RATE, said)), float(_found(_LATENCY, said))
        )

    def _run(self, *arguments: str) -> str:
        known = conninfo_to_dict(self._engine.conninfo())
        place = [f"--{name}={known[key]}" for name, key in _OPTIONS.items() if known.get(key)]
        ended = subprocess.run(
            [str(self._program), *place, *arguments, DATABASE],
            capture_output=True,
            check=False,
            text=True,
        )
        if ended.returncode:
            raise LoadFailed(f"pgbench: {ended.stderr}")
        return ended.stdout


_OPTIONS = {"host": "host", "port": "port", "username": "user"}


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise LoadFailed(f"pgbench said something new: {text}")
    return match[1]
