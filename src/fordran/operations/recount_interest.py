"""Recount interest: go through the open cases that were counted by a rate corrected since."""

from collections.abc import Iterator
from datetime import date

import msgspec

from fordran.domain.law import Law
from fordran.operations.case_batch import CaseBatch
from fordran.operations.context import Context
from fordran.operations.law import look_up_law
from fordran.storage import stale_cases
from fordran.storage.unit_of_work import UnitOfWork

BATCH_SIZE = 500


class Recounted(msgspec.Struct, frozen=True):
    """What one batch did. Units: `changed_minor` is in öre, over all its cases."""

    cases: int
    changed_minor: int


class StaleCases(msgspec.Struct, frozen=True):
    """How many cases there are to recount, by account."""

    law_version: int
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """Over all accounts."""
        return sum(self.counts.values())


def find_stale_cases(context: Context) -> StaleCases:
    """Count the open cases with interest by a rate that has been corrected since."""
    law, changed_on = context.database.run(None, _changes)
    if not changed_on:
        return StaleCases(law.version, {})
    accounts = context.database.run(None, stale_cases.accounts_with_cases)
    counts = {
        account_id: context.database.run(
            account_id, lambda uow: stale_cases.count_stale(uow, changed_on)
        )
        for account_id in accounts
    }
    return StaleCases(law.version, {account: count for account, count in counts.items() if count})


def recount_interest(
    context: Context, stale: StaleCases, *, batch_size: int = BATCH_SIZE
) -> Iterator[Recounted]:
    """Recount what `find_stale_cases` found, a batch and a database transaction at a time.

    Only differences are posted, by rows that name the version of the law. What has been recounted
    is not found again, so a run that was broken off is simply run again; a case that somebody
    changed meanwhile has been recounted by that.
    """
    for account_id in stale.counts:
        after_id = ""
        while True:
            done, after_id = _recount_batch(context, account_id, after_id, batch_size)
            if not after_id:
                break
            yield done


def _recount_batch(
    context: Context, account_id: str, after_id: str, batch_size: int
) -> tuple[Recounted, str]:
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> tuple[Recounted, str]:
        _, changed_on = _changes(uow)
        case_ids = stale_cases.stale_cases(uow, changed_on, after_id, batch_size)
        if not case_ids:
            return Recounted(0, 0), ""
        # A batch counts its cases anew as it loads them.
        batch = CaseBatch(uow, case_ids, real_now)
        batch.save()
        changed = sum(batch.interest_changed_by_law.values())
        return Recounted(len(case_ids), changed), case_ids[-1]

    return context.database.run(account_id, operation)


def _changes(uow: UnitOfWork) -> tuple[Law, dict[int, date]]:
    """Return the law in force, and from which day each version's rates are others than its."""
    found = look_up_law(uow)
    changed_on = {
        number: changed
        for number, version in found.versions.items()
        if (changed := found.law.rates_changed_from(version)) is not None
    }
    return found.law, changed_on
