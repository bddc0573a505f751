"""Payment references (OCR numbers) and the check digit they share with identity numbers.

Only ASCII digits count as digits: other scripts' digits would pass `str.isdigit`.
"""

from calendar import isleap
from datetime import date

RANDOM_DIGITS = 12
OCR_DIGITS = 20
"""`YYYY`, day of the year (3), 12 random digits, check digit: within the banks' 2 to 25."""

_DIGITS = frozenset("0123456789")


def luhn_check_digit(digits: str) -> str:
    """Return the modulus 10 check digit that belongs after the digits.

    Raises: ValueError, if the text is empty or holds anything but ASCII digits.
    Source: Bankgirot, OCR-referenskontroll (modulus 10), bankgirot.se, read 2026-11-22.

    >>> luhn_check_digit("1234567890")
    '3'
    >>> luhn_check_digit("12-3")
    Traceback (most recent call last):
    ...
    ValueError: a check digit needs digits only
    """
    if not _is_digits(digits):
        raise ValueError("a check digit needs digits only")
    # Every other digit counts twice, the last one first; a product of two digits counts as
    # their sum, which is what the quotient and the remainder by 10 add up to.
    weighted = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return str(-sum(product // 10 + product % 10 for product in weighted) % 10)


def is_luhn_valid(digits: str) -> bool:
    """Say whether the last digit is the check digit of those before it.

    >>> is_luhn_valid("12345678903")
    True
    >>> is_luhn_valid("12345678904")
    False
    """
    return len(digits) > 1 and _is_digits(digits) and luhn_check_digit(digits[:-1]) == digits[-1]


def ocr_number(registered_on: date, random_digits: str) -> str:
    """Return the payment reference of a case registered on a day.

    The caller draws the digits and makes sure that the number is new in the installation.

    Units: `registered_on` is a Swedish civil date.
    Raises: ValueError, unless there are exactly 12 ASCII digits.
    Source: decision 7; Bankgirot, OCR-referenskontroll (2 to 25 digits), read 2026-11-22.

    >>> ocr_number(date(2025, 9, 3), "000000000000")
    '20252460000000000006'
    >>> ocr_number(date(2025, 9, 3), "0")
    Traceback (most recent call last):
    ...
    ValueError: an OCR number takes 12 random digits, not 1
    """
    if len(random_digits) != RANDOM_DIGITS:
        raise ValueError(
            f"an OCR number takes {RANDOM_DIGITS} random digits, not {len(random_digits)}"
        )
    day_of_year = registered_on.timetuple().tm_yday
    unchecked = f"{registered_on.year:04d}{day_of_year:03d}{random_digits}"
    return unchecked + luhn_check_digit(unchecked)


def is_ocr_number(text: str) -> bool:
    """Say whether a text can be a payment reference of ours: length, day and check digit.

    Source: decision 7.

    >>> is_ocr_number("20252460000000000006")
    True
    >>> is_ocr_number("20253660000000000000")  # 2025 has no day 366
    False
    """
    if len(text) != OCR_DIGITS or not is_luhn_valid(text):
        return False
    year, day_of_year = int(text[:4]), int(text[4:7])
    return year >= date.min.year and 1 <= day_of_year <= 365 + isleap(year)


def _is_digits(text: str) -> bool:
    return bool(text) and _DIGITS.issuperset(text)
