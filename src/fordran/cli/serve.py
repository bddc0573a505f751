"""fordran serve and fordran worker."""

import logging
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated

import httpx
import typer
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from fordran.bootstrap import hand_over, installation
from fordran.cli.errors import explained, fail
from fordran.cli.options import DataDir
from fordran.operations.context import Context
from fordran.operations.law import LawWatch
from fordran.sandbox.demo_world import ensure_demo_world
from fordran.settings import read_settings
from fordran.worker.run import run

READY_PAUSE_SECONDS = 0.05
WORKER_CONNECTIONS = 3


def serve(
    data_dir: DataDir = None,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="The port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
    sandbox: Annotated[
        bool,
        typer.Option(
            "--sandbox",
            help="Virtual clocks and, in an empty data directory, a demo world whose address and "
            "key stand in demo/demo.json.",
        ),
    ] = False,
    workers: Annotated[
        int, typer.Option(help="How many processes answer the API.", min=1, max=64)
    ] = 1,
    with_worker: Annotated[
        bool,
        typer.Option(
            "--worker/--no-worker",
            help="Carry out what falls due here; with --no-worker run 'fordran worker' elsewhere.",
        ),
    ] = True,
    public_url: Annotated[
        str | None, typer.Option(help="How clients reach the server, for the links in answers.")
    ] = None,
) -> None:
    """Serve the API, and carry out the flow.

    Prints one line 'ready <base_url>' when it accepts requests. Ctrl-C ends it cleanly.
    """
    log_to_stderr()
    with explained():
        settings = read_settings(data_dir, is_sandbox=sandbox, public_url=public_url)
        chosen_port = _free_port(host, port)
        base_url = settings.public_url or _base_url(host, chosen_port)
        with (
            ended_by_signals(),
            installation(settings, connections_max=WORKER_CONNECTIONS) as context,
        ):
            if sandbox:
                ensure_demo_world(context, settings.data_dir, base_url)
            hand_over(settings)
            with _working(context, is_wanted=with_worker):
                _announce(_base_url(host, chosen_port), base_url)
                _server(host, chosen_port, workers).serve()


def worker(data_dir: DataDir = None) -> None:
    """Carry out what falls due, without serving the API. Ctrl-C ends it cleanly."""
    log_to_stderr()
    with explained():
        settings = read_settings(data_dir)
        stop = threading.Event()
        with (
            ended_by_signals(),
            installation(settings, connections_max=WORKER_CONNECTIONS) as context,
        ):
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stop.set())
            typer.echo("working")
            run(context, stop)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Turn SIGTERM into an orderly exit, so that the database is closed on the way out."""

    def end(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number if number != signal.SIGTERM else 0)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(0) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def log_to_stderr() -> None:
    """Log to standard error; standard output is for what other programs read."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level="INFO")
    logging.getLogger("httpx").setLevel("WARNING")


@contextmanager
def _working(context: Context, *, is_wanted: bool) -> Iterator[None]:
    """Carry out the flow in a thread of this process while it serves.

    The worker warns of a reference rate that is missing; without one it is done here.
    """
    if not is_wanted:
        LawWatch(context).look()
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=run, args=(context, stop), name="worker")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _server(host: str, port: int, workers: int) -> MPServer:
    return MPServer(
        "fordran.bootstrap:process_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        factory=True,
        respawn_failed_workers=True,
        log_access=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=10,
    )


def _announce(address: str, base_url: str) -> None:
    """Print the ready line as soon as the API answers."""

    def wait_and_print() -> None:
        while True:
            try:
                if httpx.get(f"{address}/health", timeout=5).status_code == httpx.codes.OK:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(READY_PAUSE_SECONDS)
        typer.echo(f"ready {base_url}")

    threading.Thread(target=wait_and_print, daemon=True, name="announce").start()


def is_port_free(host: str, port: int) -> bool:
    """Tell whether a port can be listened on."""
    try:
        _bound_port(host, port)
    except OSError:
        return False
    return True


def _free_port(host: str, port: int) -> int:
    """Return the port to listen on, or fail with a remedy if it is taken."""
    try:
        return _bound_port(host, port)
    except OSError as error:
        fail(f"Cannot listen on {host} port {port} ({error.strerror}); choose another --port.")


def _bound_port(host: str, port: int) -> int:
    """Listen for a moment and return the port; 0 gives a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        bound: int = probe.getsockname()[1]
    return bound


def _base_url(host: str, port: int) -> str:
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - how to reach it
    if ":" in reachable and not reachable.startswith("["):
        reachable = f"[{reachable}]"
    return f"http://{reachable}:{port}"
