"""python -m bench http|money|flow: how fast Fordran is, as ratios within the same run."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import flow, money
from bench.http import Options, run
from bench.load import OWN_CLIENT, WRK, LoadFailed, default_client
from bench.report import Shown, markdown, print_report, print_tables, tables_as_markdown

CLIENTS = {"wrk": WRK, "own": OWN_CLIENT}


def main() -> None:
    given = _arguments()
    if given.suite == "money":
        _money(given)
    elif given.suite == "flow":
        _flow(given)
    else:
        _http(given)


def _http(given: argparse.Namespace) -> None:
    console = Console()
    options = Options(
        seconds=given.seconds if given.seconds is not None else (1.0 if given.quick else 5.0),
        connections=given.connections,
        repeat=given.repeat if given.repeat is not None else (1 if given.quick else 3),
        scale=given.scale if given.scale is not None else (5 if given.quick else 50),
        cases=given.cases if given.cases is not None else (2_000 if given.quick else 20_000),
        client=CLIENTS.get(given.client) or default_client(),
    )
    with _progress() as progress:
        results = run(options, progress)
    print_report(results, console)
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    if given.markdown:
        given.markdown.write_text(markdown(results))


def _money(given: argparse.Namespace) -> None:
    options = money.MoneyOptions(
        cases=given.cases if given.cases is not None else (50_000 if given.quick else 1_000_000),
        repeat=given.repeat if given.repeat is not None else (1 if given.quick else 3),
        seconds=1.0 if given.quick else 4.0,
        client=CLIENTS.get(given.client) or default_client(),
    )
    with _progress() as progress:
        results = money.run(options, progress)
    _show(results, money.tables(results), given)


def _flow(given: argparse.Namespace) -> None:
    options = flow.FlowOptions(
        cases=2_000 if given.quick else 50_000,
        letters=200 if given.quick else 3_000,
        book=given.cases if given.cases is not None else (50_000 if given.quick else 1_000_000),
        repeat=given.repeat if given.repeat is not None else (1 if given.quick else 3),
    )
    with _progress() as progress:
        results = flow.run(options, progress)
    _show(results, money.tables(results, flow.GOALS), given)


def _show(results: money.MoneyResults, shown: list[Shown], given: argparse.Namespace) -> None:
    print_tables(shown, results.verify, Console())
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    if given.markdown:
        given.markdown.write_text(tables_as_markdown(shown, results.command))


@contextmanager
def _progress() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
            yield progress
    except LoadFailed as failure:
        sys.exit(f"The measurement is void: {failure}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    suites = parser.add_subparsers(dest="suite", required=True)
    http = suites.add_parser("http", help="registrations, reads and payments beside pgbench")
    _common(http, "how many cases are read; 20000, quick 2000")
    _common(
        suites.add_parser("money", help="statements, batches of payments, long cases"),
        "how many open cases are valued; 1000000, quick 50000",
    )
    _common(
        suites.add_parser("flow", help="due items in batches, letters, idle ticks"),
        "how many open cases an idle tick looks over; 1000000, quick 50000",
    )
    http.add_argument("--seconds", type=float, help="of each measurement; 5, quick 1")
    http.add_argument(
        "--connections",
        type=lambda text: tuple(int(part) for part in text.split(",")),
        default=(1, 16, 64),
        help="a list such as 1,16,64",
    )
    http.add_argument("--scale", type=int, help="pgbench's scale; 50, quick 5")
    return parser.parse_args()


def _common(suite: argparse.ArgumentParser, cases: str) -> None:
    suite.add_argument("--repeat", type=int, help="how often everything is measured; 3, quick 1")
    suite.add_argument("--cases", type=int, help=cases)
    suite.add_argument("--client", choices=["auto", *CLIENTS], default="auto")
    suite.add_argument("--json", type=Path, help="a file for everything that was measured")
    suite.add_argument("--markdown", type=Path, help="a file for the tables")
    suite.add_argument("--quick", action="store_true", help="a look in under a minute")


if __name__ == "__main__":
    main()
