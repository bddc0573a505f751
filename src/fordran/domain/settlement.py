"""Settlement: in which order money pays the components of a claim (decision 41)."""

from collections.abc import Mapping

import msgspec

from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import ZERO, Money, total


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
"""The default for money paid to the creditor, and for creditings: the seed settles capital first
(decision 41)."""

AGENCY_ORDER = SettlementOrder("agency.1", (Component.COSTS, Component.INTEREST, Component.CAPITAL))
"""The default for money paid to the agency (decision 41)."""

AUTHORITY_ORDER = SettlementOrder(
    "authority.1", (Component.COSTS, Component.INTEREST, Component.CAPITAL)
)
"""The default for money from the enforcement authority whose own account says nothing else
(decision 41)."""


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


class SettlementOrders(msgspec.Struct, frozen=True):
    """The orders of an agreement version, by where the money came from (decision 41)."""

    creditor: SettlementOrder = CREDITOR_ORDER
    agency: SettlementOrder = AGENCY_ORDER
    authority: SettlementOrder = AUTHORITY_ORDER

    def of(self, source: MoneySource) -> SettlementOrder:
        """Return the order for a source; creditings are settled as the creditor's money."""
        if source is MoneySource.AGENCY:
            return self.agency
        return self.authority if source is MoneySource.AUTHORITY else self.creditor
