"""The pages of a letter as pixels, to see whether anything stands where nothing may."""

import struct
import zlib
from pathlib import Path

import typst

from fordran.letters.contents import contents_of
from fordran.letters.letter import Letter, kind_of
from fordran.letters.letter_kind import Locale
from fordran.letters.render import new_compiler, source
from fordran.letters.templates import template_path

PPI = 18
MM_PER_INCH = 25.4
WHITE = 255


def pages_of(letter: Letter, locale: Locale) -> list[list[bytes]]:
    """Return each page as rows of grey pixels, `PPI` of them to an inch."""
    template: Path = template_path(kind_of(letter), locale)
    compiler: typst.Compiler = new_compiler(template)
    made = compiler.compile(source(template, contents_of(letter, str)), format="png", ppi=PPI)
    return [grey_rows(page) for page in (made if isinstance(made, list) else [made])]


def grey_rows(png: bytes) -> list[bytes]:
    """Decode a PNG of 8-bit colour with or without transparency, as darkest of each pixel."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    size = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    seen = size - 1 if colour in (4, 6) else size
    data, place = b"", 8
    while place < len(png):
        length, name = struct.unpack(">I4s", png[place : place + 8])
        if name == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    raw = zlib.decompress(data)
    line = width * size
    above = bytes(line)
    rows = []
    for row in range(height):
        start = row * (line + 1)
        above = unfiltered(raw[start], raw[start + 1 : start + 1 + line], above, size)
        rows.append(bytes(min(above[x : x + seen]) for x in range(0, line, size)))
    return rows


def unfiltered(kind: int, line: bytes, above: bytes, size: int) -> bytes:
    """Undo the filter of a line of a PNG (ISO/IEC 15948, chapter 9)."""
    out = bytearray(line)
    for x in range(len(out)):
        left = out[x - size] if x >= size else 0
        corner = above[x - size] if x >= size else 0
        up = above[x]
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda value: abs(guess - value))
        out[x] = (out[x] + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
    return bytes(out)


def is_blank(rows: list[bytes], *, left_mm: float = 0, right_mm: float = 0) -> bool:
    """Say whether nothing stands within so many millimetres of the left and the right edge."""
    left = int(left_mm / MM_PER_INCH * PPI)
    right = int(right_mm / MM_PER_INCH * PPI)
    return all(
        min(row[:left], default=WHITE) == WHITE
        and min(row[len(row) - right :], default=WHITE) == WHITE
        for row in rows
    )
