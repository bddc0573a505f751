from datetime import date

import pytest

from fordran.domain.id_numbers import (
    IdNumber,
    IdNumberKind,
    InvalidIdNumber,
    parse_id_number,
)

ON = date(2025, 9, 3)
PERSON, COMPANY, FOREIGN = IdNumberKind.PERSON, IdNumberKind.COMPANY, IdNumberKind.FOREIGN

# Facts from personnummer/meta (MIT), testdata/list.json: twelve digits, ten, `-` or `+`, check
# digit right. The numbers are generated, or Skatteverket's test numbers.
PERSONS = [
    ("190905271474", "090527+1474", True),
    ("200002292399", "000229-2399", True),
    ("195704289999", "570428-9999", True),
    ("197302889931", "730288-9931", True),  # a coordination number
    ("202107919967", "210791-9967", True),  # a coordination number
    ("200004059937", "000405-9937", True),
    ("197004289895", "700428-9895", False),
    ("194205669899", "420566-9899", False),
    ("201701012393", "170101-2393", True),  # Skatteverket's test series
    ("191212121212", "121212+1212", True),  # Skatteverket's test series
]


@pytest.mark.parametrize(("digits", "separated", "is_right"), PERSONS)
def test_person_is_one_number_in_every_written_form(digits, separated, is_right):
    expected = IdNumber(PERSON, digits)
    assert parse_id_number(separated, kind=PERSON, on=ON) == expected
    assert parse_id_number(digits, kind=PERSON, on=ON) == expected
    for separator in "-+":
        long_form = f"{digits[:8]}{separator}{digits[8:]}"
        assert parse_id_number(long_form, kind=PERSON, on=ON) == expected
    if "-" in separated:
        assert parse_id_number(digits[2:], kind=PERSON, on=ON) == expected
    assert expected.has_valid_check_digit is is_right


@pytest.mark.parametrize(
    ("text", "on", "born_year"),
    [
        ("250903-1234", date(2025, 9, 3), "2025"),
        ("250904-1234", date(2025, 9, 3), "1925"),
        ("2509041234", date(2025, 9, 3), "1925"),
        ("250904+1234", date(2025, 1, 1), "1925"),
        ("250904+1234", date(2024, 12, 31), "1825"),
        ("260101+1234", date(2025, 12, 31), "1826"),
        ("991231-1234", date(2000, 1, 1), "1999"),
        ("000101-1234", date(2000, 1, 1), "2000"),
    ],
)
def test_century_of_ten_digits_follows_from_separator_and_day(text, on, born_year):
    assert parse_id_number(text, kind=PERSON, on=on).digits[:4] == born_year


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123",
        "19090527 1474",
        "090527 1474",
        " 090527-1474",
        "090527-1474\n",
        "090527--1474",
        "0905-271474",
        "20000101T220",  # interim
        "000101-T220",  # interim
        "٠٩٠٥٢٧-١٤٧٤",
        "20250229-1234",
        "20251301-1234",
        "20250100-1234",
        "20250160-1234",
        "20250192-1234",
        "000229+1234",
        "165560000001",
        "219901011234",
        "5560000001",
    ],
)
def test_other_text_is_no_person(text):
    with pytest.raises(InvalidIdNumber) as refused:
        parse_id_number(text, kind=PERSON, on=ON)
    assert refused.value.kind is PERSON
    assert refused.value.reason() == "invalid_id_number"


# The first five rows: arthurdejong/python-stdnum, examples of stdnum/se/orgnr.py, and
# personnummer/meta, testdata/orgnumber.json. The rest: the API's documentation, and a sole
# trader's number of Skatteverket's test series.
@pytest.mark.parametrize(
    ("text", "digits", "is_right"),
    [
        ("1234567897", "1234567897", True),
        ("123456-7897", "1234567897", True),
        ("857209-0606", "8572090606", True),
        ("161234567897", "1234567897", True),
        ("16123456-7897", "1234567897", True),
        ("1234567891", "1234567891", False),
        ("5560269986", "5560269986", True),
        ("556789-1234", "5567891234", False),
        ("19800102-2386", "8001022386", True),
        ("800102-2386", "8001022386", True),
        ("090527+1474", "0905271474", True),
    ],
)
def test_company_is_ten_digits(text, digits, is_right):
    number = parse_id_number(text, kind=COMPANY, on=ON)
    assert number == IdNumber(COMPANY, digits)
    assert number.has_valid_check_digit is is_right


@pytest.mark.parametrize(
    "text",
    ["", "123456789", "12345678970", "12345A-7897", "195560000001", "205560000001", "1234-567897"],
)
def test_other_text_is_no_company(text):
    with pytest.raises(InvalidIdNumber) as refused:
        parse_id_number(text, kind=COMPANY, on=ON)
    assert refused.value.kind is COMPANY


def test_foreign_number_is_kept_as_given_in_capitals():
    number = parse_id_number(" no 923 609 016 mva ", kind=FOREIGN, on=ON)
    assert number == IdNumber(FOREIGN, "NO 923 609 016 MVA")
    assert not number.has_valid_check_digit


@pytest.mark.parametrize("text", ["", "  \n"])
def test_empty_foreign_number_is_refused(text):
    with pytest.raises(InvalidIdNumber):
        parse_id_number(text, kind=FOREIGN, on=ON)


@pytest.mark.parametrize(
    ("number", "born_on"),
    [
        (IdNumber(PERSON, "191212121212"), date(1912, 12, 12)),
        (IdNumber(PERSON, "197302889931"), date(1973, 2, 28)),  # a coordination number
        (IdNumber(PERSON, "200002292399"), date(2000, 2, 29)),
        (IdNumber(COMPANY, "8001022386"), None),  # a sole trader's: no century is kept
        (IdNumber(FOREIGN, "197010032391"), None),
    ],
)
def test_only_a_person_was_born(number, born_on):
    assert number.born_on == born_on


def test_refusal_does_not_repeat_the_number():
    with pytest.raises(InvalidIdNumber) as refused:
        parse_id_number("19090230-1474", kind=PERSON, on=ON)
    assert "1474" not in str(refused.value)
