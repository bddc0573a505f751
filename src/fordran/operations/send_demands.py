"""Send debt-collection demands: render each to PDF, store it, record what it states.

For now to send is to render and store; the hand-over to the post comes with its own operation.
"""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from fordran.domain.case import Case
from fordran.domain.case_facts import costs_of, facts_of
from fordran.domain.interest import CapitalStep, accrue
from fordran.domain.interest_terms import InterestBasis, InterestTerms
from fordran.domain.money import total
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date
from fordran.domain.tables.statutory_margins import STATUTORY_MARGINS
from fordran.domain.valuation import value
from fordran.letters.debt_collection_letter import (
    Agency,
    CostLine,
    Creditor,
    DebtCollectionLetter,
    InterestPeriod,
    LetterClaim,
    LetterCost,
    LetterDebtor,
    RateBasis,
    RunningInterest,
)
from fordran.letters.render import render
from fordran.operations.context import Context
from fordran.storage import demands, parties
from fordran.storage.demands import StoredLetter
from fordran.storage.parties import StoredCreditor
from fordran.storage.unit_of_work import UnitOfWork

KIND = "debt_collection"


class DueDemand(msgspec.Struct, frozen=True):
    """The cases of one demand, with their demand dispatched, and the rules they follow."""

    cases: tuple[Case, ...]
    rules: Rules


class PreparedDemand(msgspec.Struct, frozen=True):
    """A demand that has been rendered and stored, not yet recorded. Units: öre."""

    debt_collection_id: str
    letter: StoredLetter
    stated_cost_minor: int


class Post:
    """Sends the demands of one unit of work."""

    def __init__(self, context: Context, uow: UnitOfWork, cases: Sequence[Case]) -> None:
        self._context = context
        self._uow = uow
        self._creditors = parties.creditors(uow, sorted({case.creditor_id for case in cases}))
        self._customers = parties.customers(uow, sorted({case.customer_id for case in cases}))
        self._prepared: list[PreparedDemand] = []

    def prepare(self, demand: DueDemand) -> None:
        """Render a demand and store its PDF.

        The PDF is written before the unit commits: a letter on record always has its bytes, and
        bytes without a record are sent to nobody.

        Raises: LetterIncomplete, if a required content is missing.
        """
        first = demand.cases[0]
        letter = demand_letter(
            self._context,
            demand,
            self._creditors[first.creditor_id],
            self._customers[first.customer_id],
        )
        assert first.debt_collection_id is not None
        self._prepared.append(
            PreparedDemand(
                first.debt_collection_id,
                _render_and_store(self._context, demand, letter),
                letter.debt_collection_cost.minor,
            )
        )

    def send(self) -> None:
        """Record every prepared demand as dispatched."""
        demands.insert_letters(self._uow, [prepared.letter for prepared in self._prepared])
        for prepared in self._prepared:
            demands.set_dispatched(
                self._uow,
                prepared.debt_collection_id,
                letter_id=prepared.letter.id,
                dispatched_at=prepared.letter.dispatched_at,
                stated_cost_minor=prepared.stated_cost_minor,
            )


def demand_letter(
    context: Context, demand: DueDemand, creditor: StoredCreditor, customer: dict[str, Any]
) -> DebtCollectionLetter:
    """Return the facts of a demand as the letter states them.

    Units: exact öre, nothing rounded (decision 42).
    Source: inkassolagen (1974:182) 5 §.
    """
    first = demand.cases[0]
    dispatched = first.demand
    assert dispatched is not None
    dispatched_on = civil_date(dispatched.dispatched_at)
    claims = tuple(_claim(case, demand.rules) for case in demand.cases)
    cost = dispatched.stated_cost
    address = customer["address"]
    agency = context.agency
    return DebtCollectionLetter(
        creditor=Creditor(
            name=creditor.name,
            organisation_number=creditor.document.get("organization_no", ""),
        ),
        agency=Agency(
            name=agency.name,
            organisation_number=agency.organization_no,
            address_lines=agency.address_lines,
            phone=agency.phone,
            email=agency.email,
            website=agency.website,
        ),
        debtor=LetterDebtor(
            name=customer["name"],
            id_number=customer["id_number"],
            is_person=first.is_consumer,
            address_lines=(
                address["address_line_1"],
                f"{address['zip_code']} {address['city']}",
            ),
        ),
        ocr_number=first.ocr_number,
        bankgiro=agency.bankgiro,
        dispatched_at=dispatched.dispatched_at,
        dispatched_on=dispatched_on,
        deadline_on=dispatched.deadline_on,
        counted_to_on=dispatched.counted_to_on,
        claims=claims,
        debt_collection_cost=cost,
        total=total([*(claim.total for claim in claims), cost]),
        interest_rounding=demand.rules.terms.interest_rounding,
    )


def _claim(case: Case, rules: Rules) -> LetterClaim:
    balances = case.balances
    counted_through_on = case.interest_counted_through_on
    assert counted_through_on is not None
    valued = value(facts_of(case, rules), counted_through_on)
    debt = case.debt
    is_part_paid = balances.capital.remaining != balances.capital.added
    return LetterClaim(
        reference_number=case.reference_number,
        invoice_number=debt.invoice_number,
        ground=debt.debt_description or "Faktura",
        invoiced_on=debt.invoice_on,
        due_on=debt.due_on,
        capital=balances.capital.remaining,
        interest=balances.interest.remaining,
        interest_periods=tuple(
            InterestPeriod(
                annual_rate_percent=segment.annual_rate_percent,
                first_on=segment.first_on,
                last_on=segment.last_on,
                capital=segment.capital,
            )
            for segment in valued.interest.segments
        ),
        costs=_own_costs(case),
        running_interest=_running_interest(case, rules),
        original_capital=balances.capital.added if is_part_paid else None,
    )


def _own_costs(case: Case) -> tuple[CostLine, ...]:
    """Return the costs that remain, the oldest settled first (docs/decisions/0021)."""
    settled = case.balances.costs.added - case.balances.costs.remaining
    lines = []
    for cost in costs_of(case):
        paid = min(settled, cost.amount)
        settled -= paid
        if cost.amount != paid:
            lines.append(
                CostLine(
                    kind=LetterCost(cost.kind), amount=cost.amount - paid, charged_on=cost.value_on
                )
            )
    return tuple(lines)


def _running_interest(case: Case, rules: Rules) -> RunningInterest | None:
    counted_through_on = case.interest_counted_through_on
    assert counted_through_on is not None
    facts = facts_of(case, rules)
    tomorrow = max(counted_through_on + timedelta(days=1), facts.interest_from_on)
    step = CapitalStep(tomorrow, case.balances.capital.remaining)
    accrual = accrue([step], facts.rule, first_on=tomorrow, last_on=tomorrow)
    if not accrual.segments:
        return None
    rate = accrual.segments[0].annual_rate_percent
    basis = _rate_basis(facts.rule.terms, rate)
    margin = None if basis is RateBasis.FIXED else facts.rule.terms.margin_percent
    return RunningInterest(basis=basis, annual_rate_percent=rate, margin_percent=margin)


def _rate_basis(interest: InterestTerms, rate: Decimal) -> RateBasis:
    """Return how a letter names the rate that runs from tomorrow."""
    if interest.basis is InterestBasis.FIXED or rate == interest.annual_rate_percent:
        return RateBasis.FIXED
    is_statutory = interest.margin_percent == STATUTORY_MARGINS[-1].percent
    return RateBasis.STATUTORY if is_statutory else RateBasis.REFERENCE_PLUS_MARGIN


def _render_and_store(
    context: Context, demand: DueDemand, letter: DebtCollectionLetter
) -> StoredLetter:
    first = demand.cases[0]
    assert first.demand is not None
    rendered = render(letter)
    key = f"letters/{first.account_id}/{first.demand.letter_id}.pdf"
    context.blobs.put(key, rendered.pdf)
    return StoredLetter(
        id=first.demand.letter_id,
        kind=KIND,
        case_ids=tuple(case.id for case in demand.cases),
        dispatched_at=letter.dispatched_at,
        template_version=rendered.template_version,
        contents=msgspec.json.encode(letter),
        blob_key=key,
        sha256=hashlib.sha256(rendered.pdf).digest(),
        size=len(rendered.pdf),
    )
