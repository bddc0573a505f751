"""Debt collections (one demand for one case or several) and the letters sent."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from fordran.storage.unit_of_work import UnitOfWork


class StoredLetter(msgspec.Struct, frozen=True):
    """A letter with the data it was made from. Units: `size` in bytes."""

    id: str
    kind: str
    case_ids: tuple[str, ...]
    dispatched_at: datetime
    template_version: str
    contents: bytes
    blob_key: str
    sha256: bytes
    size: int
    locale: str


class NewDebtCollection(msgspec.Struct, frozen=True):
    """A debt collection as it begins."""

    id: str
    creditor_id: str
    customer_id: str
    case_ids: tuple[str, ...]
    created_at: datetime


class PostedCost(msgspec.Struct, frozen=True):
    """The demand's cost as it stands in the ledger. Units: öre."""

    debt_collection_id: str
    carrier_case_id: str
    added_minor: int
    remaining_minor: int


def insert_debt_collections(uow: UnitOfWork, begun: Sequence[NewDebtCollection]) -> None:
    """Insert debt collections of the unit's account."""
    uow.execute_many(
        "INSERT INTO debt_collections (account_id, debt_collection_id, creditor_id, customer_id, "
        "case_ids, created_at, stated_cost_minor, cost_added_minor, cost_remaining_minor) "
        "VALUES (%s, %s, %s, %s, %s, %s, 0, 0, 0)",
        [
            (
                uow.account_id,
                new.id,
                new.creditor_id,
                new.customer_id,
                list(new.case_ids),
                new.created_at,
            )
            for new in begun
        ],
    )


def insert_letters(uow: UnitOfWork, letters: Sequence[StoredLetter]) -> None:
    """Insert letters of the unit's account."""
    uow.execute_many(
        "INSERT INTO letters (account_id, letter_id, kind, case_ids, dispatched_at, "
        "template_version, contents, blob_key, sha256, size, locale) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s::json, %s, %s, %s, %s)",
        [
            (
                uow.account_id,
                letter.id,
                letter.kind,
                list(letter.case_ids),
                letter.dispatched_at,
                letter.template_version,
                letter.contents.decode(),
                letter.blob_key,
                letter.sha256,
                letter.size,
                letter.locale,
            )
            for letter in letters
        ],
    )


def set_dispatched(
    uow: UnitOfWork,
    debt_collection_id: str,
    *,
    letter_id: str,
    dispatched_at: datetime,
    stated_cost_minor: int,
) -> None:
    """Record that a debt collection's demand was dispatched, and the cost it states."""
    uow.execute(
        "UPDATE debt_collections SET letter_id = %s, dispatched_at = %s, stated_cost_minor = %s "
        "WHERE account_id = %s AND debt_collection_id = %s",
        (letter_id, dispatched_at, stated_cost_minor, uow.account_id, debt_collection_id),
    )


def set_posted_costs(uow: UnitOfWork, costs: Sequence[PostedCost]) -> None:
    """Record what stands in the ledger of each demand's cost."""
    uow.execute_many(
        "UPDATE debt_collections SET carrier_case_id = %s, cost_added_minor = %s, "
        "cost_remaining_minor = %s WHERE account_id = %s AND debt_collection_id = %s",
        [
            (
                cost.carrier_case_id,
                cost.added_minor,
                cost.remaining_minor,
                uow.account_id,
                cost.debt_collection_id,
            )
            for cost in costs
        ],
    )
