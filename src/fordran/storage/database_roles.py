"""The roles that Fordran's connections work as; the owner of the tables is never one of them."""

from typing import Any

import psycopg
from psycopg import errors, sql

from fordran.storage.engine_errors import RolesUnusable

ROLES = ("fordran_app", "fordran_worker")
_ATTEMPTS_MAX = 5
_RACES = (errors.DuplicateObject, errors.UniqueViolation, errors.InternalError_)


def ensure_roles(conn: psycopg.Connection[Any]) -> None:
    """Create the roles if they are missing, and let the connecting user work as them.

    Roles belong to the whole cluster, so no lock of one database keeps others from creating the
    same ones at the same moment: who comes second begins again.

    Raises: RolesUnusable, if they cannot be made or have powers that defeat row-level security.
    """
    for role in ROLES:
        for attempt in range(1, _ATTEMPTS_MAX + 1):
            try:
                with conn.transaction():
                    _ensure_role(conn, role)
                break
            except _RACES:
                if attempt == _ATTEMPTS_MAX:
                    raise
            except errors.InsufficientPrivilege:
                raise RolesUnusable(
                    f"The database user may not create the role {role}, or may not work as it. "
                    f"Remedy: as an administrator run CREATE ROLE {role} NOLOGIN; "
                    f"GRANT {role} TO that user WITH INHERIT FALSE, SET TRUE."
                ) from None


def _ensure_role(conn: psycopg.Connection[Any], role: str) -> None:
    name = sql.Identifier(role)
    query = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s"
    found = conn.execute(query, (role,)).fetchone()
    if found is None:
        conn.execute(
            sql.SQL(
                "CREATE ROLE {} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION "
                "NOBYPASSRLS INHERIT"
            ).format(name)
        )
    elif found[0]:
        raise RolesUnusable(
            f"The role {role} is a superuser or bypasses row-level security, which would let one "
            f"account see another's cases. Remedy: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS."
        )
    may_set = conn.execute("SELECT pg_has_role(current_user, %s, 'SET')", (role,)).fetchone()
    assert may_set is not None, "a function call returns a row"
    if not may_set[0]:
        # The owner borrows the role; it does not need the role's rights for itself.
        conn.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH INHERIT FALSE, SET TRUE").format(name))
