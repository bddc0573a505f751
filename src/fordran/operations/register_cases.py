"""Register the debts of creditors: each becomes a case."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms, AgreementVersion
from fordran.domain.case import Debt
from fordran.domain.draft import Draft
from fordran.domain.events import CaseRegistered
from fordran.domain.flow import FirstAction, FlowConfig
from fordran.domain.id_numbers import IdNumber, IdNumberKind, InvalidIdNumber, parse_id_number
from fordran.domain.interest_terms import InterestBasis
from fordran.domain.ocr import ocr_number
from fordran.domain.refusals import Refusal
from fordran.domain.registration import register
from fordran.domain.swedish_time import civil_date
from fordran.operations.clock import account_now
from fordran.operations.context import Context
from fordran.operations.idempotency import IdempotencyKey, IdempotencyKeyReused, answer_once
from fordran.operations.randomness import object_id
from fordran.operations.references import must_exist, wrong_account
from fordran.storage import agreements, cases, parties, registrations
from fordran.storage.parties import GivenCustomer, StoredCreditor
from fordran.storage.registrations import REGISTRATIONS, OpenInvoice, StoredRegistration
from fordran.storage.unit_of_work import UnitOfWork

OCR_RANDOM_DIGITS = 12


class RegisterCases(msgspec.Struct, frozen=True):
    """One registration: a customer and one or more debts, each of which becomes a case.

    `request` is the body as it came in, for the entity tag and for the record.
    """

    creditor_id: str
    currency: str
    customer_kind: IdNumberKind
    customer: dict[str, Any]
    """As the wire gives it; `id_number` and `name` are present."""
    debts: tuple[Debt, ...]
    request: bytes
    first_action: FirstAction = FirstAction.DEBT_COLLECTION
    account_id: str | None = None
    """The account the client names, if it does; it must be its own."""
    idempotency: IdempotencyKey | None = None


class Registered(msgspec.Struct, frozen=True):
    """The verdict on a registration that was accepted."""

    registration: StoredRegistration


class NotRegistered(Refusal):
    """The registration was refused; nothing of it is stored.

    `issues` says what is wrong per field, in the words of the API.
    """

    def __init__(self, issues: dict[str, Any]) -> None:
        self.issues = issues
        super().__init__()


Verdict = Registered | NotRegistered | IdempotencyKeyReused


def register_cases(
    context: Context, account_id: str, commands: Sequence[RegisterCases]
) -> list[Verdict]:
    """Register debts of one account, each command with its own verdict.

    Checked per command, all at once: the creditor is the account's and active, the customer's
    id number can be read, the dates lie in the past, and no open case has the same invoice
    (decision 11).

    Raises: LookupError if the account or its agreement does not exist.
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> list[Verdict]:
        return answer_once(
            uow,
            commands,
            carry_out=lambda new: (
                _Registering(context, uow, new, real_now).verdicts() if new else []
            ),
            document_id=lambda verdict: (
                verdict.registration.id if isinstance(verdict, Registered) else None
            ),
            answer_again=lambda ids: _registered_before(uow, ids),
            recorded_at=real_now,
        )

    return context.database.run(account_id, operation)


def _registered_before(uow: UnitOfWork, registration_ids: list[str]) -> dict[str, Verdict]:
    found = REGISTRATIONS.by_id(uow, registration_ids)
    return {registration_id: Registered(stored) for registration_id, stored in found.items()}


def creditor_issue(context: Context, account_id: str, creditor_id: str) -> str | None:
    """Return what is wrong with a creditor of the account, or None."""
    found = context.database.read(account_id, lambda uow: parties.creditors(uow, [creditor_id]))
    return _creditor_issue(creditor_id, found.get(creditor_id))


def _creditor_issue(creditor_id: str, creditor: StoredCreditor | None) -> str | None:
    if creditor is None:
        return must_exist(creditor_id, "creditors", "_id")
    return None if creditor.is_active else "the creditor is not active"


def _flows_by_first_action(uow: UnitOfWork, terms: AgreementTerms) -> dict[FirstAction, FlowConfig]:
    """Return the flow that a claim begins, by its first action (decision 62)."""
    named = {
        FirstAction.DEBT_COLLECTION: terms.flow_config_id,
        FirstAction.REMINDER: terms.reminder_flow_config_id,
    }
    newest = agreements.newest_flow_configs(uow, list(named.values()))
    return {action: newest[flow_config_id] for action, flow_config_id in named.items()}


class _Registering:
    """One unit of work that registers the debts of several commands."""

    def __init__(
        self,
        context: Context,
        uow: UnitOfWork,
        commands: Sequence[RegisterCases],
        real_now: datetime,
    ) -> None:
        self.context = context
        self.uow = uow
        self.commands = commands
        self.real_now = real_now
        # The account's row is locked first: a virtual clock cannot be set meanwhile.
        first = parties.reserve_reference_numbers(uow, sum(len(c.debts) for c in commands))
        agreement = agreements.current_agreement(uow)
        if first is None or agreement is None or uow.account_id is None:
            raise LookupError(f"account {uow.account_id} has no agreement")
        self.account_id = uow.account_id
        self.next_reference_number = first
        self.agreement: AgreementVersion = agreement
        self.at = account_now(uow, real_now)
        self.flows = _flows_by_first_action(uow, agreement.terms)
        self.taken: dict[tuple[str, str, str], str] = {}

    def verdicts(self) -> list[Verdict]:
        """Check every command, then write all that passed."""
        creditors = parties.creditors(self.uow, sorted({c.creditor_id for c in self.commands}))
        found_issues = [self._issues(command, creditors) for command in self.commands]
        checked = zip(self.commands, found_issues, strict=True)
        self._find_taken_invoices([command for command, issues in checked if not issues])
        for command, issues in zip(self.commands, found_issues, strict=True):
            if not issues:
                issues.update(self._duplicates(command))
        accepted = [c for c, issues in zip(self.commands, found_issues, strict=True) if not issues]
        customer_ids = self._customer_ids(accepted)
        verdicts: list[Verdict] = []
        drafts: list[Draft] = []
        for command, issues in zip(self.commands, found_issues, strict=True):
            if issues:
                verdicts.append(NotRegistered(issues))
                continue
            registered, begun = self._register(command, customer_ids[_number(command, self.at)])
            verdicts.append(registered)
            drafts += begun
        self._write([v.registration for v in verdicts if isinstance(v, Registered)], drafts)
        return verdicts

    def _issues(
        self, command: RegisterCases, creditors: dict[str, StoredCreditor]
    ) -> dict[str, Any]:
        issues: dict[str, Any] = wrong_account(command.account_id, self.account_id)
        wrong = _creditor_issue(command.creditor_id, creditors.get(command.creditor_id))
        if wrong:
            issues["creditor"] = wrong
        try:
            _number(command, self.at)
        except InvalidIdNumber as refusal:
            issues["customer"] = {"id_number": str(refusal)}
        today = civil_date(self.at)
        debts = {
            str(position): found
            for position, debt in enumerate(command.debts)
            if (found := _date_issues(debt, today))
        }
        if debts:
            issues["debts"] = debts
        return issues

    def _find_taken_invoices(self, commands: Sequence[RegisterCases]) -> None:
        """Find the open case of each invoice, with the known customers' rows locked.

        Two registrations of one invoice therefore see each other; for a customer that is new to
        both, the unique index stops the second, which is then tried again.
        """
        numbers = sorted({_number(command, self.at) for command in commands})
        known = parties.lock_customers(self.uow, numbers) if numbers else {}
        wanted = {
            OpenInvoice(command.creditor_id, known[number], debt.invoice_number): (
                command.creditor_id,
                number,
                debt.invoice_number,
            )
            for command in commands
            if (number := _number(command, self.at)) in known
            for debt in command.debts
        }
        found = registrations.open_cases_of(self.uow, list(wanted)) if wanted else {}
        self.taken = {wanted[invoice]: f"open case {case}" for invoice, case in found.items()}

    def _duplicates(self, command: RegisterCases) -> dict[str, Any]:
        number = _number(command, self.at)
        keys = [(command.creditor_id, number, debt.invoice_number) for debt in command.debts]
        duplicates = {
            str(position): {
                "invoice_number": f"value '{key[2]}' is not unique: {self.taken[key]} has it"
            }
            for position, key in enumerate(keys)
            if key in self.taken
        }
        if duplicates:
            return {"debts": duplicates}
        self.taken.update(dict.fromkeys(keys, "a registration made at the same moment"))
        return {}

    def _customer_ids(self, commands: Sequence[RegisterCases]) -> dict[str, str]:
        """Make or reuse the customers of the commands; the last given details hold."""
        given = {
            number: GivenCustomer(
                id_number=number,
                new_customer_id=self._new_id(),
                new_debtor_id=self._new_id(),
                new_debtor_alias=self._new_id(),
                document=command.customer,
            )
            for command in commands
            for number in (_number(command, self.at),)
        }
        return parties.upsert_customers(self.uow, list(given.values()), self.at) if given else {}

    def _register(self, command: RegisterCases, customer_id: str) -> tuple[Registered, list[Draft]]:
        registration_id = self._new_id()
        drafts = [
            self._begin(command, debt, customer_id, registration_id) for debt in command.debts
        ]
        etag = hashlib.sha1(  # noqa: S324 - an entity tag, not a secret
            registration_id.encode() + command.request
        ).hexdigest()
        registration = StoredRegistration(
            id=registration_id,
            creditor_id=command.creditor_id,
            case_ids=tuple(draft.case.id for draft in drafts),
            ocr_ids=tuple(self._new_id() for _ in drafts),
            ocr_numbers=tuple(draft.case.ocr_number for draft in drafts),
            request=command.request,
            etag=etag,
            created_at=self.at,
        )
        return Registered(registration), drafts

    def _begin(
        self,
        command: RegisterCases,
        debt: Debt,
        customer_id: str,
        registration_id: str,
    ) -> Draft:
        terms = self.agreement.terms.interest
        if debt.interest is not None:
            # How the thirtieth day counts is no matter of one claim.
            thirtieth = terms.thirtieth_day_bears_interest
            terms = replace(debt.interest, thirtieth_day_bears_interest=thirtieth)
            debt = replace(debt, interest=terms)
        number = self.next_reference_number
        self.next_reference_number += 1
        event = CaseRegistered(
            case_id=self._new_id(),
            account_id=self.account_id,
            creditor_id=command.creditor_id,
            customer_id=customer_id,
            registration_id=registration_id,
            agreement_version_id=self.agreement.id,
            reference_number=str(number),
            ocr_number=self._new_ocr_number(),
            currency=command.currency,
            is_consumer=command.customer_kind is IdNumberKind.PERSON,
            has_reference_rate=terms.basis is InterestBasis.REFERENCE_PLUS_MARGIN,
            debt=debt,
            debtor_born_on=_id_number(command, self.at).born_on,
        )
        return register(event, self.flows[command.first_action], self.at)

    def _new_ocr_number(self) -> str:
        digits = self.context.randomness.digits(OCR_RANDOM_DIGITS)
        return ocr_number(civil_date(self.at), digits)

    def _new_id(self) -> str:
        return object_id(self.context.randomness, self.at)

    def _write(self, accepted: Sequence[StoredRegistration], drafts: Sequence[Draft]) -> None:
        if not accepted:
            return
        registrations.insert(self.uow, accepted)
        cases.insert(self.uow, drafts, self.real_now)
        registrations.insert_ocr_numbers(
            self.uow,
            [
                row
                for registration in accepted
                for row in zip(
                    registration.ocr_numbers,
                    registration.ocr_ids,
                    registration.case_ids,
                    strict=True,
                )
            ],
        )


def _number(command: RegisterCases, at: datetime) -> str:
    """Return the customer's canonical id number with its kind. Raises: InvalidIdNumber."""
    return f"{command.customer_kind.value}:{_id_number(command, at).digits}"


def _id_number(command: RegisterCases, at: datetime) -> IdNumber:
    text = command.customer["id_number"]
    return parse_id_number(text, kind=command.customer_kind, on=civil_date(at))


def _date_issues(debt: Debt, today: date) -> dict[str, str]:
    issues: dict[str, str] = {}
    if debt.invoice_on > today:
        issues["invoice_date"] = "must not be in the future"
    elif debt.due_on >= today:
        issues["invoice_due_days_after_invoice_date"] = (
            f"the debt is due on {debt.due_on.isoformat()}: "
            "register it for debt collection when that day has passed"
        )
    late = [fee.kind for fee in debt.fees_already_claimed if fee.registered_on > today]
    if late:
        issues["fees_already_claimed"] = f"{', '.join(late)}: must not be in the future"
    return issues
