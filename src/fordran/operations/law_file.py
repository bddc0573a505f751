"""Read a file of law rows: CSV with a header, or a JSON list of objects; nothing is guessed."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec

from fordran.domain.law_import import GivenRow, LawNotImported

REQUIRED = ("kind", "valid_from", "value", "source", "read_on")
OPTIONAL = ("published_on", "supersedes", "paragraph")
COLUMNS = (*REQUIRED, *OPTIONAL)

SIZE_MAX = 1_000_000
"""In bytes. All reference rates since 2002 take some five thousand."""


def read_law_file(content: bytes) -> list[GivenRow]:
    """Return the rows of a file as they were written, blanks around them taken off.

    A file that begins with [ is JSON; a value in it is a text or a number, read digit by digit.
    Any other is CSV, separated by commas, or by semicolons if its header is.

    Raises: LawNotImported, if it is too large, not UTF-8, empty, or not of these forms.
    """
    if len(content) > SIZE_MAX:
        raise LawNotImported([f"the file has {len(content)} bytes; {SIZE_MAX} is the most"])
    try:
        # A byte-order mark is what spreadsheets begin a UTF-8 file with.
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LawNotImported(
            [f"the file is not UTF-8 (byte {error.start}); save it again as UTF-8"]
        ) from None
    if not text.strip():
        raise LawNotImported(["the file is empty"])
    rows = _json_rows(text) if text.lstrip().startswith(("[", "{")) else _csv_rows(text)
    if not rows:
        raise LawNotImported(["the file has no rows"])
    return rows


def _csv_rows(text: str) -> list[GivenRow]:
    header, *_ = text.splitlines()
    delimiter = ";" if ";" in header and "," not in header else ","
    # strict: a quote out of place is an error instead of a part of the text
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, issues = [], []
    try:
        names = [name.strip() for name in next(reader)]
        _check_columns(names)
        for cells in reader:
            place = f"line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(names):
                issues.append(f"{place}: has {len(cells)} cells, the header {len(names)}")
                continue
            given = zip(names, (cell.strip() for cell in cells), strict=True)
            rows.append(GivenRow(place, **dict(given)))
    except csv.Error as error:
        issues.append(f"line {reader.line_num}: {error}")
    if issues:
        raise LawNotImported(issues)
    return rows


def _check_columns(names: Sequence[str]) -> None:
    lacking = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    twice = sorted({name for name in names if names.count(name) > 1})
    issues = [f"the header lacks {name}" for name in lacking]
    issues += [f"the header has {name!r}, which is no column" for name in unknown]
    issues += [f"the header has {name} twice" for name in twice]
    if issues:
        raise LawNotImported([*issues, f"columns are {', '.join(COLUMNS)}"])


def _json_rows(text: str) -> list[GivenRow]:
    try:
        # A number stays the text it is written as: no float is between the file and the rate.
        found = msgspec.json.decode(text, type=list[dict[str, msgspec.Raw]])
    except msgspec.DecodeError as error:
        raise LawNotImported([f"the file is not a JSON list of objects: {error}"]) from None
    rows, issues = [], []
    for number, fields in enumerate(found, start=1):
        place = f"row {number}"
        unknown = sorted(set(fields) - set(COLUMNS))
        if unknown:
            issues.append(f"{place}: {', '.join(unknown)} is no column; {', '.join(COLUMNS)} are")
            continue
        rows.append(GivenRow(place, **{name: _text(raw) for name, raw in fields.items()}))
    if issues:
        raise LawNotImported(issues)
    return rows


def _text(raw: msgspec.Raw) -> str:
    written = bytes(raw).decode()
    if not written.startswith('"'):
        return "" if written == "null" else written
    text: Any = msgspec.json.decode(raw)
    return str(text).strip()
