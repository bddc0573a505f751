"""Letters on their way to the post: which are waiting, in which batch each is, which are there."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from fordran.storage.unit_of_work import UnitOfWork


class WaitingLetter(msgspec.Struct, frozen=True):
    """A letter as the post needs it. Units: `size` in bytes; `contents` is JSON."""

    id: str
    kind: str
    locale: str
    contents: bytes
    blob_key: str
    sha256: bytes
    size: int


class OpenBatch(msgspec.Struct, frozen=True):
    """A batch that has been made up and of which it is not known that the post has it."""

    id: str
    batched_at: datetime


_COLUMNS = (
    "letter.letter_id, letter.kind, letter.locale, letter.contents, letter.blob_key, "
    "letter.sha256, letter.size"
)
_HAND_OVER = {
    "account_id": "text",
    "letter_id": "text",
    "post_batch_id": "text",
    "batched_at": "timestamptz",
}


def accounts_with_letters(uow: UnitOfWork) -> list[str]:
    """Return every account on real time with letters that the post has not got.

    Runs as the worker's role.
    """
    rows = uow.rows("SELECT account_id FROM accounts_with_letters_to_hand_over ORDER BY account_id")
    return [account_id for (account_id,) in rows]


def waiting_letters(
    uow: UnitOfWork,
    limit: int,
    *,
    on: date,
    kept_back: Sequence[str],
    without: Sequence[str] = (),
) -> list[WaitingLetter]:
    """Return letters of the account that may go out and are in no batch, the oldest first.

    A letter about a case in one of the statuses `kept_back` stays here, and so does one whose
    deadline is not after the civil day `on`.

    Needs the index letters_dispatched.
    """
    rows = uow.rows(
        f"SELECT {_COLUMNS} FROM letters AS letter "  # noqa: S608 - our constant
        "WHERE letter.account_id = %s AND NOT letter.letter_id = ANY(%s) AND NOT EXISTS ("
        "SELECT FROM letter_hand_overs AS hand_over WHERE hand_over.account_id = letter.account_id "
        "AND hand_over.letter_id = letter.letter_id) "
        "AND coalesce((letter.contents ->> 'deadline_on')::date, 'infinity') > %s "
        "AND NOT EXISTS (SELECT FROM cases WHERE cases.account_id = letter.account_id "
        "AND cases.case_id = ANY(letter.case_ids) AND cases.status = ANY(%s)) "
        "ORDER BY letter.dispatched_at, letter.letter_id LIMIT %s",
        (uow.account_id, list(without), on, list(kept_back), limit),
    )
    return [WaitingLetter(*row) for row in rows]


def letters_of(uow: UnitOfWork, batch_id: str) -> list[WaitingLetter]:
    """Return the letters of a batch, the longest dispatched first."""
    rows = uow.rows(
        f"SELECT {_COLUMNS} FROM letters AS letter "  # noqa: S608 - our constant
        "JOIN letter_hand_overs AS hand_over USING (account_id, letter_id) "
        "WHERE letter.account_id = %s AND hand_over.post_batch_id = %s "
        "ORDER BY letter.dispatched_at, letter.letter_id",
        (uow.account_id, batch_id),
    )
    return [WaitingLetter(*row) for row in rows]


def open_batches(uow: UnitOfWork) -> list[OpenBatch]:
    """Return the account's batches that are not known to be handed over, the oldest first."""
    rows = uow.rows(
        "SELECT DISTINCT hand_over.batched_at, hand_over.post_batch_id "
        "FROM letter_hand_overs AS hand_over "
        "LEFT JOIN post_batches AS batch USING (account_id, post_batch_id) "
        "WHERE hand_over.account_id = %s AND batch.handed_over_at IS NULL ORDER BY 1, 2",
        (uow.account_id,),
    )
    return [OpenBatch(batch_id, batched_at) for batched_at, batch_id in rows]


def insert_batch(uow: UnitOfWork, batch: OpenBatch, letter_ids: Sequence[str]) -> None:
    """Put letters into a batch. A letter that is in one already is a unique violation."""
    rows = [(uow.account_id, letter_id, batch.id, batch.batched_at) for letter_id in letter_ids]
    uow.insert("letter_hand_overs", _HAND_OVER, rows)


def insert_handed_over(
    uow: UnitOfWork, batch_id: str, letter_count: int, handed_over_at: datetime
) -> bool:
    """Record that the post has a batch; return whether that was not on record yet."""
    row = uow.row(
        "INSERT INTO post_batches (account_id, post_batch_id, letter_count, handed_over_at) "
        "VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING post_batch_id",
        (uow.account_id, batch_id, letter_count, handed_over_at),
    )
    return row is not None
