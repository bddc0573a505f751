"""Input models: what clients may send, field by field, and the rules between fields.

A rule here needs nothing but the request itself. Whether the creditor exists, whether a date lies
in the future of the account's clock, and the like are checked where those facts are known.

An optional field may be left out or be null, which is the same.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta

from fordran.api.case_settings import CaseSettingsRequest
from fordran.api.creditor_action_requests import Currency
from fordran.api.decode import WHOLE, InputModel
from fordran.api.scalars import (
    CivilDate,
    CountryCode,
    NonNegativeAmount,
    ObjectId,
    PositiveAmount,
)
from fordran.domain.money import Money, total

FirstAction = Literal["debt_collection", "reminder"]
"""What a registration may start with."""

DEBTS_MAX = 100
DAYS_MAX = 3650

_Name = Annotated[str, Meta(min_length=1, max_length=200)]
_AddressLine = Annotated[str, Meta(min_length=1, max_length=200)]
_ZipCode = Annotated[str, Meta(min_length=1, max_length=20)]
_City = Annotated[str, Meta(min_length=1, max_length=100)]
_Email = Annotated[str, Meta(min_length=1, max_length=200)]
_Reference = Annotated[str, Meta(min_length=1, max_length=50)]
_Description = Annotated[str, Meta(min_length=1, max_length=2000)]

_DueDays = Annotated[
    int,
    Meta(ge=0, le=DAYS_MAX, extra={"min_issue": "due date must not be before the invoice date"}),
]
_InterestDays = Annotated[int, Meta(ge=0, le=DAYS_MAX)]

_ONE_KIND_ISSUE = "exactly one of is_person, is_company and is_foreign must be true"
_CREDIT_ISSUE = "only a person has a consumer credit"
_DAYS_ISSUE = "must not be sent with start demand_30_days"


class AddressRequest(InputModel, frozen=True, kw_only=True):
    """Where a customer gets letters."""

    address_line_1: _AddressLine
    zip_code: _ZipCode
    city: _City
    country: CountryCode | None = None


class CustomerRequest(InputModel, frozen=True, kw_only=True):
    """The debtor as the creditor registers them."""

    name: _Name
    id_number: _Reference
    address: AddressRequest
    is_person: bool | None = None
    is_company: bool | None = None
    is_foreign: bool | None = None
    customer_number: _Reference | None = None
    mobile_number: _Reference | None = None
    email: _Email | None = None

    def issues(self) -> dict[str, Any]:
        """Refuse a customer that is not one of person, company and foreigner."""
        kinds = (self.is_person, self.is_company, self.is_foreign)
        return {} if kinds.count(True) == 1 else {WHOLE: _ONE_KIND_ISSUE}


class IncludedFeesRequest(InputModel, frozen=True, kw_only=True):
    """Fees that are part of the capital; information about it (decision 28)."""

    invoice_fee: NonNegativeAmount | None = None
    reminder: NonNegativeAmount | None = None
    late_payment_fee: NonNegativeAmount | None = None
    verdict_fee: NonNegativeAmount | None = None
    enforcement: NonNegativeAmount | None = None

    def amounts(self) -> tuple[Money, ...]:
        """Return the amounts of the fees that were sent."""
        fees = (
            self.invoice_fee,
            self.reminder,
            self.late_payment_fee,
            self.verdict_fee,
            self.enforcement,
        )
        return tuple(fee for fee in fees if fee is not None)


class ClaimedFeeRequest(InputModel, frozen=True, kw_only=True):
    """A fee that the creditor has charged, beside the capital."""

    amount: NonNegativeAmount
    fee_registration_date: CivilDate


class ClaimedFeesRequest(InputModel, frozen=True, kw_only=True):
    """Fees that the creditor has charged; each becomes a costs row (decision 28)."""

    reminder: ClaimedFeeRequest | None = None
    late_payment_fee: ClaimedFeeRequest | None = None
    verdict_fee: ClaimedFeeRequest | None = None
    enforcement: ClaimedFeeRequest | None = None


class DebtRequest(InputModel, frozen=True, kw_only=True):
    """One invoice that is not paid; each becomes a case of its own."""

    invoice_number: _Reference
    invoice_date: CivilDate
    capital_to_claim: PositiveAmount
    invoice_due_days_after_invoice_date: _DueDays
    interest_days_after_invoice_date: _InterestDays | None = None
    debt_description: _Description | None = None
    debt_reference: _Reference | None = None
    payout_reference: _Reference | None = None
    fees_included_in_capital_to_claim: IncludedFeesRequest | None = None
    fees_already_claimed: ClaimedFeesRequest | None = None
    case_settings: CaseSettingsRequest | None = None

    def issues(self) -> dict[str, Any]:
        """Refuse fees that exceed the capital they are part of, and two starts of interest."""
        issues: dict[str, Any] = {}
        fees = self.fees_included_in_capital_to_claim
        if fees is not None and total(fees.amounts()) > self.capital_to_claim:
            issues["fees_included_in_capital_to_claim"] = "must not exceed capital_to_claim"
        rate = self.case_settings.interest_rate if self.case_settings else None
        starts_by_demand = rate is not None and rate.start == "demand_30_days"
        if starts_by_demand and self.interest_days_after_invoice_date is not None:
            issues["interest_days_after_invoice_date"] = _DAYS_ISSUE
        return issues


class CaseRegistrationRequest(InputModel, frozen=True, kw_only=True):
    """A customer and the invoices to collect from them."""

    creditor: ObjectId
    first_action: FirstAction
    currency: Currency
    customer: CustomerRequest
    debts: Annotated[tuple[DebtRequest, ...], Meta(min_length=1, max_length=DEBTS_MAX)]
    account: ObjectId | None = None

    def issues(self) -> dict[str, Any]:
        """Refuse an invoice number that is repeated, and a consumer credit of no person."""
        seen: set[str] = set()
        debts: dict[str, Any] = {}
        for index, debt in enumerate(self.debts):
            issues: dict[str, Any] = {}
            number = debt.invoice_number
            if number in seen:
                issues["invoice_number"] = f"value '{number}' is not unique"
            seen.add(number)
            is_credit = debt.case_settings is not None and debt.case_settings.consumer_credit
            if is_credit and not self.customer.is_person:
                issues["case_settings"] = {"consumer_credit": _CREDIT_ISSUE}
            if issues:
                debts[str(index)] = issues
        return {"debts": debts} if debts else {}
