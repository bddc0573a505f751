"""Whose the money is: tables of what one payment's money becomes, and for whom (decision 29)."""

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms
from fordran.domain.client_money import Holder, Share
from fordran.domain.facts import Cost, Facts, MoneyFact
from fordran.domain.interest_terms import InterestBasis, InterestRule, InterestTerms
from fordran.domain.law import SHIPPED_LAW
from fordran.domain.ledger import MoneySource
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.settlement import SettlementOrder, SettlementOrders
from fordran.domain.shares import ShareTerms, shares_due
from fordran.domain.tables.statutory_costs import CostKind
from fordran.domain.valuation import value

PAYMENT = "p" * 24
COSTS_AT = date(2025, 9, 3)
PAID_ON = date(2025, 9, 20)
CREDITORS, AGENCYS = True, False
PLAIN = ShareTerms()


def cost(kind: CostKind, kronor: int, *, is_creditors: bool) -> Cost:
    return Cost(Money(kronor * 100), COSTS_AT, kind.value, "act", is_creditors)


def shared(
    costs: tuple[Cost, ...],
    kronor: int,
    source: MoneySource,
    *,
    terms: ShareTerms = PLAIN,
    orders: SettlementOrders | None = None,
) -> dict[tuple[str, str, str, str], int]:
    """Return the shares of a payment on a claim of 2 000 whose interest is 20, in öre."""
    facts = Facts(
        capital=Money(2000_00),
        costs=costs,
        money=(MoneyFact(Money(kronor * 100), PAID_ON, source, PAYMENT),),
        interest_from_on=date(2025, 9, 1),
        # 18.25 % a year of 2 000 is a krona a day; 1 to 20 September are 20 days.
        rule=InterestRule(
            InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal("18.25")),
            SHIPPED_LAW,
            False,
            (),
        ),
        rounding=RoundingPolicy.ORE_HALF_UP,
        orders=orders or AgreementTerms().orders,
    )
    due = shares_due(value(facts, PAID_ON), terms)
    assert all(share.payment_id == PAYMENT for share in due)
    return {_named(share): amount.minor for share, amount in due.items()}


def _named(share: Share) -> tuple[str, str, str, str]:
    return share.debit.value, share.credit.value, share.category.value, share.article


DEMAND = cost(CostKind.DEBT_COLLECTION, 180, is_creditors=AGENCYS)
REMINDER = cost(CostKind.REMINDER, 60, is_creditors=AGENCYS)
CLAIMED_BEFORE = cost(CostKind.REMINDER, 60, is_creditors=CREDITORS)
LATE_FEE = cost(CostKind.LATE_PAYMENT_FEE, 450, is_creditors=CREDITORS)

CAPITAL = ("bank", "creditor", "capital", "capital")
INTEREST = ("bank", "creditor", "interest", "interest")
OUTLAY = ("bank", "creditor", "creditor_outlay", "reminder")
LATE = ("bank", "creditor", "creditor_outlay", "late_payment_fee")
AGENCY_DEMAND = ("bank", "agency", "agency_cost", "debt_collection")
AGENCY_REMINDER = ("bank", "agency", "agency_cost", "reminder")
CREDIT = ("bank", "debtor", "overpayment", "overpayment")
GIVEN = ("agency", "creditor", "creditor_commission", "reminder")
GIVEN_VAT = ("vat", "creditor", "creditor_commission", "vat_reminder")
BILLED = ("creditor", "agency", "creditor_commission", "debt_collection")
BILLED_VAT = ("creditor", "vat", "creditor_commission", "vat_debt_collection")
ALL_GIVEN = ShareTerms(commission_percent=Decimal(100))

TABLE = {
    "to the agency: everything that is claimed": (
        ((CLAIMED_BEFORE, DEMAND), 2260, MoneySource.AGENCY, PLAIN),
        {CAPITAL: 2000_00, INTEREST: 20_00, OUTLAY: 60_00, AGENCY_DEMAND: 180_00},
    ),
    "to the agency: a part goes to the oldest cost first, all of it the creditor's": (
        ((CLAIMED_BEFORE, DEMAND), 60, MoneySource.AGENCY, PLAIN),
        {OUTLAY: 60_00},
    ),
    "to the agency: too much is the debtor's": (
        ((DEMAND,), 2300, MoneySource.AGENCY, PLAIN),
        {CAPITAL: 2000_00, INTEREST: 20_00, AGENCY_DEMAND: 180_00, CREDIT: 100_00},
    ),
    "to the agency: a whole commission, as the API's documentation shows it": (
        ((REMINDER,), 60, MoneySource.AGENCY, ALL_GIVEN),
        {AGENCY_REMINDER: 60_00, GIVEN: 60_00, GIVEN_VAT: 15_00},
    ),
    "to the agency: a third as commission, each amount to the nearest öre": (
        ((REMINDER,), 60, MoneySource.AGENCY, ShareTerms(Decimal("33.33"))),
        {AGENCY_REMINDER: 60_00, GIVEN: 20_00, GIVEN_VAT: 5_00},
    ),
    "to the agency: the late payment fee is the creditor's": (
        ((LATE_FEE,), 450, MoneySource.AGENCY, ALL_GIVEN),
        {LATE: 450_00},
    ),
    "to the creditor: capital alone concerns nobody else": (
        ((DEMAND,), 2000, MoneySource.CREDITOR, PLAIN),
        {},
    ),
    "to the creditor: the agency bills its cost with tax": (
        ((DEMAND,), 2180, MoneySource.CREDITOR, PLAIN),
        {BILLED: 180_00, BILLED_VAT: 45_00},
    ),
    "to the creditor: a cost that is wholly the creditor's is not billed": (
        ((DEMAND,), 2180, MoneySource.CREDITOR, ALL_GIVEN),
        {},
    ),
    "to the creditor: its own outlays and the late payment fee are not billed": (
        ((CLAIMED_BEFORE, LATE_FEE), 2510, MoneySource.CREDITOR, PLAIN),
        {},
    ),
    "from the authority: as money at the agency": (
        ((CLAIMED_BEFORE, DEMAND), 300, MoneySource.AUTHORITY, PLAIN),
        {OUTLAY: 60_00, AGENCY_DEMAND: 180_00, INTEREST: 20_00, CAPITAL: 40_00},
    ),
    "a crediting is no money": (
        ((DEMAND,), 2180, MoneySource.CREDITING, PLAIN),
        {},
    ),
}


@pytest.mark.parametrize("story", TABLE)
def test_money_is_shared_as_agreed(story: str) -> None:
    (costs, kronor, source, terms), expected = TABLE[story]
    assert shared(costs, kronor, source, terms=terms) == expected


@pytest.mark.parametrize("story", TABLE)
def test_what_is_in_the_bank_is_what_the_others_have_a_right_to(story: str) -> None:
    (costs, kronor, source, terms), _ = TABLE[story]
    balance = dict.fromkeys(Holder, 0)
    for (debit, credit, _category, _article), minor in shared(
        costs, kronor, source, terms=terms
    ).items():
        balance[Holder(debit)] += minor
        balance[Holder(credit)] -= minor
    is_at_agency = source in (MoneySource.AGENCY, MoneySource.AUTHORITY)
    assert balance[Holder.BANK] == (kronor * 100 if is_at_agency else 0)
    assert sum(balance.values()) == 0


def test_the_authoritys_order_decides_what_its_money_is() -> None:
    capital_first = SettlementOrder("test.1", AgreementTerms().creditor_order.components)
    orders = replace(AgreementTerms().orders, authority=capital_first)
    assert shared((DEMAND,), 300, MoneySource.AUTHORITY, orders=orders) == {CAPITAL: 300_00}


def test_money_that_was_refunded_stays_the_debtors_and_settles_nothing() -> None:
    money = MoneyFact(Money(0), PAID_ON, MoneySource.AGENCY, PAYMENT, refunded=Money(100_00))
    facts = Facts(
        capital=Money(2000_00),
        costs=(),
        money=(money,),
        interest_from_on=date(2025, 9, 1),
        rule=InterestRule(InterestTerms(InterestBasis.NONE), SHIPPED_LAW, False, ()),
        rounding=RoundingPolicy.ORE_HALF_UP,
    )
    due = shares_due(value(facts, PAID_ON), ShareTerms())
    assert {_named(share): amount.minor for share, amount in due.items()} == {CREDIT: 100_00}
