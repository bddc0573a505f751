"""The facts of a debt-collection demand (inkassokrav), as the letter states them."""

from fordran.domain.money import Money
from fordran.letters.letter_frame import DatedLetterOfClaims


class DebtCollectionLetter(DatedLetterOfClaims, frozen=True, kw_only=True):
    """The demand for one or several cases of one creditor and one debtor.

    Invariants: those of its frame; `total` is the sum of the claims and the one shared cost.
    Source: inkassolagen (1974:182) 5 §; lag (1981:739) 3, 4 §§; decisions 20, 21, 24, 25, 42.
    """

    debt_collection_cost: Money

    @property
    def added_cost(self) -> Money:
        """Return the demand's own cost."""
        return self.debt_collection_cost
