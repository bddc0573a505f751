"""As of: random stories, looked back at from their end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as with_changes

from fordran.domain.as_of import facts_on, valid_at
from fordran.domain.case import Case
from fordran.domain.case_facts import facts_of
from fordran.domain.draft import Draft
from fordran.domain.history import known_by, rebuild
from fordran.domain.ledger import Component, EntryKind
from fordran.domain.money import Money
from fordran.domain.swedish_time import civil_date
from fordran.domain.valuation import value
from tests.property.strategies import ENDS_ON, RULES, Book, Story, at, lived, stories

ACCEPTED_MIN = 20

COMPONENTS = (Component.CAPITAL, Component.INTEREST)
"""Whose amounts follow from the value dates alone. A demand's cost counts from its dispatch, and
what makes it owed comes later (docs/decisions/0027)."""


@dataclass(frozen=True)
class Look:
    """A story, and a day after its registration to look back at."""

    story: Story
    on: date


@st.composite
def looks(draw: st.DrawFn) -> Look:
    story = draw(stories(payments_min=1))
    paid_on = draw(st.sampled_from(story.payments)).value_on
    on = paid_on + timedelta(days=draw(st.sampled_from([-20, -1, 0, 1, 20])))
    return Look(story, min(max(on, story.registered_on), ENDS_ON))


def test_now_is_the_case_itself() -> None:
    accepted = 0

    @given(stories(payments_min=1))
    def check(story: Story) -> None:
        nonlocal accepted
        for case in lived(story, in_time=False).cases.values():
            assert valid_at(case, RULES, at(ENDS_ON, 23)) == case
            accepted += len(case.entries) > 2

    check()
    assert accepted >= ACCEPTED_MIN


def test_amounts_of_a_day_are_those_of_a_story_without_later_facts() -> None:
    """What was paid later, however early or late it was known, changes nothing of the day.

    Of cases that stay open, as decision 47 has it.
    """
    accepted = 0

    @given(looks())
    def check(look: Look) -> None:
        nonlocal accepted
        all_of_it = lived(look.story, in_time=False)
        by_then = replace(
            look.story,
            payments=tuple(p for p in look.story.payments if p.value_on <= look.on),
        )
        cut = lived(by_then, in_time=True, until=look.on)
        for case_id, case in all_of_it.cases.items():
            then = valid_at(case, RULES, at(look.on, 23) - timedelta(hours=2))
            if case.closed is not None or cut.cases[case_id].closed is not None:
                # Closing is itself a fact: what becomes known after it settles nothing.
                continue
            assert _amounts(then) == _valued(cut, case_id, then.interest_counted_through_on)
            accepted += case.entries != then.entries

    check()
    assert accepted >= ACCEPTED_MIN // 4


def _amounts(case: Case) -> dict[str, Money]:
    remaining = {part.value: case.balances.of(part).remaining for part in COMPONENTS}
    return {**remaining, "added": case.balances.interest.added}


def _valued(book: Book, case_id: str, through_on: date | None) -> dict[str, Money]:
    """Return what the facts of a case amount to by a day."""
    case = book.cases[case_id]
    valued = value(facts_of(case, RULES), through_on or date.min)
    added = {
        Component.CAPITAL: case.balances.capital.added,
        Component.INTEREST: valued.interest_added,
    }
    remaining = {part.value: added[part] - valued.settled(part) for part in COMPONENTS}
    return {**remaining, "added": valued.interest_added}


def test_amounts_never_depend_on_money_of_a_later_value_date() -> None:
    accepted = 0

    @given(looks())
    def check(look: Look) -> None:
        nonlocal accepted
        for case in lived(look.story, in_time=False).cases.values():
            earlier = tuple(p for p in case.payments if civil_date(p.value_at) <= look.on)
            without = with_changes(case, payments=earlier)
            assert facts_on(case, RULES, look.on) == facts_on(without, RULES, look.on)
            accepted += earlier != case.payments

    check()
    assert accepted >= ACCEPTED_MIN


def test_rows_of_a_day_name_no_later_day() -> None:
    accepted = 0

    @given(looks())
    def check(look: Look) -> None:
        nonlocal accepted
        for case in lived(look.story, in_time=False).cases.values():
            then = valid_at(case, RULES, at(look.on, 12))
            assert [row.number for row in then.entries] == list(range(1, len(then.entries) + 1))
            assert all(civil_date(row.value_at) <= look.on for row in then.entries)
            if then.entries == case.entries:
                # The ledger's own rows, with the corrections among them.
                continue
            settled = [row for row in then.entries if row.kind is EntryKind.SETTLEMENT]
            assert all(row.caused_by is not None and row.amount < Money(0) for row in settled)
            accepted += bool(settled)

    check()
    assert accepted >= ACCEPTED_MIN // 4


class Watched(Book):
    """A book that remembers its cases as they were at each instant."""

    def __init__(self, story: Story) -> None:
        self.looks: dict[tuple[str, datetime], Case] = {}
        super().__init__(story)

    def _keep(self, drafts: Sequence[Draft]) -> None:
        super()._keep(drafts)
        for draft in drafts:
            self.looks[(draft.case.id, draft.known_at)] = draft.case


def test_what_was_known_is_what_the_case_was() -> None:
    """At every instant at which something became known, the journal gives the case of then."""
    accepted = 0

    @given(stories(payments_min=1))
    def check(story: Story) -> None:
        nonlocal accepted
        book = Watched(story)
        known = [
            (max(paid.value_on, story.registered_on) + timedelta(days=paid.delay_days), number)
            for number, paid in enumerate(story.payments)
        ]
        for known_on, number in sorted(known):
            book.pay(story.payments[number], f"{number:024x}", at(known_on, 12))
        for (case_id, known_at), case in book.looks.items():
            assert rebuild(known_by(book.journals[case_id], known_at)) == case
            accepted += case != book.cases[case_id]
        for journal in book.journals.values():
            assert not known_by(journal, journal[0].at - timedelta(seconds=1))

    check()
    assert accepted >= ACCEPTED_MIN
