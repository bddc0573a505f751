"""Letters as they are read: what each states, and how far it has come on its way."""

from datetime import datetime

import msgspec

from fordran.storage.listings import ListedField, Listing
from fordran.storage.unit_of_work import UnitOfWork

QUEUED = "queued"
HANDED_OVER = "handed_over"
STATUSES = (QUEUED, HANDED_OVER, "recalled")
"""How far a letter has come. None is recalled yet: dispatch is the letter step (decision 63)."""


class LetterView(msgspec.Struct, frozen=True):
    """A letter with its way to the post. `contents` is JSON.

    `handed_over_at` is None while it waits; of an account on a virtual clock it is the instant of
    its dispatch.
    """

    id: str
    creditor_id: str
    case_ids: tuple[str, ...]
    kind: str
    locale: str
    template_version: str
    status: str
    dispatched_at: datetime
    handed_over_at: datetime | None
    contents: bytes


class LetterBytes(msgspec.Struct, frozen=True):
    """Where a letter's bytes are, and their digest."""

    kind: str
    blob_key: str
    sha256: bytes


_HANDED_OVER_AT = (
    "CASE WHEN virtual.account_id IS NULL THEN batch.handed_over_at ELSE letter.dispatched_at END"
)
_STATUS = f"CASE WHEN {_HANDED_OVER_AT} IS NULL THEN '{QUEUED}' ELSE '{HANDED_OVER}' END"

LETTERS = Listing(
    columns=(
        "letter.letter_id, cases.creditor_id, letter.case_ids, letter.kind, letter.locale, "
        f"letter.template_version, {_STATUS}, letter.dispatched_at, {_HANDED_OVER_AT}, "
        "letter.contents"
    ),
    # All cases of a letter have one creditor.
    tables=(
        "letters AS letter JOIN cases ON cases.account_id = letter.account_id "
        "AND cases.case_id = letter.case_ids[1] "
        "LEFT JOIN virtual_clocks AS virtual ON virtual.account_id = letter.account_id "
        "LEFT JOIN letter_hand_overs AS hand_over ON hand_over.account_id = letter.account_id "
        "AND hand_over.letter_id = letter.letter_id "
        "LEFT JOIN post_batches AS batch ON batch.account_id = hand_over.account_id "
        "AND batch.post_batch_id = hand_over.post_batch_id"
    ),
    account_column="letter.account_id",
    id_column="letter.letter_id",
    default_order="letter.dispatched_at",
    fields={
        "_id": ListedField("letter.letter_id"),
        "_created": ListedField("letter.dispatched_at", "timestamptz"),
        "_updated": ListedField(
            f"coalesce({_HANDED_OVER_AT}, letter.dispatched_at)", "timestamptz"
        ),
        "account": ListedField("letter.account_id"),
        "case": ListedField("letter.case_ids", is_array=True),
        "creditor": ListedField("cases.creditor_id"),
        "dispatch_date": ListedField("letter.dispatched_at", "timestamptz"),
        "handed_over_date": ListedField(_HANDED_OVER_AT, "timestamptz"),
        "kind": ListedField("letter.kind"),
        "locale": ListedField("letter.locale"),
        "status": ListedField(_STATUS),
    },
    view=lambda row: LetterView(row[0], row[1], tuple(row[2]), *row[3:]),
)


def stored_file(uow: UnitOfWork, letter_id: str) -> LetterBytes | None:
    """Return where the bytes of a letter of the unit's account are, or None."""
    row = uow.row(
        "SELECT kind, blob_key, sha256 FROM letters WHERE account_id = %s AND letter_id = %s",
        (uow.account_id, letter_id),
    )
    return LetterBytes(*row) if row else None
