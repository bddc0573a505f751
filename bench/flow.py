"""Flow: due items carried out in batches, beside one by one and beside the bare SQL."""

import multiprocessing
import shlex
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import msgspec
import psycopg
from rich.progress import Progress

from bench.load import LoadFailed
from bench.money import Goal, MoneyResults, Timing, settings_of
from bench.money_books import fill, new_account, real_case, registration
from bench.world import BATCH, VIRTUAL_NOW, World, open_world, verify
from fordran.bootstrap import context_of
from fordran.operations.advance_cases import advance_cases
from fordran.operations.context import Context
from fordran.operations.register_cases import Registered, register_cases
from fordran.settings import Settings
from fordran.storage.engine import open_engine
from fordran.worker.tick import tick

INITIALIZED_AT = VIRTUAL_NOW.replace(hour=8, minute=0, second=0)
ENTERED_AT = INITIALIZED_AT + timedelta(hours=1)
LETTER_AT = ENTERED_AT + timedelta(minutes=10)

BATCHED = f"a step without a letter, {BATCH} in a call, one worker"
TWO_WORKERS = f"a step without a letter, {BATCH} in a call, two workers"
ONE_BY_ONE = "a step without a letter, one case in a call"
BARE = "the bare SQL that writes the rows of that step"
LETTERS = f"a step with a letter, {BATCH} in a call, one worker"
LETTERS_TWO_WORKERS = f"a step with a letter, {BATCH} in a call, two workers"
LETTERS_ONE_BY_ONE = "a step with a letter, one case in a call"
A_SECOND = "a letter, at a hundred a second"
IDLE_TICK = "a tick with nothing due"
TEN_MS = "ten milliseconds"

GOALS = (
    Goal(ONE_BY_ONE, BATCHED, 8, is_most=False),
    Goal(BARE, BATCHED, 0.2, is_most=False),
    Goal(A_SECOND, LETTERS, 1, is_most=False),
    Goal(IDLE_TICK, TEN_MS, 1, is_most=True),
)

ALONE = 500
"""How many cases are carried out one by one, and by the bare SQL."""


class FlowOptions(msgspec.Struct, frozen=True):
    """What to measure."""

    cases: int
    """Carried out without a letter, in each repeat."""
    letters: int
    book: int
    """Open cases of which none is due."""
    repeat: int


def run(options: FlowOptions, progress: Progress) -> MoneyResults:
    """Measure, verify the books, and leave nothing behind.

    Raises: LoadFailed, if not every case was carried out or the books are wrong.
    """
    with open_world() as world:
        timings = list(_steps(world, options, progress))
        verified = verify(world.data_dir)
    # In a database of its own: what is due on virtual clocks would be looked over too.
    with open_world() as world:
        timings += _idle(world, options, progress)
        settings = {
            **settings_of(world, options.book),
            "cases a step without a letter": f"{options.cases:,}",
            "cases a step with a letter": f"{options.letters:,}",
        }
    command = shlex.join(["python", "-m", "bench", *sys.argv[1:]])
    return MoneyResults(command, settings, timings, verified)


def _steps(world: World, options: FlowOptions, progress: Progress) -> Iterator[Timing]:
    """Time each step on cases of an account of their own."""
    task = progress.add_task("carrying out steps", total=options.repeat)
    for _ in range(options.repeat):
        account = _prepare(world, options.cases)
        yield Timing(BATCHED, _timed(world, account, INITIALIZED_AT, options.cases, BATCH))
        yield Timing(TWO_WORKERS, _by_two_workers(world, account, ENTERED_AT, options.cases))
        alone = _prepare(world, ALONE)
        yield Timing(ONE_BY_ONE, _timed(world, alone, INITIALIZED_AT, ALONE, 1))
        yield Timing(BARE, _bare(world, alone))
        for name, count, size in (
            (LETTERS, options.letters, BATCH),
            (LETTERS_ONE_BY_ONE, ALONE // 5, 1),
        ):
            account = _to_the_letter(world, count)
            yield Timing(name, _timed(world, account, LETTER_AT, count, size))
        account = _to_the_letter(world, options.letters)
        took = _by_two_workers(world, account, LETTER_AT, options.letters)
        yield Timing(LETTERS_TWO_WORKERS, took)
        yield Timing(A_SECOND, 0.01)
        progress.advance(task)
    progress.remove_task(task)


def _prepare(world: World, count: int) -> str:
    """Register cases, each of a debtor of its own, on an account of their own; return its id."""
    account, creditor = new_account(world.context)
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        commands = [registration(creditor, number) for number in numbers]
        verdicts = register_cases(world.context, account, commands)
        if not all(isinstance(verdict, Registered) for verdict in verdicts):
            raise LoadFailed("a registration was refused")
    return account


def _to_the_letter(world: World, count: int) -> str:
    """Prepare cases whose letter is due next; return their account."""
    account = _prepare(world, count)
    for until in (INITIALIZED_AT, ENTERED_AT):
        _advance(world.context, account, until, BATCH)
    return account


def _timed(world: World, account: str, until: datetime, count: int, size: int) -> float:
    """Return how long one of the due cases takes."""
    began = time.perf_counter()
    executed = _advance(world.context, account, until, size)
    ended = time.perf_counter()
    if executed != count:
        raise LoadFailed(f"{executed} of {count} cases were carried out")
    return (ended - began) / count


def _advance(context: Context, account_id: str, until: datetime, size: int) -> int:
    executed = 0
    while (done := advance_cases(context, account_id, until, batch_size=size)).executed:
        executed += done.executed
    return executed


def _by_two_workers(world: World, account: str, until: datetime, count: int) -> float:
    """Return how long one case takes when two processes share the work."""
    spawning = multiprocessing.get_context("spawn")
    start = spawning.Barrier(3)
    workers = [
        spawning.Process(target=_work, args=(world.data_dir, account, until, start))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.perf_counter()
    for worker in workers:
        worker.join()
    ended = time.perf_counter()
    if any(worker.exitcode for worker in workers):
        raise LoadFailed("a worker failed")
    if _advance(world.context, account, until, BATCH):
        raise LoadFailed("two workers left something that was due")
    return (ended - began) / count


def _work(data_dir: Path, account_id: str, until: datetime, start: Barrier) -> None:
    settings = Settings(data_dir=data_dir, is_sandbox=True)
    with (
        open_engine(data_dir) as engine,
        context_of(settings, engine, connections_max=1) as context,
    ):
        start.wait()
        _advance(context, account_id, until, BATCH)


_WRITTEN = {
    "case_events": "event_number > 3",
    "entries": "entry_number > 1",
    "postings": "entry_number > 1",
}
"""The rows of the step: what came after the registration's."""


def _bare(world: World, account: str) -> float:
    """Return how long the rows of a case's step take to be written again, batch by batch."""
    tables = (*_WRITTEN, "cases", "case_balances")
    with psycopg.connect(world.engine.conninfo(), autocommit=True) as connection:
        for table in tables:
            connection.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)".encode())
        for table in ("cases", "case_balances"):
            connection.execute(
                f"INSERT INTO bare_{table} SELECT * FROM {table} WHERE account_id = %s".encode(),
                (account,),
            )
        rows = connection.execute("SELECT case_id FROM bare_cases ORDER BY 1")
        cases = [case_id for (case_id,) in rows]
        began = time.perf_counter()
        _write_again(connection, account, cases)
        ended = time.perf_counter()
        for table in tables:
            connection.execute(f"DROP TABLE bare_{table}".encode())
    return (ended - began) / len(cases)


def _write_again(connection: psycopg.Connection, account: str, cases: list[str]) -> None:
    of_cases = "account_id = %(account)s AND case_id = ANY(%(cases)s)"
    for start in range(0, len(cases), BATCH):
        values = {"account": account, "cases": cases[start : start + BATCH]}
        with connection.transaction():
            for table, written in _WRITTEN.items():
                connection.execute(
                    f"INSERT INTO bare_{table} SELECT * FROM {table} "
                    f"WHERE {of_cases} AND {written}".encode(),
                    values,
                )
            connection.execute(
                "UPDATE bare_cases AS target SET document = given.document, status = given.status, "
                "transactions = given.transactions FROM cases AS given "
                "WHERE target.account_id = given.account_id AND target.case_id = given.case_id "
                "AND given.account_id = %(account)s AND given.case_id = ANY(%(cases)s)",
                values,
            )
            connection.execute(
                "UPDATE bare_case_balances AS target SET version = given.version, "
                "updated_at = given.updated_at, next_item = given.next_item, "
                "next_due_at = given.next_due_at, interest_units = given.interest_units, "
                "interest_added_minor = given.interest_added_minor FROM case_balances AS given "
                "WHERE target.account_id = given.account_id AND target.case_id = given.case_id "
                "AND given.account_id = %(account)s AND given.case_id = ANY(%(cases)s)",
                values,
            )


def _idle(world: World, options: FlowOptions, progress: Progress) -> Iterator[Timing]:
    """Time ticks of the worker over a book that is scheduled, but not for now."""
    task = progress.add_task("inserting open cases", total=options.book)
    account, case = real_case(world.context)
    with psycopg.connect(world.engine.conninfo(), autocommit=True) as connection:
        for inserted in fill(connection, account, case, options.book):
            progress.advance(task, inserted)
        connection.execute("DELETE FROM virtual_clocks WHERE account_id = %s", (account,))
        connection.execute(
            "UPDATE case_balances SET next_item = 'case--debt-collections__debt_statement', "
            "next_due_at = now() + interval '30 days' + version * interval '1 second' "
            "WHERE account_id = %s AND next_item IS NULL",
            (account,),
        )
    world.vacuum()
    progress.remove_task(task)
    tick(world.context)
    for _ in range(options.repeat):
        began = time.perf_counter()
        ticked = tick(world.context)
        yield Timing(IDLE_TICK, time.perf_counter() - began)
        yield Timing(TEN_MS, 0.01)
        if ticked.executed or ticked.failed:
            raise LoadFailed("something was due")
