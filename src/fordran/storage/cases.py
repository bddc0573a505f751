"""Cases: the wide row, the narrow row, the journal and the ledger, read and written together."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from fordran.domain.agenda import next_due
from fordran.domain.case import Case
from fordran.domain.client_money import Transfer
from fordran.domain.draft import Draft
from fordran.domain.events import CaseEvent, EntryPosted, MoneyTransferred, Recorded
from fordran.domain.history import MONEY_EVENTS, with_money
from fordran.domain.ledger import Balance, Balances, Component, Entry, fold
from fordran.domain.money import Money
from fordran.domain.statement import footing
from fordran.storage import payout_specifications, transfers
from fordran.storage.unit_of_work import UnitOfWork, array_columns
from fordran.storage.wire_transactions import wire_transactions

_encode = msgspec.json.Encoder().encode
_decode_case = msgspec.json.Decoder(Case).decode
_decode_entries = msgspec.json.Decoder(tuple[Entry, ...]).decode
_decode_event = msgspec.json.Decoder(CaseEvent).decode
_decode_events = msgspec.json.Decoder(list[CaseEvent]).decode
_decode_journal = msgspec.json.Decoder(list[tuple[int, datetime, CaseEvent, datetime]]).decode

_BALANCE_COLUMNS = {
    f"{component.value}_{part}_minor": "bigint"
    for component in Component
    for part in ("added", "settled", "written_off")
}
# In the order of the fields of `Footing`.
_FOOTING_COLUMNS = {
    "rate_rule": "text",
    "law_version": "integer",
    "closed_on": "date",
    "valued_from_on": "date",
    "interest_units": "bigint",
    "interest_through_on": "date",
    "interest_waits_to_on": "date",
}
_BALANCE_ROW = {
    "account_id": "text",
    "case_id": "text",
    "creditor_id": "text",
    "customer_id": "text",
    "debt_collection_id": "text",
    "version": "integer",
    "updated_at": "timestamptz",
    **_BALANCE_COLUMNS,
    "next_item": "text",
    "next_due_at": "timestamptz",
    "is_failed": "boolean",
    **_FOOTING_COLUMNS,
}
_CASE_ROW = {
    "account_id": "text",
    "case_id": "text",
    "creditor_id": "text",
    "customer_id": "text",
    "registration_id": "text",
    "invoice_number": "text",
    "reference_number": "text",
    "state": "text",
    "status": "text",
    "close_reason": "text",
    "created_at": "timestamptz",
    "transactions": "text",
    "document": "json",
}
_CHANGED_CASE_COLUMNS = ("state", "status", "close_reason", "transactions", "document")


def lock(uow: UnitOfWork, case_ids: Sequence[str]) -> None:
    """Lock cases until the unit of work ends, in the order of their ids.

    Needs the index case_balances_pk.
    """
    uow.execute(
        "SELECT FROM case_balances WHERE account_id = %s AND case_id = ANY(%s) "
        "ORDER BY case_id FOR UPDATE",
        (uow.account_id, list(case_ids)),
    )


def lock_with_demand_groups(uow: UnitOfWork, case_ids: Sequence[str]) -> list[str]:
    """Lock cases and every case that shares a demand with one of them; return all their ids.

    All are locked in the order of their ids, so two units that ask for different cases of one
    demand wait for each other and never both ways. The second statement sees a demand that was
    made while the first one waited; after that the demand of a locked case stays as it is.

    Needs the indexes case_balances_pk and case_balances_debt_collection.
    """
    parameters = (uow.account_id, list(case_ids), uow.account_id, list(case_ids))
    uow.execute(_LOCK_GROUPS, parameters)
    return [case_id for (case_id,) in uow.rows(_LOCK_GROUPS, parameters)]


_LOCK_GROUPS = (
    "SELECT case_id FROM case_balances WHERE account_id = %s AND case_id IN ("
    "SELECT unnest(%s::text[]) UNION SELECT member.case_id FROM case_balances AS asked "
    "JOIN case_balances AS member USING (account_id, debt_collection_id) "
    "WHERE asked.account_id = %s AND asked.case_id = ANY(%s)) ORDER BY case_id FOR UPDATE"
)


def load(uow: UnitOfWork, case_ids: Sequence[str]) -> dict[str, Case]:
    """Return cases by id, with their entries and money; one that does not exist is left out.

    Lock first: a statement sees what was committed when it began.
    """
    rows = uow.rows(
        "SELECT cases.document, (SELECT json_agg(entries.body ORDER BY entries.entry_number) "
        "FROM entries WHERE entries.account_id = cases.account_id "
        "AND entries.case_id = cases.case_id), "
        "(SELECT json_agg(event.body ORDER BY event.event_number) "
        "FROM case_events AS event WHERE event.account_id = cases.account_id "
        "AND event.case_id = cases.case_id AND event.kind = ANY(%s)) "
        "FROM cases WHERE cases.account_id = %s AND cases.case_id = ANY(%s)",
        (MONEY_KINDS, uow.account_id, list(case_ids)),
    )
    found = (case_of(*row) for row in rows)
    return {case.id: case for case in found}


def exists(uow: UnitOfWork, case_id: str) -> bool:
    """Tell whether the account has a case."""
    return (
        uow.row(
            "SELECT 1 FROM cases WHERE account_id = %s AND case_id = %s", (uow.account_id, case_id)
        )
        is not None
    )


def case_of(document: bytes, entries: bytes | None, money_events: bytes | None) -> Case:
    """Return the case of a wide row, its aggregated entries and its aggregated money events."""
    posted = _decode_entries(entries) if entries else ()
    happened = _decode_events(money_events) if money_events else ()
    case = replace(_decode_case(document), entries=posted, balances=fold(posted))
    return with_money(case, happened)


MONEY_KINDS = [kind.__struct_config__.tag for kind in MONEY_EVENTS]
"""The kinds of the events that `case_of` takes."""


def insert(uow: UnitOfWork, drafts: Sequence[Draft], recorded_at: datetime) -> None:
    """Insert cases that have just begun, with their journal and ledger.

    Units: `recorded_at` is real time.
    """
    uow.insert("cases", _CASE_ROW, [_case_row(draft.case) for draft in drafts])
    uow.insert("case_balances", _BALANCE_ROW, [_balance_row(draft.case) for draft in drafts])
    _insert_journal(uow, drafts, recorded_at)


def save(uow: UnitOfWork, drafts: Sequence[Draft], recorded_at: datetime) -> None:
    """Write what happened on cases that were loaded and locked in this unit of work."""
    changed = [draft for draft in drafts if draft.recorded]
    if not changed:
        return
    _insert_journal(uow, changed, recorded_at)
    uow.execute(
        _update_statement("cases", _CASE_ROW, _CHANGED_CASE_COLUMNS),
        array_columns([_case_row(draft.case) for draft in changed]),
    )
    uow.execute(
        _update_statement("case_balances", _BALANCE_ROW, tuple(_BALANCE_ROW)[4:]),
        array_columns([_balance_row(draft.case) for draft in changed]),
    )


def journal(uow: UnitOfWork, case_id: str) -> list[Recorded]:
    """Return every event of a case, in order."""
    rows = uow.rows(
        "SELECT event_number, occurred_at, body, known_at FROM case_events "
        "WHERE account_id = %s AND case_id = %s ORDER BY event_number",
        (uow.account_id, case_id),
    )
    return [Recorded(number, at, _decode_event(body), known) for number, at, body, known in rows]


def journals(uow: UnitOfWork, case_ids: Sequence[str]) -> dict[str, list[Recorded]]:
    """Return every event of several cases, in order, all as of one moment.

    Needs the index case_events_pk.
    """
    rows = uow.rows(
        "SELECT case_id, event_number, occurred_at, body, known_at FROM case_events "
        "WHERE account_id = %s AND case_id = ANY(%s) ORDER BY case_id, event_number",
        (uow.account_id, list(case_ids)),
    )
    found: dict[str, list[Recorded]] = {}
    for case_id, number, at, body, known_at in rows:
        found.setdefault(case_id, []).append(Recorded(number, at, _decode_event(body), known_at))
    return found


def recorded_of(events: bytes | None) -> tuple[Recorded, ...]:
    """Return a journal that was aggregated as arrays of number, instant and body."""
    rows = _decode_journal(events) if events else []
    return tuple(Recorded(*row) for row in rows)


def document_of(case: Case) -> bytes:
    """Return the wide row's document: the case without its money.

    The ledger holds its entries and balances, the journal its payments and transfers.
    """
    bare = replace(case, entries=(), balances=Balances(), payments=(), transfers=())
    return _encode(bare)


def balances_of(row: Sequence[int]) -> Balances:
    """Return the balances of the nine amounts of a narrow row, in the order of its columns."""
    capital, interest, costs = (
        Balance(*[Money(minor) for minor in row[start : start + 3]]) for start in (0, 3, 6)
    )
    return Balances(capital=capital, interest=interest, costs=costs)


BALANCE_COLUMNS = tuple(_BALANCE_COLUMNS)
"""The narrow row's amounts, in the order that `balances_of` takes them."""


def _insert_journal(uow: UnitOfWork, drafts: Sequence[Draft], recorded_at: datetime) -> None:
    uow.insert(
        "case_events",
        {
            "account_id": "text",
            "case_id": "text",
            "event_number": "integer",
            "kind": "text",
            "occurred_at": "timestamptz",
            "known_at": "timestamptz",
            "recorded_at": "timestamptz",
            "body": "json",
        },
        [
            (
                draft.case.account_id,
                draft.case.id,
                recorded.number,
                recorded.event.__struct_config__.tag,
                recorded.at,
                recorded.was_known_at,
                recorded_at,
                _encode(recorded.event).decode(),
            )
            for draft in drafts
            for recorded in draft.recorded
        ],
    )
    _insert_entries(uow, [(draft.case, entry) for draft in drafts for entry in _new_entries(draft)])
    transfers.insert(
        uow, [(draft.case, transfer) for draft in drafts for transfer in _new_transfers(draft)]
    )
    payout_specifications.insert(uow, [(draft.case, _new_transfers(draft)) for draft in drafts])


def _new_entries(draft: Draft) -> list[Entry]:
    events = (recorded.event for recorded in draft.recorded)
    return [event.entry for event in events if isinstance(event, EntryPosted)]


def _new_transfers(draft: Draft) -> list[Transfer]:
    events = (recorded.event for recorded in draft.recorded)
    return [event.transfer for event in events if isinstance(event, MoneyTransferred)]


def _insert_entries(uow: UnitOfWork, entries: Sequence[tuple[Case, Entry]]) -> None:
    uow.insert(
        "entries",
        {
            "account_id": "text",
            "case_id": "text",
            "entry_number": "integer",
            "kind": "text",
            "component": "text",
            "value_at": "timestamptz",
            "booked_at": "timestamptz",
            "body": "json",
        },
        [
            (
                case.account_id,
                case.id,
                entry.number,
                entry.kind.value,
                entry.component.value,
                entry.value_at,
                entry.booked_at,
                _encode(entry).decode(),
            )
            for case, entry in entries
        ],
    )
    uow.insert(
        "postings",
        {
            "account_id": "text",
            "case_id": "text",
            "entry_number": "integer",
            "leg": "smallint",
            "ledger_account": "text",
            "component": "text",
            "amount_minor": "bigint",
            "currency": "text",
        },
        [
            (
                case.account_id,
                case.id,
                entry.number,
                leg,
                posting.ledger_account.value,
                entry.component.value,
                posting.amount.minor,
                posting.amount.currency,
            )
            for case, entry in entries
            for leg, posting in enumerate(entry.postings(), start=1)
        ],
    )


def _case_row(case: Case) -> tuple[object, ...]:
    return (
        case.account_id,
        case.id,
        case.creditor_id,
        case.customer_id,
        case.registration_id,
        case.debt.invoice_number,
        case.reference_number,
        case.state.value,
        case.status.value,
        case.closed.reason.value if case.closed else None,
        case.registered_at,
        wire_transactions(case.entries).decode(),
        document_of(case).decode(),
    )


def _balance_row(case: Case) -> tuple[object, ...]:
    due = next_due(case)
    amounts = (
        amount.minor
        for component in Component
        for balance in (case.balances.of(component),)
        for amount in (balance.added, balance.settled, balance.written_off)
    )
    return (
        case.account_id,
        case.id,
        case.creditor_id,
        case.customer_id,
        case.debt_collection_id,
        case.version,
        case.updated_at,
        *amounts,
        due.item if due else None,
        due.at if due else None,
        due.is_failed if due else False,
        *msgspec.structs.astuple(footing(case)),
    )


def rows_of(case: Case) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Return what the two rows of a case say of it, without the document.

    In the order of `WIDE_COLUMNS` and `NARROW_COLUMNS`.
    """
    return _case_row(case)[:-1], _balance_row(case)


WIDE_COLUMNS = tuple(_CASE_ROW)[:-1]
"""The columns of the wide row, without its document."""

NARROW_COLUMNS = tuple(_BALANCE_ROW)
"""The columns of the narrow row."""


def _update_statement(table: str, row: dict[str, str], changed: tuple[str, ...]) -> str:
    """Build the statement that updates many rows from arrays; the names are our constants."""
    arrays = ", ".join("%s::text[]" if kind == "json" else f"%s::{kind}[]" for kind in row.values())
    assignments = ", ".join(
        f"{name} = given.{name}" + ("::json" if row[name] == "json" else "") for name in changed
    )
    return (
        f"UPDATE {table} AS target SET {assignments} "  # noqa: S608 - names are our constants
        f"FROM unnest({arrays}) AS given ({', '.join(row)}) "
        "WHERE target.account_id = given.account_id AND target.case_id = given.case_id"
    )
