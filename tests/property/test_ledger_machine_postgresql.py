"""The ledger's state machine against the real operations on PostgreSQL."""

import sys
from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test
from msgspec.structs import replace

from fordran.operations.context import Context
from fordran.operations.verify_books import verify_books
from tests.conftest import WorkerDatabase
from tests.property.ledger_books import REFUSED
from tests.property.ledger_books_postgresql import CountedRandomness, StoredBooks, rows_changed
from tests.property.ledger_machine import LedgerMachine, cases_drawn
from tests.property.oracle import Told

STEPS_A_STORY = 20
STORIES_OF_MEMORYS = 5
"""A story on PostgreSQL takes much longer: there are so many times fewer of them."""

ACCEPTED_MIN = 1
"""Accepted commands of a story on average; days that pass are none."""

IMPOSSIBLE = {
    "in the future": {"days": 2, "amount": 100, "issue": "bank_transaction_date"},
    "before the invoice": {"days": -2000, "amount": 100, "issue": "bank_transaction_date"},
}


class StoredMachine(LedgerMachine):
    """Drives the operations."""

    accepted: ClassVar[Counter[str]] = Counter()
    examples: ClassVar[int] = 0
    context: ClassVar[Context]
    conninfo: ClassVar[str]
    books: StoredBooks

    def open_books(self, world: dict[str, Any]) -> StoredBooks:
        return StoredBooks(self.context, world)

    def charges_costs(self) -> bool:
        """No operation charges a cost by itself yet: the flow does."""
        return False

    def check_replay(self, command: dict[str, Any], answer: Told) -> None:
        """The same request with its key is answered as the first time, and changes nothing."""
        before = self.books.snapshot(with_reports=True)
        assert self.books.carry_out(command) == answer
        assert not rows_changed(before, self.books.snapshot(with_reports=True))

    @rule(
        case=cases_drawn,
        kind=st.sampled_from(["creditor_payment", "agency_payment"]),
        how=st.sampled_from(sorted(IMPOSSIBLE)),
    )
    def impossible_payment(self, case: int, kind: str, how: str) -> None:
        wrong = IMPOSSIBLE[how]
        command = {
            "kind": kind,
            "id": f"impossible {len(self.commands)} {kind} {how}",
            "case": self.case_ids[case % len(self.case_ids)],
            "amount": wrong["amount"],
            "value_at": self.books.now + timedelta(days=wrong["days"]),
            "reference": None,
        }
        before = self.books.snapshot(with_reports=True)
        assert self.books.carry_out(command) == (REFUSED, 0, wrong["issue"])
        assert not rows_changed(before, self.books.snapshot(with_reports=True))

    def teardown(self) -> None:
        super().teardown()
        if self.books is not None:
            checks = verify_books(self.conninfo, account_id=self.books.account_id)
            found = {check.rule: check.violations for check in checks if check.violations}
            assert not found, found


def test_operations_say_what_the_oracle_says(context: Context, database: WorkerDatabase) -> None:
    StoredMachine.context = replace(context, randomness=CountedRandomness())
    StoredMachine.conninfo = database.conninfo()
    accepted = StoredMachine.accepted = Counter()
    StoredMachine.examples = 0
    run_state_machine_as_test(
        StoredMachine,
        settings=settings(
            max_examples=max(settings().max_examples // STORIES_OF_MEMORYS, 1),
            stateful_step_count=STEPS_A_STORY,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    told = f"{accepted.total()} steps accepted of {StoredMachine.examples} stories: {accepted}"
    sys.stdout.write(told + "\n")
    commands = accepted.total() - accepted["days_pass"]
    assert commands >= ACCEPTED_MIN * StoredMachine.examples, told
