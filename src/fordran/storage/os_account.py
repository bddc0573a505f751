"""The operating-system account that PostgreSQL runs as: it refuses to run as root."""

import os
import pwd
from dataclasses import dataclass
from typing import Self

from fordran.storage.engine_errors import AccountUnusable

_UNPRIVILEGED_NAMES = ("fordran", "postgres", "nobody")


@dataclass(frozen=True)
class OsAccount:
    """An account with a name; PostgreSQL's peer authentication knows accounts by name."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of_uid(cls, uid: int) -> Self:
        """Return the account with this number.

        Raises: AccountUnusable, if the number has no name on this system.
        """
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise AccountUnusable(
                f"user id {uid} has no name, and initdb needs one; add it to /etc/passwd"
            ) from None
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def current(cls) -> Self:
        """Return the account this process runs as."""
        return cls.of_uid(os.geteuid())

    @classmethod
    def unprivileged(cls) -> Self:
        """Return the account that root runs PostgreSQL as.

        Raises: AccountUnusable, if the system has none of the usual ones.
        """
        for name in _UNPRIVILEGED_NAMES:
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            if entry.pw_uid != 0:
                return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)
        raise AccountUnusable("root may not run PostgreSQL, and there is no account 'fordran'")

    @property
    def is_current(self) -> bool:
        """Whether this process runs as the account already."""
        return self.uid == os.geteuid()

    @property
    def switch_uid(self) -> int | None:
        """The `user` argument for a subprocess: none, when there is nothing to switch."""
        return None if self.is_current else self.uid

    @property
    def switch_gid(self) -> int | None:
        """The `group` argument for a subprocess."""
        return None if self.is_current else self.gid

    @property
    def switch_groups(self) -> list[int] | None:
        """The `extra_groups` argument for a subprocess: root's groups are given up."""
        return None if self.is_current else []
