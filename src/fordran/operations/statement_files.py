"""Statement files: every case of a statement as CSV or Parquet, whole or not at all."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import RawIOBase, TextIOWrapper
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, cast

from arro3.core import Array, DataType, Field, RecordBatch, RecordBatchReader, Schema
from arro3.io import write_parquet

from fordran.bankfiles.amounts import amount_text
from fordran.domain.money import SEK
from fordran.domain.refusals import Refusal
from fordran.storage.statement import StatementLine

ROWS_AT_A_TIME = 20_000

_TEXTS = (
    "account",
    "creditor",
    "creditor_name",
    "case",
    "reference_number",
    "invoice_number",
    "customer",
    "status",
)
_AMOUNTS = ("capital", "costs", "interest", "total")
COLUMNS = (*_TEXTS, *_AMOUNTS, "interest_counted_through", "currency")
"""The columns of both kinds of file. Units: kronor with two decimals; ISO dates, inclusive."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""

Write = Callable[[Iterable[StatementLine]], None]


class StatementFileUnusable(Refusal):
    """The statement cannot be written to this file."""


@contextmanager
def statement_file(path: Path) -> Iterator[Write]:
    """Open a file by its ending, `.csv` or `.parquet`, and give what writes the lines to it.

    The file appears under its name when everything has been written; if anything fails before
    that, what stood there before stands there still, and nothing else is left behind.

    Raises: StatementFileUnusable, if the ending is another or the file cannot be written.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise StatementFileUnusable(
            f"{path.name} must end with .csv or .parquet, which says how it is written."
        )
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            part = Path(file.name)
            try:
                yield lambda lines: writer(file, lines)
                file.close()
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise StatementFileUnusable(f"{path} cannot be written: {error.strerror}.") from error


def _write_csv(file: IO[bytes], lines: Iterable[StatementLine]) -> None:
    with TextIOWrapper(file, encoding="utf-8", newline="") as text:
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        for line in lines:
            texts, amounts, counted_on = _cells(line)
            rows.writerow([*map(_safe, texts), *amounts, counted_on, SEK])


def _safe(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula.

    >>> _safe("=1+1"), _safe("INV-1")
    ("'=1+1", 'INV-1')
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _write_parquet(file: IO[bytes], lines: Iterable[StatementLine]) -> None:
    errors: list[Exception] = []
    reader = RecordBatchReader.from_batches(_SCHEMA, _batches(lines, errors))
    noting = cast("IO[bytes]", _NotingFile(file, errors))
    write_parquet(reader, noting, compression="zstd(3)")
    if errors:
        raise errors[0]


class _NotingFile(RawIOBase):
    """A file that notes why it could not be written: the writer's own word for it is a panic."""

    def __init__(self, file: IO[bytes], errors: list[Exception]) -> None:
        self._file = file
        self._errors = errors

    def writable(self) -> bool:
        """Say that it can be written, which is all it can."""
        return True

    def write(self, data: Any) -> int:
        """Write what can be written; after an error take everything and drop it."""
        if not self._errors:
            try:
                self._file.write(data)
            except OSError as error:
                self._errors.append(error)
        return memoryview(data).nbytes


def _batches(lines: Iterable[StatementLine], errors: list[Exception]) -> Iterator[RecordBatch]:
    """Give the lines some at a time, read from as they are written.

    A refusal ends them and is noted: the writer would turn it into an error of its own.
    """
    cells = map(_cells, lines)
    try:
        while rows := list(islice(cells, ROWS_AT_A_TIME)):
            yield _batch(rows)
    except Refusal as refusal:
        errors.append(refusal)


_Cells = tuple[tuple[str, ...], tuple[str, ...], str]


def _cells(line: StatementLine) -> _Cells:
    texts = (
        line.account_id,
        line.creditor_id,
        line.creditor_name,
        line.case_id,
        line.reference_number,
        line.invoice_number,
        line.customer_id,
        line.status,
    )
    parts = (line.capital_minor, line.costs_minor, line.interest_minor)
    amounts = tuple(amount_text(minor) for minor in (*parts, sum(parts)))
    return texts, amounts, line.counted_on.isoformat()


_TEXT = DataType.utf8()
_AMOUNT = DataType.decimal128(18, 2)
_DATE = DataType.date32()
_SCHEMA = Schema(
    [
        *(Field(name, _TEXT, nullable=False) for name in _TEXTS),
        *(Field(name, _AMOUNT, nullable=False) for name in _AMOUNTS),
        Field("interest_counted_through", _DATE, nullable=False),
        Field("currency", _TEXT, nullable=False),
    ]
)


def _batch(rows: list[_Cells]) -> RecordBatch:
    texts = [Array(column, _TEXT) for column in zip(*(row[0] for row in rows), strict=True)]
    amounts = [
        Array(column, _TEXT).cast(_AMOUNT) for column in zip(*(row[1] for row in rows), strict=True)
    ]
    dates = Array([row[2] for row in rows], _TEXT).cast(_DATE)
    currency = Array([SEK] * len(rows), _TEXT)
    return RecordBatch([*texts, *amounts, dates, currency], schema=_SCHEMA)


_WRITERS: dict[str, Callable[[IO[bytes], Iterable[StatementLine]], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
