"""The schemas of the answers to what creditors report about their cases."""

from collections.abc import Mapping

from fordran.api.openapi_scalars import (
    Schema,
    amount,
    choice,
    date,
    document_id,
    record,
    status_ok,
    text,
    written,
)
from fordran.api.openapi_scalars import rate as rate_schema
from fordran.domain.ledger import Origin
from fordran.domain.outcome import OutcomeStatus

_MEANINGS = (
    "`completed`: all was done. `warning`: not all was. `error`: the report was stored, and "
    "nothing was done because the case is closed."
)
_NO_ERROR = (OutcomeStatus.COMPLETED, OutcomeStatus.WARNING)
NO_WARNING = (OutcomeStatus.COMPLETED, OutcomeStatus.ERROR)


def action_schemas() -> dict[str, Schema]:
    """Return the schemas of answers and documents, by name."""
    return {
        **kind_schemas(
            "CreditorPayment", "_payment_status", _PAYMENT, own=_MONEY | _PAID | _BOOKED
        ),
        **kind_schemas(
            "CreditorCrediting", "_payment_status", _CREDITING, own=_MONEY | _BOOKED | _NOTE
        ),
        **kind_schemas("CreditorCancellation", "_cancellation_status", _CANCELLATION, own={}),
        **kind_schemas("PaymentReversal", "_reversal_status", _REVERSAL, own=_REVERSED_PAYMENT),
        **kind_schemas("InterestReduction", "_reduction_status", _REDUCTION, own=_REDUCED),
    }


class Words:
    """What is said of one kind of report."""

    def __init__(
        self,
        noun: str,
        reasons: str,
        *,
        statuses: tuple[OutcomeStatus, ...] = tuple(OutcomeStatus),
        result: Mapping[str, Schema] | None = None,
        is_result_always_there: bool = False,
        meanings: str = _MEANINGS,
    ) -> None:
        self.meanings = meanings
        self.noun = noun
        self.reasons = reasons
        self.statuses = statuses
        self.result = dict(result or {})
        self.is_result_always_there = is_result_always_there

    def status(self, description: str) -> Schema:
        """Return the schema of how it went."""
        return choice(description, *(status.value for status in self.statuses))


_SETTLED = {"settled_amount": amount("How much of it was settled.", 2000)}
_TAKEN_BACK = {
    "reversed_amount": amount("What had been settled with the payment, now taken back.", 2000)
}

_PAYMENT = Words(
    "reported payment",
    "`creditor_payment.overpaid`, `creditor_payment.duplicate` or `creditor_payment.case_closed`",
    result=_SETTLED,
)
_CREDITING = Words(
    "crediting",
    "`creditor_crediting.overcredited` or `creditor_crediting.case_closed`",
    result=_SETTLED,
)
_CANCELLATION = Words("cancellation", "`creditor_cancellation.case_closed`", statuses=_NO_ERROR)
_REVERSAL = Words(
    "reversal",
    "`payment_reversal.nothing_settled` or `payment_reversal.already_reversed`; or why nothing had "
    "been settled: `payment_reversal.debtors_credit`, money that came to the agency when the case "
    "was closed",
    statuses=_NO_ERROR,
    result=_TAKEN_BACK,
    is_result_always_there=True,
)
_REDUCTION = Words("reduction of interest", "`interest_reduction.case_closed`", statuses=NO_WARNING)

_MONEY = {"currency": choice("The currency.", "SEK"), "amount": amount("The amount.", 2000)}
_PAID = {
    "bank_transaction_date": date("When the money reached the creditor."),
    "creditor_payment_reference": text("The creditor's reference.", "PAY-REF-001"),
}
_BOOKED = {"client_registration_date": date("When the creditor booked it.")}
_NOTE = {
    "credit_invoice": text("The creditor's number of the credit invoice.", "CRED-2025-001"),
    "creditor_reference": text("The creditor's reference.", "A-17"),
}
_REVERSED_PAYMENT = {"creditor_payment": document_id("The payment that was taken back.")}
_REDUCED = {
    "first_date": date("The first day of the lower rate.", "Fri, 08 Aug 2025 00:00:00 GMT"),
    "last_date": date("The last day of it. Absent: until further notice."),
    "annual_rate_percent": rate_schema("The highest rate on those days, percent a year.", 5.5),
    "reason": text("Why.", "The debtor was in hospital."),
    "decided_by": text("Who decided.", "Anna Berg"),
}

MAY_BE_ABSENT = (
    "creditor_payment_reference",
    "credit_invoice",
    "creditor_reference",
    "last_date",
    "status_reason_locale",
)
"""What a document may lack, of every kind; a kind of its own fields names its own."""


def kind_schemas(
    name: str,
    status_name: str,
    words: Words,
    *,
    own: Mapping[str, Schema],
    optional: tuple[str, ...] = MAY_BE_ABSENT,
) -> dict[str, Schema]:
    """Return the schemas of the answer to a report of a kind, and of its document.

    `own` are the fields that the kind adds to the document; `optional` those that may be absent.
    """
    results = {
        "status": words.status(f"The same as `{status_name}`."),
        **words.result,
        "case_invoice_number": text("The invoice number of the case.", "INV-2025-003"),
        "case_reference_number": text("The reference number of the case.", "48640"),
        "status_reason_locale": text(
            f"Why not all was done: {words.reasons}. Absent otherwise.",
            words.reasons.split("`")[1],
        ),
    }
    always = words.result if words.is_result_always_there else {}
    answer = record(
        f"How the {words.noun} went. Beside `{status_name}` the details stand here only when not "
        "all went well; the document itself always has them.",
        {
            **written(40),
            "_status": status_ok(),
            status_name: words.status(words.meanings),
            **results,
        },
        optional=tuple(field for field in results if field not in always),
    )
    document = record(
        f"A {words.noun}.",
        {
            **written(40),
            "account": document_id("The account."),
            "creditor": document_id("Who reported it."),
            "case": document_id("The case."),
            "origin": choice("Who reported it.", Origin.CREDITOR_SYSTEM.value),
            **own,
            status_name: words.status("How it went."),
            **results,
        },
        optional=optional,
    )
    return {f"{name}Answer": answer, name: document}
