"""A real `fordran serve` of a test's own, and a client that speaks to it over HTTP."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import requests
from joserfc import jwt
from joserfc.jwk import ECKey

from fordran.operations.clock import RealClock

START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 30


def poll(is_so: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something is true, and fail if it does not become true in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline, "it never came true"
        pause.wait(0.02)


def run_cli(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `fordran` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "fordran", *arguments],
        capture_output=True,
        text=True,
        timeout=START_SECONDS_MAX,
        check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200", **environment},
    )


def processes() -> dict[int, tuple[int, str]]:
    """Return every process by its id: its parent's id and the name of its program."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,comm="], capture_output=True, text=True, check=True
    )
    rows = (line.split(None, 2) for line in listed.stdout.splitlines())
    return {int(pid): (int(parent), name) for pid, parent, name in rows}


def descendants(pid: int) -> list[int]:
    """Return a process and all that come from it, parents first."""
    known = processes()
    found = [pid]
    for parent in found:
        found += [child for child, (its_parent, _) in known.items() if its_parent == parent]
    return found


class ServerProcess:
    """A server over a data directory, from its start until it is stopped or killed."""

    def __init__(
        self, data_dir: Path, *options: str, expect: str = "http://", **environment: str
    ) -> None:
        self.data_dir = data_dir
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        command = [sys.executable, "-m", "fordran", "serve", "--data-dir", str(data_dir)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--port", "0", *options],
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **environment},
            )
        try:
            line = self._first_line()
            assert line.startswith(f"ready {expect}"), (line, self.log.read_text())
        except BaseException:
            self.kill()
            raise
        self.base_url = line.removeprefix("ready ")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def _first_line(self) -> str:
        """Return the first line of standard output, or fail when it does not come in time."""
        assert self.process.stdout is not None
        descriptor = self.process.stdout.fileno()
        deadline = time.monotonic() + START_SECONDS_MAX
        text = b""
        while not text.endswith(b"\n"):
            left = max(0.0, deadline - time.monotonic())
            readable, _, _ = select.select([descriptor], [], [], left)
            assert readable, "the server did not say that it is ready"
            got = os.read(descriptor, 1024)
            if not got:
                break
            text += got
        return text.decode().strip()

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End the server in order and return its exit code."""
        self.process.send_signal(number)
        try:
            return self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        finally:
            self._close()

    def family(self, *, with_postgres: bool) -> list[int]:
        """Return the ids of the server's processes, parents first."""
        known = processes()
        return [
            pid
            for pid in descendants(self.process.pid)
            if with_postgres or not known.get(pid, (0, ""))[1].startswith("postgres")
        ]

    def kill(self, *, with_postgres: bool = True, family: list[int] | None = None) -> None:
        """Kill the server's processes at once, as a power cut would."""
        for pid in family or self.family(with_postgres=with_postgres):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS_MAX)
        self._close()

    def _close(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()


class HttpClient:
    """Speaks as one account to a server."""

    def __init__(self, base_url: str, api_code: str, key: ECKey) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False
        expires = int(RealClock().now().timestamp()) + 300
        signed = jwt.encode({"alg": "ES256"}, {"api_code": api_code, "exp": expires}, key)
        answer = self.session.get(
            f"{base_url}/authenticates/api-code", headers={"X-API-Key": signed}, timeout=30
        )
        assert answer.status_code == 200, answer.text
        self.session.headers["X-API-Key"] = answer.json()["token"]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def get(self, path: str, **parameters: Any) -> requests.Response:
        return self.session.get(f"{self.base_url}{path}", params=parameters, timeout=30)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(f"{self.base_url}{path}", json=body, timeout=30)

    def put(self, path: str, body: Any) -> requests.Response:
        return self.session.put(f"{self.base_url}{path}", json=body, timeout=30)

    def upload(self, case_id: str, file: tuple[str, Any, str], **fields: str) -> requests.Response:
        return self.session.post(
            f"{self.base_url}/media--upload/{case_id}",
            files={"file": file},
            data=fields,
            timeout=60,
        )


@contextmanager
def demo_client(data_dir: Path) -> Iterator[tuple[HttpClient, dict[str, str]]]:
    """Speak to a sandbox server as its demo world's account; gives the world too."""
    path = data_dir / "demo" / "demo.json"
    world: dict[str, str] = json.loads(path.read_text())
    key = ECKey.import_key((path.parent / world["private_key"]).read_text())
    with HttpClient(world["base_url"], world["api_code"], key) as client:
        yield client, world
