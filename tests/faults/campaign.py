"""The concurrency campaign: many commands on one case at once, while connections fail.

Each round registers a case and lets 32 threads report payments and creditings, cancel it and carry
out its flow at the same moment. A command whose connection is lost is sent again with its key. In
the end the journal must be what one thread alone would have written in some order, with every
acknowledged command in it once and every refused one not at all, and the books must be right.

`python -m tests.faults.campaign --rounds 2000` runs the full size on a cluster of its own.
"""

import argparse
import logging
import random  # noqa: TID251 - the campaign is drawn from its seed
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation

from fordran.bootstrap import context_of
from fordran.domain.case import Debt
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.money import Money
from fordran.domain.outcome import Outcome
from fordran.operations.advance_cases import advance_cases
from fordran.operations.cancel_cases import CancelCase, cancel_cases
from fordran.operations.context import Context
from fordran.operations.idempotency import IdempotencyKey
from fordran.operations.law import save_shipped_law
from fordran.operations.receive_payments import ReceivePayment, receive_payments
from fordran.operations.register_cases import RegisterCases, Registered, register_cases
from fordran.operations.report_creditor_creditings import (
    ReportCrediting,
    report_creditor_creditings,
)
from fordran.operations.report_creditor_payments import (
    ReportCreditorPayment,
    report_creditor_payments,
)
from fordran.operations.rules import RulesInForce
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.operations.verify_books import verify_books
from fordran.settings import Settings
from fordran.storage import cases
from fordran.storage.database import DatabaseUnavailable
from fordran.storage.engine import Engine, destroy_cluster, open_engine
from fordran.storage.migrate import migrate
from tests.api.at_once import at_once
from tests.faults.faulty_database import Faults, FaultyDatabase
from tests.faults.serial_order import told_again
from tests.world import ADDRESS, Account, SteppedClock

AT_ONCE = 32
CONNECTIONS = 12
TRIES_MAX = 200
"""A command that is never answered is a fault of the product, or of this campaign."""

REGISTERED_AT = datetime(2026, 1, 7, 9, 30, tzinfo=UTC)
AT_WORK = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
"""When the commands come: every item of the case's flow has fallen due by then."""

CAPITAL = 10_000_00

REFUSALS = frozenset(
    {
        "creditor_payment.duplicate",
        "creditor_payment.case_closed",
        "creditor_crediting.case_closed",
        "creditor_cancellation.case_closed",
    }
)
"""The answers to commands that change nothing."""


_TABLES = {
    "creditor_payment": "creditor_payments",
    "agency_payment": "payments",
    "crediting": "creditor_creditings",
    "cancellation": "creditor_cancellations",
}


@dataclass
class Summary:
    """What a campaign did."""

    rounds: int = 0
    operations: int = 0
    sent_again: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    injected: Counter[str] = field(default_factory=Counter)
    seconds: float = 0

    def __str__(self) -> str:
        """Return the summary as lines of text."""
        return "\n".join(
            [
                f"{self.rounds} rounds of {AT_ONCE} at once in {self.seconds:.1f} s",
                f"{self.operations} operations, {self.sent_again} sent again",
                f"answers: {dict(self.answers.most_common())}",
                f"injected: {dict(self.injected.most_common())}",
            ]
        )


@dataclass
class Command:
    """One command of a round, with the number that its key is made of."""

    kind: str
    number: int
    amount: int = 0
    reference: str | None = None
    days_ago: int = 0


def run(context: Context, conninfo: str, *, rounds: int, seed: int, seconds: float) -> Summary:
    """Run so many rounds, or as many as begin within the seconds.

    `conninfo` is of the tables' owner. Raises: AssertionError, if a round's end is wrong.
    """
    summary = Summary()
    began = time.monotonic()
    faults = Faults(seed, conninfo)
    for number in range(rounds):
        if time.monotonic() - began > seconds:
            break
        one = Round(context, faults, random.Random(f"{seed} {number}"), summary)
        one.run()
        one.check(conninfo)
        summary.rounds += 1
    summary.injected = faults.injected
    summary.seconds = time.monotonic() - began
    return summary


class Round:
    """One case, and 32 threads that want something of it at the same moment."""

    def __init__(
        self, context: Context, faults: Faults, drawn: random.Random, summary: Summary
    ) -> None:
        self.context = replace(context, clock=SteppedClock(REGISTERED_AT))
        self.account = Account.make(self.context, virtual_now=None)
        self.summary = summary
        self.commands = list(_drawn(drawn))
        self.answers: dict[int, Any] = {}
        (verdict,) = register_cases(self.context, self.account.id, [self._registration()])
        assert isinstance(verdict, Registered), verdict
        (self.case_id,) = verdict.registration.case_ids
        (self.ocr_number,) = verdict.registration.ocr_numbers
        faulty = FaultyDatabase(context.database, faults)
        self.context = replace(self.context, clock=SteppedClock(AT_WORK))
        self.faulty_context = replace(self.context, database=faulty)

    def run(self) -> None:
        """Send every command at once, each again until it is answered."""
        at_once([self._action(command) for command in self.commands])
        while advance_cases(self.context, self.account.id, AT_WORK).executed:
            pass

    def check(self, conninfo: str) -> None:
        """Check that the end is one that some serial order leads to."""
        journal = self._read(lambda uow: cases.journal(uow, self.case_id))
        stored = self._read(lambda uow: cases.load(uow, [self.case_id]))[self.case_id]
        rules = self.context.database.run(
            self.account.id, lambda uow: RulesInForce(uow).of(stored.agreement_version_id)
        )
        case, outcomes = told_again(journal, rules)
        assert case == stored
        self._check_answers(outcomes)
        checks = verify_books(conninfo, account_id=self.account.id)
        found = {check.rule: check.violations for check in checks if check.violations}
        assert not found, found

    def _check_answers(self, outcomes: dict[str, Outcome]) -> None:
        """Check that what was acknowledged is in the journal once, and nothing else is."""
        acknowledged = {}
        for command in self.commands:
            if command.kind == "flow":
                continue
            answer = self.answers[command.number]
            assert answer.id not in acknowledged, "two commands have one document"
            acknowledged[answer.id] = answer
            self.summary.answers[f"{command.kind} {answer.status_reason or answer.status}"] += 1
            if answer.status_reason in REFUSALS:
                assert answer.id not in outcomes, "a refused command left something"
                continue
            outcome = outcomes[answer.id]
            told = (outcome.status.value, outcome.reason)
            assert (answer.status, answer.status_reason) == told
            assert getattr(answer, "settled_minor", 0) == outcome.settled.minor
        assert outcomes.keys() <= acknowledged.keys(), "something happened that nobody asked for"
        for table in _TABLES.values():
            expected = sum(_TABLES.get(command.kind) == table for command in self.commands)
            ((count,),) = self._read(
                lambda uow, table=table: uow.rows(f"SELECT count(*) FROM {table}")
            )
            assert count == expected, f"{count} of {expected} rows of {table}"

    def _action(self, command: Command) -> Callable[[], None]:
        return lambda: self._until_answered(command)

    def _until_answered(self, command: Command) -> None:
        for attempt in range(TRIES_MAX):
            try:
                answer = self._send(command)
            except (
                DatabaseUnavailable,
                SerializationFailure,
                DeadlockDetected,
                UniqueViolation,
            ):
                continue
            self.answers[command.number] = answer
            self.summary.operations += 1
            self.summary.sent_again += attempt
            return
        raise AssertionError(f"{command} was never answered")

    def _send(self, command: Command) -> Any:
        if command.kind == "flow":
            return advance_cases(self.faulty_context, self.account.id, AT_WORK)
        operation, asked = self._asked(command)
        (verdict,) = operation(self.faulty_context, self.account.id, [asked])
        return getattr(verdict, "action", verdict)

    def _asked(self, command: Command) -> tuple[Any, Any]:
        body = repr(command).encode()
        key = IdempotencyKey.of(f"{self.account.id} {command.number}", command.kind, body)
        shared: dict[str, Any] = {
            "creditor_id": self.account.creditor_id,
            "case_id": self.case_id,
            "request": body,
            "idempotency": key,
        }
        amount = Money(command.amount)
        if command.kind == "cancellation":
            return cancel_cases, CancelCase(**shared)
        if command.kind == "crediting":
            return report_creditor_creditings, ReportCrediting(amount=amount, **shared)
        value_at = AT_WORK - timedelta(days=command.days_ago)
        if command.kind == "agency_payment":
            return receive_payments, ReceivePayment(
                ocr_number=self.ocr_number,
                amount=amount,
                bank_transaction_at=value_at,
                request=body,
                idempotency=key,
            )
        return report_creditor_payments, ReportCreditorPayment(
            amount=amount,
            bank_transaction_at=value_at,
            client_registration_at=None,
            reference=command.reference,
            **shared,
        )

    def _registration(self) -> RegisterCases:
        debt = Debt(
            invoice_number="INV-1",
            invoice_on=date(2025, 11, 3),
            due_days=30,
            interest_days=30,
            capital_to_claim=Money(CAPITAL),
            payout_reference="",
        )
        address = {**ADDRESS, "country": "SE"}
        return RegisterCases(
            creditor_id=self.account.creditor_id,
            currency="SEK",
            customer_kind=IdNumberKind.COMPANY,
            customer={"name": "ACME Inc.", "id_number": "5560269986", "address": address},
            debts=(debt,),
            request=b"{}",
        )

    def _read(self, query: Any) -> Any:
        return self.context.database.read(self.account.id, query)


def _drawn(drawn: random.Random) -> Iterator[Command]:
    """Draw a round's commands: now and then a cancellation, or a payment that pays everything."""
    kinds = ["creditor_payment"] * 12 + ["crediting"] * 6 + ["agency_payment"] * 4 + ["flow"] * 8
    kinds += drawn.choices(["cancellation", "creditor_payment", "flow"], k=AT_ONCE - len(kinds))
    has_large = drawn.random() < 1 / 3
    drawn.shuffle(kinds)
    for number, kind in enumerate(kinds):
        is_large = has_large and drawn.random() < 1 / 8
        yield Command(
            kind=kind,
            number=number,
            amount=CAPITAL if is_large else drawn.choice([50_00, 111_11, 3]),
            reference=drawn.choice([None, "A", "B"]),
            days_ago=drawn.choice([0, 0, 10, 50, 90]),
        )


@contextmanager
def _own_cluster() -> Iterator[Engine]:
    folder = Path(tempfile.mkdtemp(prefix="fordran-campaign-"))
    try:
        with open_engine(folder, settings={"fsync": "off"}) as engine:
            migrate(engine.conninfo())
            yield engine
    finally:
        destroy_cluster(folder)
        shutil.rmtree(folder, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a campaign on a cluster of its own and print what it did."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.campaign")
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no round after")
    given = parser.parse_args(arguments)
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    with _own_cluster() as engine, tempfile.TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), is_sandbox=True)
        with context_of(settings, engine, connections_max=CONNECTIONS) as context:
            save_shipped_flows(context)
            save_shipped_law(context)
            summary = run(
                context,
                engine.conninfo(),
                rounds=given.rounds,
                seed=given.seed,
                seconds=given.seconds,
            )
    sys.stdout.write(f"{summary}\n")


if __name__ == "__main__":
    main()
