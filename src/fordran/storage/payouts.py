"""Payouts: the runs, what each creditor was paid, and the files that were made of it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import msgspec

from fordran.storage.listings import ListedField, Listing
from fordran.storage.unit_of_work import UnitOfWork


class StoredRun(msgspec.Struct, frozen=True):
    """A run that paid something out; its `payer` is JSON."""

    id: str
    run_on: date
    executed_on: date
    ran_at: datetime
    payer: str


class StoredPayout(msgspec.Struct, frozen=True):
    """What a run paid one creditor. Units: öre; `bank_account` is JSON."""

    id: str
    run_id: str
    creditor_id: str
    creditor_name: str
    reference: str
    finance_interval: str
    currency: str
    total_minor: int
    bank_account: str
    created_at: datetime


class StoredFile(msgspec.Struct, frozen=True):
    """A file of a run, and where its bytes are."""

    run_id: str
    kind: str
    filename: str
    blob_key: str
    sha256: bytes


_RUN = {
    "account_id": "text",
    "payout_run_id": "text",
    "run_on": "date",
    "executed_on": "date",
    "ran_at": "timestamptz",
    "payer": "json",
}
_PAYOUT = {
    "account_id": "text",
    "payout_id": "text",
    "payout_run_id": "text",
    "creditor_id": "text",
    "creditor_name": "text",
    "payout_reference": "text",
    "finance_interval": "text",
    "currency": "text",
    "total_minor": "bigint",
    "bank_account": "json",
    "created_at": "timestamptz",
}
_LINE = {"account_id": "text", "payout_specification_id": "text", "payout_id": "text"}
_FILE = {
    "account_id": "text",
    "payout_run_id": "text",
    "kind": "text",
    "filename": "text",
    "blob_key": "text",
    "sha256": "bytea",
}


def insert_run(uow: UnitOfWork, run: StoredRun) -> None:
    """Insert a run of the unit's account; of one day there is one."""
    uow.insert("payout_runs", _RUN, [(uow.account_id, *msgspec.structs.astuple(run))])


def insert_payouts(
    uow: UnitOfWork, payouts: Sequence[StoredPayout], lines: Mapping[str, Sequence[str]]
) -> None:
    """Insert payouts with the ids of the lines that each takes."""
    rows = [(uow.account_id, *msgspec.structs.astuple(payout)) for payout in payouts]
    uow.insert("payouts", _PAYOUT, rows)
    taken = [(uow.account_id, line, payout) for payout, ids in lines.items() for line in ids]
    uow.insert("payout_lines", _LINE, taken)


def insert_files(uow: UnitOfWork, files: Sequence[StoredFile]) -> None:
    """Insert the records of a run's files."""
    rows = [(uow.account_id, *msgspec.structs.astuple(file)) for file in files]
    uow.insert("payout_files", _FILE, rows)


def run_of(uow: UnitOfWork, run_on: date) -> StoredRun | None:
    """Return the account's run of a day, or None if nothing was paid out on it."""
    row = uow.row(
        "SELECT payout_run_id, run_on, executed_on, ran_at, payer::text FROM payout_runs "
        "WHERE account_id = %s AND run_on = %s",
        (uow.account_id, run_on),
    )
    return StoredRun(*row) if row else None


def payouts_of(uow: UnitOfWork, run_id: str) -> list[StoredPayout]:
    """Return the payouts of a run, in the order of their references."""
    rows = uow.rows(
        "SELECT payout_id, payout_run_id, creditor_id, creditor_name, payout_reference, "
        "finance_interval, currency, total_minor, bank_account::text, created_at FROM payouts "
        "WHERE account_id = %s AND payout_run_id = %s ORDER BY payout_reference",
        (uow.account_id, run_id),
    )
    return [StoredPayout(*row) for row in rows]


def files_of(uow: UnitOfWork, run_id: str) -> list[StoredFile]:
    """Return the files of a run, in the order of their kinds."""
    rows = uow.rows(
        "SELECT payout_run_id, kind, filename, blob_key, sha256 FROM payout_files "
        "WHERE account_id = %s AND payout_run_id = %s ORDER BY kind",
        (uow.account_id, run_id),
    )
    return [StoredFile(*row) for row in rows]


def accounts_with_client_money(uow: UnitOfWork) -> list[str]:
    """Return every account that money has come in for; the worker's role sees it."""
    rows = uow.rows("SELECT account_id FROM accounts_with_client_money ORDER BY account_id")
    return [account_id for (account_id,) in rows]


class PayoutView(msgspec.Struct, frozen=True):
    """A payout with what its document copies from its run."""

    id: str
    creditor_id: str
    creditor_name: str
    reference: str
    finance_interval: str
    currency: str
    total_minor: int
    created_at: datetime
    executed_on: date
    bank_file: str


PAYOUTS = Listing(
    columns=(
        "payout.payout_id, payout.creditor_id, payout.creditor_name, payout.payout_reference, "
        "payout.finance_interval, payout.currency, payout.total_minor, payout.created_at, "
        "payout_runs.executed_on, payout_files.filename"
    ),
    tables=(
        "payouts AS payout JOIN payout_runs USING (account_id, payout_run_id) "
        "JOIN payout_files ON payout_files.account_id = payout.account_id "
        "AND payout_files.payout_run_id = payout.payout_run_id AND payout_files.kind = 'bank'"
    ),
    account_column="payout.account_id",
    id_column="payout.payout_id",
    default_order="payout.created_at",
    fields={
        "_id": ListedField("payout.payout_id"),
        "_created": ListedField("payout.created_at", "timestamptz"),
        "_updated": ListedField("payout.created_at", "timestamptz"),
        "account": ListedField("payout.account_id"),
        "creditor": ListedField("payout.creditor_id"),
        "finance_interval": ListedField("payout.finance_interval"),
        "payout_date": ListedField(
            "payout_runs.executed_on::timestamp AT TIME ZONE 'UTC'", "timestamptz"
        ),
        "payout_reference": ListedField("payout.payout_reference"),
    },
    view=lambda row: PayoutView(*row),
)
