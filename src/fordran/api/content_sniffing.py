"""Content types told from the first bytes of a file, never from its name or its sender."""

_FIRST_BYTES = (
    (b"%PDF-", "application/pdf"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)

_BMP_HEADER_SIZES = frozenset({12, 40, 52, 56, 64, 108, 124})
_BMP_RESERVED = slice(6, 10)
_BMP_HEADER_SIZE = slice(14, 18)

HEAD_LENGTH = 512
"""How many first bytes of a file are kept for telling its content type."""


def sniff_content_type(head: bytes) -> str | None:
    """Return the content type that the first bytes prove, or None if it is none of ours.

    A PDF must start at the very first byte. Readers also accept the mark anywhere in the first
    1,024 bytes, which is how one file is made to be HTML for a browser and a PDF for a viewer.

    A bitmap's mark is two letters that any text may start with, so its fixed header fields must
    fit as well.

    Units: `head` is the first 512 bytes, or the whole of a smaller file.

    >>> sniff_content_type(b"%PDF-1.7")
    'application/pdf'
    >>> sniff_content_type(b"<html>%PDF-1.7") is None
    True
    """
    for first_bytes, content_type in _FIRST_BYTES:
        if head.startswith(first_bytes):
            return content_type
    return "image/bmp" if _is_bitmap(head) else None


def _is_bitmap(head: bytes) -> bool:
    return (
        head.startswith(b"BM")
        and head[_BMP_RESERVED] == bytes(4)
        and len(head) >= _BMP_HEADER_SIZE.stop
        and int.from_bytes(head[_BMP_HEADER_SIZE], "little") in _BMP_HEADER_SIZES
    )
