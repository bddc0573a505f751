"""Reads the tables of worked examples in docs/law, so that the pages cannot rot."""

from pathlib import Path

LAW_PAGES = Path(__file__).resolve().parents[2] / "docs" / "law"

Row = dict[str, str]


def table(page: str, heading: str) -> list[Row]:
    """Return the first table under a heading, one dict per row."""
    text = (LAW_PAGES / page).read_text(encoding="utf-8")
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [_cells(line) for line in section.splitlines() if line.startswith("|")]
    names, _rule, *rows = lines
    assert rows, f"{page} has no rows under {heading}"
    return [dict(zip(names, row, strict=True)) for row in rows]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
