"""Closing: how a case ends, with its postings."""

from fordran.domain.case import Case
from fordran.domain.case_status import CloseReason
from fordran.domain.draft import DEPRECIATED, Draft
from fordran.domain.events import CaseClosed
from fordran.domain.ledger import Component, EntryKind, FactName, MoneySource, Origin
from fordran.domain.money import ZERO, total
from fordran.domain.rules import Rules


def close_if_paid(draft: Draft, rules: Rules, because_of: FactName | None = None) -> None:
    """Close an open case whose capital is paid or credited, writing off a small rest.

    Units: öre; the rest is written off per component.
    Source: decision 43; for a case whose whole capital was credited, decision 48.
    """
    balances = draft.case.balances
    if draft.case.closed is not None or balances.capital.remaining:
        return
    rest = balances.remaining
    if rest > rules.terms.depreciation_limit:
        return
    write_off(draft, DEPRECIATED, None)
    draft.happen(CaseClosed(_reason(draft.case, is_rest=bool(rest)), because_of))


def close_unpaid(
    draft: Draft, reason: CloseReason, *, because_of: FactName, origin: Origin
) -> None:
    """Close an open case for another reason than payment, writing off everything.

    Source: decision 49; the rows carry the reason.
    """
    assert draft.case.closed is None
    write_off(draft, f"api.transaction.{reason.value}", because_of, origin)
    draft.happen(CaseClosed(reason, because_of))


def write_off(
    draft: Draft,
    description: str,
    because_of: FactName | None,
    origin: Origin = Origin.SOLICITOR_SYSTEM,
) -> None:
    """Write off what remains of each component."""
    for component in (Component.CAPITAL, Component.COSTS, Component.INTEREST):
        draft.post(
            EntryKind.WRITE_OFF,
            component,
            -draft.case.balances.of(component).remaining,
            value_at=draft.at,
            description=description,
            origin=origin,
            fact=because_of,
        )


def _reason(case: Case, *, is_rest: bool) -> CloseReason:
    credited = -total(
        entry.amount
        for entry in case.entries
        if entry.kind is EntryKind.SETTLEMENT
        and entry.source is MoneySource.CREDITING
        and entry.component is Component.CAPITAL
    )
    if credited > ZERO and credited == case.balances.capital.added:
        return CloseReason.CREDITED
    return CloseReason.FULLY_PAID_DEPRECIATION if is_rest else CloseReason.FULLY_PAID
