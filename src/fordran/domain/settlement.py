"""Settlement: in which order money pays the components of a claim (decision 41)."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from fordran.domain.ledger import Component
from fordran.domain.money import ZERO, Money, total


class MoneySource(StrEnum):
    """Where the money of a payment was received."""

    CREDITOR = "creditor"
    """Paid to the creditor and reported by them; also creditings."""


class SettlementOrder(msgspec.Struct, frozen=True):
    """One version of an order of settlement; data of the agreement version.

    Invariants: `components` holds each component once.
    """

    version: str
    components: tuple[Component, ...]

    def __post_init__(self) -> None:
        if sorted(self.components) != sorted(Component):
            raise ValueError("a settlement order names each component exactly once")


CREDITOR_ORDER = SettlementOrder(
    "creditor.1", (Component.CAPITAL, Component.COSTS, Component.INTEREST)
)
"""The default for money paid to the creditor; the seed settles capital first (decision 41)."""


class Placement(msgspec.Struct, frozen=True):
    """How an amount was placed on what is owed.

    Invariants: the placed parts and `unplaced` sum to the amount.
    """

    parts: dict[Component, Money]
    unplaced: Money


def place(amount: Money, owed: Mapping[Component, Money], order: SettlementOrder) -> Placement:
    """Place an amount on the components of a claim, in order, until it is used up.

    Units: öre; `amount` and every part of `owed` are zero or more.
    Rounding: none.
    Raises: ValueError if the amount or a component is negative.
    Source: decision 41.

    >>> owed = {Component.CAPITAL: Money(1000), Component.COSTS: Money(0),
    ...         Component.INTEREST: Money(500)}
    >>> place(Money(1200), owed, CREDITOR_ORDER).parts[Component.INTEREST]
    Money(minor=200, currency='SEK')
    >>> place(Money(2000), owed, CREDITOR_ORDER).unplaced
    Money(minor=500, currency='SEK')
    """
    if amount < ZERO or any(part < ZERO for part in owed.values()):
        raise ValueError("only amounts of zero or more can be placed")
    left = amount
    parts: dict[Component, Money] = {}
    for component in order.components:
        part = min(left, owed[component])
        if part:
            parts[component] = part
            left -= part
    assert total(parts.values()) + left == amount
    return Placement(parts, left)
