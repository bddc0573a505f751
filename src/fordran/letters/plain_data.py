"""Turns facts into plain names, texts, numbers and lists, each text made fit for print."""

import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from fordran.domain.money import Money

PrintableText = Callable[[str], str]

JOINERS = "\u200c\u200d"
"""The invisible characters that some scripts spell with; every other one is dropped."""

_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def plain_data(value: object, plain: PrintableText) -> object:
    """Return a value as a template gets it; of a struct every field, by name.

    Units: amounts in öre, rates in percent per year as text, dates as ISO text. None is blank
    text. Blank members of a list of texts are left out.
    """
    match value:
        case tuple() | list():
            return [given for each in value if (given := plain_data(each, plain)) != ""]
        case Money():
            return value.minor
        case msgspec.Struct():
            names = type(value).__struct_fields__
            return {name: plain_data(getattr(value, name), plain) for name in names}
        case _:
            return _plain_scalar(value, plain)


def _plain_scalar(value: object, plain: PrintableText) -> str | int:
    match value:
        case StrEnum():
            return value.value
        case str():
            return plain(value)
        case int():  # a bool is one, and stays one
            return value
        case Decimal():
            return rate_text(value)
        case date() | None:
            return day_text(value)
        case _:
            raise AssertionError(f"a letter states no {type(value).__name__}")


def cleaned(text: str) -> str:
    r"""Return a text on one line, composed, without control and direction characters.

    A direction override could make a name read as another one, and a lone surrogate cannot be
    written at all.

    >>> cleaned("  Anna\n\u202e Ek\x00 ")
    'Anna Ek'
    """
    one_line = " ".join(text.split())
    if one_line.isascii() and one_line.isprintable():
        return one_line
    kept = "".join(
        char for char in one_line if char in JOINERS or unicodedata.category(char) not in _UNSEEN
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())


def day_text(day: date | None) -> str:
    """Return a day as ISO text, blank when there is none."""
    return "" if day is None else day.isoformat()


def rate_text(rate: Decimal) -> str:
    """Return a rate without trailing zeros or an exponent.

    >>> rate_text(Decimal("10.00")), rate_text(Decimal("7.50")), rate_text(Decimal("1E+1"))
    ('10', '7.5', '10')
    """
    return format(rate.normalize(), "f")
