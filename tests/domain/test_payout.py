"""Payouts in the domain: on which day, which lines, what sums, and the rows of the vouchers."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.domain.books_chart import BooksChart, payout_rows, refund_rows
from fordran.domain.client_money import Category, Holder, Transfer
from fordran.domain.ledger import FactKind, FactName
from fordran.domain.money import Money
from fordran.domain.payout import (
    NewLine,
    PayoutInterval,
    PayoutLine,
    PayoutTerms,
    by_creditor,
    creditor_lines,
    end_of_day,
    executed_on,
    is_payout_day,
    summary,
    total_of,
)

AT = datetime(2026, 3, 4, 9, tzinfo=UTC)
CHART = BooksChart()
BANK, CREDITOR, AGENCY, VAT, DEBTOR = (
    Holder.BANK,
    Holder.CREDITOR,
    Holder.AGENCY,
    Holder.VAT,
    Holder.DEBTOR,
)
COMMISSION = Category.CREDITOR_COMMISSION


@pytest.mark.parametrize(
    ("terms", "days"),
    [
        (PayoutTerms(), [6, 13, 20, 27]),
        (PayoutTerms(weekday=1), [2, 9, 16, 23, 30]),
        (PayoutTerms(PayoutInterval.MONTHLY, month_day=25), [25]),
        (PayoutTerms(PayoutInterval.DAILY), list(range(1, 32))),
    ],
)
def test_creditors_are_paid_on_their_day(terms: PayoutTerms, days: list[int]) -> None:
    assert [day for day in range(1, 32) if is_payout_day(terms, date(2026, 3, day))] == days


@pytest.mark.parametrize(
    "wrong", [{"weekday": 0}, {"weekday": 8}, {"month_day": 0}, {"month_day": 29}]
)
def test_days_that_do_not_come_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="1"):
        PayoutTerms(**wrong)
    with pytest.raises(ValueError, match="not due before"):
        PayoutTerms(refund_days=-1)


@pytest.mark.parametrize(
    ("run_on", "today", "expected"),
    [
        (date(2026, 3, 6), date(2026, 3, 6), date(2026, 3, 6)),
        (date(2026, 4, 3), date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday, then Easter
        (date(2026, 6, 19), date(2026, 6, 19), date(2026, 6, 22)),  # Midsummer Eve
        (date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 9)),  # made late
    ],
)
def test_the_bank_pays_on_a_bank_day_that_is_not_past(
    run_on: date, today: date, expected: date
) -> None:
    assert executed_on(run_on, today) == expected


def test_a_day_ends_at_midnight_in_sweden() -> None:
    assert end_of_day(date(2026, 3, 6)) == datetime(2026, 3, 6, 23, tzinfo=UTC)
    assert end_of_day(date(2026, 7, 3)) == datetime(2026, 7, 3, 22, tzinfo=UTC)


def moved(
    number: int,
    debit: Holder,
    credit: Holder,
    category: Category,
    article: str,
    *,
    payment: str = "p",
    fact: FactName | None = None,
) -> Transfer:
    return Transfer(
        number, debit, credit, category, article, Money(100), payment, AT, AT, fact=fact
    )


def test_a_line_is_a_transfer_with_its_tax() -> None:
    found = creditor_lines(
        [
            moved(1, BANK, CREDITOR, Category.CAPITAL, "capital"),
            moved(2, BANK, AGENCY, Category.AGENCY_COST, "reminder"),
            moved(3, AGENCY, CREDITOR, COMMISSION, "reminder"),
            moved(4, VAT, CREDITOR, COMMISSION, "vat_reminder"),
            moved(5, BANK, DEBTOR, Category.OVERPAYMENT, "overpayment"),
            moved(6, CREDITOR, AGENCY, COMMISSION, "debt_collection"),
            moved(7, CREDITOR, VAT, COMMISSION, "vat_debt_collection"),
        ]
    )
    assert found == [NewLine(1, None), NewLine(3, 4), NewLine(6, 7)]


def test_a_tax_without_its_amount_is_a_line_of_its_own() -> None:
    assert creditor_lines([moved(8, CREDITOR, VAT, COMMISSION, "vat_reminder")]) == [
        NewLine(None, 8)
    ]


def test_lines_of_other_payments_and_facts_are_not_mixed() -> None:
    fact = FactName(FactKind.PAYMENT_REVERSAL, "r")
    found = creditor_lines(
        [
            moved(1, CREDITOR, AGENCY, COMMISSION, "reminder"),
            moved(2, CREDITOR, VAT, COMMISSION, "vat_reminder", payment="q"),
            moved(3, CREDITOR, VAT, COMMISSION, "vat_reminder", fact=fact),
            moved(4, CREDITOR, AGENCY, COMMISSION, "reminder"),
            moved(5, CREDITOR, VAT, COMMISSION, "vat_reminder"),
        ]
    )
    assert found == [NewLine(1, 5), NewLine(4, None), NewLine(None, 2), NewLine(None, 3)]


shares = st.sampled_from(
    [
        (BANK, CREDITOR, Category.CAPITAL, "capital"),
        (BANK, DEBTOR, Category.OVERPAYMENT, "overpayment"),
        (BANK, AGENCY, Category.AGENCY_COST, "reminder"),
        (CREDITOR, AGENCY, COMMISSION, "reminder"),
        (CREDITOR, VAT, COMMISSION, "vat_reminder"),
        (AGENCY, CREDITOR, COMMISSION, "reminder"),
        (VAT, CREDITOR, COMMISSION, "vat_reminder"),
    ]
)


@given(st.lists(st.tuples(shares, st.sampled_from("pq")), max_size=30))
def test_every_transfer_of_the_creditor_is_on_one_line(
    drawn: list[tuple[tuple[Holder, Holder, Category, str], str]],
) -> None:
    transfers = [
        moved(number, *share, payment=payment) for number, (share, payment) in enumerate(drawn, 1)
    ]
    known = {transfer.number: transfer for transfer in transfers}
    found = creditor_lines(transfers)
    amounts = [line.transfer_number for line in found if line.transfer_number is not None]
    taxes = [line.tax_transfer_number for line in found if line.tax_transfer_number is not None]
    concerned = [one.number for one in transfers if CREDITOR in (one.debit, one.credit)]
    assert sorted(amounts + taxes) == concerned
    assert {
        number for number in concerned if VAT in (known[number].debit, known[number].credit)
    } == set(taxes)
    for line in found:
        if line.transfer_number is not None and line.tax_transfer_number is not None:
            amount, tax = known[line.transfer_number], known[line.tax_transfer_number]
            assert (amount.payment_id, f"vat_{amount.article}") == (tax.payment_id, tax.article)


def line(
    number: int,
    amount: int,
    vat: int = 0,
    category: Category = Category.CAPITAL,
    *,
    creditor: str = "c",
    is_billed: bool = False,
) -> PayoutLine:
    article = "capital" if category is Category.CAPITAL else "debt_collection"
    return PayoutLine(
        str(number), creditor, category, article, Money(amount), Money(vat), is_billed
    )


LINES = [
    line(1, 2000_00),
    line(2, 500_00),
    line(3, -180_00, -45_00, COMMISSION, is_billed=True),
    line(4, 60_00, 15_00, COMMISSION),
    line(5, -20_00),
]


def test_lines_add_up_per_article_and_in_all() -> None:
    assert total_of(LINES) == Money(2330_00)
    assert [
        (one.category, one.count, one.amount.minor, one.vat.minor) for one in summary(LINES)
    ] == [(Category.CAPITAL, 3, 2480_00, 0), (COMMISSION, 2, -120_00, -30_00)]


def test_lines_are_taken_per_creditor() -> None:
    found = by_creditor([line(2, 1, creditor="b"), line(1, 1, creditor="b"), line(3, 1)])
    assert {creditor: [one.id for one in own] for creditor, own in found.items()} == {
        "b": ["1", "2"],
        "c": ["3"],
    }


def test_a_payouts_voucher_tells_bills_from_commissions() -> None:
    rows = dict(payout_rows(CHART, LINES, total_of(LINES)))
    assert {account: amount.minor for account, amount in rows.items()} == {
        "2420": 2480_00,
        "3990": -180_00,
        "2611": -45_00,
        "4600": 60_00,
        "2641": 15_00,
        "1941": -2330_00,
    }


def test_a_bill_that_is_taken_back_takes_back_revenue() -> None:
    lines = [line(1, 180_00, 45_00, COMMISSION, is_billed=True)]
    assert payout_rows(CHART, lines, Money(225_00)) == [
        ("3990", Money(180_00)),
        ("2611", Money(45_00)),
        ("1941", Money(-225_00)),
    ]


def test_a_voucher_that_does_not_sum_to_zero_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        payout_rows(CHART, LINES, Money(1))


def test_a_refunds_voucher_and_an_agencys_own_chart() -> None:
    chart = BooksChart(client_bank="1930", refunds="2890")
    assert refund_rows(chart, Money(100_00)) == [("2890", Money(100_00)), ("1930", Money(-100_00))]
    assert set(chart.names()) >= {"1930", "2890"}
