"""The worked examples of docs/law/client-money.md."""

from datetime import date
from decimal import Decimal

import pytest

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case_facts import costs_of
from fordran.domain.client_money import Holder
from fordran.domain.cost_charge import charge_cost
from fordran.domain.draft import Draft
from fordran.domain.facts import Cost, Facts, MoneyFact
from fordran.domain.interest_terms import InterestBasis, InterestRule, InterestTerms
from fordran.domain.ledger import MoneySource, Origin
from fordran.domain.money import ZERO, RoundingPolicy
from fordran.domain.shares import ShareTerms, shares_due
from fordran.domain.tables.statutory_costs import CostKind
from fordran.domain.valuation import value
from tests.domain.law_cases import REGISTERED_AT, LawCase, figure, kronor
from tests.domain.law_pages import Row, table

PAYMENT = "1" * 24
COSTS_ON = date(2025, 9, 3)
PAID_ON = date(2025, 9, 14)

# 18.25 % a year of 2 000 is a krona a day; 1 to 14 September are 14 days.
KRONA_A_DAY = InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal("18.25"))


def facts(row: Row) -> Facts:
    costs = [
        Cost(kronor(row["creditor's costs"]), COSTS_ON, CostKind.REMINDER, "", is_creditors=True),
        Cost(kronor(row["agency's costs"]), COSTS_ON, CostKind.DEBT_COLLECTION, "letter-1"),
    ]
    source = MoneySource(row["paid to"])
    return Facts(
        capital=kronor("2000.00"),
        costs=tuple(cost for cost in costs if cost.amount),
        money=(MoneyFact(kronor(row["paid"]), PAID_ON, source, PAYMENT, PAID_ON),),
        interest_from_on=date(2025, 9, 1),
        rule=InterestRule(KRONA_A_DAY),
        rounding=RoundingPolicy.ORE_HALF_UP,
    )


@pytest.mark.parametrize("row", table("client-money.md", "Worked examples"))
def test_shares_of_the_law_page_hold(row: Row) -> None:
    terms = ShareTerms(commission_percent=Decimal(row["commission %"]))
    sums = dict.fromkeys(Holder, ZERO)
    for share, amount in shares_due(value(facts(row), PAID_ON), terms).items():
        sums[share.debit] += amount
        sums[share.credit] -= amount
    rights = {holder: -amount for holder, amount in sums.items() if holder is not Holder.BANK}
    assert figure(sums[Holder.BANK]) == row["bank"]
    assert {holder.value: figure(amount) for holder, amount in rights.items()} == {
        holder.value: row[holder.value] for holder in rights
    }
    assert sum(rights.values(), ZERO) == sums[Holder.BANK]


@pytest.mark.parametrize("row", table("client-money.md", "Who gets what"), ids=lambda r: r["kind"])
@pytest.mark.parametrize(
    ("origin", "column"),
    [
        (Origin.SOLICITOR_SYSTEM, "laid out by the agency"),
        (Origin.CREDITOR_SYSTEM, "laid out by the creditor"),
    ],
)
def test_cost_of_the_law_page_is_whose_it_says(row: Row, origin: Origin, column: str) -> None:
    lived = LawCase(AgreementTerms(claims_late_payment_fee=True))
    draft = Draft(lived.case, REGISTERED_AT)
    kind = CostKind(row["kind"])
    charge_cost(draft, kind, "act", lived.rules, value_at=REGISTERED_AT, origin=origin)
    (cost,) = costs_of(draft.case)
    assert ("creditor" if cost.is_creditors else "agency") == row[column]


def test_every_kind_of_cost_is_on_the_law_page() -> None:
    assert {row["kind"] for row in table("client-money.md", "Who gets what")} == set(CostKind)
