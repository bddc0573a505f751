"""What creditors report about their cases: found, checked and carried out, batch by batch.

Every kind of report names a case of one of the account's creditors, has its own rules besides,
and changes the case and those that share its demand; what differs is a subclass of
`CreditorActions`.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from fordran.domain.case import Case
from fordran.domain.draft import Draft
from fordran.domain.ledger import Origin
from fordran.domain.outcome import Outcome
from fordran.domain.refusals import Refusal
from fordran.domain.swedish_time import civil_date
from fordran.operations.case_batch import CaseBatch
from fordran.operations.context import Context
from fordran.operations.idempotency import IdempotencyKey, IdempotencyKeyReused, answer_once
from fordran.operations.randomness import object_id
from fordran.operations.references import must_exist, wrong_account
from fordran.storage import parties
from fordran.storage.creditor_actions import (
    ActionTable,
    ActionView,
    StoredAction,
    cases_of_invoices,
)
from fordran.storage.unit_of_work import UnitOfWork


class CreditorCommand(msgspec.Struct, frozen=True, kw_only=True):
    """What every report of a creditor has: `request` is its body as it came in."""

    creditor_id: str | None
    """Who reports; None if the agency does."""
    case_id: str | None = None
    invoice_number: str | None = None
    """Names the case instead of its id."""
    request: bytes
    account_id: str | None = None
    """The account the client names, if it does; it must be its own."""
    idempotency: IdempotencyKey | None = None


IN_PATH = "_id"
"""The field that an issue is of when the path of a request names what does not exist."""


class NotReported(Refusal):
    """The report was refused; nothing of it is stored. `issues` says why per field."""

    def __init__(self, issues: dict[str, Any]) -> None:
        self.issues = issues
        super().__init__()


class SharedFields(msgspec.Struct, frozen=True):
    """What the stored report of every kind is made of. Units: `at` is the account's instant."""

    id: str
    case_id: str
    at: datetime
    command: CreditorCommand

    def with_result(self, outcome: Outcome) -> dict[str, Any]:
        """Return the fields that every stored report has."""
        creditor_id = self.command.creditor_id
        origin = Origin.SOLICITOR_SYSTEM if creditor_id is None else Origin.CREDITOR_SYSTEM
        tagged = self.id.encode() + self.command.request
        return {
            "id": self.id,
            "case_id": self.case_id,
            "creditor_id": creditor_id,
            "origin": origin.value,
            "status": outcome.status.value,
            "status_reason": outcome.reason,
            "etag": hashlib.sha1(tagged).hexdigest(),  # noqa: S324 - an entity tag
            "created_at": self.at,
        }


Command = TypeVar("Command", bound=CreditorCommand)
Stored = TypeVar("Stored", bound=StoredAction)

Verdict = ActionView[Stored] | NotReported | IdempotencyKeyReused


class CreditorActions(ABC, Generic[Command, Stored]):
    """One unit of work that carries out several reports of one kind.

    Checked per report, all at once: the account is the client's own, the creditor is the
    account's, the case exists and is the creditor's, and the rules of the kind.
    """

    table: ClassVar[ActionTable[Any]]

    def __init__(
        self, context: Context, uow: UnitOfWork, commands: Sequence[Command], real_now: datetime
    ) -> None:
        self.context = context
        self.uow = uow
        self.commands = commands
        reporting = {c.creditor_id for c in commands if c.creditor_id is not None}
        self.creditors = parties.creditors(uow, sorted(reporting))
        self.find()
        self.batch = CaseBatch(uow, self._wanted(), real_now)

    @classmethod
    def answer(
        cls, context: Context, account_id: str, commands: Sequence[Command]
    ) -> "list[Verdict[Stored]]":
        """Carry out reports of one account in order, each with its own verdict."""
        real_now = context.clock.now()

        def operation(uow: UnitOfWork) -> "list[Verdict[Stored]]":
            def carry_out(new: "list[Command]") -> "list[Verdict[Stored]]":
                return cls(context, uow, new, real_now).verdicts() if new else []

            def answer_again(ids: list[str]) -> "dict[str, Verdict[Stored]]":
                return dict(cls.table.listing.by_id(uow, ids))

            return answer_once(
                uow,
                commands,
                carry_out=carry_out,
                document_id=_document_id,
                answer_again=answer_again,
                recorded_at=real_now,
            )

        return context.database.run(account_id, operation)

    def find(self) -> None:
        """Find the cases that the reports name by the number of an invoice."""
        named = [
            (command.creditor_id, command.invoice_number)
            for command in self.commands
            if command.creditor_id and command.invoice_number
        ]
        self.by_invoice = cases_of_invoices(self.uow, named) if named else {}

    def case_ids(self, command: Command) -> Sequence[str]:
        """Return the cases that a report changes, the one it is shown with first."""
        if command.case_id is not None:
            return (command.case_id,)
        named = (command.creditor_id or "", command.invoice_number or "")
        return self.by_invoice.get(named, [])[:1]

    def unknown_case_issue(self, command: Command) -> dict[str, str]:
        """Say that what a report names its case by is nothing of the creditor's."""
        if command.case_id is not None:
            return {"case": must_exist(command.case_id, "cases", "_id")}
        number = command.invoice_number or ""
        return {"invoice_number": must_exist(number, "cases", "debt.invoice_number")}

    def unknown_in_path(self, command: Command, document_id: str, resource: str) -> dict[str, str]:
        """Say that the path names nothing of the account, or something of another creditor's.

        The first is an issue of `_id`, which no body has: what it names does not exist.
        """
        if self._draft(command) is None:
            return {IN_PATH: must_exist(document_id, resource, "_id")}
        return {"creditor": must_exist(command.creditor_id or "", "creditors", "_id")}

    def issues(
        self,
        command: Command,  # noqa: ARG002 - for the kinds that have
        case: Case,  # noqa: ARG002 - for the kinds that have
    ) -> dict[str, Any]:
        """Return what is wrong by the rules of the kind."""
        return {}

    @abstractmethod
    def carry_out(self, command: Command, draft: Draft, shared: SharedFields) -> Stored:
        """Let the report happen on the drafts, and return it with its result."""

    def verdicts(self) -> "list[Verdict[Stored]]":
        """Carry out each report that passes the checks, then write everything."""
        verdicts: list[Verdict[Stored]] = []
        for command in self.commands:
            issues = self._issues(command)
            verdicts.append(NotReported(issues) if issues else self._reported(command))
        self.table.insert(self.uow, [v.action for v in verdicts if isinstance(v, ActionView)])
        self.batch.save()
        return verdicts

    def _wanted(self) -> Iterable[str]:
        return {case_id for command in self.commands for case_id in self.case_ids(command)}

    def _draft(self, command: Command) -> Draft | None:
        case_id = next(iter(self.case_ids(command)), "")
        return self.batch.drafts.get(case_id)

    def _issues(self, command: Command) -> dict[str, Any]:
        issues: dict[str, Any] = wrong_account(command.account_id, self.uow.account_id)
        creditor_id = command.creditor_id
        if creditor_id is not None and creditor_id not in self.creditors:
            issues["creditor"] = must_exist(creditor_id, "creditors", "_id")
        draft = self._draft(command)
        if draft is None or creditor_id not in (None, draft.case.creditor_id):
            return issues | self.unknown_case_issue(command)
        return issues | self.issues(command, draft.case)

    def _reported(self, command: Command) -> ActionView[Stored]:
        draft = self._draft(command)
        assert draft is not None
        action_id = object_id(self.context.randomness, self.batch.at)
        shared = SharedFields(action_id, draft.case.id, self.batch.at, command)
        stored = self.carry_out(command, draft, shared)
        case = draft.case
        return ActionView(stored, case.debt.invoice_number, case.reference_number)


def _document_id(verdict: Any) -> str | None:
    return verdict.action.id if isinstance(verdict, ActionView) else None


def value_date_issues(field: str, value_at: datetime, case: Case, today: date) -> dict[str, str]:
    """Return what is wrong with the date that money counts from (decision 40).

    Units: `today` is the account's civil date.
    """
    value_on = civil_date(value_at)
    if value_on > today:
        return {field: "must not be in the future"}
    if value_on < case.debt.invoice_on:
        return {field: "must not be before the invoice date"}
    return {}
