"""The worked examples of docs/law/settlement.md."""

import pytest

from fordran.domain.ledger import Component
from fordran.domain.money import ZERO, Money
from fordran.domain.settlement import CREDITOR_ORDER, SettlementOrder, place
from tests.domain.law_pages import Row, table


def money(text: str) -> Money:
    kronor, ore = text.split(".")
    return Money(int(kronor) * 100 + int(ore))


@pytest.mark.parametrize("row", table("settlement.md", "Worked examples"))
def test_creditor_order_is_the_law_page(row: Row) -> None:
    owed = {component: money(row[component.value]) for component in Component}
    placement = place(money(row["paid"]), owed, CREDITOR_ORDER)
    settled = {component: placement.parts.get(component, ZERO) for component in Component}
    assert settled == {component: money(row[f"on {component.value}"]) for component in Component}
    assert placement.unplaced == money(row["unplaced"])


def test_order_that_leaves_a_component_out_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^a settlement order names each component exactly once$"):
        SettlementOrder("broken.1", (Component.CAPITAL, Component.CAPITAL, Component.COSTS))


@pytest.mark.parametrize(("paid", "capital"), [(-1, 100), (1, -100)])
def test_negative_amounts_are_refused(paid: int, capital: int) -> None:
    owed = {**dict.fromkeys(Component, ZERO), Component.CAPITAL: Money(capital)}
    with pytest.raises(ValueError, match=r"^only amounts of zero or more can be placed$"):
        place(Money(paid), owed, CREDITOR_ORDER)
