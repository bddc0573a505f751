"""Payments as a letter states them: when they came, and what they settled."""

from datetime import date

import msgspec

from fordran.domain.money import ZERO, Money


class LetterPayment(msgspec.Struct, frozen=True, kw_only=True):
    """A payment received, and how it was settled.

    Units: `received_on` is the value date.
    Invariants: the parts add up to the amount; none is negative.
    """

    received_on: date
    amount: Money
    capital: Money = ZERO
    interest: Money = ZERO
    costs: Money = ZERO
    overpaid: Money = ZERO
    """What settled nothing and is the debtor's own."""

    def __post_init__(self) -> None:
        parts = (self.capital, self.interest, self.costs, self.overpaid)
        assert all(part.minor >= 0 for part in parts), "a payment settles no negative amounts"
        assert sum(part.minor for part in parts) == self.amount.minor, (
            f"a payment of {self.amount} is not what it settled"
        )
