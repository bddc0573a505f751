"""fordran demo: start a sandbox, perform the documentation's flow, and show it."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from fordran.cli.demo_show import show_intro, show_serving, show_step
from fordran.cli.errors import explained, fail
from fordran.cli.options import DataDir
from fordran.cli.serve import ended_by_signals, is_port_free
from fordran.operations.clock import RealClock
from fordran.sandbox.demo_flow import DemoFailed, DemoFlow
from fordran.storage.engine import destroy_cluster

PORT_DEFAULT = 8000
LOG_TAIL_LINES = 15


def demo(
    data_dir: DataDir = None,
    once: Annotated[
        bool, typer.Option("--once", help="End after the flow instead of going on serving.")
    ] = False,
    json_dir: Annotated[
        Path | None,
        typer.Option(
            "--json",
            metavar="DIR",
            help="Write the five answers as JSON files into this folder.",
            file_okay=False,
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            help="The port to serve on. [default: 8000, or a free one if it is taken]",
            min=0,
            max=65535,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Watch a debt being registered, collected, paid and closed over HTTP.

    Starts a sandbox in a temporary folder (or --data-dir), performs the five steps of the API
    documentation's example as a client would, shows each, and goes on serving until Ctrl-C.
    """
    console = Console()
    with explained(), ended_by_signals(), _folder(data_dir) as folder:
        with console.status("Starting a sandbox: the first time its database is made…"):
            chosen_port = _port(port)
            server, base_url = _start(folder, chosen_port)
        try:
            show_intro(console, base_url, folder)
            flow = DemoFlow(folder, int(RealClock().now().timestamp()))
            _perform(console, flow, json_dir)
            if not once:
                show_serving(console, base_url, flow.case_id, flow.token)
                server.wait()
        except DemoFailed as failed:
            fail(f"The demo stopped at step {failed}")
        finally:
            _stop(server)


def _perform(console: Console, flow: DemoFlow, json_dir: Path | None) -> None:
    case_before: dict[str, Any] | None = None
    for step in flow.steps():
        show_step(console, step, case_before)
        case_before = step.case or case_before
        if json_dir is not None and step.file is not None:
            json_dir.mkdir(parents=True, exist_ok=True)
            text = json.dumps(step.came_back, indent=2, ensure_ascii=False)
            (json_dir / step.file).write_text(text + "\n", encoding="utf-8")
    if json_dir is not None:
        console.print(f"The five answers lie in [bold]{json_dir}[/].\n", highlight=False)


@contextmanager
def _folder(data_dir: Path | None) -> Iterator[Path]:
    """Give the chosen data directory, or a temporary one that goes with the demo."""
    if data_dir is not None:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        yield data_dir.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="fordran-demo-"))
    try:
        yield folder
    finally:
        if any(folder.iterdir()):
            destroy_cluster(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _port(asked: int | None) -> int:
    if asked is not None:
        return asked
    return PORT_DEFAULT if is_port_free("127.0.0.1", PORT_DEFAULT) else 0


def _start(folder: Path, port: int) -> tuple["subprocess.Popen[str]", str]:
    """Start the server and return it with its address once it accepts requests."""
    log_path = folder / "server.log"
    command = [sys.executable, "-m", "fordran", "serve", "--sandbox", "--port", str(port)]
    with log_path.open("w") as log:
        server = subprocess.Popen(
            [*command, "--data-dir", str(folder)],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            # Ctrl-C reaches the demo alone, which then ends its server in order.
            start_new_session=True,
        )
    assert server.stdout is not None
    line = server.stdout.readline()
    if not line.startswith("ready "):
        _stop(server)
        tail = "\n".join(log_path.read_text().splitlines()[-LOG_TAIL_LINES:])
        fail(f"The server did not start.\n{tail}")
    return server, line.removeprefix("ready ").strip()


def _stop(server: "subprocess.Popen[str]") -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        server.wait()
