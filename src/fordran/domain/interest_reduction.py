"""Decide: a person reduces the interest of a claim (räntelagen 8 §)."""

from collections.abc import Sequence

from fordran.domain.draft import Draft
from fordran.domain.events import InterestReduced
from fordran.domain.interest_terms import InterestReduction
from fordran.domain.ledger import FactKind, FactName
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.resettle import resettle
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import midnight_utc

CASE_CLOSED = "interest_reduction.case_closed"


def reduce_interest(
    group: Sequence[Draft], case_id: str, reduction: InterestReduction, rules: Rules
) -> Outcome:
    """Reduce the interest of a claim for a span of days; the drafts take the events.

    What is posted above the reduced interest is taken back by a row that names the act; money
    that had settled it is placed anew. A closed case is left as it is.

    Units: öre. Raises: ReferenceRateMissing. Source: räntelagen (1975:635) 8 §; decision 47.
    """
    draft = next(member for member in group if member.case.id == case_id)
    if draft.case.closed is not None:
        return Outcome(OutcomeStatus.ERROR, reason=CASE_CLOSED)
    draft.happen(InterestReduced(reduction))
    fact = FactName(FactKind.INTEREST_REDUCTION, reduction.reduction_id)
    counted_on = draft.case.interest_counted_through_on
    if counted_on is not None:
        resettle(
            group,
            draft,
            fact,
            rules,
            value_at=midnight_utc(reduction.first_on),
            through_on=min(reduction.first_on, counted_on),
        )
    return Outcome(OutcomeStatus.COMPLETED)
