"""Where the cluster of a data directory lies, and which account owns it.

An ordinary user's cluster lies in the data directory. PostgreSQL refuses to run as root, and the
data directory may be in a place that no other account can reach, such as /root; so root's cluster
lies under /var/lib/fordran and belongs to an unprivileged account. A note in the data directory
says where. The mode of a folder that was there before us is never changed.
"""

import hashlib
import os
import re
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fordran.storage.engine_errors import (
    ClusterMisplaced,
    DataDirectoryUnusable,
    SocketDirectoryUnsafe,
)
from fordran.storage.os_account import OsAccount

SYSTEM_FOLDER = Path("/var/lib/fordran")
NOTE_NAME = "postgres-location.txt"
_SOCKET_NAME = "/.s.PGSQL.5432"
# The kernels allow 104 bytes (macOS) and 108 bytes (Linux), the closing zero among them.
_SOCKET_PATH_BYTES_MAX = 100
_PLAIN_PATH = re.compile(r"/[A-Za-z0-9/._-]+")
_BEING_MADE = "is being made"
_STANDS = "stands"


@dataclass(frozen=True)
class ClusterPlace:
    """The folders of one data directory's cluster."""

    data_dir: Path
    cluster: Path
    account: OsAccount

    @property
    def is_elsewhere(self) -> bool:
        """Whether the cluster lies outside the data directory."""
        return self.cluster.parent != self.data_dir

    @property
    def start_output(self) -> Path:
        """What the server says before it opens its log."""
        folder = self.cluster.parent if self.is_elsewhere else self.data_dir
        return folder / "postgres-start.log"

    @property
    def socket_dir(self) -> Path:
        """The private folder of the socket: the cluster's own, unless its path is too long.

        Everyone who opens the data directory must come to the same answer.
        """
        socket_path = os.fsencode(self.cluster) + _SOCKET_NAME.encode()
        is_short = len(socket_path) <= _SOCKET_PATH_BYTES_MAX
        if is_short and _PLAIN_PATH.fullmatch(str(self.cluster)):
            return self.cluster
        # Not tempfile.gettempdir(): it is long on macOS, and differs between processes.
        return Path(f"/tmp/fordran-{self.account.uid}-{_digest(self.data_dir)}")  # noqa: S108 - its owner is checked


def locate(data_dir: Path) -> ClusterPlace:
    """Return where the cluster of the data directory lies or shall lie.

    Raises: DataDirectoryUnusable; ClusterMisplaced, if its note speaks against that place, for
    then the place holds somebody else's data or none.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        resolved = data_dir.resolve(strict=True)
    except OSError as error:
        raise DataDirectoryUnusable(data_dir, str(error.strerror)) from error
    if not os.access(resolved, os.R_OK | os.W_OK | os.X_OK):
        raise DataDirectoryUnusable(resolved, "it is not ours to write in")
    inside = resolved / "postgres"
    if os.geteuid() != 0:
        return _locate_inside(resolved, inside)
    if inside.is_dir() and inside.stat().st_uid != 0:
        # An ordinary user's cluster that root looks after for once.
        return ClusterPlace(resolved, inside, OsAccount.of_uid(inside.stat().st_uid))
    cluster = SYSTEM_FOLDER / _digest(resolved) / "postgres"
    owner = OsAccount.of_uid(cluster.stat().st_uid) if cluster.is_dir() else None
    return ClusterPlace(resolved, cluster, owner or OsAccount.unprivileged())


def _locate_inside(data_dir: Path, inside: Path) -> ClusterPlace:
    account = OsAccount.current()
    if (data_dir / NOTE_NAME).exists():
        raise ClusterMisplaced(
            f"The database of {data_dir} was made by root and lies elsewhere, see "
            f"{data_dir / NOTE_NAME}. Remedy: run Fordran as root on this data directory, or "
            "choose another one."
        )
    if inside.is_dir() and inside.stat().st_uid != account.uid:
        owner = inside.stat().st_uid
        raise ClusterMisplaced(
            f"The cluster in {inside} belongs to user id {owner}, not to {account.name}. Remedy: "
            "run Fordran as that user, or choose another data directory."
        )
    return ClusterPlace(data_dir, inside, account)


def check_note(place: ClusterPlace) -> None:
    """Compare the data directory's note with what is there; call before making a cluster.

    A copied or moved data directory, or a lost /var/lib, must not pass for an empty database.
    Raises: ClusterMisplaced.
    """
    if not place.is_elsewhere:
        return
    note = place.data_dir / NOTE_NAME
    lines = note.read_text().splitlines() if note.exists() else []
    if lines and lines[0] != str(place.cluster):
        raise ClusterMisplaced(
            f"{note} says that the database lies in {lines[0]}, but the one of this directory "
            f"belongs in {place.cluster}: the data directory was moved or copied. Remedy: move it "
            "back; or stop Fordran, move that folder and correct the note; or, for a new empty "
            "database, remove the note."
        )
    if lines and lines[1] == _STANDS and not place.cluster.is_dir():
        raise ClusterMisplaced(
            f"{note} says that the database lies in {place.cluster}, but nothing is there. Remedy: "
            "bring that folder back (in a container, keep /var/lib/fordran on a volume, or run as "
            "an ordinary user); or, for a new empty database, remove the note."
        )
    if not lines and place.cluster.is_dir():
        raise ClusterMisplaced(
            f"{place.cluster} holds the database of an earlier data directory {place.data_dir}. "
            f"Remedy: to use it, write the lines '{place.cluster}' and '{_STANDS}' into {note}; "
            "for a new empty database, move that folder away."
        )


def write_note(place: ClusterPlace, *, is_made: bool) -> None:
    """Say in the data directory where the cluster is; nothing to say when it is inside."""
    if not place.is_elsewhere:
        return
    note = place.data_dir / NOTE_NAME
    state = _STANDS if is_made else _BEING_MADE
    text = (
        f"{place.cluster}\n{state}\nThe PostgreSQL cluster of this data directory lies in that "
        f"folder and belongs to the account {place.account.name},\nbecause PostgreSQL does not "
        "run as root. Back up both.\n"
    )
    if note.exists() and note.read_text() == text:
        return
    unfinished = note.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with unfinished.open("x") as written:
        written.write(text)
        written.flush()
        os.fsync(written.fileno())
    unfinished.chmod(0o644)
    unfinished.replace(note)


def make_passable_folder(folder: Path) -> None:
    """Make a folder that every account may pass through; one that is there is left as it is."""
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(0o755)


def make_home(place: ClusterPlace) -> None:
    """Make the folder that the cluster lies in, open for the server's account to pass through."""
    if place.is_elsewhere:
        make_passable_folder(SYSTEM_FOLDER)
        make_passable_folder(place.cluster.parent)


def make_socket_dir(place: ClusterPlace) -> None:
    """Make the socket's folder if it is not the cluster itself.

    Raises: SocketDirectoryUnsafe, if somebody else made it first.
    """
    folder = place.socket_dir
    if folder == place.cluster:
        return
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if not place.account.is_current:
            os.chown(folder, place.account.uid, place.account.gid, follow_symlinks=False)
    found = folder.lstat()
    is_private = stat.S_ISDIR(found.st_mode) and not found.st_mode & 0o077
    if not is_private or found.st_uid != place.account.uid:
        raise SocketDirectoryUnsafe(folder)


def remove_place(place: ClusterPlace) -> None:
    """Remove the cluster, its socket folder and the note; the server must have ended."""
    shutil.rmtree(place.cluster, ignore_errors=True)
    if place.socket_dir != place.cluster and place.socket_dir.is_dir():
        shutil.rmtree(place.socket_dir, ignore_errors=True)
    if place.is_elsewhere:
        shutil.rmtree(place.cluster.parent, ignore_errors=True)
    place.start_output.unlink(missing_ok=True)
    (place.data_dir / NOTE_NAME).unlink(missing_ok=True)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
