"""The facts of the information letter after a transfer of the claim."""

from datetime import date

from fordran.domain.money import ZERO, Money
from fordran.letters.letter_frame import LetterOfClaims
from fordran.letters.parties import Contact, Creditor


class TransferLetter(LetterOfClaims, frozen=True, kw_only=True):
    """Who owns the claims since the transfer and who handles them; it demands nothing.

    `creditor` is the buyer. `servicer_permit` is the number of the permit as a credit
    servicer of the agency that handles the claims from now on.

    Source: lag (2023:714) 4 kap. 3 §.
    """

    transferred_on: date
    former_creditor: Creditor
    creditor_contact: Contact
    servicer_permit: str

    @property
    def to_pay(self) -> Money:
        """Return zero: the letter comes before the first act of collection."""
        return ZERO
