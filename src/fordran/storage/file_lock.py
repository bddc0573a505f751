"""Locks on files, told apart from their content: the kernel drops them when a process dies."""

import fcntl
import os
from pathlib import Path
from typing import Self


class FileLock:
    """An open file that can be locked for oneself or together with others.

    Two objects on one path exclude each other even within a process. Programs started from here
    do not inherit the lock unless the descriptor is passed on by name.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor: int | None = _open(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    @property
    def descriptor(self) -> int:
        """The open file, to be handed to a program that shall keep the lock alive."""
        assert self._descriptor is not None, "the lock is closed"
        return self._descriptor

    def try_exclusive(self) -> bool:
        """Lock for oneself if nobody else holds the file; say whether it worked."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Lock together with others."""
        fcntl.flock(self.descriptor, fcntl.LOCK_SH)

    def close(self) -> None:
        """Close our descriptor; a program that inherited it goes on holding the lock."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _open(path: Path) -> int:
    """Open the file, made if need be; what root makes belongs to the owner of the folder.

    That owner must be able to lock what root locked first. A file that was there is left as it
    is, and no link is followed: the folder may be in less trusted hands than ours.
    """
    flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
    while True:
        try:
            descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            try:
                return os.open(path, flags)
            except FileNotFoundError:
                continue
        if os.geteuid() == 0:
            folder = path.parent.stat()
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
        return descriptor
