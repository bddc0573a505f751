"""The facts of an answer to a dispute."""

from datetime import date

from fordran.domain.dispute import DisputeKind, DisputeOutcome
from fordran.domain.money import Money
from fordran.letters.claims import CoveredClaim
from fordran.letters.letter_frame import LetterOfClaims


class DisputeAnswerLetter(LetterOfClaims, frozen=True, kw_only=True):
    """The outcome of an objection, itemised, and what is claimed from now on.

    Units: dates inclusive; `deadline_on` is None when nothing is asked for.
    Invariants: no more is given up than was disputed; a rejection gives up nothing; what is
    asked for has a deadline after dispatch. `claims` are what is left, and may be none.
    Source: inkassolagen (1974:182) 4, 8 §§.
    """

    covered: tuple[CoveredClaim, ...]
    objection: DisputeKind
    received_on: date
    disputed: Money
    outcome: DisputeOutcome
    given_up: Money
    """What of the disputed amount is no longer claimed."""

    explanation: str
    deadline_on: date | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        assert 0 <= self.given_up.minor <= self.disputed.minor, "more is given up than disputed"
        assert not self.given_up or self.outcome is not DisputeOutcome.REJECTED, (
            "a rejection gives up nothing"
        )
        assert self.deadline_on is None or self.deadline_on > self.dispatched_on, (
            "the deadline comes after dispatch"
        )

    @property
    def pay_by_on(self) -> date | None:
        """Return the deadline, if there is one."""
        return self.deadline_on
