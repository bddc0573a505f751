"""One case in memory that lives through the facts of a row of docs/law, through the domain alone.

The case is that of the pages: an invoice of 7 July 2025, due on 7 August, registered and demanded
on 3 September. Its letter may be paid until 15 September; the debt statement runs on the 19th.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from fordran.domain import agency_payment, crediting, creditor_payment
from fordran.domain.agenda import next_due
from fordran.domain.agreement import AgreementTerms
from fordran.domain.cancellation import cancel
from fordran.domain.case import Case, CaseMoney, Debt, FeeAlreadyClaimed
from fordran.domain.draft import Draft
from fordran.domain.events import CaseRegistered
from fordran.domain.flow import FlowConfig
from fordran.domain.flow_step import StepIds, carry_out
from fordran.domain.holding import carry_out_clock
from fordran.domain.ledger import FactKind, FactName, MoneySource
from fordran.domain.money import Money
from fordran.domain.outcome import Outcome
from fordran.domain.registration import register
from fordran.domain.reversal import reverse
from fordran.domain.rules import Rules
from fordran.domain.shipped_flows import DEFAULT_FLOW

REGISTERED_AT = datetime(2025, 9, 3, 7, 56, 11, tzinfo=UTC)
CASE_ID = "0" * 24

_ON = r"(\d{4}-\d\d-\d\d)"
_FORMS = {
    "receive": rf"receive (\d+\.\d\d) on {_ON}",
    "pay": rf"pay (\d+\.\d\d) on {_ON}(?: known {_ON})?",
    "credit": rf"credit (\d+\.\d\d) on {_ON}",
    "cancel": rf"cancel on {_ON}",
    "reverse": rf"reverse (\d) on {_ON}",
    "wait": rf"wait to {_ON}",
}


def kronor(text: str) -> Money:
    """Return the amount of a text with two decimals."""
    return Money(int(text.replace(".", "")))


def figure(amount: Money) -> str:
    """Return an amount as the pages write it."""
    return str(amount).removesuffix(" SEK")


class LawCase:
    """A case, and how each of its facts went."""

    def __init__(
        self,
        terms: AgreementTerms | None = None,
        *,
        capital: str = "2000.00",
        is_consumer: bool = False,
        fees: tuple[FeeAlreadyClaimed, ...] = (),
        flow: FlowConfig = DEFAULT_FLOW,
        invoice_on: date = date(2025, 7, 7),
    ) -> None:
        self.flow = flow
        self.rules = Rules(terms or AgreementTerms())
        self.outcomes: list[Outcome] = []
        event = CaseRegistered(
            case_id=CASE_ID,
            account_id="a" * 24,
            creditor_id="b" * 24,
            customer_id="c" * 24,
            registration_id="d" * 24,
            agreement_version_id="e" * 24,
            reference_number="1",
            ocr_number="0",
            currency="SEK",
            is_consumer=is_consumer,
            has_reference_rate=True,
            debt=Debt(
                invoice_number="INV-1",
                invoice_on=invoice_on,
                due_days=31,
                interest_days=31,
                capital_to_claim=kronor(capital),
                payout_reference="",
                fees_already_claimed=fees,
            ),
        )
        registered = register(event, flow, REGISTERED_AT)
        self.case: Case = registered.case
        self.journal = list(registered.recorded)

    def live(self, facts: str) -> None:
        """Let the facts of a cell happen, in order; the flow goes on between them."""
        for fact in facts.split("; "):
            verb = fact.split()[0]
            said = re.fullmatch(_FORMS[verb], fact)
            assert said is not None, f"{verb} is not written like that: {fact}"
            getattr(self, f"_{verb}")(*said.groups())

    def advance(self, until: datetime) -> None:
        """Carry out what falls due, each step at its own instant."""
        while (due := next_due(self.case)) is not None and due.at <= until and not due.is_failed:
            draft = Draft(self.case, due.at)
            if due.hold_id:
                carry_out_clock(draft, due)
            else:
                action = self.flow.item(due.item).action
                ids = StepIds("f" * 24, f"{len(self.case.state_history)}" * 24)
                carry_out(action, [draft], self.flow, self.rules, ids)
            self._keep(draft)

    def decide(self, on: str, decision: Callable[[Draft], Outcome]) -> None:
        """Let a decision happen at ten in the morning of a day."""
        at = _at(on, 10)
        self.advance(at)
        draft = Draft(self.case, at)
        self.outcomes.append(decision(draft))
        self._keep(draft)

    def _keep(self, draft: Draft) -> None:
        self.case = draft.case
        self.journal += draft.recorded

    def _pay(self, amount: str, on: str, known: str | None) -> None:
        money = CaseMoney(self._next_id(), kronor(amount), _at(on))
        self.decide(
            known or on, lambda draft: creditor_payment.report([draft], CASE_ID, money, self.rules)
        )

    def _receive(self, amount: str, on: str) -> None:
        money = CaseMoney(self._next_id(), kronor(amount), _at(on), source=MoneySource.AGENCY)
        self.decide(
            on, lambda draft: agency_payment.receive([draft], CASE_ID, money, self.rules).outcome
        )

    def _credit(self, amount: str, on: str) -> None:
        money = CaseMoney(self._next_id(), kronor(amount), _at(on), source=MoneySource.CREDITING)
        self.decide(on, lambda draft: crediting.credit([draft], CASE_ID, money, self.rules))

    def _cancel(self, on: str) -> None:
        self.decide(on, lambda draft: cancel(draft, self._next_id()))

    def _reverse(self, number: str, on: str) -> None:
        """Take back the payment that was the given one of the facts."""
        payment_id = f"{int(number):024x}"
        fact = FactName(FactKind.PAYMENT_REVERSAL, self._next_id())
        self.decide(on, lambda draft: reverse([draft], [CASE_ID], payment_id, fact, self.rules))

    def _wait(self, on: str) -> None:
        self.advance(_at(on, 10))

    def _next_id(self) -> str:
        return f"{len(self.outcomes) + 1:024x}"


def _at(on: str, hour: int = 0) -> datetime:
    day = date.fromisoformat(on)
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def row_of(case: Case) -> dict[str, str]:
    """Return what a row says of the case at its end."""
    balances = case.balances
    return {
        "capital": figure(balances.capital.remaining),
        "costs": f"{figure(balances.costs.remaining)} of {figure(balances.costs.added)}",
        "interest": f"{figure(balances.interest.remaining)} of {figure(balances.interest.added)}",
        "end": case.closed.reason.value if case.closed else "open",
    }
