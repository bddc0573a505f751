"""A unit of work: one database transaction for one account."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

import psycopg
from psycopg.rows import TupleRow


class Tenant(StrEnum):
    """How long a connection keeps its account."""

    TRANSACTION = "transaction"
    """Set in the transaction, forgotten with it: for writes."""

    SESSION = "session"
    """Set on the connection when it differs from its last one: for reads."""

    NONE = "none"
    """Never set: for what has no account."""


class UnitOfWork:
    """Runs the statements of one transaction, seen through one account's wall.

    Invariants: the account is set before the first statement; nothing here commits.
    """

    def __init__(
        self,
        connection: psycopg.Connection,
        account_id: str | None,
        *,
        tenant: Tenant = Tenant.TRANSACTION,
    ) -> None:
        self._connection = connection
        self.account_id = account_id
        if tenant is Tenant.TRANSACTION:
            connection.execute(
                "SELECT set_config('fordran.accounts', %s, true)", (account_id or "",)
            )
        elif tenant is Tenant.SESSION:
            _set_session_account(connection, account_id or "")

    def rows(self, statement: str, parameters: Sequence[Any] | None = None) -> list[TupleRow]:
        """Run a statement and return its rows."""
        return self._connection.execute(statement, parameters).fetchall()

    def row(self, statement: str, parameters: Sequence[Any] | None = None) -> TupleRow | None:
        """Run a statement and return its first row, or None."""
        return self._connection.execute(statement, parameters).fetchone()

    def execute(self, statement: str, parameters: Sequence[Any] | None = None) -> None:
        """Run a statement for its effect; an error shows at the latest when the unit ends."""
        self._connection.execute(statement, parameters)

    def insert(self, table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert many rows in one statement.

        `columns` names each column with its type.
        """
        if not rows:
            return
        names = ", ".join(columns)
        arrays = ", ".join(f"%s::{_array_type(kind)}" for kind in columns.values())
        select = ", ".join(
            _cast(f"c{number}", kind) for number, kind in enumerate(columns.values())
        )
        aliases = ", ".join(f"c{number}" for number in range(len(columns)))
        self.execute(
            f"INSERT INTO {table} ({names}) "  # noqa: S608 - names come from our own constants
            f"SELECT {select} FROM unnest({arrays}) AS given ({aliases})",
            array_columns(rows),
        )

    def execute_many(self, statement: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row, in one round trip."""
        for row in rows:
            self.execute(statement, row)


def array_columns(rows: Sequence[Sequence[Any]]) -> list[str]:
    r"""Return the columns of rows as PostgreSQL's array texts, one for each `unnest` argument.

    Written here because the driver's writer of lists asks two regular expressions about each
    element, which was the largest cost of a write.

    >>> array_columns([("a", 1, None), ("b", 2, [True])])
    ['{"a","b"}', '{"1","2"}', '{NULL,"{\\"True\\"}"}']
    """
    return [_array(column) for column in zip(*rows, strict=True)]


def _array(values: Sequence[Any]) -> str:
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f'"\\\\x{value.hex()}"'
    text = _array(value) if isinstance(value, list | tuple) else str(value)
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _array_type(kind: str) -> str:
    # A list of JSON texts or of lists travels as text; the statement reads each.
    return "text[]" if _is_text_first(kind) else f"{kind}[]"


def _cast(name: str, kind: str) -> str:
    return f"{name}::{kind}" if _is_text_first(kind) else name


def _is_text_first(kind: str) -> bool:
    return kind == "json" or kind.endswith("[]")


_SESSION_ACCOUNT = "_fordran_account"


def _set_session_account(connection: psycopg.Connection, account_id: str) -> None:
    if getattr(connection, _SESSION_ACCOUNT, None) != account_id:
        connection.execute("SELECT set_config('fordran.accounts', %s, false)", (account_id,))
        setattr(connection, _SESSION_ACCOUNT, account_id)
