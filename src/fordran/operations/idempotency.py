"""Idempotency: a request that is sent again with its key is answered again, not carried out."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import msgspec

from fordran.domain.refusals import Refusal
from fordran.storage.idempotency import KeptAnswer, keep, kept_answers
from fordran.storage.unit_of_work import UnitOfWork


class IdempotencyKeyReused(Refusal):
    """The Idempotency-Key has been used for another request."""


class IdempotencyKey(msgspec.Struct, frozen=True):
    """A key with the digest of the request it came with."""

    key: str
    request_sha256: bytes

    @classmethod
    def of(cls, key: str | None, path: str, body: bytes) -> "IdempotencyKey | None":
        """Return the key of a request, or None if it has none."""
        if key is None:
            return None
        return cls(key, hashlib.sha256(path.encode() + b"\n" + body).digest())


class Keyed(Protocol):
    """A command that may carry a key."""

    @property
    def idempotency(self) -> IdempotencyKey | None:
        """The key, or None."""
        ...


Command = TypeVar("Command", bound=Keyed)
Verdict = TypeVar("Verdict")


def answer_once(
    uow: UnitOfWork,
    commands: Sequence[Command],
    *,
    carry_out: Callable[[list[Command]], list[Verdict]],
    document_id: Callable[[Verdict], str | None],
    answer_again: Callable[[list[str]], dict[str, Verdict]],
    recorded_at: datetime,
) -> list[Verdict | IdempotencyKeyReused]:
    """Carry out the commands that are new, and answer those again that are not.

    A key is kept only with a document that was made: a refused request may be sent again,
    corrected or not. The same key with another request is refused.

    Units: `recorded_at` is real time, whatever the account's clock says (decision 10).
    Source: decision 46; the IETF's Idempotency-Key draft (another request: 422).
    """
    batch = _Batch(uow, commands)
    fresh = [commands[position] for position in batch.fresh]
    by_position = dict(zip(batch.fresh, carry_out(fresh), strict=True))
    keep(uow, list(batch.new_answers(by_position, document_id)), recorded_at)
    again = answer_again(batch.documents_to_answer_again()) if batch.kept else {}
    return [batch.verdict(position, by_position, again) for position in range(len(commands))]


class _Batch:
    """Which commands of a batch are new, and which answer each of the others gets."""

    def __init__(self, uow: UnitOfWork, commands: Sequence[Keyed]) -> None:
        self.keys = [command.idempotency for command in commands]
        wanted = sorted({key.key for key in self.keys if key is not None})
        self.kept = kept_answers(uow, wanted) if wanted else {}
        self.first: dict[str, int] = {}
        self.fresh: list[int] = []
        for position, key in enumerate(self.keys):
            if key is None or (key.key not in self.kept and key.key not in self.first):
                self.fresh.append(position)
                if key is not None:
                    self.first[key.key] = position

    def new_answers(
        self, by_position: dict[int, Verdict], document_id: Callable[[Verdict], str | None]
    ) -> Iterator[KeptAnswer]:
        """Return what is to be kept of the commands that were carried out."""
        for key, position in self.first.items():
            made = document_id(by_position[position])
            own = self.keys[position]
            if made is not None and own is not None:
                yield KeptAnswer(key, own.request_sha256, made)

    def documents_to_answer_again(self) -> list[str]:
        """Return the documents that earlier requests with these keys made."""
        return sorted({answer.document_id for answer in self.kept.values()})

    def verdict(
        self, position: int, by_position: Mapping[int, Verdict], again: Mapping[str, Verdict]
    ) -> Verdict | IdempotencyKeyReused:
        """Return the verdict on one command of the batch."""
        if position in by_position:
            return by_position[position]
        key = self.keys[position]
        assert key is not None
        kept = self.kept.get(key.key)
        if kept is not None:
            same_request = kept.request_sha256 == key.request_sha256
            return again[kept.document_id] if same_request else IdempotencyKeyReused()
        first = self.keys[self.first[key.key]]
        assert first is not None
        same_request = first.request_sha256 == key.request_sha256
        return by_position[self.first[key.key]] if same_request else IdempotencyKeyReused()
