"""A database that fails at random points, as a real one may; for the concurrency campaign."""

import os
import random  # noqa: TID251 - the campaign's faults are drawn from its seed
import socket
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.errors import SerializationFailure

from fordran.storage.database import Database, DatabaseUnavailable
from fordran.storage.unit_of_work import UnitOfWork

Result = TypeVar("Result")

SERIALIZATION = "serialisation failures"
TERMINATED = "connections terminated by the server"
CLOSED = "sockets closed"
ANSWER_LOST = "answers lost after the commit"

PERCENT = {SERIALIZATION: 8, TERMINATED: 2, CLOSED: 2, ANSWER_LOST: 3}
"""How many units of work in a hundred meet each fault."""


class Faults:
    """Draws faults and counts those that were injected. Shared by threads."""

    def __init__(self, seed: int, conninfo: str) -> None:
        self.injected: Counter[str] = Counter()
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._conninfo = conninfo

    def drawn(self) -> tuple[str | None, int]:
        """Return the fault of a unit of work, if any, and the statement it comes before."""
        with self._lock:
            percent = self._random.randrange(100)
            statement = self._random.randrange(12)
        for fault, share in PERCENT.items():
            if percent < share:
                return fault, statement
            percent -= share
        return None, 0

    def inject(self, fault: str, connection: psycopg.Connection) -> None:
        """Let a fault happen to a connection. Raises: SerializationFailure, or nothing at once."""
        with self._lock:
            self.injected[fault] += 1
        if fault == SERIALIZATION:
            raise SerializationFailure("injected")
        if fault == CLOSED:
            with socket.socket(fileno=os.dup(connection.fileno())) as opened:
                opened.shutdown(socket.SHUT_RDWR)
        if fault == TERMINATED:
            with psycopg.connect(self._conninfo, autocommit=True) as administrator:
                pid = connection.info.backend_pid
                administrator.execute("SELECT pg_terminate_backend(%s, 1000)", (pid,))

    def lost_answer(self) -> DatabaseUnavailable:
        """Return what a client sees when the connection is lost after the commit."""
        with self._lock:
            self.injected[ANSWER_LOST] += 1
        return DatabaseUnavailable()


class FaultyDatabase:
    """A database whose units of work meet drawn faults."""

    def __init__(self, database: Database, faults: Faults) -> None:
        self._database = database
        self._faults = faults

    def __getattr__(self, name: str) -> Any:
        """Everything but writing goes to the database as it is."""
        return getattr(self._database, name)

    def run(self, account_id: str | None, operation: Callable[[UnitOfWork], Result]) -> Result:
        """Carry out an operation; each attempt at it draws a fault of its own."""
        loses_answer = False

        def faulty(uow: UnitOfWork) -> Result:
            nonlocal loses_answer
            fault, statement = self._faults.drawn()
            loses_answer = fault == ANSWER_LOST
            if fault is None or loses_answer:
                return operation(uow)
            broken = FaultyUnit(uow, self._faults, fault, statement)
            result = operation(broken)
            broken.before_commit()
            return result

        result = self._database.run(account_id, faulty)
        if loses_answer:
            raise self._faults.lost_answer()
        return result


class FaultyUnit(UnitOfWork):
    """A unit of work that fails once, before one of its statements or before its commit."""

    def __init__(self, uow: UnitOfWork, faults: Faults, fault: str, statement: int) -> None:
        self._connection = uow._connection
        self.account_id = uow.account_id
        self._faults = faults
        self._fault = fault
        self._left = statement

    def rows(self, statement: str, parameters: Sequence[Any] | None = None) -> Any:
        self._step()
        return super().rows(statement, parameters)

    def row(self, statement: str, parameters: Sequence[Any] | None = None) -> Any:
        self._step()
        return super().row(statement, parameters)

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> None:
        self._step()
        super().execute(statement, parameters)

    def before_commit(self) -> None:
        """Fail now, if no statement has."""
        if self._left >= 0:
            self._left = -1
            self._faults.inject(self._fault, self._connection)

    def _step(self) -> None:
        if self._left == 0:
            self._left = -1
            self._faults.inject(self._fault, self._connection)
        elif self._left > 0:
            self._left -= 1
