"""A case: one claim in handling, as the fold of its events."""

from datetime import date, datetime, timedelta

import msgspec

from fordran.domain.case_status import CaseState, CaseStatus, CloseReason
from fordran.domain.flow import NextFlowItem
from fordran.domain.ledger import Balances, Entry
from fordran.domain.money import Money


class FeeAlreadyClaimed(msgspec.Struct, frozen=True):
    """A fee the creditor charged before the case was registered (decision 28)."""

    kind: str
    amount: Money
    registered_on: date


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
    payments_known: int
    """How many payments the stated amount takes into account."""


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


class ReportedPayment(msgspec.Struct, frozen=True, omit_defaults=True):
    """A creditor payment that was settled on the case: a fact of its valuation."""

    payment_id: str
    amount: Money
    value_at: datetime
    reference: str | None = None


class Closed(msgspec.Struct, frozen=True):
    """When and why a case ended."""

    at: datetime
    reason: CloseReason


class Case(msgspec.Struct, frozen=True, omit_defaults=True):
    """One claim in handling. Changed only by `apply` in `domain/history.py`.

    Invariants: `entries` are numbered 1..n and `balances` is their fold; `version` counts the
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
    next_item: NextFlowItem | None = None
    item_on_close: NextFlowItem | None = None
    interest_counted_through_on: date | None = None
    debt_collection_id: str | None = None
    demand: Demand | None = None
    services: tuple[ServiceStarted, ...] = ()
    limitation: Limitation | None = None
    original_invoice: OriginalInvoice | None = None
    payments: tuple[ReportedPayment, ...] = ()
    closed: Closed | None = None
    entries: tuple[Entry, ...] = ()
    balances: Balances = Balances()

    @property
    def state(self) -> CaseState:
        """The present state."""
        return self.state_history[-1].state

    @property
    def status(self) -> CaseStatus:
        """The present status."""
        return self.status_history[-1].status
