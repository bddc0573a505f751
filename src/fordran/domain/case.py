"""A case: one claim in handling, as the fold of its events."""

from datetime import date, datetime, timedelta

import msgspec

from fordran.domain.case_status import CaseState, CaseStatus, CloseReason
from fordran.domain.client_money import Transfer
from fordran.domain.flow import NextFlowItem
from fordran.domain.holds import Hold, HoldKind
from fordran.domain.interest_terms import InterestReduction, InterestTerms
from fordran.domain.ledger import Balances, Entry, FactName, MoneySource
from fordran.domain.money import ZERO, Money


class FeeAlreadyClaimed(msgspec.Struct, frozen=True):
    """A fee the creditor charged before the case was registered (decision 28)."""

    kind: str
    amount: Money
    registered_on: date


class ConsumerCredit(msgspec.Struct, frozen=True):
    """The credit that a claim comes from, where it is a consumer's (konsumentkreditlagen).

    Units: öre. `cost_before` is the credit's cost before the claim was registered; it counts
    towards the ceiling of 19 b §.
    """

    credit_amount: Money
    cost_before: Money = ZERO

    @property
    def ceiling(self) -> Money:
        """The most that default interest and costs may amount to together."""
        return max(self.credit_amount - self.cost_before, ZERO)


class Debt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The invoice facts of a case.

    Units: `due_days` and `interest_days` are days after `invoice_on`.
    """

    invoice_number: str
    invoice_on: date
    due_days: int
    interest_days: int
    capital_to_claim: Money
    payout_reference: str
    debt_description: str | None = None
    debt_reference: str | None = None
    fees_included: dict[str, Money] = {}
    fees_already_claimed: tuple[FeeAlreadyClaimed, ...] = ()
    interest: InterestTerms | None = None
    """How this claim bears interest, where it differs from the agreement."""
    consumer_credit: ConsumerCredit | None = None

    @property
    def due_on(self) -> date:
        """The last day to pay without default."""
        return self.invoice_on + timedelta(days=self.due_days)

    @property
    def interest_from_on(self) -> date:
        """The first day that bears interest: the day after the interest date (decision 20)."""
        return self.invoice_on + timedelta(days=self.interest_days + 1)


class StateEntered(msgspec.Struct, frozen=True):
    """One line of the state history."""

    state: CaseState
    at: datetime


class StatusEntered(msgspec.Struct, frozen=True):
    """One line of the status history."""

    status: CaseStatus
    at: datetime


class ServiceStarted(msgspec.Struct, frozen=True):
    """A service of the agency that a case has begun to use."""

    service: str
    at: datetime


class Demand(msgspec.Struct, frozen=True):
    """The debt-collection demand of a case.

    Units: `stated` in öre is what the letter asks for this case, with the demand's cost on the
    case that would carry it; `stated_cost` is that cost, the same on every case of the demand;
    `counted_to_on` is the last day its interest is counted for.
    """

    letter_id: str
    dispatched_at: datetime
    deadline_on: date
    counted_to_on: date
    stated: Money
    stated_cost: Money
    is_stated: bool = False
    """Whether the debt statement has run with capital unpaid: then the cost stays (24 b)."""


class Reminder(msgspec.Struct, frozen=True):
    """The reminder of a case.

    Units: `stated` in öre is what the letter asks for, its own cost included; `counted_to_on` is
    the last day its interest is counted for.
    """

    letter_id: str
    dispatched_at: datetime
    deadline_on: date
    counted_to_on: date
    stated: Money
    stated_cost: Money


class RefusedAct(msgspec.Struct, frozen=True):
    """An act that a guard stopped before it happened."""

    item: str
    """The flow item that would have carried it out."""
    guard: str
    source: str
    """The statute or decision that the guard follows."""
    at: datetime


class Limitation(msgspec.Struct, frozen=True):
    """The latest break of the limitation, and the day the claim dies without another."""

    broken_at: datetime
    limitation_at: datetime
    annotation: str
    """A locale key that names the act which broke it."""


class OriginalInvoice(msgspec.Struct, frozen=True):
    """The uploaded original invoice."""

    media_id: str
    filename: str
    content_type: str
    size: int


class CaseMoney(msgspec.Struct, frozen=True, omit_defaults=True):
    """Money that counts on the case, a fact of its valuation: a payment or a crediting.

    Units: öre. `value_at` is the bank's value date; a crediting counts from the due date and
    `value_at` is when it was reported.
    """

    payment_id: str
    amount: Money
    value_at: datetime
    reference: str | None = None
    source: MoneySource = MoneySource.CREDITOR
    booked_at: datetime | None = None
    """When the bank booked it, for money at the agency."""
    reversed_by: str | None = None
    """The reversal that took it back (decision 50)."""
    refunded: Money = ZERO
    """What has been paid back to the debtor of it: no longer there to be placed."""
    is_after_close: bool = False
    """Whether it came when the case was closed: the debtor's, unless the case opens again."""

    @property
    def counts(self) -> bool:
        """Whether it is a fact of the case's valuation."""
        return self.reversed_by is None and not self.is_after_close


class Closed(msgspec.Struct, frozen=True):
    """When and why a case ended."""

    at: datetime
    reason: CloseReason
    because_of: FactName | None = None


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """One claim in handling. Changed only by `apply` in `domain/history.py`.

    Invariants: `entries` and `transfers` are numbered 1..n and `balances` is the fold of the
    entries; `version` counts the
    events; the last line of each history is the present state or status; `closed` and
    `next_item` exclude each other.
    """

    id: str
    account_id: str
    creditor_id: str
    customer_id: str
    registration_id: str
    agreement_version_id: str
    reference_number: str
    ocr_number: str
    currency: str
    is_consumer: bool
    has_reference_rate: bool
    """The wire's `case_settings.interest_rate.reference_rate`."""
    debt: Debt
    registered_at: datetime
    updated_at: datetime
    version: int
    state_history: tuple[StateEntered, ...]
    status_history: tuple[StatusEntered, ...]
    debtor_born_on: date | None = None
    """The debtor's day of birth, of a person with a Swedish number."""
    next_item: NextFlowItem | None = None
    item_on_close: NextFlowItem | None = None
    interest_counted_through_on: date | None = None
    interest_units: int = 0
    """The exact interest that the posted sum was rounded from, in `UNITS_PER_MINOR`."""
    law_version: int = 0
    """The version of the law that the interest was counted by."""
    reductions: tuple[InterestReduction, ...] = ()
    debt_collection_id: str | None = None
    demand: Demand | None = None
    reminder: Reminder | None = None
    holds: tuple[Hold, ...] = ()
    """Why the flow stands still, if it does."""
    refused_acts: tuple[RefusedAct, ...] = ()
    services: tuple[ServiceStarted, ...] = ()
    limitation: Limitation | None = None
    original_invoice: OriginalInvoice | None = None
    payments: tuple[CaseMoney, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    """How the agency's money of the case moved between those it belongs to."""
    closed: Closed | None = None
    entries: tuple[Entry, ...] = ()
    balances: Balances = Balances()

    @property
    def letter(self) -> Demand | Reminder | None:
        """The latest letter that asks for money: the demand, or before it the reminder."""
        return self.demand or self.reminder

    @property
    def is_disputed(self) -> bool:
        """Whether an objection of the debtor holds the case."""
        return any(hold.kind is HoldKind.DISPUTE for hold in self.holds)

    @property
    def state(self) -> CaseState:
        """The present state."""
        return self.state_history[-1].state

    @property
    def status(self) -> CaseStatus:
        """The present status."""
        return self.status_history[-1].status
