"""Explain the interest of a case on a day."""

from datetime import date

from fordran.domain.explanation import Explanation, explain
from fordran.domain.swedish_time import civil_date
from fordran.operations.clock import account_now
from fordran.operations.context import Context
from fordran.operations.rules import RulesInForce
from fordran.storage import cases
from fordran.storage.unit_of_work import UnitOfWork


def explain_interest(
    context: Context, account_id: str, case_id: str, on: date | None
) -> Explanation | None:
    """Return the explanation of a case's interest through a day; None if there is no such case.

    Units: `on` is a Swedish civil date, None for the account's today. Raises:
    ReferenceRateMissing.
    """
    real_now = context.clock.now()

    def query(uow: UnitOfWork) -> Explanation | None:
        case = cases.load(uow, [case_id]).get(case_id)
        if case is None:
            return None
        day = on or civil_date(account_now(uow, real_now))
        return explain(case, RulesInForce(uow).of(case.agreement_version_id), day)

    return context.database.read(account_id, query)
