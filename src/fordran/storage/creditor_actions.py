"""What creditors report about cases, each kind in a table of its own, all read the same way."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec

from fordran.storage.listings import ListedField, Listing
from fordran.storage.unit_of_work import UnitOfWork


class StoredAction(msgspec.Struct, frozen=True):
    """What every report has, with its result."""

    id: str
    case_id: str
    creditor_id: str | None
    """Who reported it; None if the agency did."""
    origin: str
    status: str
    status_reason: str | None
    """Why not all was done, or nothing had to be; None otherwise."""
    etag: str
    created_at: datetime


Stored = TypeVar("Stored", bound=StoredAction)


class ActionView(msgspec.Struct, Generic[Stored], frozen=True):
    """A report with what its document copies from its case."""

    action: Stored
    case_invoice_number: str
    case_reference_number: str

    @property
    def etag(self) -> str:
        """The entity tag of the document."""
        return self.action.etag

    @property
    def updated_at(self) -> datetime:
        """When the document last changed."""
        return self.action.created_at


_SHARED_COLUMNS = {
    "case_id": "text",
    "creditor_id": "text",
    "origin": "text",
    "status": "text",
    "status_reason": "text",
    "etag": "text",
    "created_at": "timestamptz",
}

_CASE_COLUMNS = "cases.invoice_number, cases.reference_number"

_SHARED_FIELDS = {
    "_created": ListedField("action.created_at", "timestamptz"),
    "_updated": ListedField("action.created_at", "timestamptz"),
    "account": ListedField("action.account_id"),
    "case": ListedField("action.case_id"),
    "case_invoice_number": ListedField("cases.invoice_number"),
    "case_reference_number": ListedField("cases.reference_number"),
    "creditor": ListedField("action.creditor_id"),
    "status": ListedField("action.status"),
}


class ActionTable(Generic[Stored]):
    """A table of reports of one kind, each a row of `stored`.

    `id_column` holds the id. `columns` names each further column with its type, in the order of
    the fields that `stored` adds. `fields` are those of its own that a list may be filtered and
    sorted by. `only` limits what is read.
    """

    def __init__(
        self,
        name: str,
        stored: type[Stored],
        *,
        id_column: str,
        columns: Mapping[str, str],
        fields: Mapping[str, ListedField],
        only: str = "true",
    ) -> None:
        self._name = name
        self._stored = stored
        own = {id_column: "text", **_SHARED_COLUMNS, **columns}
        self._columns = {"account_id": "text", **own}
        self.listing = Listing(
            columns=", ".join((*(f"action.{column}" for column in own), _CASE_COLUMNS)),
            tables=(
                f"(SELECT * FROM {name} WHERE {only}) AS action "  # noqa: S608 - our constants
                "JOIN cases USING (account_id, case_id)"
            ),
            account_column="action.account_id",
            id_column=f"action.{id_column}",
            default_order="action.created_at",
            fields={"_id": ListedField(f"action.{id_column}"), **_SHARED_FIELDS, **fields},
            view=self._view,
        )

    def insert(self, uow: UnitOfWork, actions: Sequence[Stored]) -> None:
        """Insert reports of the unit's account."""
        rows = [(uow.account_id, *msgspec.structs.astuple(action)) for action in actions]
        uow.insert(self._name, self._columns, rows)

    def _view(self, row: Sequence[Any]) -> ActionView[Stored]:
        return ActionView(self._stored(*row[:-2]), row[-2], row[-1])


def cases_of_invoices(
    uow: UnitOfWork, invoices: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[str]]:
    """Return the cases of (creditor, invoice number), the open ones first, then the latest."""
    rows = uow.rows(
        "SELECT cases.creditor_id, cases.invoice_number, cases.case_id "
        "FROM unnest(%s::text[], %s::text[]) AS given (creditor, invoice) "
        "JOIN cases ON cases.account_id = %s AND cases.creditor_id = given.creditor "
        "AND cases.invoice_number = given.invoice "
        "ORDER BY cases.status = 'closed', cases.created_at DESC, cases.case_id",
        (
            [creditor for creditor, _ in invoices],
            [number for _, number in invoices],
            uow.account_id,
        ),
    )
    found: dict[tuple[str, str], list[str]] = {}
    for creditor_id, invoice_number, case_id in rows:
        found.setdefault((creditor_id, invoice_number), []).append(case_id)
    return found
