r"""The fields of a SIE line: quoted, escaped, and told apart again.

A quotation mark within a text is written `\"`. Whether a backslash may stand for itself before
the closing mark is read differently by different programs, so none is written: a slash stands
in its place.
"""

import re
from collections.abc import Iterator

from fordran.bankfiles.texts import encodable_text

CHARSET = "cp437"
"""What the format calls PC8."""

Field = str | tuple[str, ...]
"""A field: a text, or the list of texts that braces hold."""

_PART = re.compile(r'"(?P<quoted>(?:\\"|[^"])*)"?|(?P<brace>[{}])|(?P<bare>[^\s"{}]+)')


def cleaned(text: str) -> str:
    r"""Return a text as a SIE file can hold it: one line of code page 437, no backslash.

    >>> cleaned('Case\t1001 \\ "André" \u202e☃')
    'Case 1001 / "André" ?'
    """
    return encodable_text(text.replace("\\", "/"), CHARSET)


def quoted(text: str) -> str:
    r"""Return a text as a quoted field.

    >>> print(quoted('the "Anna" case'))
    "the \"Anna\" case"
    """
    return '"' + cleaned(text).replace('"', '\\"') + '"'


def fields_of(line: str) -> list[Field]:
    r"""Return the fields of a line, its label first; a quotation mark may be left open at its end.

    >>> fields_of('#TRANS 1941 {1 "Nord"} -0.21 "" "the \\"Anna\\" case"')
    ['#TRANS', '1941', ('1', 'Nord'), '-0.21', '', 'the "Anna" case']
    """
    fields: list[Field] = []
    listed: list[str] | None = None
    for brace, text in _parts(line):
        if brace == "{":
            listed = []
        elif brace == "}":
            fields.append(tuple(listed or ()))
            listed = None
        elif listed is not None:
            listed.append(text)
        else:
            fields.append(text)
    return fields if listed is None else [*fields, tuple(listed)]


def _parts(line: str) -> Iterator[tuple[str, str]]:
    for part in _PART.finditer(line):
        in_quotes = part["quoted"]
        text = part["bare"] if in_quotes is None else in_quotes.replace('\\"', '"')
        yield part["brace"] or "", text or ""
