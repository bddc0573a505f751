"""What `fordran flow due` finds: due, set aside, failed for good and held, over accounts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from fordran.cli.flow_tables import count_table, due_table
from fordran.domain.agenda import CREDITOR_ANSWER
from fordran.domain.agreement import AgreementTerms
from fordran.domain.draft import Draft
from fordran.domain.events import FlowItemFailed
from fordran.domain.flow import HoursAfter
from fordran.domain.shipped_flows import DEFAULT_FLOW
from fordran.operations.advance_cases import set_aside
from fordran.operations.context import Context
from fordran.operations.flows import find_flow, list_due
from fordran.operations.save_flow import FlowConfigUnusable, save_flow
from fordran.operations.set_up_parties import (
    AccountNotFound,
    FlowConfigNotFound,
    create_agreement_version,
)
from fordran.storage import cases
from fordran.storage.due_list import DUE_LIST, DueList, Why
from fordran.storage.flow_use import flow_use
from fordran.storage.unit_of_work import UnitOfWork
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, SteppedClock, debt

ITEM = "cases__initialize"
DUE_AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""The first full hour after the test's real time."""

NOW = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)


@pytest.fixture
def real(context: Context, client: "TestClient[Any]") -> ApiClient:
    """A client of an account on real time."""
    return ApiClient(client, Account.make(context, virtual_now=None))


@pytest.fixture
def due(database: WorkerDatabase, real: ApiClient) -> Callable[..., DueList]:
    """List what is due on the account on real time."""

    def listed(now: datetime = NOW, *, limit: int = 10, **asked: Any) -> DueList:
        account_id = asked.pop("account_id", real.account.id)
        return list_due(database.conninfo(), now, account_id=account_id, limit=limit, **asked)

    return listed


def happen(api: ApiClient, case_id: str, does: Callable[[Draft], object], at: datetime) -> None:
    """Let something be decided on a case, outside of any command."""

    def operation(uow: UnitOfWork) -> None:
        draft = Draft(cases.load(uow, [case_id])[case_id], at)
        does(draft)
        cases.save(uow, [draft], at)

    api.account.context.database.run(api.account.id, operation)


def only_line(found: DueList) -> dict[str, str]:
    """Return the one line of what is due, as it is shown."""
    table = due_table(found)
    (row,) = table.rows
    return dict(zip(table.headings, row, strict=True))


def test_item_is_due_from_its_instant_on(real: ApiClient, due: Callable[..., DueList]) -> None:
    case_id = real.register()
    assert due(DUE_AT - timedelta(seconds=1)).lines == ()
    assert due(DUE_AT - timedelta(seconds=1)).counts == ()
    assert len(due(DUE_AT).lines) == 1
    assert only_line(due()) == {
        "account": real.account.id,
        "clock": "-",
        "case": case_id,
        "item": ITEM,
        "due": "2026-03-02 10:00Z",
        "for": "2 h 30 min",
        "why": "the worker has not taken it up",
    }
    ahead = due(DUE_AT - timedelta(hours=1), until=DUE_AT)
    assert only_line(ahead)["for"] == "in 1 h 0 min"


def test_item_that_was_set_aside_shows_why_and_when_it_is_tried_again(
    real: ApiClient, due: Callable[..., DueList]
) -> None:
    happen(real, real.register(), lambda draft: set_aside(draft, "no rate"), NOW)
    waits = only_line(due(NOW + timedelta(minutes=15)))
    assert waits["due"] == "2026-03-02 10:00Z"
    assert waits["why"] == "set aside until 2026-03-02 13:30Z: no rate (failed 1 times)"
    tried = due(NOW + timedelta(hours=1))
    assert [line.why for line in tried.lines] == [Why.DUE]
    assert only_line(tried)["why"] == "is tried again: no rate (failed 1 times)"
    assert only_line(tried)["due"] == "2026-03-02 10:00Z"


def test_item_that_failed_for_good_is_shown(real: ApiClient, due: Callable[..., DueList]) -> None:
    happen(real, real.register(), lambda draft: draft.happen(FlowItemFailed("broken")), NOW)
    assert only_line(due())["why"] == "set aside for good: broken (failed 1 times)"


def test_held_case_shows_what_holds_it(real: ApiClient, due: Callable[..., DueList]) -> None:
    real.made("/case--pauses", real.account.pause(real.register()))
    assert only_line(due())["why"] == "held by a pause since 2026-03-02 09:30Z"
    assert due(DUE_AT - timedelta(seconds=1)).lines == ()


def test_clock_of_a_hold_is_due_beside_the_item_it_holds(
    real: ApiClient, due: Callable[..., DueList]
) -> None:
    real.made("/case--disputes", real.account.dispute(real.register()))
    assert [line.why for line in due().lines] == [Why.HELD]
    found = due(datetime(2026, 3, 17, 6, tzinfo=UTC))
    said = "a dispute since 2026-03-02 09:30Z"
    assert {row[3]: row[-1] for row in due_table(found).rows} == {
        ITEM: f"held by {said}",
        CREDITOR_ANSWER: f"a clock of {said}",
    }
    assert [tuple(row) for row in count_table(found).rows] == [
        (CREDITOR_ANSWER, "1", "-", "-", "-", "2026-03-17 00:00Z"),
        (ITEM, "-", "-", "-", "1", "2026-03-02 10:00Z"),
    ]


def test_the_ones_that_are_due_longest_are_shown_and_all_are_counted(
    real: ApiClient, clock: SteppedClock, due: Callable[..., DueList]
) -> None:
    debts = [debt(invoice_number=f"INV-{number}") for number in range(3)]
    first = real.register(debts=debts)
    clock.current += timedelta(minutes=40)
    real.register(debts=[debt(invoice_number="INV-9")])
    found = due(limit=2)
    assert [line.due_at for line in found.lines] == [DUE_AT, DUE_AT]
    assert found.lines[0].case_id <= found.lines[1].case_id
    assert first in {line.case_id for line in due().lines}
    (count,) = found.counts
    assert (count.item, count.why, count.cases, count.since_at) == (ITEM, Why.DUE, 4, DUE_AT)
    assert [line.due_at for line in due().lines] == [DUE_AT] * 3 + [DUE_AT + timedelta(hours=1)]


def test_closed_case_is_never_due(real: ApiClient, due: Callable[..., DueList]) -> None:
    case_id = real.register()
    real.made("/creditor--cancellations", real.account.cancellation(case_id))
    assert due().lines == ()


def test_account_with_a_clock_is_asked_by_its_own(
    api: ApiClient, due: Callable[..., DueList]
) -> None:
    api.register()
    asked = {"account_id": api.account.id}
    # By real time it would be half a year late; its own clock stands before it.
    assert due(**asked).lines == ()
    until = datetime(2025, 9, 3, 8, tzinfo=UTC)
    shown = only_line(due(until=until, **asked))
    assert (shown["clock"], shown["for"]) == ("by its own clock", "in 3 min")


def test_accounts_are_listed_together_or_one_alone(
    real: ApiClient,
    context: Context,
    client: "TestClient[Any]",
    due: Callable[..., DueList],
) -> None:
    other = ApiClient(client, Account.make(context, virtual_now=None))
    case_ids = {real.register(), other.register()}
    everywhere = {line.case_id for line in due(account_id=None, limit=100_000).lines}
    assert case_ids <= everywhere
    assert {line.account_id for line in due(account_id=other.account.id).lines} == {
        other.account.id
    }
    with pytest.raises(AccountNotFound, match="No account has the id 1111"):
        due(account_id="1" * 24)


def test_what_is_due_is_found_by_the_index(database: WorkerDatabase, real: ApiClient) -> None:
    real.register()
    with psycopg.connect(database.conninfo()) as connection:
        # A table this small is read whole unless that is made dear.
        connection.execute("SET LOCAL enable_seqscan = off")
        asked = {
            "now": NOW,
            "until": None,
            "account": real.account.id,
            "limit": 10,
            "longest_retry": timedelta(days=1),
            "held": ["paused"],
        }
        plan = [row[0] for row in connection.execute(f"EXPLAIN {DUE_LIST}".encode(), asked)]
    conditions = "\n".join(line for line in plan if "Index Cond" in line)
    assert any("case_balances_account_due" in line for line in plan)
    assert "next_due_at <= asked.until_at" in conditions


def test_open_case_keeps_its_version_and_the_next_begins_the_new_one(
    api: ApiClient, context: Context, database: WorkerDatabase
) -> None:
    flow_id = context.randomness.hex(12)
    own = replace(DEFAULT_FLOW, id=flow_id, name_locale=f"api.flow_config.own_{flow_id}")
    assert save_flow(context, own).is_new
    terms = AgreementTerms(flow_config_id=flow_id)
    create_agreement_version(context, api.account.id, terms)
    older = api.register()
    items = (*own.items[:2], replace(own.items[2], delay=HoursAfter(3)), *own.items[3:])
    later = save_flow(context, replace(own, items=items)).config
    assert later.version == 2
    newer = api.register(debts=[debt(invoice_number="INV-2")])
    used = {
        one.config.version: one.open_cases
        for one in flow_use(database.conninfo()).versions
        if one.config.id == flow_id
    }
    assert used == {1: 1, 2: 1}
    api.advance(to="Wed, 03 Sep 2025 09:00:00 GMT")
    due_at = {
        case_id: api.case(case_id)["next_flow_item"]["schedule_to_execute"]
        for case_id in (older, newer)
    }
    assert due_at == {
        older: "Wed, 03 Sep 2025 09:10:00 GMT",
        newer: "Wed, 03 Sep 2025 12:00:00 GMT",
    }
    assert flow_use(database.conninfo()).chosen[flow_id].debt_collection == 1
    assert find_flow(context, flow_id) == later
    assert find_flow(context, flow_id, 1) == own


def test_flow_with_a_problem_or_anothers_name_is_not_saved(context: Context) -> None:
    flow_id = context.randomness.hex(12)
    with pytest.raises(FlowConfigUnusable) as refused:
        save_flow(context, replace(DEFAULT_FLOW, id=flow_id, items=DEFAULT_FLOW.items[1:]))
    assert len(refused.value.problems) == 3
    assert refused.value.problems[-1] == f"name_locale: the flow {DEFAULT_FLOW.id} has this name"
    with pytest.raises(FlowConfigNotFound):
        find_flow(context, flow_id)
