"""The stage of a script: what it has brought about so far, and by which names."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from fordran.domain.agreement import AgreementTerms
from fordran.domain.case import Case, Debt
from fordran.sandbox.clocks import advance_clock
from fordran.storage import cases
from tests.scenarios import sayings
from tests.scenarios.script import Line
from tests.world import Account

UNKNOWN_ID = "ffffffffffffffffffffffff"
ONE_SECOND = timedelta(seconds=1)


class Stage:
    """What a script has brought about so far."""

    def __init__(self, account: Account, conninfo: str) -> None:
        self.account = account
        self.context = account.context
        self.conninfo = conninfo
        self.debts: dict[str, Debt] = {}
        self.case_ids: dict[str, str] = {}
        self.creditors = {"Nobody": UNKNOWN_ID}
        self.fact_ids: dict[str, str] = {}
        """By the name that a script gives: payments, creditings, reversals and so on."""
        self.received: set[str] = set()
        """The ids of payments that the agency received."""
        self.terms = AgreementTerms()

    def advance(self, to: datetime) -> None:
        """Set the account's clock; what falls due on the way is carried out."""
        advance_clock(self.context, self.account.id, to)

    def load(self, label: str) -> Case:
        """Return a case as it is stored."""
        case_id = self.case_ids[label]
        found = self.context.database.read(self.account.id, lambda uow: cases.load(uow, [case_id]))
        return found[case_id]

    def creditor_id(self, line: Line) -> str:
        """Return the creditor that a line means."""
        name = line.arguments.get("creditor")
        return self.creditors[name] if name else self.account.creditor_id

    def name(self, line: Line, fact_id: str) -> None:
        """Remember a fact by the name that its line gives it."""
        if line.arguments["named"]:
            self.fact_ids[line["named"]] = fact_id

    def names(self) -> dict[str, str]:
        """Return the name of each fact and case, by id."""
        named = {**self.fact_ids, **self.case_ids}
        return {named_id: name for name, named_id in named.items()}

    def with_moves(self, act: Callable[[], tuple[str, str]]) -> str:
        """Return what an act says, and which cases it opened or closed.

        The act returns its words, and the id of the case that they are about: it is not named.
        """
        before = {name: self.load(name) for name in self.case_ids}
        words, about = act()
        said = [words]
        for name, was in sorted(before.items()):
            moved = sayings.moved(was, self.load(name))
            if moved:
                said.append(moved if self.case_ids[name] == about else f"{name} {moved}")
        return ", ".join(said)

    def refused(self, issues: dict[str, object]) -> str:
        """Return a refusal with the names of cases for their ids."""
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
