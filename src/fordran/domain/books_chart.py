"""The agency's chart of accounts, as far as payouts and refunds touch it; their vouchers' rows."""

from collections.abc import Iterable

import msgspec

from fordran.domain.client_money import Category
from fordran.domain.money import ZERO, Money
from fordran.domain.payout import PayoutLine


class BooksChart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which account of the agency's books takes what; an agency sets its own.

    Each default is an account of the usual Swedish chart (BAS), or free in it.
    Source: docs/decisions/0033.
    """

    client_bank: str = "1941"
    """The bank account that holds clients' money."""
    client_funds: str = "2420"
    """What is owed to creditors of money received."""
    refunds: str = "2421"
    """What is owed to debtors who paid too much."""
    revenue: str = "3990"
    """What the agency bills creditors."""
    output_vat: str = "2611"
    """Value added tax on it."""
    commissions: str = "4600"
    """What the agency gives creditors of its costs."""
    input_vat: str = "2641"
    """Value added tax on that."""

    def names(self) -> dict[str, str]:
        """Return the accounts with their names."""
        return {
            self.client_bank: "Client bank account",
            self.client_funds: "Client funds",
            self.refunds: "Refunds to debtors",
            self.revenue: "Billed to creditors",
            self.output_vat: "Output VAT",
            self.commissions: "Commissions to creditors",
            self.input_vat: "Input VAT",
        }


def payout_rows(
    chart: BooksChart, lines: Iterable[PayoutLine], total: Money
) -> list[tuple[str, Money]]:
    """Return the rows of a payout's voucher: accounts with amounts, debit positive.

    Client funds go down by what is the creditor's of the debtors' money. What is billed or given
    as commission meets revenue or cost, and its tax, where it is set off.

    Units: öre; `total` is what leaves the bank. Invariants: the rows sum to zero.
    """
    rows: dict[str, Money] = {}

    def debit(account: str, amount: Money) -> None:
        rows[account] = rows.get(account, ZERO) + amount

    for line in lines:
        if line.category is not Category.CREDITOR_COMMISSION:
            debit(chart.client_funds, line.amount)
            continue
        debit(chart.revenue if line.is_billed else chart.commissions, line.amount)
        debit(chart.output_vat if line.is_billed else chart.input_vat, line.vat)
    debit(chart.client_bank, -total)
    found = [(account, amount) for account, amount in rows.items() if amount]
    assert sum((amount for _, amount in found), ZERO) == ZERO
    return found


def refund_rows(chart: BooksChart, amount: Money) -> list[tuple[str, Money]]:
    """Return the rows of a refund's voucher. Units: öre, debit positive; they sum to zero."""
    return [(chart.refunds, amount), (chart.client_bank, -amount)]
