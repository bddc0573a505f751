"""The database engine: an embedded PostgreSQL in a data directory, or a server named by a URL."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fordran.storage.database_url import ExternalDatabase
from fordran.storage.engine_errors import EmbeddedUnsupported

_ROLE_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class _Server(Protocol):
    def conninfo(self, dbname: str = ...) -> str: ...
    def join(self) -> None: ...
    def ensure_running(self) -> None: ...
    def leave(self) -> None: ...


class Engine:
    """An open database; close it, or use it as a context manager.

    Closing the last engine of a data directory, over all processes, stops the embedded server.
    """

    def __init__(self, server: _Server) -> None:
        self._server = server
        server.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def conninfo(self, role: str | None = None, *, dbname: str | None = None) -> str:
        """Return a connection string for psycopg.

        With a role given, the connection works as that role from its first statement; options
        that the address already has stay.
        """
        plain = self._server.conninfo() if dbname is None else self._server.conninfo(dbname)
        if role is None:
            return plain
        assert _ROLE_NAME.fullmatch(role), "role names are plain words"
        kept = str(conninfo_to_dict(plain).get("options") or "")
        return make_conninfo(plain, options=f"{kept} -c role={role}".strip())

    def ensure_running(self) -> None:
        """Start the embedded server again if it died; check the connection otherwise."""
        self._server.ensure_running()

    def close(self) -> None:
        """Leave the server; closing twice does no harm."""
        self._server.leave()


def open_engine(
    data_dir: Path,
    database_url: str | None = None,
    *,
    settings: Mapping[str, str] | None = None,
) -> Engine:
    """Open the database of a data directory, or the one the URL names.

    `settings` are PostgreSQL settings over ours; they count only if this call starts the embedded
    server, and are meant for tests (`fsync=off`).

    Raises: any EngineError; the message names the remedy.
    """
    if database_url is not None:
        return Engine(ExternalDatabase(database_url))
    return Engine(_embedded(data_dir, settings))


def destroy_cluster(data_dir: Path) -> None:
    """Stop the embedded server, whoever uses it, and remove the database with all its data."""
    if not data_dir.is_dir():
        return
    _embedded(data_dir, None).destroy()


if sys.platform == "win32":

    class _Absent(_Server, Protocol):
        def destroy(self) -> None: ...

    def _embedded(
        data_dir: Path,
        settings: Mapping[str, str] | None,  # noqa: ARG001 - there is nothing to set
    ) -> _Absent:
        raise EmbeddedUnsupported(f"it needs Linux or macOS, and {data_dir} is on Windows")

else:
    from fordran.storage.embedded_cluster import EmbeddedCluster

    def _embedded(data_dir: Path, settings: Mapping[str, str] | None) -> EmbeddedCluster:
        return EmbeddedCluster(data_dir, settings)
