"""Lists: pages of documents by allow-listed filters and sort orders."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from fordran.storage.unit_of_work import UnitOfWork


class ListedField(msgspec.Struct, frozen=True):
    """A field that a list may be filtered and sorted by: our SQL for it, and its type."""

    expression: str
    kind: str = "text"


class Condition(msgspec.Struct, frozen=True):
    """A field has one of some values; exact match is one value."""

    field: str
    values: tuple[str | datetime, ...]


class Order(msgspec.Struct, frozen=True):
    """A field to sort by."""

    field: str
    is_descending: bool = False


class Page(msgspec.Struct, frozen=True):
    """Which part of a list is asked for. Invariants: the fields are allow-listed."""

    conditions: tuple[Condition, ...] = ()
    orders: tuple[Order, ...] = ()
    number: int = 1
    size: int = 25


class Listing(msgspec.Struct, frozen=True):
    """How a resource is listed: its columns, its tables, its fields."""

    columns: str
    tables: str
    account_column: str
    id_column: str
    default_order: str
    fields: Mapping[str, ListedField]


def page_rows(uow: UnitOfWork, listing: Listing, page: Page) -> tuple[list[tuple[Any, ...]], int]:
    """Return the rows of a page and how many there are in all.

    The text of the statement is made of our constants only; every value is a parameter.
    """
    where, parameters = _where(listing, page.conditions, uow.account_id)
    total = uow.row(f"SELECT count(*) FROM {listing.tables} {where}", parameters)  # noqa: S608 - our constants
    assert total is not None
    rows = uow.rows(
        f"SELECT {listing.columns} FROM {listing.tables} {where} "  # noqa: S608 - our constants
        f"ORDER BY {_order(listing, page.orders)} LIMIT %s OFFSET %s",
        [*parameters, page.size, (page.number - 1) * page.size],
    )
    return rows, total[0]


def rows_by_id(
    uow: UnitOfWork, listing: Listing, document_ids: Sequence[str]
) -> list[tuple[Any, ...]]:
    """Return the rows of some documents, in no order."""
    return uow.rows(
        f"SELECT {listing.columns} FROM {listing.tables} "  # noqa: S608 - our constants
        f"WHERE {listing.account_column} = %s AND {listing.id_column} = ANY(%s)",
        (uow.account_id, list(document_ids)),
    )


def _where(
    listing: Listing, conditions: Sequence[Condition], account_id: str | None
) -> tuple[str, list[Any]]:
    parts = [f"{listing.account_column} = %s"]
    parameters: list[Any] = [account_id]
    for condition in conditions:
        field = listing.fields[condition.field]
        parts.append(f"{field.expression} = ANY(%s::{field.kind}[])")
        parameters.append(list(condition.values))
    return "WHERE " + " AND ".join(parts), parameters


def _order(listing: Listing, orders: Sequence[Order]) -> str:
    asked = [
        listing.fields[order.field].expression + (" DESC" if order.is_descending else "")
        for order in orders
    ]
    return ", ".join([*asked, *([] if asked else [listing.default_order]), listing.id_column])
