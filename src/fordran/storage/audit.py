"""The audit: what must be true at every moment, read from the tables.

Runs as the owner of the tables, which sees every account, or through one account's wall.
`fordran verify` runs it on a live database, and every test that touches storage ends with it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
import psycopg

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case
from fordran.domain.events import Recorded
from fordran.domain.flow import FlowConfig
from fordran.storage.audit_documents import DOCUMENT_QUERIES
from fordran.storage.audit_endings import ENDING_QUERIES
from fordran.storage.audit_holds import HOLD_QUERIES
from fordran.storage.audit_ledger import LEDGER_QUERIES
from fordran.storage.audit_links import LINK_QUERIES
from fordran.storage.audit_payouts import PAYOUT_QUERIES
from fordran.storage.audit_post import POST_QUERIES
from fordran.storage.audit_query import AuditQuery
from fordran.storage.cases import MONEY_KINDS, NARROW_COLUMNS, WIDE_COLUMNS, case_of, recorded_of
from fordran.storage.database import RawJson
from fordran.storage.payouts import StoredRun

_decode_case = msgspec.json.Decoder(Case).decode
_decode_terms = msgspec.json.Decoder(AgreementTerms).decode
_decode_flow = msgspec.json.Decoder(FlowConfig).decode
_decode_kinds = msgspec.json.Decoder(list[str]).decode

CASES_AT_A_TIME = 500

AuditConnection = psycopg.Connection
"""What the audit reads through: a connection with a transaction open."""

QUERIES = (
    *LEDGER_QUERIES,
    *PAYOUT_QUERIES,
    *DOCUMENT_QUERIES,
    *HOLD_QUERIES,
    *ENDING_QUERIES,
    *LINK_QUERIES,
    *POST_QUERIES,
)
"""Every rule that is a query."""


class StoredCase(msgspec.Struct, frozen=True):
    """The rows of a case as they were read, and what it is called by."""

    case_id: str
    wide_row: tuple[Any, ...]
    narrow_row: tuple[Any, ...]
    document: bytes
    entries: bytes | None
    events: bytes | None
    kinds: bytes | None
    money_events: bytes | None


class AuditedCase(msgspec.Struct, frozen=True):
    """A case as stored, with its journal, for the checks that need the domain."""

    case: Case
    document: Case
    """As the wide row has it: without its money."""
    wide_row: tuple[Any, ...]
    narrow_row: tuple[Any, ...]
    journal: tuple[Recorded, ...]
    kinds: tuple[str, ...]
    """What each row of the journal is called by its column."""
    counted_without_units: int
    """How many of the first countings of interest were written before units were kept."""


@contextmanager
def audit_connection(conninfo: str, account_id: str | None = None) -> Iterator[psycopg.Connection]:
    """Open a connection that sees the books as of one instant; with an account, only its rows.

    `conninfo` is of the tables' owner.
    """
    with psycopg.connect(conninfo) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        prepare(connection)
        if account_id is not None:
            connection.execute("SET LOCAL ROLE fordran_app")
            connection.execute("SELECT set_config('fordran.accounts', %s, true)", (account_id,))
        yield connection


def prepare(connection: psycopg.Connection) -> None:
    """Let a connection give JSON and times as the audit reads them."""
    connection.adapters.register_loader("json", RawJson)
    connection.execute("SET LOCAL TIME ZONE 'UTC'")


def rows_checked(connection: psycopg.Connection, queries: Sequence[AuditQuery]) -> list[int]:
    """Return how many rows each query looks at."""
    if not queries:
        return []
    counts = ", ".join(f"({query.counted})" for query in queries)
    row = connection.execute(f"SELECT {counts}".encode()).fetchone()
    assert row is not None, "a row of counts"
    return [int(count) for count in row]


@contextmanager
def savepoint(connection: psycopg.Connection) -> Iterator[None]:
    """Let `violations_of` go on after a row that cannot be read."""
    connection.execute("SAVEPOINT audit")
    yield
    connection.execute("RELEASE SAVEPOINT audit")


def violations_of(connection: psycopg.Connection, query: AuditQuery) -> list[str]:
    """Return what breaks a query's rule; a row that cannot be read breaks it too."""
    try:
        found = connection.execute(query.violations.encode()).fetchall()
    except psycopg.DataError as error:
        connection.execute("ROLLBACK TO SAVEPOINT audit")
        return [f"a row cannot be read: {error.diag.message_primary}"]
    return [str(row[0]) for row in found]


def count_cases(connection: psycopg.Connection) -> int:
    """Return how many cases there are."""
    row = connection.execute("SELECT count(*) FROM cases").fetchone()
    return int(row[0]) if row else 0


def stored_cases(connection: psycopg.Connection) -> Iterator[StoredCase]:
    """Return the rows of every case, a few hundred in memory at a time."""
    wide, narrow = len(WIDE_COLUMNS), len(NARROW_COLUMNS)
    last = ("", "")
    while True:
        parameters = (MONEY_KINDS, *last, CASES_AT_A_TIME)
        rows = connection.execute(_STORED_CASES.encode(), parameters).fetchall()
        for row in rows:
            yield StoredCase(
                row[0], row[1 : wide + 1], row[wide + 1 : wide + narrow + 1], *row[-5:]
            )
        if len(rows) < CASES_AT_A_TIME:
            return
        last = (rows[-1][1], rows[-1][0])


def audited_case(stored: StoredCase) -> AuditedCase:
    """Return a case that was read, with its journal.

    Raises: msgspec.DecodeError or AssertionError, or another error of the fold, if the rows are
    not those of a case.
    """
    events = stored.events or b"[]"
    counted, units = events.count(b'"interest_counted"'), events.count(b'"units"')
    return AuditedCase(
        case=case_of(stored.document, stored.entries, stored.money_events),
        document=_decode_case(stored.document),
        wide_row=stored.wide_row,
        narrow_row=stored.narrow_row,
        journal=recorded_of(stored.events),
        kinds=tuple(_decode_kinds(stored.kinds or b"[]")),
        counted_without_units=counted - units,
    )


_STORED_CASES = f"""
SELECT cases.case_id,
    {", ".join(f"cases.{name}" for name in WIDE_COLUMNS)},
    {", ".join(f"balance.{name}" for name in NARROW_COLUMNS)},
    cases.document,
    (SELECT json_agg(entry.body ORDER BY entry.entry_number) FROM entries AS entry
     WHERE entry.account_id = cases.account_id AND entry.case_id = cases.case_id),
    journal.events, journal.kinds, journal.money
FROM cases JOIN case_balances AS balance USING (account_id, case_id) CROSS JOIN LATERAL (
    SELECT json_agg(json_build_array(event.event_number, event.occurred_at, event.body,
            event.known_at) ORDER BY event.event_number) AS events,
        json_agg(event.kind ORDER BY event.event_number) AS kinds,
        json_agg(event.body ORDER BY event.event_number)
            FILTER (WHERE event.kind = ANY(%s)) AS money
    FROM case_events AS event
    WHERE event.account_id = cases.account_id AND event.case_id = cases.case_id
) AS journal
WHERE (cases.account_id, cases.case_id) > (%s, %s)
ORDER BY cases.account_id, cases.case_id LIMIT %s
"""  # noqa: S608 - the names are our constants


def all_terms(connection: psycopg.Connection) -> dict[tuple[str, str], AgreementTerms]:
    """Return the terms of every agreement version, by account and id.

    An operator may give versions of two accounts the same id.
    """
    rows = connection.execute(
        "SELECT account_id, agreement_version_id, terms FROM agreement_versions"
    )
    return {
        (account_id, version_id): _decode_terms(terms) for account_id, version_id, terms in rows
    }


def flows_by_version(connection: psycopg.Connection) -> dict[tuple[str, int], FlowConfig]:
    """Return every flow config by its id and version."""
    rows = connection.execute("SELECT flow_config_id, version, config FROM flow_configs")
    return {(config_id, version): _decode_flow(config) for config_id, version, config in rows}


class StoredFile(msgspec.Struct, frozen=True):
    """The record of bytes in the blob store. Units: `size` in bytes; None where none is kept."""

    name: str
    blob_key: str
    sha256: bytes
    size: int | None


def stored_files(connection: psycopg.Connection) -> list[StoredFile]:
    """Return the record of every file: letters, uploads, and the files of payout runs."""
    rows = connection.execute(
        "SELECT format('case %s letter %s', case_ids[1], letter_id), blob_key, sha256, size "
        "FROM letters "
        "UNION ALL SELECT format('case %s file %s', case_id, media_id), blob_key, sha256, size "
        "FROM media "
        "UNION ALL SELECT format('payout run %s %s', payout_run_id, kind), blob_key, sha256, NULL "
        "FROM payout_files"
    ).fetchall()
    return [StoredFile(row[0], row[1], bytes(row[2]), row[3]) for row in rows]


class PayoutRun(msgspec.Struct, frozen=True):
    """A payout run with its account."""

    account_id: str
    run: StoredRun


def payout_runs(connection: psycopg.Connection) -> list[PayoutRun]:
    """Return every payout run."""
    rows = connection.execute(
        "SELECT account_id, payout_run_id, run_on, executed_on, ran_at, payer::text "
        "FROM payout_runs ORDER BY account_id, run_on"
    ).fetchall()
    return [PayoutRun(row[0], StoredRun(*row[1:])) for row in rows]


def letter_contents(connection: AuditConnection) -> list[tuple[str, str, bytes]]:
    """Return what every letter was made from, with its case and its id, and its kind."""
    rows = connection.execute(
        "SELECT format('case %s letter %s', case_ids[1], letter_id), kind, contents FROM letters"
    ).fetchall()
    return [(row[0], row[1], bytes(row[2])) for row in rows]
