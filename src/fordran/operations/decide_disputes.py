"""Decide disputes: what was right is credited, and the flow goes on with the rest."""

from collections.abc import Sequence
from typing import Any

from fordran.domain.case import Case, CaseMoney
from fordran.domain.dispute import (
    DisputeOutcome,
    amount_to_credit,
    credit_and_end,
    disputed_amount,
    is_open,
    refusal_to_decide,
)
from fordran.domain.draft import Draft
from fordran.domain.ledger import MoneySource
from fordran.domain.money import Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.operations.randomness import object_id
from fordran.storage.case_disputes import OUTCOMES, StoredOutcome, cases_of_disputes
from fordran.storage.creditor_creditings import CREDITINGS, StoredCrediting


class DecideDispute(CreditorCommand, frozen=True, kw_only=True):
    """How a dispute ends. Units: öre, of what was right of one that is upheld in part."""

    dispute_id: str
    outcome: DisputeOutcome
    amount: Money | None = None
    explanation: str


def decide_disputes(
    context: Context, account_id: str, commands: Sequence[DecideDispute]
) -> list[Verdict[StoredOutcome]]:
    """Decide disputes of one account in order, each with its own verdict.

    What is credited is a crediting of the creditor like any other. Checked per command besides
    what `CreditorActions` checks: the amount is at most what is disputed.

    Raises: ReferenceRateMissing. Source: decision 48; docs/decisions/0038.
    """
    return _Outcomes.answer(context, account_id, commands)


class _Outcomes(CreditorActions[DecideDispute, StoredOutcome]):
    table = OUTCOMES

    def find(self) -> None:
        named = {command.dispute_id for command in self.commands}
        self.disputed = cases_of_disputes(self.uow, sorted(named))

    def case_ids(self, command: DecideDispute) -> Sequence[str]:
        return self.disputed.get(command.dispute_id, ())

    def unknown_case_issue(self, command: DecideDispute) -> dict[str, str]:
        return self.unknown_in_path(command, command.dispute_id, "case_disputes")

    def issues(self, command: DecideDispute, case: Case) -> dict[str, Any]:
        draft = self.batch.drafts[case.id]
        if command.amount is None or not is_open(draft, command.dispute_id):
            return {}
        if command.amount > disputed_amount(draft, command.dispute_id):
            return {"amount": "must not be more than what is disputed"}
        return {}

    def carry_out(
        self, command: DecideDispute, draft: Draft, shared: SharedFields
    ) -> StoredOutcome:
        refused = refusal_to_decide(draft, command.dispute_id, command.outcome)
        if refused is not None:
            outcome = Outcome(OutcomeStatus.ERROR, reason=refused)
            return _stored(command, shared, outcome, None)
        rules, group = self.batch.rules_of(draft.case), self.batch.group_of(draft.case)
        amount = amount_to_credit(
            group,
            draft.case.id,
            command.dispute_id,
            rules,
            decided=(command.outcome, command.amount),
        )
        crediting = self._crediting(amount) if amount else None
        outcome = credit_and_end(
            group,
            [self.batch.drafts[case_id] for case_id in self.case_ids(command)],
            dispute_id=command.dispute_id,
            outcome=command.outcome,
            crediting=crediting,
            rules=rules,
        )
        if crediting is not None:
            self._store(crediting, shared, outcome)
        return _stored(command, shared, outcome, crediting)

    def _crediting(self, amount: Money) -> CaseMoney:
        crediting_id = object_id(self.context.randomness, self.batch.at)
        return CaseMoney(crediting_id, amount, self.batch.at, source=MoneySource.CREDITING)

    def _store(self, crediting: CaseMoney, shared: SharedFields, outcome: Outcome) -> None:
        """Store the crediting before what names it is."""
        of_crediting = SharedFields(crediting.payment_id, shared.case_id, shared.at, shared.command)
        stored = StoredCrediting(
            **of_crediting.with_result(outcome),
            currency=crediting.amount.currency,
            amount_minor=crediting.amount.minor,
            client_registration_at=crediting.value_at,
            credit_invoice=None,
            creditor_reference=None,
            settled_minor=outcome.settled.minor,
        )
        CREDITINGS.insert(self.uow, [stored])


def _stored(
    command: DecideDispute, shared: SharedFields, outcome: Outcome, crediting: CaseMoney | None
) -> StoredOutcome:
    return StoredOutcome(
        **shared.with_result(outcome),
        dispute_id=command.dispute_id,
        outcome=command.outcome.value,
        amount_minor=crediting.amount.minor if crediting else None,
        explanation=command.explanation,
        crediting_id=crediting.payment_id if crediting else None,
    )
