"""The runner: plays a script through the operations and compares what it says with what is."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import msgspec
import psycopg

from fordran.api.documents import case_document
from fordran.domain.case import Case, ConsumerCredit, Debt, FeeAlreadyClaimed
from fordran.domain.case_status import CaseStatus
from fordran.domain.events import FlowItemFailed
from fordran.domain.flow import FirstAction
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.ledger import Component
from fordran.domain.money import ZERO, total
from fordran.letters.letter import TYPE_BY_KIND
from fordran.letters.letter_frame import DatedLetterOfClaims
from fordran.letters.letter_kind import LetterKind
from fordran.operations.explain_interest import explain_interest
from fordran.operations.register_cases import (
    NotRegistered,
    RegisterCases,
    Registered,
    Verdict,
    register_cases,
)
from fordran.operations.set_up_parties import create_agreement_version, create_creditor
from fordran.sandbox.clocks import put_clock
from fordran.storage import cases
from fordran.storage.case_views import CASES
from tests.scenarios import ending_acts, hold_acts, money_acts, sayings, terms
from tests.scenarios.script import Line, Script, money
from tests.scenarios.stage import ONE_SECOND, Stage
from tests.world import ADDRESS, Account, creditor_document


def play(script: Script, account: Account, conninfo: str) -> None:
    """Play a script on an account with a virtual clock.

    Raises: AssertionError with every line that does not hold, expected and actual side by side.
    """
    put_clock(account.context, account.id, script.begins_at)
    stage = Stage(account, conninfo)
    wrong = [difference for line in script.lines for difference in _differences(stage, line)]
    assert not wrong, "\n".join([f"{script.name}: {script.title}", *wrong])


def _differences(stage: Stage, line: Line) -> Iterator[str]:
    """Let a line happen; yield what is not as it says."""
    stage.advance(line.at - ONE_SECOND if line.verb == "flow" else line.at)
    for actual in _VERBS[line.verb](stage, line):
        expected = line.expected or ""
        if actual != expected:
            yield (
                f"line {line.number}: {line.text}\n"
                f"    expected | {expected}\n"
                f"    actual   | {actual}"
            )


def _creditor(stage: Stage, line: Line) -> Iterator[str]:
    document = creditor_document(is_active=line["activity"] == "active")
    stage.creditors[line["creditor"]] = create_creditor(stage.context, stage.account.id, document)
    yield from ()


def _terms(stage: Stage, line: Line) -> Iterator[str]:
    """Agree on terms for the cases that are registered from now on."""
    stage.terms = terms.changed(stage.terms, line["settings"])
    create_agreement_version(stage.context, stage.account.id, stage.terms)
    yield from ()


def _invoice(stage: Stage, line: Line) -> Iterator[str]:
    days = int(line["due"])
    said = line.arguments
    included, claimed, credit = said["included_kind"], said["claimed_kind"], said["credit"]
    stage.debts[line["case"]] = Debt(
        invoice_number=line["number"],
        invoice_on=date.fromisoformat(line["dated"]),
        due_days=days,
        interest_days=int(said["interest"] or days),
        capital_to_claim=money(line["capital"]),
        payout_reference=line["number"],
        fees_included={included: money(line["included"])} if included else {},
        fees_already_claimed=(
            FeeAlreadyClaimed(
                claimed, money(line["claimed"]), date.fromisoformat(line["claimed_on"])
            ),
        )
        if claimed
        else (),
        consumer_credit=(
            ConsumerCredit(money(credit), money(said["cost"]) if said["cost"] else ZERO)
            if credit
            else None
        ),
    )
    yield from ()


def _register(stage: Stage, line: Line) -> Iterator[str]:
    command = _registration(stage, line, line.cases)
    (verdict,) = register_cases(stage.context, stage.account.id, [command])
    yield from _registered(stage, line.cases, verdict)


def _together(stage: Stage, line: Line) -> Iterator[str]:
    commands = [_registration(stage, line, [case]) for case in line.cases]
    verdicts = register_cases(stage.context, stage.account.id, commands)
    yield " / ".join(
        said
        for case, verdict in zip(line.cases, verdicts, strict=True)
        for said in _registered(stage, [case], verdict)
    )


def _registration(stage: Stage, line: Line, labels: Sequence[str]) -> RegisterCases:
    return RegisterCases(
        creditor_id=stage.creditor_id(line),
        currency="SEK",
        customer_kind=IdNumberKind(line["kind"]),
        customer={"name": "Provkunden", "id_number": line["id_number"], "address": ADDRESS},
        debts=tuple(stage.debts[label] for label in labels),
        request=b"{}",
        first_action=FirstAction(line.arguments.get("first_action") or "debt_collection"),
    )


def _registered(stage: Stage, labels: Sequence[str], verdict: Verdict) -> Iterator[str]:
    if isinstance(verdict, NotRegistered):
        yield stage.refused(verdict.issues)
        return
    assert isinstance(verdict, Registered)
    stage.case_ids.update(zip(labels, verdict.registration.case_ids, strict=True))
    for label in labels:
        yield f"registered, {sayings.next_item(stage.load(label))}"


def _flow(stage: Stage, line: Line) -> Iterator[str]:
    before = {case: stage.load(case) for case in line.cases}
    stage.advance(line.at)
    for label, case in before.items():
        item = case.next_item
        if item is None or (item.due_at, sayings.action(item)) != (line.at, line["action"]):
            yield f"not due: {sayings.next_item(case)}"
            continue
        yield ", ".join(_flow_result(stage, case, stage.load(label)))


def _flow_result(stage: Stage, before: Case, after: Case) -> Iterator[str]:
    if after.next_item is not None and after.next_item.is_failed:
        journal = stage.context.database.read(
            stage.account.id, lambda uow: cases.journal(uow, after.id)
        )
        failed = journal[-1].event
        assert isinstance(failed, FlowItemFailed)
        yield f"set aside {failed.reason.split(':')[0]}"
    if after.status is not before.status:
        yield f"status {after.status.value}"
    if after.letter is not None and after.letter != before.letter and not _is_expired(after):
        yield f"deadline {after.letter.deadline_on}"
    if len(after.refused_acts) > len(before.refused_acts):
        yield f"refused {after.refused_acts[-1].guard}"
    if after.limitation != before.limitation:
        yield sayings.limitation(after)
    yield sayings.next_item(after)


def _is_expired(case: Case) -> bool:
    return case.status is CaseStatus.DEBT_COLLECTION_ACTIVE


def _letter(stage: Stage, line: Line) -> Iterator[str]:
    letters = set()
    for label in line.cases:
        sent = stage.load(label).letter
        letters.add(sent.letter_id if sent else None)
    if letters == {None}:
        yield "no letter"
        return
    assert len(letters) == 1, f"{line.cases} do not share one letter"
    yield _letter_says(stage, str(letters.pop()), len(line.cases))


def _letter_says(stage: Stage, letter_id: str, case_count: int) -> str:
    with psycopg.connect(stage.conninfo) as connection:
        row = connection.execute(
            "SELECT kind, contents::text FROM letters WHERE letter_id = %s", (letter_id,)
        ).fetchone()
    assert row is not None
    kind, contents = row
    letter = msgspec.json.decode(contents, type=TYPE_BY_KIND[LetterKind(kind)])
    assert isinstance(letter, DatedLetterOfClaims)
    assert len(letter.claims) == case_count
    amounts = {
        "capital": total(claim.capital for claim in letter.claims),
        "interest": total(claim.interest for claim in letter.claims),
        "costs": total(claim.costs_total for claim in letter.claims),
        "reminder" if kind == LetterKind.REMINDER else "demand": letter.added_cost,
        "total": letter.total,
    }
    said = ", ".join(f"{name} {sayings.figure(amount)}" for name, amount in amounts.items())
    return f"{said}, deadline {letter.deadline_on}"


def _explain(stage: Stage, line: Line) -> Iterator[str]:
    through_on = date.fromisoformat(line["through"])
    case_id = stage.case_ids[line["case"]]
    explanation = explain_interest(stage.context, stage.account.id, case_id, through_on)
    assert explanation is not None
    yield sayings.explained(explanation)


def _expect(stage: Stage, line: Line) -> Iterator[str]:
    case = stage.load(line["case"])
    what = line["what"].split()[0]
    if what == "total":
        yield _shared(stage, case)
    elif what == "policy":
        number = int(line["policy"])
        yield f"policy of row {number} is {case.entries[number - 1].policy}"
    elif what == "row":
        yield sayings.row(case, int(line["row"]), stage.names())
    else:
        yield _SAYINGS[what](case)


def _shared(stage: Stage, case: Case) -> str:
    views = stage.context.database.read(stage.account.id, lambda uow: CASES.by_id(uow, [case.id]))
    document = case_document(views[case.id])
    parts = (
        f"{part.value} {document[f'total_remaining_{part}_amount']:.2f}"
        f" of {document[f'total_added_{part}_amount']:.2f}"
        for part in Component
    )
    return f"total {', '.join(parts)}"


_SAYINGS: dict[str, Callable[[Case], str]] = {
    "capital": sayings.owed,
    "written": sayings.written_off,
    "status": lambda case: f"status {case.status.value}",
    "next": sayings.next_item,
    "limitation": sayings.limitation,
    "closed": sayings.closed,
    "holds": sayings.held,
    "rows": lambda case: f"rows {len(case.entries)}",
}

_VERBS: dict[str, Callable[[Stage, Line], Iterator[str]]] = {
    "creditor": _creditor,
    "terms": _terms,
    "invoice": _invoice,
    "register": _register,
    "together": _together,
    "flow": _flow,
    "letter": _letter,
    "pay": money_acts.pay,
    "receive": money_acts.receive,
    "credit": money_acts.credit,
    "cancel": money_acts.cancel,
    "end": ending_acts.end,
    "reverse": money_acts.reverse,
    "reduce": money_acts.reduce,
    "charge": money_acts.charge,
    "respite": hold_acts.respite,
    "pause": hold_acts.pause,
    "resume": hold_acts.resume,
    "dispute": hold_acts.dispute,
    "decide": hold_acts.decide,
    "explain": _explain,
    "expect": _expect,
}


def labels(scripts: Sequence[Script]) -> list[str]:
    """Return a name for each script's test."""
    return [script.name.removesuffix(".txt") for script in scripts]
