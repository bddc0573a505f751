"""The ledger's state machine: drawn commands, told to the books and to the oracle alike.

After every step the books must say what the oracle says, and hold the invariants of the ledger.
The books are the domain alone, in memory, or the real operations on PostgreSQL.
"""

from abc import abstractmethod
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, Protocol

from hypothesis import strategies as st
from hypothesis import target
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fordran.domain.case import Case
from fordran.domain.client_money import Holder, holdings
from fordran.domain.demand_cost import posted_demand_cost
from fordran.domain.events import EntryPosted, Recorded
from fordran.domain.history import rebuild
from fordran.domain.ledger import Component, EntryKind, LedgerAccount, MoneySource, fold
from fordran.domain.money import ZERO, total
from tests.property.ledger_books import REFUSED
from tests.property.oracle import Oracle, Told
from tests.property.oracle_days import civil

ONE_DAY = timedelta(days=1)
ENDS_AT = datetime(2026, 12, 20, tzinfo=UTC)
"""No story goes further: the table of rates ends with the year."""

STEPS = (
    timedelta(minutes=5),
    timedelta(minutes=40),
    timedelta(hours=2),
    ONE_DAY,
    6 * ONE_DAY,
    21 * ONE_DAY,
    90 * ONE_DAY,
)

CHARGED_KINDS = (
    "reminder",
    "payment_plan",
    "payment_order_application",
    "payment_order_work",
    "enforcement",
    "late_payment_fee",
)


class Books(Protocol):
    """Where the cases are kept. Commands are named by number; each answers how it went."""

    now: datetime

    @abstractmethod
    def register(self, debts: list[dict[str, Any]]) -> list[str]: ...
    @abstractmethod
    def advance(self, until: datetime) -> None: ...
    @abstractmethod
    def carry_out(self, command: dict[str, Any]) -> Told: ...
    @abstractmethod
    def cases(self) -> dict[str, Case]: ...
    @abstractmethod
    def journals(self) -> dict[str, list[Recorded]]: ...
    @abstractmethod
    def snapshot(self) -> Any: ...
    @abstractmethod
    def close(self) -> None: ...


@st.composite
def interest_terms(draw: st.DrawFn) -> dict[str, Any]:
    """Draw how a claim bears interest; mostly as the law has it."""
    basis = draw(st.sampled_from(["reference"] * 4 + ["fixed", "floor", "none"]))
    return {
        "basis": basis,
        "margin": draw(st.sampled_from(["8", "8", "8", "2.25", "11.5"])),
        "fixed": draw(st.sampled_from(["4", "9.95", "24"])),
        "start": draw(st.sampled_from(["due", "due", "due", "demand"])),
    }


@st.composite
def debts(draw: st.DrawFn, registered_on: date) -> dict[str, Any]:
    """Draw a debt that fell due before a day."""
    due_days = draw(st.sampled_from([0, 10, 30]))
    overdue_days = draw(st.sampled_from([1, 2, 40, 200, 400]))
    invoice_on = registered_on - ONE_DAY * (due_days + overdue_days)
    terms = draw(interest_terms())
    interest_days = due_days + draw(st.sampled_from([0, 0, 10]))
    bears_from = invoice_on + ONE_DAY * (interest_days + 1)
    fees = draw(st.lists(st.sampled_from(["reminder", "late_payment_fee", "verdict_fee"]),
                         max_size=1))  # fmt: skip
    return {
        "capital": draw(st.sampled_from([1_00, 500_00, 2_000_00, 12_345_67, 90_000_00])),
        "invoice_on": invoice_on,
        "due_days": due_days,
        "due_on": invoice_on + ONE_DAY * due_days,
        "interest_days": interest_days,
        "interest_from": bears_from if terms["start"] == "due" else invoice_on + 31 * ONE_DAY,
        "terms": terms,
        "fees": [
            {
                "kind": kind,
                "amount": draw(st.sampled_from([60_00, 33_33])),
                "on": invoice_on + ONE_DAY * draw(st.integers(0, due_days + overdue_days)),
            }
            for kind in fees
        ],
    }


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an agreement, a debtor and the debts."""
    registered_on = draw(st.dates(date(2023, 3, 1), date(2026, 5, 1)))
    hour = draw(st.sampled_from([7, 20, 21]))
    at = datetime(registered_on.year, registered_on.month, registered_on.day, hour, 30, tzinfo=UTC)
    is_consumer = draw(st.booleans())
    count = draw(st.sampled_from([1, 1, 2, 3]))
    return {
        "at": at,
        "is_consumer": is_consumer,
        "terms": {
            "rounding": draw(st.sampled_from(["krona", "ore"])),
            "late_fee": draw(st.sampled_from([False, False, True])),
            "reminder_fee": draw(st.sampled_from([True, True, False])),
        },
        "debts": [{**draw(debts(registered_on)), "is_consumer": is_consumer} for _ in range(count)],
    }


amounts_of = st.sampled_from(["öre", "tenth", "half", "capital", "rest", "rest and more"])
cases_drawn = st.integers(0, 2)
days_back = st.sampled_from([0, 0, 0, 1, 5, 25, 100, 1000])
hours = st.sampled_from([0, 12, 23])


class LedgerMachine(RuleBasedStateMachine):
    """Commands in any order; the subclass says where the books are kept."""

    accepted: ClassVar[Counter[str]]
    examples: ClassVar[int]

    def __init__(self) -> None:
        super().__init__()
        self.own_accepted: Counter[str] = Counter()
        self.commands: list[dict[str, Any]] = []
        self.answers: list[Told] = []
        self.seen: dict[str, list[Recorded]] = {}
        self.books: Books | None = None

    @abstractmethod
    def open_books(self, world: dict[str, Any]) -> Books:
        """Return empty books on a clock that stands at the world's beginning."""

    @initialize(world=worlds())
    def begin(self, world: dict[str, Any]) -> None:
        self.books = self.open_books(world)
        self.oracle = Oracle(world["terms"])
        self.case_ids = self.books.register(world["debts"])
        for case_id, debt in zip(self.case_ids, world["debts"], strict=True):
            self.oracle.register(case_id, debt, world["at"])

    # -- rules ----------------------------------------------------------------------------

    @rule(step=st.sampled_from(STEPS))
    def days_pass(self, step: timedelta) -> None:
        until = min(self.books.now + step, ENDS_AT)
        self.books.advance(until)
        self.oracle.advance(until)
        self._was_accepted("days_pass")

    @rule(case=cases_drawn, size=amounts_of, back=days_back, hour=hours,
          reference=st.sampled_from([None, None, "A", "B"]))  # fmt: skip
    def creditor_payment(
        self, case: int, size: str, back: int, hour: int, reference: str | None
    ) -> None:
        self._money("creditor_payment", case, size, self._value_at(case, back, hour), reference)

    @rule(case=cases_drawn, size=amounts_of, back=days_back, hour=hours)
    def agency_payment(self, case: int, size: str, back: int, hour: int) -> None:
        self._money("agency_payment", case, size, self._value_at(case, back, hour), None)

    @rule(case=cases_drawn, size=amounts_of)
    def crediting(self, case: int, size: str) -> None:
        self._money("crediting", case, size, self.books.now, None)

    @rule(case=cases_drawn, is_meant=st.sampled_from([False, False, True]))
    def cancellation(self, case: int, is_meant: bool) -> None:
        if is_meant or self.oracle.cases[self._case(case)]["closed"]:
            self._command({"kind": "cancellation", "case": self._case(case)})

    @precondition(lambda self: self._payments())
    @rule(position=st.integers(0, 20))
    def reversal(self, position: int) -> None:
        payments = self._payments()
        self._command({"kind": "reversal", "payment": payments[position % len(payments)]["id"]})

    @rule(case=cases_drawn, back=days_back, days=st.sampled_from([None, 0, 30]),
          percent=st.sampled_from(["0", "5.5", "9"]))  # fmt: skip
    def interest_reduction(self, case: int, back: int, days: int | None, percent: str) -> None:
        first_on = civil(self._value_at(case, back, 12))
        reduction = {
            "first_on": first_on,
            "last_on": None if days is None else first_on + days * ONE_DAY,
            "percent": percent,
        }
        case_id = self._case(case)
        self._command({"kind": "interest_reduction", "case": case_id, "reduction": reduction})

    @precondition(lambda self: self.charges_costs())
    @rule(case=cases_drawn, kind=st.sampled_from(CHARGED_KINDS), act=st.sampled_from(["x", "y"]))
    def cost(self, case: int, kind: str, act: str) -> None:
        self._command(
            {"kind": "cost", "case": self._case(case), "cost": kind, "act": act,
             "on": civil(self.books.now)}
        )  # fmt: skip

    def charges_costs(self) -> bool:
        """Tell whether the books can be told to charge a cost."""
        return True

    @precondition(lambda self: self.commands)
    @rule(position=st.integers(0, 30))
    def replay(self, position: int) -> None:
        position %= len(self.commands)
        before = self.books.snapshot()
        self.check_replay(self.commands[position], self.answers[position])
        assert self.books.snapshot() == before, "a replayed command changes nothing"

    @abstractmethod
    def check_replay(self, command: dict[str, Any], answer: Told) -> None:
        """Repeat a command where the books know it again, and check what it is answered."""

    # -- how a command is told -------------------------------------------------------------

    def _case(self, position: int) -> str:
        return self.case_ids[position % len(self.case_ids)]

    def _payments(self) -> list[dict[str, Any]]:
        kinds = ("creditor_payment", "agency_payment")
        return [command for command in self.commands if command["kind"] in kinds]

    def _value_at(self, case: int, back: int, hour: int) -> datetime:
        """Return a value date that is neither before the invoice nor after today."""
        debt = self.oracle.cases[self._case(case)]
        now = self.books.now
        at = (now - back * ONE_DAY).replace(hour=hour, minute=0)
        at = at if civil(at) <= civil(now) else at - ONE_DAY
        invoice_on = debt["invoice_on"]
        first = datetime(invoice_on.year, invoice_on.month, invoice_on.day, tzinfo=UTC)
        return max(at, first)

    def _money(
        self, kind: str, case: int, size: str, value_at: datetime, reference: str | None
    ) -> None:
        known = self.oracle.cases[self._case(case)]
        figures = known["figures"]
        rest = sum(
            figures["added"][name] - figures["settled"][name] - figures["written_off"][name]
            for name in figures["added"]
        )
        amount = {
            "öre": 1,
            "tenth": known["capital"] // 10,
            "half": known["capital"] // 2,
            "capital": known["capital"],
            "rest": rest,
            "rest and more": rest + 77_77,
        }[size]
        self._command(
            {
                "kind": kind,
                "case": known["id"],
                "amount": max(amount, 1),
                "value_at": value_at,
                "reference": reference,
            }
        )

    def _command(self, command: dict[str, Any]) -> None:
        """Tell the books and the oracle; they must answer the same."""
        command = {**command, "id": f"{len(self.commands) + 1:024x}", "at": self.books.now}
        expected = self.foretold(command, self.oracle)
        is_refused = self.is_refused(command, expected)
        before = self.books.snapshot() if is_refused else None
        answer = self.books.carry_out(command)
        assert answer == expected, f"{answer} of {command}, foretold {expected}"
        self.commands.append(command)
        self.answers.append(answer)
        if is_refused:
            assert self.books.snapshot() == before, "a refused command changes nothing"
        else:
            self._was_accepted(command["kind"])

    def is_refused(self, command: dict[str, Any], answer: Told) -> bool:
        """Tell whether a command was to change nothing."""
        reason = answer[2] or ""
        if command["kind"] == "agency_payment":
            return False
        is_known = reason.split(".")[-1] in {
            "duplicate", "case_closed", "already_reversed", "nothing_settled"
        }  # fmt: skip
        return is_known or answer[0] == REFUSED

    def foretold(self, command: dict[str, Any], oracle: Oracle) -> Told:
        """Tell an oracle of a command; return what it says the answer will be."""
        kind = command["kind"]
        if kind in {"creditor_payment", "agency_payment", "crediting"}:
            source = {"creditor_payment": "creditor", "agency_payment": "agency"}
            money = {
                "id": command["id"],
                "amount": command["amount"],
                "source": source.get(kind, "crediting"),
                "on": civil(command["value_at"]),
                "reference": command["reference"],
                "reversed_by": None,
            }
            if kind == "crediting":
                return oracle.crediting(command["case"], money, money["on"])
            return getattr(oracle, kind)(command["case"], money)
        if kind == "cancellation":
            return oracle.cancel(command["case"])
        if kind == "reversal":
            return oracle.reverse(command["payment"], command["id"], command["at"])
        if kind == "interest_reduction":
            reduction = {**command["reduction"], "id": command["id"]}
            return oracle.reduce_interest(command["case"], reduction)
        amount, refusal = oracle.charge_cost(
            command["case"], command["cost"], command["act"], command["on"]
        )
        return (REFUSED, 0, refusal) if refusal else ("completed", amount, None)

    def _was_accepted(self, kind: str) -> None:
        type(self).accepted[kind] += 1
        self.own_accepted[kind] += 1

    # -- after every step -----------------------------------------------------------------

    @invariant()
    def books_are_right(self) -> None:
        if self.books is None or not hasattr(self, "case_ids"):
            return
        cases, journals = self.books.cases(), self.books.journals()
        for case_id in self.case_ids:
            case = cases[case_id]
            assert_invariants(case, journals[case_id])
            seen = self.seen.get(case_id, [])
            assert journals[case_id][: len(seen)] == seen, "no event ever changes or vanishes"
            self.seen[case_id] = journals[case_id]
            said, foretold = amounts(case), self.oracle.amounts(case_id)
            differing = {
                name: (said[name], foretold[name]) for name in said if said[name] != foretold[name]
            }
            assert not differing, f"case {case_id} says, and the oracle: {differing}"
        self._check_client_money(cases)

    def _check_client_money(self, cases: dict[str, Case]) -> None:
        received = {
            command["id"]: command["amount"]
            for command in self.commands
            if command["kind"] == "agency_payment"
        }
        for command, answer in zip(self.commands, self.answers, strict=True):
            if command["kind"] == "reversal" and answer[0] == "completed":
                received.pop(command["payment"], None)
        transfers = [transfer for case in cases.values() for transfer in case.transfers]
        held = holdings(transfers)
        assert total(held.values()) == ZERO
        assert held[Holder.BANK].minor == sum(received.values()), "the bank has what came in"

    def teardown(self) -> None:
        if self.books is not None:
            # Of each kind a few count: else the search finds stories of one kind that is
            # always accepted.
            counted = sum(min(count, 3) for count in self.own_accepted.values())
            target(float(counted), label="accepted steps, at most three of a kind")
            type(self).examples += 1
            self.books.close()


def amounts(case: Case) -> dict[str, Any]:
    """Return what a case of the product says, in the oracle's words."""
    parts = {
        part: {
            component.value: getattr(case.balances.of(component), part).minor
            for component in Component
        }
        for part in ("added", "settled", "written_off")
    }
    by_source: dict[tuple[str, str], int] = {}
    for entry in case.entries:
        if entry.kind is EntryKind.SETTLEMENT:
            key = (entry.source.value, entry.component.value)
            by_source[key] = by_source.get(key, 0) - entry.amount.minor
    held = holdings(case.transfers)
    return {
        **parts,
        "by_source": {key: value for key, value in by_source.items() if value},
        "held": {holder.value: amount.minor for holder, amount in held.items() if amount},
        "demand_cost": posted_demand_cost(case).minor,
        "status": case.status.value,
        "closed": case.closed.reason.value if case.closed else None,
        "next_due": case.next_item.due_at if case.next_item else None,
    }


_SETTLED_AT = {
    MoneySource.CREDITING: LedgerAccount.CREDITED,
    MoneySource.CREDITOR: LedgerAccount.SETTLED_AT_CREDITOR,
    MoneySource.AGENCY: LedgerAccount.SETTLED_AT_AGENCY,
}


def assert_invariants(case: Case, journal: list[Recorded]) -> None:
    """Check the ledger of one case: what must hold at every moment, whatever happened."""
    assert [recorded.number for recorded in journal] == list(range(1, len(journal) + 1))
    assert rebuild(journal) == case, "a case is the fold of its journal"
    posted = [r.event.entry for r in journal if isinstance(r.event, EntryPosted)]
    assert tuple(posted) == case.entries
    assert [entry.number for entry in posted] == list(range(1, len(posted) + 1))
    assert fold(posted) == case.balances
    for entry in posted:
        assert entry.amount
        assert total(posting.amount for posting in entry.postings()) == ZERO
    for component in Component:
        balance = case.balances.of(component)
        legs = [leg for entry in posted if entry.component is component for leg in entry.postings()]
        receivable = total(g.amount for g in legs if g.ledger_account is LedgerAccount.RECEIVABLE)
        assert receivable == balance.remaining
        assert balance.added - balance.settled - balance.written_off == balance.remaining
        assert min(balance.added, balance.settled, balance.written_off) >= ZERO, component
        assert balance.remaining >= ZERO, component
        if case.closed is not None:
            assert balance.remaining == ZERO, "a closed case has nothing left"
        for source, account in _SETTLED_AT.items():
            of_source = total(g.amount for g in legs if g.ledger_account is account)
            assert of_source >= ZERO, f"{source} settled less than nothing of {component}"
    assert [transfer.number for transfer in case.transfers] == list(
        range(1, len(case.transfers) + 1)
    )
