"""The worked examples of docs/law/statutory-costs.md: which costs stand beside which."""

from datetime import date

import pytest

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import FeeAlreadyClaimed
from fordran.domain.cost_charge import charge_cost
from fordran.domain.costs import Charged, CostRefusal
from fordran.domain.draft import Draft
from fordran.domain.tables.statutory_costs import CostKind
from tests.domain.law_cases import REGISTERED_AT, LawCase, figure, kronor
from tests.domain.law_pages import Row, table

TERMS = {
    "": AgreementTerms(),
    "no reminder fee": AgreementTerms(reminder_fee_agreed=False),
    "450": AgreementTerms(claims_late_payment_fee=True),
}
NOT_IN_THE_TABLE = {CostRefusal.CASE_CLOSED, CostRefusal.CREDIT_CEILING}
"""They are shown by the scenarios and in docs/law/consumer-credit.md."""


def charged(row: Row) -> tuple[Draft, list[Charged]]:
    fees = ()
    if row.get("before"):
        _, kind, amount = row["before"].split()
        fees = (FeeAlreadyClaimed(kind, kronor(amount), date(2025, 8, 11)),)
    lived = LawCase(
        TERMS[row["agreement"]],
        capital=row.get("capital", "2000.00"),
        is_consumer=row["debtor"] == "consumer",
        fees=fees,
    )
    draft = Draft(lived.case, REGISTERED_AT)
    results = []
    for act in row["acts"].split(", "):
        kind, name = act.split()
        results.append(
            charge_cost(draft, CostKind(kind), name, lived.rules, value_at=REGISTERED_AT)
        )
    return draft, results


def outcome(result: Charged) -> str:
    return figure(result.amount) if result.refusal is None else result.refusal.value


@pytest.mark.parametrize("row", table("statutory-costs.md", "What may be charged"))
def test_combination_of_the_law_page_holds(row: Row) -> None:
    draft, results = charged(row)
    assert ", ".join(outcome(result) for result in results) == row["outcome"]
    assert figure(draft.case.balances.costs.added) == row["costs"]


@pytest.mark.parametrize("row", table("statutory-costs.md", "What a claim then amounts to"))
def test_claim_of_the_law_page_holds(row: Row) -> None:
    draft, _ = charged(row)
    assert figure(draft.case.balances.added) == row["claimed"]


def test_every_kind_and_refusal_is_on_the_law_page() -> None:
    rows = table("statutory-costs.md", "What may be charged")
    kinds = {act.split()[0] for row in rows for act in row["acts"].split(", ")}
    assert kinds == set(CostKind)
    outcomes = {said for row in rows for said in row["outcome"].split(", ")}
    assert set(CostRefusal) - NOT_IN_THE_TABLE <= outcomes
