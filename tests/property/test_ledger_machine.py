"""The ledger's state machine against the domain alone, in memory."""

import sys
from collections import Counter
from copy import deepcopy
from typing import Any, ClassVar

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.ledger_books import MemoryBooks
from tests.property.ledger_machine import LedgerMachine
from tests.property.oracle import Told

STEPS_A_STORY = 30
STORIES_MORE = 4
"""The machine tells so many times more stories than other properties draw examples."""

ACCEPTED_MIN = 2
"""Accepted commands of a story on average; days that pass are none."""

KINDS_OF_STEPS = 8
"""Every rule that changes something was accepted at least once."""


class MemoryMachine(LedgerMachine):
    """Drives the domain."""

    accepted: ClassVar[Counter[str]] = Counter()
    examples: ClassVar[int] = 0

    def open_books(self, world: dict[str, Any]) -> MemoryBooks:
        return MemoryBooks(world["terms"], world["at"], is_consumer=world["is_consumer"])

    def check_replay(
        self,
        command: dict[str, Any],
        answer: Told,  # noqa: ARG002 - its own key has it answered otherwise the second time
    ) -> None:
        """Repeat what a natural key guards: a reference, an act, an ending, a reversal."""
        foretold = self.foretold(command, deepcopy(self.oracle))
        if self.is_refused(command, foretold):
            assert self.books.carry_out(command) == foretold


def test_domain_says_what_the_oracle_says() -> None:
    accepted = MemoryMachine.accepted = Counter()
    MemoryMachine.examples = 0
    run_state_machine_as_test(
        MemoryMachine,
        settings=settings(
            max_examples=settings().max_examples * STORIES_MORE,
            stateful_step_count=STEPS_A_STORY,
        ),
    )
    told = f"{accepted.total()} steps accepted of {MemoryMachine.examples} stories: {accepted}"
    sys.stdout.write(told + "\n")
    commands = accepted.total() - accepted["days_pass"]
    assert commands >= ACCEPTED_MIN * MemoryMachine.examples, told
    assert len(accepted) == KINDS_OF_STEPS, told
