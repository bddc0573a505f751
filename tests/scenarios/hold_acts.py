"""The verbs that hold a case and let it go on: each by the product's own operation."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from fordran.domain.dispute import DisputeKind, DisputeOutcome
from fordran.operations.decide_disputes import DecideDispute, decide_disputes
from fordran.operations.dispute_cases import DisputeCase, dispute_cases
from fordran.operations.give_respites import GiveRespite, give_respites
from fordran.operations.pause_cases import PauseCase, ResumeCase, pause_cases, resume_cases
from tests.scenarios.money_acts import done
from tests.scenarios.script import Line, money
from tests.scenarios.stage import Stage


def respite(stage: Stage, line: Line) -> Iterator[str]:
    command = GiveRespite(
        **_report(stage), case_id=_case(stage, line), respite_to_on=date.fromisoformat(line["last"])
    )
    yield done(stage, line, give_respites, command)


def pause(stage: Stage, line: Line) -> Iterator[str]:
    command = PauseCase(**_report(stage), case_id=_case(stage, line), reason=line["reason"])
    yield done(stage, line, pause_cases, command)


def resume(stage: Stage, line: Line) -> Iterator[str]:
    command = ResumeCase(**_report(stage), pause_id=_held(stage, line), reason=line["reason"])
    yield done(stage, line, resume_cases, command)


def dispute(stage: Stage, line: Line) -> Iterator[str]:
    amount = line.arguments["amount"]
    command = DisputeCase(
        **_report(stage),
        case_id=_case(stage, line),
        kind=DisputeKind(line["kind"]),
        amount=money(amount) if amount else None,
        text="what the debtor says",
        hold_other_cases=line.arguments["others"] is not None,
    )
    yield done(stage, line, dispute_cases, command)


def decide(stage: Stage, line: Line) -> Iterator[str]:
    amount = line.arguments["amount"]
    command = DecideDispute(
        **_report(stage),
        dispute_id=_held(stage, line),
        outcome=DisputeOutcome(line["outcome"]),
        amount=money(amount) if amount else None,
        explanation="what the papers say",
    )
    yield done(stage, line, decide_disputes, command)


def _report(stage: Stage) -> dict[str, Any]:
    return {"creditor_id": stage.account.creditor_id, "request": b"{}"}


def _case(stage: Stage, line: Line) -> str:
    return stage.case_ids[line["case"]]


def _held(stage: Stage, line: Line) -> str:
    return stage.fact_ids[line["held"]]
