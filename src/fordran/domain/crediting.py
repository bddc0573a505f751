"""Decide: the creditor credits a claim or a part of it."""

from collections.abc import Sequence

from fordran.domain.case import CaseMoney
from fordran.domain.case_facts import credited_from_on
from fordran.domain.creditor_payment import settled_outcome
from fordran.domain.draft import Draft
from fordran.domain.events import CreditingReported
from fordran.domain.ledger import FactKind, FactName, MoneySource
from fordran.domain.money import ZERO
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.resettle import resettle
from fordran.domain.rules import Rules
from fordran.domain.swedish_time import civil_date, midnight_utc

CASE_CLOSED = "creditor_crediting.case_closed"
OVERCREDITED = "creditor_crediting.overcredited"


def credit(group: Sequence[Draft], case_id: str, crediting: CaseMoney, rules: Rules) -> Outcome:
    """Credit an amount; the drafts take the events.

    `group` holds the case and the cases that share its demand. A closed case is left as it is.
    The capital is credited from the due date, so the interest on that part falls away; what is
    more than the capital is credited of costs and interest on the day it is reported, and what
    is more than everything is not settled.

    Units: öre. Raises: ReferenceRateMissing.
    Source: decisions 41, 44, 45, 47, 48; docs/decisions/0030.
    """
    assert crediting.source is MoneySource.CREDITING
    draft = next(member for member in group if member.case.id == case_id)
    if draft.case.closed is not None:
        return Outcome(OutcomeStatus.ERROR, ZERO, CASE_CLOSED)
    reported_on = civil_date(crediting.value_at)
    credited_on = credited_from_on(draft.case, rules)
    draft.happen(CreditingReported(crediting))
    is_more = crediting.amount > draft.case.balances.capital.remaining
    settled = resettle(
        group,
        draft,
        FactName(FactKind.CREDITOR_CREDITING, crediting.payment_id),
        rules,
        value_at=midnight_utc(credited_on),
        through_on=max(reported_on, credited_on) if is_more else credited_on,
    )
    return settled_outcome(crediting.amount, settled, OVERCREDITED)
