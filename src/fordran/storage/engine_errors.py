"""Errors of the database engine: what is wrong, and what the operator can do about it.

    EngineError
    ├── EmbeddedUnsupported        this system cannot run the embedded PostgreSQL
    │   ├── BinariesMissing        the wheel with the PostgreSQL binaries is not installed
    │   └── AccountUnusable        there is no operating-system account to run PostgreSQL as
    ├── DataDirectoryUnusable      the data directory cannot be created or written
    ├── SocketDirectoryUnsafe      the folder for the socket belongs to somebody else
    ├── ClusterMisplaced           the cluster is not where this data directory says
    ├── ClusterVersionMismatch     the cluster was made by another major version
    ├── ClusterCreationFailed      initdb failed
    ├── ClusterStartFailed         the server ended while it was starting
    ├── ClusterUnreachable         the server runs and cannot be spoken to
    ├── DatabaseUrlInvalid         FORDRAN_DATABASE_URL cannot be read
    ├── DatabaseUnreachable        the database of FORDRAN_DATABASE_URL does not answer
    ├── DatabaseTooOld             the database server is older than PostgreSQL 16
    └── MigrationError
        ├── MigrationsMalformed    the numbered files are not 1, 2, 3, ...
        ├── MigrationChanged       a migration that was applied reads differently now
        ├── MigrationFailed        a migration was rolled back
        ├── SchemaNewerThanCode    the database was migrated by a newer release
        └── RolesUnusable          the database roles are missing or too powerful

Every message ends with the remedy. No message holds a password or a database URL.
"""

# ruff: noqa: N818 - as with refusals, the names say what is wrong

from pathlib import Path

URL_REMEDY = "set FORDRAN_DATABASE_URL to a PostgreSQL server of your own (16 or newer)"


class EngineError(Exception):
    """The database engine cannot be used; the message names the remedy."""


class EmbeddedUnsupported(EngineError):
    """The embedded PostgreSQL cannot run on this system."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The embedded PostgreSQL cannot run here: {reason}. Remedy: {URL_REMEDY}."
        )


class BinariesMissing(EmbeddedUnsupported):
    """The wheel with the PostgreSQL binaries is not installed, or lacks this major version."""


class AccountUnusable(EmbeddedUnsupported):
    """There is no operating-system account that PostgreSQL can run as."""


class DataDirectoryUnusable(EngineError):
    """The data directory cannot be created or written."""

    def __init__(self, data_dir: Path, reason: str) -> None:
        super().__init__(
            f"The data directory {data_dir} cannot be used: {reason}. "
            "Remedy: choose a directory that the account running Fordran owns."
        )


class SocketDirectoryUnsafe(EngineError):
    """The folder for the socket belongs to somebody else or is no folder."""

    def __init__(self, directory: Path) -> None:
        super().__init__(
            f"{directory} should be Fordran's private folder for the database socket, but somebody "
            "else made it. Remedy: remove it, or choose a data directory with a shorter, plainer "
            "path, so that the socket can lie inside it."
        )


class ClusterMisplaced(EngineError):
    """The cluster is not where this data directory says it is."""


class ClusterVersionMismatch(EngineError):
    """The cluster was made by another major version of PostgreSQL."""

    def __init__(self, cluster: Path, found: str, expected: int) -> None:
        super().__init__(
            f"The cluster in {cluster} was made by PostgreSQL {found}; this Fordran brings "
            f"PostgreSQL {expected}. Remedy: start the Fordran release that made it, dump the "
            "database with pg_dump, and load the dump into a new data directory."
        )


class ClusterCreationFailed(EngineError):
    """Creating the cluster with initdb failed."""

    def __init__(self, cluster: Path, output: str) -> None:
        super().__init__(
            f"initdb could not make a cluster for {cluster}; nothing was left behind. Remedy: "
            f"correct what it says and start again. It said:\n{output}"
        )


class ClusterStartFailed(EngineError):
    """The server ended while it was starting."""

    def __init__(self, cluster: Path, output: str) -> None:
        super().__init__(
            f"PostgreSQL did not start on {cluster}. Remedy: correct what it says and start again; "
            f"the data is untouched. It said:\n{output}"
        )


class ClusterUnreachable(EngineError):
    """The server runs and cannot be spoken to."""

    def __init__(self, cluster: Path, reason: str) -> None:
        super().__init__(
            f"PostgreSQL runs on {cluster}, but no connection can be made: {reason}. Remedy: end "
            f"it with `pg_ctl stop -D {cluster}` as the account that owns it, and start again."
        )


class DatabaseUrlInvalid(EngineError):
    """FORDRAN_DATABASE_URL cannot be read; it is not repeated, since it may hold a password."""

    def __init__(self) -> None:
        super().__init__(
            "FORDRAN_DATABASE_URL is no PostgreSQL address. Remedy: write "
            "postgresql://user:password@host:5432/database, with every special character of the "
            "password percent-encoded (@ as %40, / as %2F, : as %3A)."
        )


class DatabaseUnreachable(EngineError):
    """The database of FORDRAN_DATABASE_URL does not answer."""

    def __init__(self, host: str, reason: str) -> None:
        self.host = host
        super().__init__(
            f"The database on {host} does not let us in: {reason}. Remedy: check that the server "
            "runs and that FORDRAN_DATABASE_URL has the right host, port, user, password and "
            "database name."
        )


class DatabaseTooOld(EngineError):
    """The database server is older than PostgreSQL 16."""

    def __init__(self, host: str, version_num: int) -> None:
        super().__init__(
            f"The database on {host} is PostgreSQL {version_num // 10_000}; Fordran needs 16 or "
            "newer. Remedy: upgrade that server, or unset FORDRAN_DATABASE_URL to use the "
            "embedded one."
        )


class MigrationError(EngineError):
    """The schema cannot be brought up to date."""


class MigrationsMalformed(MigrationError):
    """The numbered files are not 1, 2, 3, ... with well-formed names."""


class MigrationChanged(MigrationError):
    """A migration that was applied reads differently now."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Migration {name} was applied to this database in another wording. Remedy: restore "
            "the released file, and put the change into a new migration."
        )


class MigrationFailed(MigrationError):
    """A migration failed and was rolled back."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"Migration {name} failed and was rolled back; the ones before it stand: {reason}. "
            "Remedy: correct the cause and start again."
        )


class SchemaNewerThanCode(MigrationError):
    """The database was migrated by a newer release."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            f"The database has migrations that this release does not know: {', '.join(names)}. "
            "Remedy: start the newer release, or restore a backup from before its first start."
        )


class RolesUnusable(MigrationError):
    """The database roles are missing and cannot be made, or have too much power."""
