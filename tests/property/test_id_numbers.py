"""Identity numbers: every written form is one number, checked by two other readers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from personnummer import personnummer
from stdnum.se import orgnr
from stdnum.se import personnummer as stdnum_personnummer

from fordran.domain.id_numbers import (
    IdNumber,
    IdNumberKind,
    InvalidIdNumber,
    parse_id_number,
)
from fordran.domain.ocr import luhn_check_digit

PERSON, COMPANY, FOREIGN = IdNumberKind.PERSON, IdNumberKind.COMPANY, IdNumberKind.FOREIGN

days = st.dates(date(2000, 1, 1), date(2098, 12, 31))
births = st.dates(date(1900, 1, 1), date(1999, 12, 31))
serials = st.integers(1, 999).map("{:03d}".format)


@st.composite
def twelve_digits(draw: st.DrawFn) -> str:
    """Return a person's number with the right check digit, one in two a coordination number."""
    born_on = draw(births)
    day = born_on.day + (60 if draw(st.booleans()) else 0)
    unchecked = f"{born_on:%Y%m}{day:02d}{draw(serials)}"
    return unchecked + luhn_check_digit(unchecked[2:])


def person(text: str, on: date) -> str:
    return parse_id_number(text, kind=PERSON, on=on).digits


@given(twelve_digits(), days, days)
def test_twelve_digits_are_the_same_number_whatever_the_date(digits, one, other):
    assert person(digits, one) == person(digits, other) == digits
    assert person(f"{digits[:8]}-{digits[8:]}", one) == digits
    assert person(f"{digits[:8]}+{digits[8:]}", one) == digits


@given(twelve_digits(), days)
def test_ten_digits_with_the_right_separator_give_the_twelve(digits, on):
    has_turned_100 = on.year - int(digits[:4]) >= 100
    separator = "+" if has_turned_100 else "-"
    if on.year - int(digits[:4]) < 200:
        assert person(f"{digits[2:8]}{separator}{digits[8:]}", on) == digits


@given(twelve_digits(), days)
def test_ten_digits_never_mean_a_birth_after_the_day(digits, on):
    found = person(digits[2:], on)
    day = int(found[6:8])
    born_on = date(int(found[:4]), int(found[4:6]), day - 60 if day > 60 else day)
    assert born_on <= on
    assert on.year - born_on.year <= 100
    assert found[2:] == digits[2:]


@given(twelve_digits())
def test_valid_number_is_valid_to_two_other_readers(digits):
    assert IdNumber(PERSON, digits).has_valid_check_digit
    assert personnummer.valid(digits)
    if int(digits[6:8]) < 60:  # the other reader knows no coordination numbers
        assert stdnum_personnummer.is_valid(f"{digits[:8]}-{digits[8:]}")


@given(twelve_digits(), st.integers(2, 11), st.integers(1, 9), days)
def test_one_changed_digit_is_caught(digits, place, change, on):
    changed = str((int(digits[place]) + change) % 10)
    wrong = digits[:place] + changed + digits[place + 1 :]
    assert not personnummer.valid(wrong)
    try:
        number = parse_id_number(wrong, kind=PERSON, on=on)
    except InvalidIdNumber:
        return
    assert not number.has_valid_check_digit


@given(births, st.integers(32, 60) | st.integers(92, 99) | st.just(0), serials, days)
def test_day_that_does_not_exist_is_refused(born_on, day, serial, on):
    with pytest.raises(InvalidIdNumber):
        person(f"{born_on:%Y%m}{day:02d}{serial}0", on)


@given(st.text("0123456789", min_size=9, max_size=9), days)
def test_company_is_one_number_in_every_written_form(unchecked, on):
    digits = unchecked + luhn_check_digit(unchecked)
    forms = [digits, f"{digits[:6]}-{digits[6:]}", f"16{digits}", f"16{digits[:6]}-{digits[6:]}"]
    numbers = {parse_id_number(form, kind=COMPANY, on=on) for form in forms}
    assert numbers == {IdNumber(COMPANY, digits)}
    assert numbers.pop().has_valid_check_digit
    assert orgnr.is_valid(digits)


@given(twelve_digits(), days)
def test_sole_trader_is_a_company_by_the_last_ten_digits(digits, on):
    assert parse_id_number(digits, kind=COMPANY, on=on) == IdNumber(COMPANY, digits[2:])


@given(st.text(), st.sampled_from(IdNumberKind), days)
def test_any_text_is_read_once_and_for_all_or_refused(text, kind, on):
    try:
        number = parse_id_number(text, kind=kind, on=on)
    except InvalidIdNumber:
        return
    later = on + timedelta(days=365)
    assert parse_id_number(number.digits, kind=kind, on=later) == number
    if kind is not FOREIGN:
        assert number.digits.isascii()
        assert number.digits.isdigit()
