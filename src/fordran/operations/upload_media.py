"""Upload media: store a file that came in with a case, and bind it to a place in its document."""

from typing import BinaryIO

import msgspec

from fordran.domain.case import OriginalInvoice
from fordran.domain.draft import Draft
from fordran.domain.events import OriginalInvoiceAttached
from fordran.domain.refusals import Refusal
from fordran.operations.clock import account_now
from fordran.operations.context import Context
from fordran.storage import cases, media
from fordran.storage.media import StoredMedia
from fordran.storage.unit_of_work import UnitOfWork

MEDIA_ID_BYTES = 16

ORIGINAL_INVOICE = "original_invoice"


class DocumentNotFound(Refusal):
    """Resource Document Not Found"""  # noqa: D400, D415 - the API's own words


class UploadedFile(msgspec.Struct, frozen=True):
    """A file as received and checked. Units: `size` in bytes."""

    content: BinaryIO
    filename: str
    content_type: str
    size: int
    sha256: bytes


def upload_media(
    context: Context, account_id: str, case_id: str, file: UploadedFile, dotted_path: str | None
) -> StoredMedia:
    """Store a file of a case; with a dotted path it becomes that part of the case's document.

    The bytes are stored before the record is committed, so a record always has its bytes.

    Raises: DocumentNotFound, if the account has no such case.
    """
    real_now = context.clock.now()
    media_id = context.randomness.hex(MEDIA_ID_BYTES)
    blob_key = f"media/{account_id}/{media_id}"
    context.database.read(account_id, lambda uow: _must_exist(uow, case_id))
    file.content.seek(0)
    context.blobs.put(blob_key, file.content)

    def operation(uow: UnitOfWork) -> StoredMedia:
        cases.lock(uow, [case_id])
        found = cases.load(uow, [case_id])
        if case_id not in found:
            raise DocumentNotFound
        draft = Draft(found[case_id], account_now(uow, real_now))
        stored = StoredMedia(
            id=media_id,
            case_id=case_id,
            dotted_path=dotted_path,
            filename=file.filename,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            blob_key=blob_key,
            created_at=draft.at,
        )
        media.insert(uow, stored)
        if dotted_path == ORIGINAL_INVOICE:
            invoice = OriginalInvoice(media_id, file.filename, file.content_type, file.size)
            draft.happen(OriginalInvoiceAttached(invoice))
            cases.save(uow, [draft], real_now)
        return stored

    return context.database.run(account_id, operation)


def stored_media(context: Context, account_id: str, media_id: str) -> StoredMedia:
    """Return a file's record.

    Raises: DocumentNotFound, if the account has no such file.
    """
    found = context.database.read(account_id, lambda uow: media.one(uow, media_id))
    if found is None:
        raise DocumentNotFound
    return found


def _must_exist(uow: UnitOfWork, case_id: str) -> None:
    if not cases.exists(uow, case_id):
        raise DocumentNotFound
