"""The post as a folder: each batch of letters is a folder in it, there whole or not at all.

A batch is `<folder>/<batch id>/` with a PDF for each letter and `manifest.json`. Whoever fetches it
moves it to `<folder>/taken/`; in either place it counts as handed over, and is never written again.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

MANIFEST = "manifest.json"
TAKEN = "taken"
_UNFINISHED = ".unfinished-"
_LOCK = ".lock"


class PostFolderUnusable(Exception):  # noqa: N818 - says what is wrong
    """The folder for the post cannot be written; the message says why and what helps."""


class PostLetter(msgspec.Struct, frozen=True):
    """A letter as the manifest names it. Units: `size` in bytes; `sha256` as hex digits.

    A protected address has no lines: the tax agency forwards the letter.
    """

    id: str
    kind: str
    locale: str
    sha256: str
    size: int
    recipient_name: str
    recipient_address_lines: tuple[str, ...]
    is_address_protected: bool

    @property
    def file_name(self) -> str:
        """Return the name of the letter's file in its batch."""
        return f"{self.id}.pdf"


class PostBatch(msgspec.Struct, frozen=True):
    """Letters that are handed over together. Units: `made_at` is aware."""

    id: str
    account_id: str
    made_at: datetime
    letters: Sequence[PostLetter]


Read = Callable[[PostLetter], bytes]
"""Returns the bytes of a letter, or raises."""


class PostFolder:
    """The folder that letters are handed over in; it is made with the first batch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, batch: PostBatch, read: Read) -> bool:
        """Write a batch unless it is there; return whether it was written now.

        The same batch gives the same bytes. Writers in the folder wait for each other, and what
        one that was killed left unfinished is removed by the next.

        Raises: PostFolderUnusable; whatever `read` raises. Nothing is left behind then.
        """
        assert batch.letters, "a batch has letters"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _locked(self.folder):
                self._remove_unfinished()
                if self._has(batch.id):
                    return False
                self._write(batch, read)
        except OSError as error:
            raise PostFolderUnusable(
                f"Letters cannot be handed over in {self.folder}: {error.strerror or error}. "
                "See that the folder can be written and has room; nothing is lost meanwhile."
            ) from error
        return True

    def _has(self, batch_id: str) -> bool:
        return any((place / batch_id).exists() for place in (self.folder, self.folder / TAKEN))

    def _remove_unfinished(self) -> None:
        for left in self.folder.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left)

    def _write(self, batch: PostBatch, read: Read) -> None:
        unfinished = self.folder / f"{_UNFINISHED}{batch.id}"
        unfinished.mkdir(mode=0o750)
        try:
            for letter in batch.letters:
                _write_file(unfinished / letter.file_name, read(letter))
            _write_file(unfinished / MANIFEST, manifest_of(batch))
            _sync(unfinished)
            unfinished.rename(self.folder / batch.id)
            _sync(self.folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def manifest_of(batch: PostBatch) -> bytes:
    """Return the manifest of a batch as JSON, its letters in their order."""
    document: dict[str, Any] = {
        "batch": batch.id,
        "made_at": batch.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "sender_account": batch.account_id,
        "letter_count": len(batch.letters),
        "letters": [
            {
                "id": letter.id,
                "kind": letter.kind,
                "locale": letter.locale,
                "file": letter.file_name,
                "sha256": letter.sha256,
                "size": letter.size,
                "recipient": {
                    "name": letter.recipient_name,
                    "address_lines": letter.recipient_address_lines,
                    "is_address_protected": letter.is_address_protected,
                },
            }
            for letter in batch.letters
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other writers out of a folder; the kernel drops the lock when a process dies."""
    descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_file(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Let the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
