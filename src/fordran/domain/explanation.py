"""Explanation: the segments that the interest of a case consists of on a day."""

from datetime import date
from decimal import Decimal

import msgspec

from fordran.domain.as_of import facts_on
from fordran.domain.case import Case
from fordran.domain.interest import UNITS_PER_MINOR, Accrual
from fordran.domain.ledger import Component, EntryKind
from fordran.domain.money import MINOR_PER_MAJOR, Money, RoundingPolicy, total
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date
from fordran.domain.valuation import value

DECIMALS = 4
"""What is exact is shown in kronor with so many decimals."""


class Explanation(msgspec.Struct, frozen=True):
    """The interest of a case through a day, and what it is rounded from.

    Units: `rounded_sum` and `posted_sum` in öre; `accrual` holds the exact segments.
    Invariants: `rounded_sum` is the exact sum rounded once by `rounding`.
    """

    accrual: Accrual
    rounded_sum: Money
    rounding: RoundingPolicy
    posted_sum: Money
    """What stands in the ledger with a value date no later than the day."""


def explain(case: Case, rules: Rules, on: date) -> Explanation:
    """Return the segments that explain the interest of a case through a day.

    The facts are those known now; money and costs of a later value date do not count. Interest
    that waits for a letter's deadline (decision 42) is not in it, and on a case that is closed
    none is counted beyond what closed it.

    Units: `on` is the last day that bears interest. Rounding: the exact sum, once, by the policy
    of the case's terms. Raises: ReferenceRateMissing.
    Source: decisions 20-22; räntelagen (1975:635) 3, 4, 6 and 9 §§; docs/law/interest.md.
    """
    through_on = on
    if case.closed is not None and case.interest_counted_through_on is not None:
        through_on = min(on, case.interest_counted_through_on)
    facts = facts_on(case, rules, on)
    accrual = value(facts, through_on).interest
    posted = total(
        entry.amount
        for entry in case.entries
        if entry.kind is EntryKind.CLAIM
        and entry.component is Component.INTEREST
        and civil_date(entry.value_at) <= on
    )
    return Explanation(accrual, accrual.rounded(facts.rounding), facts.rounding, posted)


def kronor(units: int) -> Decimal:
    """Return exact interest in kronor with four decimals.

    Units: in `UNITS_PER_MINOR` of an öre. Rounding: here, half up by value, of this one number;
    it is for showing, and no amount is made from it.

    >>> kronor(10_0000 * 2000_00 * 27)
    Decimal('14.7945')
    >>> kronor(-10_0000 * 2000_00 * 27)
    Decimal('-14.7945')
    >>> kronor(UNITS_PER_MINOR // 200), kronor(UNITS_PER_MINOR // 200 - 1)
    (Decimal('0.0001'), Decimal('0.0000'))
    """
    scaled = units * 10**DECIMALS
    per_krona = UNITS_PER_MINOR * MINOR_PER_MAJOR
    return Decimal((2 * scaled + per_krona) // (2 * per_krona)).scaleb(-DECIMALS)
