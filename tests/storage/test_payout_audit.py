"""The audit of money on its way out finds what somebody with the owner's powers changed."""

import psycopg
import pytest

from fordran.domain.money import Money
from fordran.operations.pay_out_creditors import PayOut, pay_out_creditors
from fordran.operations.pay_refunds import list_open_refunds, set_refund_account
from fordran.operations.payees import account_from
from fordran.storage.audit_payouts import PAYOUT_QUERIES
from tests.api.at_once import at_once
from tests.api.finance import advance, collected, listed, pay_agency, run
from tests.conftest import WorkerDatabase
from tests.world import ApiClient


@pytest.fixture
def paid_out(api: ApiClient) -> ApiClient:
    """An account whose creditor has been paid, and whose debtor got 100 back."""
    _, ocr_number = collected(api)
    pay_agency(api, ocr_number, 2306)
    advance(api, "Fri, 10 Oct 2025 06:00:00 GMT")
    context, account_id = api.account.context, api.account.id
    (refund,) = list_open_refunds(context, account_id)
    payee = account_from(bankgiro="9912346")
    assert payee is not None
    set_refund_account(context, account_id, refund.view.id, payee)
    assert run(api).is_new
    return api


TAMPERINGS = {
    "the total of a payout": "UPDATE payouts SET total_minor = total_minor + 1",
    "a line of a payout": "DELETE FROM payout_lines WHERE payout_specification_id = "
    "(SELECT min(payout_specification_id) FROM payout_lines WHERE account_id = %(account)s) AND 1",
    "a line": "DELETE FROM payout_specifications",
    "the sum of a refund": "UPDATE refund_payments SET amount_minor = amount_minor - 1",
    "a refund": "DELETE FROM refund_payments",
    "a file": "DELETE FROM payout_files WHERE kind = 'books' AND 1",
    "the day of a run": "UPDATE payout_runs SET run_on = run_on - 30",
    "a transfer": "UPDATE client_transfers SET amount_minor = amount_minor + 1",
}
"""What is changed, in one account."""


@pytest.mark.parametrize("what", TAMPERINGS)
def test_what_was_tampered_with_is_found(
    paid_out: ApiClient, database: WorkerDatabase, what: str
) -> None:
    statement = TAMPERINGS[what]
    where = statement.endswith("AND 1")
    statement = statement.removesuffix("AND 1") + ("AND" if where else " WHERE")
    account = {"account": paid_out.account.id}
    with psycopg.connect(database.conninfo()) as owner:
        assert not violations(owner)
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(f"{statement} account_id = %(account)s".encode(), account)
        found = violations(owner)
        owner.rollback()
    assert found


def violations(connection: psycopg.Connection) -> list[str]:
    return [
        str(row[0])
        for query in PAYOUT_QUERIES
        for row in connection.execute(query.violations.encode()).fetchall()
    ]


def test_every_rule_looks_at_rows(paid_out: ApiClient, database: WorkerDatabase) -> None:
    with psycopg.connect(database.conninfo()) as owner:
        for query in PAYOUT_QUERIES:
            row = owner.execute(query.counted.encode()).fetchone()
            assert row is not None
            assert row[0] > 0, query.rule


def test_runs_made_at_once_pay_once(api: ApiClient) -> None:
    _, ocr_number = collected(api)
    pay_agency(api, ocr_number, 2206)
    advance(api, "Fri, 26 Sep 2025 06:00:00 GMT")
    context, account_id = api.account.context, api.account.id
    results = at_once([lambda: pay_out_creditors(context, account_id, PayOut())] * 4)
    assert [one.is_new for one in results].count(True) == 1
    assert len({tuple(file.content for file in one.files) for one in results}) == 1
    (payout,) = listed(api, "/finance--payouts")
    assert payout["total_amount"] * 100 == Money(2026_00).minor


@pytest.mark.parametrize(
    "table",
    [
        "payout_specifications",
        "payout_runs",
        "payouts",
        "payout_lines",
        "refund_accounts",
        "refund_payments",
        "payout_files",
        "client_transfers",
    ],
)
def test_money_that_went_out_is_written_once(
    paid_out: ApiClient, database: WorkerDatabase, table: str
) -> None:
    for change in (
        "UPDATE {} SET account_id = account_id",
        "DELETE FROM {}",
        "TRUNCATE {} CASCADE",
    ):
        with (
            psycopg.connect(database.conninfo()) as owner,
            pytest.raises(psycopg.errors.RestrictViolation, match="append-only"),
        ):
            owner.execute(change.format(table).encode())
