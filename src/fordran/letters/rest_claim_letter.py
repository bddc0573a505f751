"""The facts of a claim for the rest (restkrav)."""

from datetime import date

from fordran.domain.money import Money, total
from fordran.letters.letter_frame import DatedLetterOfClaims
from fordran.letters.payments import LetterPayment


class RestClaimLetter(DatedLetterOfClaims, frozen=True, kw_only=True):
    """What is left after an earlier demand has been paid in part.

    Units: `demanded_on` is the day the demand was sent, `demanded` what it asked for.
    Invariants: those of its frame.
    Source: inkassolagen (1974:182) 4, 5 §§.
    """

    demanded_on: date
    demanded: Money
    payments: tuple[LetterPayment, ...]

    def derived(self) -> dict[str, Money]:
        """Return the sum of the payments beside the sums of the claims."""
        return {
            **super().derived(),
            "paid_total": total(payment.amount for payment in self.payments),
        }
