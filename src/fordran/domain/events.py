"""The events of a case: the journal from which everything else is projected.

Each event says what happened, never what to store. Every version ever released stays readable:
a field is only ever added, with a default.
"""

from datetime import date, datetime

import msgspec

from fordran.domain.case import (
    CaseMoney,
    Debt,
    Demand,
    Limitation,
    OriginalInvoice,
    RefusedAct,
    Reminder,
)
from fordran.domain.case_status import CloseReason
from fordran.domain.client_money import Transfer
from fordran.domain.flow import NextFlowItem
from fordran.domain.holds import Hold
from fordran.domain.interest_terms import InterestReduction
from fordran.domain.ledger import Entry, FactName
from fordran.domain.money import Money


class CaseRegistered(msgspec.Struct, frozen=True, tag="case_registered", omit_defaults=True):
    """A creditor registered the debt; the case begins."""

    case_id: str
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
    debt: Debt
    debtor_born_on: date | None = None


class EntryPosted(msgspec.Struct, frozen=True, tag="entry_posted"):
    """Money of the case moved."""

    entry: Entry


class InterestCounted(msgspec.Struct, frozen=True, tag="interest_counted"):
    """The interest in the ledger now covers every day through `through_on` (decision 22).

    Units: `units` is the exact sum that was rounded, `UNITS_PER_MINOR` an öre.
    """

    through_on: date
    units: int = 0
    law_version: int = 0


class FlowItemScheduled(msgspec.Struct, frozen=True, tag="flow_item_scheduled"):
    """What happens next, and when."""

    item: NextFlowItem


class FlowEnded(msgspec.Struct, frozen=True, tag="flow_ended"):
    """The last item of the flow was carried out; nothing more is scheduled."""


class FlowItemFailed(msgspec.Struct, frozen=True, tag="flow_item_failed"):
    """The scheduled item could not be carried out and was set aside, until it is tried again."""

    reason: str
    retry_at: datetime | None = None


class ActRefused(msgspec.Struct, frozen=True, tag="act_refused"):
    """A guard stopped an outgoing act before it happened."""

    refused: RefusedAct


class HoldBegan(msgspec.Struct, frozen=True, tag="hold_began"):
    """The flow stands still: a dispute, a pause or a respite."""

    hold: Hold


class HoldOverdue(msgspec.Struct, frozen=True, tag="hold_overdue"):
    """A day by which somebody should have answered has passed."""

    hold_id: str
    clock: str


class HoldEnded(msgspec.Struct, frozen=True, tag="hold_ended"):
    """What held the flow is over; it goes on if nothing else holds it."""

    hold_id: str
    outcome: str


class ReminderEntered(msgspec.Struct, frozen=True, tag="reminder_entered"):
    """The case moved to the state reminder."""


class ReminderDispatched(msgspec.Struct, frozen=True, tag="reminder_dispatched"):
    """The reminder was handed over to the post."""

    reminder: Reminder


class CaseInitialized(msgspec.Struct, frozen=True, tag="case_initialized"):
    """The claim was valued and is ready for its first state."""


class DebtCollectionEntered(msgspec.Struct, frozen=True, tag="debt_collection_entered"):
    """The case moved to debt collection, alone or together with others of the same debtor."""

    debt_collection_id: str


class DemandDispatched(msgspec.Struct, frozen=True, tag="demand_dispatched"):
    """The debt-collection demand was handed over to the post (decision 63)."""

    demand: Demand


class LimitationBroken(msgspec.Struct, frozen=True, tag="limitation_broken"):
    """An act broke the limitation (preskriptionslagen 1981:130 5 §)."""

    limitation: Limitation


class DemandExpired(msgspec.Struct, frozen=True, tag="demand_expired"):
    """The demand's deadline passed with something unpaid."""

    is_capital_unpaid: bool = True


class OriginalInvoiceAttached(msgspec.Struct, frozen=True, tag="original_invoice_attached"):
    """The original invoice was uploaded."""

    original_invoice: OriginalInvoice


class CreditorPaymentReported(msgspec.Struct, frozen=True, tag="creditor_payment_reported"):
    """The creditor reported money that the debtor paid to them."""

    payment: CaseMoney


class PaymentReceived(msgspec.Struct, frozen=True, tag="payment_received"):
    """The agency received money for the case, from the debtor or from the authority."""

    payment: CaseMoney


class CreditingReported(msgspec.Struct, frozen=True, tag="crediting_reported"):
    """The creditor credited the claim or a part of it."""

    crediting: CaseMoney


class PaymentReversed(msgspec.Struct, frozen=True, tag="payment_reversed"):
    """A payment proved not to be one: it bounced, or belonged to another case (decision 50)."""

    payment_id: str
    reversal_id: str


class PaymentRefunded(msgspec.Struct, frozen=True, tag="payment_refunded"):
    """What a payment had too much was paid back to the debtor."""

    payment_id: str
    amount: Money


class InterestReduced(msgspec.Struct, frozen=True, tag="interest_reduced"):
    """A person decided that the claim bears less interest (räntelagen 8 §)."""

    reduction: InterestReduction


class MoneyTransferred(msgspec.Struct, frozen=True, tag="money_transferred"):
    """Money at the agency moved between those it belongs to (decision 29)."""

    transfer: Transfer


class CaseClosed(msgspec.Struct, frozen=True, tag="case_closed", omit_defaults=True):
    """The case ended."""

    reason: CloseReason
    because_of: FactName | None = None


class CaseReopened(msgspec.Struct, frozen=True, tag="case_reopened"):
    """The payment that closed the case was reversed; it is where it was (decision 50)."""


CaseEvent = (
    CaseRegistered
    | EntryPosted
    | InterestCounted
    | FlowItemScheduled
    | FlowEnded
    | FlowItemFailed
    | ActRefused
    | HoldBegan
    | HoldOverdue
    | HoldEnded
    | ReminderEntered
    | ReminderDispatched
    | CaseInitialized
    | DebtCollectionEntered
    | DemandDispatched
    | LimitationBroken
    | DemandExpired
    | OriginalInvoiceAttached
    | CreditorPaymentReported
    | PaymentReceived
    | CreditingReported
    | PaymentReversed
    | PaymentRefunded
    | InterestReduced
    | MoneyTransferred
    | CaseClosed
    | CaseReopened
)


class Recorded(msgspec.Struct, frozen=True):
    """An event with its place in the journal.

    Units: `at` is the case's own instant (its account's clock): the instant that counts, which
    of an item caught up is its due instant. `known_at` is when the account came to know it, by
    the same clock; never before `at` (docs/decisions/0027). Invariants: `number` is 1..n.
    """

    number: int
    at: datetime
    event: CaseEvent
    known_at: datetime | None = None

    @property
    def was_known_at(self) -> datetime:
        """When the event became known; an event written before this was kept was known at once."""
        return self.known_at or self.at
