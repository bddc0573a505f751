"""The composition root: the one place where settings become parts and parts become apps."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from litestar import Litestar

from fordran.api.app import create_app
from fordran.api.gateway import ApiSettings, Gateway
from fordran.api.signed_urls import UrlSigner
from fordran.operations.clock import RealClock
from fordran.operations.context import Context
from fordran.operations.law import save_shipped_law
from fordran.operations.randomness import SystemRandomness
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.outside.post_folder import PostFolder
from fordran.sandbox.routes import SANDBOX_ROUTES
from fordran.settings import Settings
from fordran.storage.blobs import BlobStore
from fordran.storage.database import Database
from fordran.storage.engine import Engine, open_engine
from fordran.storage.migrate import migrate

APP_ROLE = "fordran_app"
WORKER_ROLE = "fordran_worker"

SETTINGS_VARIABLE = "FORDRAN_PROCESS_SETTINGS"
"""How a server hands its settings to the processes it starts."""

KEY_BYTES = 32


@contextmanager
def installation(settings: Settings, *, connections_max: int = 8) -> Iterator[Context]:
    """Open the installation of a data directory: engine, schema, pools, files.

    Raises: EngineError and MigrationError of storage, each with its remedy.
    """
    refuse_without_assertions()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open_engine(settings.data_dir, settings.database_url) as engine:
        migrate(engine.conninfo())
        with context_of(settings, engine, connections_max=connections_max) as context:
            save_shipped_flows(context)
            save_shipped_law(context)
            yield context


@contextmanager
def context_of(
    settings: Settings, engine: Engine, *, connections_max: int = 8
) -> Iterator[Context]:
    """Open what operations work with over an engine whose schema is up to date."""
    database = Database(
        engine.conninfo(APP_ROLE),
        engine.conninfo(WORKER_ROLE),
        connections_max=connections_max,
        revive=engine.ensure_running,
    )
    try:
        yield Context(
            database=database,
            blobs=BlobStore(settings.data_dir / "files", settings.blob_url),
            clock=RealClock(),
            randomness=SystemRandomness(),
            agency=settings.agency,
            post=PostFolder(settings.post_dir or settings.data_dir / "post"),
        )
    finally:
        database.close()


def api_app(settings: Settings, context: Context) -> Litestar:
    """Return the API over a context; in sandbox mode with the sandbox's routes."""
    api_settings = ApiSettings(
        public_url=settings.public_url,
        upload_size_max=settings.upload_size_max,
        is_sandbox=settings.is_sandbox,
    )
    gateway = Gateway(context, api_settings, UrlSigner(url_key(settings.data_dir)))
    app = create_app(gateway, SANDBOX_ROUTES if settings.is_sandbox else ())
    app.on_shutdown.append(gateway.close)
    return app


def process_app() -> Litestar:
    """Return the API for a process that a server started; it lives as long as the process."""
    settings = msgspec.json.decode(
        os.environ[SETTINGS_VARIABLE], type=Settings, dec_hook=_read_path
    )
    opened = installation(settings)
    context = opened.__enter__()
    app = api_app(settings, context)
    app.on_shutdown.append(lambda: opened.__exit__(None, None, None))
    return app


def hand_over(settings: Settings) -> None:
    """Put settings where `process_app` reads them."""
    text = msgspec.json.encode(settings, enc_hook=str).decode()
    os.environ[SETTINGS_VARIABLE] = text


def url_key(data_dir: Path) -> bytes:
    """Return the key that signs links, made on first use and shared by all processes."""
    path = data_dir / "url-signing.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text())
    with os.fdopen(descriptor, "w") as file:
        file.write(SystemRandomness().hex(KEY_BYTES))
    return bytes.fromhex(path.read_text())


def refuse_without_assertions() -> None:
    """Refuse to run under `python -O`: assertions guard the money."""
    if not __debug__:
        raise SystemExit("fordran does not run with python -O: its assertions guard the money.")


def _read_path(kind: type, value: object) -> object:
    if kind is Path:
        return Path(str(value))
    raise NotImplementedError(kind)
