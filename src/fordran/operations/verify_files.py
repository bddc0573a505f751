"""The checks of the audit that look at files: their bytes, and what payout runs wrote."""

import hashlib
import time

import msgspec

from fordran.letters.letter import TYPE_BY_KIND
from fordran.operations.checked_rule import BROKEN, CheckedRule
from fordran.operations.payout_files import PayoutFileNotWritable, RunRecords, run_files
from fordran.storage import payouts, refunds
from fordran.storage.audit import (
    AuditConnection,
    PayoutRun,
    letter_contents,
    payout_runs,
    stored_files,
)
from fordran.storage.blobs import BlobMissing, BlobStore
from fordran.storage.payout_specifications import taken_lines
from fordran.storage.unit_of_work import Tenant, UnitOfWork

FILES = "I12 every letter and file has its bytes, and they are the ones that were stored"
LETTERS = "I12 what a letter states adds up"
RUNS = "I12 a payout run's files follow from its rows, byte for byte"

_DECODERS = {kind.value: msgspec.json.Decoder(facts).decode for kind, facts in TYPE_BY_KIND.items()}


def check_files(connection: AuditConnection, blobs: BlobStore) -> CheckedRule:
    """Compare the bytes of every file with the digest and the size on record."""
    began = time.perf_counter()
    files = stored_files(connection)
    found = []
    for file in files:
        try:
            content = blobs.get(file.blob_key)
        except BlobMissing:
            found.append(f"{file.name}: its bytes are missing")
            continue
        is_same = hashlib.sha256(content).digest() == file.sha256
        if not is_same or file.size not in (None, len(content)):
            found.append(f"{file.name}: its bytes are not the ones that were stored")
    return CheckedRule(FILES, len(files), tuple(found), time.perf_counter() - began)


def check_letters(connection: AuditConnection) -> CheckedRule:
    """Read what every letter states; it checks its own sums."""
    began = time.perf_counter()
    letters = letter_contents(connection)
    found = []
    for name, kind, contents in letters:
        try:
            _DECODERS[kind](contents)
        except BROKEN as error:
            found.append(f"{name}: {error}")
    return CheckedRule(LETTERS, len(letters), tuple(found), time.perf_counter() - began)


def check_payout_runs(connection: AuditConnection) -> CheckedRule:
    """Make the files of every payout run again and compare them with the digests on record."""
    began = time.perf_counter()
    runs = payout_runs(connection)
    found = [
        f"payout run {one.run.id}: {wrong}"
        for one in runs
        if (wrong := _wrong_with(connection, one)) is not None
    ]
    return CheckedRule(RUNS, len(runs), tuple(found), time.perf_counter() - began)


def _wrong_with(connection: AuditConnection, one: PayoutRun) -> str | None:
    uow = UnitOfWork(connection, one.account_id, tenant=Tenant.NONE)
    try:
        paid = payouts.payouts_of(uow, one.run.id)
        records = RunRecords(
            one.account_id,
            one.run,
            paid,
            taken_lines(uow, [payout.id for payout in paid]),
            refunds.payments_of(uow, one.run.id),
        )
        made = [file.stored(one.run.id, one.account_id) for file in run_files(records)]
    except (PayoutFileNotWritable, *BROKEN) as error:
        return f"its files cannot be made ({type(error).__name__} {error})"
    stored = payouts.files_of(uow, one.run.id)
    return None if made == stored else "its files are others than its rows give"
