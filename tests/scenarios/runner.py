"""The runner: plays a script through the operations and compares what it says with what is."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import msgspec
import psycopg

from fordran.api.documents import case_document
from fordran.domain.case import Case, Debt, FeeAlreadyClaimed
from fordran.domain.events import FlowItemFailed
from fordran.domain.flow import DEFAULT_FLOW, NextFlowItem
from fordran.domain.id_numbers import IdNumberKind
from fordran.domain.ledger import Balance, Component
from fordran.domain.money import Money, total
from fordran.letters.debt_collection_letter import DebtCollectionLetter
from fordran.operations.register_cases import (
    NotRegistered,
    RegisterCases,
    Registered,
    Verdict,
    register_cases,
)
from fordran.operations.report_creditor_payments import (
    PaymentNotReported,
    ReportCreditorPayment,
    report_creditor_payments,
)
from fordran.operations.set_up_parties import create_creditor
from fordran.sandbox.clocks import advance_clock, put_clock
from fordran.storage import cases
from fordran.storage.case_views import case_views
from tests.scenarios.script import Line, Script, instant, money
from tests.world import ADDRESS, Account, creditor_document

UNKNOWN_ID = "ffffffffffffffffffffffff"
ONE_SECOND = timedelta(seconds=1)


def play(script: Script, account: Account, conninfo: str) -> None:
    """Play a script on an account with a virtual clock.

    Raises: AssertionError with every line that does not hold, expected and actual side by side.
    """
    put_clock(account.context, account.id, script.begins_at)
    stage = _Stage(account, conninfo)
    wrong = [difference for line in script.lines for difference in stage.differences(line)]
    assert not wrong, "\n".join([f"{script.name}: {script.title}", *wrong])


class _Stage:
    """What a script has brought about so far."""

    def __init__(self, account: Account, conninfo: str) -> None:
        self.account = account
        self.context = account.context
        self.conninfo = conninfo
        self.debts: dict[str, Debt] = {}
        self.case_ids: dict[str, str] = {}
        self.creditors = {"Nobody": UNKNOWN_ID}
        self.payment_ids: dict[str, str] = {}

    def differences(self, line: Line) -> Iterator[str]:
        """Let a line happen; yield what is not as it says."""
        if line.verb == "flow":
            self._advance(line.at - ONE_SECOND)
        else:
            self._advance(line.at)
        for actual in getattr(self, f"_{line.verb}")(line):
            expected = line.expected or ""
            if actual != expected:
                yield (
                    f"line {line.number}: {line.text}\n"
                    f"    expected | {expected}\n"
                    f"    actual   | {actual}"
                )

    def _advance(self, to: datetime) -> None:
        advance_clock(self.context, self.account.id, to)

    def _creditor(self, line: Line) -> Iterator[str]:
        document = creditor_document(is_active=False)
        self.creditors[line["creditor"]] = create_creditor(self.context, self.account.id, document)
        yield from ()

    def _invoice(self, line: Line) -> Iterator[str]:
        days = int(line["due"])
        included, claimed = line.arguments["included_kind"], line.arguments["claimed_kind"]
        self.debts[line["case"]] = Debt(
            invoice_number=line["number"],
            invoice_on=date.fromisoformat(line["dated"]),
            due_days=days,
            interest_days=int(line.arguments["interest"] or days),
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
        )
        yield from ()

    def _register(self, line: Line) -> Iterator[str]:
        command = self._registration(line, line.cases)
        (verdict,) = register_cases(self.context, self.account.id, [command])
        yield from self._registered(line.cases, verdict)

    def _together(self, line: Line) -> Iterator[str]:
        commands = [self._registration(line, [case]) for case in line.cases]
        verdicts = register_cases(self.context, self.account.id, commands)
        yield " / ".join(
            said
            for case, verdict in zip(line.cases, verdicts, strict=True)
            for said in self._registered([case], verdict)
        )

    def _registration(self, line: Line, labels: Sequence[str]) -> RegisterCases:
        return RegisterCases(
            creditor_id=self._creditor_id(line),
            currency="SEK",
            customer_kind=IdNumberKind(line["kind"]),
            customer={"name": "Provkunden", "id_number": line["id_number"], "address": ADDRESS},
            debts=tuple(self.debts[label] for label in labels),
            request=b"{}",
        )

    def _registered(self, labels: Sequence[str], verdict: Verdict) -> Iterator[str]:
        if isinstance(verdict, NotRegistered):
            yield self._refused(verdict.issues)
            return
        assert isinstance(verdict, Registered)
        self.case_ids.update(zip(labels, verdict.registration.case_ids, strict=True))
        for label in labels:
            yield f"registered, {self._next(self._load(label))}"

    def _flow(self, line: Line) -> Iterator[str]:
        before = {case: self._load(case) for case in line.cases}
        self._advance(line.at)
        for label, case in before.items():
            item = case.next_item
            if item is None or (item.due_at, _action(item)) != (line.at, line["action"]):
                yield f"not due: {self._next(case)}"
                continue
            yield ", ".join(self._flow_result(case, self._load(label)))

    def _flow_result(self, before: Case, after: Case) -> Iterator[str]:
        if after.next_item is not None and after.next_item.is_failed:
            journal = self.context.database.read(
                self.account.id, lambda uow: cases.journal(uow, after.id)
            )
            failed = journal[-1].event
            assert isinstance(failed, FlowItemFailed)
            yield f"set aside {failed.reason.split(':')[0]}"
        if after.status is not before.status:
            yield f"status {after.status.value}"
        if after.demand != before.demand:
            assert after.demand is not None
            yield f"deadline {after.demand.deadline_on}"
        if after.limitation != before.limitation:
            yield self._limitation(after)
        yield self._next(after)

    def _letter(self, line: Line) -> Iterator[str]:
        letters = set()
        for label in line.cases:
            demand = self._load(label).demand
            letters.add(demand.letter_id if demand else None)
        if letters == {None}:
            yield "no letter"
            return
        assert len(letters) == 1, f"{line.cases} do not share one letter"
        yield self._letter_says(str(letters.pop()), len(line.cases))

    def _letter_says(self, letter_id: str, case_count: int) -> str:
        with psycopg.connect(self.conninfo) as connection:
            row = connection.execute(
                "SELECT contents::text FROM letters WHERE letter_id = %s", (letter_id,)
            ).fetchone()
        assert row is not None
        letter = msgspec.json.decode(row[0], type=DebtCollectionLetter)
        assert len(letter.claims) == case_count
        amounts = {
            "capital": total(claim.capital for claim in letter.claims),
            "interest": total(claim.interest for claim in letter.claims),
            "costs": total(claim.costs_total for claim in letter.claims),
            "demand": letter.debt_collection_cost,
            "total": letter.total,
        }
        said = ", ".join(f"{name} {_figure(amount)}" for name, amount in amounts.items())
        return f"{said}, deadline {letter.deadline_on}"

    def _pay(self, line: Line) -> Iterator[str]:
        label = line.arguments["case"]
        command = ReportCreditorPayment(
            creditor_id=self._creditor_id(line),
            case_id=self.case_ids.get(label, UNKNOWN_ID) if label else None,
            invoice_number=line.arguments["number"],
            amount=money(line["amount"]),
            bank_transaction_at=instant(line["value"]),
            client_registration_at=None,
            reference=line.arguments["reference"],
            request=b"{}",
        )
        was_open = {case for case in self.case_ids if self._load(case).closed is None}
        (verdict,) = report_creditor_payments(self.context, self.account.id, [command])
        if isinstance(verdict, PaymentNotReported):
            yield self._refused(verdict.issues)
            return
        payment = verdict.payment
        if line.arguments["payment"]:
            self.payment_ids[line["payment"]] = payment.id
        said = [f"{payment.status} {payment.status_reason or ''}".strip()]
        said.append(f"settled {_figure(Money(payment.settled_minor))}")
        for case in sorted(was_open):
            closed = self._load(case).closed
            if closed is not None:
                named = "" if self.case_ids[case] == payment.case_id else f"{case} "
                said.append(f"{named}closed {closed.reason.value}")
        yield ", ".join(said)

    def _expect(self, line: Line) -> Iterator[str]:
        case = self._load(line["case"])
        match line["what"].split()[0]:
            case "capital":
                yield _owed({part: case.balances.of(part) for part in Component})
            case "total":
                yield self._shared(case)
            case "written":
                given_up = (
                    f"{part.value} {_figure(case.balances.of(part).written_off)}"
                    for part in Component
                )
                yield f"written off {', '.join(given_up)}"
            case "status":
                yield f"status {case.status.value}"
            case "next":
                yield self._next(case)
            case "limitation":
                yield self._limitation(case)
            case "closed":
                yield self._closed(case)
            case "rows":
                yield f"rows {len(case.entries)}"
            case _:
                yield self._row(case, int(line["row"]))

    def _shared(self, case: Case) -> str:
        views = self.context.database.read(self.account.id, lambda uow: case_views(uow, [case.id]))
        document = case_document(views[case.id])
        parts = (
            f"{part.value} {document[f'total_remaining_{part}_amount']:.2f}"
            f" of {document[f'total_added_{part}_amount']:.2f}"
            for part in Component
        )
        return f"total {', '.join(parts)}"

    def _row(self, case: Case, number: int) -> str:
        if number > len(case.entries):
            return f"row {number} does not exist"
        entry = case.entries[number - 1]
        said = (
            f"row {number} {entry.kind.value} {entry.component.value} {_figure(entry.amount)}"
            f" value {entry.value_at:%Y-%m-%d %H:%M:%S}"
        )
        names = {payment_id: name for name, payment_id in self.payment_ids.items()}
        because_of = entry.creditor_payment_id
        return f"{said} because of {names.get(because_of, '?')}" if because_of else said

    def _next(self, case: Case) -> str:
        item = case.next_item
        if item is None:
            return "next nothing"
        failed = " failed" if item.is_failed else ""
        return f"next {_action(item)} {item.due_at:%Y-%m-%d %H:%M:%S}{failed}"

    def _limitation(self, case: Case) -> str:
        if case.limitation is None:
            return "limitation none"
        return f"limitation {case.limitation.limitation_at:%Y-%m-%d %H:%M:%S}"

    def _closed(self, case: Case) -> str:
        if case.closed is None:
            return "closed no"
        item = case.item_on_close
        then = f"{_action(item)} {item.due_at:%Y-%m-%d %H:%M:%S}" if item else "nothing"
        return f"closed {case.closed.reason.value}, was next {then}"

    def _load(self, label: str) -> Case:
        case_id = self.case_ids[label]
        found = self.context.database.read(self.account.id, lambda uow: cases.load(uow, [case_id]))
        return found[case_id]

    def _creditor_id(self, line: Line) -> str:
        name = line.arguments.get("creditor")
        return self.creditors[name] if name else self.account.creditor_id

    def _refused(self, issues: dict[str, object]) -> str:
        said = "; ".join(f"{path}: {issue}" for path, issue in _flattened(issues))
        for label, case_id in self.case_ids.items():
            said = said.replace(f"case {case_id}", f"case {label}")
            said = said.replace(case_id, f"case {label}")
        return f"refused {said}"


def _flattened(issues: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, issue in issues.items():
        if isinstance(issue, dict):
            yield from _flattened(issue, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", issue


def _owed(balances: dict[Component, Balance]) -> str:
    return ", ".join(
        f"{part.value} {_figure(balance.remaining)} of {_figure(balance.added)}"
        for part, balance in balances.items()
    )


def _action(item: NextFlowItem) -> str:
    return DEFAULT_FLOW.item(item.item).action.value


def _figure(amount: Money) -> str:
    return str(amount).removesuffix(" SEK")


def labels(scripts: Sequence[Script]) -> list[str]:
    """Return a name for each script's test."""
    return [script.name.removesuffix(".txt") for script in scripts]
