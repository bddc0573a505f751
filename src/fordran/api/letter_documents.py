"""Letter documents: how a letter, with every amount that it states, looks on the wire."""

import hashlib
from collections.abc import Sequence

import msgspec

from fordran.api.documents import Document
from fordran.api.scalars import format_civil_date, format_instant, wire_amount
from fordran.domain.money import SEK, ZERO, Money
from fordran.letters.claims import LetterClaim
from fordran.letters.letter import Letter
from fordran.letters.payments import LetterPayment
from fordran.letters.plan_letters import Instalment
from fordran.operations.read_letters import letter_of
from fordran.storage.letters import LetterView

_encode = msgspec.json.Encoder().encode


def letter_document(account_id: str, view: LetterView, url: str) -> Document:
    """Return the document of a letter; every amount is what its stored contents state.

    The entity tag is a digest of all but the link, which is signed anew at each reading.
    """
    letter = letter_of(view.kind, view.contents)
    document: Document = {
        "_created": format_instant(view.dispatched_at),
        "_updated": format_instant(view.handed_over_at or view.dispatched_at),
        "_id": view.id,
        "account": account_id,
        "creditor": view.creditor_id,
        **_cases(view.case_ids),
        "kind": view.kind,
        "locale": view.locale,
        "template_version": view.template_version,
        "status": view.status,
        "dispatch_date": format_instant(view.dispatched_at),
    }
    if view.handed_over_at is not None:
        document["handed_over_date"] = format_instant(view.handed_over_at)
    if letter.pay_by_on is not None:
        document["deadline_date"] = format_civil_date(letter.pay_by_on)
    document |= _stated(letter, view.case_ids)
    digest = hashlib.md5(_encode(document), usedforsecurity=False).hexdigest()
    return {**document, "url": url, "_etag": digest}


def _cases(case_ids: Sequence[str]) -> Document:
    return {"case": case_ids[0]} if len(case_ids) == 1 else {"cases": list(case_ids)}


def _stated(letter: Letter, case_ids: Sequence[str]) -> Document:
    """Return every amount that a letter states.

    `amounts` are those beside its claims, payments and instalments, by their names in the letter's
    facts, with the sums that the letter shows.
    """
    fields = {name: getattr(letter, name) for name in letter.__struct_fields__}
    claims: tuple[LetterClaim, ...] = fields.get("claims", ())
    payments: tuple[LetterPayment, ...] = fields.get("payments", ())
    instalments: tuple[Instalment, ...] = fields.get("instalments", ())
    total: Money | None = fields.get("total")
    amounts = {name: value for name, value in fields.items() if isinstance(value, Money)}
    # The claims of a letter stand in the order of its cases; some letters have none, or fewer.
    are_of_cases = len(claims) == len(case_ids)
    return {
        "currency": SEK,
        "claims": [
            {**({"case": case_ids[place]} if are_of_cases else {}), **_claim(claim)}
            for place, claim in enumerate(claims)
        ],
        "cost_amount": wire_amount(getattr(letter, "added_cost", ZERO)),
        **({"total_amount": wire_amount(total)} if total is not None else {}),
        "to_pay_amount": wire_amount(letter.to_pay),
        "amounts": {
            name: wire_amount(value) for name, value in {**amounts, **letter.derived()}.items()
        },
        "payments": [_payment(payment) for payment in payments],
        "instalments": [
            {"due_date": format_civil_date(one.due_on), "amount": wire_amount(one.amount)}
            for one in instalments
        ],
    }


def _claim(claim: LetterClaim) -> Document:
    document: Document = {
        "reference_number": claim.reference_number,
        "invoice_number": claim.invoice_number,
        "capital_amount": wire_amount(claim.capital),
        "interest_amount": wire_amount(claim.interest),
        "costs": [
            {"kind": cost.kind.value, "amount": wire_amount(cost.amount)} for cost in claim.costs
        ],
        "total_amount": wire_amount(claim.total),
    }
    if claim.original_capital is not None:
        document["original_capital_amount"] = wire_amount(claim.original_capital)
    return document


def _payment(payment: LetterPayment) -> Document:
    return {
        "received_date": format_civil_date(payment.received_on),
        "amount": wire_amount(payment.amount),
        "capital_amount": wire_amount(payment.capital),
        "interest_amount": wire_amount(payment.interest),
        "costs_amount": wire_amount(payment.costs),
        "overpaid_amount": wire_amount(payment.overpaid),
    }
