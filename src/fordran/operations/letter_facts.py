"""The facts of a letter: what a case, its creditor and its debtor are, as letters state them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from fordran.domain.case import Case
from fordran.domain.case_facts import costs_of, facts_of
from fordran.domain.facts import Cost
from fordran.domain.interest import CapitalStep, accrue
from fordran.domain.interest_terms import InterestBasis, InterestTerms
from fordran.domain.money import Money, total
from fordran.domain.rules import Rules
from fordran.domain.tables.statutory_margins import STATUTORY_MARGINS
from fordran.domain.valuation import value
from fordran.letters.claims import (
    CostLine,
    InterestPeriod,
    LetterClaim,
    LetterCost,
    RateBasis,
    RunningInterest,
)
from fordran.letters.parties import Agency, Creditor, LetterDebtor
from fordran.operations.context import Agency as OwnAgency
from fordran.storage.parties import StoredCreditor


def agency_of(agency: OwnAgency) -> Agency:
    """Return the agency as letters name it."""
    return Agency(
        name=agency.name,
        organisation_number=agency.organization_no,
        address_lines=agency.address_lines,
        phone=agency.phone,
        email=agency.email,
        website=agency.website,
    )


def creditor_of(creditor: StoredCreditor) -> Creditor:
    """Return a creditor as letters name it."""
    number = creditor.document.get("organization_no", "")
    return Creditor(name=creditor.name, organisation_number=number)


def debtor_of(customer: dict[str, Any], *, is_person: bool) -> LetterDebtor:
    """Return a customer as letters name it."""
    address = customer["address"]
    return LetterDebtor(
        name=customer["name"],
        id_number=customer["id_number"],
        is_person=is_person,
        address_lines=(address["address_line_1"], f"{address['zip_code']} {address['city']}"),
    )


def claim_of(case: Case, rules: Rules, *, without_act: str = "") -> LetterClaim:
    """Return a case as a letter states it, from its facts.

    `without_act` leaves out the cost of an act that the letter states by itself: its own.
    Units: exact öre. Raises: ReferenceRateMissing.
    """
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
        costs=tuple(
            CostLine(kind=LetterCost(cost.kind), amount=left, charged_on=cost.value_on)
            for cost, left in _remaining_costs(case)
            if not without_act or cost.act != without_act
        ),
        running_interest=_running_interest(case, rules),
        original_capital=balances.capital.added if is_part_paid else None,
    )


def cost_of_act(case: Case, act: str) -> Money:
    """Return what remains of the cost of an act. Units: öre."""
    return total(left for cost, left in _remaining_costs(case) if cost.act == act)


def _remaining_costs(case: Case) -> list[tuple[Cost, Money]]:
    """Return the costs of which something remains, the oldest settled first.

    Source: docs/decisions/0021.
    """
    settled = case.balances.costs.added - case.balances.costs.remaining
    remaining = []
    for cost in costs_of(case):
        paid = min(settled, cost.amount)
        settled -= paid
        if cost.amount != paid:
            remaining.append((cost, cost.amount - paid))
    return remaining


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
