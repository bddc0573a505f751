"""Make a statement: value every case that is open on a day."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

import msgspec

from fordran.domain.agreement import AgreementTerms
from fordran.domain.interest import UNITS_PER_MINOR
from fordran.domain.interest_terms import InterestRule, InterestTerms
from fordran.domain.law import Law
from fordran.domain.money import MINOR_PER_MAJOR, RoundingPolicy
from fordran.domain.refusals import ReferenceRateMissing, Refusal
from fordran.domain.rules import Rules
from fordran.domain.statement import UNITS_MAX, cumulated_rates, standing, terms_of_rule
from fordran.operations.set_up_parties import AccountNotFound
from fordran.storage.law import all_versions
from fordran.storage.statement import (
    RateRule,
    Scope,
    SetRule,
    SetRules,
    StatementBook,
    StatementLine,
    StatementTotal,
    ToValue,
    open_book,
)

SUMS_MAX = 100
"""How many different rates are summed up for a set; cases of further ones are valued alone."""

BASE_ON = date(2002, 6, 30)
"""The day before the first reference rate; a case counted less far is valued alone."""

Advance = Callable[[int], None]
"""Told how many cases are done, each time some more are."""


class CreditorNotFound(Refusal):
    """No creditor has this id."""


class Statement:
    """The open cases of a scope as of a day: as totals, or one by one."""

    def __init__(self, book: StatementBook, scope: Scope, laws: dict[int, Law]) -> None:
        self._book = book
        self._scope = scope
        law = laws[max(laws)]
        self._rules = {named: Rules(terms, law) for named, terms in book.terms().items()}
        self._set = _set_rules(book.rate_rules(), self._rules, laws, scope.on)

    def cases_max(self) -> int:
        """Return how many cases there are at the most."""
        return self._book.count_max()

    def totals(self, advance: Advance = lambda _: None) -> list[StatementTotal]:
        """Return the totals of each creditor with an open case, by account and creditor.

        Raises: ReferenceRateMissing.
        """
        totals = Tally()
        for of_set in self._book.totals(self._set):
            totals.add(of_set)
            advance(of_set.cases)
        # Asking which cases are left is a second look at all of them, and mostly none is.
        if self._book.count_max() > totals.cases:
            for line in self._valued_alone():
                totals.add(_total_of(line))
                advance(1)
        return totals.ordered()

    def lines(self) -> Iterator[StatementLine]:
        """Return every open case, in order of account and case.

        Raises: ReferenceRateMissing.
        """
        both = (self._book.lines(self._set), self._valued_alone())
        return heapq.merge(*both, key=lambda line: (line.account_id, line.case_id))

    def _valued_alone(self) -> Iterator[StatementLine]:
        for given in self._book.to_value(self._set):
            agreed = given.case.account_id, given.case.agreement_version_id
            line = _line(given, self._rules[agreed], self._scope.on)
            if line is not None:
                yield line


@contextmanager
def open_statement(
    conninfo: str, on: date, *, account_id: str | None = None, creditor_id: str | None = None
) -> Iterator[Statement]:
    """Open a statement as of the end of a day, over all accounts or one account or creditor.

    `conninfo` is of the tables' owner. Reads only, from one snapshot. The facts are those known
    now whose value date has come by the day.

    Checked in order: the account exists; the creditor exists.
    Raises: AccountNotFound, CreditorNotFound.
    Source: docs/decisions/0034.
    """
    laws = all_versions(conninfo)
    scope = Scope(on, account_id, creditor_id)
    with open_book(conninfo, scope) as book:
        if account_id is not None and not book.knows_account(account_id):
            raise AccountNotFound(f"No account has the id {account_id}.")
        if creditor_id is not None and not book.knows_creditor(creditor_id):
            raise CreditorNotFound(f"No creditor has the id {creditor_id}.")
        yield Statement(book, scope, laws)


class Tally:
    """Totals by creditor, as they come in."""

    def __init__(self) -> None:
        self._by_creditor: dict[tuple[str, str], StatementTotal] = {}

    def counting(self, lines: Iterable[StatementLine]) -> Iterator[StatementLine]:
        """Give the lines on, each counted as it goes by."""
        for line in lines:
            self.add(_total_of(line))
            yield line

    def add(self, one: StatementTotal) -> None:
        """Add to a creditor's total."""
        key = (one.account_id, one.creditor_id)
        known = self._by_creditor.get(key)
        self._by_creditor[key] = _sum(known, one) if known else one

    @property
    def cases(self) -> int:
        """How many cases have been counted."""
        return sum(one.cases for one in self._by_creditor.values())

    def ordered(self) -> list[StatementTotal]:
        """Return the totals by account and creditor."""
        return [self._by_creditor[key] for key in sorted(self._by_creditor)]


def _sum(one: StatementTotal, other: StatementTotal) -> StatementTotal:
    return StatementTotal(
        account_id=one.account_id,
        creditor_id=one.creditor_id,
        creditor_name=one.creditor_name,
        cases=one.cases + other.cases,
        capital_minor=one.capital_minor + other.capital_minor,
        costs_minor=one.costs_minor + other.costs_minor,
        interest_minor=one.interest_minor + other.interest_minor,
    )


def _total_of(line: StatementLine) -> StatementTotal:
    return StatementTotal(
        account_id=line.account_id,
        creditor_id=line.creditor_id,
        creditor_name=line.creditor_name,
        cases=1,
        capital_minor=line.capital_minor,
        costs_minor=line.costs_minor,
        interest_minor=line.interest_minor,
    )


def _line(given: ToValue, rules: Rules, on: date) -> StatementLine | None:
    case = given.case
    stands = standing(case, rules, on)
    if stands is None:
        return None
    return StatementLine(
        account_id=case.account_id,
        creditor_id=case.creditor_id,
        creditor_name=given.creditor_name,
        case_id=case.id,
        reference_number=case.reference_number,
        invoice_number=case.debt.invoice_number,
        customer_id=case.customer_id,
        status=stands.status.value,
        capital_minor=stands.capital.minor,
        costs_minor=stands.costs.minor,
        interest_minor=stands.interest.minor,
        counted_on=stands.counted_on,
    )


def _set_rules(
    named: Iterable[RateRule],
    rules: dict[tuple[str, str], Rules],
    laws: dict[int, Law],
    on: date,
) -> SetRules:
    """Return what sets are valued by; a rule that lacks a rate is left out.

    Its cases are then valued alone, which says which rate it is that they lack.
    """
    law = laws[max(laws)]
    sums = _Sums(law, on)
    found = []
    for rule in named:
        version, own_terms = terms_of_rule(rule.name)
        agreed = rules[rule.account_id, version].terms
        terms = own_terms or agreed.interest
        number = sums.number_of(terms)
        if number is not None:
            found.append(_set_rule(rule, agreed, number, sums.lists[number - 1]))
    return SetRules(
        base_on=BASE_ON,
        changed_on=tuple(law.rates_changed_from(laws[version]) for version in sorted(laws)),
        rules=tuple(found),
        sums=tuple(sums.lists),
    )


def _set_rule(rule: RateRule, agreed: AgreementTerms, number: int, sums: Sequence[int]) -> SetRule:
    is_whole = agreed.interest_rounding is RoundingPolicy.WHOLE_KRONA_DOWN
    step_minor = MINOR_PER_MAJOR if is_whole else 1
    return SetRule(
        account_id=rule.account_id,
        rate_rule=rule.name,
        sums_number=number,
        half_units=0 if is_whole else UNITS_PER_MINOR // 2,
        step_units=UNITS_PER_MINOR * step_minor,
        step_minor=step_minor,
        capital_max_minor=UNITS_MAX // max(max(sums) - min(sums), 1),
    )


class _Sums:
    """Lists of cumulated rates through a day, one for each different rate."""

    def __init__(self, law: Law, on: date) -> None:
        self._law = law
        self._on = on
        self._numbers: dict[bytes, int | None] = {}
        self.lists: list[list[int]] = []

    def number_of(self, terms: InterestTerms) -> int | None:
        """Return the number, from 1, of the list of some terms, or None if there is none."""
        key = msgspec.json.encode([terms.basis, terms.margin_percent, terms.annual_rate_percent])
        if key not in self._numbers:
            self._numbers[key] = self._added(terms)
        return self._numbers[key]

    def _added(self, terms: InterestTerms) -> int | None:
        if len(self.lists) == SUMS_MAX or self._on <= BASE_ON:
            return None
        first_on = BASE_ON + timedelta(days=1)
        try:
            sums = cumulated_rates(InterestRule(terms, self._law), first_on, self._on)
        except ReferenceRateMissing:
            return None
        self.lists.append(sums)
        return len(self.lists)
