"""Decide: a creditor registers a debt."""

from datetime import datetime

from fordran.domain.draft import CASE_REGISTRATION, Draft
from fordran.domain.events import CaseRegistered, FlowItemScheduled
from fordran.domain.flow import FlowConfig, first_item
from fordran.domain.ledger import Component, EntryKind, Origin
from fordran.domain.swedish_time import midnight_utc


def register(event: CaseRegistered, flow: FlowConfig, at: datetime) -> Draft:
    """Return the draft that begins a case: the claim is posted and the flow is scheduled.

    Units: `at` is the account's instant. The capital counts from the invoice date, a fee that
    was already claimed from the day it was registered.
    Rounding: none.
    Source: decisions 28 and 60.
    """
    draft = Draft.of_registration(event, at)
    debt = event.debt
    draft.post(
        EntryKind.CLAIM,
        Component.CAPITAL,
        debt.capital_to_claim,
        value_at=midnight_utc(debt.invoice_on),
        origin=Origin.CREDITOR_SYSTEM,
        description=CASE_REGISTRATION,
    )
    for fee in debt.fees_already_claimed:
        draft.post(
            EntryKind.CLAIM,
            Component.COSTS,
            fee.amount,
            value_at=midnight_utc(fee.registered_on),
            origin=Origin.CREDITOR_SYSTEM,
            description=CASE_REGISTRATION,
            cost_kind=fee.kind,
        )
    draft.happen(FlowItemScheduled(first_item(flow, at)))
    return draft
