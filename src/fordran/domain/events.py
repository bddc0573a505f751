"""The events of a case: the journal from which everything else is projected.

Each event says what happened, never what to store. Every version ever released stays readable:
a field is only ever added, with a default.
"""

from datetime import date, datetime

import msgspec

from fordran.domain.case import Debt, Demand, Limitation, OriginalInvoice, ReportedPayment
from fordran.domain.case_status import CloseReason
from fordran.domain.flow import NextFlowItem
from fordran.domain.ledger import Entry


class CaseRegistered(msgspec.Struct, frozen=True, tag="case_registered"):
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


class EntryPosted(msgspec.Struct, frozen=True, tag="entry_posted"):
    """Money of the case moved."""

    entry: Entry


class InterestCounted(msgspec.Struct, frozen=True, tag="interest_counted"):
    """The interest in the ledger now covers every day through `through_on` (decision 22)."""

    through_on: date


class FlowItemScheduled(msgspec.Struct, frozen=True, tag="flow_item_scheduled"):
    """What happens next, and when."""

    item: NextFlowItem


class FlowEnded(msgspec.Struct, frozen=True, tag="flow_ended"):
    """The last item of the flow was carried out; nothing more is scheduled."""


class FlowItemFailed(msgspec.Struct, frozen=True, tag="flow_item_failed"):
    """The scheduled item could not be carried out and was set aside."""

    reason: str


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


class OriginalInvoiceAttached(msgspec.Struct, frozen=True, tag="original_invoice_attached"):
    """The original invoice was uploaded."""

    original_invoice: OriginalInvoice


class CreditorPaymentReported(msgspec.Struct, frozen=True, tag="creditor_payment_reported"):
    """The creditor reported money that the debtor paid to them."""

    payment: ReportedPayment


class CaseClosed(msgspec.Struct, frozen=True, tag="case_closed"):
    """The case ended."""

    reason: CloseReason


CaseEvent = (
    CaseRegistered
    | EntryPosted
    | InterestCounted
    | FlowItemScheduled
    | FlowEnded
    | FlowItemFailed
    | CaseInitialized
    | DebtCollectionEntered
    | DemandDispatched
    | LimitationBroken
    | DemandExpired
    | OriginalInvoiceAttached
    | CreditorPaymentReported
    | CaseClosed
)


class Recorded(msgspec.Struct, frozen=True):
    """An event with its place in the journal.

    Units: `at` is the case's own instant (its account's clock). Invariants: `number` is 1..n.
    """

    number: int
    at: datetime
    event: CaseEvent
