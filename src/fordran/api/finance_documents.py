"""Finance documents: how payouts, their lines and refunds look on the wire."""

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec

from fordran.api.documents import Document
from fordran.api.scalars import format_civil_date, format_instant, wire_amount
from fordran.domain.client_money import Category
from fordran.domain.money import ZERO, Money
from fordran.domain.payout import PayoutLine, summary
from fordran.operations.pay_refunds import age_days, due_on
from fordran.storage.payout_specifications import COMMISSION_REFERENCE, SpecificationView
from fordran.storage.payouts import PayoutView
from fordran.storage.refunds import RefundView

SCHEDULED = "scheduled"
"""The status of a payout: the bank has been asked to pay it on its date."""

_encode = msgspec.json.Encoder().encode


def specification_document(account_id: str, view: SpecificationView) -> Document:
    """Return the document of a line; what a payout says of it is there when one has taken it."""
    amount, vat = Money(view.amount_minor), Money(view.vat_minor)
    is_commission = view.category == Category.CREDITOR_COMMISSION
    document: Document = {
        "_created": format_instant(view.booked_at),
        "_updated": format_instant(view.taken_at or view.booked_at),
        "_id": view.id,
        "account": account_id,
        "creditor": view.creditor_id,
        "creditor_name": view.creditor_name,
        "currency": view.currency,
        "amount": wire_amount(amount),
        "vat_amount": wire_amount(vat),
        "total_amount": wire_amount(amount + vat),
        "article": view.article,
        "state": view.state,
        "booking_date": format_instant(view.booked_at),
        "finance_category": view.category,
        "invoice_number": view.invoice_number,
        "reference_number": view.reference_number,
        "payout_reference": COMMISSION_REFERENCE if is_commission else view.debt_reference,
        "case": view.case_id,
        "payment": view.payment_id,
    }
    if view.payout_id is not None and view.payout_on is not None:
        document |= {
            "payout": view.payout_id,
            "payout_date": format_civil_date(view.payout_on),
            "payout_interval": view.finance_interval,
        }
    return _tagged(document)


def payout_document(account_id: str, view: PayoutView, lines: Sequence[PayoutLine]) -> Document:
    """Return the document of a payout, with what its lines sum to."""
    amount = sum((line.amount for line in lines), ZERO)
    vat = sum((line.vat for line in lines), ZERO)
    return _tagged(
        {
            "_created": format_instant(view.created_at),
            "_updated": format_instant(view.created_at),
            "_id": view.id,
            "account": account_id,
            "creditor": view.creditor_id,
            "creditor_name": view.creditor_name,
            "currency": view.currency,
            "amount": wire_amount(amount),
            "vat_amount": wire_amount(vat),
            "total_amount": wire_amount(Money(view.total_minor)),
            "payout_date": format_civil_date(view.executed_on),
            "payout_reference": view.reference,
            "finance_interval": view.finance_interval,
            "status": SCHEDULED,
            "summary": [
                {
                    "finance_category": one.category.value,
                    "article": one.article,
                    "count": one.count,
                    "amount": wire_amount(one.amount),
                    "vat_amount": wire_amount(one.vat),
                    "total_amount": wire_amount(one.amount + one.vat),
                }
                for one in summary(lines)
            ],
            "bank_file": view.bank_file,
        }
    )


def refund_document(account_id: str, view: RefundView, today: date) -> Document:
    """Return the document of a refund, as old as it is today."""
    document: Document = {
        "_created": format_instant(view.known_at),
        "_updated": format_instant(view.changed_at),
        "_id": view.id,
        "account": account_id,
        "creditor": view.creditor_id,
        "debtor": view.debtor_alias,
        "debtor_name": view.debtor_name,
        "case": view.case_id,
        "reference_number": view.reference_number,
        "payment": view.payment_id,
        "currency": view.currency,
        "amount": wire_amount(Money(view.credited_minor)),
        "paid_amount": wire_amount(Money(view.paid_minor)),
        "remaining_amount": wire_amount(Money(view.open_minor)),
        "due_date": format_civil_date(due_on(view)),
        "age_days": age_days(view, today),
        "status": "open" if view.is_open else "paid",
        "has_bank_account": view.bank_account is not None,
    }
    return _tagged(document)


def _tagged(document: Document) -> Document:
    """Return a document with its entity tag, a digest of what it shows (decision 4)."""
    digest = hashlib.md5(_encode(document), usedforsecurity=False).hexdigest()
    return {**document, "_etag": digest}
