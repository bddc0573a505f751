"""A flow as boxes and arrows for a terminal."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap

from fordran.domain.flow import FlowConfig
from fordran.domain.flow_words import ItemInWords, items_in_words, waits_for

COLUMNS = 88
INSIDE = COLUMNS - 8
"""What is left for text within a box within the frame of a state."""


def boxes(config: FlowConfig) -> str:
    """Return the picture of a flow: an item is a box, in the frame of its state.

    Units: at most `COLUMNS` columns, whatever the items are called.
    """
    lines = ["  registration of a case"]
    for state, members in groupby(items_in_words(config), key=lambda item: item.state):
        grouped = list(members)
        lines += _arrow(grouped[0])
        lines += _frame(state.value, grouped)
    return "\n".join(lines)


def _frame(state: str, items: Sequence[ItemInWords]) -> Iterator[str]:
    yield f"┌─ {state} {'─' * (COLUMNS - len(state) - 5)}┐"
    for position, item in enumerate(items):
        inside = [*(_arrow(item) if position else ()), *_box(item)]
        yield from (f"│ {line.ljust(COLUMNS - 4)} │" for line in inside)
    yield f"└{'─' * (COLUMNS - 2)}┘"


def _box(item: ItemInWords) -> Iterator[str]:
    yield f"┌{'─' * (INSIDE + 2)}┐"
    for line in _texts(item):
        yield f"│ {line.ljust(INSIDE)} │"
    yield f"└{'─' * (INSIDE + 2)}┘"


def _texts(item: ItemInWords) -> Iterator[str]:
    yield from wrap(f"{item.action}  ({item.name})", INSIDE)
    yield from wrap(f"until then the case waits for: {waits_for(item)}", INSIDE)
    if item.guards:
        yield from wrap(f"guards: {', '.join(item.guards)}", INSIDE, subsequent_indent=" " * 8)


def _arrow(item: ItemInWords) -> Iterator[str]:
    first, *more = wrap(item.due, COLUMNS - 16) or [""]
    yield f"     │  {first}"
    yield from (f"     │  {line}" for line in more)
    yield "     ▼"
