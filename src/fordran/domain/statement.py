"""A statement: what open cases amount to as of a day, one by one from their facts or as a set.

`standing` values one case from its facts. `footing` says what the narrow row must hold so that a
set of cases can be valued without their facts: capital only changes on the days of its facts, so
from the last of them on the exact interest grows by the capital and the sum of the daily rates.
"""

from datetime import date

import msgspec
from msgspec.structs import replace

from fordran.domain.case import Case
from fordran.domain.case_facts import facts_of
from fordran.domain.case_status import CaseStatus
from fordran.domain.facts import Facts, Letter, counts_to
from fordran.domain.interest_terms import RATE_DECIMALS, InterestRule, InterestTerms
from fordran.domain.ledger import Component
from fordran.domain.money import Money, total
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date
from fordran.domain.valuation import is_promise_kept, value

UNITS_MAX = 2**61
"""Of the exact interest in a row, and of what a statement adds to it; two of them and a rounding
stay within 64 bits."""

_encode = msgspec.json.Encoder(order="sorted").encode
_decode_terms = msgspec.json.Decoder(InterestTerms).decode


class Footing(msgspec.Struct, frozen=True):
    """What the narrow row keeps of a case for a valuation of many at once.

    Units: days are Swedish civil dates, inclusive; `interest_units` are exact, `UNITS_PER_MINOR`
    of them an öre.
    Invariants: what says how to go on counting is there if and only if `valued_from_on` is.
    """

    rate_rule: str
    """The agreement version, and after a colon the case's own interest terms where it has any."""
    law_version: int
    closed_on: date | None
    valued_from_on: date | None = None
    """The first day from which the row alone says what the case amounts to; None if only its
    facts can."""
    interest_units: int | None = None
    interest_through_on: date | None = None
    """The last day that `interest_units` count."""
    interest_waits_to_on: date | None = None
    """The demand's deadline: until then no interest is added (decision 42)."""


class Standing(msgspec.Struct, frozen=True):
    """What an open case amounts to as of a day.

    Units: öre; `counted_on` is the last day whose interest is claimed.
    """

    status: CaseStatus
    capital: Money
    costs: Money
    interest: Money
    counted_on: date


def footing(case: Case) -> Footing:
    """Return what the narrow row keeps of a case."""
    bare = Footing(
        rate_rule=rate_rule(case.agreement_version_id, case.debt.interest),
        law_version=case.law_version,
        closed_on=civil_date(case.closed.at) if case.closed else None,
    )
    counted_on = case.interest_counted_through_on
    if counted_on is None or not _is_simple(case, counted_on):
        return bare
    letter = _letter(case)
    return replace(
        bare,
        valued_from_on=_last_change_on(case, counted_on),
        interest_units=case.interest_units,
        interest_through_on=counts_to(letter, counted_on, is_promise_kept=False),
        interest_waits_to_on=letter.deadline_on if letter else None,
    )


def rate_rule(agreement_version_id: str, own_terms: InterestTerms | None) -> str:
    """Return the name of what decides a case's rate and rounding.

    >>> rate_rule("a1", None)
    'a1'
    """
    if own_terms is None:
        return agreement_version_id
    return f"{agreement_version_id}:{_encode(own_terms).decode()}"


def terms_of_rule(name: str) -> tuple[str, InterestTerms | None]:
    """Return the agreement version and the own terms that a rate rule is named after."""
    agreement_version_id, _, own_terms = name.partition(":")
    return agreement_version_id, _decode_terms(own_terms) if own_terms else None


def cumulated_rates(rule: InterestRule, first_on: date, last_on: date) -> list[int]:
    """Return the sum of the daily rates from the first day through each day of a span.

    The list begins with a zero for the day before. The interest of the days after one day
    through another is the capital multiplied by the difference of their sums, exactly.

    Units: days inclusive; 10^-4 percent a year, so that öre multiplied by it are exact units.
    Raises: ReferenceRateMissing.

    >>> from fordran.domain.interest_terms import InterestBasis
    >>> from decimal import Decimal
    >>> rule = InterestRule(InterestTerms(InterestBasis.FIXED, annual_rate_percent=Decimal(12)))
    >>> cumulated_rates(rule, date(2025, 1, 1), date(2025, 1, 3))
    [0, 120000, 240000, 360000]
    """
    sums = [0]
    for period_first_on, period_last_on, rate in rule.periods(first_on, last_on):
        before, daily = sums[-1], int(rate.scaleb(RATE_DECIMALS))
        days = (period_last_on - period_first_on).days + 1
        sums.extend(before + daily * day for day in range(1, days + 1))
    # Where no interest is claimed, every sum is zero.
    return sums if len(sums) > 1 else [0] * ((last_on - first_on).days + 2)


def standing(case: Case, rules: Rules, on: date) -> Standing | None:
    """Return what a case amounts to when a day ends, or None if it is not open then.

    The facts are those known now whose value date has come by that day. What was written off
    when the case was closed later is still owed.

    Units: öre. Rounding: that of `value`. Raises: ReferenceRateMissing.
    Source: decisions 20, 21, 42, 47; docs/decisions/0034.
    """
    status = _status_on(case, on)
    if status is None or status is CaseStatus.CLOSED:
        return None
    facts = facts_on(facts_of(case, rules), on)
    valued = value(facts, on)
    counted_on = counts_to(facts.letter, on, is_promise_kept=is_promise_kept(facts))
    costs = total(cost.amount for cost in facts.costs)
    return Standing(
        status=status,
        capital=facts.capital - valued.settled(Component.CAPITAL),
        costs=costs - valued.settled(Component.COSTS),
        interest=valued.interest_added - valued.settled(Component.INTEREST),
        counted_on=counted_on,
    )


def facts_on(facts: Facts, on: date) -> Facts:
    """Return the facts whose value date has come by a day.

    Of a crediting that was reported later only the part that is credited against the capital
    counts yet (decision 48).
    """
    by_then = replace(
        facts,
        money=tuple(money for money in facts.money if money.value_on <= on),
        costs=tuple(cost for cost in facts.costs if cost.value_on <= on),
    )
    if all(money.reported_on is None or money.reported_on <= on for money in by_then.money):
        return by_then
    money = tuple(
        placed.money
        if placed.money.reported_on is None or placed.money.reported_on <= on
        else replace(
            placed.money,
            amount=placed.parts.get(Component.CAPITAL, Money(0)),
            reported_on=None,
        )
        for placed in value(by_then, on).placed
    )
    return replace(by_then, money=money)


def _letter(case: Case) -> Letter | None:
    letter = case.letter
    return Letter(letter.counted_to_on, letter.deadline_on) if letter else None


def _is_simple(case: Case, counted_on: date) -> bool:
    """Tell whether from its last fact on a case needs nothing but its narrow row.

    It does if it has rules of its own, if interest has not begun, or was counted before its exact
    sum was kept. Money that came while interest waited changed the capital on days that are not
    yet counted; a demand whose capital is paid may have been paid in time, and claims nothing
    more then.
    """
    if case.closed or case.reductions or case.debt.consumer_credit:
        return False
    if not case.interest_units or abs(case.interest_units) > UNITS_MAX:
        return False
    letter = _letter(case)
    if letter is None:
        return True
    is_waiting = letter.counted_to_on < counted_on <= letter.deadline_on
    came_meanwhile = any(
        civil_date(money.value_at) > letter.counted_to_on for money in case.payments
    )
    return bool(case.balances.capital.remaining) and not (is_waiting and came_meanwhile)


def _last_change_on(case: Case, counted_on: date) -> date:
    """Return the last day on which a fact of the case counts or its status changed."""
    instants = (
        case.registered_at,
        case.status_history[-1].at,
        *(entry.value_at for entry in case.entries),
        *(money.value_at for money in case.payments),
    )
    return max(counted_on, civil_date(max(instants)))


def _status_on(case: Case, on: date) -> CaseStatus | None:
    entered = [line.status for line in case.status_history if civil_date(line.at) <= on]
    return entered[-1] if entered else None
