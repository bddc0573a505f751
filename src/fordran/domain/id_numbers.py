"""Identity numbers of persons and companies: read in every written form, kept in one.

The check digit is not enforced: numbers in published samples fail it, and a claim is not
refused for a number that somebody else mistyped. `IdNumber.has_valid_check_digit` tells.
"""

import re
from datetime import date
from enum import StrEnum

import msgspec

from fordran.domain.ocr import is_luhn_valid
from fordran.domain.refusals import Refusal

PERSON_CENTURIES = frozenset({"18", "19", "20"})
"""How a person's twelve digits may begin; 16 begins a company's."""

COMPANY_PREFIX = "16"
COORDINATION_DAYS = 60
"""Added to the day of birth in a coordination number (samordningsnummer)."""

_WRITTEN = re.compile(r"([0-9]{2})?([0-9]{2})([0-9]{2})([0-9]{2})([-+]?)([0-9]{4})")


class IdNumberKind(StrEnum):
    """Whose number it is."""

    PERSON = "person"
    """A personnummer or a coordination number."""

    COMPANY = "company"
    """An organisationsnummer; a sole trader's is the personnummer."""

    FOREIGN = "foreign"
    """Any other number or text: no form is known, none is checked."""


class InvalidIdNumber(Refusal):
    """The identity number cannot be read."""

    def __init__(self, kind: IdNumberKind) -> None:
        self.kind = kind
        super().__init__(f"The identity number cannot be read as that of a {kind.value}.")


class IdNumber(msgspec.Struct, frozen=True):
    """An identity number in its one canonical form.

    Invariants: two ways of writing the same number give equal values.
    """

    kind: IdNumberKind

    digits: str
    """Persons: 12 digits YYYYMMDDNNNN. Companies: 10 digits. Foreign: the text in capitals."""

    @property
    def born_on(self) -> date | None:
        """Return a person's day of birth, which its number begins with; None of all others.

        >>> IdNumber(IdNumberKind.PERSON, "197010632391").born_on
        datetime.date(1970, 10, 3)
        """
        if self.kind is not IdNumberKind.PERSON:
            return None
        year, month, day = int(self.digits[:4]), int(self.digits[4:6]), int(self.digits[6:8])
        return date(year, month, day % COORDINATION_DAYS)

    @property
    def has_valid_check_digit(self) -> bool:
        """Say whether the Luhn check digit is right; a foreign number has none.

        The century of a person does not take part.

        >>> parse_id_number("556000-0001", kind=IdNumberKind.COMPANY,
        ...                 on=date(2025, 9, 3)).has_valid_check_digit
        True
        """
        return self.kind is not IdNumberKind.FOREIGN and is_luhn_valid(self.digits[-10:])


def parse_id_number(text: str, *, kind: IdNumberKind, on: date) -> IdNumber:
    """Read an identity number as its holder writes it on a day.

    Ten or twelve digits, with or without one `-` or `+` before the last four. Twelve digits mean
    the same on any day; with ten, `+` says that the person turns or has turned 100 in the year
    of `on`, and otherwise the newest date of birth that is not after `on` is meant.

    Units: `on` is a Swedish civil date.
    Raises: InvalidIdNumber, if the text has another form or the date in it does not exist.
    Source: Skatteverket's rules for personnummer and samordningsnummer, and the advice of
    statenspersonadressregister.se to keep twelve digits, read 2026-11-22.

    >>> parse_id_number("170101+2393", kind=IdNumberKind.PERSON, on=date(2025, 9, 3)).digits
    '191701012393'
    >>> parse_id_number("16556000-0001", kind=IdNumberKind.COMPANY, on=date(2025, 9, 3)).digits
    '5560000001'
    >>> parse_id_number("170231-2393", kind=IdNumberKind.PERSON,  # doctest: +ELLIPSIS
    ...                 on=date(2025, 9, 3))
    Traceback (most recent call last):
    ...
    fordran.domain.id_numbers.InvalidIdNumber: The identity number cannot be read ...
    """
    if kind is IdNumberKind.PERSON:
        digits = _person(text, on)
    elif kind is IdNumberKind.COMPANY:
        digits = _company(text, on)
    else:
        digits = text.upper().strip()
    if not digits:
        raise InvalidIdNumber(kind)
    return IdNumber(kind, digits)


def _person(text: str, on: date) -> str:
    """Return twelve digits, or nothing if the text is no person's number."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return ""
    century, year, month, day, separator, last_four = written.groups()
    born_day = int(day) % COORDINATION_DAYS
    if century is None:
        century = _century(int(year), (int(month), born_day), separator, on)
    if century not in PERSON_CENTURIES or not _exists(int(century + year), int(month), born_day):
        return ""
    return f"{century}{year}{month}{day}{last_four}"


def _company(text: str, on: date) -> str:
    """Return ten digits, or nothing if the text is no company's number."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return ""
    # A sole trader's number is the personnummer, whose twelve digits carry a date of birth.
    if written[1] not in {None, COMPANY_PREFIX} and not _person(text, on):
        return ""
    return re.sub("[-+]", "", text)[-10:]


def _century(year: int, month_and_day: tuple[int, int], separator: str, on: date) -> str:
    latest_year = on.year - 100 if separator == "+" else on.year
    full_year = latest_year - (latest_year - year) % 100
    if (full_year, *month_and_day) > (on.year, on.month, on.day):
        full_year -= 100
    return f"{full_year // 100:02d}"


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
