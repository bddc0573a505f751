"""Letters of an account on real time, as the tests of the post need them."""

from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from fordran.domain.case import Debt
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.money import Money
from fordran.operations.advance_cases import advance_cases
from fordran.operations.context import Context
from fordran.operations.hand_over_letters import HandedOver, hand_over_letters
from fordran.operations.register_cases import RegisterCases, Registered, register_cases
from fordran.outside.post_folder import PostFolder
from tests.world import ADDRESS, REAL_NOW, Account, SteppedClock

COMPANIES = ("5560269986", "5566778899", "5560360793", "5560125790", "5560002015")
"""Debtors; each gets a letter of its own."""

_numbers = count(1)


class Mailbox:
    """An account on real time with letters that wait for the post, and the folder they go to."""

    def __init__(self, context: Context, folder: Path) -> None:
        self.clock = SteppedClock(context.clock.now() if _is_stepped(context) else REAL_NOW)
        self.context = replace(context, clock=self.clock, post=PostFolder(folder))
        self.folder = folder
        self.account = Account.make(self.context, virtual_now=None)

    def send(self, *customers: str, debts: int = 1) -> None:
        """Let a demand be dispatched to each customer, over as many debts."""
        for customer in customers:
            self._register(customer, debts)
        for _ in range(4):
            self.clock.current += timedelta(hours=1)
            while advance_cases(self.context, self.account.id, self.clock.now()).executed:
                pass

    def hand_over(self) -> HandedOver:
        return hand_over_letters(self.context, self.account.id)

    def batches(self) -> dict[str, dict[str, Any]]:
        """Return the manifest of each of the account's batches in the folder, by the batch's id.

        A worker hands over what waits of every account, so letters of other tests may lie there.
        """
        found = {
            place.name: msgspec.json.decode((place / "manifest.json").read_bytes())
            for place in self.folder.glob("[0-9a-f]*")
        }
        own = self.account.id
        return {name: one for name, one in found.items() if one["sender_account"] == own}

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement that asks about one account."""
        return self.context.database.read(
            self.account.id, lambda uow: uow.rows(statement, [self.account.id])
        )

    def letters(self) -> list[str]:
        """Return the ids of the account's letters, the first dispatched first."""
        statement = (
            "SELECT letter_id FROM letters WHERE account_id = %s ORDER BY dispatched_at, letter_id"
        )
        return [letter_id for (letter_id,) in self.rows(statement)]

    def _register(self, customer: str, debts: int) -> None:
        command = RegisterCases(
            creditor_id=self.account.creditor_id,
            currency="SEK",
            customer_kind=IdNumberKind.COMPANY,
            customer={"name": "Provkunden", "id_number": customer, "address": ADDRESS},
            debts=tuple(self._debt() for _ in range(debts)),
            request=b'{"of": "post"}',
            idempotency=None,
        )
        (verdict,) = register_cases(self.context, self.account.id, [command])
        assert isinstance(verdict, Registered), verdict

    def _debt(self) -> Debt:
        number = next(_numbers)
        on = self.clock.now().date()
        return Debt(
            invoice_number=f"POST-{number}",
            invoice_on=on - timedelta(days=60),
            due_days=31,
            interest_days=31,
            capital_to_claim=Money(200000),
            payout_reference=f"POST-{number}",
        )


def _is_stepped(context: Context) -> bool:
    return isinstance(context.clock, SteppedClock)
