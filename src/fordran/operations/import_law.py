"""Import law: rows of a file become the next version, all of them or none."""

from collections.abc import Sequence

import msgspec

from fordran.domain.law_import import GivenRow, LawImport, decide_import
from fordran.domain.swedish_time import civil_date
from fordran.operations.context import Context
from fordran.operations.law import add_version, law_in_force, look_up_law
from fordran.storage.unit_of_work import UnitOfWork


class ImportedLaw(msgspec.Struct, frozen=True):
    """What an import did, or would do. Without a row to add there is no new version."""

    does: LawImport
    version: int | None


def plan_import(context: Context, given: Sequence[GivenRow]) -> LawImport:
    """Return what an import would do; nothing is written. Raises: LawNotImported."""
    today = civil_date(context.clock.now())
    return context.database.run(None, lambda uow: decide_import(law_in_force(uow), given, today))


def import_law(
    context: Context, given: Sequence[GivenRow], *, source: str, note: str | None = None
) -> ImportedLaw:
    """Import rows as the next version of the law.

    `source` is the name of the file. Raises: LawNotImported; then nothing is written.
    """
    real_now = context.clock.now()

    def operation(uow: UnitOfWork) -> ImportedLaw:
        found = look_up_law(uow)
        does = decide_import(found.law, given, civil_date(real_now))
        if not does.added:
            return ImportedLaw(does, None)
        version = add_version(
            uow, found.latest, does.added, source=source, note=note, imported_at=real_now
        )
        return ImportedLaw(does, version)

    return context.database.run(None, operation)
