"""Read letters: what a letter states, from what was kept of it, and its bytes."""

import hashlib

import msgspec

from fordran.letters.letter import TYPE_BY_KIND, Letter
from fordran.operations.context import Context
from fordran.operations.upload_media import DocumentNotFound
from fordran.storage import letters
from fordran.storage.blobs import BlobMissing

_DECODERS = {kind.value: msgspec.json.Decoder(facts).decode for kind, facts in TYPE_BY_KIND.items()}


class LetterFile(msgspec.Struct, frozen=True):
    """A letter as it was sent: a PDF."""

    filename: str
    content: bytes


def letter_of(kind: str, contents: bytes) -> Letter:
    """Return the facts that a letter was made from; `contents` is JSON as stored with it."""
    letter: Letter = _DECODERS[kind](contents)
    return letter


def letter_file(context: Context, account_id: str, letter_id: str) -> LetterFile:
    """Return the bytes of a letter, checked against their digest.

    Raises: DocumentNotFound, if the account has no such letter; BlobMissing, if its bytes are
    missing or are not the ones that were sent.
    """
    found = context.database.read(account_id, lambda uow: letters.stored_file(uow, letter_id))
    if found is None:
        raise DocumentNotFound
    content = context.blobs.get(found.blob_key)
    if hashlib.sha256(content).digest() != found.sha256:
        raise BlobMissing(found.blob_key)
    return LetterFile(f"{found.kind}-{letter_id}.pdf", content)
