"""Cancel cases at the wish of their creditors."""

from collections.abc import Sequence

from fordran.domain.cancellation import cancel
from fordran.domain.draft import Draft
from fordran.operations.context import Context
from fordran.operations.creditor_actions import (
    CreditorActions,
    CreditorCommand,
    SharedFields,
    Verdict,
)
from fordran.storage.creditor_cancellations import CANCELLATIONS, StoredCancellation


class CancelCase(CreditorCommand, frozen=True, kw_only=True):
    """A case that its creditor wants no further handling of: by id or by invoice number."""


def cancel_cases(
    context: Context, account_id: str, commands: Sequence[CancelCase]
) -> list[Verdict[StoredCancellation]]:
    """Cancel cases of one account in order, each with its own verdict.

    Source: decision 49.
    """
    return _Cancellations.answer(context, account_id, commands)


class _Cancellations(CreditorActions[CancelCase, StoredCancellation]):
    table = CANCELLATIONS

    def carry_out(
        self,
        command: CancelCase,  # noqa: ARG002 - it says nothing but which case
        draft: Draft,
        shared: SharedFields,
    ) -> StoredCancellation:
        return StoredCancellation(**shared.with_result(cancel(draft, shared.id)))
