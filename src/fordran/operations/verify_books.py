"""Verify the books: the audit's queries, and every case rebuilt from its journal."""

from collections.abc import Callable

from fordran.domain.agreement import AgreementTerms
from fordran.domain.draft import facts_of
from fordran.domain.history import rebuild
from fordran.domain.ledger import Component
from fordran.domain.ocr import is_ocr_number
from fordran.domain.valuation import value
from fordran.storage.audit import (
    AuditedCase,
    CheckedRule,
    all_terms,
    audited_cases,
    balances_match,
    run_queries,
)

CaseCheck = Callable[[AuditedCase, dict[str, AgreementTerms]], str | None]


def verify_books(conninfo: str) -> list[CheckedRule]:
    """Check everything that must be true at every moment, over all accounts.

    `conninfo` is of the tables' owner. Reads only.
    """
    checks = run_queries(conninfo)
    terms = all_terms(conninfo)
    violations: dict[str, list[str]] = {rule: [] for rule in _CASE_CHECKS}
    count = 0
    for audited in audited_cases(conninfo):
        count += 1
        for rule, check in _CASE_CHECKS.items():
            wrong = check(audited, terms)
            if wrong:
                violations[rule].append(f"case {audited.case.id}: {wrong}")
    return checks + [CheckedRule(rule, count, tuple(found)) for rule, found in violations.items()]


def _is_fold_of_its_journal(audited: AuditedCase, _: dict[str, AgreementTerms]) -> str | None:
    try:
        rebuilt = rebuild(audited.journal)
    except (AssertionError, StopIteration, RuntimeError) as error:
        return f"its journal cannot be applied ({type(error).__name__})"
    return None if rebuilt == audited.case else "the stored case differs from its journal"


def _columns_agree(audited: AuditedCase, _: dict[str, AgreementTerms]) -> str | None:
    case = audited.case
    item = case.next_item
    expected = (
        case.state,
        case.status,
        case.version,
        item.item if item else None,
        item.due_at if item else None,
        item.is_failed if item else False,
        case.debt_collection_id,
        case.id,
        case.account_id,
    )
    if audited.row != expected:
        return "its columns differ from its document"
    return None if balances_match(audited) else "its balances differ from its entries"


def _interest_is_what_the_facts_give(
    audited: AuditedCase, terms: dict[str, AgreementTerms]
) -> str | None:
    case = audited.case
    if case.interest_counted_through_on is None:
        return "interest without a day it is counted to" if case.balances.interest.added else None
    agreed = terms[case.agreement_version_id]
    valued = value(facts_of(case, agreed), case.interest_counted_through_on)
    if valued.interest_added != case.balances.interest.added:
        return f"{case.balances.interest.added} posted, {valued.interest_added} by its facts"
    return None


def _settlement_is_what_the_facts_give(
    audited: AuditedCase, terms: dict[str, AgreementTerms]
) -> str | None:
    case = audited.case
    counted_on = case.interest_counted_through_on
    if counted_on is None:
        return "settled without a day interest is counted to" if case.payments else None
    valued = value(facts_of(case, terms[case.agreement_version_id]), counted_on)
    for component in Component:
        settled = case.balances.of(component).settled
        if settled != valued.settled[component]:
            expected = valued.settled[component]
            return f"{settled} of {component.value} settled, {expected} by its facts"
    return None


def _ocr_number_is_valid(audited: AuditedCase, _: dict[str, AgreementTerms]) -> str | None:
    return None if is_ocr_number(audited.case.ocr_number) else "its OCR number is wrong"


_CASE_CHECKS: dict[str, CaseCheck] = {
    "a case is the fold of its journal, by allowed moves": _is_fold_of_its_journal,
    "a case's columns agree with its document": _columns_agree,
    "interest recomputed from the facts equals what is posted": _interest_is_what_the_facts_give,
    "settlement replayed from the facts equals what is posted": (
        _settlement_is_what_the_facts_give
    ),
    "OCR numbers have the right check digit": _ocr_number_is_valid,
}
