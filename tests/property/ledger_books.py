"""Books in memory: the domain alone, as an agency would use it, for the ledger's machine."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from fordran.domain.agency_payment import receive
from fordran.domain.agreement import AgreementTerms
from fordran.domain.cancellation import cancel
from fordran.domain.case import Case, CaseMoney, Debt, FeeAlreadyClaimed
from fordran.domain.cost_charge import charge_cost
from fordran.domain.crediting import credit
from fordran.domain.creditor_payment import report
from fordran.domain.draft import Draft
from fordran.domain.events import CaseRegistered, Recorded
from fordran.domain.flow import FlowAction
from fordran.domain.flow_step import StepIds, carry_out
from fordran.domain.interest_reduction import reduce_interest
from fordran.domain.interest_terms import (
    InterestBasis,
    InterestReduction,
    InterestStart,
    InterestTerms,
)
from fordran.domain.ledger import FactKind, FactName, MoneySource
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.outcome import Outcome
from fordran.domain.registration import register
from fordran.domain.reversal import reverse
from fordran.domain.rules import Rules
from fordran.domain.shipped_flows import DEFAULT_FLOW
from fordran.domain.swedish_time import midnight_utc
from fordran.domain.tables.statutory_costs import CostKind
from tests.property.oracle import Told

REFUSED = "refused"
"""The status of a command that was not received at all; its reason says why."""

_BASES = {
    "reference": InterestBasis.REFERENCE_PLUS_MARGIN,
    "fixed": InterestBasis.FIXED,
    "floor": InterestBasis.FIXED_WITH_FLOOR,
    "none": InterestBasis.NONE,
}

_ROUNDING = {
    "krona": RoundingPolicy.WHOLE_KRONA_DOWN,
    "ore": RoundingPolicy.ORE_HALF_UP,
}

_encode = msgspec.json.Encoder().encode


def agreed(terms: dict[str, Any]) -> AgreementTerms:
    """Return the agreement of a drawn world."""
    return AgreementTerms(
        interest_rounding=_ROUNDING[terms["rounding"]],
        claims_late_payment_fee=terms["late_fee"],
        reminder_fee_agreed=terms["reminder_fee"],
    )


def debt_of(drawn: dict[str, Any], number: int) -> Debt:
    """Return a drawn debt as the product takes it."""
    terms = drawn["terms"]
    is_by_demand = terms["start"] == "demand"
    return Debt(
        invoice_number=f"INV-{number}",
        invoice_on=drawn["invoice_on"],
        due_days=drawn["due_days"],
        interest_days=drawn["interest_days"],
        capital_to_claim=Money(drawn["capital"]),
        payout_reference="",
        fees_already_claimed=tuple(
            FeeAlreadyClaimed(fee["kind"], Money(fee["amount"]), fee["on"]) for fee in drawn["fees"]
        ),
        interest=InterestTerms(
            basis=_BASES[terms["basis"]],
            margin_percent=Decimal(terms["margin"]),
            annual_rate_percent=Decimal(terms["fixed"]),
            start=(
                InterestStart.DEMAND_PLUS_30_DAYS if is_by_demand else InterestStart.AGREED_DUE_DATE
            ),
        ),
    )


def told(outcome: Outcome) -> Told:
    """Return how a command went, as the oracle foretells it."""
    return (outcome.status.value, outcome.settled.minor, outcome.reason)


def reduction_of(command: dict[str, Any], reduction_id: str) -> InterestReduction:
    """Return a drawn reduction as the product takes it."""
    drawn = command["reduction"]
    return InterestReduction(
        reduction_id=reduction_id,
        first_on=drawn["first_on"],
        last_on=drawn["last_on"],
        annual_rate_percent=Decimal(drawn["percent"]),
        reason="drawn",
        decided_by="a handler",
    )


class MemoryBooks:
    """The cases of one debtor with one creditor, on one clock, through the domain alone."""

    def __init__(self, terms: dict[str, Any], at: datetime, *, is_consumer: bool) -> None:
        self.now = at
        self._rules = Rules(agreed(terms))
        self._is_consumer = is_consumer
        self._cases: dict[str, Case] = {}
        self._journals: dict[str, list[Recorded]] = {}
        self._steps = 0

    def register(self, debts: list[dict[str, Any]]) -> list[str]:
        """Register the debts; return the ids of their cases."""
        for number, drawn in enumerate(debts):
            event = CaseRegistered(
                case_id=f"{number:024x}",
                account_id="a" * 24,
                creditor_id="b" * 24,
                customer_id="c" * 24,
                registration_id="d" * 24,
                agreement_version_id="e" * 24,
                reference_number=str(number),
                ocr_number="0",
                currency="SEK",
                is_consumer=self._is_consumer,
                has_reference_rate=True,
                debt=debt_of(drawn, number),
            )
            self._keep([register(event, DEFAULT_FLOW, self.now)])
        return list(self._cases)

    def advance(self, until: datetime) -> None:
        """Carry out what falls due, each item at its own instant."""
        while (due := self._first_due(until)) is not None:
            item, due_at = due
            action = DEFAULT_FLOW.item(item).action
            ids = [
                case.id
                for case in self._cases.values()
                if case.next_item and (case.next_item.item, case.next_item.due_at) == due
            ]
            if action is FlowAction.DEBT_STATEMENT:
                ids = self._group_ids(ids[0])
            group = [Draft(self._cases[case_id], due_at) for case_id in sorted(ids)]
            self._steps += 1
            step_ids = StepIds(f"e{self._steps:023x}", f"f{self._steps:023x}")
            carry_out(action, group, DEFAULT_FLOW, self._rules, step_ids)
            self._keep(group)
        self.now = max(self.now, until)

    def carry_out(self, command: dict[str, Any]) -> Told:
        """Carry out one command of the machine."""
        if command["kind"] == "reversal":
            return self._reverse(command)
        drafts = [Draft(self._cases[i], self.now) for i in self._group_ids(command["case"])]
        answer = self._decide(command, drafts)
        self._keep(drafts)
        return answer

    def cases(self) -> dict[str, Case]:
        """Return the cases by id."""
        return dict(self._cases)

    def journals(self) -> dict[str, list[Recorded]]:
        """Return the journals by case."""
        return {case_id: list(journal) for case_id, journal in self._journals.items()}

    def snapshot(self) -> bytes:
        """Return everything there is, as bytes."""
        return _encode([self._cases, self._journals])

    def close(self) -> None:
        """Nothing is held."""

    def _decide(  # noqa: PLR0911 - one for each kind of command
        self, command: dict[str, Any], drafts: list[Draft]
    ) -> Told:
        case_id, rules = command["case"], self._rules
        match command["kind"]:
            case "creditor_payment":
                return told(report(drafts, case_id, _money(command), rules))
            case "agency_payment":
                return told(receive(drafts, case_id, _money(command), rules).outcome)
            case "crediting":
                return told(credit(drafts, case_id, _money(command), rules))
            case "interest_reduction":
                reduction = reduction_of(command, command["id"])
                return told(reduce_interest(drafts, case_id, reduction, rules))
        draft = next(member for member in drafts if member.case.id == case_id)
        if command["kind"] == "cancellation":
            return told(cancel(draft, command["id"]))
        charged = charge_cost(
            draft,
            CostKind(command["cost"]),
            command["act"],
            rules,
            value_at=midnight_utc(command["on"]),
        )
        if charged.refusal is not None:
            return (REFUSED, 0, charged.refusal.value)
        return ("completed", charged.amount.minor, None)

    def _reverse(self, command: dict[str, Any]) -> Told:
        payment_id = command["payment"]
        paid = [
            case.id
            for case in self._cases.values()
            if any(money.payment_id == payment_id for money in case.payments)
        ]
        members = {member for case_id in paid for member in self._group_ids(case_id)}
        drafts = [Draft(self._cases[case_id], self.now) for case_id in sorted(members)]
        fact = FactName(FactKind.PAYMENT_REVERSAL, command["id"])
        answer = told(reverse(drafts, paid, payment_id, fact, self._rules))
        self._keep(drafts)
        return answer

    def _group_ids(self, case_id: str) -> list[str]:
        group = self._cases[case_id].debt_collection_id
        if group is None:
            return [case_id]
        return [case.id for case in self._cases.values() if case.debt_collection_id == group]

    def _first_due(self, until: datetime) -> tuple[str, datetime] | None:
        items = [case.next_item for case in self._cases.values() if case.next_item is not None]
        due = sorted((item.due_at, item.item) for item in items if item.due_at <= until)
        return (due[0][1], due[0][0]) if due else None

    def _keep(self, drafts: Sequence[Draft]) -> None:
        for draft in drafts:
            self._journals.setdefault(draft.case.id, []).extend(draft.recorded)
            self._cases[draft.case.id] = draft.case


_SOURCES = {
    "creditor_payment": MoneySource.CREDITOR,
    "agency_payment": MoneySource.AGENCY,
    "crediting": MoneySource.CREDITING,
}


def _money(command: dict[str, Any]) -> CaseMoney:
    return CaseMoney(
        payment_id=command["id"],
        amount=Money(command["amount"]),
        value_at=command["value_at"],
        reference=command["reference"],
        source=_SOURCES[command["kind"]],
    )
