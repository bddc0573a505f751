"""What a debtor may be charged for each act of collection, as dated rows."""

from datetime import date
from enum import StrEnum

import msgspec

from fordran.domain.money import Money
from fordran.domain.refusals import Refusal


class CostKind(StrEnum):
    """The act or event that a cost is for."""

    REMINDER = "reminder"
    """A written reminder (påminnelse); only where agreed when the debt arose."""

    DEBT_COLLECTION = "debt_collection"
    """A debt-collection demand (inkassokrav)."""

    PAYMENT_PLAN = "payment_plan"
    """A written plan for the whole remaining debt (amorteringsplan)."""

    LATE_PAYMENT_FEE = "late_payment_fee"
    """Compensation for late payment between businesses (förseningsersättning)."""

    PAYMENT_ORDER_APPLICATION = "payment_order_application"
    """The authority's fee for an application for a payment order (ansökningsavgift)."""

    PAYMENT_ORDER_WORK = "payment_order_work"
    """The applicant's own cost in a payment-order case."""

    ENFORCEMENT = "enforcement"
    """The authority's base fee, per enforcement title and year (grundavgift)."""


class StatutoryCostMissing(Refusal):
    """No statutory amount is known for the cost on the day."""

    def __init__(self, kind: CostKind, on: date) -> None:
        self.kind = kind
        self.on = on
        super().__init__(f"No statutory amount is known for {kind.value} on {on.isoformat()}.")


class StatutoryCost(msgspec.Struct, frozen=True):
    """The amount for a kind of cost, in force from a day until the next row of that kind.

    Units: öre. For `reminder`, `debt_collection`, `payment_plan` and `payment_order_work` it is
    the most that may be charged, for the others the amount itself.
    """

    kind: CostKind
    amount: Money
    valid_from: date

    paragraph: str
    """Statute and paragraph."""

    source: str
    """The notice that gave the paragraph its wording."""

    read_on: date

    published_on: date | None = None
    """When the notice was published, where that has been read."""

    superseded_by: str | None = None
    """The notice that corrected this row; such a row is kept but no longer used."""


def _cost(kind: CostKind, minor: int, valid_from: date, paragraph: str, sfs: str) -> StatutoryCost:
    return StatutoryCost(kind, Money(minor), valid_from, paragraph, sfs, date(2026, 11, 22))


_COSTS_ACT_FROM = date(2013, 3, 16)

STATUTORY_COSTS = (
    _cost(CostKind.REMINDER, 60_00, _COSTS_ACT_FROM, "lag (1981:739) 2, 4 §§", "SFS 2013:56"),
    _cost(
        CostKind.DEBT_COLLECTION, 180_00, _COSTS_ACT_FROM, "lag (1981:739) 3, 4 §§", "SFS 2013:56"
    ),
    _cost(CostKind.PAYMENT_PLAN, 170_00, _COSTS_ACT_FROM, "lag (1981:739) 3, 4 §§", "SFS 2013:56"),
    _cost(
        CostKind.LATE_PAYMENT_FEE, 450_00, _COSTS_ACT_FROM, "lag (1981:739) 4 a §", "SFS 2013:56"
    ),
    # The two fees of the authority count from the day their paragraph got its present wording;
    # the amounts may well be older, but no older wording has been read.
    _cost(
        CostKind.PAYMENT_ORDER_APPLICATION,
        300_00,
        date(2008, 12, 12),
        "förordning (1992:1094) 1 §",
        "SFS 2008:893",
    ),
    _cost(
        CostKind.PAYMENT_ORDER_WORK,
        380_00,
        date(2014, 1, 1),
        "lag (1990:746) 48 §",
        "SFS 2013:1062",
    ),
    _cost(
        CostKind.ENFORCEMENT, 600_00, date(2017, 7, 1), "förordning (1992:1094) 6 §", "SFS 2017:471"
    ),
)
"""In order of `valid_from` within each kind."""


def statutory_cost(
    kind: CostKind, on: date, rows: tuple[StatutoryCost, ...] = STATUTORY_COSTS
) -> StatutoryCost:
    """Return the statutory amount for a kind of cost on a day.

    Whether the cost is owed at all is for the caller to say.

    Units: öre.
    Raises: StatutoryCostMissing, if the day is before the first row of the kind.
    Source: the row's `paragraph` and `source`; docs/law/statutory-costs.md.

    >>> str(statutory_cost(CostKind.DEBT_COLLECTION, date(2025, 9, 3)).amount)
    '180.00 SEK'
    >>> statutory_cost(CostKind.REMINDER, date(2013, 3, 15))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    fordran.domain.tables.statutory_costs.StatutoryCostMissing: No statutory amount is known ...
    """
    for row in reversed(rows):
        if row.kind is kind and row.valid_from <= on and row.superseded_by is None:
            return row
    raise StatutoryCostMissing(kind, on)
