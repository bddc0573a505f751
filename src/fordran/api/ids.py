"""Document ids in paths."""

import re

_OBJECT_ID = re.compile(r"[0-9a-f]{24}", re.ASCII)
_MEDIA_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def document_id(text: str) -> str | None:
    """Return an id as it is stored, or None if no document can have it."""
    lowered = text.lower()
    return lowered if _OBJECT_ID.fullmatch(lowered) else None


def media_id(text: str) -> str | None:
    """Return a file's id as it is stored, or None if no file can have it."""
    return text if _MEDIA_ID.fullmatch(text) else None
