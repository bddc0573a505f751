"""The facts of a reminder."""

from fordran.domain.money import ZERO, Money
from fordran.letters.letter_frame import DatedLetterOfClaims


class ReminderLetter(DatedLetterOfClaims, frozen=True, kw_only=True):
    """A reminder of unpaid invoices, before debt collection.

    `reminder_cost` may only be charged if it was agreed no later than when the debt arose.

    Source: lag (1981:739) 2, 4 §§; inkassolagen (1974:182) 1 §.
    """

    reminder_cost: Money = ZERO

    @property
    def added_cost(self) -> Money:
        """Return the reminder's own cost."""
        return self.reminder_cost
