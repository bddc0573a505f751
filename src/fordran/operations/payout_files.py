"""The files of a payout run: what the bank is asked to pay, and the vouchers for the books.

Both are functions of what is stored of the run and nothing else: made again, they are the same
bytes (docs/decisions/0033).
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from fordran.bankfiles.errors import BankFileError
from fordran.bankfiles.pain001 import write_pain001
from fordran.bankfiles.pain001_records import (
    Bankgiro,
    FreeText,
    Initiator,
    Payer,
    PaymentFile,
    Transfer,
)
from fordran.bankfiles.sie4 import write_sie4
from fordran.bankfiles.sie4_records import BookkeepingFile, ChartAccount, Voucher, VoucherRow
from fordran.domain.books_chart import BooksChart, payout_rows, refund_rows
from fordran.domain.money import Money
from fordran.domain.payout import PayoutLine
from fordran.domain.refusals import Refusal
from fordran.domain.swedish_time import civil_date
from fordran.operations.context import Agency
from fordran.operations.payees import account_of
from fordran.storage.payouts import StoredFile, StoredPayout, StoredRun
from fordran.storage.refunds import StoredRefundPayment

BANK = "bank"
BOOKS = "books"
VOUCHER_SERIES = "U"

_encode = msgspec.json.Encoder().encode


class PayoutFileNotWritable(Refusal):
    """A payout file cannot be written; nothing was paid out."""


class RunPayer(msgspec.Struct, frozen=True):
    """Who pays, from which account, and the accounts of the books; kept with the run."""

    name: str
    organization_no: str
    bankgiro: str
    chart: BooksChart

    @classmethod
    def of(cls, agency: Agency) -> "RunPayer":
        """Return what a run keeps of the agency."""
        return cls(agency.name, agency.organization_no, agency.bankgiro, agency.chart)


_decode_payer = msgspec.json.Decoder(RunPayer).decode


class RunRecords(msgspec.Struct, frozen=True):
    """Everything that is stored of a run."""

    account_id: str
    run: StoredRun
    payouts: Sequence[StoredPayout]
    lines: Mapping[str, Sequence[PayoutLine]]
    """What each payout took, by its id."""
    refunds: Sequence[StoredRefundPayment]


class RunFile(msgspec.Struct, frozen=True):
    """A file of a run."""

    kind: str
    filename: str
    content: bytes

    def stored(self, run_id: str, account_id: str) -> StoredFile:
        """Return the file's record.

        The run's id is in the key: of two runs of one day that are made at once, the one that
        gives way has stored bytes too.
        """
        key = f"payouts/{account_id}/{run_id}/{self.filename}"
        return StoredFile(
            run_id, self.kind, self.filename, key, hashlib.sha256(self.content).digest()
        )


def stored_payer(agency: Agency) -> str:
    """Return what a run keeps of the agency, as JSON."""
    return _encode(RunPayer.of(agency)).decode()


def run_files(records: RunRecords) -> tuple[RunFile, ...]:
    """Return the files of a run.

    Raises: PayoutFileNotWritable, with what is wrong and what helps.
    """
    payer = _decode_payer(records.run.payer)
    name = f"payouts-{records.run.run_on.isoformat()}-{records.account_id}"
    try:
        bank = write_pain001(_payment_file(records, payer))
        books = write_sie4(_bookkeeping_file(records, payer))
    except BankFileError as error:
        raise PayoutFileNotWritable(f"A payout file cannot be written: {error}.") from error
    return RunFile(BANK, f"{name}.xml", bank), RunFile(BOOKS, f"{name}.si", books)


def message_id(run_on: date, account_id: str) -> str:
    """Return the bank's name of a file: the run's day and the account.

    >>> message_id(date(2026, 3, 6), "674dbeaf08847b9501cc9132")
    '20260306-674dbeaf08847b9501cc9132'
    """
    return f"{run_on:%Y%m%d}-{account_id}"


def _payment_file(records: RunRecords, payer: RunPayer) -> PaymentFile:
    run = records.run
    return PaymentFile(
        message_id=message_id(run.run_on, records.account_id),
        created_at=run.ran_at,
        initiator=Initiator(payer.name, payer.organization_no),
        requested_on=run.executed_on,
        payer=Payer(payer.name, Bankgiro(payer.bankgiro)),
        transfers=(
            *(_transfer(one, one.total_minor, name=one.creditor_name) for one in records.payouts),
            *(_transfer(one, one.amount_minor, name=one.payee_name) for one in records.refunds),
        ),
    )


def _transfer(
    paid: StoredPayout | StoredRefundPayment, amount_minor: int, *, name: str
) -> Transfer:
    return Transfer(
        end_to_end_id=paid.id,
        amount=Money(amount_minor, paid.currency),
        payee_name=name,
        account=account_of(paid.bank_account),
        remittance=FreeText(paid.reference),
    )


def _bookkeeping_file(records: RunRecords, payer: RunPayer) -> BookkeepingFile:
    chart = payer.chart
    vouchers = [
        _voucher(
            records.run.executed_on,
            f"Payout {one.reference} {one.creditor_name}",
            payout_rows(chart, records.lines[one.id], Money(one.total_minor)),
        )
        for one in records.payouts
    ]
    vouchers += [
        _voucher(
            records.run.executed_on,
            f"Refund {one.reference} {one.payee_name}",
            refund_rows(chart, Money(one.amount_minor)),
        )
        for one in records.refunds
    ]
    named = {row.account_number for voucher in vouchers for row in voucher.rows}
    names: dict[str, Any] = chart.names()
    return BookkeepingFile(
        company_name=payer.name,
        organisation_number=payer.organization_no,
        generated_on=civil_date(records.run.ran_at),
        vouchers=tuple(vouchers),
        accounts=tuple(ChartAccount(number, names[number]) for number in sorted(named)),
    )


def _voucher(on: date, text: str, rows: Sequence[tuple[str, Money]]) -> Voucher:
    return Voucher(
        on=on,
        text=text,
        rows=tuple(VoucherRow(account, amount) for account, amount in rows),
        series=VOUCHER_SERIES,
    )
