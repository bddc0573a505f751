"""A draft: the events that follow from one decision, with the case as it will be.

The only mutable object of the domain. A decision starts a draft, lets things happen on it, and
returns it; the caller stores its events and its case in one database transaction.
"""

from datetime import date, datetime

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case
from fordran.domain.events import CaseEvent, CaseRegistered, EntryPosted, InterestCounted, Recorded
from fordran.domain.history import apply, begin
from fordran.domain.ledger import Component, Entry, EntryKind, Origin
from fordran.domain.money import ZERO, Money, total
from fordran.domain.swedish_time import civil_date, midnight_utc
from fordran.domain.valuation import Cost, Facts, Letter, Payment, Valuation, value

CASE_FLOW = "api.transaction.case_flow"
CASE_REGISTRATION = "api.transaction.case_registration"
DEPRECIATED = "api.transaction.depreciated"
PAYMENT_SETTLED = "creditor_payment.payment_settled"


class Draft:
    """What one decision does to one case.

    Units: `at` is the case's own instant; every event of the draft carries it.
    """

    def __init__(self, case: Case, at: datetime) -> None:
        self.case = case
        self.at = at
        self.recorded: list[Recorded] = []

    @classmethod
    def of_registration(cls, event: CaseRegistered, at: datetime) -> "Draft":
        """Return the draft that begins a case."""
        first = Recorded(1, at, event)
        draft = cls(begin(first), at)
        draft.recorded.append(first)
        return draft

    def happen(self, event: CaseEvent) -> None:
        """Let an event happen on the case."""
        recorded = Recorded(self.case.version + 1, self.at, event)
        self.case = apply(self.case, recorded)
        self.recorded.append(recorded)

    def post(
        self,
        kind: EntryKind,
        component: Component,
        amount: Money,
        *,
        value_at: datetime,
        description: str,
        origin: Origin = Origin.SOLICITOR_SYSTEM,
        creditor_payment_id: str | None = None,
        policy: str | None = None,
        cost_kind: str | None = None,
    ) -> None:
        """Post an entry; an amount of zero posts none (decision 21)."""
        if not amount:
            return
        entry = Entry(
            number=len(self.case.entries) + 1,
            kind=kind,
            component=component,
            amount=amount,
            value_at=value_at,
            booked_at=self.at,
            origin=origin,
            description=description,
            creditor_payment_id=creditor_payment_id,
            policy=policy,
            cost_kind=cost_kind,
        )
        self.happen(EntryPosted(entry))

    def count_interest(
        self, terms: AgreementTerms, through_on: date, *, because_of: str | None = None
    ) -> Valuation:
        """Post the interest through a day: the difference to what is posted (decisions 21, 22).

        Interest that has been counted further stays counted that far; the difference is then a
        correction, and its row names the payment that made it necessary (decision 47).

        Units: `through_on` is the last day that bears interest; `because_of` is a payment's id.
        Raises: ReferenceRateMissing.
        """
        counted_on = self.case.interest_counted_through_on or through_on
        is_correction = through_on < counted_on
        through_on = max(through_on, counted_on)
        valued = value(facts_of(self.case, terms), through_on)
        is_today = through_on == civil_date(self.at)
        self.post(
            EntryKind.CLAIM,
            Component.INTEREST,
            valued.interest_added - self.case.balances.interest.added,
            value_at=self.at if is_today else midnight_utc(through_on),
            description=CASE_FLOW,
            creditor_payment_id=because_of if is_correction else None,
        )
        if through_on != self.case.interest_counted_through_on:
            self.happen(InterestCounted(through_on))
        return valued


def facts_of(case: Case, terms: AgreementTerms) -> Facts:
    """Return the facts that the claim of a case is valued from."""
    costs = tuple(
        Cost(entry.amount, civil_date(entry.value_at))
        for entry in case.entries
        if entry.kind is EntryKind.CLAIM and entry.component is Component.COSTS
    )
    demand = case.demand
    letter = Letter(demand.counted_to_on, demand.deadline_on, demand.stated) if demand else None
    in_order = sorted(case.payments, key=lambda payment: civil_date(payment.value_at))
    return Facts(
        capital=case.balances.capital.added,
        costs=costs,
        payments=tuple(Payment(p.amount, civil_date(p.value_at)) for p in in_order),
        interest_from_on=case.debt.interest_from_on,
        interest=terms.interest,
        rounding=terms.interest_rounding,
        order=terms.creditor_order,
        letter=letter,
        paid_in_time=paid_in_time(case),
    )


def paid_in_time(case: Case) -> Money:
    """Return what was paid against the latest letter no later than its deadline (decision 42)."""
    demand = case.demand
    if demand is None:
        return ZERO
    return total(
        payment.amount
        for payment in case.payments[demand.payments_known :]
        if civil_date(payment.value_at) <= demand.deadline_on
    )
