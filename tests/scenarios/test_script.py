"""The parser refuses what it cannot read, with the line; the runner shows what differs."""

from dataclasses import replace

import pytest

from tests.conftest import WorkerDatabase
from tests.scenarios.runner import play
from tests.scenarios.script import ScriptError, parse
from tests.world import Account

INTRODUCTION = "A story\n\nWhat it shows.\n----\n"
INVOICE = "2025-09-03 07:56:11  invoice  A  INV-1  dated 2025-07-07  due 31 days  capital 2000.00\n"
REGISTER = "2025-09-03  register  A  of company 5560269986  -> registered\n"
EXPECT = "2025-09-03  expect  A  status initializing\n"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("A story\n\nWhat it shows.\n", "s.txt, line 3: no line of dashes"),
        ("A story\n----\n", "s.txt, line 2: the introduction has a title"),
        (INTRODUCTION + INVOICE + REGISTER, "s.txt, line 6: nothing is expected"),
        (INTRODUCTION + "nonsense\n", "s.txt, line 5: expected a date"),
        (INTRODUCTION + "2025-09-03  expect  A  rows 1\n", "line 5: the first line of a day"),
        (INTRODUCTION + "2025-02-30 08:00  expect  A  rows 1\n", "line 5: day"),
        (INTRODUCTION + INVOICE + "2025-02-30  expect  A  rows 1\n", "line 6: day"),
        (INTRODUCTION + INVOICE + "2025-09-04  expect  A  rows 1\n", "line 6: the first line"),
        (INTRODUCTION + INVOICE + "2025-09-03 07:00  expect  A  rows 1\n", "line 6: time runs"),
        (INTRODUCTION + INVOICE + "2025-09-03  forgive  A\n", "line 6: no verb 'forgive'"),
        (INTRODUCTION + INVOICE + "2025-09-03  pay  A  1  -> completed\n", "line 6: pay is not"),
        (INTRODUCTION + INVOICE + "2025-09-03  letter  A\n", "line 6: letter needs its result"),
        (INTRODUCTION + INVOICE + "2025-09-03  expect  A  rows 1  -> yes\n", "line 6: expect has"),
        (INTRODUCTION + INVOICE + "2025-09-03  expect  B  rows 1\n", "line 6: no invoice for case"),
        (INTRODUCTION + INVOICE + "2025-09-03  expect  A  mood good\n", "line 6: expect is not"),
        (INTRODUCTION + INVOICE + "2025-09-03  reverse  P1  -> done\n", "line 6: no payment P1"),
        (INTRODUCTION + INVOICE + "2025-09-03  cancel  A\n", "line 6: cancel needs its result"),
        (
            INTRODUCTION + INVOICE + "2025-09-03  terms  no demand cost, free of charge\n",
            "line 6: terms has no setting 'free of charge'",
        ),
    ],
)
def test_malformed_script_is_refused_with_its_line(text: str, wrong: str) -> None:
    with pytest.raises(ScriptError) as refused:
        parse("s.txt", text)
    assert wrong in str(refused.value)


def test_line_without_a_time_is_at_the_one_before() -> None:
    script = parse("s.txt", INTRODUCTION + "# A remark.\n\n" + INVOICE + REGISTER + EXPECT)
    assert script.title == "A story"
    assert {line.at for line in script.lines} == {script.begins_at}
    assert [line.number for line in script.lines] == [7, 8, 9]


def test_difference_is_shown_beside_what_was_expected(
    account: Account, database: WorkerDatabase
) -> None:
    wrong = REGISTER + EXPECT.replace("initializing", "closed")
    script = parse("s.txt", INTRODUCTION + INVOICE + wrong)
    with pytest.raises(AssertionError) as failed:
        play(script, account, database.conninfo())
    said = str(failed.value)
    assert "s.txt: A story" in said
    assert "line 6: 2025-09-03  register" in said
    assert "expected | registered\n    actual   | registered, next initialize" in said
    assert "expected | status closed\n    actual   | status initializing" in said


def test_flow_step_that_does_not_fall_due_is_a_difference(
    account: Account, database: WorkerDatabase
) -> None:
    early = "2025-09-03 07:59  flow  A  initialize  -> status initialized\n"
    script = parse("s.txt", INTRODUCTION + INVOICE + REGISTER + early + EXPECT)
    script.lines = [
        replace(line, expected=f"{line.expected}, next initialize 2025-09-03 08:00:00")
        if line.verb == "register"
        else line
        for line in script.lines
    ]
    with pytest.raises(AssertionError, match="not due: next initialize 2025-09-03 08:00:00"):
        play(script, account, database.conninfo())
