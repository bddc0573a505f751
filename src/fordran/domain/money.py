"""Money: whole öre with a currency, and the one place where it is rounded."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from typing import Self

import msgspec

SEK = "SEK"

MINOR_PER_MAJOR = 100
"""Öre in a krona."""


class RoundingPolicy(StrEnum):
    """How an exact sum becomes an amount that can be posted (decision 21)."""

    WHOLE_KRONA_DOWN = "whole_krona_down"
    """Cut down to whole kronor; the default, and what the seed shows (14.79 becomes 14.00)."""

    ORE_HALF_UP = "ore_half_up"
    """To the nearest öre, halves up."""


class Money(msgspec.Struct, frozen=True, order=True, array_like=True):
    """An amount of money in whole minor units.

    Units: `minor` is öre when the currency is SEK.
    Invariants: amounts of different currencies are never added or compared.

    >>> Money(1479) + Money(21)
    Money(minor=1500, currency='SEK')
    >>> Money(1) + Money(1, "EUR")
    Traceback (most recent call last):
    ...
    ValueError: SEK and EUR cannot be combined
    """

    minor: int
    currency: str = SEK

    def __add__(self, other: Self) -> "Money":
        self._same_currency(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Self) -> "Money":
        self._same_currency(other)
        return Money(self.minor - other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        major, minor = divmod(abs(self.minor), MINOR_PER_MAJOR)
        return f"{sign}{major}.{minor:02d} {self.currency}"

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be combined")


ZERO = Money(0)


def total(amounts: Iterable[Money]) -> Money:
    """Return the sum of amounts of one currency; zero kronor when there are none.

    >>> total([Money(100), Money(-30)])
    Money(minor=70, currency='SEK')
    """
    return sum(amounts, ZERO)


def split_equally(amount: Money, parts: int) -> tuple[Money, ...]:
    """Split an amount into equal parts; the first part takes the odd öre.

    Units: öre. Rounding: each part is the amount divided and cut down, the first takes the rest.
    Source: decision 25 (the carrier of a shared cost takes the odd öre).

    >>> split_equally(Money(100), 3)[0]
    Money(minor=34, currency='SEK')
    """
    share = amount.minor // parts
    first = amount.minor - share * (parts - 1)
    return (
        Money(first, amount.currency),
        *[Money(share, amount.currency) for _ in range(parts - 1)],
    )


def rounded(exact_minor: Fraction, policy: RoundingPolicy, currency: str = SEK) -> Money:
    """Round an exact amount once, by a named policy.

    Units: `exact_minor` in öre, exact.
    Rounding: here and nowhere else; both policies go by value, so a negative sum is cut
    towards minus infinity, never clamped at zero.
    Source: decision 21; docs/law/interest.md.

    >>> rounded(Fraction(147945, 100), RoundingPolicy.WHOLE_KRONA_DOWN)
    Money(minor=1400, currency='SEK')
    >>> rounded(Fraction(147945, 100), RoundingPolicy.ORE_HALF_UP)
    Money(minor=1479, currency='SEK')
    """
    if policy is RoundingPolicy.WHOLE_KRONA_DOWN:
        whole_kronor = exact_minor.numerator // (exact_minor.denominator * MINOR_PER_MAJOR)
        return Money(whole_kronor * MINOR_PER_MAJOR, currency)
    doubled = exact_minor * 2 + 1
    return Money(doubled.numerator // (doubled.denominator * 2), currency)
