"""A draft: the events that follow from one decision, with the case as it will be.

The only mutable object of the domain. A decision starts a draft, lets things happen on it, and
returns it; the caller stores its events and its case in one database transaction.
"""

from datetime import date, datetime
from typing import Any

from fordran.domain.case import Case
from fordran.domain.case_facts import facts_of
from fordran.domain.client_money import Share, Transfer
from fordran.domain.events import (
    CaseEvent,
    CaseRegistered,
    EntryPosted,
    InterestCounted,
    MoneyTransferred,
    Recorded,
)
from fordran.domain.facts import Valuation
from fordran.domain.history import apply, begin
from fordran.domain.ledger import Component, Entry, EntryKind, FactKind, FactName, Origin
from fordran.domain.money import Money
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date, midnight_utc
from fordran.domain.valuation import value

CASE_FLOW = "api.transaction.case_flow"
CASE_REGISTRATION = "api.transaction.case_registration"
DEPRECIATED = "api.transaction.depreciated"
REVERSED = "api.transaction.reversed"


class Draft:
    """What one decision does to one case.

    Units: `at` is the case's own instant; every event of the draft carries it. `known_at` is the
    account's present, later than `at` for an item that is caught up.
    """

    def __init__(self, case: Case, at: datetime, *, known_at: datetime | None = None) -> None:
        self.case = case
        self.at = at
        self.known_at = max(known_at or at, at)
        self.recorded: list[Recorded] = []

    @classmethod
    def of_registration(cls, event: CaseRegistered, at: datetime) -> "Draft":
        """Return the draft that begins a case."""
        first = Recorded(1, at, event, at)
        draft = cls(begin(first), at)
        draft.recorded.append(first)
        return draft

    def happen(self, event: CaseEvent) -> None:
        """Let an event happen on the case."""
        recorded = Recorded(self.case.version + 1, self.at, event, self.known_at)
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
        **named: Any,
    ) -> None:
        """Post an entry; an amount of zero posts none (decision 21).

        `named` are further fields of `Entry`.
        """
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
            **named,
        )
        self.happen(EntryPosted(entry))

    def reverse(self, entry: Entry, fact: FactName) -> None:
        """Post an entry again with the opposite amount (decision 50)."""
        self.post(
            entry.kind,
            entry.component,
            -entry.amount,
            value_at=entry.value_at,
            description=REVERSED,
            origin=entry.origin,
            policy=entry.policy,
            cost_kind=entry.cost_kind,
            act=entry.act,
            source=entry.source,
            fact=fact,
            reverses=entry.number,
        )

    def transfer(
        self, share: Share, amount: Money, fact: FactName | None, value_at: datetime
    ) -> None:
        """Move money between two holders; an amount of zero moves none (decision 29)."""
        if not amount:
            return
        transfer = Transfer(
            number=len(self.case.transfers) + 1,
            debit=share.debit,
            credit=share.credit,
            category=share.category,
            article=share.article,
            amount=amount,
            payment_id=share.payment_id,
            value_at=value_at,
            booked_at=self.at,
            fact=None if fact is not None and fact.id == share.payment_id else fact,
        )
        self.happen(MoneyTransferred(transfer))

    def count_interest(
        self, rules: Rules, through_on: date, *, because_of: FactName | None = None
    ) -> Valuation:
        """Post the interest through a day: the difference to what is posted (decisions 21, 22).

        Interest that has been counted further stays counted that far; the difference is then a
        correction, and its row names the fact that made it necessary (decision 47). What is
        no payment always is: no interest falls due by it.

        Units: `through_on` is the last day that bears interest.
        Raises: ReferenceRateMissing.
        """
        counted_on = self.case.interest_counted_through_on
        is_correction = counted_on is not None and through_on <= counted_on
        valued = value(facts_of(self.case, rules), max(through_on, counted_on or through_on))
        through_on = valued.through_on
        is_today = through_on == civil_date(self.at)
        self.post(
            EntryKind.CLAIM,
            Component.INTEREST,
            valued.interest_added - self.case.balances.interest.added,
            value_at=self.at if is_today else midnight_utc(through_on),
            description=CASE_FLOW,
            fact=because_of if is_correction or not _is_payment(because_of) else None,
        )
        counted = InterestCounted(through_on, valued.interest.units, rules.law.version)
        if counted != _counted(self.case):
            self.happen(counted)
        return valued


def _is_payment(fact: FactName | None) -> bool:
    return fact is not None and fact.kind in (FactKind.CREDITOR_PAYMENT, FactKind.PAYMENT)


def _counted(case: Case) -> InterestCounted | None:
    if case.interest_counted_through_on is None:
        return None
    return InterestCounted(case.interest_counted_through_on, case.interest_units, case.law_version)
