"""Lists: pages of documents by allow-listed filters and sort orders."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from fordran.storage.unit_of_work import UnitOfWork

View = TypeVar("View")


class ListedField(msgspec.Struct, frozen=True):
    """A field that a list may be filtered and sorted by: our SQL for it, and its type.

    A document whose field is an array is found by any of the array's values.
    """

    expression: str
    kind: str = "text"
    is_array: bool = False


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


class Listing(msgspec.Struct, Generic[View], frozen=True):
    """How a resource is read: its columns, its tables, its fields, and what a row is shown as."""

    columns: str
    tables: str
    account_column: str
    id_column: str
    default_order: str
    fields: Mapping[str, ListedField]
    view: Callable[[Sequence[Any]], View]
    """Makes a view of the values of `columns`."""

    def page(self, uow: UnitOfWork, page: Page) -> tuple[list[View], int]:
        """Return the views of a page of the account's documents, and how many match in all.

        The text of the statement is made of our constants only; every value is a parameter.
        """
        where, parameters = _where(self, page.conditions, uow.account_id)
        total = uow.row(f"SELECT count(*) FROM {self.tables} {where}", parameters)  # noqa: S608 - our constants
        assert total is not None
        rows = uow.rows(
            f"SELECT {self.columns} FROM {self.tables} {where} "  # noqa: S608 - our constants
            f"ORDER BY {_order(self, page.orders)} LIMIT %s OFFSET %s",
            [*parameters, page.size, (page.number - 1) * page.size],
        )
        return [self.view(row) for row in rows], total[0]

    def by_id(self, uow: UnitOfWork, document_ids: Sequence[str]) -> dict[str, View]:
        """Return the views of the account's documents by id; one it does not have is left out."""
        rows = uow.rows(
            f"SELECT {self.id_column}, {self.columns} FROM {self.tables} "  # noqa: S608 - our constants
            f"WHERE {self.account_column} = %s AND {self.id_column} = ANY(%s)",
            (uow.account_id, list(document_ids)),
        )
        return {row[0]: self.view(row[1:]) for row in rows}


def _where(
    listing: Listing[Any], conditions: Sequence[Condition], account_id: str | None
) -> tuple[str, list[Any]]:
    parts = [f"{listing.account_column} = %s"]
    parameters: list[Any] = [account_id]
    for condition in conditions:
        field = listing.fields[condition.field]
        given = f"%s::{field.kind}[]"
        has_one = f"&& {given}" if field.is_array else f"= ANY({given})"
        parts.append(f"{field.expression} {has_one}")
        parameters.append(list(condition.values))
    return "WHERE " + " AND ".join(parts), parameters


def _order(listing: Listing[Any], orders: Sequence[Order]) -> str:
    asked = [
        listing.fields[order.field].expression + (" DESC" if order.is_descending else "")
        for order in orders
    ]
    return ", ".join([*asked, *([] if asked else [listing.default_order]), listing.id_column])
