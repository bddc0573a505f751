"""Hand over letters: give to the post what has been dispatched, each letter once.

A batch is made up in the database, written to the folder, and then recorded as handed over. Killed
between any two of these, the next round begins with the batches that are not on record: the same
id, the same letters, the same bytes (docs/decisions/0039).
"""

import hashlib

import msgspec

from fordran.domain.case_status import HELD, CaseStatus
from fordran.domain.swedish_time import civil_date
from fordran.operations.context import Context
from fordran.operations.randomness import object_id
from fordran.operations.read_letters import letter_of
from fordran.operations.set_up_parties import AccountNotFound
from fordran.outside.post_folder import PostBatch, PostLetter
from fordran.storage import clocks, parties, post
from fordran.storage.blobs import BlobMissing
from fordran.storage.post import OpenBatch, WaitingLetter
from fordran.storage.unit_of_work import UnitOfWork

BATCH_LETTERS_MAX = 500


class LetterBytesUnusable(Exception):  # noqa: N818 - says what is wrong
    """The bytes of a letter are missing, or are not the ones that were stored."""

    def __init__(self, letter_id: str) -> None:
        self.letter_id = letter_id
        super().__init__(letter_id)


class BatchHandedOver(msgspec.Struct, frozen=True):
    """A batch that the post has got, and how many letters are in it."""

    id: str
    letters: int


class HandedOver(msgspec.Struct, frozen=True):
    """What a round did for one account.

    `unusable` are the ids of letters that are kept back because their bytes are not right;
    `fordran verify` names them, too.
    """

    account_id: str
    batches: tuple[BatchHandedOver, ...] = ()
    unusable: tuple[str, ...] = ()


def accounts_to_hand_over(context: Context) -> list[str]:
    """Return every account on real time with letters that the post has not got."""
    return context.database.read_due(post.accounts_with_letters)


def hand_over_letters(context: Context, account_id: str) -> HandedOver:
    """Give an account's letters to the post, the longest dispatched first, batch by batch.

    An account on a virtual clock has nothing to give: its letters were pretended to be sent when
    they were dispatched. A letter whose bytes are not right is kept back; those that are in no
    batch yet stop no other.

    Raises: AccountNotFound; PostFolderUnusable, then what is left is handed over the next time.
    Source: decision 63; docs/decisions/0039.
    """
    if not _is_on_real_time(context, account_id):
        return HandedOver(account_id)
    handing = _HandOver(context, account_id)
    handing.finish_open_batches()
    while handing.finish_next_batch():
        pass
    return HandedOver(account_id, tuple(handing.batches), tuple(handing.unusable))


def _is_on_real_time(context: Context, account_id: str) -> bool:
    def operation(uow: UnitOfWork) -> bool:
        if not parties.account_exists(uow):
            raise AccountNotFound
        return clocks.virtual_now(uow) is None

    return context.database.run(account_id, operation)


KEPT_BACK = [status.value for status in (*HELD, CaseStatus.CLOSED)]
"""No letter goes out about a case that is held or has ended; nor one whose deadline has come,
because nobody is asked to pay by a day that has passed (docs/decisions/0039)."""


class _HandOver:
    """One round of one account, and what it has done so far."""

    def __init__(self, context: Context, account_id: str) -> None:
        assert context.post is not None, "the installation has a folder for the post"
        self.context = context
        self.folder = context.post
        self.account_id = account_id
        self.batches: list[BatchHandedOver] = []
        self.unusable: list[str] = []

    def finish_open_batches(self) -> None:
        """Finish what an earlier round, or another one at this moment, has begun."""
        for batch in self.context.database.read(self.account_id, post.open_batches):
            self._finish(batch)

    def finish_next_batch(self) -> bool:
        """Hand over the letters that have waited longest; return whether there were any."""
        batch = self._made_up()
        if batch is not None:
            self._finish(batch)
        return batch is not None

    def _made_up(self) -> OpenBatch | None:
        """Put the next letters into a batch; None if none is waiting.

        Two rounds at once choose the same letters: the second meets the rows of the first as a
        unique violation and, tried again, chooses from what is left.
        """
        now = self.context.clock.now()
        today = civil_date(now)

        def operation(uow: UnitOfWork) -> OpenBatch | None:
            while waiting := post.waiting_letters(
                uow, BATCH_LETTERS_MAX, on=today, kept_back=KEPT_BACK, without=self.unusable
            ):
                usable = [letter.id for letter in waiting if self._is_usable(letter)]
                if usable:
                    batch = OpenBatch(object_id(self.context.randomness, now), now)
                    post.insert_batch(uow, batch, usable)
                    return batch
            return None

        return self.context.database.run(self.account_id, operation)

    def _is_usable(self, letter: WaitingLetter) -> bool:
        try:
            self._content(letter)
        except LetterBytesUnusable:
            self.unusable.append(letter.id)
            return False
        return True

    def _finish(self, batch: OpenBatch) -> None:
        """Write a batch unless the post has it, and record that it was handed over."""
        database = self.context.database
        letters = database.read(self.account_id, lambda uow: post.letters_of(uow, batch.id))
        by_id = {letter.id: letter for letter in letters}
        posted = tuple(_as_posted(letter) for letter in letters)
        written = PostBatch(batch.id, self.account_id, batch.batched_at, posted)
        try:
            self.folder.write(written, lambda letter: self._content(by_id[letter.id]))
        except LetterBytesUnusable as error:
            self.unusable.append(error.letter_id)
            return
        now = self.context.clock.now()
        is_ours = database.run(
            self.account_id,
            lambda uow: post.insert_handed_over(uow, batch.id, len(letters), now),
        )
        if is_ours:
            self.batches.append(BatchHandedOver(batch.id, len(letters)))

    def _content(self, letter: WaitingLetter) -> bytes:
        """Return a letter's bytes. Raises: LetterBytesUnusable."""
        try:
            content = self.context.blobs.get(letter.blob_key)
        except BlobMissing as error:
            raise LetterBytesUnusable(letter.id) from error
        if hashlib.sha256(content).digest() != letter.sha256:
            raise LetterBytesUnusable(letter.id)
        return content


def _as_posted(letter: WaitingLetter) -> PostLetter:
    debtor = letter_of(letter.kind, letter.contents).debtor
    lines = () if debtor.is_address_protected else debtor.address_lines
    return PostLetter(
        id=letter.id,
        kind=letter.kind,
        locale=letter.locale,
        sha256=letter.sha256.hex(),
        size=letter.size,
        recipient_name=debtor.name,
        recipient_address_lines=tuple(line for line in lines if line.strip()),
        is_address_protected=debtor.is_address_protected,
    )
