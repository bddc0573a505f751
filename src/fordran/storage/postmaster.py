"""What `postmaster.pid` says about a server, and whether it is still true."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

_STATUS_LINE = 7


@dataclass(frozen=True)
class PostmasterFile:
    """The content of `postmaster.pid`."""

    pid: int
    status: str
    """`starting`, `ready`, `stopping`, or empty before the server has come that far."""


def read_postmaster_file(cluster: Path) -> PostmasterFile | None:
    """Return what the file says, or nothing when there is none or it is not written yet."""
    try:
        lines = (cluster / "postmaster.pid").read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    # A negative number marks a single-user server.
    if not lines or not lines[0].strip().lstrip("-").isdigit():
        return None
    status = lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""
    return PostmasterFile(abs(int(lines[0])), status)


def is_server_of(cluster: Path, pid: int) -> bool:
    """Say whether the process is a server on this cluster, and not a stranger that got its number.

    A zombie is no server. Both wrong answers are harmless: PostgreSQL's own check of its shared
    memory comes after ours.
    """
    process = Path(f"/proc/{pid}")
    if Path("/proc/self/cwd").exists():
        try:
            return (process / "cwd").readlink() == cluster.resolve()
        except FileNotFoundError:
            return False
        except OSError:
            return _arguments_name(cluster, _proc_arguments(process))
    listed = subprocess.run(  # noqa: S603 - a fixed program and a number
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        check=False,
    )
    return _arguments_name(cluster, listed.stdout)


def clear_dead_server(cluster: Path, socket_dir: Path) -> None:
    """Remove the traces of a dead server that PostgreSQL itself would stumble over.

    PostgreSQL replaces them when their process is gone, but takes any living process of the same
    account that got its number, and a zombie not yet buried, for a server. Call only while nobody
    else can start one.
    """
    found = read_postmaster_file(cluster)
    if found is not None and _is_number_taken(found.pid):
        assert not is_server_of(cluster, found.pid), "the server runs"
        (cluster / "postmaster.pid").unlink(missing_ok=True)
    for socket_lock in socket_dir.glob(".s.PGSQL.*.lock"):
        socket_lock.unlink(missing_ok=True)


def _is_number_taken(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return not isinstance(error, ProcessLookupError)
    return True


def _proc_arguments(process: Path) -> bytes:
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def _arguments_name(cluster: Path, arguments: bytes) -> bool:
    return os.fsencode(cluster) in arguments
