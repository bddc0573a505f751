"""The audit: what must be true at every moment, as queries that return violations.

Runs as the owner of the tables, which sees every account. `fordran verify` runs it on a live
database, and every test that touches storage ends with it.
"""

from collections.abc import Iterator

import msgspec
import psycopg

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case
from fordran.domain.events import Recorded
from fordran.storage.cases import balances_of, case_of, recorded_of
from fordran.storage.database import RawJson

_decode_terms = msgspec.json.Decoder(AgreementTerms).decode

CASES_AT_A_TIME = 500


class AuditQuery(msgspec.Struct, frozen=True):
    """A rule, how many rows it looks at, and the query for what breaks it."""

    rule: str
    counted: str
    violations: str


class AuditedCase(msgspec.Struct, frozen=True):
    """A case as stored, with its journal, for the checks that need the domain."""

    case: Case
    stored_balances: tuple[int, ...]
    row: tuple[object, ...]
    """State, status, version, next item and due instant, as the rows' columns say."""
    journal: tuple[Recorded, ...]


class CheckedRule(msgspec.Struct, frozen=True):
    """The result of one rule."""

    rule: str
    rows: int
    violations: tuple[str, ...]


QUERIES = (
    AuditQuery(
        "every entry sums to zero per currency",
        "SELECT count(*) FROM postings",
        "SELECT format('case %s entry %s: %s', case_id, entry_number, sum(amount_minor)) "
        "FROM postings GROUP BY account_id, case_id, entry_number, currency "
        "HAVING sum(amount_minor) <> 0",
    ),
    AuditQuery(
        "every entry has its legs, and they are what the entry says",
        "SELECT count(*) FROM entries",
        "SELECT format('case %s entry %s', entry.case_id, entry.entry_number) "
        "FROM entries AS entry "
        "LEFT JOIN postings AS leg ON leg.account_id = entry.account_id "
        "AND leg.case_id = entry.case_id AND leg.entry_number = entry.entry_number "
        "AND leg.ledger_account = 'receivable' AND leg.component = entry.component "
        "WHERE leg.amount_minor IS DISTINCT FROM (entry.body -> 'amount' ->> 0)::bigint "
        "OR entry.body ->> 'kind' <> entry.kind OR entry.body ->> 'component' <> entry.component",
    ),
    AuditQuery(
        "every balance is the fold of its postings",
        "SELECT count(*) * 9 FROM case_balances",
        "WITH folded AS (SELECT account_id, case_id, component, "
        "-coalesce(sum(amount_minor) FILTER (WHERE ledger_account = 'claimed'), 0) AS added, "
        "coalesce(sum(amount_minor) FILTER (WHERE ledger_account = 'settled_at_creditor'), 0) "
        "AS settled, "
        "coalesce(sum(amount_minor) FILTER (WHERE ledger_account = 'written_off'), 0) AS given_up, "
        "coalesce(sum(amount_minor) FILTER (WHERE ledger_account = 'receivable'), 0) AS remaining "
        "FROM postings GROUP BY account_id, case_id, component), "
        "stored AS (SELECT balance.account_id, balance.case_id, part.* "
        "FROM case_balances AS balance, "
        "LATERAL (VALUES "
        "('capital', capital_added_minor, capital_settled_minor, capital_written_off_minor), "
        "('interest', interest_added_minor, interest_settled_minor, interest_written_off_minor), "
        "('costs', costs_added_minor, costs_settled_minor, costs_written_off_minor)) "
        "AS part (component, added, settled, given_up)) "
        "SELECT format('case %s %s', coalesce(stored.case_id, folded.case_id), "
        "coalesce(stored.component, folded.component)) "
        "FROM stored FULL JOIN folded USING (account_id, case_id, component) "
        "WHERE (coalesce(stored.added, 0), coalesce(stored.settled, 0), "
        "coalesce(stored.given_up, 0), "
        "coalesce(stored.added, 0) - coalesce(stored.settled, 0) - coalesce(stored.given_up, 0)) "
        "IS DISTINCT FROM (coalesce(folded.added, 0), coalesce(folded.settled, 0), "
        "coalesce(folded.given_up, 0), coalesce(folded.remaining, 0))",
    ),
    AuditQuery(
        "no component is below zero",
        "SELECT count(*) FROM case_balances",
        "SELECT format('case %s', case_id) FROM case_balances WHERE least("
        "capital_added_minor - capital_settled_minor - capital_written_off_minor, "
        "interest_added_minor - interest_settled_minor - interest_written_off_minor, "
        "costs_added_minor - costs_settled_minor - costs_written_off_minor) < 0",
    ),
    AuditQuery(
        "a closed case has nothing left and nothing scheduled",
        "SELECT count(*) FROM cases WHERE status = 'closed'",
        "SELECT format('case %s', case_id) FROM cases JOIN case_balances AS balance "
        "USING (account_id, case_id) WHERE status = 'closed' AND (next_due_at IS NOT NULL "
        "OR close_reason IS NULL OR capital_added_minor + interest_added_minor + costs_added_minor "
        "<> capital_settled_minor + interest_settled_minor + costs_settled_minor "
        "+ capital_written_off_minor + interest_written_off_minor + costs_written_off_minor)",
    ),
    AuditQuery(
        "events and entries are numbered 1..n",
        "SELECT (SELECT count(*) FROM case_events) + (SELECT count(*) FROM entries)",
        "SELECT format('events of case %s', case_id) FROM case_events "
        "GROUP BY account_id, case_id HAVING max(event_number) <> count(*) "
        "UNION ALL SELECT format('entries of case %s', case_id) FROM entries "
        "GROUP BY account_id, case_id HAVING max(entry_number) <> count(*)",
    ),
    AuditQuery(
        "no more is settled than was paid",
        "SELECT count(*) FROM creditor_payments",
        "WITH ledger AS (SELECT account_id, case_id, sum(amount_minor) AS minor FROM postings "
        "WHERE ledger_account = 'settled_at_creditor' GROUP BY account_id, case_id), "
        "paid AS (SELECT account_id, case_id, sum(amount_minor) AS minor "
        "FROM creditor_payments WHERE status <> 'error' GROUP BY account_id, case_id) "
        "SELECT format('case %s', case_id) FROM ledger LEFT JOIN paid "
        "USING (account_id, case_id) WHERE ledger.minor > coalesce(paid.minor, 0)",
    ),
    AuditQuery(
        "the cost of a demand is posted once, as its record says",
        "SELECT count(*) FROM debt_collections",
        "WITH posted AS (SELECT entry.account_id, balance.debt_collection_id, "
        "sum((entry.body -> 'amount' ->> 0)::bigint) AS minor, "
        "count(DISTINCT entry.case_id) AS carriers "
        "FROM entries AS entry JOIN case_balances AS balance USING (account_id, case_id) "
        "WHERE entry.kind = 'claim' AND entry.component = 'costs' "
        "AND entry.body ->> 'cost_kind' = 'debt_collection' "
        "GROUP BY entry.account_id, balance.debt_collection_id) "
        "SELECT format('debt collection %s', demand.debt_collection_id) "
        "FROM debt_collections AS demand LEFT JOIN posted USING (account_id, debt_collection_id) "
        "WHERE coalesce(posted.minor, 0) <> demand.cost_added_minor "
        "OR coalesce(posted.minor, 0) NOT IN (0, demand.stated_cost_minor)",
    ),
    AuditQuery(
        "every case has its OCR number, and every demand its letter",
        "SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM letters)",
        "SELECT format('case %s has no OCR number', case_id) FROM cases "
        "LEFT JOIN ocr_numbers USING (account_id, case_id) WHERE ocr_number IS NULL "
        "OR ocr_number <> cases.document ->> 'ocr_number' "
        "UNION ALL SELECT format('debt collection %s', debt_collection_id) FROM debt_collections "
        "LEFT JOIN letters USING (account_id, letter_id) "
        "WHERE debt_collections.dispatched_at IS DISTINCT FROM letters.dispatched_at",
    ),
)


def run_queries(conninfo: str) -> list[CheckedRule]:
    """Run every audit query in one snapshot and return what each found."""
    with _snapshot(conninfo) as connection:
        results = []
        for query in QUERIES:
            counted = connection.execute(query.counted.encode()).fetchone()
            found = connection.execute(query.violations.encode()).fetchall()
            rows = int(counted[0]) if counted else 0
            results.append(CheckedRule(query.rule, rows, tuple(str(row[0]) for row in found)))
        return results


def audited_cases(conninfo: str) -> Iterator[AuditedCase]:
    """Return every case with its journal, a few hundred in memory at a time."""
    with _snapshot(conninfo) as connection, connection.cursor("audited_cases") as cursor:
        cursor.itersize = CASES_AT_A_TIME
        cursor.execute(_AUDITED_CASES.encode())
        for row in cursor:
            document, entries, events = row[0], row[1], row[2]
            yield AuditedCase(
                case=case_of(document, entries),
                stored_balances=tuple(row[3:12]),
                row=tuple(row[12:]),
                journal=recorded_of(events),
            )


def balances_match(audited: AuditedCase) -> bool:
    """Tell whether the narrow row's amounts are the fold of the entries."""
    return balances_of(audited.stored_balances) == audited.case.balances


_AUDITED_CASES = """
SELECT cases.document,
    (SELECT json_agg(entry.body ORDER BY entry.entry_number) FROM entries AS entry
     WHERE entry.account_id = cases.account_id AND entry.case_id = cases.case_id),
    (SELECT json_agg(json_build_array(event.event_number, event.occurred_at, event.body)
                     ORDER BY event.event_number)
     FROM case_events AS event
     WHERE event.account_id = cases.account_id AND event.case_id = cases.case_id),
    balance.capital_added_minor, balance.capital_settled_minor, balance.capital_written_off_minor,
    balance.interest_added_minor, balance.interest_settled_minor,
    balance.interest_written_off_minor, balance.costs_added_minor, balance.costs_settled_minor,
    balance.costs_written_off_minor,
    cases.state, cases.status, balance.version, balance.next_item, balance.next_due_at,
    balance.is_failed, balance.debt_collection_id, cases.case_id, cases.account_id
FROM cases JOIN case_balances AS balance USING (account_id, case_id)
"""


def _snapshot(conninfo: str) -> psycopg.Connection:
    connection = psycopg.connect(conninfo)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    connection.adapters.register_loader("json", RawJson)
    connection.execute("SET TIME ZONE 'UTC'")
    return connection


def all_terms(conninfo: str) -> dict[str, AgreementTerms]:
    """Return the terms of every agreement version by id."""
    with _snapshot(conninfo) as connection:
        rows = connection.execute("SELECT agreement_version_id, terms FROM agreement_versions")
        return {version_id: _decode_terms(terms) for version_id, terms in rows}
