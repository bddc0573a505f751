"""Input models of what creditors report about their cases."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from fordran.api.decode import InputModel
from fordran.api.scalars import CivilDate, Instant, ObjectId, PositiveAmount, Rate, ReadOnly

Currency = Literal["SEK"]

_Reference = Annotated[str, Meta(min_length=1, max_length=50)]
_Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
_Name = Annotated[str, Meta(min_length=1, max_length=200)]

_CASE_ISSUE = "exactly one of case and invoice_number must be sent"


class CreditorActionRequest(InputModel, frozen=True, kw_only=True):
    """What every report of a creditor has."""

    creditor: ObjectId
    origin: Literal["creditor_system"]
    account: ObjectId | None = None


class CaseActionRequest(CreditorActionRequest, frozen=True, kw_only=True):
    """A report about a case, which is named by its id or by the number of its invoice."""

    case: ObjectId | None = None
    invoice_number: _Reference | None = None
    file_import_report: ReadOnly = None

    def issues(self) -> dict[str, Any]:
        """Refuse a report that names its case both ways, or not at all."""
        if (self.case is None) == (self.invoice_number is None):
            return {"case": _CASE_ISSUE, "invoice_number": _CASE_ISSUE}
        return {}


class CreditorPaymentRequest(CaseActionRequest, frozen=True, kw_only=True):
    """Money that the debtor has paid to the creditor."""

    currency: Currency
    amount: PositiveAmount
    bank_transaction_date: Instant
    client_registration_date: Instant | None = None
    creditor_payment_reference: _Reference | None = None


class CreditorCreditingRequest(CaseActionRequest, frozen=True, kw_only=True):
    """What the creditor credits of the claim: all of it or a part."""

    currency: Currency
    amount: PositiveAmount
    client_registration_date: Instant | None = None
    credit_invoice: _Reference | None = None
    creditor_reference: _Reference | None = None


class CreditorCancellationRequest(CaseActionRequest, frozen=True, kw_only=True):
    """The creditor wants no further handling of the case."""


class CreditorPaymentReversalRequest(CreditorActionRequest, frozen=True, kw_only=True):
    """A reported payment was not there after all: it bounced, or belonged to another case."""

    creditor_payment: ObjectId


class InterestReductionRequest(CreditorActionRequest, frozen=True, kw_only=True):
    """A person has decided that a claim bears less interest (Interest Act, 8 §)."""

    case: ObjectId
    first_date: CivilDate
    last_date: CivilDate | None = None
    annual_rate_percent: Rate
    reason: _Reason
    decided_by: _Name

    def issues(self) -> dict[str, Any]:
        """Refuse a reduction that ends before it begins."""
        if self.last_date is not None and self.last_date < self.first_date:
            return {"last_date": "must not be before first_date"}
        return {}


class RespiteRequest(CreditorActionRequest, frozen=True, kw_only=True):
    """The debtor gets time: the flow of the case in the path waits through a day."""

    respite_to_date: CivilDate


class PauseRequest(CaseActionRequest, frozen=True, kw_only=True):
    """The flow of a case is to stand still until it is resumed."""

    reason: _Reason


class ResumptionRequest(CreditorActionRequest, frozen=True, kw_only=True):
    """The pause in the path is over."""

    reason: _Reason


class DisputeRequest(CaseActionRequest, frozen=True, kw_only=True):
    """The debtor objects to a claim, or to a part of it."""

    kind: Literal["paid", "not_mine", "goods", "amount", "identity_theft", "other"]
    amount: PositiveAmount | None = None
    text: _Reason
    hold_other_cases: bool = False


class DisputeOutcomeRequest(CreditorActionRequest, frozen=True, kw_only=True):
    """How the dispute in the path ends."""

    outcome: Literal["upheld", "partly_upheld", "rejected", "withdrawn"]
    amount: PositiveAmount | None = None
    explanation: _Reason

    def issues(self) -> dict[str, Any]:
        """Refuse an outcome in part without its amount, and an amount with any other."""
        if self.outcome == "partly_upheld" and self.amount is None:
            return {"amount": "must be sent when outcome is partly_upheld"}
        if self.outcome != "partly_upheld" and self.amount is not None:
            return {"amount": "must be sent only when outcome is partly_upheld"}
        return {}
