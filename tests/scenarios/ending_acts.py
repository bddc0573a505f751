"""The verb that ends a case by a person's decision, carried out by the product's own operation."""

from collections.abc import Iterator

from fordran.domain.case_status import CloseReason
from fordran.domain.ending import DecidedEnding
from fordran.operations.creditor_actions import NotReported
from fordran.operations.end_cases import EndCase, end_cases
from fordran.storage.creditor_actions import ActionView
from tests.scenarios import money_acts
from tests.scenarios.script import Line
from tests.scenarios.stage import UNKNOWN_ID, Stage


def end(stage: Stage, line: Line) -> Iterator[str]:
    other = line.arguments["other"]
    ending = DecidedEnding(
        reason=CloseReason(line["reason"]),
        explanation="" if line.arguments["mute"] else "the papers are on file",
        decided_by=" " if line.arguments["anonymous"] else "Anna Berg",
        duplicate_of=stage.case_ids.get(other, UNKNOWN_ID) if other else None,
    )
    case_id = stage.case_ids[line["case"]]
    command = EndCase(creditor_id=None, case_id=case_id, request=b"{}", ending=ending)

    def act() -> tuple[str, str]:
        (verdict,) = end_cases(stage.context, stage.account.id, [command])
        if isinstance(verdict, NotReported):
            return stage.refused(verdict.issues), ""
        assert isinstance(verdict, ActionView)
        stage.name(line, verdict.action.id)
        return money_acts.outcome(verdict.action), case_id

    yield stage.with_moves(act)
