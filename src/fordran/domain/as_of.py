"""As of: a case as it was valid at an earlier instant, by what is known of it.

The value date decides, not when a fact became known. What the case looked like to those who
knew less then is another question, which its journal answers (docs/decisions/0027).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from msgspec.structs import replace

from fordran.domain.case import Case, CaseMoney, Limitation
from fordran.domain.case_facts import facts_of
from fordran.domain.case_status import CaseState
from fordran.domain.draft import CASE_FLOW
from fordran.domain.facts import Facts, MoneyFact, Placed, Valuation
from fordran.domain.ledger import (
    Component,
    Entry,
    EntryKind,
    FactKind,
    FactName,
    MoneySource,
    Origin,
    fold,
)
from fordran.domain.money import ZERO, Money, total
from fordran.domain.resettle import SETTLED_DESCRIPTIONS, origin_of
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date, midnight_utc
from fordran.domain.valuation import value

_FACT_KINDS = {
    MoneySource.CREDITING: FactKind.CREDITOR_CREDITING,
    MoneySource.CREDITOR: FactKind.CREDITOR_PAYMENT,
    MoneySource.AUTHORITY: FactKind.PAYMENT,
    MoneySource.AGENCY: FactKind.PAYMENT,
}


def valid_at(
    case: Case, rules: Rules, as_of: datetime, *, breaks: Sequence[Limitation] = ()
) -> Case:
    """Return a case as it was valid at an instant.

    At or after everything that the case holds, it is the case. Before that its claim is valued
    from the facts whose value date is the instant's civil date or earlier, and its entries are
    the rows that this valuation gives; histories end at the instant, and what was scheduled is
    left out where a later step had scheduled it. The first lines of the histories always stay.

    Units: `breaks` are all breaks of the limitation that are known, for an instant before the
    one that the case shows. Rounding: only in the valuation. Raises: ReferenceRateMissing.
    Source: docs/decisions/0027.
    """
    on = civil_date(as_of)
    seen = _cut(case, as_of, breaks)
    if seen.closed == case.closed and (seen.closed is not None or _is_valued_by(case, on)):
        return seen
    return _revalued(seen, rules, on)


def facts_on(case: Case, rules: Rules, on: date) -> Facts:
    """Return the facts of a case that count by the end of a day: none of a later value date.

    What is left of a crediting when the capital is credited counts from the day of its report,
    so before that day the crediting is as large as what it took of the capital.

    Raises: ReferenceRateMissing. Source: decision 48; docs/decisions/0030.
    """
    demand, reminder = case.demand, case.reminder
    if demand is not None and civil_date(demand.dispatched_at) > on:
        case = replace(case, demand=None)
    if reminder is not None and civil_date(reminder.dispatched_at) > on:
        case = replace(case, reminder=None)
    facts = facts_of(case, rules)
    facts = replace(
        facts,
        costs=tuple(cost for cost in facts.costs if cost.value_on <= on),
        money=tuple(money for money in facts.money if money.value_on <= on),
    )
    if not any(_has_late_rest(money, on) for money in facts.money):
        return facts
    placed = value(facts, on).placed
    return replace(facts, money=tuple(_without_late_rest(each, on) for each in placed))


def _has_late_rest(money: MoneyFact, on: date) -> bool:
    return money.reported_on is not None and money.reported_on > on


def _without_late_rest(placed: Placed, on: date) -> MoneyFact:
    if not _has_late_rest(placed.money, on):
        return placed.money
    return replace(placed.money, amount=placed.parts.get(Component.CAPITAL, ZERO))


def _cut(case: Case, as_of: datetime, breaks: Sequence[Limitation]) -> Case:
    """Return a case without what happened to it after an instant, its money as it is."""
    states = tuple(line for line in case.state_history[1:] if line.at <= as_of)
    statuses = tuple(line for line in case.status_history[1:] if line.at <= as_of)
    demand = case.demand if case.demand and case.demand.dispatched_at <= as_of else None
    reminder = case.reminder if case.reminder and case.reminder.dispatched_at <= as_of else None
    closed = case.closed if case.closed and case.closed.at <= as_of else None
    seen = replace(
        case,
        state_history=(case.state_history[0], *states),
        status_history=(case.status_history[0], *statuses),
        services=tuple(service for service in case.services if service.at <= as_of),
        demand=demand,
        reminder=reminder,
        holds=tuple(hold for hold in case.holds if hold.began_at <= as_of),
        refused_acts=tuple(refused for refused in case.refused_acts if refused.at <= as_of),
        closed=closed,
        limitation=_limitation_at(case, as_of, breaks),
    )
    if seen.state is not CaseState.DEBT_COLLECTION and seen.state_history != case.state_history:
        seen = replace(seen, debt_collection_id=None)
    is_where_it_was = seen.status_history == case.status_history and seen.letter == case.letter
    return seen if is_where_it_was else replace(seen, next_item=None, item_on_close=None)


def _limitation_at(case: Case, as_of: datetime, breaks: Sequence[Limitation]) -> Limitation | None:
    shown = case.limitation
    if shown is None or shown.broken_at <= as_of:
        return shown
    earlier = [each for each in breaks if each.broken_at <= as_of]
    return max(reversed(earlier), key=lambda each: each.broken_at, default=None)


def _is_valued_by(case: Case, on: date) -> bool:
    """Tell whether the ledger of a case holds nothing that counts from a later day."""
    counted_on = case.interest_counted_through_on
    return (counted_on is None or counted_on <= on) and all(
        civil_date(entry.value_at) <= on for entry in case.entries
    )


def _revalued(case: Case, rules: Rules, on: date) -> Case:
    """Return a case whose entries are the rows that its valuation on a day gives."""
    rows = list(_claims(case, on))
    counted_on = case.interest_counted_through_on
    units = 0
    if counted_on is not None:
        counted_on = min(on, counted_on)
        valued = value(facts_on(case, rules, on), counted_on)
        units = valued.interest.units
        rows += _interest(valued, counted_on)
        rows += (row for placed in valued.placed for row in _settlements(case, placed, rules))
    entries = _numbered(sorted(rows, key=lambda row: (row.value_at, _is_settlement(row))))
    return replace(
        case,
        entries=entries,
        balances=fold(entries),
        interest_counted_through_on=counted_on,
        interest_units=units,
        payments=tuple(paid for paid in case.payments if civil_date(paid.value_at) <= on),
        transfers=(),
    )


def _claims(case: Case, on: date) -> Iterator[Entry]:
    """Yield the rows that claimed capital and costs by a day; what was taken back whole is none."""
    claims = [
        entry
        for entry in case.entries
        if entry.kind is EntryKind.CLAIM and entry.component is not Component.INTEREST
    ]
    for claim in claims:
        same = [other for other in claims if _claimed_as(other) == _claimed_as(claim)]
        is_owed = total(other.amount for other in same) != ZERO
        if is_owed and civil_date(same[0].value_at) <= on:
            yield claim


def _claimed_as(entry: Entry) -> tuple[Component, str | None, str | None]:
    return (entry.component, entry.cost_kind, entry.act)


def _interest(valued: Valuation, counted_on: date) -> Iterator[Entry]:
    if valued.interest_added:
        at = midnight_utc(counted_on)
        yield _row(
            EntryKind.CLAIM, Component.INTEREST, valued.interest_added, at, description=CASE_FLOW
        )


def _settlements(case: Case, placed: Placed, rules: Rules) -> Iterator[Entry]:
    """Yield a row for each component that the money of one fact settled."""
    money = placed.money
    fact = FactName(_FACT_KINDS[money.source], money.id)
    known = next(paid for paid in case.payments if paid.payment_id == money.id)
    booked_at = next((row.booked_at for row in case.entries if row.caused_by == fact), None)
    order = rules.terms.orders.of(money.source)
    for component in order.components:
        part = placed.parts.get(component, ZERO)
        if not part:
            continue
        at = _counts_from(known, money, component)
        yield replace(
            _row(
                EntryKind.SETTLEMENT,
                component,
                -part,
                at,
                description=SETTLED_DESCRIPTIONS[money.source],
            ),
            booked_at=booked_at or at,
            origin=origin_of(money.source),
            policy=order.version,
            source=money.source,
            fact=fact,
        )


def _counts_from(known: CaseMoney, money: MoneyFact, component: Component) -> datetime:
    """Return when money counts: a crediting of capital from the due date (decision 48)."""
    is_crediting_capital = money.reported_on is not None and component is Component.CAPITAL
    return midnight_utc(money.value_on) if is_crediting_capital else known.value_at


def _row(
    kind: EntryKind, component: Component, amount: Money, at: datetime, *, description: str
) -> Entry:
    return Entry(0, kind, component, amount, at, at, Origin.SOLICITOR_SYSTEM, description)


def _is_settlement(entry: Entry) -> bool:
    return entry.kind is EntryKind.SETTLEMENT


def _numbered(rows: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return rows numbered 1..n; one that reverses another names it by its new number."""
    numbers = {row.number: number for number, row in enumerate(rows, 1) if row.number}
    return tuple(
        replace(
            row,
            number=number,
            reverses=None if row.reverses is None else numbers.get(row.reverses),
        )
        for number, row in enumerate(rows, 1)
    )
