"""What is said of a case: the words of results and expectations."""

from collections.abc import Mapping

from fordran.domain.case import Case
from fordran.domain.client_money import Holder, holdings
from fordran.domain.explanation import Explanation, kronor
from fordran.domain.flow import NextFlowItem
from fordran.domain.ledger import Component
from fordran.domain.money import Money
from fordran.domain.shipped_flows import SHIPPED_FLOWS


def figure(amount: Money) -> str:
    return str(amount).removesuffix(" SEK")


def next_item(case: Case) -> str:
    item = case.next_item
    if item is None:
        return "next nothing"
    failed = " failed" if item.is_failed else ""
    return f"next {action(item)} {item.due_at:%Y-%m-%d %H:%M:%S}{failed}"


def limitation(case: Case) -> str:
    if case.limitation is None:
        return "limitation none"
    return f"limitation {case.limitation.limitation_at:%Y-%m-%d %H:%M:%S}"


def closed(case: Case) -> str:
    if case.closed is None:
        return "closed no"
    item = case.item_on_close
    then = f"{action(item)} {item.due_at:%Y-%m-%d %H:%M:%S}" if item else "nothing"
    return f"closed {case.closed.reason.value}, was next {then}"


def moved(before: Case, after: Case) -> str:
    """Return whether a case opened or closed between two moments, or nothing."""
    if before.closed is None and after.closed is not None:
        return f"closed {after.closed.reason.value}"
    if before.closed is not None and after.closed is None:
        return f"reopened {after.status.value}, {next_item(after)}"
    return ""


def owed(case: Case) -> str:
    balances = {part: case.balances.of(part) for part in Component}
    return ", ".join(
        f"{part.value} {figure(balance.remaining)} of {figure(balance.added)}"
        for part, balance in balances.items()
    )


def written_off(case: Case) -> str:
    parts = (f"{part.value} {figure(case.balances.of(part).written_off)}" for part in Component)
    return f"written off {', '.join(parts)}"


def held(case: Case) -> str:
    """Return what is in the bank, and what each has a right to of it."""
    sums = holdings(case.transfers)
    parts = (
        f"{holder.value} {figure(sums[holder] if holder is Holder.BANK else -sums[holder])}"
        for holder in Holder
    )
    return f"holds {', '.join(parts)}"


def row(case: Case, number: int, names: Mapping[str, str]) -> str:
    if number > len(case.entries):
        return f"row {number} does not exist"
    entry = case.entries[number - 1]
    said = (
        f"row {number} {entry.kind.value} {entry.component.value} {figure(entry.amount)}"
        f" value {entry.value_at:%Y-%m-%d %H:%M:%S}"
    )
    if entry.caused_by is not None:
        said += f" because of {names.get(entry.caused_by.id, '?')}"
    return f"{said} reverses row {entry.reverses}" if entry.reverses else said


def explained(explanation: Explanation) -> str:
    """Return the segments of the interest through a day, and their sum."""
    segments = (
        f"{segment.first_on} to {segment.last_on} {segment.days} d x {figure(segment.capital)}"
        f" x {segment.annual_rate_percent:.2f} % = {kronor(segment.units):.4f}"
        for segment in explanation.accrual.segments
    )
    said = "; ".join([*segments, f"sum {kronor(explanation.accrual.units):.4f}"])
    rounded, posted = figure(explanation.rounded_sum), figure(explanation.posted_sum)
    return f"{said}, rounded {rounded}, posted {posted}"


def action(item: NextFlowItem) -> str:
    flow = next(flow for flow in SHIPPED_FLOWS if flow.id == item.flow_config_id)
    return flow.item(item.item).action.value
