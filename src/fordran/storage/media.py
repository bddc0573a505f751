"""Media: uploaded files bound to a case. The bytes lie in the blob store."""

from datetime import datetime

import msgspec

from fordran.storage.unit_of_work import UnitOfWork


class StoredMedia(msgspec.Struct, frozen=True):
    """One uploaded file. Units: `size` in bytes."""

    id: str
    case_id: str
    dotted_path: str | None
    filename: str
    content_type: str
    size: int
    sha256: bytes
    blob_key: str
    created_at: datetime


_COLUMNS = (
    "media_id, case_id, dotted_path, filename, content_type, size, sha256, blob_key, created_at"
)


def insert(uow: UnitOfWork, media: StoredMedia) -> None:
    """Insert a file of the unit's account."""
    uow.execute(
        f"INSERT INTO media (account_id, {_COLUMNS}) "  # noqa: S608 - our constant
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (uow.account_id, *msgspec.structs.astuple(media)),
    )


def one(uow: UnitOfWork, media_id: str) -> StoredMedia | None:
    """Return a file of the unit's account, or None."""
    row = uow.row(
        f"SELECT {_COLUMNS} FROM media WHERE account_id = %s AND media_id = %s",  # noqa: S608 - our constant
        (uow.account_id, media_id),
    )
    return StoredMedia(*row) if row else None
