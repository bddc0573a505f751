"""The facts of a notice before enforcement."""

from datetime import date

from fordran.domain.money import Money
from fordran.letters.letter_frame import DatedLetterOfClaims


class EnforcementNoticeLetter(DatedLetterOfClaims, frozen=True, kw_only=True):
    """Notice that the authority will be applied to for a payment order after `deadline_on`.

    Units: `demanded_on` is the day of the demand whose time has run out. `application_fee` and
    `applicant_cost` are what an application adds.
    Source: inkassolagen (1974:182) 4, 6 §§; the fee, SFS 1992:1094 1 §; the applicant's cost,
    lag (1990:746) 48 §.
    """

    demanded_on: date
    application_fee: Money
    applicant_cost: Money

    def derived(self) -> dict[str, Money]:
        """Return what the application costs, and the total with it."""
        cost = self.application_fee + self.applicant_cost
        return {
            **super().derived(),
            "application_cost": cost,
            "total_with_application": self.total + cost,
        }
