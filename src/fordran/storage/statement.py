"""Statements: every open case valued as of a day, in the database where the narrow row suffices.

A case stands either in the set that one statement values or among those that are handed out to
be valued from their facts; both questions are asked of one snapshot, and each is the other's
complement, so no case is counted twice or left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import msgspec
import psycopg

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case
from fordran.storage.audit import all_terms, audit_connection, prepare
from fordran.storage.cases import MONEY_KINDS, case_of
from fordran.storage.unit_of_work import array_columns

ROWS_AT_A_TIME = 5000
CASES_AT_A_TIME = 500


class Scope(msgspec.Struct, frozen=True):
    """Which cases are asked for: those open on a day, of one account or creditor or of all."""

    on: date
    account_id: str | None = None
    creditor_id: str | None = None


class RateRule(msgspec.Struct, frozen=True):
    """What decides the rate and rounding of cases of an account."""

    account_id: str
    name: str


class SetRule(msgspec.Struct, frozen=True):
    """How the cases of one rate rule of an account are valued as a set.

    Units: `step_units` of exact interest become `step_minor` öre; `half_units` are added before
    they are cut off, so that halves go up. `capital_max_minor` is in öre.
    """

    account_id: str
    rate_rule: str
    sums_number: int
    """Which of the sums its rates are, from 1."""
    half_units: int
    step_units: int
    step_minor: int
    capital_max_minor: int
    """Up to which the product of capital and sums is proven to fit."""


class SetRules(msgspec.Struct, frozen=True):
    """Everything that a set is valued by.

    Units: a list of sums begins with the zero of `base_on` and has one more for each day.
    """

    base_on: date
    changed_on: tuple[date | None, ...]
    """For each version of the law from 0, the first day whose rate is another now."""
    rules: tuple[SetRule, ...]
    sums: tuple[Sequence[int], ...]


class StatementLine(msgspec.Struct, frozen=True):
    """One case of a statement. Units: öre."""

    account_id: str
    creditor_id: str
    creditor_name: str
    case_id: str
    reference_number: str
    invoice_number: str
    customer_id: str
    status: str
    capital_minor: int
    costs_minor: int
    interest_minor: int
    counted_on: date


class StatementTotal(msgspec.Struct, frozen=True):
    """What the cases of one creditor amount to. Units: öre."""

    account_id: str
    creditor_id: str
    creditor_name: str
    cases: int
    capital_minor: int
    costs_minor: int
    interest_minor: int


class ToValue(msgspec.Struct, frozen=True):
    """A case that is valued from its facts."""

    case: Case
    creditor_name: str


class StatementBook:
    """One snapshot of the books of all accounts, for one scope."""

    def __init__(self, connection: psycopg.Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def knows_creditor(self, creditor_id: str) -> bool:
        """Tell whether a creditor exists."""
        return self._exists("SELECT 1 FROM creditors WHERE creditor_id = %s", creditor_id)

    def knows_account(self, account_id: str) -> bool:
        """Tell whether an account exists."""
        return self._exists("SELECT 1 FROM accounts WHERE account_id = %s", account_id)

    def rate_rules(self) -> list[RateRule]:
        """Return the rate rules that cases may have, by account and name."""
        rows = self._connection.execute(
            "SELECT account_id, agreement_version_id FROM agreement_versions UNION ALL "
            "(SELECT DISTINCT account_id, rate_rule FROM case_balances "
            "WHERE length(rate_rule) > 24)"
        )
        return [RateRule(*row) for row in sorted(rows)]

    def terms(self) -> dict[tuple[str, str], AgreementTerms]:
        """Return the terms of every agreement version, by account and id."""
        return all_terms(self._connection)

    def count_max(self) -> int:
        """Return how many cases a statement has at the most."""
        row = self._connection.execute(
            f"SELECT count(*) FROM case_balances AS balance WHERE {_OPEN}".encode(),  # noqa: S608 - our constants
            _parameters(self._scope),
        ).fetchone()
        return int(row[0]) if row else 0

    def totals(self, rules: SetRules) -> list[StatementTotal]:
        """Return the totals of the set, by creditor; the cases of `to_value` are not in them."""
        rows = self._connection.execute(_TOTALS.encode(), _parameters(self._scope, rules))
        return [StatementTotal(*row[:3], *map(int, row[3:])) for row in rows]

    def lines(self, rules: SetRules) -> Iterator[StatementLine]:
        """Return each case of the set, in order of account and case."""
        with self._connection.cursor("statement_lines") as cursor:
            cursor.itersize = ROWS_AT_A_TIME
            cursor.execute(_LINES.encode(), _parameters(self._scope, rules))
            for row in cursor:
                yield StatementLine(*row)

    def to_value(self, rules: SetRules) -> Iterator[ToValue]:
        """Return the cases that may have been open and are not of the set, in the same order."""
        with self._connection.cursor("statement_cases") as cursor:
            cursor.itersize = CASES_AT_A_TIME
            cursor.execute(_OUTSIDE.encode(), _parameters(self._scope, rules))
            while named := cursor.fetchmany(CASES_AT_A_TIME):
                accounts, cases = (list(names) for names in zip(*named, strict=True))
                parameters = {"accounts": accounts, "cases": cases, "money_kinds": MONEY_KINDS}
                rows = self._connection.execute(
                    _TO_VALUE.encode(), {**parameters, "on": self._scope.on}
                )
                for document, entries, money, creditor_name in rows.fetchall():
                    yield ToValue(case_of(document, entries, money), creditor_name)

    def _exists(self, statement: str, value: str) -> bool:
        return self._connection.execute(statement.encode(), (value,)).fetchone() is not None


@contextmanager
def open_book(conninfo: str, scope: Scope) -> Iterator[StatementBook]:
    """Open a snapshot. `conninfo` is of the tables' owner."""
    with audit_connection(conninfo) as connection:
        prepare(connection)
        # A statement reads everything once; compiling it would cost more than it saves.
        connection.execute("SET jit = off")
        yield StatementBook(connection, scope)


def _parameters(scope: Scope, rules: SetRules | None = None) -> dict[str, Any]:
    parameters = {"on": scope.on, "account": scope.account_id, "creditor": scope.creditor_id}
    if rules is None:
        return parameters
    names = SetRule.__struct_fields__
    columns = array_columns([msgspec.structs.astuple(rule) for rule in rules.rules])
    return {
        **parameters,
        **dict(zip(names, columns or ["{}"] * len(names), strict=True)),
        "base_on": rules.base_on,
        "changed_on": list(rules.changed_on),
        "is_law_unchanged": not any(rules.changed_on),
        "sums": _lists(rules.sums),
        "last_sums": _list(sums[-1] for sums in rules.sums),
    }


def _list(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _lists(rows: Iterable[Sequence[int]]) -> str:
    return "{" + ",".join(map(_list, rows)) + "}"


_RULES = """WITH rule AS (
    SELECT given.*, (%(last_sums)s::bigint[])[given.sums_number] AS last_sum
    FROM unnest(%(account_id)s::text[], %(rate_rule)s::text[], %(sums_number)s::int[],
        %(half_units)s::bigint[], %(step_units)s::bigint[], %(step_minor)s::bigint[],
        %(capital_max_minor)s::bigint[])
    AS given (account_id, rate_rule, sums_number, half_units, step_units, step_minor,
        capital_max_minor)
)
"""

_REMAINING = {
    component: f"balance.{component}_added_minor - balance.{component}_settled_minor "
    f"- balance.{component}_written_off_minor"
    for component in ("capital", "costs")
}

_ASKED = """(%(account)s::text IS NULL OR balance.account_id = %(account)s)
    AND (%(creditor)s::text IS NULL OR balance.creditor_id = %(creditor)s)"""

_OPEN = f"(balance.closed_on IS NULL OR balance.closed_on > %(on)s) AND {_ASKED}"

# Only an open case has a day from which its row says enough.
_IN_SET = f"""balance.valued_from_on <= %(on)s
    AND balance.interest_through_on >= %(base_on)s::date
    AND (%(is_law_unchanged)s OR ((%(changed_on)s::date[])[balance.law_version + 1]
        <= balance.interest_through_on) IS NOT TRUE)
    AND {_REMAINING["capital"]} <= rule.capital_max_minor"""

# Whole steps of what has been counted and what is added. Division of whole numbers cuts towards
# zero; below zero the policies cut downwards.
_VALUED = f"""SELECT balance.*, {_REMAINING["capital"]} AS capital, {_REMAINING["costs"]} AS costs,
    rule.step_units, rule.step_minor,
    balance.interest_units + rule.half_units + CASE
        WHEN balance.interest_waits_to_on >= %(on)s THEN 0
        ELSE ({_REMAINING["capital"]}) * (rule.last_sum - (%(sums)s::bigint[])
            [rule.sums_number][balance.interest_through_on - %(base_on)s::date + 1])
    END AS units
FROM case_balances AS balance JOIN rule
    ON rule.account_id = balance.account_id AND rule.rate_rule = balance.rate_rule
WHERE {_IN_SET} AND {_ASKED}"""  # noqa: S608 - our constants

_INTEREST = """greatest(
    CASE WHEN units >= 0 THEN units / step_units ELSE -((step_units - 1 - units) / step_units) END
        * step_minor,
    interest_settled_minor) - interest_settled_minor - interest_written_off_minor"""

# A creditor's id is unique in the installation.
_TOTALS = f"""{_RULES}
SELECT creditors.account_id, creditor_id, creditors.name, cases, capital, costs, interest
FROM (
    SELECT creditor_id, count(*) AS cases, sum(capital) AS capital, sum(costs) AS costs,
        sum({_INTEREST}) AS interest
    FROM ({_VALUED}) AS valued GROUP BY creditor_id
) AS total JOIN creditors USING (creditor_id)
"""  # noqa: S608 - our constants

_LINES = f"""{_RULES}
SELECT valued.account_id, valued.creditor_id, creditors.name, valued.case_id,
    cases.reference_number, cases.invoice_number, valued.customer_id, cases.status,
    capital, costs, {_INTEREST},
    CASE WHEN interest_waits_to_on >= %(on)s THEN interest_through_on ELSE %(on)s::date END
FROM ({_VALUED}) AS valued
JOIN cases USING (account_id, case_id)
JOIN creditors ON creditors.account_id = valued.account_id
    AND creditors.creditor_id = valued.creditor_id
ORDER BY valued.account_id, valued.case_id
"""  # noqa: S608 - our constants

_OUTSIDE = f"""{_RULES}
SELECT balance.account_id, balance.case_id
FROM case_balances AS balance LEFT JOIN rule
    ON rule.account_id = balance.account_id AND rule.rate_rule = balance.rate_rule
WHERE {_OPEN} AND ({_IN_SET}) IS NOT TRUE
ORDER BY balance.account_id, balance.case_id
"""  # noqa: S608 - our constants

_TO_VALUE = """
SELECT cases.document,
    (SELECT json_agg(entry.body ORDER BY entry.entry_number) FROM entries AS entry
     WHERE entry.account_id = cases.account_id AND entry.case_id = cases.case_id),
    (SELECT json_agg(event.body ORDER BY event.event_number) FROM case_events AS event
     WHERE event.account_id = cases.account_id AND event.case_id = cases.case_id
       AND event.kind = ANY(%(money_kinds)s)),
    creditors.name
FROM unnest(%(accounts)s::text[], %(cases)s::text[]) AS named (account_id, case_id)
JOIN cases USING (account_id, case_id)
JOIN creditors ON creditors.account_id = cases.account_id
    AND creditors.creditor_id = cases.creditor_id
WHERE (cases.created_at AT TIME ZONE 'Europe/Stockholm')::date <= %(on)s
ORDER BY cases.account_id, cases.case_id
"""
