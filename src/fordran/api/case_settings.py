"""A claim's own settings: how it bears interest, and whether it is a consumer credit."""

from typing import Any, Literal

from fordran.api.decode import InputModel
from fordran.api.scalars import NonNegativeAmount, PositiveAmount, Rate, wire_amount, wire_rate
from fordran.domain.case import Case, ConsumerCredit
from fordran.domain.interest_terms import InterestBasis, InterestStart, InterestTerms
from fordran.domain.money import ZERO

_BASIS_ISSUE = "exactly one of reference_rate and fixed_rate_percent must be sent"
_MARGIN_ISSUE = "needs reference_rate true"
_FLOOR_ISSUE = "needs fixed_rate_percent"
_START_ISSUE = "must not be sent with reference_rate false: there is no interest"

_STARTS = {
    "due_date": InterestStart.AGREED_DUE_DATE,
    "demand_30_days": InterestStart.DEMAND_PLUS_30_DAYS,
}


class InterestRateRequest(InputModel, frozen=True, kw_only=True):
    """How a claim bears interest; left out, as the agreement says."""

    reference_rate: bool | None = None
    margin_percent: Rate | None = None
    fixed_rate_percent: Rate | None = None
    statutory_floor: bool | None = None
    start: Literal["due_date", "demand_30_days"] | None = None

    def issues(self) -> dict[str, Any]:
        """Refuse two bases or none, and what does not belong to the basis."""
        issues: dict[str, Any] = {}
        if (self.reference_rate is None) == (self.fixed_rate_percent is None):
            issues |= {"reference_rate": _BASIS_ISSUE, "fixed_rate_percent": _BASIS_ISSUE}
        if self.margin_percent is not None and self.reference_rate is not True:
            issues["margin_percent"] = _MARGIN_ISSUE
        if self.statutory_floor is not None and self.fixed_rate_percent is None:
            issues["statutory_floor"] = _FLOOR_ISSUE
        if self.start is not None and self.reference_rate is False:
            issues["start"] = _START_ISSUE
        return issues

    def terms(self) -> InterestTerms:
        """Return the terms that were asked for."""
        start = _STARTS[self.start or "due_date"]
        if self.fixed_rate_percent is not None:
            has_floor = bool(self.statutory_floor)
            basis = InterestBasis.FIXED_WITH_FLOOR if has_floor else InterestBasis.FIXED
            return InterestTerms(basis, annual_rate_percent=self.fixed_rate_percent, start=start)
        if not self.reference_rate:
            return InterestTerms(InterestBasis.NONE)
        if self.margin_percent is None:
            return InterestTerms(start=start)
        return InterestTerms(margin_percent=self.margin_percent, start=start)


class ConsumerCreditRequest(InputModel, frozen=True, kw_only=True):
    """The consumer credit that a claim comes from."""

    credit_amount: PositiveAmount
    cost_before: NonNegativeAmount | None = None

    def credit(self) -> ConsumerCredit:
        """Return the credit that was described."""
        return ConsumerCredit(self.credit_amount, self.cost_before or ZERO)


class CaseSettingsRequest(InputModel, frozen=True, kw_only=True):
    """What holds for one claim only."""

    interest_rate: InterestRateRequest | None = None
    consumer_credit: ConsumerCreditRequest | None = None


def settings_document(case: Case) -> dict[str, Any]:
    """Return the settings of a case: its own, else what its agreement says of interest."""
    terms, credit = case.debt.interest, case.debt.consumer_credit
    rate = {"reference_rate": case.has_reference_rate} if terms is None else _rate(terms)
    document: dict[str, Any] = {"interest_rate": rate}
    if credit is not None:
        document["consumer_credit"] = {"credit_amount": wire_amount(credit.credit_amount)}
        if credit.cost_before:
            document["consumer_credit"]["cost_before"] = wire_amount(credit.cost_before)
    return document


def _rate(terms: InterestTerms) -> dict[str, Any]:
    """Return terms in the shortest form that asks for them."""
    document: dict[str, Any] = {}
    if terms.annual_rate_percent is not None:
        document["fixed_rate_percent"] = wire_rate(terms.annual_rate_percent)
    else:
        document["reference_rate"] = terms.basis is InterestBasis.REFERENCE_PLUS_MARGIN
    if terms.basis is InterestBasis.FIXED_WITH_FLOOR:
        document["statutory_floor"] = True
    if terms.margin_percent != InterestTerms().margin_percent:
        document["margin_percent"] = wire_rate(terms.margin_percent)
    if terms.start is InterestStart.DEMAND_PLUS_30_DAYS:
        document["start"] = "demand_30_days"
    return document
