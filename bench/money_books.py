"""Books for the money benchmark: many open cases, set by set, after the rows of a real one."""

from collections.abc import Iterator
from datetime import date, timedelta

import psycopg

from bench.world import ADDRESS, VIRTUAL_NOW
from fordran.domain.case import Debt
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.money import Money
from fordran.operations.context import Context
from fordran.operations.register_cases import RegisterCases, Registered, register_cases
from fordran.operations.set_up_parties import create_account, create_creditor
from fordran.sandbox.clocks import advance_clock, put_clock

CREDITORS = 20
CASES_AT_A_TIME = 100_000
FLOW = timedelta(days=60)

_CREDITOR = f"lpad(to_hex(n %% {CREDITORS}), 24, 'c')"
_CASE = "lpad(to_hex(n), 24, '0')"
_CAPITAL = "10000 + n * 7919 %% 10000000"
_DAYS_AGO = "(n %% 400)::integer"

CREDITORS_AFTER = {"creditor_id": _CREDITOR, "name": "'Bolag ' || n"}
CASES_AFTER = {
    "case_id": _CASE,
    "creditor_id": _CREDITOR,
    "invoice_number": "'N' || n",
    "reference_number": "'N' || n",
    "document": f"replace(document::text, case_id, {_CASE})::json",
}
BALANCES_AFTER = {
    "case_id": _CASE,
    "creditor_id": _CREDITOR,
    "capital_added_minor": _CAPITAL,
    "interest_units": f"({_CAPITAL}) * 100000 * (30 + n %% 300)",
    "interest_through_on": f"interest_through_on - {_DAYS_AGO}",
    "interest_waits_to_on": f"interest_waits_to_on - {_DAYS_AGO}",
    "valued_from_on": f"valued_from_on - {_DAYS_AGO}",
}
"""What differs from the real case's row; `n` numbers the rows. The flow does not run on them."""


def new_account(context: Context) -> tuple[str, str]:
    """Create an account with a clock of its own; return its id and its creditor's."""
    account = create_account(context, {"name": "Provbolaget AB", "organization_no": "5560000001"})
    creditor = create_creditor(
        context,
        account,
        {
            "name": "Provbolaget AB",
            "organization_no": "5560000001",
            "is_active": True,
            "standard_debt_description": "Varor",
            "sender_address": ADDRESS,
            "invoice_address": ADDRESS,
            "payout_details": {"sek": {"bankgiro": "9912346"}},
        },
    )
    put_clock(context, account, VIRTUAL_NOW)
    return account, creditor


def registration(creditor: str, number: int) -> RegisterCases:
    """Return the registration of a debt of a debtor of its own, by number."""
    return RegisterCases(
        creditor_id=creditor,
        currency="SEK",
        customer_kind=IdNumberKind.COMPANY,
        customer={
            "name": f"Kund {number}",
            "id_number": f"556{number:07d}",
            "is_company": True,
            "address": {**ADDRESS, "country": "SE"},
        },
        debts=(
            Debt(
                invoice_number=f"F{number}",
                invoice_on=date(2025, 7, 7),
                due_days=31,
                interest_days=31,
                capital_to_claim=Money(200_000),
                payout_reference=f"F{number}",
            ),
        ),
        request=b"{}",
    )


def real_case(context: Context) -> tuple[str, str]:
    """Take a case through the whole flow, on an account of its own; return account and case."""
    account, creditor = new_account(context)
    (verdict,) = register_cases(context, account, [registration(creditor, 1)])
    assert isinstance(verdict, Registered)
    advance_clock(context, account, VIRTUAL_NOW + FLOW)
    return account, verdict.registration.case_ids[0]


def fill(connection: psycopg.Connection, account: str, case: str, count: int) -> Iterator[int]:
    """Insert open cases after a real one, some in a statement; give how many each time."""
    key = {"account_id": account, "case_id": case}
    row = connection.execute(
        "SELECT creditor_id FROM cases WHERE account_id = %(account_id)s AND case_id = %(case_id)s",
        key,
    ).fetchone()
    assert row is not None
    creditor = {"account_id": account, "creditor_id": row[0]}
    _insert(connection, "creditors", CREDITORS_AFTER, creditor, first=1, last=CREDITORS)
    for first in range(1, count + 1, CASES_AT_A_TIME):
        last = min(first + CASES_AT_A_TIME - 1, count)
        _insert(connection, "cases", CASES_AFTER, key, first=first, last=last)
        _insert(connection, "case_balances", BALANCES_AFTER, key, first=first, last=last)
        yield last - first + 1


def _insert(
    connection: psycopg.Connection,
    table: str,
    differing: dict[str, str],
    key: dict[str, str],
    *,
    first: int,
    last: int,
) -> None:
    rows = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        "AND NOT attisdropped ORDER BY attnum",
        (table,),
    )
    names = [name for (name,) in rows]
    values = ", ".join(differing.get(name, name) for name in names)
    where = " AND ".join(f"{name} = %({name})s" for name in key)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} "
        f"FROM {table}, generate_series(%(first)s::bigint, %(last)s::bigint) AS n "
        f"WHERE {where}".encode(),
        {**key, "first": first, "last": last},
    )
