"""Payouts: when a creditor is paid, the lines it is paid for, and what they sum to."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import assert_never

import msgspec

from fordran.domain.banking_days import first_bank_day
from fordran.domain.client_money import Category, Holder, Transfer
from fordran.domain.ledger import FactName
from fordran.domain.money import ZERO, Money
from fordran.domain.shares import VAT_ARTICLE
from fordran.domain.swedish_time import STOCKHOLM

MONDAY, FRIDAY, SUNDAY = 1, 5, 7
"""By ISO 8601."""

MONTH_DAY_MAX = 28


class PayoutInterval(StrEnum):
    """How often a creditor is paid; the wire's `finance_interval`."""

    DAILY = "daily"
    """On every day that a run is made."""

    WEEKLY = "weekly"
    """On one weekday."""

    MONTHLY = "monthly"
    """On one day of the month."""


class PayoutTerms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When money leaves the agency; data of the agreement version.

    Units: `weekday` 1 (Monday) to 7 by ISO 8601; `month_day` 1 to 28; `refund_days` calendar days
    after the day on which the money became known.
    Raises: ValueError, for a day that does not exist. Source: docs/decisions/0033.
    """

    interval: PayoutInterval = PayoutInterval.WEEKLY
    weekday: int = FRIDAY
    month_day: int = 1
    refund_days: int = 14

    def __post_init__(self) -> None:
        if not MONDAY <= self.weekday <= SUNDAY:
            raise ValueError("a weekday is 1 (Monday) to 7 (Sunday)")
        if not 1 <= self.month_day <= MONTH_DAY_MAX:
            raise ValueError(f"a day that every month has is 1 to {MONTH_DAY_MAX}")
        if self.refund_days < 0:
            raise ValueError("a refund is not due before its money is known")


class NewLine(msgspec.Struct, frozen=True):
    """A line of what a creditor is due, by the numbers of its transfers.

    Invariants: at least one of the two is there.
    """

    transfer_number: int | None
    tax_transfer_number: int | None


class PayoutLine(msgspec.Struct, frozen=True):
    """A line that a payout may take. Units: öre; below zero is what the creditor owes."""

    id: str
    creditor_id: str
    category: Category
    article: str
    amount: Money
    vat: Money
    is_billed: bool = False
    """Whether the agency bills it: what a reversal takes back of a bill is billed too."""

    @property
    def total(self) -> Money:
        """What the line adds to a payout."""
        return self.amount + self.vat


class ArticleSum(msgspec.Struct, frozen=True):
    """What the lines of one category and article sum to. Units: öre."""

    category: Category
    article: str
    count: int
    amount: Money
    vat: Money


def is_payout_day(terms: PayoutTerms, on: date) -> bool:
    """Say whether a creditor is paid by a run of a day; a holiday is a day like any other.

    Source: docs/decisions/0033.

    >>> [is_payout_day(PayoutTerms(), date(2026, 4, day)) for day in (2, 3)]
    [False, True]
    """
    match terms.interval:
        case PayoutInterval.DAILY:
            return True
        case PayoutInterval.WEEKLY:
            return on.isoweekday() == terms.weekday
        case PayoutInterval.MONTHLY:
            return on.day == terms.month_day
        case _:
            assert_never(terms.interval)


def executed_on(run_on: date, today: date) -> date:
    """Return the bank day on which the bank is asked to pay what a run pays out.

    Neither before the run's day nor in the past; a closed day moves it forward.

    >>> executed_on(date(2026, 4, 3), date(2026, 4, 3))
    datetime.date(2026, 4, 7)
    """
    return first_bank_day(max(run_on, today))


def end_of_day(on: date) -> datetime:
    """Return the first instant after a Swedish civil day, in UTC.

    >>> end_of_day(date(2026, 3, 6)).isoformat()
    '2026-03-06T23:00:00+00:00'
    """
    return datetime.combine(on + timedelta(days=1), time(), STOCKHOLM).astimezone(UTC)


def creditor_lines(transfers: Iterable[Transfer]) -> list[NewLine]:
    """Return the lines of new transfers of one case: each with its tax, in their order.

    A transfer that does not concern the creditor is on no line, one that does on exactly one.
    """
    lines: dict[tuple[str, FactName | None, Category, str], list[NewLine]] = {}
    for transfer in transfers:
        if Holder.CREDITOR not in (transfer.debit, transfer.credit):
            continue
        article = transfer.article.removeprefix(VAT_ARTICLE)
        key = (transfer.payment_id, transfer.fact, transfer.category, article)
        _put(lines.setdefault(key, []), transfer)
    return [line for several in lines.values() for line in several]


def _put(lines: list[NewLine], transfer: Transfer) -> None:
    """Put a transfer on the first line that lacks one of its kind."""
    is_tax = Holder.VAT in (transfer.debit, transfer.credit)
    for place, line in enumerate(lines):
        if is_tax and line.tax_transfer_number is None:
            lines[place] = NewLine(line.transfer_number, transfer.number)
            return
        if not is_tax and line.transfer_number is None:
            lines[place] = NewLine(transfer.number, line.tax_transfer_number)
            return
    lines.append(NewLine(None, transfer.number) if is_tax else NewLine(transfer.number, None))


def total_of(lines: Iterable[PayoutLine]) -> Money:
    """Return what lines sum to, tax included."""
    return sum((line.total for line in lines), ZERO)


def by_creditor(lines: Iterable[PayoutLine]) -> dict[str, list[PayoutLine]]:
    """Return lines by creditor, in the order of the creditors' ids."""
    found: dict[str, list[PayoutLine]] = {}
    for line in sorted(lines, key=lambda line: (line.creditor_id, line.id)):
        found.setdefault(line.creditor_id, []).append(line)
    return found


def summary(lines: Sequence[PayoutLine]) -> list[ArticleSum]:
    """Return what lines sum to per category and article, in the order of the categories."""
    sums: dict[tuple[Category, str], ArticleSum] = {}
    for line in lines:
        key = (line.category, line.article)
        known = sums.get(key) or ArticleSum(*key, 0, ZERO, ZERO)
        sums[key] = ArticleSum(
            *key, known.count + 1, known.amount + line.amount, known.vat + line.vat
        )
    order = list(Category)
    return [sums[key] for key in sorted(sums, key=lambda key: (order.index(key[0]), key[1]))]
