"""Load over HTTP: `wrk` where it is installed, else a client of our own.

Both read the same plan, a text file: method, path, token, tag, body, then one item per line.
In path and body `@item@` stands for the next item (from the first again after the last), and
`@number@` for the tag with a number that no other request of the plan has.

`python -m bench.load PLAN HOST PORT CONNECTIONS SECONDS` runs our own client and prints a line.
"""

import asyncio
import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import msgspec

OWN_CLIENT = "own client"
WRK = "wrk"
RESULT = b"RESULT "
LUA_FILE = Path(__file__).with_name("requests.lua")
TIMEOUT_SECONDS = 20
END_OF_HEAD = b"\r\n\r\n"


class LoadFailed(Exception):  # noqa: N818 - says what happened
    """The load did not go as planned, so its figures mean nothing."""


class Plan(msgspec.Struct, frozen=True):
    """What to send."""

    method: str
    path: str
    token: str
    tag: str
    body: str
    items: list[str]

    def write(self, file: Path) -> None:
        """Write the plan for a client to read."""
        head = [self.method, self.path, self.token, self.tag, self.body]
        assert not any("\n" in line for line in head), "a plan is made of lines"
        file.write_text("\n".join([*head, *self.items]) + "\n")

    @classmethod
    def read(cls, file: Path) -> "Plan":
        """Read a plan."""
        method, path, token, tag, body, *items = file.read_text().splitlines()
        return cls(method, path, token, tag, body, items)


class Load(msgspec.Struct, frozen=True):
    """How a load went."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    refused: int
    """Answers that are not 2xx."""
    broken: int
    """Connections that failed or timed out."""


def default_client() -> str:
    """Return the client that is there."""
    return WRK if shutil.which("wrk") else OWN_CLIENT


def run_load(client: str, file: Path, address: tuple[str, int], connections: int, s: float) -> Load:
    """Send a plan for some seconds over some connections.

    Raises: LoadFailed, if a single answer was not 2xx.
    """
    host, port = address
    if client == WRK:
        command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(s))}s", "--latency"]
        command += ["--timeout", f"{TIMEOUT_SECONDS}s", "-s", str(LUA_FILE)]
        command += [f"http://{host}:{port}", "--", str(file)]
    else:
        command = [sys.executable, "-m", "bench.load", str(file), host, str(port)]
        command += [str(connections), str(s)]
    ended = subprocess.run(command, capture_output=True, check=False)
    found = [line for line in ended.stdout.splitlines() if line.startswith(RESULT)]
    if ended.returncode or not found:
        raise LoadFailed(f"{' '.join(command)}: {ended.stderr.decode()}{ended.stdout.decode()}")
    load = msgspec.json.decode(found[0][len(RESULT) :], type=Load)
    if load.refused or load.broken or not load.requests:
        raise LoadFailed(
            f"{load.refused} of {load.requests} answers were not 2xx, {load.broken} broke off"
        )
    return load


class _Tally:
    """What the connections of our own client have seen so far."""

    def __init__(self, requests: Iterator[bytes], ends_at: float) -> None:
        self.requests = requests
        self.ends_at = ends_at
        self.latencies: list[float] = []
        self.refused = 0
        self.broken = 0


class _Connection(asyncio.Protocol):
    """Sends one request after another over one kept-alive connection."""

    def __init__(self, tally: _Tally) -> None:
        self.tally = tally
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.received = b""
        self.sent_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        self.received += data
        head_end = self.received.find(END_OF_HEAD)
        if head_end < 0:
            return
        head = self.received[:head_end].lower()
        length_at = head.find(b"content-length:")
        if length_at < 0:
            self._end(broken=1)
            return
        length = int(head[length_at + 15 :].split(b"\r\n", 1)[0])
        if len(self.received) < head_end + len(END_OF_HEAD) + length:
            return
        now = time.perf_counter()
        if not head.startswith(b"http/1.1 2"):
            self.tally.refused += 1
        self.tally.latencies.append(now - self.sent_at)
        self.received = b""
        if now < self.tally.ends_at:
            self._send()
        else:
            self._end()

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ended.done():
            self._end(broken=1)

    def _send(self) -> None:
        self.sent_at = time.perf_counter()
        self.transport.write(next(self.tally.requests))

    def _end(self, broken: int = 0) -> None:
        self.tally.broken += broken
        self.ended.set_result(None)
        self.transport.close()


def _requests(plan: Plan, host: str) -> Iterator[bytes]:
    head = f"Host: {host}\r\nX-API-Key: {plan.token}\r\n"
    if plan.body:
        head += "Content-Type: application/json\r\n"
    for number, item in enumerate(itertools.cycle(plan.items), start=1):
        tagged = f"{plan.tag}{number:07d}"
        path = plan.path.replace("@item@", item)
        body = plan.body.replace("@item@", item).replace("@number@", tagged).encode()
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        yield f"{plan.method} {path} HTTP/1.1\r\n{head}{length}\r\n".encode() + body


async def _run_own(plan: Plan, host: str, port: int, connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    started_at = time.perf_counter()
    tally = _Tally(_requests(plan, f"{host}:{port}"), started_at + seconds)
    opened = [
        await loop.create_connection(lambda: _Connection(tally), host, port)
        for _ in range(connections)
    ]
    waiting = [connection.ended for _, connection in opened]
    _, unanswered = await asyncio.wait(waiting, timeout=seconds + TIMEOUT_SECONDS)
    elapsed = time.perf_counter() - started_at
    ordered = sorted(tally.latencies) or [0.0]
    return Load(
        requests=len(tally.latencies),
        seconds=elapsed,
        p50_ms=ordered[len(ordered) // 2] * 1000,
        p99_ms=ordered[len(ordered) * 99 // 100] * 1000,
        refused=tally.refused,
        broken=tally.broken + len(unanswered),
    )


def main() -> None:
    file, host, port, connections, seconds = sys.argv[1:]
    plan = Plan.read(Path(file))
    load = asyncio.run(_run_own(plan, host, int(port), int(connections), float(seconds)))
    sys.stdout.buffer.write(RESULT + msgspec.json.encode(load) + b"\n")


if __name__ == "__main__":
    main()
