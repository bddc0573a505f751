"""Money: a statement beside a plain sum, payments in batches beside one by one, long cases."""

import os
import platform
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from statistics import median

import httpx
import msgspec
import psycopg
from rich.progress import Progress

from bench.load import LoadFailed, run_load
from bench.money_books import fill, real_case
from bench.report import Shown
from bench.world import BATCH, VIRTUAL_NOW, World, open_world, verify
from fordran.domain.money import Money
from fordran.operations.make_statement import Statement, open_statement
from fordran.operations.receive_payments import ReceivePayment, receive_payments
from fordran.operations.report_creditor_payments import (
    ReportCreditorPayment,
    report_creditor_payments,
)
from fordran.storage.payments import StoredAgencyPayment

AS_OF = date(2026, 10, 1)
FEW, MANY = 4, 700
SUM = "plain sum() of what remains"
SUM_OF_CAPITAL = "plain sum() of capital"
TOTALS = "statement, totals by creditor"
LISTING = "statement, every case to a sink"
IN_BATCHES = f"payments to the agency, {BATCH} in a call"
ONE_BY_ONE = "payments to the agency, one in a call"
READ_FEW = f"GET a case with {FEW} transactions"
READ_MANY = f"GET a case with {MANY} transactions"

_REMAINS = " + ".join(
    f"{part}_added_minor - {part}_settled_minor - {part}_written_off_minor"
    for part in ("capital", "costs", "interest")
)
_CAPITAL = "capital_added_minor - capital_settled_minor - capital_written_off_minor"


class MoneyOptions(msgspec.Struct, frozen=True):
    """What to measure."""

    cases: int
    repeat: int
    seconds: float
    """Of each reading."""
    client: str


class Timing(msgspec.Struct, frozen=True):
    """One measurement. Units: seconds for the whole, or for one of what is counted."""

    name: str
    seconds: float


class MoneyResults(msgspec.Struct, frozen=True):
    """Everything one run found out."""

    command: str
    settings: dict[str, str]
    timings: list[Timing]
    verify: str


class Goal(msgspec.Struct, frozen=True):
    """A ratio of two timings and what it must be."""

    over: str
    under: str
    floor: float
    is_most: bool


GOALS = (
    Goal(TOTALS, SUM, 6, is_most=True),
    Goal(ONE_BY_ONE, IN_BATCHES, 5, is_most=False),
    Goal(READ_MANY, READ_FEW, 2, is_most=True),
)


def run(options: MoneyOptions, progress: Progress) -> MoneyResults:
    """Measure, verify the books, and leave nothing behind.

    The books are verified before the cases are added that have rows but no past.

    Raises: LoadFailed, if an answer is not what it must be or the books are wrong.
    """
    with open_world() as world:
        timings = [*_settlement(world, options, progress), *_reading(world, options, progress)]
        verified = verify(world.data_dir)
        timings += _valuation(world, options, progress)
        settings = settings_of(world, options.cases)
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    return MoneyResults(command, settings, timings, verified)


def _settlement(world: World, options: MoneyOptions, progress: Progress) -> Iterable[Timing]:
    task = progress.add_task("settling payments", total=options.repeat * 2)
    for _ in range(options.repeat):
        for name, size in ((IN_BATCHES, BATCH), (ONE_BY_ONE, 1)):
            yield Timing(name, _settle(world, size) / BATCH)
            progress.advance(task)
    progress.remove_task(task)


def _settle(world: World, size: int) -> float:
    """Pay each of as many new cases as a batch has; return how long it took."""
    (case_ids,) = world.prepare_cases(BATCH)
    commands = [
        ReceivePayment(
            ocr_number=ocr_number,
            amount=Money(50_000),
            bank_transaction_at=VIRTUAL_NOW,
            request=b"{}",
        )
        for ocr_number in _ocr_numbers(world, case_ids)
    ]
    began = time.perf_counter()
    verdicts = [
        verdict
        for start in range(0, BATCH, size)
        for verdict in receive_payments(
            world.context, world.demo.account, commands[start : start + size]
        )
    ]
    ended = time.perf_counter()
    if not all(isinstance(v, StoredAgencyPayment) and v.settled_minor for v in verdicts):
        raise LoadFailed("a payment was not settled")
    return ended - began


def _ocr_numbers(world: World, case_ids: list[str]) -> list[str]:
    with psycopg.connect(world.engine.conninfo()) as connection:
        rows = connection.execute(
            "SELECT ocr_number FROM ocr_numbers WHERE case_id = ANY(%s)", (case_ids,)
        )
        return [ocr_number for (ocr_number,) in rows]


def _reading(world: World, options: MoneyOptions, progress: Progress) -> Iterable[Timing]:
    task = progress.add_task("reading cases", total=options.repeat * 2)
    few, many = (case for batch in world.prepare_cases(2) for case in batch)
    _pay_until(world, few, FEW)
    _pay_until(world, many, MANY)
    world.vacuum()
    file = world.data_dir / "bench-plan.txt"
    for _ in range(options.repeat):
        for name, case in ((READ_FEW, few), (READ_MANY, many)):
            world.gets([case]).write(file)
            load = run_load(options.client, file, world.address, 1, options.seconds)
            yield Timing(name, load.seconds / load.requests)
            progress.advance(task)
    progress.remove_task(task)


def _pay_until(world: World, case_id: str, transactions: int) -> None:
    """Report small payments of a case until it has so many transactions."""
    while (missing := transactions - _transactions(world, case_id)) > 0:
        commands = [
            ReportCreditorPayment(
                creditor_id=world.demo.creditor,
                case_id=case_id,
                amount=Money(100),
                bank_transaction_at=VIRTUAL_NOW,
                client_registration_at=None,
                reference=None,
                request=b"{}",
            )
            for _ in range(max(1, missing // 2))
        ]
        report_creditor_payments(world.context, world.demo.account, commands)


def _transactions(world: World, case_id: str) -> int:
    url = f"{world.demo.base_url}/cases/{case_id}"
    answer = httpx.get(url, headers={"X-API-Key": world.token()}).raise_for_status()
    return len(answer.json()["transactions"])


def _valuation(world: World, options: MoneyOptions, progress: Progress) -> Iterable[Timing]:
    task = progress.add_task("inserting open cases", total=options.cases)
    account, case = real_case(world.context)
    with psycopg.connect(world.engine.conninfo(), autocommit=True) as connection:
        for inserted in fill(connection, account, case, options.cases):
            progress.advance(task, inserted)
    world.vacuum()
    progress.remove_task(task)
    task = progress.add_task("valuing", total=options.repeat)
    for repeat in range(options.repeat + 1):
        measured = list(_value(world))
        # The first time reads from the disk what the others find in memory.
        yield from measured if repeat else ()
        progress.advance(task, 1 if repeat else 0)
    progress.remove_task(task)


def _value(world: World) -> Iterable[Timing]:
    conninfo = world.engine.conninfo()
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for name, summed in ((SUM, _REMAINS), (SUM_OF_CAPITAL, _CAPITAL)):
            statement = f"SELECT sum({summed}) FROM case_balances".encode()
            yield _timed(name, lambda: connection.execute(statement).fetchall())  # noqa: B023 - called at once
    for name, asked in ((TOTALS, Statement.totals), (LISTING, _list)):
        with open_statement(conninfo, AS_OF) as made:
            yield _timed(name, lambda: asked(made))  # noqa: B023 - called at once


def _list(made: Statement) -> None:
    for _ in made.lines():
        pass


def _timed(name: str, work: Callable[[], object]) -> Timing:
    began = time.perf_counter()
    work()
    return Timing(name, time.perf_counter() - began)


def settings_of(world: World, cases: int) -> dict[str, str]:
    """Return the machine, and the book that was measured."""
    with psycopg.connect(world.engine.conninfo()) as connection:
        row = connection.execute(
            "SELECT version(), pg_size_pretty(pg_table_size('case_balances'))"
        ).fetchone()
    assert row is not None
    return {
        "cores": str(len(os.sched_getaffinity(0))),
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "server": str(row[0]),
        "open cases": f"{cases:,}",
        "case_balances": str(row[1]),
        "others at work at the end": Path("/proc/loadavg").read_text().split()[0],
    }


def tables(results: MoneyResults, goals: Sequence[Goal] = GOALS) -> list[Shown]:
    """Return every table of a report."""
    settings = [[name, value] for name, value in results.settings.items()]
    names = list(dict.fromkeys(timing.name for timing in results.timings))
    times = [[name, *_spread(_of(results, name), 1000, 2)] for name in names]
    ratios = []
    for goal in goals:
        over, under = _of(results, goal.over), _of(results, goal.under)
        found = [one / other for one, other in zip(over, under, strict=True)]
        held = median(found) <= goal.floor if goal.is_most else median(found) >= goal.floor
        asked = f"{'at most' if goal.is_most else 'at least'} {goal.floor:g}"
        outcome = "held" if held else "missed"
        ratios.append([f"{goal.over} / {goal.under}", *_spread(found, 1, 2), asked, outcome])
    return [
        Shown("Machine and data", ["what", "value"], settings),
        Shown(
            "Times in ms, for each case, payment or read",
            ["what", "median", "spread"],
            times,
        ),
        Shown("Ratios", ["ratio", "median", "spread", "floor", "outcome"], ratios),
    ]


def _of(results: MoneyResults, name: str) -> list[float]:
    return [timing.seconds for timing in results.timings if timing.name == name]


def _spread(values: list[float], factor: float, decimals: int) -> list[str]:
    low, middle, high = (
        f"{value * factor:,.{decimals}f}" for value in (min(values), median(values), max(values))
    )
    return [middle, f"{low}-{high}"]
