"""The facts of a receipt."""

from fordran.domain.money import Money, total
from fordran.letters.claims import CoveredClaim
from fordran.letters.letter_frame import LetterFrame
from fordran.letters.payments import LetterPayment


class ReceiptLetter(LetterFrame, frozen=True, kw_only=True):
    """What has been received, what it settled and what remains; it asks for nothing.

    `remaining` is what is left of the covered claims; zero says that they are closed.

    Source: lag (2023:714) 4 kap. 4 §; god inkassosed.
    """

    covered: tuple[CoveredClaim, ...]
    payments: tuple[LetterPayment, ...]
    remaining: Money

    def derived(self) -> dict[str, Money]:
        """Return the sums of the payments."""
        return {
            "paid_total": total(payment.amount for payment in self.payments),
            "overpaid_total": total(payment.overpaid for payment in self.payments),
        }
