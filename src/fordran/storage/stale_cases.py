"""Cases whose interest was counted by a rate that has been corrected since."""

from collections.abc import Mapping
from datetime import date

from fordran.storage.unit_of_work import UnitOfWork


def accounts_with_cases(uow: UnitOfWork) -> list[str]:
    """Return the accounts that have a case, in the order of their ids.

    OCR numbers are unique in the installation, so their table has no wall between accounts; and
    every case has one.
    """
    rows = uow.rows("SELECT DISTINCT account_id FROM ocr_numbers ORDER BY account_id")
    return [account_id for (account_id,) in rows]


def count_stale(uow: UnitOfWork, changed_on: Mapping[int, date]) -> int:
    """Return how many open cases of the account `stale_cases` would find."""
    row = uow.row(
        f"SELECT count(*) {_STALE}",
        (*_arrays(changed_on), uow.account_id),
    )
    assert row is not None, "a count is a row"
    return int(row[0])


def stale_cases(
    uow: UnitOfWork, changed_on: Mapping[int, date], after_id: str, limit: int
) -> list[str]:
    """Return open cases of the account with interest by a rate that has been corrected.

    `changed_on` gives, for each version of the law, the first day whose rate is another now.
    Returns ids in order, those after `after_id` ("" for all).
    """
    rows = uow.rows(
        f"SELECT cases.case_id {_STALE} AND cases.case_id > %s ORDER BY cases.case_id LIMIT %s",
        (*_arrays(changed_on), uow.account_id, after_id, limit),
    )
    return [case_id for (case_id,) in rows]


_STALE = (
    "FROM cases JOIN unnest(%s::integer[], %s::date[]) AS changed (version, changed_on) "
    "ON changed.version = coalesce((cases.document ->> 'law_version')::integer, 0) "
    "AND changed.changed_on <= (cases.document ->> 'interest_counted_through_on')::date "
    "WHERE cases.account_id = %s AND cases.status <> 'closed'"
)


def _arrays(changed_on: Mapping[int, date]) -> tuple[list[int], list[date]]:
    return list(changed_on), list(changed_on.values())
