"""How one case is shown to an operator."""

from collections.abc import Iterator
from datetime import datetime

from fordran.cli.tables import EMPTY, Lines
from fordran.domain.case import Case
from fordran.domain.guards import barred_at
from fordran.domain.ledger import Component
from fordran.domain.money import Money
from fordran.domain.swedish_time import civil_date
from fordran.operations.end_cases import SeenCase
from fordran.storage.case_endings import StoredEnding


def case_table(seen: SeenCase) -> Lines:
    """Return what a case is, what happens next on it, what stops that, and what is owed."""
    rows = [*_what_it_is(seen), *_what_happens(seen.case), *_what_is_owed(seen.case)]
    return Lines(f"Case {seen.case.id}", ("of the case", "is"), rows, texts=frozenset({"is"}))


def ending_in_words(ending: StoredEnding) -> str:
    """Return who ended a case and why."""
    other = f", duplicate of case {ending.duplicate_of}" if ending.duplicate_of else ""
    return plain(f"by {ending.decided_by}{other}: {ending.explanation}")


def plain(text: str) -> str:
    """Return what somebody wrote on one line, without what would steer a terminal."""
    return "".join(letter for letter in " ".join(text.split()) if letter.isprintable())


def _what_it_is(seen: SeenCase) -> Iterator[tuple[str, str]]:
    case = seen.case
    yield "invoice", f"{plain(case.debt.invoice_number)} of {case.debt.invoice_on.isoformat()}"
    yield "reference number", case.reference_number
    yield "creditor", case.creditor_id
    yield "state", case.state.value
    yield "status", case.status.value
    if case.closed is not None:
        yield "ended", f"{case.closed.reason.value}, {_instant(case.closed.at)}"
    else:
        yield "may be demanded through", civil_date(barred_at(case)).isoformat()
    if seen.ending is not None:
        yield "decided", ending_in_words(seen.ending)


def _what_happens(case: Case) -> Iterator[tuple[str, str]]:
    for hold in case.holds:
        until = f" to {hold.to_on.isoformat()}" if hold.to_on else ""
        reason = f": {plain(hold.reason)}" if hold.reason else ""
        yield f"held by a {hold.kind.value}", f"since {_instant(hold.began_at)}{until}{reason}"
    for act in case.refused_acts:
        yield "refused act", f"{act.item} {_instant(act.at)}: {act.guard} ({act.source})"
    item = case.next_item
    yield "next item", EMPTY if item is None else f"{item.item}, due {_instant(item.due_at)}"
    if item is not None and item.is_failed:
        again = f"tried again {_instant(item.retry_at)}" if item.retry_at else "not tried again"
        yield "failed", f"{item.attempts} times, {again}: {plain(item.failure)}"


def _what_is_owed(case: Case) -> Iterator[tuple[str, str]]:
    for part in Component:
        balance = case.balances.of(part)
        yield part.value, _of(balance.remaining, balance.added)
    yield "owed", _of(case.balances.remaining, case.balances.added)


def _of(remaining: Money, added: Money) -> str:
    return f"{remaining} of {added}"


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}Z"
