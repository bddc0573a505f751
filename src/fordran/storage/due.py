"""What is due: found across accounts by the worker's role, claimed within one account."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fordran.storage.unit_of_work import UnitOfWork


class DueCase(msgspec.Struct, frozen=True):
    """A case whose next item has fallen due."""

    account_id: str
    case_id: str
    due_at: datetime


class ClaimedCase(msgspec.Struct, frozen=True):
    """A case that this unit of work has locked to carry out its item."""

    case_id: str
    creditor_id: str
    customer_id: str
    item: str
    due_at: datetime


def due_accounts(uow: UnitOfWork, now: datetime, limit: int) -> list[DueCase]:
    """Return the cases that are due longest, over all accounts on real time.

    Runs as the worker's role, which sees nothing else. Needs the index case_balances_due.
    """
    rows = uow.rows(
        "SELECT account_id, case_id, next_due_at FROM due_cases WHERE next_due_at <= %s "
        "ORDER BY next_due_at, account_id, case_id LIMIT %s",
        (now, limit),
    )
    return [DueCase(*row) for row in rows]


def next_due_at(uow: UnitOfWork) -> datetime | None:
    """Return the earliest due instant of the account, or None if nothing is scheduled.

    Needs the index case_balances_account_due.
    """
    row = uow.row(
        "SELECT min(next_due_at) FROM case_balances WHERE account_id = %s "
        "AND next_due_at IS NOT NULL AND NOT is_failed",
        (uow.account_id,),
    )
    return row[0] if row else None


def claim(uow: UnitOfWork, until: datetime, limit: int) -> list[ClaimedCase]:
    """Claim the account's due cases of the earliest due instants, whole groups at a time.

    Cases of one creditor and customer that fall due for one item at one instant belong together
    (decision 25): either all of them are claimed or, if another unit of work holds one, none.

    Needs the index case_balances_account_due.
    """
    picked = uow.rows(
        "WITH first_due AS (SELECT creditor_id, customer_id, next_item, next_due_at "
        "FROM case_balances WHERE account_id = %s AND next_due_at <= %s AND NOT is_failed "
        "ORDER BY next_due_at, case_id LIMIT %s) "
        "SELECT DISTINCT member.case_id, member.creditor_id, member.customer_id, "
        "member.next_item, member.next_due_at FROM case_balances AS member "
        "JOIN first_due USING (creditor_id, customer_id, next_item, next_due_at) "
        "WHERE member.account_id = %s AND NOT member.is_failed ORDER BY member.case_id",
        (uow.account_id, until, limit, uow.account_id),
    )
    candidates = [ClaimedCase(*row) for row in picked]
    locked = _lock_unheld(uow, candidates)
    held = {_group(case) for case in candidates if case.case_id not in locked}
    return [case for case in candidates if _group(case) not in held]


def _lock_unheld(uow: UnitOfWork, candidates: Sequence[ClaimedCase]) -> set[str]:
    rows = uow.rows(
        "SELECT balance.case_id FROM case_balances AS balance "
        "JOIN unnest(%s::text[], %s::timestamptz[]) AS given (case_id, due_at) "
        "ON given.case_id = balance.case_id AND given.due_at = balance.next_due_at "
        "WHERE balance.account_id = %s AND NOT balance.is_failed "
        "ORDER BY balance.case_id FOR UPDATE OF balance SKIP LOCKED",
        (
            [case.case_id for case in candidates],
            [case.due_at for case in candidates],
            uow.account_id,
        ),
    )
    return {case_id for (case_id,) in rows}


def _group(case: ClaimedCase) -> tuple[str, str, str, datetime]:
    return (case.creditor_id, case.customer_id, case.item, case.due_at)
