"""Payment references: what is made can be read, and one wrong digit is caught."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from fordran.domain.ocr import is_luhn_valid, is_ocr_number, luhn_check_digit, ocr_number

digits = st.text("0123456789", min_size=1, max_size=24)
days = st.dates(date(1, 1, 1), date(9999, 12, 31))
random_digits = st.text("0123456789", min_size=12, max_size=12)


@given(digits)
def test_check_digit_agrees_with_a_second_opinion(text):
    assert luhn_check_digit(text) == luhn.calc_check_digit(text)
    assert is_luhn_valid(text + luhn_check_digit(text))


@given(digits.filter(lambda text: len(text) > 1))
def test_validity_agrees_with_a_second_opinion(text):
    assert is_luhn_valid(text) == luhn.is_valid(text)


@given(days, random_digits)
def test_number_carries_its_day_and_its_digits(on, drawn):
    number = ocr_number(on, drawn)
    assert is_ocr_number(number)
    assert luhn.is_valid(number)
    day_of_year = timedelta(days=int(number[4:7]) - 1)
    assert date(int(number[:4]), 1, 1) + day_of_year == on
    assert number[7:19] == drawn


@given(days, random_digits, st.integers(0, 19), st.integers(1, 9))
def test_one_changed_digit_is_caught(on, drawn, place, change):
    number = ocr_number(on, drawn)
    changed = str((int(number[place]) + change) % 10)
    assert not is_ocr_number(number[:place] + changed + number[place + 1 :])


@given(days, random_digits, st.integers(0, 18))
def test_two_neighbours_in_the_wrong_order_are_caught(on, drawn, place):
    number = ocr_number(on, drawn)
    pair = number[place : place + 2]
    if pair[0] != pair[1] and set(pair) != {"0", "9"}:
        assert not is_ocr_number(number[:place] + pair[::-1] + number[place + 2 :])


@given(st.text())
def test_any_text_gets_an_answer(text):
    assert not is_ocr_number(text) or text.isascii()
    assert not is_luhn_valid(text) or text.isascii()
