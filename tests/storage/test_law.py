"""The law in the database: its versions, and cases that a corrected rate is counted anew on."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace
from psycopg import errors

from fordran.bootstrap import APP_ROLE, api_app, context_of
from fordran.domain.law import SHIPPED_LAW, Law
from fordran.domain.law_check import LawState
from fordran.domain.law_import import GivenRow, LawNotImported
from fordran.operations import law as law_operations
from fordran.operations.context import Context
from fordran.operations.import_law import import_law, plan_import
from fordran.operations.law import LawWatch, check_law, law_in_force, save_shipped_law
from fordran.operations.recount_interest import find_stale_cases, recount_interest
from fordran.operations.set_up_parties import save_shipped_flows
from fordran.settings import Settings
from fordran.storage.law import all_versions
from tests.conftest import WorkerDatabase, assert_books_are_right
from tests.world import Account, ApiClient, SteppedClock, debt

PAID_ON = "2026-02-10"
TABLES = ("law_versions", "reference_rates", "statutory_costs")


class Installation:
    """An installation of a test's own: its law is nobody else's."""

    def __init__(self, context: Context, database: WorkerDatabase, clock: SteppedClock) -> None:
        self.context = context
        self.conninfo = database.conninfo()
        self.app_conninfo = database.conninfo(APP_ROLE)
        self.clock = clock

    def law(self) -> Law:
        return self.context.database.run(None, law_in_force)

    def versions(self) -> list[int]:
        return list(all_versions(self.conninfo))

    def correct(self, percent: str, valid_from: str = "2026-01-01") -> int | None:
        """Import a rate, as a correction if the half-year has one."""
        known = self.law().has_reference_rate(date.fromisoformat(valid_from))
        row = GivenRow(
            place="line 2",
            kind="reference_rate",
            valid_from=valid_from,
            value=percent,
            source=f"SFS 2026:{percent}",
            read_on="2026-02-12",
            supersedes="in_force" if known else "",
        )
        return import_law(self.context, [row], source="rates.csv").version

    def recount(self, batch_size: int = 500) -> list[tuple[int, int]]:
        stale = find_stale_cases(self.context)
        found = recount_interest(self.context, stale, batch_size=batch_size)
        return [(done.cases, done.changed_minor) for done in found]


@pytest.fixture
def installed(
    make_database: Callable[[], WorkerDatabase], tmp_path: Path
) -> Iterator[Installation]:
    database = make_database()
    clock = SteppedClock()
    settings = Settings(data_dir=tmp_path / "data", is_sandbox=True)
    with context_of(settings, database) as opened:
        context = replace(opened, clock=clock)
        save_shipped_flows(context)
        assert save_shipped_law(context) == 0
        yield Installation(context, database, clock)
    assert_books_are_right(database.conninfo())


@pytest.fixture
def api(installed: Installation, tmp_path: Path) -> Iterator[ApiClient]:
    app = api_app(Settings(data_dir=tmp_path, is_sandbox=True), installed.context)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield ApiClient(client, Account.make(installed.context))


def counted_case(api: ApiClient, number: str = "INV-1") -> str:
    """Return a case of 200 000 kronor whose interest is counted through 10 February 2026."""
    case_id = api.register(debts=[debt(invoice_number=number, capital_to_claim=200_000)])
    if api.get(f"/sandbox--clocks/{api.account.id}").json()["now"].startswith("Wed, 03 Sep 2025"):
        api.advance(to="2026-02-20T10:00:00Z")
    pay(api, case_id, 1000, PAID_ON)
    return case_id


def pay(api: ApiClient, case_id: str, kronor: int, on: str) -> None:
    payment = api.account.payment(
        case_id,
        amount=kronor,
        bank_transaction_date=f"{on}T08:00:00Z",
        creditor_payment_reference=f"{case_id}-{on}",
    )
    answer = api.post("/creditor--payments", payment)
    assert answer.status_code == 201, answer.text
    assert answer.json()["_status"] == "OK"


def interest(api: ApiClient, case_id: str) -> int:
    return int(api.case(case_id)["local_added_interest_amount"])


def rows_of_law(installed: Installation, case_id: str) -> list[tuple[int, str]]:
    """Return the amounts in öre and versions of the entries that name the law."""
    with psycopg.connect(installed.conninfo) as connection:
        return connection.execute(
            "SELECT (body -> 'amount' ->> 0)::int, body -> 'fact' ->> 'id' FROM entries "
            "WHERE case_id = %s AND body -> 'fact' ->> 'kind' = 'law' ORDER BY entry_number",
            (case_id,),
        ).fetchall()


def test_first_start_writes_the_law_as_shipped_and_the_next_adds_nothing(
    installed: Installation,
) -> None:
    assert all_versions(installed.conninfo) == {0: SHIPPED_LAW}
    assert installed.law() == SHIPPED_LAW
    assert save_shipped_law(installed.context) is None
    assert installed.versions() == [0]


def test_database_without_any_version_has_the_law_as_shipped(
    make_database: Callable[[], WorkerDatabase],
) -> None:
    assert all_versions(make_database().conninfo()) == {0: SHIPPED_LAW}


def test_starts_at_once_write_one_version(
    make_database: Callable[[], WorkerDatabase], tmp_path: Path
) -> None:
    database = make_database()
    with context_of(Settings(data_dir=tmp_path), database) as context:
        with ThreadPoolExecutor(4) as pool:
            written = list(pool.map(lambda _: save_shipped_law(context), range(4)))
        assert sorted(written, key=str) == [0, None, None, None]
    assert list(all_versions(database.conninfo())) == [0]


def test_newer_program_adds_what_it_has_more_and_leaves_what_was_imported(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert installed.correct("2.25", "2027-01-01") == 1
    shipped_row = SHIPPED_LAW.reference_rates[-1]
    newer = SHIPPED_LAW.with_rows(
        0,
        [
            replace(shipped_row, percent=Decimal("1.75"), source="SFS 2026:900"),
            replace(shipped_row, valid_from=date(2027, 1, 1), percent=Decimal("9.00")),
            replace(shipped_row, valid_from=date(2027, 7, 1), percent=Decimal("2.50")),
        ],
    )
    monkeypatch.setattr(law_operations, "SHIPPED_LAW", newer)
    assert save_shipped_law(installed.context) == 2
    law = installed.law()
    found = [law.reference_rate(date(*on)) for on in ((2026, 7, 1), (2027, 1, 1), (2027, 7, 1))]
    assert found == [Decimal("1.75"), Decimal("2.25"), Decimal("2.50")]
    assert all_versions(installed.conninfo)[0] == SHIPPED_LAW
    assert save_shipped_law(installed.context) is None


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_law_are_written_once(installed: Installation, table: str) -> None:
    for change in (f"UPDATE {table} SET version = version", f"DELETE FROM {table}"):
        with psycopg.connect(installed.conninfo) as owner:
            with pytest.raises(errors.RestrictViolation, match="append-only"):
                owner.execute(change.encode())
            owner.rollback()
        with psycopg.connect(installed.app_conninfo) as application:
            with pytest.raises(errors.InsufficientPrivilege):
                application.execute(change.encode())
            application.rollback()


def test_refused_import_writes_nothing(installed: Installation) -> None:
    with pytest.raises(LawNotImported):
        installed.correct("2.25", "2027-07-01")
    plan = plan_import(installed.context, [])
    assert (plan.added, plan.skipped) == ((), ())
    assert installed.versions() == [0]
    assert installed.law() == SHIPPED_LAW


def test_corrected_rate_changes_an_open_case_by_the_difference_only(
    installed: Installation, api: ApiClient
) -> None:
    case_id = counted_case(api)
    closed_id = counted_case(api, "INV-2")
    pay(api, closed_id, 220_000, "2026-02-11")
    assert api.case(closed_id)["status"] == "closed"
    closed = api.case(closed_id)
    assert interest(api, case_id) == 10_246
    assert_books_are_right(installed.conninfo)

    assert installed.correct("3.00") == 1
    assert interest(api, case_id) == 10_246
    assert_books_are_right(installed.conninfo)

    assert installed.recount() == [(1, 225_00)]
    assert interest(api, case_id) == 10_471
    assert rows_of_law(installed, case_id) == [(225_00, "1")]
    assert_books_are_right(installed.conninfo)

    assert installed.recount() == []
    assert rows_of_law(installed, case_id) == [(225_00, "1")]
    assert api.case(closed_id) == closed


def test_case_that_is_paid_before_the_recount_is_recounted_first(
    installed: Installation, api: ApiClient
) -> None:
    case_id = counted_case(api)
    installed.correct("3.00")
    # 199 000 kronor for ten more days at 11 percent.
    pay(api, case_id, 1000, "2026-02-20")
    assert rows_of_law(installed, case_id) == [(225_00, "1")]
    assert interest(api, case_id) == 11_070
    assert installed.recount() == []


def test_recount_in_batches_goes_on_where_it_was_broken_off(
    installed: Installation, api: ApiClient
) -> None:
    case_ids = [counted_case(api, f"INV-{number}") for number in range(5)]
    installed.correct("1.00")
    stale = find_stale_cases(installed.context)
    assert (stale.law_version, stale.counts) == (1, {api.account.id: 5})
    broken_off = recount_interest(installed.context, stale, batch_size=2)
    assert next(broken_off).cases == 2
    broken_off.close()
    assert find_stale_cases(installed.context).total == 3
    assert [cases for cases, _ in installed.recount(batch_size=2)] == [2, 1]
    for case_id in case_ids:
        assert rows_of_law(installed, case_id) == [(-225_00, "1")]


def test_rate_of_a_half_year_nothing_was_counted_in_touches_no_case(
    installed: Installation, api: ApiClient
) -> None:
    case_id = counted_case(api)
    installed.correct("3.00", "2026-07-01")
    installed.correct("2.25", "2027-01-01")
    assert find_stale_cases(installed.context).total == 0
    pay(api, case_id, 1000, "2026-02-20")
    assert rows_of_law(installed, case_id) == []


def test_flow_item_after_a_correction_counts_anew_first(
    installed: Installation, api: ApiClient
) -> None:
    case_id = api.register(debts=[debt(capital_to_claim=200_000)])
    api.advance(to="2025-09-03T11:18:58Z")
    # 27 days at 10 percent.
    assert interest(api, case_id) == 1479
    assert installed.correct("3.00", "2025-07-01") == 1
    api.advance(to="2025-10-01T12:00:00Z")
    # The same days at 11 percent are 1 627.39.
    assert rows_of_law(installed, case_id) == [(148_00, "1")]
    assert installed.recount() == []


def test_case_lives_through_the_years_of_negative_rates(
    installed: Installation, api: ApiClient
) -> None:
    account = Account.make(installed.context, virtual_now=datetime(2016, 5, 2, 8, tzinfo=UTC))
    client = ApiClient(api.client, account)
    one = debt(
        invoice_date="2016-03-01", capital_to_claim=100_000, invoice_due_days_after_invoice_date=30
    )
    case_id = client.register(debts=[one])
    client.advance(to="2019-12-31T12:00:00Z")
    pay(client, case_id, 1000, "2019-12-31")
    # 1 April to 30 June 2016 at 8: 91 days; to 30 June 2019 at 7.5: 1 095; to 31 December at 8:
    # 184. 1 994.52 + 22 500.00 + 4 032.88 = 28 527.40.
    assert interest(client, case_id) == 28_527


@pytest.mark.parametrize(
    ("now", "state", "words"),
    [
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), LawState.FINE, []),
        # Midnight in Sweden.
        (
            datetime(2026, 11, 30, 23, tzinfo=UTC),
            LawState.NEXT_IS_MISSING,
            ["reference_rate_missing half_year=2027-01-01 has_begun=false days_left=31"],
        ),
        (
            datetime(2026, 12, 31, 23, tzinfo=UTC),
            LawState.IS_MISSING,
            [
                "reference_rate_missing half_year=2027-01-01 has_begun=true",
                "reference_rate_missing half_year=2027-07-01 has_begun=false days_left=181",
            ],
        ),
    ],
)
def test_missing_rate_is_logged_once_a_day_from_a_month_before(
    installed: Installation,
    caplog: pytest.LogCaptureFixture,
    *,
    now: datetime,
    state: LawState,
    words: list[str],
) -> None:
    watch = LawWatch(installed.context)
    installed.clock.current = now
    with caplog.at_level(logging.WARNING, "fordran.law"):
        assert watch.look() is state
        assert [record.getMessage() for record in caplog.records] == words
        watch.look()
        assert len(caplog.records) == len(words)
        installed.clock.current = datetime(2027, 3, 1, tzinfo=UTC)
        assert watch.look() is LawState.IS_MISSING
    assert check_law(installed.context).state is LawState.IS_MISSING
    assert check_law(installed.context, date(2026, 8, 1)).state is LawState.FINE


def test_import_ends_the_warning(installed: Installation) -> None:
    installed.clock.current = datetime(2026, 12, 30, tzinfo=UTC)
    assert LawWatch(installed.context).look() is LawState.NEXT_IS_MISSING
    installed.correct("2.25", "2027-01-01")
    assert LawWatch(installed.context).look() is LawState.FINE


def test_item_that_failed_for_want_of_a_rate_is_tried_again_and_acts_at_its_own_instant(
    installed: Installation, tmp_path: Path
) -> None:
    app = api_app(Settings(data_dir=tmp_path, is_sandbox=True), installed.context)
    with TestClient(app, raise_server_exceptions=False) as client:
        late = datetime(2027, 1, 4, 7, 56, 11, tzinfo=UTC)
        api = ApiClient(client, Account.make(installed.context, virtual_now=late))
        case_id = api.register(
            debts=[debt(invoice_date="Mon, 07 Sep 2026 00:00:00 GMT")],
        )
        api.advance(to="2027-01-04T08:30:00Z")
        waiting = api.case(case_id)["next_flow_item"]
        assert (waiting["item"], waiting["is_failed"]) == ("cases__initialize", True)
        assert waiting["failure_reason"] == "reference_rate_missing"
        assert waiting["retry_date"] == "Mon, 04 Jan 2027 09:00:00 GMT"
        installed.correct("2.25", "2027-01-01")
        api.advance(to="2027-01-04T08:59:00Z")
        assert api.case(case_id)["status"] == "initializing", "not before an hour has passed"
        api.advance(to="2027-01-04T09:10:00Z")
        case = api.case(case_id)
    statuses = [(line["status"], line["status_date"]) for line in case["status_history"]]
    assert statuses[1] == ("initialized", "Mon, 04 Jan 2027 08:00:00 GMT")
    assert case["status"] == "debt_collection", "what follows is caught up at once"
