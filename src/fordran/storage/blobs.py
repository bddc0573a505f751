"""Blobs: the bytes of uploads and letters, in a folder or any object store by URL."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

PARTS_AT_ONCE = 2
"""Parts of a file, 5 MiB each, that are in memory together while it is stored."""

CHUNK_BYTES = 1024 * 1024
"""How much of a file is read at a time when it is served."""


class BlobMissing(Exception):  # noqa: N818 - says what is wrong
    """The database names bytes that the blob store does not have."""


class BlobStore:
    """A place for bytes by key. Writing a key again replaces its bytes."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self._store: ObjectStore
        if url is None:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = LocalStore(folder, automatic_cleanup=True)
        else:
            self._store = from_url(url)

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Store bytes, or a file read in chunks."""
        obstore.put(self._store, key, content, max_concurrency=PARTS_AT_ONCE)

    def get(self, key: str) -> bytes:
        """Return all bytes of a key. Raises: BlobMissing."""
        try:
            return bytes(obstore.get(self._store, key).bytes())
        except (NotFoundError, FileNotFoundError) as error:
            raise BlobMissing(key) from error

    def stream(self, key: str) -> Iterator[bytes]:
        """Return the bytes of a key in chunks. Raises: BlobMissing, before the first chunk."""
        try:
            result = obstore.get(self._store, key)
        except (NotFoundError, FileNotFoundError) as error:
            raise BlobMissing(key) from error
        return (bytes(chunk) for chunk in result.stream(min_chunk_size=CHUNK_BYTES))

    def exists(self, key: str) -> bool:
        """Tell whether a key has bytes."""
        try:
            obstore.head(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return False
        return True
