"""Amounts as bank files write them: a dot, two decimals, from whole öre."""

import re

from fordran.domain.money import MINOR_PER_MAJOR

_WRITTEN = re.compile(r"([+-]?)([0-9]{1,18})(?:\.([0-9]{1,2}))?")


def amount_text(minor: int) -> str:
    """Return an amount with a dot and two decimals.

    Units: `minor` in öre, or in cents of a euro. Rounding: none.

    >>> amount_text(225500), amount_text(-21)
    ('2255.00', '-0.21')
    """
    sign = "-" if minor < 0 else ""
    major, rest = divmod(abs(minor), MINOR_PER_MAJOR)
    return f"{sign}{major}.{rest:02d}"


def parse_amount(text: str) -> int:
    """Return the öre of an amount with at most two decimals.

    Units: öre out. Rounding: none, a third decimal is refused.
    Raises: ValueError, if the text has another form.

    >>> parse_amount("-0.21"), parse_amount("8000"), parse_amount("1.5")
    (-21, 800000, 150)
    >>> parse_amount("1,50")
    Traceback (most recent call last):
    ...
    ValueError: '1,50' is no amount with a dot and at most two decimals
    """
    written = _WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError(f"{text[:40]!r} is no amount with a dot and at most two decimals")
    sign, major, decimals = written.groups()
    minor = int(major) * MINOR_PER_MAJOR + int((decimals or "").ljust(2, "0"))
    return -minor if sign == "-" else minor
