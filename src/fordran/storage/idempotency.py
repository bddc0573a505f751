"""Idempotency keys: what each write made, kept in the transaction that wrote."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fordran.storage.unit_of_work import UnitOfWork


class KeptAnswer(msgspec.Struct, frozen=True):
    """The document that a request with a key made."""

    key: str
    request_sha256: bytes
    document_id: str


def kept_answers(uow: UnitOfWork, keys: Sequence[str]) -> dict[str, KeptAnswer]:
    """Return the answers of the account's keys that have been used."""
    rows = uow.rows(
        "SELECT idempotency_key, request_sha256, document_id FROM idempotency_keys "
        "WHERE account_id = %s AND idempotency_key = ANY(%s)",
        (uow.account_id, list(keys)),
    )
    return {row[0]: KeptAnswer(row[0], bytes(row[1]), row[2]) for row in rows}


def keep(uow: UnitOfWork, answers: Sequence[KeptAnswer], recorded_at: datetime) -> None:
    """Keep answers. A key that another transaction kept meanwhile is a unique violation."""
    uow.insert(
        "idempotency_keys",
        {
            "account_id": "text",
            "idempotency_key": "text",
            "request_sha256": "bytea",
            "document_id": "text",
            "recorded_at": "timestamptz",
        },
        [
            (uow.account_id, answer.key, answer.request_sha256, answer.document_id, recorded_at)
            for answer in answers
        ],
    )
