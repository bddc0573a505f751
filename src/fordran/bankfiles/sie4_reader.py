"""Read bookkeeping files: the company and the vouchers of a SIE file, whoever wrote it.

Labels that are not known, or not needed, are passed over, as the format asks.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from fordran.bankfiles.amounts import parse_amount
from fordran.bankfiles.errors import FileNotReadable
from fordran.bankfiles.sie4 import check_balance
from fordran.bankfiles.sie4_records import (
    BookkeepingFile,
    BookkeepingYear,
    ChartAccount,
    CountedObject,
    Voucher,
    VoucherRow,
)
from fordran.bankfiles.sie4_text import CHARSET, Field, fields_of
from fordran.domain.money import Money

REMEDY = "correct it in the program that wrote the file"

_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_NUMBER = re.compile(r"-?[0-9]{1,2}")


class _Line:
    """One line of a file, its fields asked for by what they are to be."""

    def __init__(self, number: int, text: str) -> None:
        self.number = number
        fields = fields_of(text)
        # A line of nothing but a brace has no label.
        first = text.strip()[:1]
        self.label = first if first in {"{", "}"} else _as_text(fields[:1]).upper()
        self.fields: Sequence[Field] = fields[1:]

    def text(self, place: int) -> str:
        return _as_text(self.fields[place : place + 1])

    def day(self, place: int) -> date:
        found = _DAY.fullmatch(self.text(place))
        try:
            if found is not None:
                year, month, day = map(int, found.groups())
                return date(year, month, day)
        except ValueError:
            pass
        raise self.unreadable(f"{self.text(place)[:40]!r} is no date yyyymmdd")

    def day_or_none(self, place: int) -> date | None:
        return self.day(place) if self.text(place) else None

    def amount(self, place: int) -> Money:
        try:
            return Money(parse_amount(self.text(place)))
        except ValueError as problem:
            raise self.unreadable(str(problem)) from problem

    def year_number(self, place: int) -> int:
        if not _YEAR_NUMBER.fullmatch(self.text(place)):
            raise self.unreadable(f"{self.text(place)[:40]!r} is no year's number")
        return int(self.text(place))

    def unreadable(self, problem: str) -> FileNotReadable:
        return FileNotReadable(f"{self.label} on line {self.number}", problem, REMEDY)


def read_sie4(data: bytes) -> BookkeepingFile:
    """Return what a SIE file says of the company, and its vouchers.

    Bytes are taken as code page 437, which has a character for each, so that a foreign file's
    texts may be wrong but its numbers are read. Lines may end in CRLF or LF. A row's quantity
    and signatures other than the file's are not kept; rows added or removed after the fact
    (RTRANS, BTRANS) are not counted, since TRANS alone gives the voucher as it stands. A file
    that `write_sie4` wrote is written in the same bytes again.

    Units: amounts out in öre, debit positive; civil dates. Rounding: none.
    Raises: FileNotReadable, by the first of: no FLAGGA at the start, no GEN, no FNAMN, GEN
    without a date, a year that cannot be read, then in the order of the vouchers a date, brace,
    row or amount that cannot be read; and VoucherOutOfBalance, naming it, after its last row.
    Source: SIE file format 4B of 2008-09-30.
    """
    lines = list(_lines(data))
    if not lines or lines[0].label != "#FLAGGA":
        raise FileNotReadable("#FLAGGA", "is not the first line", "give a SIE file")
    generated = _first(lines, "#GEN")
    company = _first(lines, "#FNAMN")
    if generated is None:
        raise FileNotReadable("#GEN", "is missing", REMEDY)
    if company is None:
        raise FileNotReadable("#FNAMN", "is missing", REMEDY)
    return BookkeepingFile(
        company_name=company.text(0),
        generated_on=generated.day(0),
        signature=generated.text(1),
        program=_text_of(lines, "#PROGRAM"),
        program_version=_text_of(lines, "#PROGRAM", 1),
        organisation_number=_text_of(lines, "#ORGNR"),
        chart_type=_text_of(lines, "#KPTYP"),
        years=tuple(
            BookkeepingYear(line.year_number(0), line.day(1), line.day(2))
            for line in lines
            if line.label == "#RAR"
        ),
        accounts=tuple(
            ChartAccount(line.text(0), line.text(1)) for line in lines if line.label == "#KONTO"
        ),
        vouchers=tuple(_vouchers(iter(lines))),
    )


def _lines(data: bytes) -> Iterator[_Line]:
    text = data.decode(CHARSET).replace("\r\n", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield _Line(number, line)


def _first(lines: Sequence[_Line], label: str) -> _Line | None:
    return next((line for line in lines if line.label == label), None)


def _text_of(lines: Sequence[_Line], label: str, place: int = 0) -> str:
    line = _first(lines, label)
    return "" if line is None else line.text(place)


def _vouchers(lines: Iterator[_Line]) -> Iterator[Voucher]:
    for line in lines:
        if line.label == "#VER":
            voucher = Voucher(
                series=line.text(0),
                number=line.text(1),
                on=line.day(2),
                text=line.text(3),
                registered_on=line.day_or_none(4),
                rows=tuple(_rows(line, lines)),
            )
            check_balance(voucher)
            yield voucher


def _rows(head: _Line, lines: Iterator[_Line]) -> Iterator[VoucherRow]:
    """Yield the rows between the braces that follow a voucher's head."""
    opening = next(lines, None)
    if opening is None or opening.label != "{":
        raise head.unreadable("is not followed by a brace")
    for line in lines:
        if line.label == "}":
            return
        if line.label == "#VER":
            break
        if line.label == "#TRANS":
            yield _row(line)
    raise head.unreadable("has no closing brace")


def _row(line: _Line) -> VoucherRow:
    listed = line.fields[1] if len(line.fields) > 1 else ()
    if isinstance(listed, str):
        raise line.unreadable("has no list of objects in braces")
    if len(listed) % 2:
        raise line.unreadable("has a dimension without its object")
    return VoucherRow(
        account_number=line.text(0),
        amount=line.amount(2),
        on=line.day_or_none(3),
        text=line.text(4),
        objects=tuple(map(CountedObject, listed[::2], listed[1::2])),
    )


def _as_text(fields: Sequence[Field]) -> str:
    """Return the only field, empty if there is none or it is a list."""
    return fields[0] if fields and isinstance(fields[0], str) else ""
