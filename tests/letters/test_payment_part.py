"""The payment part: the slip's line, the codes, and that they ask for what the letter asks for."""

import json
import zlib

import msgspec
import pytest
import segno

from fordran.domain.money import Money
from fordran.domain.ocr import is_luhn_valid
from fordran.letters.contents import contents_of
from fordran.letters.example_parts import PLAIN
from fordran.letters.examples import example
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.letters.payment_codes import MASK, QUIET_MODULES, code_image
from fordran.letters.payment_part import (
    decimal_text,
    invoice_text,
    ocr_line,
    payment_part,
    swish_text,
)
from fordran.letters.render import render
from tests.letters.pixels import grey_rows
from tests.letters.reading import read

ASKING = [
    kind
    for kind in LetterKind
    if kind not in {LetterKind.PLAN_OFFER, LetterKind.RECEIPT, LetterKind.TRANSFER}
]


@pytest.mark.parametrize(
    ("minor", "line"),
    [
        (225500, "# 2026112200137 # 2255 00 8 > 9912346#41#"),
        (5, "# 2026112200137 # 0 05 9 > 9912346#41#"),
        (100, "# 2026112200137 # 1 00 8 > 9912346#41#"),
        (123456789, "# 2026112200137 # 1234567 89 7 > 9912346#41#"),
    ],
)
def test_reading_line_has_reference_amount_and_account(minor: int, line: str) -> None:
    assert ocr_line("2026112200137", Money(minor), "991-2346") == line
    amount_and_check = line.partition(">")[0].split()[3:]
    assert is_luhn_valid("".join(amount_and_check))


@pytest.mark.parametrize("kind", ASKING)
def test_slip_and_codes_ask_for_exactly_what_the_letter_asks_for(kind: LetterKind) -> None:
    letter = example(kind)
    invoice = json.loads(invoice_text(letter))
    assert invoice["due"] * 100 == letter.to_pay.minor
    assert invoice["iref"] == letter.ocr_number
    assert (invoice["pt"], invoice["acc"]) == ("BG", letter.bankgiro)
    assert invoice["idt"] == "20250903"
    assert ("ddt" in invoice) == (letter.pay_by_on is not None)
    part = payment_part(letter)
    assert part is not None
    assert part["amount"] == letter.to_pay.minor
    for locale in Locale:
        text = read(render(letter, locale)).text
        assert str(part["ocr_line"]) in text


def test_invoice_code_has_the_keys_of_its_format_and_exact_ore() -> None:
    letter = example(LetterKind.DEBT_COLLECTION)
    assert invoice_text(letter) == (
        '{"uqr":1,"tp":1,"nme":"Exempel Inkasso AB","cid":"556000-0019",'
        '"iref":"20252461234567890127","idt":"20250903","ddt":"20250915","due":2254.00,'
        '"pt":"BG","acc":"991-2346"}'
    )


def test_swish_code_locks_number_amount_and_message() -> None:
    assert swish_text("1231181189", Money(5), "2026112200137") == (
        "C1231181189;0.05;2026112200137;0"
    )


def test_agency_without_swish_gets_no_swish_code() -> None:
    agency = msgspec.structs.replace(PLAIN.agency, swish_number="")
    letter = example(LetterKind.REMINDER, msgspec.structs.replace(PLAIN, agency=agency))
    part = payment_part(letter)
    assert part is not None
    assert part["swish_code"] == []
    assert "Swish" not in read(render(letter, Locale.SV)).text
    assert "Swish" in read(render(example(LetterKind.REMINDER), Locale.SV)).text


def test_plan_offer_asks_for_an_answer_and_its_confirmation_for_the_first_instalment() -> None:
    assert contents_of(example(LetterKind.PLAN_OFFER), str)["payment"] is None
    confirmed = example(LetterKind.PLAN_CONFIRMATION)
    assert confirmed.to_pay == Money(82168)


def test_image_is_the_code_with_its_quiet_zone() -> None:
    image = bytes(code_image("Örebro 2254.00"))
    rows = grey_bits(image)
    border = QUIET_MODULES
    assert set(rows[0]) == set(rows[border - 1]) == {1}
    inner = [row[border:-border] for row in rows[border:-border]]
    code = segno.make_qr(
        "Örebro 2254.00", error="m", mask=MASK, encoding="utf-8", boost_error=False
    )
    assert inner == [[1 - (module & 1) for module in row] for row in code.matrix]


def grey_bits(png: bytes) -> list[list[int]]:
    """Decode an image of one bit a pixel without filters: 1 is light."""
    side = int.from_bytes(png[16:20], "big")
    assert png[24:26] == b"\x01\x00"
    start = png.index(b"IDAT") + 4
    length = int.from_bytes(png[start - 8 : start - 4], "big")
    raw = zlib.decompress(png[start : start + length])
    width = (side + 7) // 8
    lines = [raw[row * (width + 1) : (row + 1) * (width + 1)] for row in range(side)]
    assert all(line[0] == 0 for line in lines)
    return [[line[1 + x // 8] >> (7 - x % 8) & 1 for x in range(side)] for line in lines]


def test_decimal_text_always_has_two_decimals() -> None:
    assert [decimal_text(Money(minor)) for minor in (0, 7, 70, 700)] == [
        "0.00",
        "0.07",
        "0.70",
        "7.00",
    ]


def test_codes_have_words_for_who_cannot_see_them() -> None:
    """The alternative text of an image is in the tags of the PDF."""
    tags = alternatives(read(render(example(LetterKind.REMINDER), Locale.EN)).catalog)
    ocr = PLAIN.ocr_number
    assert tags == [
        f"QR code for a bank's app: SEK 2,134.00 to bankgiro 991-2346, OCR number {ocr}",
        f"QR code for Swish: SEK 2,134.00 to 1231181189, message {ocr}",
    ]


def alternatives(catalog: object) -> list[str]:
    found: list[str] = []
    nodes = [catalog["/StructTreeRoot"]]  # type: ignore[index]
    while nodes:
        node = nodes.pop(0).get_object()
        if not isinstance(node, dict):
            continue  # a number of marked content
        if "/Alt" in node:
            found.append(str(node["/Alt"]).replace("\u00a0", " "))
        children = node.get("/K", [])
        children = children if isinstance(children, list) else [children]
        nodes.extend(children)
    return found


def test_pixels_of_a_letter_are_read() -> None:
    """The reader of images that other tests rely on finds black where black is."""
    grey = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00\x00\x00\x02\x00\x00\x00\x01"
    data = zlib.compress(b"\x00\x00\xff")
    grey += b"\x08\x00\x00\x00\x00" + b"\x00" * 4
    grey += len(data).to_bytes(4, "big") + b"IDAT" + data + b"\x00" * 4
    assert grey_rows(grey) == [b"\x00\xff"]
