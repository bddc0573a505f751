"""A flow as a picture: its items in order, grouped by state, as SVG text."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby

import msgspec

from fordran.domain.flow import FlowConfig
from fordran.domain.flow_words import ItemInWords, items_in_words, short_name, waits_for
from fordran.domain.guards import BY_NAME, Then

WIDTH = 720
MARGIN = 24
INSET = 20
"""From the edge of a state to its boxes, and from that of a box to its text."""
BOX_WIDTH = WIDTH - 2 * (MARGIN + INSET)
HEADING = 34
"""From the upper edge of a state to its first box."""
ARROW = 46
ARROW_X = MARGIN + 2 * INSET
GUARD_HEIGHT = 22
GUARD_GAP = 6
LETTER_WIDTH = 7
"""About the width of a letter of a guard's label; it is set in letters of one width."""

LEGEND_HEIGHT = 22

FOLLOWS = {
    Then.WAIT: "the item is tried again later",
    Then.STOP: "the item is set aside, and a person must look",
    Then.SKIP: "the flow goes on without the act",
    Then.END: "the flow ends",
}
"""What becomes of the flow when a guard has stopped an act, in words."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_STYLE = """
text { font-family: 'DejaVu Sans', Verdana, sans-serif; font-size: 13px; fill: #1c2733 }
.paper { fill: #ffffff }
.state { fill: #eef3f8; stroke: #9fb3c8 }
.state-name { font-weight: bold; fill: #33506e }
.item { fill: #ffffff; stroke: #33506e }
.action { font-weight: bold }
.small { font-size: 11px; fill: #45525f }
.code { font-family: 'DejaVu Sans Mono', monospace; font-size: 11px; fill: #45525f }
.arrow { stroke: #33506e; stroke-width: 2; fill: none }
.head { fill: #33506e }
.guard { stroke: #8a6d1a; fill: #fff8e1 }
.guard.skip { stroke: #5b6770; fill: #f1f3f4; stroke-dasharray: 4 2 }
.guard.stop { stroke: #6a3fa0; fill: #f3ecfb; stroke-width: 2; stroke-dasharray: 8 2 }
.guard.end { stroke: #a3333d; fill: #fdecec; stroke-width: 2 }
"""


class _Label(msgspec.Struct, frozen=True):
    """A guard's label; `x` and `y` are from the upper left corner of the box's guards."""

    guard: str
    x: int
    y: int
    width: int


def svg(config: FlowConfig) -> str:
    """Return a flow as an SVG picture; the same flow always gives the same text.

    Units: pixels. A name that is longer than its box is cut, with an ellipsis.
    """
    items = items_in_words(config)
    parts, height = _body(items)
    title = f"The flow {short_name(config)}, version {config.version}"
    order = "; ".join(f"{item.action}: {item.due}" for item in items)
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    role = 'role="img" aria-labelledby="title description"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {role}>',
            f'<title id="title">{_text(title)}</title>',
            f'<desc id="description">{_text(order)}</desc>',
            f"<style>{_STYLE}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *parts,
            "</svg>",
            "",
        )
    )


def _body(items: Sequence[ItemInWords]) -> tuple[list[str], int]:
    """Return the parts of the picture, and how high it is."""
    parts = [f'<text class="small" x="{MARGIN}" y="{MARGIN + 6}">registration of a case</text>']
    y = MARGIN + 12
    for state, members in groupby(items, key=lambda item: item.state):
        grouped = list(members)
        parts += _arrow(y, ARROW, grouped[0])
        y += ARROW
        drawn, height = _state(state.value, grouped, y)
        parts += drawn
        y += height
    parts += _legend(y + LEGEND_HEIGHT, items)
    return parts, y + LEGEND_HEIGHT * len(_answers(items)) + MARGIN


def _state(name: str, items: Sequence[ItemInWords], top: int) -> tuple[list[str], int]:
    """Return a state with its boxes, and how high it is."""
    boxes: list[str] = []
    y = top + HEADING
    for position, item in enumerate(items):
        if position:
            boxes += _arrow(y, ARROW, item)
            y += ARROW
        labels = _labels(item.guards)
        height = _box_height(labels)
        boxes += _box(item, labels, y, height)
        y += height
    height = y + INSET - top
    frame = _rect("state", MARGIN, top, WIDTH - 2 * MARGIN, height)
    heading = f'<text class="state-name" x="{MARGIN + INSET}" y="{top + 22}">{_text(name)}</text>'
    return [frame, heading, *boxes], height


def _box_height(labels: Sequence[_Label]) -> int:
    return 68 + (labels[-1].y + GUARD_HEIGHT + 8 if labels else 0)


def _box(item: ItemInWords, labels: Sequence[_Label], y: int, height: int) -> Iterator[str]:
    left = MARGIN + INSET
    yield _rect("item", left, y, BOX_WIDTH, height)
    for look, text, below in (
        ("action", item.action, 22),
        ("code", item.name, 40),
        ("small", f"until then the case waits for: {waits_for(item)}", 57),
    ):
        yield f'<text class="{look}" x="{left + INSET}" y="{y + below}">{_text(_cut(text))}</text>'
    for label in labels:
        yield from _guard(label, left + INSET, y + 68)


def _guard(label: _Label, left: int, top: int) -> Iterator[str]:
    known = BY_NAME.get(label.guard)
    look = f"guard {known.then.value}" if known else "guard"
    x, y = left + label.x, top + label.y
    yield _rect(look, x, y, label.width, GUARD_HEIGHT)
    yield f'<text class="code" x="{x + 8}" y="{y + 15}">{_text(_cut(label.guard))}</text>'


def _labels(guards: Sequence[str]) -> list[_Label]:
    """Return the labels of guards, in rows that fit the box."""
    labels: list[_Label] = []
    x = y = 0
    for guard in guards:
        width = len(_cut(guard)) * LETTER_WIDTH + 16
        if x and x + width > BOX_WIDTH - 2 * INSET:
            x, y = 0, y + GUARD_HEIGHT + GUARD_GAP
        labels.append(_Label(guard, x, y, width))
        x += width + GUARD_GAP
    return labels


def _arrow(y: int, length: int, item: ItemInWords) -> Iterator[str]:
    """Yield an arrow down to an item, with its delay beside it."""
    tip = y + length
    yield f'<path class="arrow" d="M{ARROW_X} {y + 2}V{tip - 8}"/>'
    corners = f"{ARROW_X - 6},{tip - 10} {ARROW_X + 6},{tip - 10} {ARROW_X},{tip - 1}"
    yield f'<polygon class="head" points="{corners}"/>'
    yield f'<text class="small" x="{ARROW_X + 16}" y="{y + 27}">{_text(item.due)}</text>'


def _legend(y: int, items: Sequence[ItemInWords]) -> Iterator[str]:
    """Yield what the looks of the guards mean, a line for each that there is."""
    for row, then in enumerate(_answers(items)):
        middle = y + row * LEGEND_HEIGHT
        yield _rect(f"guard {then.value}", MARGIN, middle - 7, 22, 14)
        words = f"a guard that refuses: {FOLLOWS[then]}"
        yield f'<text class="small" x="{MARGIN + 30}" y="{middle + 4}">{words}</text>'


def _answers(items: Sequence[ItemInWords]) -> list[Then]:
    """Return what may follow a refusal in a flow."""
    guards = {guard for item in items for guard in item.guards}
    answers = {BY_NAME[guard].then for guard in guards & BY_NAME.keys()}
    return [then for then in Then if then in answers]


def _rect(look: str, x: int, y: int, width: int, height: int) -> str:
    return f'<rect class="{look}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>'


def _cut(text: str) -> str:
    most = (BOX_WIDTH - 2 * INSET - 16) // LETTER_WIDTH
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _text(text: str) -> str:
    """Return text as XML takes it; a character that XML has no place for is marked."""
    return escape(_NOT_XML.sub("\ufffd", text))
