"""Decide: the creditor cancels a case."""

from fordran.domain.case_status import CloseReason
from fordran.domain.closing import close_unpaid
from fordran.domain.draft import Draft
from fordran.domain.ledger import FactKind, FactName, Origin
from fordran.domain.outcome import Outcome, OutcomeStatus

CASE_CLOSED = "creditor_cancellation.case_closed"


def cancel(draft: Draft, cancellation_id: str) -> Outcome:
    """Cancel a case: everything that is left is written off, and the case ends.

    A case that has ended already stays as it is, with a warning; a cancellation has no error.

    Source: decision 49.
    """
    if draft.case.closed is not None:
        return Outcome(OutcomeStatus.WARNING, reason=CASE_CLOSED)
    fact = FactName(FactKind.CREDITOR_CANCELLATION, cancellation_id)
    close_unpaid(draft, CloseReason.CANCELLED, because_of=fact, origin=Origin.CREDITOR_SYSTEM)
    return Outcome(OutcomeStatus.COMPLETED)
