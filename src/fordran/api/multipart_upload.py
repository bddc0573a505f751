"""Uploads: a multipart form read as it arrives, its file written straight to the caller's target.

The file is never in memory as a whole. Everything else in the form is small by its limits, so
what a hostile client can make the server keep is known beforehand.
"""

import hashlib
import re
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import unquote

from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from fordran.api.content_sniffing import HEAD_LENGTH
from fordran.api.errors import FAILURES

FILE_PART = "file"
PARTS_MAX = 20
FIELD_SIZE_MAX = 8 * 1024
FILENAME_LENGTH_MAX = 255
DEFAULT_CONTENT_TYPE = "application/octet-stream"

_HEADERS_PER_PART_MAX = 8
_HEADER_SIZE_MAX = 4 * 1024
_BOUNDARY_LENGTH_MAX = 70
_CONTENT_TYPE_LENGTH_MAX = 1024
_SUFFIX_LENGTH_MAX = 20

_OVERHEAD_MAX = PARTS_MAX * (FIELD_SIZE_MAX + _HEADERS_PER_PART_MAX * _HEADER_SIZE_MAX)
"""What a form may hold beside its file; ends a preamble or an epilogue that never ends."""

_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")
_EXTENDED_FILENAME = re.compile(r";\s*filename\*\s*=\s*utf-8'[^';]*'([^;\s]+)", re.IGNORECASE)


class BadUpload(Exception):  # noqa: N818 - the field's word, as with refusals
    """The form cannot be read; `reason` is a key of `errors.FAILURES`."""

    def __init__(self, message: str | None = None, *, reason: str = "malformed_upload") -> None:
        self.reason = reason
        self.status = FAILURES[reason].status
        self.message = message or FAILURES[reason].message
        super().__init__(self.message)


class UploadTooLarge(BadUpload):
    """The file or the form is larger than allowed."""

    def __init__(self, size_max: int) -> None:
        self.size_max = size_max
        super().__init__(
            f"The file is too large; the limit is {size_max} bytes.", reason="body_too_large"
        )


class FileMissing(BadUpload):
    """The form was read to its end and has no file; `fields` are its texts."""

    def __init__(self, fields: dict[str, str]) -> None:
        self.fields = fields
        super().__init__(reason="file_missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """What was received, beside the bytes that are in the target.

    Units: `size` in bytes; `sha256` as 64 hexadecimal digits; `head` is the first 512 bytes.
    """

    filename: str
    declared_content_type: str
    size: int
    sha256: str
    head: bytes
    fields: dict[str, str]


async def receive_upload(
    chunks: AsyncIterator[bytes], *, content_type: str, target: BinaryIO, size_max: int
) -> Upload:
    """Read a multipart form to its end and write its file part to the target.

    When this raises, the target holds a part of the file, and the caller discards it.

    Units: `content_type` is the whole header of the request; `size_max` in bytes, for the file.
    Invariants: no more than `size_max` bytes are ever written.
    Raises: BadUpload, if the body is no such form (reason `unsupported_media_type` if it does not
    claim to be one), breaks off, or exceeds a limit; UploadTooLarge; FileMissing.
    """
    parser = _parser(content_type)
    form = _Form(target, size_max)
    received = 0
    try:
        async for chunk in chunks:
            if not chunk:
                continue  # an empty chunk would tell the parser that the body has ended
            received += len(chunk)
            if received > size_max + _OVERHEAD_MAX:
                raise UploadTooLarge(size_max)
            for event in parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    form.start_part(event)
                elif event is None:
                    form.end_part()
                else:
                    form.receive(bytes(event))
        parser.close()
    except MultipartError as error:
        raise BadUpload(f"The request body is not a readable form: {error.args[0]}.") from None
    return form.upload()


def _parser(content_type: str) -> PushMultipartParser:
    media_type, options = parse_options_header(content_type[:_CONTENT_TYPE_LENGTH_MAX])
    if media_type != "multipart/form-data":
        raise BadUpload(
            "An upload is sent as multipart/form-data.", reason="unsupported_media_type"
        )
    boundary = options.get("boundary", "")
    if not (0 < len(boundary) <= _BOUNDARY_LENGTH_MAX and boundary.isascii()):
        raise BadUpload("The content type names no usable boundary.")
    try:
        return PushMultipartParser(
            boundary,
            max_header_count=_HEADERS_PER_PART_MAX,
            max_header_size=_HEADER_SIZE_MAX,
            max_segment_count=PARTS_MAX,
        )
    except MultipartError:
        raise BadUpload("The content type names no usable boundary.") from None


class _Form:
    """The form as far as it has arrived."""

    def __init__(self, target: BinaryIO, size_max: int) -> None:
        self._target = target
        self._size_max = size_max
        self._fields: dict[str, str] = {}
        self._file: MultipartSegment | None = None
        self._name = ""
        self._text = bytearray()
        self._size = 0
        self._head = b""
        self._sha256 = hashlib.sha256()

    def start_part(self, part: MultipartSegment) -> None:
        """Look at a part's headers; refuse a part that has no place in the form."""
        self._name = part.name or ""
        if self._name == FILE_PART:
            if self._file is not None:
                raise BadUpload("The form has more than one file.")
            self._file = part
            return
        if part.filename is not None:
            raise BadUpload(f"The form has a file that is not in the part '{FILE_PART}'.")
        if not self._name or not self._name.isprintable():
            raise BadUpload("The form has a field without a readable name.")
        if self._name in self._fields:
            raise BadUpload("The form has a field twice.")
        self._text = bytearray()

    def receive(self, content: bytes) -> None:
        """Take content of the part that is open."""
        if self._name != FILE_PART:
            if len(self._text) + len(content) > FIELD_SIZE_MAX:
                raise BadUpload(f"A field of the form exceeds {FIELD_SIZE_MAX} bytes.")
            self._text += content
            return
        self._size += len(content)
        if self._size > self._size_max:
            raise UploadTooLarge(self._size_max)
        if len(self._head) < HEAD_LENGTH:
            self._head += content[: HEAD_LENGTH - len(self._head)]
        self._sha256.update(content)
        self._target.write(content)

    def end_part(self) -> None:
        """Close the part that is open; a field's text must be text."""
        if self._name == FILE_PART:
            return
        try:
            text = self._text.decode()
        except UnicodeDecodeError:
            raise BadUpload("A field of the form is not UTF-8.") from None
        if "\x00" in text:
            raise BadUpload("A field of the form has a NUL.")
        self._fields[self._name] = text.strip()

    def upload(self) -> Upload:
        """Return what was received, once the form has ended."""
        if self._file is None or (self._size == 0 and not self._file.filename):
            # A browser sends a nameless, empty part for a file that was not chosen.
            raise FileMissing(self._fields)
        return Upload(
            filename=clean_filename(_sent_filename(self._file)),
            declared_content_type=_sent_content_type(self._file),
            size=self._size,
            sha256=self._sha256.hexdigest(),
            head=self._head,
            fields=self._fields,
        )


def _sent_filename(part: MultipartSegment) -> str:
    """Return the file name as sent; some clients send names beyond ASCII only as `filename*`."""
    extended = _EXTENDED_FILENAME.search(part.header("Content-Disposition") or "")
    return unquote(extended[1]) if extended else part.filename or ""


def _sent_content_type(part: MultipartSegment) -> str:
    declared = part.content_type or ""
    return declared if _MEDIA_TYPE.fullmatch(declared) else DEFAULT_CONTENT_TYPE


def clean_filename(sent: str) -> str:
    r"""Return a file name that is safe to show and to send back; never a path to write to.

    Only the last part of a path is kept, of either kind of slash. Control and format characters
    go, among them those that turn the direction of writing and so hide a suffix; a name that is
    too long keeps its suffix.

    Units: at most 255 characters, composed (NFC).

    >>> clean_filename("..\\..\\faktura 2025-01.pdf")
    'faktura 2025-01.pdf'
    >>> clean_filename("..")
    'file'
    """
    basename = sent.replace("\\", "/").rpartition("/")[2]
    kept = "".join(
        character
        for character in basename
        if character.isspace() or not unicodedata.category(character).startswith("C")
    )
    visible = " ".join(unicodedata.normalize("NFC", kept).split())
    if not visible.strip(". "):
        return "file"
    if len(visible) <= FILENAME_LENGTH_MAX:
        return visible
    stem, dot, suffix = visible.rpartition(".")
    if not stem or len(suffix) > _SUFFIX_LENGTH_MAX:
        return visible[:FILENAME_LENGTH_MAX].rstrip()
    return stem[: FILENAME_LENGTH_MAX - len(dot + suffix)] + dot + suffix
