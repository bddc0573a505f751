"""Scalars of the wire: instants, civil dates, amounts and ids, read from and written as JSON.

A field of an input model is typed with a marker class of this module (`Amount`, `CivilDate`, ...).
A type checker sees the value that the field holds; msgspec sees a class of its own, so it hands
the raw value to `read_scalar`, and an OpenAPI description can tell the markers apart.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeAlias

from fordran.domain.interest_terms import RATE_DECIMALS
from fordran.domain.money import MINOR_PER_MAJOR, Money
from fordran.domain.swedish_time import civil_date
from fordran.storage import wire_transactions
from fordran.storage.wire_transactions import MONTHS, WEEKDAYS

YEAR_MIN = 1900
YEAR_MAX = 2200

AMOUNT_MINOR_MAX = 999_999_999_999
"""The largest amount, either way, in öre: 9 999 999 999.99 kronor."""

NULL_ISSUE = "null value not allowed"
"""What is said of a null wherever a value is needed."""

_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}

_DATE_TEXT_MAX = 64

_RFC_1123 = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun), )?"
    r"([0-9]{1,2}) ([a-z]{3}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) gmt",
    re.IGNORECASE | re.ASCII,
)
_ISO_8601 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
    r"(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"(?:Z|([+-])([0-9]{2}):?([0-9]{2})))?",
)
_OBJECT_ID = re.compile(r"[0-9a-fA-F]{24}")
_COUNTRY_CODE = re.compile(r"[A-Za-z]{2}")

_TWO_DECIMALS = Decimal("0.01")
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation])
_WHOLE_DIGITS_MAX = 10

RATE_MAX = 100
"""The highest rate that a request may name, in percent a year."""

_RATE_STEPS: int = 10**RATE_DECIMALS
_RATE_STEP = Decimal(1).scaleb(-RATE_DECIMALS)


class InvalidScalar(ValueError):  # noqa: N818 - it says what the value is, as a refusal does
    """The value does not fit its field; `issues` says why, one text per reason."""

    def __init__(self, *issues: str) -> None:
        self.issues = issues
        super().__init__(*issues)


class _Marker(type):
    """Let msgspec accept what `read_scalar` made for a marker: a value of another type."""

    holds: type

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.holds)


if TYPE_CHECKING:
    Amount = Money
    PositiveAmount = Money
    NonNegativeAmount = Money
    Rate = Decimal
    Instant = datetime
    CivilDate = date
    ObjectId = str
    CountryCode = str
    ReadOnly: TypeAlias = None
else:

    class Amount(metaclass=_Marker):
        """An amount of either sign; the field holds `Money`."""

        holds = Money

    class PositiveAmount(metaclass=_Marker):
        """An amount above zero; the field holds `Money`."""

        holds = Money

    class NonNegativeAmount(metaclass=_Marker):
        """An amount that may be zero; the field holds `Money`."""

        holds = Money

    class Rate(metaclass=_Marker):
        """A rate or margin from zero to a hundred; the field holds a `Decimal`."""

        holds = Decimal

    class Instant(metaclass=_Marker):
        """A point in time; the field holds an aware `datetime` in UTC."""

        holds = datetime

    class CivilDate(metaclass=_Marker):
        """A Swedish calendar date; the field holds a `date`."""

        holds = date

    class ObjectId(metaclass=_Marker):
        """An id of 24 hexadecimal digits; the field holds lower-case text."""

        holds = str

    class CountryCode(metaclass=_Marker):
        """A country's two letters (ISO 3166-1 alpha-2); the field holds upper-case text."""

        holds = str

    class ReadOnly(metaclass=_Marker):
        """A field that only the server writes: any value sent for it is an issue."""

        holds = type(None)


def parse_instant(text: str) -> datetime:
    """Return the instant that a text names, as an aware datetime in UTC.

    Both forms that clients send are read: RFC 1123, whose weekday says nothing new and is often
    wrong in practice, and ISO 8601 with its offset from UTC or as a date alone, which is midnight
    UTC. A time without an offset names no instant and is refused.

    Units: whole seconds, a fraction is cut off. Years 1900 to 2200, in UTC.
    Raises: ValueError, if the text has another form or names no moment of the calendar.
    Source: decision 2.

    >>> parse_instant("Tue, 07 Jul 2025 08:00:00 GMT") == parse_instant("2025-07-07T10:00:00+02:00")
    True
    >>> parse_instant("2025-07-07T10:00:00")
    Traceback (most recent call last):
    ...
    ValueError: neither an RFC 1123 date nor an ISO 8601 date with its offset
    """
    if len(text) <= _DATE_TEXT_MAX:
        if (match := _RFC_1123.fullmatch(text)) is not None:
            return _from_rfc_1123(match)
        if (match := _ISO_8601.fullmatch(text)) is not None:
            return _from_iso_8601(match)
    raise ValueError("neither an RFC 1123 date nor an ISO 8601 date with its offset")


def _from_rfc_1123(match: re.Match[str]) -> datetime:
    day, month_name, year, hour, minute, second = match.groups()
    month = _MONTH_NUMBERS.get(month_name.lower())
    if month is None:
        raise ValueError("no such month")
    return _within_years(
        datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    )


def _from_iso_8601(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second, sign, offset_hours, offset_minutes = match.groups("0")
    zone: timezone = UTC
    if sign != "0":
        if int(offset_minutes) > 59:  # noqa: PLR2004 - minutes of an hour
            raise ValueError("no such offset")
        offset = timedelta(hours=int(offset_hours), minutes=int(offset_minutes))
        zone = timezone(-offset if sign == "-" else offset)
    return _within_years(
        datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=zone)
    )


def _within_years(moment: datetime) -> datetime:
    # The written year is checked first: at the ends of the calendar the offset would overflow.
    if YEAR_MIN <= moment.year <= YEAR_MAX:
        in_utc = moment.astimezone(UTC)
        if YEAR_MIN <= in_utc.year <= YEAR_MAX:
            return in_utc
    raise ValueError(f"the year is not within {YEAR_MIN} and {YEAR_MAX}")


def parse_civil_date(text: str) -> date:
    """Return the Swedish civil date that a text names.

    A date-only field is that date at 00:00:00 GMT. Clients that build it from a local midnight
    send another time of day; its date in Sweden is then the one they meant.

    Raises: ValueError, as `parse_instant`.
    Source: decision 1.

    >>> parse_civil_date("Mon, 07 Jul 2025 00:00:00 GMT")
    datetime.date(2025, 7, 7)
    >>> parse_civil_date("2025-07-06T22:00:00Z")
    datetime.date(2025, 7, 7)
    """
    moment = parse_instant(text)
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date()
    day = civil_date(moment)
    if day.year > YEAR_MAX:
        raise ValueError(f"the year is not within {YEAR_MIN} and {YEAR_MAX}")
    return day


format_instant = wire_transactions.format_instant
wire_amount = wire_transactions.wire_amount


def format_civil_date(day: date) -> str:
    """Write a civil date as that date at midnight GMT.

    >>> format_civil_date(date(2025, 7, 7))
    'Mon, 07 Jul 2025 00:00:00 GMT'
    """
    return (
        f"{WEEKDAYS[day.weekday()]}, {day.day:02d} {MONTHS[day.month - 1]} "
        f"{day.year:04d} 00:00:00 GMT"
    )


def read_amount(value: Any) -> Money:
    """Return the amount that a JSON number names.

    The magnitude is looked at before any conversion, so that 1e999999999 costs nothing.

    Units: kronor in, as an `int` or a `Decimal`; a float would already have lost its decimals.
    Raises: InvalidScalar, if the value is no number, is too large, or has a third decimal.
    Source: decision 3.

    >>> read_amount(Decimal("2000.100"))
    Money(minor=200010, currency='SEK')
    >>> read_amount(Decimal("1.005"))
    Traceback (most recent call last):
    ...
    fordran.api.scalars.InvalidScalar: must have at most two decimals
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidScalar("must be of number type")
    number = Decimal(value)
    if not number:
        return Money(0)
    if number.adjusted() >= _WHOLE_DIGITS_MAX:
        raise InvalidScalar(_out_of_range(number))
    try:
        minor = int(number.quantize(_TWO_DECIMALS, context=_EXACT).scaleb(2, _EXACT))
    except (Inexact, InvalidOperation):
        raise InvalidScalar("must have at most two decimals") from None
    return Money(minor)


def wire_rate(rate: Decimal) -> int | float:
    """Return a rate as the number that JSON carries, exactly as `wire_amount` writes an amount.

    Units: percent a year.

    >>> wire_rate(Decimal("12.50")), wire_rate(Decimal(10))
    (12.5, 10)
    """
    steps = int(rate * _RATE_STEPS)
    whole, rest = divmod(steps, _RATE_STEPS)
    return whole if rest == 0 else steps / _RATE_STEPS


def read_rate(value: Any) -> Decimal:
    """Return the rate that a JSON number names.

    Units: percent a year, or percentage points; from 0 to 100, at most four decimals.
    Raises: InvalidScalar.

    >>> read_rate(Decimal("12.5"))
    Decimal('12.5')
    >>> read_rate(Decimal("0.00001"))
    Traceback (most recent call last):
    ...
    fordran.api.scalars.InvalidScalar: must have at most 4 decimals
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidScalar("must be of number type")
    if value < 0:
        raise InvalidScalar("min value is 0")
    if value > RATE_MAX:
        raise InvalidScalar(f"max value is {RATE_MAX}")
    rate = Decimal(value)
    try:
        rate.quantize(_RATE_STEP, context=_EXACT)
    except (Inexact, InvalidOperation):
        raise InvalidScalar(f"must have at most {RATE_DECIMALS} decimals") from None
    return rate


def _out_of_range(number: Decimal) -> str:
    limit = f"{AMOUNT_MINOR_MAX // MINOR_PER_MAJOR}.{AMOUNT_MINOR_MAX % MINOR_PER_MAJOR:02d}"
    return f"min value is -{limit}" if number.is_signed() else f"max value is {limit}"


def _read_bounded_amount(value: Any, *, zero_allowed: bool) -> Money:
    issues: list[str] = []
    money = Money(0)
    try:
        money = read_amount(value)
    except InvalidScalar as invalid:
        issues += invalid.issues
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        if zero_allowed and value < 0:
            issues.append("min value is 0")
        elif not zero_allowed and value <= 0:
            issues.append("must be greater than 0")
    if issues:
        raise InvalidScalar(*issues)
    return money


def _read_date(parse: Callable[[str], date], value: Any) -> date:
    if isinstance(value, str):
        try:
            return parse(value)
        except ValueError:
            pass
    raise InvalidScalar("must be of datetime type")


def _read_object_id(value: Any) -> str:
    if isinstance(value, str) and _OBJECT_ID.fullmatch(value):
        return value.lower()
    raise InvalidScalar("must be of objectid type")


def _read_country_code(value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidScalar("must be of string type")
    if _COUNTRY_CODE.fullmatch(value) is None:
        raise InvalidScalar(f"value does not match regex '^{_COUNTRY_CODE.pattern}$'")
    return value.upper()


def _refuse_read_only(_: Any) -> None:
    raise InvalidScalar("field is read-only")


_READERS: dict[Any, Callable[[Any], Any]] = {
    Amount: read_amount,
    PositiveAmount: lambda value: _read_bounded_amount(value, zero_allowed=False),
    NonNegativeAmount: lambda value: _read_bounded_amount(value, zero_allowed=True),
    Rate: read_rate,
    Instant: lambda value: _read_date(parse_instant, value),
    CivilDate: lambda value: _read_date(parse_civil_date, value),
    ObjectId: _read_object_id,
    CountryCode: _read_country_code,
    ReadOnly: _refuse_read_only,
}


def read_scalar(marker: type, value: Any) -> Any:
    """Return the value for a field typed with a marker; the `dec_hook` of msgspec.

    Raises: InvalidScalar, if the value does not fit; NotImplementedError, if no marker of this
    module is meant, which is a mistake in a model.
    """
    reader = _READERS.get(marker)
    if reader is None:
        raise NotImplementedError(f"{marker!r} is no scalar of the wire")
    if value is None and reader is not _refuse_read_only:
        raise InvalidScalar(NULL_ISSUE)
    return reader(value)
