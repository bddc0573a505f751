"""Agreement versions: which of an account's is the latest, and whose terms an id stands for."""

from datetime import date, timedelta
from typing import Any

import pytest
from litestar.testing import TestClient

from fordran.domain.agreement import AgreementTerms
from fordran.domain.money import RoundingPolicy
from fordran.operations.context import Context
from fordran.operations.make_statement import open_statement
from fordran.operations.set_up_parties import create_agreement_version
from fordran.operations.verify_books import verify_books
from fordran.storage.agreements import current_agreement
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, SteppedClock

VERSION = "e" * 24
LOWER = "0" * 24
ROUNDINGS = (RoundingPolicy.ORE_HALF_UP, RoundingPolicy.WHOLE_KRONA_DOWN)


def test_accounts_whose_versions_have_one_id_are_valued_by_their_own_terms(
    context: Context, client: "TestClient[Any]", database: WorkerDatabase
) -> None:
    accounts = [Account.make(context) for _ in ROUNDINGS]
    for account, rounding in zip(accounts, ROUNDINGS, strict=True):
        terms = AgreementTerms(interest_rounding=rounding)
        create_agreement_version(context, account.id, terms, VERSION)
    for account in accounts:
        api = ApiClient(client, account)
        case_id = api.register()
        api.advance(by="P30D")
        assert api.case(case_id)["agreement_version"] == VERSION

    assert [rule.violations for rule in verify_books(database.conninfo()) if rule.violations] == []
    # 145 days from 2025-08-08 of 2,000 kronor at 10 percent: 79 kronor and 45 öre.
    on = date(2025, 12, 30)
    interest = []
    for account in accounts:
        with open_statement(database.conninfo(), on, account_id=account.id) as statement:
            (line,) = statement.lines()
            (total,) = statement.totals()
        assert line.interest_minor == total.interest_minor
        interest.append(line.interest_minor)
    assert interest == [79_45, 79_00]


@pytest.mark.parametrize("seconds", [0, -3600])
def test_the_version_created_last_is_the_latest(
    context: Context, clock: SteppedClock, account: Account, seconds: int
) -> None:
    """In one second, and after the clock was set back; the ids say nothing."""
    for version_id in (VERSION, LOWER):
        create_agreement_version(context, account.id, AgreementTerms(), version_id)
        assert latest(context, account) == version_id
        clock.current += timedelta(seconds=seconds)


def latest(context: Context, account: Account) -> str:
    version = context.database.read(account.id, current_agreement)
    assert version is not None
    return version.id
