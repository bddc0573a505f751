"""How entries look on the wire: kept beside the case, so that reading it does not render them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec

from fordran.domain.ledger import Entry, EntryKind
from fordran.domain.money import MINOR_PER_MAJOR, Money

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

INSTANTS_REMEMBERED_MAX = 4096
"""A document names the same few instants again and again."""

_encode = msgspec.json.Encoder().encode


def wire_transactions(entries: Iterable[Entry]) -> bytes:
    """Return the API's `transactions` of a case as JSON.

    >>> wire_transactions([])
    b'[]'
    """
    return _encode([_transaction(entry) for entry in entries])


@lru_cache(INSTANTS_REMEMBERED_MAX)
def format_instant(moment: datetime) -> str:
    """Write an instant as RFC 1123 in GMT, whatever the locale of the process.

    Units: whole seconds, a fraction is cut off.
    Raises: ValueError, if the datetime is naive.

    >>> format_instant(datetime(2025, 9, 3, 7, 56, 11, tzinfo=UTC))
    'Wed, 03 Sep 2025 07:56:11 GMT'
    """
    if moment.tzinfo is not UTC:
        if moment.utcoffset() is None:
            raise ValueError("a naive datetime names no instant")
        moment = moment.astimezone(UTC)
    return (
        f"{WEEKDAYS[moment.weekday()]}, {moment.day:02d} {MONTHS[moment.month - 1]} "
        f"{moment.year:04d} {moment.hour:02d}:{moment.minute:02d}:{moment.second:02d} GMT"
    )


def wire_amount(money: Money) -> int | float:
    """Return an amount as the number that JSON carries.

    Whole kronor are integers. Otherwise the division gives the double nearest to the decimal
    value, and a decimal of at most 15 significant digits survives the way into a double and back;
    no stored sum comes near 15 digits, so the two decimals are written exactly.

    Units: kronor out.

    >>> wire_amount(Money(200000)), wire_amount(Money(-1479))
    (2000, -14.79)
    """
    kronor, ore = divmod(money.minor, MINOR_PER_MAJOR)
    return kronor if ore == 0 else money.minor / MINOR_PER_MAJOR


def _transaction(entry: Entry) -> dict[str, Any]:
    document: dict[str, Any] = {
        "bank_transaction_date": format_instant(entry.value_at),
        "registration_date": format_instant(entry.booked_at),
        "origin": entry.origin.value,
        "type": entry.component.value,
        "description_locale_tag": entry.description,
        "amount": wire_amount(entry.amount),
    }
    fact = entry.caused_by
    if fact is not None:
        if entry.kind is EntryKind.SETTLEMENT:
            document["payment_method"] = fact.kind.value
        document[fact.kind.value] = fact.id
    if entry.reverses is not None:
        document["reverses"] = entry.reverses
    return document
