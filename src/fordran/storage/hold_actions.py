"""What creditors report that holds a case, with what the journal says of the hold since."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec.structs import replace

from fordran.domain.holding import TIME_IS_UP
from fordran.storage.creditor_actions import ActionTable, ActionView, StoredAction
from fordran.storage.listings import ListedField, Listing, Page
from fordran.storage.unit_of_work import UnitOfWork

Stored = TypeVar("Stored", bound=StoredAction)
Ending = TypeVar("Ending", bound=StoredAction)

ENDED = "ended"
"""The condition of a hold that ended by itself."""


class HoldView(ActionView[Stored], Generic[Stored, Ending], frozen=True):
    """A report that held a case, with what became of the hold."""

    condition: str | None
    """How it stands: the word for one that lasts, or how it ended; None if it never began."""
    overdue: tuple[str, ...]
    """The clocks that have run out, in order."""
    changed_at: datetime | None
    """When the hold last changed after it began."""
    ended_at: datetime | None
    ending: Ending | None = None
    """The report that ended it."""

    @property
    def etag(self) -> str:
        """The entity tag: another one with everything that becomes of the hold (decision 4)."""
        if self.changed_at is None:
            return self.action.etag
        ending = self.ending.etag if self.ending else ""
        since = (self.action.etag, *self.overdue, str(self.condition), str(self.changed_at), ending)
        return hashlib.sha1("\n".join(since).encode()).hexdigest()  # noqa: S324 - an entity tag

    @property
    def updated_at(self) -> datetime:
        """When the document last changed."""
        return self.changed_at or self.action.created_at


class HoldTable(ActionTable[Stored], Generic[Stored, Ending]):
    """A table of reports that hold cases; a hold is read with what the journal says of it.

    `running` is the condition of a hold that lasts. `endings` finds the reports that ended holds,
    by the id of the hold; a hold that nobody ends has none.
    """

    def __init__(
        self,
        name: str,
        stored: type[Stored],
        *,
        id_column: str,
        columns: Mapping[str, str],
        fields: Mapping[str, ListedField],
        running: str,
        endings: Callable[[UnitOfWork, Sequence[str]], Mapping[str, Ending]] | None = None,
    ) -> None:
        super().__init__(name, stored, id_column=id_column, columns=columns, fields=fields)
        condition = (
            "CASE WHEN action.status = 'error' THEN NULL "
            f"WHEN history.outcome = '{TIME_IS_UP}' THEN '{ENDED}' "
            f"ELSE coalesce(history.outcome, '{running}') END"
        )
        self._endings = endings
        changed_at = "coalesce(history.changed_at, action.created_at)"
        self._holds: Listing[HoldView[Stored, Ending]] = Listing(
            columns=(
                f"{self.listing.columns}, {condition}, history.overdue, history.changed_at, "
                "history.ended_at"
            ),
            tables=f"{self.listing.tables} {_history(id_column)}",
            account_column=self.listing.account_column,
            id_column=self.listing.id_column,
            default_order=self.listing.default_order,
            fields={
                **self.listing.fields,
                "_updated": ListedField(changed_at, "timestamptz"),
                "condition": ListedField(f"({condition})"),
            },
            view=self._hold_view,
        )

    @property
    def fields(self) -> Mapping[str, ListedField]:
        """The fields that a page may be filtered and sorted by."""
        return self._holds.fields

    def page(self, uow: UnitOfWork, page: Page, /) -> tuple[list[HoldView[Stored, Ending]], int]:
        """Return the views of a page of the account's holds, and how many match in all."""
        views, total = self._holds.page(uow, page)
        return self._with_endings(uow, views), total

    def by_id(
        self, uow: UnitOfWork, hold_ids: Sequence[str], /
    ) -> dict[str, HoldView[Stored, Ending]]:
        """Return the account's holds by id; one it does not have is left out."""
        found = self._holds.by_id(uow, hold_ids)
        return {view.action.id: view for view in self._with_endings(uow, list(found.values()))}

    def _with_endings(
        self, uow: UnitOfWork, views: list[HoldView[Stored, Ending]]
    ) -> list[HoldView[Stored, Ending]]:
        ended = [view.action.id for view in views if view.ended_at is not None]
        if self._endings is None or not ended:
            return views
        endings = self._endings(uow, ended)
        return [replace(view, ending=endings.get(view.action.id)) for view in views]

    def _hold_view(self, row: Sequence[Any]) -> HoldView[Stored, Ending]:
        *own, condition, overdue, changed_at, ended_at = row
        known = self._view(own)
        return HoldView(
            known.action,
            known.case_invoice_number,
            known.case_reference_number,
            condition,
            tuple(overdue or ()),
            changed_at,
            ended_at,
        )


def _history(id_column: str) -> str:
    """Return what joins to each hold what the journal of its case says of it."""
    return (
        "LEFT JOIN LATERAL (SELECT max(event.occurred_at) AS changed_at, "  # noqa: S608 - ours
        "max(event.occurred_at) FILTER (WHERE event.kind = 'hold_ended') AS ended_at, "
        "max(event.body ->> 'outcome') AS outcome, "
        "array_agg(event.body ->> 'clock' ORDER BY event.event_number) "
        "FILTER (WHERE event.kind = 'hold_overdue') AS overdue "
        "FROM case_events AS event WHERE event.account_id = action.account_id "
        "AND event.case_id = action.case_id AND event.kind IN ('hold_overdue', 'hold_ended') "
        f"AND event.body ->> 'hold_id' = action.{id_column}) AS history ON true"
    )
