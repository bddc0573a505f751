"""Connections: one pool per role, and the one place where a connection learns its account.

The pool's role does not own the tables, so row-level security holds for every statement.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg.adapt import Loader
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from psycopg_pool import ConnectionPool, PoolTimeout

from fordran.storage.engine_errors import EngineError
from fordran.storage.unit_of_work import Tenant, UnitOfWork

logger = logging.getLogger("fordran.storage")

Result = TypeVar("Result")

RETRIES_MAX = 8
"""Attempts at a whole operation that met another one."""

_MET_ANOTHER = (SerializationFailure, DeadlockDetected, UniqueViolation)
"""What a concurrent operation can cause: tried again, the operation's own checks see the other.

A unique violation that comes back every time is a bug and is raised at the end."""


class DatabaseUnavailable(Exception):  # noqa: N818 - says what is wrong
    """The database did not answer; nothing is known about the last write."""


class RawJson(Loader):
    """Leave json columns as bytes; msgspec reads them."""

    def load(self, data: bytes | bytearray | memoryview) -> bytes:
        """Return the text of the column."""
        return bytes(data)


class Database:
    """The pools of one process.

    `conninfo` gives the application's role, `worker_conninfo` the role that sees what is due.
    """

    def __init__(
        self,
        conninfo: str,
        worker_conninfo: str,
        *,
        connections_max: int = 8,
        revive: Callable[[], None] = lambda: None,
    ) -> None:
        """`revive` is called when a connection is lost; it may start the server again."""
        self._revive = revive
        self._pool = _pool(conninfo, connections_max)
        self._worker_pool = _pool(worker_conninfo, 1)

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()
        self._worker_pool.close()

    def run(self, account_id: str | None, operation: Callable[[UnitOfWork], Result]) -> Result:
        """Carry out an operation in one database transaction, committed before this returns.

        Retried as a whole when it met another one, so an operation must have no effect outside
        the database that may not be repeated.

        Raises: DatabaseUnavailable if the connection is lost; whatever the operation raises,
        after rolling back.
        """
        for attempt in range(RETRIES_MAX):
            try:
                with (
                    self._connection() as connection,
                    connection.pipeline(),
                    connection.transaction(),
                ):
                    result = operation(UnitOfWork(connection, account_id))
                return result  # noqa: RET504, TRY300 - the commit has been confirmed here
            except _MET_ANOTHER:
                if attempt == RETRIES_MAX - 1:
                    raise
        raise AssertionError("unreachable")

    def read(self, account_id: str | None, query: Callable[[UnitOfWork], Result]) -> Result:
        """Carry out one reading statement without a transaction of its own."""
        with self._connection() as connection:
            return query(UnitOfWork(connection, account_id, tenant=Tenant.SESSION))

    def ping(self) -> None:
        """Ask the database whether it answers. Raises: DatabaseUnavailable."""
        self.read(None, lambda uow: uow.row("SELECT 1"))

    def read_due(self, query: Callable[[UnitOfWork], Result]) -> Result:
        """Carry out one statement as the worker's role."""
        try:
            with self._worker_pool.connection() as connection:
                return query(UnitOfWork(connection, None, tenant=Tenant.NONE))
        except (psycopg.OperationalError, PoolTimeout) as error:
            self._try_to_revive()
            raise DatabaseUnavailable from error

    def _try_to_revive(self) -> None:
        try:
            self._revive()
        except EngineError as error:
            logger.warning("the database cannot be started: %s", error)

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        try:
            with self._pool.connection() as connection:
                yield connection
        except _MET_ANOTHER:
            raise
        except (psycopg.OperationalError, PoolTimeout) as error:
            self._try_to_revive()
            raise DatabaseUnavailable from error


def _pool(conninfo: str, connections_max: int) -> ConnectionPool[psycopg.Connection]:
    return ConnectionPool(
        conninfo,
        min_size=1,
        max_size=connections_max,
        open=True,
        timeout=20,
        kwargs={"autocommit": True, "prepare_threshold": 2},
        configure=_configure,
        check=None,
    )


def _configure(connection: psycopg.Connection) -> None:
    connection.adapters.register_loader("json", RawJson)
    connection.execute("SET TIME ZONE 'UTC'")
    # Statements find their rows by key, so one plan fits every value. Left to itself the server
    # plans them anew at each execution, which costs more than running them: it takes a list of
    # unknown length to be long.
    connection.execute("SET plan_cache_mode = force_generic_plan")
