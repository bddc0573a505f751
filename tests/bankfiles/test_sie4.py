"""Bookkeeping files: balanced, in code page 437, the same bytes again after they were read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fordran.bankfiles.errors import FileNotReadable, RecordNotWritable, VoucherOutOfBalance
from fordran.bankfiles.sie4 import write_sie4
from fordran.bankfiles.sie4_reader import read_sie4
from fordran.bankfiles.sie4_records import (
    BookkeepingFile,
    BookkeepingYear,
    ChartAccount,
    CountedObject,
    Voucher,
    VoucherRow,
)
from fordran.bankfiles.sie4_text import cleaned, fields_of, quoted
from fordran.domain.money import Money
from tests.bankfiles.texts import awkward_texts, names

GOLDEN = Path(__file__).parents[1] / "golden" / "bankfiles" / "vouchers.si"

PAYMENT = Voucher(
    on=date(2026, 9, 4),
    text="Inbetalning ärende 1001",
    series="K",
    rows=(
        VoucherRow("1941", Money(225500)),
        VoucherRow("2420", Money(-201479), "Kund"),
        VoucherRow("3990", Money(-24000), objects=(CountedObject("1", "Nord"),)),
        VoucherRow("3740", Money(-21), on=date(2026, 9, 5)),
    ),
)
PAYOUT = Voucher(
    on=date(2026, 9, 7),
    text='Utbetalning "Måleri & Söner" \u202e☃',
    series="K",
    number="7",
    registered_on=date(2026, 9, 8),
    rows=(
        VoucherRow("2420", Money(201479), "till borgenär", date(2026, 9, 7)),
        VoucherRow("1941", Money(-201479)),
    ),
)
BOOKS = BookkeepingFile(
    company_name="Exempel Inkasso AB",
    generated_on=date(2026, 9, 8),
    vouchers=(PAYMENT, PAYOUT),
    organisation_number="5560000001",
    signature="Åsa Ö",
    chart_type="BAS2014",
    years=(
        BookkeepingYear(0, date(2026, 1, 1), date(2026, 12, 31)),
        BookkeepingYear(-1, date(2025, 1, 1), date(2025, 12, 31)),
    ),
    accounts=(ChartAccount("1941", "Klientmedelskonto"), ChartAccount("2420", "Klientmedel")),
)


def holding(*rows: VoucherRow, **changes: Any) -> BookkeepingFile:
    return replace(BOOKS, vouchers=(replace(PAYMENT, rows=rows, **changes),))


def sie(*lines: str) -> bytes:
    return "\n".join(lines).encode("cp437")


HEAD = ("#FLAGGA 0", "#GEN 20260904", '#FNAMN "Exempel AB"')


def test_a_written_file_is_the_golden_one() -> None:
    golden = GOLDEN.read_bytes()
    assert write_sie4(BOOKS) == golden
    assert write_sie4(read_sie4(golden)) == golden


def test_a_file_has_its_records_in_order() -> None:
    lines = write_sie4(BOOKS).decode("cp437").split("\r\n")
    assert [line.split()[0] for line in lines[:12]] == [
        *("#FLAGGA", "#PROGRAM", "#FORMAT", "#GEN", "#SIETYP", "#ORGNR", "#FNAMN"),
        *("#RAR", "#RAR", "#KPTYP", "#KONTO", "#KONTO"),
    ]
    assert lines[12:19] == [
        '#VER "K" "" 20260904 "Inbetalning ärende 1001"',
        "{",
        "#TRANS 1941 {} 2255.00",
        '#TRANS 2420 {} -2014.79 "" "Kund"',
        '#TRANS 3990 {1 "Nord"} -240.00',
        "#TRANS 3740 {} -0.21 20260905",
        "}",
    ]
    assert lines[-1] == ""


def test_what_is_empty_is_left_out() -> None:
    least = BookkeepingFile("Exempel AB", date(2026, 9, 8), (PAYMENT,))
    labels = [line.split()[0] for line in write_sie4(least).decode("cp437").split("\r\n")[:7]]
    assert labels == ["#FLAGGA", "#PROGRAM", "#FORMAT", "#GEN", "#SIETYP", "#FNAMN", "#VER"]
    assert read_sie4(write_sie4(least)) == least


def test_letters_are_written_in_code_page_437() -> None:
    written = write_sie4(replace(BOOKS, company_name="åäöÅÄÖé"))
    assert b'#FNAMN "\x86\x84\x94\x8f\x8e\x99\x82"\r\n' in written


@pytest.mark.parametrize(
    ("given_text", "written"),
    [
        ("", '""'),
        ("Anna Ek", '"Anna Ek"'),
        ('"Anna"', r'"\"Anna\""'),
        ("{1 2}", '"{1 2}"'),
        ("C:\\a\\", '"C:/a/"'),
        ('\\"', r'"/\""'),
        ("line\r\nbreak\ttab", '"line break tab"'),
        ("An\x00na\x1a\x7f\u202e", '"Anna"'),
        ("A\u030asa", '"Åsa"'),
        ("☃ \U0001f600 € Ł", '"? ? ? ?"'),
        ("שלום", '"????"'),
    ],
)
def test_a_text_is_quoted_and_cleaned(given_text: str, written: str) -> None:
    assert quoted(given_text) == written
    assert fields_of(f"#X {written}") == ["#X", cleaned(given_text)]


REFUSED = [
    (replace(BOOKS, company_name=" \n"), "company_name", "is empty; give the company's name"),
    (
        replace(BOOKS, organisation_number="55600"),
        "organisation_number",
        "'55600' is no organisation number; give its 10 digits, or leave it out",
    ),
    (
        replace(BOOKS, accounts=(ChartAccount("19 41", ""),)),
        "accounts[0].number",
        "'19 41' is no number; give 1 to 10 digits",
    ),
    (replace(BOOKS, vouchers=()), "vouchers", "there are none; write no file without a voucher"),
    (
        holding(),
        "voucher K of 2026-09-04 'Inbetalning ärende 1001'",
        "has no rows; leave the voucher out",
    ),
    (
        holding(VoucherRow("A1", Money(0))),
        "voucher K of 2026-09-04 'Inbetalning ärende 1001', rows[0].account_number",
        "'A1' is no number; give 1 to 10 digits",
    ),
    (
        holding(VoucherRow("1941", Money(0, "EUR"))),
        "voucher K of 2026-09-04 'Inbetalning ärende 1001', rows[0].amount",
        "is in EUR; keep the books in SEK",
    ),
    (
        holding(VoucherRow("1941", Money(0), objects=(CountedObject("x", "1"),))),
        "voucher K of 2026-09-04 'Inbetalning ärende 1001', rows[0].objects",
        "'x' is no number; give 1 to 10 digits",
    ),
]


@pytest.mark.parametrize(("file", "field", "message"), REFUSED)
def test_what_does_not_fit_is_refused_by_field_and_remedy(
    file: BookkeepingFile, field: str, message: str
) -> None:
    with pytest.raises(RecordNotWritable) as refused:
        write_sie4(file)
    assert refused.value.field == field
    assert str(refused.value) == f"{field}: {message}"


def test_a_voucher_out_of_balance_is_refused_by_name() -> None:
    file = holding(VoucherRow("1941", Money(100)), VoucherRow("2420", Money(-99)), number="12")
    with pytest.raises(VoucherOutOfBalance) as refused:
        write_sie4(file)
    assert refused.value.voucher == "voucher K 12 of 2026-09-04 'Inbetalning ärende 1001'"
    assert refused.value.difference_minor == 1
    assert str(refused.value) == (
        "voucher K 12 of 2026-09-04 'Inbetalning ärende 1001': "
        "the rows sum to 1 öre, not to zero; give every debit its credit"
    )


def test_an_earlier_voucher_is_refused_first() -> None:
    unbalanced = replace(PAYMENT, rows=PAYMENT.rows[:1])
    with pytest.raises(VoucherOutOfBalance):
        write_sie4(replace(BOOKS, vouchers=(unbalanced, replace(PAYMENT, rows=()))))


NORD_AND_15 = (CountedObject("1", "Nord"), CountedObject("6", "0015"))


def read_rows(*rows: str) -> tuple[VoucherRow, ...]:
    file = read_sie4(sie(*HEAD, '#VER A 1 20260904 "x"', "{", *rows, "}"))
    return file.vouchers[0].rows


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("#TRANS 1941 {} 0", VoucherRow("1941", Money(0))),
        ("\t#TRANS\t1941\t{}\t0.0", VoucherRow("1941", Money(0))),
        ('   #trans  "1941"  {}  "-0.00"', VoucherRow("1941", Money(0))),
        ('#TRANS 1941 {} 0 "" "a \\"b\\""', VoucherRow("1941", Money(0), 'a "b"')),
        (
            '#TRANS 1941 {} 0 20260905 a 1.5 "sign"',
            VoucherRow("1941", Money(0), "a", date(2026, 9, 5)),
        ),
        (
            '#TRANS 1941 {1 "Nord" "6" 0015} 0',
            VoucherRow("1941", Money(0), objects=NORD_AND_15),
        ),
        ('#TRANS 1941 { "1" "Nord" } 0', VoucherRow("1941", Money(0), objects=NORD_AND_15[:1])),
        ('#TRANS 1941 {} 0 "" "open', VoucherRow("1941", Money(0), "open")),
    ],
)
def test_a_row_is_read_as_other_programs_write_it(line: str, row: VoucherRow) -> None:
    assert read_rows(line) == (row,)


def test_labels_that_are_not_known_are_passed_over() -> None:
    file = read_sie4(
        sie(
            *HEAD,
            '#FNR "C:\\firm\\"',
            "#PROSA {",
            "#NEW 1 2 3",
            '#VER A 1 20260904 "x" 20260905 "sign"',
            "{",
            "#BTRANS 1941 {} 9.00",
            "#RTRANS 1941 {} 5.00",
            "#TRANS 1941 {} 5.00",
            "#TRANS 2420 {} -5",
            "}",
            "\x1a",
        )
    )
    assert [row.amount.minor for row in file.vouchers[0].rows] == [500, -500]
    assert file.vouchers[0].registered_on == date(2026, 9, 5)


def test_lines_may_end_in_one_character_or_two() -> None:
    written = write_sie4(BOOKS)
    assert read_sie4(written.replace(b"\r\n", b"\n")) == read_sie4(written)


def test_a_file_without_vouchers_is_read() -> None:
    file = read_sie4(sie(*HEAD, "#RAR 0 20260101 20261231", "#KPTYP EUBAS97", "#KONTO 1510 Kund"))
    assert file.vouchers == ()
    assert file.years == (BookkeepingYear(0, date(2026, 1, 1), date(2026, 12, 31)),)
    assert file.accounts == (ChartAccount("1510", "Kund"),)
    assert file.chart_type == "EUBAS97"


def test_bytes_of_another_charset_are_read_all_the_same() -> None:
    data = b'#FLAGGA 0\n#GEN 20260904\n#FNAMN "\xf6vning \xc3\xb6"\n'
    assert read_sie4(data).company_name == "÷vning ├╢"


VER = '#VER A 1 20260904 "x"'

UNREADABLE = [
    (b"", "#FLAGGA", "is not the first line; give a SIE file"),
    (b"<!DOCTYPE HTML>\n<html>", "#FLAGGA", "is not the first line"),
    (sie("#GEN 20260904", "#FLAGGA 0"), "#FLAGGA", "is not the first line"),
    (sie("#FLAGGA 0", "#FNAMN A"), "#GEN", "is missing; correct it in the program that wrote"),
    (sie("#FLAGGA 0", "#GEN 20260904"), "#FNAMN", "is missing"),
    (sie("#FLAGGA 0", "#GEN", "#FNAMN A"), "#GEN on line 2", "'' is no date yyyymmdd"),
    (sie("#FLAGGA 0", "#GEN 20260230", "#FNAMN A"), "#GEN on line 2", "'20260230' is no date"),
    (sie(*HEAD, "#RAR x 20260101 20261231"), "#RAR on line 4", "'x' is no year's number"),
    (sie(*HEAD, "#VER A 1 2026-09-04"), "#VER on line 4", "'2026-09-04' is no date yyyymmdd"),
    (sie(*HEAD, VER), "#VER on line 4", "is not followed by a brace"),
    (sie(*HEAD, VER, "#TRANS 1941 {} 0"), "#VER on line 4", "is not followed by a brace"),
    (sie(*HEAD, VER, "{", "#TRANS 1941 {} 0"), "#VER on line 4", "has no closing brace"),
    (sie(*HEAD, VER, "{", VER, "{", "}"), "#VER on line 4", "has no closing brace"),
    (sie(*HEAD, VER, "{", "#TRANS 1941 0", "}"), "#TRANS on line 6", "has no list of objects"),
    (sie(*HEAD, VER, "{", "#TRANS 1 {1} 0", "}"), "#TRANS on line 6", "a dimension without its"),
    (sie(*HEAD, VER, "{", "#TRANS 1 {} 1,5", "}"), "#TRANS on line 6", "'1,5' is no amount"),
    (sie(*HEAD, VER, "{", "#TRANS 1 {} 0.001", "}"), "#TRANS on line 6", "'0.001' is no amount"),
    (sie(*HEAD, VER, "{", "#TRANS 1 {} 0 x", "}"), "#TRANS on line 6", "'x' is no date yyyymmdd"),
]


@pytest.mark.parametrize(("data", "field", "message"), UNREADABLE)
def test_what_cannot_be_read_is_refused(data: bytes, field: str, message: str) -> None:
    with pytest.raises(FileNotReadable) as refused:
        read_sie4(data)
    assert refused.value.field == field
    assert message in str(refused.value)


def test_a_file_with_a_voucher_out_of_balance_is_refused_by_its_name() -> None:
    with pytest.raises(VoucherOutOfBalance, match="voucher A 1 of 2026-09-04 'x': the rows sum to"):
        read_rows("#TRANS 1941 {} 0.01")


account_numbers = st.integers(1, 99_999).map(str)
objects = st.lists(st.builds(CountedObject, st.integers(1, 99).map(str), names), max_size=2)


@st.composite
def vouchers(draw: st.DrawFn) -> Voucher:
    amounts = draw(st.lists(st.integers(-(10**12), 10**12), max_size=4))
    row_dates = st.none() | st.dates()
    rows = tuple(
        VoucherRow(
            draw(account_numbers),
            Money(minor),
            draw(awkward_texts),
            draw(row_dates),
            tuple(draw(objects)),
        )
        for minor in [*amounts, -sum(amounts)]
    )
    return Voucher(
        on=draw(st.dates()),
        text=draw(awkward_texts),
        rows=rows,
        series=draw(awkward_texts),
        number=draw(awkward_texts),
        registered_on=draw(row_dates),
    )


books = st.builds(
    BookkeepingFile,
    company_name=names,
    generated_on=st.dates(),
    vouchers=st.lists(vouchers(), min_size=1, max_size=3).map(tuple),
    organisation_number=st.sampled_from(["", "5560000001", "556000-0001"]),
    signature=awkward_texts,
    chart_type=awkward_texts,
    years=st.lists(
        st.builds(BookkeepingYear, st.integers(-5, 0), st.dates(), st.dates()), max_size=2
    ).map(tuple),
    accounts=st.lists(st.builds(ChartAccount, account_numbers, awkward_texts), max_size=2).map(
        tuple
    ),
)


@given(books)
def test_any_file_comes_back_and_is_written_the_same(file: BookkeepingFile) -> None:
    written = write_sie4(file)
    read = read_sie4(written)
    assert write_sie4(file) == written
    assert write_sie4(read) == written
    assert [voucher.text for voucher in read.vouchers] == [
        cleaned(voucher.text) for voucher in file.vouchers
    ]
    assert [row.amount for voucher in read.vouchers for row in voucher.rows] == [
        row.amount for voucher in file.vouchers for row in voucher.rows
    ]


@given(books)
def test_every_line_is_a_label_or_a_brace(file: BookkeepingFile) -> None:
    lines = write_sie4(file).split(b"\r\n")
    assert lines.pop() == b""
    assert all(line[:1] in {b"#", b"{", b"}"} for line in lines)
    assert not any(byte < ord(" ") or byte == 0x7F for line in lines for byte in line)


@given(awkward_texts)
def test_a_cleaned_text_stays_as_it_is(text: str) -> None:
    assert cleaned(cleaned(text)) == cleaned(text)


@given(st.binary() | awkward_texts.map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_after_the_head_are_read_or_refused(rest: bytes) -> None:
    try:
        read_sie4(sie(*HEAD, "") + rest)
    except (FileNotReadable, VoucherOutOfBalance):
        return
