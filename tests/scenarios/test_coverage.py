"""Every decision, step, status, reason and cost stands in at least one script."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from fordran.domain import (
    agency_payment,
    cancellation,
    crediting,
    creditor_payment,
    dispute,
    ending,
    interest_reduction,
    reversal,
)
from fordran.domain.case_status import CaseStatus, CloseReason
from fordran.domain.costs import CostRefusal
from fordran.domain.flow import FlowAction
from fordran.domain.holding import CASE_CLOSED, HELD_ALREADY, NOT_HELD, hold_outcome
from fordran.domain.holds import HoldKind
from fordran.domain.outcome import OutcomeStatus
from fordran.domain.refusals import ReferenceRateMissing
from fordran.domain.tables.statutory_costs import CostKind, StatutoryCostMissing
from fordran.operations import (
    creditor_actions,
    decide_disputes,
    dispute_cases,
    end_cases,
    give_respites,
    references,
    register_cases,
)
from tests.scenarios import terms
from tests.scenarios.script import read_scripts

SCRIPTS = read_scripts()
RESULTS = [line.expected or "" for script in SCRIPTS for line in script.lines]
REFUSALS = [result for result in RESULTS if "refused " in result]

PRODUCT_RULES = Path(__file__).resolve().parents[2] / "docs" / "decisions" / "product-rules.md"

OF_MONEY = re.compile(r"^\| (2\d|4\d|50) \|", re.MULTILINE)
"""The number of a decision on interest, costs, payments and endings, in its row."""

DECISIONS = {int(number) for number in OF_MONEY.findall(PRODUCT_RULES.read_text("utf-8"))}

NAMED = re.compile(r"decisions? ((?:\d+(?: [ab])?(?:, | and )?)+)")
"""The decisions that an introduction names: "decision 24 a", "decisions 24, 25 and 47"."""

MOVERS_OF_MONEY = (
    agency_payment,
    cancellation,
    crediting,
    creditor_payment,
    dispute,
    ending,
    interest_reduction,
    reversal,
)

REASONS_OF_HOLDS = {
    str(hold_outcome(kind, refused).reason)
    for kind in HoldKind
    for refused in (CASE_CLOSED, HELD_ALREADY, NOT_HELD)
    if kind is HoldKind.PAUSE or refused is CASE_CLOSED
} | {str(hold_outcome(HoldKind.DISPUTE, HELD_ALREADY).reason)}
"""A respite replaces the one that runs and ends by itself; a dispute is decided."""

REASONS = sorted(
    {
        reason
        for module in MOVERS_OF_MONEY
        for reason in re.findall(
            r'^[A-Z_]+ = "(\w+\.\w+)"$', inspect.getsource(module), re.MULTILINE
        )
    }
    | REASONS_OF_HOLDS
)
"""Why a report was not carried out whole: the constants of the deciding modules."""

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
        for module in (
            register_cases,
            creditor_actions,
            references,
            end_cases,
            ending,
            dispute_cases,
            decide_disputes,
            give_respites,
        )
        for text in issue_texts(module)
    }
)


def test_every_flow_action_is_carried_out() -> None:
    actions = {line["action"] for script in SCRIPTS for line in script.lines if line.verb == "flow"}
    assert actions == {action.value for action in FlowAction}


def test_every_status_is_reached() -> None:
    assert words(r"\bstatus (\w+)") == {status.value for status in CaseStatus}


def test_every_close_reason_is_given() -> None:
    assert words(r"\bclosed (?!no\b)(\w+)") == {reason.value for reason in CloseReason}


@pytest.mark.parametrize("number", sorted(DECISIONS))
def test_every_decision_on_money_has_a_script(number: int) -> None:
    named = {
        int(found)
        for script in SCRIPTS
        for listed in NAMED.findall(script.introduction)
        for found in re.findall(r"\d+", listed)
    }
    assert number in named


def test_decisions_are_found() -> None:
    assert {*range(20, 30), *range(40, 51)} == DECISIONS


@pytest.mark.parametrize("verb", ["pay", "receive"])
def test_every_status_of_a_payment_is_given(verb: str) -> None:
    given = {
        (line.expected or "").split(",")[0].split()[0]
        for script in SCRIPTS
        for line in script.lines
        if line.verb == verb
    }
    # Money at the agency is always posted: it has no errors.
    never = {OutcomeStatus.ERROR.value} if verb == "receive" else set()
    assert given == {status.value for status in OutcomeStatus} - never | {"refused"}


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_an_outcome_is_given(reason: str) -> None:
    words_of_outcomes = words(r"^(?:completed|warning|error) (\w+\.\w+)")
    assert reason in words_of_outcomes


def test_no_other_reason_is_given() -> None:
    assert words(r"^(?:completed|warning|error) (\w+\.\w+)") == set(REASONS)
    assert len(REASONS) >= 11


@pytest.mark.parametrize("refusal", CostRefusal)
def test_every_refusal_of_a_cost_is_given(refusal: CostRefusal) -> None:
    assert refusal.value in words(r"^not charged (\w+)$")


@pytest.mark.parametrize("kind", CostKind)
def test_every_kind_of_cost_is_charged(kind: CostKind) -> None:
    charged = {
        line["kind"]
        for script in SCRIPTS
        for line in script.lines
        if line.verb == "charge" and (line.expected or "").startswith("charged")
    }
    by_the_flow = {CostKind.DEBT_COLLECTION.value, CostKind.LATE_PAYMENT_FEE.value}
    assert kind.value in charged | by_the_flow


@pytest.mark.parametrize("form", terms.SETTINGS)
def test_every_setting_of_terms_is_used(form: str) -> None:
    settings = [
        setting
        for script in SCRIPTS
        for line in script.lines
        if line.verb == "terms"
        for setting in line["settings"].split(", ")
    ]
    assert any(re.fullmatch(form, setting) for setting in settings)


def test_every_reason_to_set_a_case_aside_is_given() -> None:
    reasons = {ReferenceRateMissing.reason(), StatutoryCostMissing.reason()}
    assert words(r"\bset aside (\w+)") == reasons


@pytest.mark.parametrize("text", ISSUES)
def test_every_issue_of_a_refusal_is_given(text: str) -> None:
    assert any(text in refusal for refusal in REFUSALS)


def test_issues_are_found() -> None:
    assert len(ISSUES) >= 8
