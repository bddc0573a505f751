"""The facts of the letters about a payment plan: the offer, its confirmation, an instalment."""

from datetime import date

import msgspec

from fordran.domain.money import ZERO, Money, total
from fordran.letters.claims import CoveredClaim
from fordran.letters.letter_frame import LetterFrame, LetterOfClaims


class Instalment(msgspec.Struct, frozen=True, kw_only=True):
    """One payment of a plan, with all that it contains. Units: `due_on` is inclusive."""

    due_on: date
    amount: Money


class PlanLetter(LetterOfClaims, frozen=True, kw_only=True):
    """A plan over the whole remaining debt, with every date and every cost.

    `total` is the debt today. `plan_interest` is the interest that the plan brings if it is kept,
    `instalment_cost` what is agreed for each notice; `instalments` contain all of it.

    Invariants: the instalments add up to the debt, the plan's cost, its interest and the cost of
    every notice; they come in order of their dates, after dispatch.
    Source: lag (1981:739) 3, 4 §§ (a plan of the whole debt, with the debtor, in writing).
    """

    plan_cost: Money
    plan_interest: Money
    instalments: tuple[Instalment, ...]
    instalment_cost: Money = ZERO

    def __post_init__(self) -> None:
        super().__post_init__()
        paid = total(instalment.amount for instalment in self.instalments)
        assert not self.instalments or paid == self.plan_total, (
            f"the instalments are {paid}, the plan is {self.plan_total}"
        )
        days = [instalment.due_on for instalment in self.instalments]
        assert days == sorted(days), "instalments come in order"
        assert all(day > self.dispatched_on for day in days), "instalments come after dispatch"

    @property
    def notices_cost(self) -> Money:
        """Return the cost of the notices of all instalments."""
        return total(self.instalment_cost for _ in self.instalments)

    @property
    def plan_total(self) -> Money:
        """Return all that is paid if the plan is kept."""
        return self.total + self.plan_cost + self.plan_interest + self.notices_cost

    def derived(self) -> dict[str, Money]:
        """Return the sums of the plan beside those of the claims."""
        return {
            **super().derived(),
            "notices_cost": self.notices_cost,
            "plan_total": self.plan_total,
        }


class PlanOfferLetter(PlanLetter, frozen=True, kw_only=True):
    """An offer, which asks for an answer and not yet for money.

    Units: `answer_by_on` is inclusive.
    """

    answer_by_on: date

    @property
    def to_pay(self) -> Money:
        """Return zero: nothing is due before the plan is accepted."""
        return ZERO


class PlanConfirmationLetter(PlanLetter, frozen=True, kw_only=True):
    """The plan as it was agreed; it asks for the first instalment."""

    accepted_on: date

    @property
    def to_pay(self) -> Money:
        """Return the first instalment."""
        return self.instalments[0].amount if self.instalments else ZERO

    @property
    def pay_by_on(self) -> date | None:
        """Return the day of the first instalment."""
        return self.instalments[0].due_on if self.instalments else None


class InstalmentLetter(LetterFrame, frozen=True, kw_only=True):
    """Notice of one instalment of a plan.

    Units: `deadline_on` is inclusive. `instalment_cost` is the agreed cost of this notice, which
    the instalment contains; `arrears` is what is left of earlier instalments.
    Invariants: `total` is the instalment and the arrears.
    Source: the plan that was agreed; lag (1981:739) 6 § (no cost that was not agreed).
    """

    agreed_on: date
    number: int
    instalment_count: int
    deadline_on: date
    instalment: Money
    total: Money
    remaining_after: Money
    """What is left of the plan once this has been paid."""

    covered: tuple[CoveredClaim, ...]
    instalment_cost: Money = ZERO
    arrears: Money = ZERO

    def __post_init__(self) -> None:
        super().__post_init__()
        assert 1 <= self.number <= self.instalment_count, "an instalment is one of the plan's"
        assert self.total == self.instalment + self.arrears, "the total is not its parts"

    @property
    def to_pay(self) -> Money:
        """Return the instalment and what is left of earlier ones."""
        return self.total

    @property
    def pay_by_on(self) -> date | None:
        """Return the day of the instalment."""
        return self.deadline_on
