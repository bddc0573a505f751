"""The worked examples of docs/law/settlement.md and docs/law/crediting-and-reversal.md."""

import pytest

from fordran.domain.ledger import Component, MoneySource
from fordran.domain.money import ZERO, total
from fordran.domain.settlement import SettlementOrders, place
from tests.domain.law_cases import LawCase, figure, kronor, row_of
from tests.domain.law_pages import Row, table

REVERSAL_PAGE = "crediting-and-reversal.md"
FACTS = [
    *table("settlement.md", "Paying what the letter asks"),
    *table(REVERSAL_PAGE, "Creditings"),
    *table(REVERSAL_PAGE, "Cancellations"),
    *table(REVERSAL_PAGE, "Reversals"),
]


def lived(row: Row) -> LawCase:
    case = LawCase()
    case.live(row["facts"])
    return case


@pytest.mark.parametrize("row", FACTS, ids=lambda row: row["facts"])
def test_claim_of_the_law_page_holds(row: Row) -> None:
    told = lived(row)
    found = row_of(told.case)
    if "written off" in row:
        balances = told.case.balances
        found["written off"] = figure(total(balances.of(part).written_off for part in Component))
    if "answer" in row:
        outcome = told.outcomes[-1]
        found["answer"] = f"{outcome.status} {figure(outcome.settled)}"
    assert found == {name: cell for name, cell in row.items() if name != "facts"}


@pytest.mark.parametrize(
    "row", table("settlement.md", "What is answered"), ids=lambda row: row["facts"]
)
def test_answer_of_the_law_page_holds(row: Row) -> None:
    outcome = lived(row).outcomes[-1]
    found = (outcome.status.value, figure(outcome.settled), outcome.reason or "")
    assert found == (row["status"], row["settled"], row["reason"])


@pytest.mark.parametrize("row", table("settlement.md", "Orders by source"))
def test_order_by_source_of_the_law_page_holds(row: Row) -> None:
    order = SettlementOrders().of(MoneySource(row["source"]))
    assert ", ".join(order.components) == row["order"]
    assert order.version == row["version"]


def test_every_source_is_on_the_law_page() -> None:
    assert [row["source"] for row in table("settlement.md", "Orders by source")] == list(
        MoneySource
    )


@pytest.mark.parametrize("row", table("settlement.md", "A part payment from each source"))
def test_part_payment_from_a_source_of_the_law_page_holds(row: Row) -> None:
    owed = {component: kronor(row[component.value]) for component in Component}
    order = SettlementOrders().of(MoneySource(row["source"]))
    placement = place(kronor(row["paid"]), owed, order)
    settled = {component: placement.parts.get(component, ZERO) for component in Component}
    assert settled == {component: kronor(row[f"on {component.value}"]) for component in Component}
    assert placement.unplaced == kronor(row["unplaced"])
