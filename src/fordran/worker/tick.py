"""A tick: everything that is due now on accounts that run on real time."""

import logging
import traceback

import msgspec

from fordran.operations.advance_cases import (
    BATCH_SIZE,
    Advanced,
    advance_cases,
    set_aside_first_due,
)
from fordran.operations.context import Context
from fordran.storage.database import DatabaseUnavailable
from fordran.storage.due import DueCase, due_accounts

logger = logging.getLogger("fordran.worker")


class Ticked(msgspec.Struct, frozen=True):
    """What a tick did over all accounts."""

    executed: int
    failed: int


def tick(context: Context) -> Ticked:
    """Carry out due items, the longest due first, until nothing is due.

    A step that fails for no named reason is tried alone; if it fails again it is set aside, so
    that it stops no other (`is_failed` on the case).

    Raises: DatabaseUnavailable.
    """
    executed = failed = 0
    while True:
        advanced = [_advance(context, account_id) for account_id in _due_accounts(context)]
        executed += sum(account.executed for account in advanced)
        failed += sum(account.failed for account in advanced)
        if not any(account.executed or account.failed for account in advanced):
            # Nothing is due, or another worker has it in hand.
            return Ticked(executed, failed)


def _due_accounts(context: Context) -> list[str]:
    """Return the accounts with the longest due cases, each once, in that order."""
    now = context.clock.now()
    found: list[DueCase] = context.database.read_due(lambda uow: due_accounts(uow, now, BATCH_SIZE))
    return list(dict.fromkeys(case.account_id for case in found))


def _advance(context: Context, account_id: str) -> Advanced:
    now = context.clock.now()
    try:
        return advance_cases(context, account_id, now)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - a case that breaks a batch is found and set aside
        logger.warning("a batch failed (%s); its items are tried one by one", type(error).__name__)
        return _advance_alone(context, account_id)


def _advance_alone(context: Context, account_id: str) -> Advanced:
    now = context.clock.now()
    try:
        return advance_cases(context, account_id, now, batch_size=1)
    except DatabaseUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - set aside with its reason, visible on the case
        frames = "".join(traceback.format_tb(error.__traceback__))
        logger.error("an item failed (%s) and is set aside\n%s", type(error).__name__, frames)  # noqa: TRY400 - the text of an exception may hold personal data
        return set_aside_first_due(context, account_id, now, type(error).__name__)
