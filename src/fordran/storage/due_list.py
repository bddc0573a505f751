"""What is due over all accounts and not carried out, with why, for an operator to look at."""

from datetime import datetime
from enum import StrEnum

import msgspec

from fordran.domain.flow import RETRIES_AFTER, NextFlowItem
from fordran.domain.holds import STATUS_OF, Hold
from fordran.storage.audit import audit_connection


class Why(StrEnum):
    """Why something that is due has not been carried out."""

    DUE = "due"
    """The worker has not taken it up yet."""

    SET_ASIDE = "set_aside"
    """It failed, or a guard forbids it, and is tried again later."""

    FAILED = "failed"
    """It failed and is not tried again by itself: somebody must look."""

    HELD = "held"
    """The flow is held: a dispute, a pause or a respite."""


class DueAsked(msgspec.Struct, frozen=True):
    """What is asked for.

    Units: `now` is real time; `until` the last due instant, without it each account's own now.
    """

    now: datetime
    until: datetime | None
    account_id: str | None
    limit: int


class DueCount(msgspec.Struct, frozen=True):
    """How many cases stand before an item for one reason; `since_at` is the earliest instant."""

    item: str
    why: Why
    cases: int
    since_at: datetime


class DueLine(msgspec.Struct, frozen=True):
    """Something that is due on a case. Units: `now_at` is the account's own instant."""

    account_id: str
    case_id: str
    item: str
    why: Why
    at: datetime
    """When the worker takes it up; of what is held, when it was due."""
    now_at: datetime
    has_clock: bool
    """Whether the account has a virtual clock, by which alone it goes on."""
    next_item: NextFlowItem | None
    holds: tuple[Hold, ...]

    @property
    def is_of_flow(self) -> bool:
        """Whether it is the item of the flow, and not a clock of a hold."""
        return self.next_item is not None and self.next_item.item == self.item

    @property
    def due_at(self) -> datetime:
        """The instant that it acts at: an item that is tried again keeps its own."""
        if self.next_item is not None and self.is_of_flow:
            return self.next_item.due_at
        return self.at


class DueList(msgspec.Struct, frozen=True):
    """How many there are by item, and the ones that are due longest."""

    accounts: int
    """How many accounts were asked."""
    counts: tuple[DueCount, ...]
    lines: tuple[DueLine, ...]


_decode = msgspec.json.Decoder(DueList).decode


def due_list(conninfo: str, asked: DueAsked) -> DueList:
    """Return what is due and not carried out, in the order in which the worker would take it.

    `conninfo` is of the tables' owner. Reads only, in one statement. What is due, and what is
    tried again soon, is found by the index case_balances_account_due; what is held, and what
    failed for good, by looking at every open case.
    """
    with audit_connection(conninfo) as connection:
        row = connection.execute(
            DUE_LIST.encode(),
            {
                "now": asked.now,
                "until": asked.until,
                "account": asked.account_id,
                "limit": asked.limit,
                "longest_retry": max(RETRIES_AFTER),
                "held": [status.value for status in STATUS_OF.values()],
            },
        ).fetchone()
    assert row is not None, "an object is a row"
    return _decode(row[0])


_OF_ITEM = "cases.document -> 'next_item' ->>"
_OF_ACCOUNT = "asked.account_id, asked.now_at, asked.has_clock"

DUE_LIST = f"""
WITH asked AS MATERIALIZED (
    SELECT account.account_id, clock.now_at IS NOT NULL AS has_clock,
        coalesce(clock.now_at, %(now)s) AS now_at,
        coalesce(%(until)s, clock.now_at, %(now)s) AS until_at
    FROM accounts AS account LEFT JOIN virtual_clocks AS clock USING (account_id)
    WHERE %(account)s::text IS NULL OR account.account_id = %(account)s
), listed AS MATERIALIZED (
    SELECT {_OF_ACCOUNT}, balance.case_id, balance.next_item AS item,
        balance.next_due_at AS at, 'due' AS why
    FROM asked JOIN case_balances AS balance ON balance.account_id = asked.account_id
        AND balance.next_due_at <= asked.until_at
        AND balance.next_due_at IS NOT NULL AND NOT balance.is_failed
    UNION ALL
    SELECT {_OF_ACCOUNT}, balance.case_id, balance.next_item, balance.next_due_at, 'set_aside'
    FROM asked JOIN case_balances AS balance ON balance.account_id = asked.account_id
        AND balance.next_due_at > asked.until_at
        AND balance.next_due_at <= greatest(asked.until_at, asked.now_at) + %(longest_retry)s
        AND balance.next_due_at IS NOT NULL AND NOT balance.is_failed
    JOIN cases ON cases.account_id = balance.account_id AND cases.case_id = balance.case_id
        AND {_OF_ITEM} 'item' = balance.next_item AND {_OF_ITEM} 'retry_at' IS NOT NULL
        AND ({_OF_ITEM} 'due_at')::timestamptz <= asked.until_at
    UNION ALL
    SELECT {_OF_ACCOUNT}, balance.case_id, balance.next_item, balance.next_due_at, 'failed'
    FROM asked JOIN case_balances AS balance ON balance.account_id = asked.account_id
        AND balance.is_failed AND balance.next_due_at <= asked.until_at
    UNION ALL
    SELECT {_OF_ACCOUNT}, cases.case_id, {_OF_ITEM} 'item', ({_OF_ITEM} 'due_at')::timestamptz,
        'held'
    FROM asked JOIN cases ON cases.account_id = asked.account_id
        AND cases.status = ANY(%(held)s)
        AND ({_OF_ITEM} 'due_at')::timestamptz <= asked.until_at
), page AS (
    SELECT * FROM listed ORDER BY at, account_id, case_id, item LIMIT %(limit)s
), counted AS (
    SELECT item, why, count(*) AS cases, min(at) AS since_at FROM listed GROUP BY item, why
)
SELECT json_build_object(
    'accounts', (SELECT count(*) FROM asked),
    'counts', (SELECT coalesce(json_agg(counted ORDER BY item, why), '[]') FROM counted),
    'lines', (
        SELECT coalesce(json_agg(json_build_object(
            'account_id', page.account_id, 'case_id', page.case_id, 'item', page.item,
            'why', page.why, 'at', page.at, 'now_at', page.now_at, 'has_clock', page.has_clock,
            'next_item', cases.document -> 'next_item',
            'holds', coalesce(cases.document -> 'holds', '[]')
        ) ORDER BY page.at, page.account_id, page.case_id, page.item), '[]')
        FROM page JOIN cases USING (account_id, case_id)
    )
)
"""  # noqa: S608 - our constants
