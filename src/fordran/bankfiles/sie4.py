"""Write bookkeeping files: vouchers for another program to take in, SIE type 4I."""

import re
from collections.abc import Iterator
from datetime import date

from fordran.bankfiles.amounts import amount_text
from fordran.bankfiles.errors import RecordNotWritable, VoucherOutOfBalance
from fordran.bankfiles.sie4_records import BookkeepingFile, Voucher, VoucherRow
from fordran.bankfiles.sie4_text import CHARSET, cleaned, quoted
from fordran.domain.money import SEK

LINE_END = "\r\n"

_ORGANISATION_NUMBER = re.compile(r"([0-9]{6})-?([0-9]{4})")
_NUMBER = re.compile(r"[0-9]{1,10}")


def write_sie4(file: BookkeepingFile) -> bytes:
    """Return a bookkeeping file in code page 437; the same records give the same bytes.

    Control characters are dropped; a character that the code page lacks becomes `?`.

    Units: amounts in whole öre become kronor with two decimals; dates become yyyymmdd.
    Rounding: none.
    Raises: RecordNotWritable, naming the field, by the first of: company's name, organisation
    number, account numbers of the chart, no vouchers, then for each voucher no rows, and for
    each row account number, currency and dimensions; then VoucherOutOfBalance, naming it.
    Source: SIE file format 4B of 2008-09-30, type 4I.
    """
    _check_head(file)
    for voucher in file.vouchers:
        _check_voucher(voucher)
    lines = [*_head(file), *(line for voucher in file.vouchers for line in _voucher(voucher))]
    return "".join(line + LINE_END for line in lines).encode(CHARSET)


def check_balance(voucher: Voucher) -> None:
    """Refuse a voucher whose rows do not sum to zero.

    Units: öre. Rounding: none.
    Raises: VoucherOutOfBalance, naming the voucher.
    Source: SIE file format 4B of 2008-09-30, the record VER.
    """
    difference_minor = sum(row.amount.minor for row in voucher.rows)
    if difference_minor != 0:
        raise VoucherOutOfBalance(voucher_name(voucher), difference_minor)


def voucher_name(voucher: Voucher) -> str:
    """Return how people find a voucher: by series, number, day and text.

    >>> voucher_name(Voucher(date(2026, 9, 4), "Payment", (), series="K"))
    "voucher K of 2026-09-04 'Payment'"
    """
    name = " ".join(part for part in ("voucher", voucher.series, voucher.number) if part)
    return f"{name} of {voucher.on.isoformat()} {cleaned(voucher.text)!r}"


def _head(file: BookkeepingFile) -> Iterator[str]:
    yield "#FLAGGA 0"
    yield f"#PROGRAM {quoted(file.program)} {quoted(file.program_version)}"
    yield "#FORMAT PC8"
    signature = f" {quoted(file.signature)}" if cleaned(file.signature) else ""
    yield f"#GEN {_day(file.generated_on)}{signature}"
    yield "#SIETYP 4"
    if file.organisation_number:
        yield f"#ORGNR {_organisation_number(file.organisation_number)}"
    yield f"#FNAMN {quoted(file.company_name)}"
    for year in file.years:
        yield f"#RAR {year.number} {_day(year.first_on)} {_day(year.last_on)}"
    if cleaned(file.chart_type):
        yield f"#KPTYP {quoted(file.chart_type)}"
    for account in file.accounts:
        yield f"#KONTO {account.number} {quoted(account.name)}"


def _voucher(voucher: Voucher) -> Iterator[str]:
    registered = f" {_day(voucher.registered_on)}" if voucher.registered_on else ""
    yield (
        f"#VER {quoted(voucher.series)} {quoted(voucher.number)} {_day(voucher.on)} "
        f"{quoted(voucher.text)}{registered}"
    )
    yield "{"
    for row in voucher.rows:
        yield _row(row)
    yield "}"


def _row(row: VoucherRow) -> str:
    objects = " ".join(f"{one.dimension} {quoted(one.object_id)}" for one in row.objects)
    written = f"#TRANS {row.account_number} {{{objects}}} {amount_text(row.amount.minor)}"
    text = f" {quoted(row.text)}" if cleaned(row.text) else ""
    if row.on is not None:
        return f"{written} {_day(row.on)}{text}"
    return f'{written} ""{text}' if text else written


def _check_head(file: BookkeepingFile) -> None:
    if not cleaned(file.company_name):
        raise RecordNotWritable("company_name", "is empty", "give the company's name")
    if file.organisation_number and not _ORGANISATION_NUMBER.fullmatch(file.organisation_number):
        raise RecordNotWritable(
            "organisation_number",
            f"{file.organisation_number[:40]!r} is no organisation number",
            "give its 10 digits, or leave it out",
        )
    for place, account in enumerate(file.accounts):
        _check_number(account.number, f"accounts[{place}].number")
    if not file.vouchers:
        raise RecordNotWritable("vouchers", "there are none", "write no file without a voucher")


def _check_voucher(voucher: Voucher) -> None:
    name = voucher_name(voucher)
    if not voucher.rows:
        raise RecordNotWritable(name, "has no rows", "leave the voucher out")
    for place, row in enumerate(voucher.rows):
        field = f"{name}, rows[{place}]"
        _check_number(row.account_number, f"{field}.account_number")
        if row.amount.currency != SEK:
            raise RecordNotWritable(
                f"{field}.amount", f"is in {row.amount.currency}", "keep the books in SEK"
            )
        for one in row.objects:
            _check_number(one.dimension, f"{field}.objects")
    check_balance(voucher)


def _check_number(text: str, field: str) -> None:
    if not _NUMBER.fullmatch(text):
        raise RecordNotWritable(field, f"{text[:40]!r} is no number", "give 1 to 10 digits")


def _organisation_number(text: str) -> str:
    return _ORGANISATION_NUMBER.sub(r"\1-\2", text)


def _day(on: date) -> str:
    return f"{on.year:04d}{on.month:02d}{on.day:02d}"
