"""The agreement: what has been agreed with an account, as one version of data."""

import msgspec

from fordran.domain.interest_terms import InterestBasis, InterestTerms
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.payout import PayoutTerms
from fordran.domain.settlement import (
    AGENCY_ORDER,
    AUTHORITY_ORDER,
    CREDITOR_ORDER,
    SettlementOrder,
    SettlementOrders,
)
from fordran.domain.shares import ShareTerms
from fordran.domain.shipped_flows import DEFAULT_FLOW, REMINDER_FIRST


class AgreementTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules that an agreement version fixes; each default is the demo agreement's.

    Units: amounts in öre, rates in percent a year, days as whole days.
    """

    flow_config_id: str = DEFAULT_FLOW.id
    """The flow of a claim whose first action is debt_collection."""
    reminder_flow_config_id: str = REMINDER_FIRST.id
    """Decision 62: the flow of a claim whose first action is reminder."""
    dispute_creditor_days: int = 14
    """docs/decisions/0038: days for the creditor to answer what it says of a dispute."""
    dispute_answer_days: int = 30
    """docs/decisions/0038: days until the debtor has an answer to a dispute."""
    interest: InterestTerms = InterestTerms(InterestBasis.REFERENCE_PLUS_MARGIN)
    """Decision 20: reference rate + 8 percentage points."""
    interest_rounding: RoundingPolicy = RoundingPolicy.WHOLE_KRONA_DOWN
    """Decision 21."""
    creditor_order: SettlementOrder = CREDITOR_ORDER
    """Decision 41: money paid to the creditor, and creditings."""
    agency_order: SettlementOrder = AGENCY_ORDER
    """Decision 41: money paid to the agency."""
    authority_order: SettlementOrder = AUTHORITY_ORDER
    """Decision 41: money from the authority."""
    depreciation_limit: Money = Money(10000)
    """Decision 43: a rest of at most this is written off when the capital is paid."""
    days_to_pay: int = 10
    """Decision 61: days from the demand to its deadline, never under 8."""
    bank_days_after_arrival: int = 4
    """Decision 61."""
    claims_debt_collection_cost: bool = True
    """Whether the cost of a demand is claimed at all (decision 24)."""
    reminder_fee_agreed: bool = True
    """Decision 26: whether the fee for a reminder was agreed when the debt arose."""
    claims_late_payment_fee: bool = False
    """Decision 27: 450 from a business instead of the costs of reminder and demand."""
    shares: ShareTerms = ShareTerms()
    """Decision 29: whose the money is that the agency receives."""
    payout: PayoutTerms = PayoutTerms()
    """When creditors are paid out, and debtors what they paid too much."""

    @property
    def orders(self) -> SettlementOrders:
        """The orders of settlement, by source."""
        return SettlementOrders(self.creditor_order, self.agency_order, self.authority_order)


class AgreementVersion(msgspec.Struct, frozen=True):
    """One version of an account's agreement."""

    id: str
    account_id: str
    terms: AgreementTerms
