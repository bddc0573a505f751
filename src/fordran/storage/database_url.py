"""A PostgreSQL server of the operator's own, named by FORDRAN_DATABASE_URL."""

import re
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from fordran.storage.engine_errors import DatabaseTooOld, DatabaseUnreachable, DatabaseUrlInvalid

_VERSION_NUM_MIN = 160_000
_CONNECT_SECONDS_MAX = 10
_PORTS = re.compile(r"[0-9]*(,[0-9]*)*")
_HOSTS = re.compile(r"[^\s@?#]*")


class ExternalDatabase:
    """A server that others start and stop."""

    def __init__(self, database_url: str) -> None:
        self._parameters = _parse(database_url)
        self._url = database_url

    @property
    def host(self) -> str:
        """Where the server is, for messages."""
        named = self._parameters.get("host") or self._parameters.get("hostaddr")
        return str(named or "the local socket")

    def conninfo(self, dbname: str | None = None) -> str:
        """Return the address with everything the operator wrote in it."""
        return make_conninfo(self._url, dbname=dbname)

    def join(self) -> None:
        """Check that the server answers and is new enough.

        Raises: DatabaseUnreachable, DatabaseTooOld.
        """
        try:
            connection = self._connect()
        except psycopg.Error as error:
            # The driver's own error is not chained: a traceback shows what a message hides.
            raise DatabaseUnreachable(self.host, self._without_password(error)) from None
        with connection:
            if connection.info.server_version < _VERSION_NUM_MIN:
                raise DatabaseTooOld(self.host, connection.info.server_version)

    def ensure_running(self) -> None:
        """Check again; starting it is its operator's business."""
        self.join()

    def leave(self) -> None:
        """Do nothing: the server stays."""

    def _connect(self) -> psycopg.Connection[Any]:
        timeout = self._parameters.get("connect_timeout") or _CONNECT_SECONDS_MAX
        return psycopg.connect(make_conninfo(self._url, connect_timeout=timeout))

    def _without_password(self, error: psycopg.Error) -> str:
        said = " ".join(str(error).split())
        for name in ("password", "sslpassword"):
            secret = str(self._parameters.get(name) or "")
            if secret and secret in said:
                return "it gave a reason that is not shown, since it quotes the password"
        return said


def _parse(database_url: str) -> dict[str, Any]:
    """Take the address apart.

    A password with an unencoded special character ends up, in part, as host, port or database;
    such an address is refused before any part of it can be shown.
    Raises: DatabaseUrlInvalid.
    """
    try:
        parameters = conninfo_to_dict(database_url)
    except psycopg.Error:
        raise DatabaseUrlInvalid from None
    is_plausible = (
        _HOSTS.fullmatch(str(parameters.get("host") or ""))
        and _PORTS.fullmatch(str(parameters.get("port") or ""))
        and "@" not in str(parameters.get("dbname") or "")
    )
    if not parameters or not is_plausible:
        raise DatabaseUrlInvalid
    return parameters
