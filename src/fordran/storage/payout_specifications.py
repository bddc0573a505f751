"""Payout specifications: what each creditor is due, line by line, and which payout took it."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from fordran.domain.case import Case
from fordran.domain.client_money import Category, Transfer
from fordran.domain.money import Money
from fordran.domain.payout import PayoutLine, creditor_lines
from fordran.storage.listings import ListedField, Listing
from fordran.storage.unit_of_work import UnitOfWork

ID_DIGEST_DIGITS = 16

_COLUMNS = {
    "account_id": "text",
    "payout_specification_id": "text",
    "case_id": "text",
    "transfer_number": "integer",
    "tax_transfer_number": "integer",
    "state": "text",
}


def insert(uow: UnitOfWork, settled: Sequence[tuple[Case, Sequence[Transfer]]]) -> None:
    """Insert the lines of transfers that were just written, for each case its own.

    Needs nothing else: the id is a digest of the case and the number of the line's first transfer.
    """
    uow.insert("payout_specifications", _COLUMNS, [row for one in settled for row in _rows(*one)])


def _rows(case: Case, transfers: Sequence[Transfer]) -> list[tuple[object, ...]]:
    booked = {transfer.number: transfer.booked_at for transfer in transfers}
    rows: list[tuple[object, ...]] = []
    for line in creditor_lines(transfers):
        number = line.transfer_number or line.tax_transfer_number
        assert number is not None
        line_id = specification_id(case.id, number, booked[number])
        numbers = (line.transfer_number, line.tax_transfer_number)
        rows.append((case.account_id, line_id, case.id, *numbers, case.state.value))
    return rows


def specification_id(case_id: str, transfer_number: int, booked_at: datetime) -> str:
    """Return the id of a line: the booking second, then a digest (decision 4)."""
    named = f"{case_id}:{transfer_number}".encode()
    digest = hashlib.sha256(named).hexdigest()[:ID_DIGEST_DIGITS]
    return f"{int(booked_at.timestamp()):08x}{digest}"


class SpecificationView(msgspec.Struct, frozen=True):
    """A line with what its document copies from its case, creditor and payout. Units: öre."""

    id: str
    creditor_id: str
    creditor_name: str
    case_id: str
    payment_id: str
    currency: str
    category: str
    article: str
    amount_minor: int
    vat_minor: int
    state: str
    booked_at: datetime
    invoice_number: str
    reference_number: str
    debt_reference: str
    """The debt's payout reference."""
    payout_id: str | None
    payout_on: date | None
    finance_interval: str | None
    taken_at: datetime | None


_SIGN = "CASE WHEN {0}.credit = 'creditor' THEN {0}.amount_minor ELSE -{0}.amount_minor END"
_AMOUNT = f"coalesce({_SIGN.format('transfer')}, 0)"
_VAT = f"coalesce({_SIGN.format('tax')}, 0)"
_LINES = (
    "payout_specifications AS line "
    "LEFT JOIN client_transfers AS transfer ON transfer.account_id = line.account_id "
    "AND transfer.case_id = line.case_id AND transfer.transfer_number = line.transfer_number "
    "LEFT JOIN client_transfers AS tax ON tax.account_id = line.account_id "
    "AND tax.case_id = line.case_id AND tax.transfer_number = line.tax_transfer_number "
    "LEFT JOIN payout_lines AS taken ON taken.account_id = line.account_id "
    "AND taken.payout_specification_id = line.payout_specification_id"
)


def _of(column: str) -> str:
    return f"coalesce(transfer.{column}, tax.{column})"


_CREDITOR, _BOOKED_AT, _CATEGORY = _of("creditor_id"), _of("booked_at"), _of("category")
_ARTICLE = f"regexp_replace({_of('article')}, '^vat_', '')"
_DEBT_REFERENCE = "cases.document -> 'debt' ->> 'payout_reference'"
COMMISSION_REFERENCE = "Creditor Commission"
_REFERENCE = (
    f"CASE WHEN {_CATEGORY} = 'creditor_commission' THEN '{COMMISSION_REFERENCE}' "
    f"ELSE {_DEBT_REFERENCE} END"
)

SPECIFICATIONS = Listing(
    columns=", ".join(
        (
            "line.payout_specification_id",
            _CREDITOR,
            "creditors.name",
            "line.case_id",
            _of("payment_id"),
            _of("currency"),
            _CATEGORY,
            _ARTICLE,
            _AMOUNT,
            _VAT,
            "line.state",
            _BOOKED_AT,
            "cases.invoice_number",
            "cases.reference_number",
            _DEBT_REFERENCE,
            "payouts.payout_id",
            "payout_runs.executed_on",
            "payouts.finance_interval",
            "payouts.created_at",
        )
    ),
    tables=(
        f"{_LINES} JOIN cases ON cases.account_id = line.account_id "
        "AND cases.case_id = line.case_id "
        "JOIN creditors ON creditors.account_id = line.account_id "
        f"AND creditors.creditor_id = {_CREDITOR} "
        "LEFT JOIN payouts ON payouts.account_id = taken.account_id "
        "AND payouts.payout_id = taken.payout_id "
        "LEFT JOIN payout_runs ON payout_runs.account_id = payouts.account_id "
        "AND payout_runs.payout_run_id = payouts.payout_run_id"
    ),
    account_column="line.account_id",
    id_column="line.payout_specification_id",
    default_order=_BOOKED_AT,
    fields={
        "_id": ListedField("line.payout_specification_id"),
        "_created": ListedField(_BOOKED_AT, "timestamptz"),
        "_updated": ListedField(f"coalesce(payouts.created_at, {_BOOKED_AT})", "timestamptz"),
        "account": ListedField("line.account_id"),
        "article": ListedField(_ARTICLE),
        "booking_date": ListedField(_BOOKED_AT, "timestamptz"),
        "case": ListedField("line.case_id"),
        "creditor": ListedField(_CREDITOR),
        "finance_category": ListedField(_CATEGORY),
        "invoice_number": ListedField("cases.invoice_number"),
        "payment": ListedField(_of("payment_id")),
        "payout": ListedField("payouts.payout_id"),
        "payout_date": ListedField(
            "payout_runs.executed_on::timestamp AT TIME ZONE 'UTC'", "timestamptz"
        ),
        "payout_interval": ListedField("payouts.finance_interval"),
        "payout_reference": ListedField(_REFERENCE),
        "reference_number": ListedField("cases.reference_number"),
        "state": ListedField("line.state"),
    },
    view=lambda row: SpecificationView(*row),
)


def open_lines(uow: UnitOfWork, booked_before: datetime) -> list[PayoutLine]:
    """Return the account's lines that no payout has taken, booked before an instant."""
    return _payout_lines(uow, f"taken.payout_id IS NULL AND {_BOOKED_AT} < %s", booked_before)


def taken_lines(uow: UnitOfWork, payout_ids: Sequence[str]) -> dict[str, list[PayoutLine]]:
    """Return the lines of payouts of the account, in the order of their ids."""
    found: dict[str, list[PayoutLine]] = {payout_id: [] for payout_id in payout_ids}
    rows = uow.rows(
        "SELECT payout_specification_id, payout_id FROM payout_lines "
        "WHERE account_id = %s AND payout_id = ANY(%s)",
        (uow.account_id, list(payout_ids)),
    )
    payout_of: dict[str, str] = dict(rows)
    for line in _payout_lines(uow, "taken.payout_id = ANY(%s)", list(payout_ids)):
        found[payout_of[line.id]].append(line)
    return found


def _payout_lines(uow: UnitOfWork, condition: str, parameter: Any) -> list[PayoutLine]:
    rows = uow.rows(
        f"SELECT line.payout_specification_id, {_CREDITOR}, {_CATEGORY}, {_ARTICLE}, "  # noqa: S608 - our constants
        f"{_AMOUNT}, {_VAT}, {_of('debit')} = 'creditor', {_of('currency')} "
        f"FROM {_LINES} WHERE line.account_id = %s AND {condition} "
        "ORDER BY line.payout_specification_id",
        (uow.account_id, parameter),
    )
    return [
        PayoutLine(
            line_id,
            creditor_id,
            Category(category),
            article,
            Money(amount, currency),
            Money(vat, currency),
            is_billed,
        )
        for line_id, creditor_id, category, article, amount, vat, is_billed, currency in rows
    ]
