"""Random edits of a book, as somebody with the owner's powers could make them in the tables.

An edit changes one value to another of its kind, removes one row, or repeats one row under
another key.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random  # noqa: TID251 - a test draws from a seed
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import set_json_loads

TABLES = (
    "cases",
    "case_balances",
    "case_events",
    "entries",
    "postings",
    "client_transfers",
    "creditor_payments",
    "payments",
    "creditor_creditings",
    "creditor_cancellations",
    "payment_reversals",
    "interest_reductions",
    "case_respites",
    "case_pauses",
    "case_resumptions",
    "case_disputes",
    "dispute_outcomes",
    "case_endings",
    "case_registrations",
    "ocr_numbers",
    "debt_collections",
    "letters",
    "media",
    "idempotency_keys",
    "payout_specifications",
    "payout_runs",
    "payouts",
    "payout_lines",
    "refund_payments",
    "payout_files",
    "letter_hand_overs",
    "post_batches",
)
"""Every table of money, events, cases and payments that the book has rows in."""

NOT_FOUND = {
    "*.recorded_at": "real time, which nothing else knows; until the hash chain",
    "*.request_sha256": "the digest of a request that is not kept",
    "idempotency_keys removed": "a key may be forgotten when it is old",
    "*.idempotency_key": "a name that the client chose",
    "*.client_registration_at": "what the client says of its own books",
    "*.credit_invoice": "what the client says of its own books",
    "*.creditor_reference": "what the client says of its own books",
    "*.etag": "an opaque tag of a request that is not kept",
    "case_registrations.request": "the body as it came in, kept for the record alone",
    "letters.template_version": "which words the letter has",
    "letters.locale": "which words the letter has",
    "post_batches.handed_over_at": "real time, which nothing else knows; until the hash chain",
    "post_batches removed": "a batch that is on its way: it is handed over again by its id",
    "letters.sha256": "compared with the bytes, which the test of files does",
    "letters.size": "compared with the bytes, which the test of files does",
    "letters.contents.creditor": "names, which may change later",
    "letters.contents.agency": "names, which may change later",
    "letters.contents.debtor": "names, which may change later",
    "letters.contents.bankgiro": "the agency's own, which may change later",
    "letters.contents.dispatched_on": "the civil day of an instant that is compared",
    "letters.contents.interest_rounding": "a term; it decides nothing that is not compared",
    "letters.contents.claims.ground": "words",
    "letters.contents.claims.due_on": "words",
    "letters.contents.claims.interest_periods": "the reckoning behind an amount that is compared",
    "letters.contents.claims.running_interest": "words about days to come",
    "letters.contents.claims.original_creditor": "words",
    "letters.contents.claims.original_capital": "words beside what is claimed",
    "letters.contents.claims.costs.kind": "words beside an amount that is compared",
    "letters.contents.claims.costs.charged_on": "words beside an amount that is compared",
    "payout_runs.payer.chart": "an account of the books that no voucher of the run may name",
    "case_disputes.text": "what the debtor said, word by word",
    "case_disputes.hold_other_cases": "a wish; what it held is compared",
    "case_resumptions.reason": "what somebody said",
    "dispute_outcomes.explanation": "what somebody said",
    "case_endings.explanation": "what somebody said",
    "case_endings.decided_by": "what somebody is called",
    "case_endings.duplicate_of_case_id": "which of the creditor's cases goes on",
    "media.sha256": "compared with the bytes, which the test of files does",
}
"""What the audit cannot find, each with its reason."""

_WORDS = {
    "kind": ("claim", "settlement", "write_off"),
    "status": ("completed", "warning", "error"),
    "source": ("creditor", "crediting", "agency", "authority"),
    "origin": ("creditor_system", "solicitor_system"),
    "component": ("capital", "interest", "costs"),
    "debit": ("bank", "creditor", "agency", "debtor", "vat"),
    "credit": ("bank", "creditor", "agency", "debtor", "vat"),
    "ledger_account": ("receivable", "claimed", "credited", "written_off", "settled_at_agency"),
    "currency": ("SEK", "EUR"),
    "finance_interval": ("daily", "weekly", "monthly"),
    "category": ("capital", "interest", "overpayment", "creditor_commission", "refund"),
}


WITHOUT_EFFECT = {
    "removed": "nothing else knows of it",
    "case_id": "another case may have been closed then, too",
    "amount_minor": "nothing was settled",
    "bank_transaction_at": "nothing was settled",
    "creditor_payment_reference": "nothing was settled",
    "payment_id": "nothing was reversed",
    "creditor_payment_id": "nothing names it",
    "creditor_crediting_id": "nothing names it",
    "creditor_cancellation_id": "nothing names it",
    "payment_reversal_id": "nothing names it",
    "case_respite_id": "nothing names it",
    "case_pause_id": "nothing names it",
    "case_resumption_id": "nothing names it",
    "case_dispute_id": "nothing names it",
    "dispute_outcome_id": "nothing names it",
    "case_ending_id": "nothing names it",
    "respite_to_on": "nothing was held",
    "reason": "nothing was held",
    "kind": "nothing was held",
    "outcome": "nothing was decided",
}
"""What the audit cannot find of a document that was refused, until the hash chain."""


def had_no_effect(row: dict[str, Any]) -> bool:
    """Tell whether a row is a document that changed no case."""
    reason = str(row.get("status_reason")).rpartition(".")[2]
    is_taken_in = "ocr_number" in row
    return not is_taken_in and reason in (
        "case_closed",
        "duplicate",
        "already_reversed",
        "nothing_settled",
        "held_already",
        "not_held",
        "not_open",
        "not_barred",
    )


@dataclass(frozen=True)
class Edit:
    """One edit: what it does in words, and the statement that does it."""

    said: str
    statement: sql.Composed
    parameters: tuple[Any, ...]


class Editor:
    """Draws edits of the rows of a database."""

    def __init__(self, connection: psycopg.Connection, chance: Random) -> None:
        self.chance = chance
        self.types: dict[str, dict[str, str]] = {}
        self.keys: dict[str, list[str]] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        set_json_loads(json.loads, connection)
        for table in TABLES:
            self._read(connection, table)
        self.ids = sorted({row["case_id"] for row in self.rows["cases"]})

    def _read(self, connection: psycopg.Connection, table: str) -> None:
        self.types[table] = dict(
            connection.execute(
                "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute "
                "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
                (table,),
            ).fetchall()
        )
        self.keys[table] = [
            name
            for (name,) in connection.execute(
                "SELECT attname FROM pg_index JOIN pg_attribute ON attrelid = indrelid "
                "AND attnum = ANY(indkey) WHERE indrelid = %s::regclass AND indisprimary",
                (table,),
            ).fetchall()
        ]
        names = list(self.types[table])
        query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            _list(names), sql.Identifier(table), _list(self.keys[table])
        )
        found = connection.execute(query).fetchall()
        assert found, f"the book has no row of {table}"
        self.rows[table] = [dict(zip(names, row, strict=True)) for row in found]

    def draw(self) -> Edit:
        """Return the next edit."""
        while True:
            table = self.chance.choice(TABLES)
            row = self.chance.choice(self.rows[table])
            what = self.chance.random()
            if what < 0.1:
                edit = None if _is_excepted(f"{table} removed", row) else self._removal(table, row)
            elif what < 0.2:
                edit = self._repetition(table, row)
            else:
                edit = self._change(table, row)
            if edit is not None:
                return edit

    def _removal(self, table: str, row: dict[str, Any]) -> Edit:
        where, parameters = self._where(table, row)
        statement = sql.SQL("DELETE FROM {} WHERE {}").format(sql.Identifier(table), where)
        return Edit(f"{table} {parameters} removed", statement, parameters)

    def _repetition(self, table: str, row: dict[str, Any]) -> Edit:
        name = self.chance.choice([key for key in self.keys[table] if key != "account_id"])
        value = self._other(table, name, row[name])
        if isinstance(row[name], int):
            value = 1 + max(
                other[name]
                for other in self.rows[table]
                if other.get("case_id") == row.get("case_id")
            )
        names = list(self.types[table])
        columns = [sql.SQL("%s") if column == name else sql.Identifier(column) for column in names]
        where, parameters = self._where(table, row)
        statement = sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} WHERE {}").format(
            sql.Identifier(table),
            _list(names),
            sql.SQL(", ").join(columns),
            sql.Identifier(table),
            where,
        )
        said = f"{table} {parameters} repeated with {name} {value}"
        return Edit(said, statement, (value, *parameters))

    def _change(self, table: str, row: dict[str, Any]) -> Edit | None:
        name = self.chance.choice(list(self.types[table]))
        value = row[name]
        place = f"{table}.{name}"
        if value is None:
            return None
        if self.types[table][name] == "json":
            leaves = list(_leaves(value))
            path, leaf = self.chance.choice(leaves)
            place = f"{place}.{'.'.join(step for step in path if isinstance(step, str))}"
            if _is_excepted(place, row):
                return None
            other = self._other_leaf(path[-1], leaf)
            said = f"{place} {leaf!r} made {other!r}"
            value = json.dumps(_replaced(value, path, other))
        else:
            if _is_excepted(place, row):
                return None
            other = self._other(table, name, value)
            said = f"{place} {value!r} made {other!r}"
            value = other
        where, parameters = self._where(table, row)
        statement = sql.SQL("UPDATE {} SET {} = %s WHERE {}").format(
            sql.Identifier(table), sql.Identifier(name), where
        )
        return Edit(f"{said} in {parameters}", statement, (value, *parameters))

    def _where(self, table: str, row: dict[str, Any]) -> tuple[sql.Composed, tuple[Any, ...]]:
        names = self.keys[table]
        where = sql.SQL(" AND ").join(
            sql.SQL("{} = %s").format(sql.Identifier(name)) for name in names
        )
        return where, tuple(row[name] for name in names)

    def _other(self, table: str, name: str, value: Any) -> Any:
        """Return another value of a column's kind."""
        if isinstance(value, list):
            if not value:
                return [self.chance.choice(self.ids)]
            position = self.chance.randrange(len(value))
            other = self._other_text(name, value[position], self.ids)
            return [*value[:position], other, *value[position + 1 :]]
        if isinstance(value, str):
            known = sorted({str(row[name]) for row in self.rows[table] if row[name]})
            return self._other_text(name, value, known)
        return self._other_value(value)

    def _other_leaf(self, name: Any, value: Any) -> Any:
        """Return another value of a leaf's kind."""
        if not isinstance(value, str):
            return self._other_value(value)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return (date.fromisoformat(value) + self._days()).isoformat()
        if re.match(r"\d{4}-\d\d-\d\dT", value):
            at = datetime.fromisoformat(value) + self._days()
            return at.isoformat().replace("+00:00", "Z")
        return self._other_text(str(name), value, self.ids if len(value) == 24 else [])

    def _other_text(self, name: str, value: str, known: list[str]) -> str:
        others = [word for word in (*_WORDS.get(name, ()), *known) if word != value]
        if others and self.chance.random() < 0.7:
            return self.chance.choice(others)
        position = self.chance.randrange(len(value))
        digit = value[position]
        drawn = self.chance.choice([c for c in "0123456789abcdef" if c != digit])
        return value[:position] + drawn + value[position + 1 :]

    def _other_value(self, value: Any) -> Any:
        match value:
            case bool():
                return not value
            case int():
                return value + self.chance.choice([-100, -1, 1, 100, -value * 2 or 7])
            case Decimal():
                return value + self.chance.choice([Decimal("0.5"), Decimal(-1)])
            case datetime() | date():
                return value + self._days()
            case bytes():
                return bytes([value[0] ^ 1]) + value[1:]
        raise AssertionError(f"no other value of {value!r}")

    def _days(self) -> timedelta:
        return timedelta(days=self.chance.choice([-365, -30, -1, 1, 2, 30, 365]))


def _is_excepted(place: str, row: dict[str, Any]) -> bool:
    if had_no_effect(row) and re.split(r"[. ]", place)[-1] in WITHOUT_EFFECT:
        return True
    column = place.partition(".")[2]
    parts = place.split(".")
    names = {place, f"*.{column}", *(".".join(parts[:count]) for count in range(2, len(parts) + 1))}
    return any(name in NOT_FOUND for name in names)


def _list(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, (*path, name))
    elif isinstance(value, list):
        for position, part in enumerate(value):
            yield from _leaves(part, (*path, position))
    elif value is not None:
        yield path, value


def _replaced(value: Any, path: tuple[Any, ...], leaf: Any) -> Any:
    if not path:
        return leaf
    copy = value.copy()
    copy[path[0]] = _replaced(value[path[0]], path[1:], leaf)
    return copy
