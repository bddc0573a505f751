"""How a run is shown: tables in the terminal, and the same as Markdown."""

from collections.abc import Iterable
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from bench.memory import API
from bench.results import (
    GETS,
    GOALS,
    MEMORY_MAX_MB,
    PAYMENTS,
    REFERENCES,
    REGISTRATIONS,
    SELECT_ONLY,
    TPC_B,
    ProcessMemory,
    Results,
    Sample,
)

CPU_USERS = ("client", "api", "supervisor", "database")
ORDER = (TPC_B, REGISTRATIONS, PAYMENTS, SELECT_ONLY, GETS)


class Shown(msgspec.Struct, frozen=True):
    """A table as texts."""

    title: str
    columns: list[str]
    rows: list[list[str]]


def tables(results: Results) -> list[Shown]:
    """Return every table of a report."""
    settings = [[setting.name, setting.value] for setting in results.settings]
    return [
        Shown("Machine, versions, settings, data", ["what", "value"], settings),
        _rates(results.samples),
        _ratios(results.samples),
        _cpu(results.samples),
        _memory(results),
    ]


def print_report(results: Results, console: Console) -> None:
    """Print every table."""
    print_tables(tables(results), results.verify, console)


def print_tables(given: list[Shown], said: str, console: Console) -> None:
    """Print tables, and what `fordran verify` said."""
    for shown in given:
        table = Table(title=shown.title, title_justify="left")
        for number, column in enumerate(shown.columns):
            table.add_column(column, justify="right" if number else "left")
        for row in shown.rows:
            table.add_row(*row)
        console.print(table)
    console.print(said, markup=False, highlight=False)


def markdown(results: Results) -> str:
    """Return every table as Markdown."""
    return tables_as_markdown(tables(results), results.command)


def tables_as_markdown(given: list[Shown], command: str) -> str:
    """Return tables as Markdown, under the command that made them."""
    lines = [f"Command: `{command}`", ""]
    for shown in given:
        lines += [f"### {shown.title}", "", _line(shown.columns)]
        lines.append(_line("---" if not number else "--:" for number in range(len(shown.columns))))
        lines += [_line(row) for row in shown.rows]
        lines.append("")
    return "\n".join(lines)


def ratio_samples(samples: list[Sample], name: str, connections: int) -> list[float]:
    """Return a load's rate over its reference's, for each repeat."""
    loads = _of(samples, name, connections)
    references = _of(samples, REFERENCES[name], connections)
    return [load.rate / reference.rate for load, reference in zip(loads, references, strict=True)]


def _rates(samples: list[Sample]) -> Shown:
    rows = []
    for name in ORDER:
        for connections in _connections(samples):
            found = _of(samples, name, connections)
            rates = [sample.rate for sample in found]
            late = [sample.p99_ms for sample in found if sample.p99_ms is not None]
            wal = sum(s.wal_bytes for s in found) / sum(s.requests for s in found)
            rows.append(
                [
                    name,
                    str(connections),
                    f"{median(rates):,.0f}",
                    f"{min(rates):,.0f}-{max(rates):,.0f}",
                    f"{median(sample.p50_ms for sample in found):.2f}",
                    f"{median(late):.2f}" if late else "",
                    f"{wal:,.0f}",
                ]
            )
    # pgbench gives the mean latency, the HTTP client the median.
    columns = ["load", "connections", "per second", "spread", "mean or p50 ms", "p99 ms"]
    return Shown("Rates (medians of the repeats)", [*columns, "WAL bytes each"], rows)


def _ratios(samples: list[Sample]) -> Shown:
    rows = []
    for name, goal in GOALS.items():
        for connections in _connections(samples):
            ratios = ratio_samples(samples, name, connections)
            held = median(ratios) >= goal.ratio
            rows.append(
                [
                    f"{name} / {REFERENCES[name]}",
                    str(connections),
                    f"{median(ratios):.3f}",
                    f"{min(ratios):.3f}-{max(ratios):.3f}",
                    f"{goal.kind} {goal.ratio}",
                    "held" if held else "missed",
                ]
            )
    columns = ["ratio at the same connections", "connections", "median", "spread", "goal"]
    return Shown("Ratios", [*columns, "outcome"], rows)


def _cpu(samples: list[Sample]) -> Shown:
    rows = []
    for name in ORDER:
        for connections in _connections(samples):
            found = _of(samples, name, connections)
            shares = [
                median(getattr(sample, f"{who}_cpu") for sample in found) for who in CPU_USERS
            ]
            share = shares[0] / (sum(shares) or 1)
            others = median(sample.other_cpu for sample in found)
            cores = [f"{used:.2f}" for used in (*shares, others)]
            rows.append([name, str(connections), *cores, f"{share:.0%}"])
    columns = ["load", "connections", *CPU_USERS, "others on the machine"]
    return Shown("CPU in cores (medians)", [*columns, "client's share"], rows)


def _memory(results: Results) -> Shown:
    rows = []
    ready = {memory.pid: memory for memory in results.memory_ready}
    for memory in results.memory_loaded:
        before = ready.get(memory.pid)
        rows.append(
            [
                memory.role,
                _megabytes(before.resident) if before else "",
                _megabytes(memory.resident),
                _megabytes(memory.resident_peak),
                _megabytes(memory.proportional),
                _memory_outcome(memory),
            ]
        )
    columns = ["process", "resident at start", "resident after the load", "peak", "proportional"]
    return Shown("Memory in MB of 10^6 bytes", [*columns, "outcome"], rows)


def _memory_outcome(memory: ProcessMemory) -> str:
    if memory.role != API:
        return ""
    held = memory.resident <= MEMORY_MAX_MB * 1_000_000
    return f"floor {MEMORY_MAX_MB} MB {'held' if held else 'missed'}"


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.1f}"


def _of(samples: list[Sample], name: str, connections: int) -> list[Sample]:
    return [s for s in samples if s.name == name and s.connections == connections]


def _connections(samples: list[Sample]) -> list[int]:
    return sorted({sample.connections for sample in samples})


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
