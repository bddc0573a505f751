"""python -m bench http: how fast Fordran is, as ratios to the bare database in the same run."""

import argparse
import sys
from pathlib import Path

import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench.http import Options, run
from bench.load import OWN_CLIENT, WRK, LoadFailed, default_client
from bench.report import markdown, print_report

CLIENTS = {"wrk": WRK, "own": OWN_CLIENT}


def main() -> None:
    given = _arguments()
    console = Console()
    options = Options(
        seconds=given.seconds if given.seconds is not None else (1.0 if given.quick else 5.0),
        connections=given.connections,
        repeat=given.repeat if given.repeat is not None else (1 if given.quick else 3),
        scale=given.scale if given.scale is not None else (5 if given.quick else 50),
        cases=given.cases if given.cases is not None else (2_000 if given.quick else 20_000),
        client=CLIENTS.get(given.client) or default_client(),
    )
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    try:
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
            results = run(options, progress)
    except LoadFailed as failure:
        sys.exit(f"The measurement is void: {failure}")
    print_report(results, console)
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(results)))
    if given.markdown:
        given.markdown.write_text(markdown(results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    http = parser.add_subparsers(dest="suite", required=True).add_parser(
        "http", help="registrations, reads and payments over HTTP beside pgbench"
    )
    http.add_argument("--seconds", type=float, help="of each measurement; 5, quick 1")
    http.add_argument(
        "--connections",
        type=lambda text: tuple(int(part) for part in text.split(",")),
        default=(1, 16, 64),
        help="a list such as 1,16,64",
    )
    http.add_argument("--repeat", type=int, help="how often everything is measured; 3, quick 1")
    http.add_argument("--scale", type=int, help="pgbench's scale; 50, quick 5")
    http.add_argument("--cases", type=int, help="how many cases are read; 20000, quick 2000")
    http.add_argument("--client", choices=["auto", *CLIENTS], default="auto")
    http.add_argument("--json", type=Path, help="a file for everything that was measured")
    http.add_argument("--markdown", type=Path, help="a file for the tables")
    http.add_argument("--quick", action="store_true", help="a look in under a minute")
    return parser.parse_args()


if __name__ == "__main__":
    main()
