"""The page and the pictures of the shipped flows: `python -m fordran.cli.flow_page docs`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from fordran.cli.flow_tables import ITEM_HEADINGS, item_rows
from fordran.domain.flow import FlowConfig
from fordran.domain.flow_picture import svg
from fordran.domain.flow_words import short_name
from fordran.domain.shipped_flows import SHIPPED_FLOWS

_HEAD = """# The shipped flows

What a case goes through by itself, one flow after the other, as this version of the program ships
them. `fordran flow show NAME` shows the same of any flow that is saved, `fordran flow list` which
there are. The guards stand in [law/guards.md](law/guards.md), why flows are data in
[0037](decisions/0037-flows-are-versioned-data.md).

This page and its pictures are written by `python -m fordran.cli.flow_page docs`, and
`tests/tidy/test_flow_page.py` compares them with what the program draws.
"""


def documents() -> dict[str, str]:
    """Return the page and its pictures, by their place under the folder of documents."""
    files = {"flows.md": _page()}
    for config in SHIPPED_FLOWS:
        files[_picture(config)] = svg(config)
    return files


def _page() -> str:
    return "\n".join([_HEAD, *(line for config in SHIPPED_FLOWS for line in _flow(config))])


def _flow(config: FlowConfig) -> Iterator[str]:
    name = short_name(config)
    yield f"## {name}"
    yield ""
    yield f"`{config.name_locale}`, `{config.id}`."
    yield ""
    yield _row(ITEM_HEADINGS)
    yield _row(["---"] * len(ITEM_HEADINGS))
    for item, action, *words, waits, state in item_rows(config):
        yield _row([f"`{item}`", action, *words, f"`{waits}`", f"`{state}`"])
    yield ""
    yield f"![The items of the flow {name}, from top to bottom]({_picture(config)})"
    yield ""


def _row(cells: list[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _picture(config: FlowConfig) -> str:
    return f"flows/{short_name(config)}.svg"


def _write(folder: Path) -> None:
    for place, text in documents().items():
        path = folder / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _write(Path(sys.argv[1]))
