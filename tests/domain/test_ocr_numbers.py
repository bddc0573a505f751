from datetime import date

import pytest

from fordran.domain.ocr import is_luhn_valid, is_ocr_number, luhn_check_digit, ocr_number

# Facts from barsoom/banktools-se (MIT), spec/utils_spec.rb and spec/ocr_spec.rb.
LUHN_VALID = [
    "00",
    "18",
    "26",
    "34",
    "42",
    "59",
    "67",
    "75",
    "83",
    "91",
    "109",
    "117",
    "1230",
    "12345678903",
    "123456789023",
]
LUHN_INVALID = ["01", "118", "1231", "", "0", "5402-9681", "1٨", "1²"]


@pytest.mark.parametrize("digits", LUHN_VALID)
def test_published_number_is_luhn_valid(digits):
    assert is_luhn_valid(digits)
    assert luhn_check_digit(digits[:-1]) == digits[-1]


@pytest.mark.parametrize("digits", LUHN_INVALID)
def test_other_text_is_not_luhn_valid(digits):
    assert not is_luhn_valid(digits)


@pytest.mark.parametrize("text", ["", "12a", "12-3", "١٢٣"])
def test_check_digit_of_anything_but_digits_is_refused(text):
    with pytest.raises(ValueError, match="digits only"):
        luhn_check_digit(text)


@pytest.mark.parametrize(
    ("registered_on", "day"),
    [(date(2025, 1, 1), "2025001"), (date(2025, 9, 3), "2025246"), (date(2024, 12, 31), "2024366")],
)
def test_ocr_number_begins_with_year_and_day(registered_on, day):
    number = ocr_number(registered_on, "012345678901")
    assert number[:19] == f"{day}012345678901"
    assert len(number) == 20
    assert is_ocr_number(number)


@pytest.mark.parametrize("digits", ["", "01234567890", "0123456789012", "01234567890a", "٣" * 12])
def test_ocr_number_from_other_than_twelve_digits_is_refused(digits):
    with pytest.raises(ValueError, match="digits"):
        ocr_number(date(2025, 9, 3), digits)


@pytest.mark.parametrize("day", ["2025000", "2025366", "2024367", "0000001"])
def test_number_with_an_impossible_day_is_no_ocr_number(day):
    unchecked = day + "012345678901"
    assert not is_ocr_number(unchecked + luhn_check_digit(unchecked))


@pytest.mark.parametrize("text", ["", "18", "2025246000000000000a", "20252460000000000005"])
def test_other_text_is_no_ocr_number(text):
    assert not is_ocr_number(text)
