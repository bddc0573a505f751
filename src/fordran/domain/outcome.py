"""How a reported fact went: the answer to whoever reported it."""

from enum import StrEnum

import msgspec

from fordran.domain.money import ZERO, Money


class OutcomeStatus(StrEnum):
    """How a reported fact went."""

    COMPLETED = "completed"
    """All of it was settled, or done; `reason` may say why there was nothing to settle."""

    WARNING = "warning"
    """Not all of it was settled; `reason` says why (decisions 44 and 46)."""

    ERROR = "error"
    """Nothing was settled; `reason` says why (decision 45)."""


class Outcome(msgspec.Struct, frozen=True):
    """The result of a reported fact. Units: `settled` in öre."""

    status: OutcomeStatus
    settled: Money = ZERO
    reason: str | None = None
