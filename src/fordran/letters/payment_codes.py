"""QR codes as images that a template can place.

The library is brought in when the first code is drawn, as the typesetter is.
"""

import struct
import zlib
from collections.abc import Sequence

ERROR_CORRECTION = "m"
"""About a seventh of the code may be unreadable: a fold, a coffee stain."""

MASK = 3
"""One mask for all codes. A reader takes any of the eight; to weigh all eight for each letter, as
the standard would have a writer do, takes half as long as to typeset the whole letter."""

QUIET_MODULES = 4
"""White around the code, by its standard."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_BLACK_AND_WHITE = (1, 0, 0, 0, 0)
"""One bit for each pixel, grey, and the only compression, filter and order there are."""

_LIGHT = b"10" * 128
"""For each value of a module the binary digit of its pixel."""


def code_image(text: str) -> list[int]:
    """Return a QR code of a text as the bytes of a PNG image, the same for the same text.

    One pixel is one module; the template enlarges it without smoothing.

    Source: ISO/IEC 18004, level M; UTF-8.
    """
    import segno  # noqa: PLC0415 - only a process that renders pays for it

    code = segno.make_qr(
        text, error=ERROR_CORRECTION, mask=MASK, encoding="utf-8", boost_error=False
    )
    return list(png_image([bytes(row) for row in code.matrix]))


def png_image(modules: Sequence[bytes]) -> bytes:
    """Return a square of modules (odd is dark) as a PNG image with its quiet zone.

    Source: PNG (ISO/IEC 15948), the chunks IHDR, IDAT and IEND.
    """
    side = len(modules) + 2 * QUIET_MODULES
    margin = bytes(QUIET_MODULES)
    blank = [bytes(side)] * QUIET_MODULES
    rows = [*blank, *(margin + row + margin for row in modules), *blank]
    lines = b"".join(_line(row) for row in rows)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">II5B", side, side, *_BLACK_AND_WHITE)),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _line(row: bytes) -> bytes:
    """Return a row of pixels, light is 1, in whole bytes, after its filter's byte."""
    width = (len(row) + 7) // 8
    light = row.translate(_LIGHT).ljust(width * 8, b"1")
    return b"\x00" + int(light, 2).to_bytes(width, "big")


def _chunk(name: bytes, content: bytes) -> bytes:
    checked = name + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))
