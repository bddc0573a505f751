"""Every step of the flow, every status and every reason stands in at least one script."""

import ast
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

import pytest

from fordran.domain import creditor_payment
from fordran.domain.case_status import CaseStatus, CloseReason
from fordran.domain.creditor_payment import PaymentStatus
from fordran.domain.flow import FlowAction
from fordran.domain.refusals import ReferenceRateMissing
from fordran.domain.tables.statutory_costs import StatutoryCostMissing
from fordran.operations import references, register_cases, report_creditor_payments
from tests.scenarios.script import read_scripts

SCRIPTS = read_scripts()
RESULTS = [line.expected or "" for script in SCRIPTS for line in script.lines]
REFUSALS = [result for result in RESULTS if "refused " in result]

WORDS_OF_AN_ISSUE = re.compile(r"[a-z]+ [a-z]+")


def words(pattern: str) -> set[str]:
    return {word for result in RESULTS for word in re.findall(pattern, result)}


def issue_texts(module: ModuleType) -> Iterator[str]:
    """Yield the constant texts of the issues that an operation may answer with."""
    for function in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(function, ast.FunctionDef):
            continue
        if not re.search(r"issue|duplicates|must_exist", function.name):
            continue
        documentation = ast.get_docstring(function, clean=False)
        for node in ast.walk(function):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and node.value != documentation and WORDS_OF_AN_ISSUE.search(node.value):
                yield node.value.strip()


ISSUES = sorted(
    {
        text
        for module in (register_cases, report_creditor_payments, references)
        for text in issue_texts(module)
    }
)


def test_every_flow_action_is_carried_out() -> None:
    actions = {line["action"] for script in SCRIPTS for line in script.lines if line.verb == "flow"}
    assert actions == {action.value for action in FlowAction}


def test_every_status_is_reached() -> None:
    assert words(r"\bstatus (\w+)") == {status.value for status in CaseStatus}


def test_every_close_reason_is_given() -> None:
    assert words(r"\bclosed (\w+)") == {reason.value for reason in CloseReason}


def test_every_payment_status_is_given() -> None:
    given = {
        (line.expected or "").split(",")[0].split()[0]
        for script in SCRIPTS
        for line in script.lines
        if line.verb == "pay"
    }
    assert given == {status.value for status in PaymentStatus} | {"refused"}


def test_every_reason_of_a_payment_is_given() -> None:
    source = inspect.getsource(creditor_payment.report)
    reasons = set(re.findall(r'"creditor_payment\.(\w+)"', source))
    assert words(r"\bcreditor_payment\.(\w+)") == reasons >= {"duplicate", "case_closed"}


def test_every_reason_to_set_a_case_aside_is_given() -> None:
    reasons = {ReferenceRateMissing.reason(), StatutoryCostMissing.reason()}
    assert words(r"\bset aside (\w+)") == reasons


@pytest.mark.parametrize("text", ISSUES)
def test_every_issue_of_a_refusal_is_given(text: str) -> None:
    assert any(text in refusal for refusal in REFUSALS)


def test_issues_are_found() -> None:
    assert len(ISSUES) >= 8
