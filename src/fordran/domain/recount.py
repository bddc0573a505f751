"""Recount: the interest of an open case by another version of the law (decision 47).

A published rate may be corrected after interest was posted by it. Then only the difference is
posted, by rows that name the version of the law.
"""

from collections.abc import Mapping, Sequence

from fordran.domain.case import Case
from fordran.domain.case_facts import facts_of
from fordran.domain.demand_cost import adjust_demand_cost
from fordran.domain.draft import Draft
from fordran.domain.events import InterestCounted
from fordran.domain.law import Law
from fordran.domain.ledger import Component, EntryKind, FactKind, FactName
from fordran.domain.money import Money
from fordran.domain.resettle import resettle
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date, midnight_utc
from fordran.domain.valuation import value

LAW_CORRECTED = "api.transaction.law_corrected"


def is_touched(case: Case, law: Law, versions: Mapping[int, Law]) -> bool:
    """Tell whether interest that is posted was counted by a rate that has been corrected.

    `versions` holds the law of every version. Closed cases stay as they are: closing is itself a
    fact.
    """
    counted_on = case.interest_counted_through_on
    if case.closed is not None or counted_on is None or case.law_version == law.version:
        return False
    changed_on = law.rates_changed_from(versions[case.law_version])
    return changed_on is not None and changed_on <= counted_on


def law_fact(law: Law) -> FactName:
    """Return what the rows of a recount name as their cause."""
    return FactName(FactKind.LAW, str(law.version))


def recount(group: Sequence[Draft], draft: Draft, fact: FactName, rules: Rules) -> Money:
    """Count the interest of an open case anew, as far as it is counted, and settle anew.

    Units: öre; returns how much the interest changed. The row counts from the last day counted.
    Rounding: only in the valuation. Raises: ReferenceRateMissing.
    Source: decisions 21, 22, 47; docs/decisions/0028.
    """
    counted_on = draft.case.interest_counted_through_on
    assert draft.case.closed is None, "a closed case is left as it is"
    assert counted_on is not None, "there is interest to count anew"
    before = draft.case.balances.interest.added
    adjust_demand_cost(group, rules, fact)
    valued = value(facts_of(draft.case, rules), counted_on)
    is_today = counted_on == civil_date(draft.at)
    draft.post(
        EntryKind.CLAIM,
        Component.INTEREST,
        valued.interest_added - before,
        value_at=draft.at if is_today else midnight_utc(counted_on),
        description=LAW_CORRECTED,
        fact=fact,
    )
    draft.happen(InterestCounted(valued.through_on, valued.interest.units, rules.law.version))
    resettle(group, draft, fact, rules, value_at=draft.at, through_on=counted_on)
    return draft.case.balances.interest.added - before
