"""Send letters of the flow: render each to PDF, store it, record what it states.

To send is to render and store; `hand_over_letters` gives to the post what has been sent.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from fordran.domain.case import Case, Demand, Reminder
from fordran.domain.money import total
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date
from fordran.letters.debt_collection_letter import DebtCollectionLetter
from fordran.letters.letter import Letter, kind_of
from fordran.letters.letter_kind import Locale
from fordran.letters.reminder_letter import ReminderLetter
from fordran.letters.render import render
from fordran.operations.context import Context
from fordran.operations.letter_facts import (
    agency_of,
    claim_of,
    cost_of_act,
    creditor_of,
    debtor_of,
)
from fordran.storage import demands, parties
from fordran.storage.demands import StoredLetter
from fordran.storage.parties import StoredCreditor
from fordran.storage.unit_of_work import UnitOfWork


class SentLetter(msgspec.Struct, frozen=True):
    """The cases that one letter is about, with the letter dispatched, and the rules they follow."""

    cases: tuple[Case, ...]
    rules: Rules


class PreparedDemand(msgspec.Struct, frozen=True):
    """A demand that has been rendered and stored, not yet recorded. Units: öre."""

    debt_collection_id: str
    letter: StoredLetter
    stated_cost_minor: int


class Post:
    """Sends the letters of one unit of work."""

    def __init__(self, context: Context, uow: UnitOfWork, cases: Sequence[Case]) -> None:
        self._context = context
        self._uow = uow
        self._creditors = parties.creditors(uow, sorted({case.creditor_id for case in cases}))
        self._customers = parties.customers(uow, sorted({case.customer_id for case in cases}))
        self._letters: list[StoredLetter] = []
        self._demands: list[PreparedDemand] = []

    def prepare_reminder(self, sent: SentLetter) -> None:
        """Render the reminder of one case and store its PDF. Raises: LetterIncomplete."""
        (case,) = sent.cases
        letter = reminder_letter(sent, self._frame(case, case.reminder))
        self._letters.append(self._render_and_store(sent, letter))

    def prepare_demand(self, sent: SentLetter) -> None:
        """Render a demand and store its PDF.

        The PDF is written before the unit commits: a letter on record always has its bytes, and
        bytes without a record are sent to nobody.

        Raises: LetterIncomplete, if a required content is missing.
        """
        first = sent.cases[0]
        letter = demand_letter(sent, self._frame(first, first.demand))
        stored = self._render_and_store(sent, letter)
        self._letters.append(stored)
        assert first.debt_collection_id is not None
        self._demands.append(
            PreparedDemand(first.debt_collection_id, stored, letter.debt_collection_cost.minor)
        )

    def send(self) -> None:
        """Record every prepared letter as dispatched."""
        demands.insert_letters(self._uow, self._letters)
        for prepared in self._demands:
            demands.set_dispatched(
                self._uow,
                prepared.debt_collection_id,
                letter_id=prepared.letter.id,
                dispatched_at=prepared.letter.dispatched_at,
                stated_cost_minor=prepared.stated_cost_minor,
            )

    def _frame(self, case: Case, sent: Demand | Reminder | None) -> dict[str, Any]:
        """Return what every letter to a debtor has, by the names of its fields."""
        assert sent is not None, "the letter has been dispatched on the case"
        creditor: StoredCreditor = self._creditors[case.creditor_id]
        customer = self._customers[case.customer_id]
        return {
            "creditor": creditor_of(creditor),
            "agency": agency_of(self._context.agency),
            "debtor": debtor_of(customer, is_person=case.is_consumer),
            "ocr_number": case.ocr_number,
            "bankgiro": self._context.agency.bankgiro,
            "dispatched_at": sent.dispatched_at,
            "dispatched_on": civil_date(sent.dispatched_at),
            "deadline_on": sent.deadline_on,
            "counted_to_on": sent.counted_to_on,
        }

    def _render_and_store(self, sent: SentLetter, letter: Letter) -> StoredLetter:
        first = sent.cases[0]
        dispatched = first.letter
        assert dispatched is not None
        locale = Locale.SV
        rendered = render(letter, locale)
        key = f"letters/{first.account_id}/{dispatched.letter_id}.pdf"
        self._context.blobs.put(key, rendered.pdf)
        return StoredLetter(
            id=dispatched.letter_id,
            kind=kind_of(letter).value,
            case_ids=tuple(case.id for case in sent.cases),
            dispatched_at=letter.dispatched_at,
            template_version=rendered.template_version,
            contents=msgspec.json.encode(letter),
            blob_key=key,
            sha256=hashlib.sha256(rendered.pdf).digest(),
            size=len(rendered.pdf),
            locale=locale.value,
        )


def demand_letter(sent: SentLetter, frame: dict[str, Any]) -> DebtCollectionLetter:
    """Return the facts of a demand as the letter states them.

    Units: exact öre, nothing rounded (decision 42).
    Source: inkassolagen (1974:182) 5 §.
    """
    demand = sent.cases[0].demand
    assert demand is not None
    claims = tuple(claim_of(case, sent.rules) for case in sent.cases)
    return DebtCollectionLetter(
        **frame,
        claims=claims,
        debt_collection_cost=demand.stated_cost,
        total=total([*(claim.total for claim in claims), demand.stated_cost]),
        interest_rounding=sent.rules.terms.interest_rounding,
    )


def reminder_letter(sent: SentLetter, frame: dict[str, Any]) -> ReminderLetter:
    """Return the facts of a reminder as the letter states them.

    Units: exact öre, nothing rounded (decision 42). Source: 1981:739 2 §; decision 26.
    """
    (case,) = sent.cases
    reminder = case.reminder
    assert reminder is not None
    claim = claim_of(case, sent.rules, without_act=reminder.letter_id)
    cost = cost_of_act(case, reminder.letter_id)
    return ReminderLetter(
        **frame,
        claims=(claim,),
        reminder_cost=cost,
        total=claim.total + cost,
        interest_rounding=sent.rules.terms.interest_rounding,
    )
