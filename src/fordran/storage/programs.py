"""Running PostgreSQL's programs: as the right account, with nothing of ours in the environment."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from fordran.storage.os_account import OsAccount


def program_environment() -> dict[str, str]:
    """Return a bare environment: no PG* defaults, no secrets, and messages in plain English."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept}


def run_program(account: OsAccount, command: Sequence[str | Path]) -> tuple[bool, str]:
    """Run a program to its end; return whether it succeeded and what it said."""
    try:
        finished = subprocess.run(  # noqa: S603 - our own words, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env=program_environment(),
            user=account.switch_uid,
            group=account.switch_gid,
            extra_groups=account.switch_groups,
            check=False,
        )
    except OSError as error:
        return False, str(error)
    return finished.returncode == 0, finished.stdout


def start_program(
    account: OsAccount, command: Sequence[str | Path], output: Path, kept_descriptor: int
) -> subprocess.Popen[bytes]:
    """Start a program that outlives us, in a session of its own, so that Ctrl-C does not reach it.

    It inherits one open file of ours and no other.
    """
    output.unlink(missing_ok=True)  # Another account may have written it.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(output, flags, 0o600), "wb") as said:
        return subprocess.Popen(  # noqa: S603 - our own words, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=program_environment(),
            user=account.switch_uid,
            group=account.switch_gid,
            extra_groups=account.switch_groups,
            start_new_session=True,
            pass_fds=(kept_descriptor,),
        )
