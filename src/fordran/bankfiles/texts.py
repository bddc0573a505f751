"""Texts from outside, made fit for a bank file: one line, no hidden characters, one charset.

Each function gives its own result back unchanged, so that what was read is written the same.
"""

import unicodedata
from collections.abc import Iterator

UNKNOWN = "?"
"""Stands for a character that a file cannot hold: a gap that people see."""

_UNSEEN = frozenset({"Cc", "Cf"})
_MARKS = "M"


def one_line(text: str) -> str:
    r"""Return a text on one line, composed, without control and direction characters.

    >>> one_line("  Anna\n\u202e Ek\x00 ")
    'Anna Ek'
    """
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    seen = "".join(char for char in composed if unicodedata.category(char) not in _UNSEEN)
    return " ".join(unicodedata.normalize("NFC", seen).split())


def latin_text(text: str) -> str:
    """Return a text on one line in the characters of ISO 8859-1.

    A letter with a mark that the charset lacks loses the mark; anything else it lacks becomes
    a question mark. The charset is that of the Swedish clearing's own files: a bank that moves
    a name into them would otherwise choose a replacement of its own.

    >>> latin_text("Łukasz Erdős"), latin_text("Zoë")
    ('?ukasz Erdos', 'Zoë')
    """
    return " ".join("".join(_latin_characters(one_line(text))).split())


def encodable_text(text: str, charset: str) -> str:
    """Return a text on one line, with a question mark for what a charset lacks.

    >>> encodable_text("Anna ☃ Ek", "cp437")
    'Anna ? Ek'
    """
    kept = one_line(text).encode(charset, "replace").decode(charset)
    return " ".join(kept.split())


def cut(text: str, length_max: int) -> str:
    """Return a text of at most a length, cut between words where one ends in its last half.

    Units: characters.

    >>> cut("Bostadsbolaget Exempel", 16), cut("Bostadsbolaget", 7)
    ('Bostadsbolaget', 'Bostads')
    """
    if len(text) <= length_max:
        return text
    last_blank = text.rfind(" ", length_max // 2, length_max + 1)
    return text[: last_blank if last_blank > 0 else length_max].rstrip()


def _latin_characters(text: str) -> Iterator[str]:
    for char in text:
        if _is_latin(char):
            yield char
        elif not unicodedata.category(char).startswith(_MARKS):
            base = unicodedata.normalize("NFD", char)[0]
            yield base if _is_latin(base) else UNKNOWN


def _is_latin(char: str) -> bool:
    return ord(char) <= 0xFF  # noqa: PLR2004 - the last character of ISO 8859-1
