"""How the demo shows a step: what was sent, what came back, what changed, the money."""

import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from fordran.sandbox.demo_flow import Step

FOLLOWED = {
    "state": "state",
    "status": "status",
    "original_invoice": "original invoice",
    "debt_collection": "debt collection",
    "next_flow_item": "next flow item",
    "next_flow_item_on_close": "next flow item, on close",
    "limitation": "limitation",
    "closed": "closed",
}
"""The parts of a case that the demo follows from step to step."""

COMPONENTS = ("capital", "interest", "costs", "transaction")


def show_intro(console: Console, base_url: str, data_dir: Path) -> None:
    """Say what is running where."""
    console.print(
        Panel(
            Text.from_markup(
                "A sandbox server is running. What follows is a client talking to it over HTTP: "
                "an invoice of 2 000 kronor is registered, collected, paid and closed.\n\n"
                f"server  [bold]{base_url}[/]\n"
                f"docs    [bold]{base_url}/docs[/]  (interactive)\n"
                f"data    {data_dir}"
            ),
            title="Fordran",
            title_align="left",
        )
    )


def show_step(console: Console, step: Step, case_before: dict[str, Any] | None) -> None:
    """Show one step."""
    console.print(Rule(f"[bold]{step.title}[/]", align="left"))
    console.print(f"{step.told}\n", highlight=False)
    console.print(f"[bold green]→ {step.method}[/] {step.path}", highlight=False)
    if step.sent is not None:
        console.print(_json(step.sent))
    is_case = step.came_back is step.case
    console.print(f"[bold cyan]← {step.status}[/]", highlight=False)
    if is_case:
        console.print("  the case document; its parts are shown below\n", style="dim")
    else:
        console.print(_json(step.came_back))
    if step.case is not None:
        _show_changes(console, case_before or {}, step.case)
        _show_money(console, step.case)
    console.print()


def show_serving(console: Console, base_url: str, case_id: str, token: str) -> None:
    """Say how to go on, and how to stop."""
    curl = f"curl -s -H 'X-API-Key: {token}' {base_url}/cases/{case_id}"
    console.print(Rule("[bold]The server goes on[/]", align="left"))
    console.print(f"Interactive API documentation: [bold]{base_url}/docs[/]")
    console.print("Read the case yourself (the token is valid for an hour):\n")
    console.print(f"  {curl}\n", highlight=False, soft_wrap=True)
    console.print("Stop with Ctrl-C.")


def _json(value: Any) -> Syntax:
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return Syntax(text, "json", theme="ansi_dark", background_color="default", word_wrap=True)


def _show_changes(console: Console, before: dict[str, Any], after: dict[str, Any]) -> None:
    changed = [name for name in FOLLOWED if before.get(name) != after.get(name)]
    if not changed:
        return
    table = Table(title="How the case changed", title_justify="left", show_edge=False)
    for heading in ("", "before", "now"):
        table.add_column(heading, overflow="fold")
    for name in changed:
        table.add_row(FOLLOWED[name], _in_words(before.get(name)), _in_words(after.get(name)))
    console.print(table)
    console.print()


def _show_money(console: Console, case: dict[str, Any]) -> None:
    table = Table(title="The money, in kronor", title_justify="left", show_edge=False)
    table.add_column("")
    for heading in ("added", "settled or written off", "remaining"):
        table.add_column(heading, justify="right")
    for component in COMPONENTS:
        added = case[f"local_added_{component}_amount"]
        remaining = case[f"local_remaining_{component}_amount"]
        name = "total" if component == "transaction" else component
        cells = [_kronor(amount) for amount in (added, added - remaining, remaining)]
        style = "bold" if component == "transaction" else None
        table.add_row(name, *cells, style=style)
    console.print(table)


def _kronor(amount: float) -> str:
    return f"{amount:,.2f}".replace(",", " ")


def _in_words(value: Any) -> str:
    """Return a part of a case on one or two lines."""
    match value:
        case None:
            return "-"
        case {"item": item, "schedule_to_execute": due}:
            return f"{item}\n{due}"
        case {"break_date": broken, "limitation_date": dies}:
            return f"broken {broken}\ndies {dies}"
        case {"close_date": at, "reason": reason}:
            return f"{reason}\n{at}"
        case {"filename": filename, "size": size}:
            return f"{filename}, {size} bytes"
        case _:
            return str(value)
