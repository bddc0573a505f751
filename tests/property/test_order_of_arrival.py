"""The same facts, in any order of arrival, end in the same money, to the öre (decision 47)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from tests.property.ledger_books import MemoryBooks
from tests.property.ledger_machine import ENDS_AT, amounts, worlds
from tests.property.oracle_days import civil, midnight

ONE_DAY = timedelta(days=1)
ACCEPTED_MIN = 20

KINDS = ("creditor_payment", "agency_payment", "crediting", "interest_reduction")


@st.composite
def facts(draw: st.DrawFn, world: dict[str, Any]) -> dict[str, Any]:
    """Draw a fact of one of the world's cases; its money is a small part of the capital."""
    position = draw(st.integers(0, len(world["debts"]) - 1))
    debt = world["debts"][position]
    kind = draw(st.sampled_from(KINDS))
    days = draw(st.integers(0, 60) | st.integers(0, (civil(ENDS_AT) - debt["invoice_on"]).days))
    near = draw(st.sampled_from([debt["invoice_on"], civil(world["at"])]))
    value_on = min(max(near + (days - 10) * ONE_DAY, debt["invoice_on"]), civil(ENDS_AT))
    percent = draw(st.sampled_from([1, 7, 20, 30]))
    first_on = value_on
    return {
        "kind": kind,
        "position": position,
        "amount": max(debt["capital"] * percent // 100, 1),
        "value_at": midnight(value_on),
        "reference": None,
        "reduction": {
            "first_on": first_on,
            "last_on": draw(st.sampled_from([None, first_on + 40 * ONE_DAY])),
            "percent": draw(st.sampled_from(["0", "5.5", "9"])),
        },
    }


@st.composite
def stories(draw: st.DrawFn) -> tuple[dict[str, Any], list[dict[str, Any]], list[int]]:
    """Draw a world, its facts, and another order for them to arrive in."""
    world = draw(worlds())
    for debt in world["debts"]:
        # What a rest may be written off for must not close a case, so none is small.
        debt["capital"] = max(debt["capital"], 2_000_00)
    drawn = draw(st.lists(facts(world), min_size=2, max_size=6))
    return world, drawn, draw(st.permutations(range(len(drawn))))


def lived(
    world: dict[str, Any], arrivals: Sequence[tuple[datetime, dict[str, Any]]]
) -> MemoryBooks:
    """Live a world through with facts that arrive one after the other, at given instants."""
    books = MemoryBooks(world["terms"], world["at"], is_consumer=world["is_consumer"])
    case_ids = books.register(world["debts"])
    for arrived_at, fact in arrivals:
        books.advance(arrived_at)
        books.carry_out({**fact, "case": case_ids[fact["position"]]})
    books.advance(ENDS_AT + ONE_DAY)
    return books


def named(facts_drawn: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**fact, "id": f"{number:024x}"} for number, fact in enumerate(facts_drawn)]


def assert_same_worth(one: MemoryBooks, other: MemoryBooks) -> None:
    cases, others = one.cases(), other.cases()
    assume(all(case.closed is None for case in (*cases.values(), *others.values())))
    for case_id, case in cases.items():
        said, other_said = amounts(case), amounts(others[case_id])
        differing = {
            name: (said[name], other_said[name]) for name in said if said[name] != other_said[name]
        }
        assert not differing, f"case {case_id}: {differing}"


def test_facts_known_after_the_flow_count_the_same_in_any_order() -> None:
    accepted = 0

    @given(stories())
    def check(story: tuple[dict[str, Any], list[dict[str, Any]], list[int]]) -> None:
        nonlocal accepted
        world, drawn, order = story
        known = named(drawn)
        first = lived(world, [(ENDS_AT, fact) for fact in known])
        second = lived(world, [(ENDS_AT, known[number]) for number in order])
        assert_same_worth(first, second)
        accepted += order != sorted(order)

    check()
    assert accepted >= ACCEPTED_MIN


def test_facts_known_at_drawn_times_count_as_those_known_at_the_end() -> None:
    accepted = 0

    @given(stories(), st.lists(st.integers(0, 200), min_size=6, max_size=6))
    def check(
        story: tuple[dict[str, Any], list[dict[str, Any]], list[int]], delays: list[int]
    ) -> None:
        nonlocal accepted
        world, drawn, order = story
        known = named(drawn)
        arrivals = sorted(
            ((arrives_at(world, known[number], delays[number]), known[number]) for number in order),
            key=lambda arrival: arrival[0],
        )
        in_time = lived(world, arrivals)
        late = lived(world, [(ENDS_AT, fact) for fact in known])
        assert_same_worth(in_time, late)
        accepted += 1

    check()
    assert accepted >= ACCEPTED_MIN


def arrives_at(world: dict[str, Any], fact: dict[str, Any], delay: int) -> datetime:
    """Return when a fact becomes known: on its own day or so many days later."""
    first = max(world["at"], fact["value_at"])
    return min(max(first + delay * ONE_DAY, world["at"]), ENDS_AT)


def test_facts_of_one_day_count_the_same_in_any_order() -> None:
    """On one day a crediting counts before a payment to the creditor, and that before ours."""
    accepted = 0

    @given(worlds(), st.permutations(range(3)), st.integers(0, 40))
    def check(world: dict[str, Any], order: list[int], days: int) -> None:
        nonlocal accepted
        world["debts"] = [{**world["debts"][0], "capital": 12_345_67}]
        on = min(civil(world["at"]) + days * ONE_DAY, civil(ENDS_AT))
        known = named(
            [
                {"kind": kind, "position": 0, "amount": 2_000_01, "value_at": midnight(on),
                 "reference": None}
                for kind in ("crediting", "creditor_payment", "agency_payment")
            ]
        )  # fmt: skip
        first = lived(world, [(ENDS_AT, fact) for fact in known])
        second = lived(world, [(ENDS_AT, known[number]) for number in order])
        assert_same_worth(first, second)
        accepted += order != sorted(order)

    check()
    assert accepted >= ACCEPTED_MIN
