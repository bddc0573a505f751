"""The configuration files we write into a cluster, anew at every start.

`ALTER SYSTEM` still has the last word, so an operator can tune without touching our file.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from fordran.storage.os_account import OsAccount

SETTINGS_FILE = "fordran.conf"

# Recovery replays about 117 MB of log per second, so 256 MB between checkpoints keep a start after
# a crash within a few seconds. Until a table has been analysed for the first time, the server may
# read all cases of an account to find one, so it looks often for tables to analyse. Errors of
# statements can quote what a statement held, a person's number or address; they go to the caller
# and never into the server's log (level `log` is above `error`), and no statement, parameter or
# detail is logged either.
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "jit": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "data_sync_retry": "off",
    "wal_compression": "on",
    "max_wal_size": "256MB",
    "min_wal_size": "80MB",
    "checkpoint_timeout": "5min",
    "autovacuum_naptime": "5s",
    "timezone": "UTC",
    "cluster_name": "fordran",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgresql-%a.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


def write_settings(cluster: Path, owner: OsAccount, extra: Mapping[str, str]) -> None:
    """Write our settings, with `extra` over them, and who may connect."""
    settings = {**_SETTINGS, **extra}
    _write(cluster / SETTINGS_FILE, owner, [f"{k} = {_quoted(v)}" for k, v in settings.items()])
    _write(
        cluster / "pg_hba.conf",
        owner,
        ["local all all peer map=fordran", "local replication all peer map=fordran"],
    )
    # Root and the server's own account hold the files anyway; peers are told apart by name.
    names = dict.fromkeys((OsAccount.current().name, owner.name, "root"))
    _write(cluster / "pg_ident.conf", owner, [f'fordran "{name}" all' for name in names])


def include_settings(cluster: Path) -> None:
    """Make a new cluster's own configuration file read ours."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW
    with os.fdopen(os.open(cluster / "postgresql.conf", flags), "a") as configuration:
        configuration.write(f"\ninclude_if_exists = '{SETTINGS_FILE}'\n")


def _quoted(setting: str) -> str:
    return "'" + setting.replace("\\", "\\\\").replace("'", "''") + "'"


def _write(path: Path, owner: OsAccount, lines: list[str]) -> None:
    """Put the file in place whole, readable by the server's account only.

    The folder may belong to an account with less power than ours: no link in it is followed.
    """
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(unfinished, flags, 0o600), "w") as written:
        written.write("# Written by Fordran at every start.\n" + "\n".join(lines) + "\n")
        if not owner.is_current:
            os.fchown(written.fileno(), owner.uid, owner.gid)
    unfinished.replace(path)
