"""Documents: how cases and registrations look on the wire."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from fordran.api.case_settings import settings_document
from fordran.api.scalars import format_civil_date, format_instant, wire_amount
from fordran.domain.case import Case, Debt
from fordran.domain.case_status import CaseStatus
from fordran.domain.flow import NextFlowItem
from fordran.domain.ledger import Balances, Component
from fordran.domain.money import Money, split_equally
from fordran.storage.case_views import CaseView
from fordran.storage.registrations import StoredRegistration

Document = dict[str, Any]

_WAITING_FOR = {
    CaseStatus.DISPUTED: "api.wait.waiting_for_dispute",
    CaseStatus.PAUSED: "api.wait.waiting_for_resumption",
    CaseStatus.RESPITE: "api.wait.waiting_for_respite",
}
"""What the flow of a held case waits for, by what holds it."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def case_document(view: CaseView) -> Document:
    """Return the document of a case, with its entity tag.

    The tag is a digest of everything the document shows, so it changes exactly when the document
    does, copied names included (decision 4: 32 hex digits on what the server writes). Of the
    transactions, which are added and never changed, their length says which they are.
    """
    document = _case_fields(view)
    shown = _encode({**document, "transactions": len(view.transactions)})
    digest = hashlib.md5(shown, usedforsecurity=False)
    document["_etag"] = digest.hexdigest()
    return document


def registration_answer(registration: StoredRegistration) -> Document:
    """Return the answer to a registration: exactly the seed's keys (decision 5)."""
    return {
        **written(registration.created_at, registration.etag, registration.id),
        "_status": "OK",
        "_cases": registration.case_ids,
        "_ocr_numbers": registration.ocr_ids,
        "_ocr_numbers_ocr": registration.ocr_numbers,
    }


def registration_document(account_id: str, registration: StoredRegistration) -> Document:
    """Return the document of a registration: what was sent, and what it made."""
    return {
        **written(registration.created_at, registration.etag, registration.id),
        **_decode(registration.request),
        "account": account_id,
        "_cases": registration.case_ids,
        "_ocr_numbers": registration.ocr_ids,
        "_ocr_numbers_ocr": registration.ocr_numbers,
    }


def projected(document: Document, names: Iterable[str] | None) -> Document:
    """Return the named parts of a document, dotted names included, and always its `_id`."""
    if names is None:
        return document
    kept: Document = {"_id": document["_id"]}
    for name in names:
        _copy_path(document, kept, name.split("."))
    return kept


def _copy_path(source: Mapping[str, Any], target: Document, path: list[str]) -> None:
    head, rest = path[0], path[1:]
    if head not in source:
        return
    if not rest:
        target[head] = source[head]
    elif isinstance(source[head], dict):
        nested = target.setdefault(head, {})
        _copy_path(source[head], nested, rest)


def written(
    at: datetime, etag: str, document_id: str, *, updated_at: datetime | None = None
) -> Document:
    """Return the fields of every document; one that never changes was updated when written."""
    return {
        "_updated": format_instant(updated_at or at),
        "_created": format_instant(at),
        "_etag": etag,
        "_id": document_id,
    }


def _case_fields(view: CaseView) -> Document:
    case = view.case
    local = _local(case.balances)
    document: Document = {
        "_id": case.id,
        "debt": _debt(case.debt),
        "creditor": case.creditor_id,
        "_created": format_instant(case.registered_at),
        "_updated": format_instant(case.updated_at),
        "account": case.account_id,
        "agreement_version": case.agreement_version_id,
        "case_registration": case.registration_id,
        "case_settings": settings_document(case),
        "creditor_name": view.creditor_name,
        "currency": case.currency,
        "customer": case.customer_id,
        "customer_id_number": view.customer.id_number,
        "customer_name": view.customer.name,
        "customer_status": "initialized",
        "debtor": view.debtor_alias,
        "debtor_id_number": view.customer.id_number,
        "debtor_name": view.customer.name,
        "latest_state_date": format_instant(case.state_history[-1].at),
        **_amounts("local", local),
        "state": case.state.value,
        "state_history": [
            {"state": entered.state.value, "state_date": format_instant(entered.at)}
            for entered in case.state_history
        ],
        "status": case.status.value,
        "status_history": [
            {"status": entered.status.value, "status_date": format_instant(entered.at)}
            for entered in case.status_history
        ],
        **_amounts("total", _with_shared_cost(view, local)),
        "transactions": msgspec.Raw(view.transactions),
        "reference_number": case.reference_number,
    }
    if view.customer.customer_number is not None:
        document["customer_number"] = view.customer.customer_number
    return document | _progress(case)


def _progress(case: Case) -> Document:
    """Return the fields that come and go with the flow."""
    progress: Document = {}
    if case.original_invoice is not None:
        progress["original_invoice"] = {
            "id": case.original_invoice.media_id,
            "filename": case.original_invoice.filename,
            "content_type": case.original_invoice.content_type,
            "size": case.original_invoice.size,
        }
    if case.next_item is not None:
        progress["next_flow_item"] = _flow_item(case.next_item)
        if case.holds:
            progress["next_flow_item"]["waiting_for"] = _WAITING_FOR[case.status]
    if case.refused_acts:
        progress["refused_acts"] = [
            {
                "item": refused.item,
                "guard": refused.guard,
                "source": refused.source,
                "date": format_instant(refused.at),
            }
            for refused in case.refused_acts
        ]
    if case.debt_collection_id is not None:
        progress["debt_collection"] = case.debt_collection_id
    if case.services:
        progress["services"] = [
            {"service": started.service, "service_date": format_instant(started.at)}
            for started in case.services
        ]
    if case.limitation is not None:
        progress["limitation"] = {
            "break_date": format_instant(case.limitation.broken_at),
            "limitation_date": format_instant(case.limitation.limitation_at),
            "locale_annotation": case.limitation.annotation,
        }
    if case.closed is None:
        progress["event_listeners"] = {}
    else:
        progress["closed"] = {
            "close_date": format_instant(case.closed.at),
            "reason": case.closed.reason.value,
        }
        if case.item_on_close is not None:
            progress["next_flow_item_on_close"] = _flow_item(case.item_on_close)
    return progress


def _debt(debt: Debt) -> Document:
    document: Document = {
        "invoice_date": format_civil_date(debt.invoice_on),
        "invoice_due_days_after_invoice_date": debt.due_days,
        "capital_to_claim": wire_amount(debt.capital_to_claim),
        "invoice_number": debt.invoice_number,
        "payout_reference": debt.payout_reference,
        "interest_days_after_invoice_date": debt.interest_days,
    }
    if debt.debt_description is not None:
        document["debt_description"] = debt.debt_description
    if debt.debt_reference is not None:
        document["debt_reference"] = debt.debt_reference
    if debt.fees_included:
        document["fees_included_in_capital_to_claim"] = {
            kind: wire_amount(amount) for kind, amount in debt.fees_included.items()
        }
    if debt.fees_already_claimed:
        document["fees_already_claimed"] = {
            fee.kind: {
                "amount": wire_amount(fee.amount),
                "fee_registration_date": format_civil_date(fee.registered_on),
            }
            for fee in debt.fees_already_claimed
        }
    return document


def _flow_item(item: NextFlowItem) -> Document:
    document: Document = {
        "item": item.item,
        "schedule_to_execute": format_instant(item.due_at),
        "flow_config": item.flow_config_id,
        "is_failed": item.is_failed,
        "waiting_for": item.waiting_for,
        "moved_to_next_state": item.moved_to_next_state,
        "flow_config_name_locale": item.flow_config_name,
    }
    if item.is_failed:
        # The code alone: what follows it is for the operator.
        document["failure_reason"] = item.failure.partition(": ")[0]
    if item.retry_at is not None:
        document["retry_date"] = format_instant(item.retry_at)
    return document


class _Amounts(msgspec.Struct):
    """What was added and what remains of one component or of all. Units: öre."""

    added: Money
    remaining: Money


def _amounts(prefix: str, by_name: "dict[str, _Amounts]") -> Document:
    return {
        f"{prefix}_{part}_{name}_amount": wire_amount(getattr(by_name[name], part))
        for part in ("added", "remaining")
        for name in ("capital", "costs", "interest", "transaction")
    }


def _local(balances: Balances) -> dict[str, _Amounts]:
    amounts = {
        component.value: _Amounts(balance.added, balance.remaining)
        for component in Component
        for balance in (balances.of(component),)
    }
    amounts["transaction"] = _Amounts(balances.added, balances.remaining)
    return amounts


def _with_shared_cost(view: CaseView, local: dict[str, _Amounts]) -> dict[str, _Amounts]:
    """Return the local amounts with a shared demand's cost replaced by an equal share of it.

    Source: decision 25; the carrier takes the odd öre.
    """
    shared = view.shared_cost
    if shared is None or len(shared.case_ids) == 1:
        return local
    amounts = _local(view.case.balances)
    is_carrier = shared.carrier_case_id == view.case.id
    for part, minor in (("added", shared.added_minor), ("remaining", shared.remaining_minor)):
        shares = split_equally(Money(minor), len(shared.case_ids))
        change = shares[0] - Money(minor) if is_carrier else shares[1]
        for name in ("costs", "transaction"):
            setattr(amounts[name], part, getattr(amounts[name], part) + change)
    return amounts
