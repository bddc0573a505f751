"""How flows, and what is due on their cases, are shown."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from fordran.cli.tables import EMPTY, Lines
from fordran.domain.flow import FlowConfig
from fordran.domain.flow_words import items_in_words, short_name
from fordran.storage.due_list import DueCount, DueLine, DueList, Why
from fordran.storage.flow_use import Chosen, FlowUse, FlowVersion

WIDE = 170
"""From so many columns on a terminal shows every column of a table."""

IN_THE_BOXES = frozenset(("guards", "waits for"))
"""The columns that a narrower terminal is spared: the picture under the table has them."""

BY_ITS_OWN_CLOCK = "by its own clock"

ITEM_HEADINGS = ("item", "action", "counts from", "delay", "guards", "waits for", "state")


_COUNTED = ("open cases", "for demand", "for reminder")


def flow_table(used: FlowUse) -> Lines:
    """Return the versions of flows that are the newest or have open cases."""
    newest = {one.config.id: one.config.version for one in used.versions}
    rows = [
        _flow_row(one, used.chosen.get(one.config.id, Chosen()), newest[one.config.id])
        for one in used.versions
        if one.open_cases or one.config.version == newest[one.config.id]
    ]
    return Lines(
        "Flows",
        ("flow", "version", "items", *_COUNTED, "id"),
        rows,
        frozenset(("version", "items", *_COUNTED)),
        frozenset(_COUNTED),
    )


def _flow_row(one: FlowVersion, chosen: Chosen, newest: int) -> tuple[str, ...]:
    is_newest = one.config.version == newest
    return (
        short_name(one.config),
        f"{one.config.version}",
        f"{len(one.config.items)}",
        f"{one.open_cases}",
        *(_chosen(chosen) if is_newest else (EMPTY, EMPTY)),
        one.config.id,
    )


def _chosen(chosen: Chosen) -> tuple[str, str]:
    """Return how many accounts begin a flow, by the first action of the registration."""
    return f"{chosen.debt_collection or EMPTY}", f"{chosen.reminder or EMPTY}"


def item_table(config: FlowConfig) -> Lines:
    """Return the items of a flow, in their order."""
    return Lines(
        f"{short_name(config)}, version {config.version} ({config.id})",
        ITEM_HEADINGS,
        item_rows(config),
        texts=frozenset(ITEM_HEADINGS) - {"action"},
    )


def narrow(lines: Lines) -> Lines:
    """Return a table of items for a terminal that is not wide."""
    kept = [n for n, heading in enumerate(lines.headings) if heading not in IN_THE_BOXES]
    return replace(
        lines,
        headings=[lines.headings[number] for number in kept],
        rows=[[row[number] for number in kept] for row in lines.rows],
        texts=frozenset(("action", "delay")),
    )


def item_rows(config: FlowConfig) -> list[tuple[str, ...]]:
    """Return a row of each item of a flow."""
    return [
        (
            item.name,
            item.action,
            item.anchor.removeprefix("the "),
            item.delay,
            ", ".join(item.guards) or EMPTY,
            item.waiting_for or EMPTY,
            item.state.value,
        )
        for item in items_in_words(config)
    ]


def count_table(found: DueList) -> Lines:
    """Return how many cases stand before each item, by why."""
    return Lines(
        "Due and not carried out",
        ("item", *(why.value for why in Why), "since"),
        [_count_row(item, found.counts) for item in sorted({one.item for one in found.counts})],
        frozenset(why.value for why in Why),
    )


def _count_row(item: str, counts: tuple[DueCount, ...]) -> tuple[str, ...]:
    of_item = {one.why: one for one in counts if one.item == item}
    numbers = [f"{of_item[why].cases:,}" if why in of_item else EMPTY for why in Why]
    return (item, *numbers, _instant(min(one.since_at for one in of_item.values())))


def due_table(found: DueList) -> Lines:
    """Return the cases that are due longest, each with why nothing has happened."""
    return Lines(
        "Due longest",
        ("account", "clock", "case", "item", "due", "for", "why"),
        [
            (
                line.account_id,
                BY_ITS_OWN_CLOCK if line.has_clock else EMPTY,
                line.case_id,
                line.item,
                _instant(line.due_at),
                lateness(line.now_at - line.due_at),
                why_in_words(line),
            )
            for line in found.lines
        ],
        texts=frozenset(("clock", "item", "due", "why")),
    )


def narrow_due(lines: Lines) -> Lines:
    """Return a table of what is due for a terminal that is not wide: cells on top of each other."""
    rows = []
    for account, clock, case, item, due, late, why in lines.rows:
        resource, _, step = item.partition("__")
        since = late if clock == EMPTY else f"{late}\n{clock}"
        rows.append((f"{account}\n{case}", f"{resource}\n__{step}", due, since, why))
    return Lines(
        lines.title,
        ("account, case", "item", "due", "for", "why"),
        rows,
        texts=frozenset(("due", "for", "why")),
    )


def why_in_words(line: DueLine) -> str:
    """Return why something that is due has not been carried out."""
    item = line.next_item
    failure = f"{item.failure} (failed {item.attempts} times)" if item and item.failure else ""
    match line.why:
        case Why.HELD:
            return f"held by {_holds(line)}"
        case Why.FAILED:
            return f"set aside for good: {failure}"
        case Why.SET_ASIDE:
            return f"set aside until {_instant(line.at)}: {failure}"
        case Why.DUE if not line.is_of_flow:
            return f"a clock of {_holds(line)}"
        case Why.DUE:
            return f"is tried again: {failure}" if failure else "the worker has not taken it up"


def lateness(late: timedelta) -> str:
    """Return how late something is, by its two largest units; what is ahead begins with "in".

    >>> lateness(timedelta(days=2, hours=5, minutes=59))
    '2 d 5 h'
    >>> lateness(timedelta(minutes=-90))
    'in 1 h 30 min'
    """
    if late < timedelta(0):
        return f"in {lateness(-late)}"
    minutes = late // timedelta(minutes=1)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _holds(line: DueLine) -> str:
    return " and ".join(
        f"a {hold.kind.value} since {_instant(hold.began_at)}"
        + (f" to {hold.to_on.isoformat()}" if hold.to_on else "")
        for hold in line.holds
    )


def _instant(at: datetime) -> str:
    """Return an instant in UTC, to the minute."""
    return f"{at:%Y-%m-%d %H:%M}Z"
