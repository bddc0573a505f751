"""The schemas of the answers to what holds a case, and of its documents."""

from fordran.api.openapi_action_outputs import NO_WARNING, Words, kind_schemas
from fordran.api.openapi_scalars import (
    Schema,
    amount,
    array,
    choice,
    date,
    document_id,
    record,
    status_ok,
    text,
    truth,
    written,
)
from fordran.domain.dispute import DisputeKind, DisputeOutcome
from fordran.domain.outcome import OutcomeStatus

_MEANINGS = (
    "`completed`: it was done. `error`: the report was stored, and nothing was done; "
    "`status_reason_locale` says why."
)


def hold_schemas() -> dict[str, Schema]:
    """Return the schemas of answers and documents, by name."""
    return {
        **kind_schemas(
            "Respite", "_respite_status", _RESPITE, own=_RESPITE_FIELDS, optional=_MAY_BE_ABSENT
        ),
        **kind_schemas(
            "Pause", "_pause_status", _PAUSE, own=_PAUSE_FIELDS, optional=_MAY_BE_ABSENT
        ),
        "ResumptionAnswer": _ending("_resumption_status", "resumption", _NOT_HELD, {}, NO_WARNING),
        **kind_schemas(
            "Dispute", "_dispute_status", _DISPUTE, own=_DISPUTE_FIELDS, optional=_MAY_BE_ABSENT
        ),
        "DisputeOutcomeAnswer": _ending(
            "_outcome_status", "outcome", _NOT_OPEN, _CREDITED, tuple(OutcomeStatus)
        ),
    }


def _words(noun: str, reasons: str) -> Words:
    return Words(noun, reasons, statuses=NO_WARNING, meanings=_MEANINGS)


_RESPITE = _words("respite", "`case_respite.case_closed`")
_PAUSE = _words("pause", "`case_pause.case_closed` or `case_pause.held_already`")
_DISPUTE = _words("dispute", "`case_dispute.case_closed` or `case_dispute.held_already`")

_NOT_HELD = "`case_pause.not_held`"
_NOT_OPEN = (
    "`case_dispute.not_open`, `case_dispute.case_closed`, or why not all was credited: "
    "`creditor_crediting.overcredited`"
)

_CREDITED = {
    "credited_amount": amount("What was credited of the claim, if anything.", 500),
    "creditor_crediting": document_id("The crediting that was made."),
}

_ENDED = {"end_date": date("When it ended. Absent while it lasts.")}

_RESPITE_FIELDS = {
    "respite_to_date": date("The last day of the respite.", "Fri, 31 Oct 2025 00:00:00 GMT"),
    "condition": choice(
        "How it stands. Absent if the report was refused.", "active", "replaced", "ended"
    ),
    **_ENDED,
}

_PAUSE_FIELDS = {
    "reason": text("Why the flow was stopped.", "The debtor is in hospital."),
    "condition": choice("How it stands. Absent if the report was refused.", "active", "resumed"),
    "resumption_reason": text("Why it was resumed, once it was.", "The debtor is back."),
    **_ENDED,
}

_DISPUTE_FIELDS = {
    "kind": choice("What the debtor says.", *(kind.value for kind in DisputeKind)),
    "amount": amount("What is disputed of the capital. Absent: the whole claim.", 500),
    "text": text("What the debtor says, in words.", "Half of the goods never came."),
    "hold_other_cases": truth("Whether the debtor's other open cases were to be held too."),
    "other_cases": array(document_id(""), "The other cases that it holds."),
    "creditor_answer_by_date": date("The last day for the creditor to answer."),
    "answer_by_date": date("The last day to answer the debtor."),
    "condition": choice(
        "How it stands. Absent if the report was refused.",
        "open",
        *(outcome.value for outcome in DisputeOutcome),
    ),
    "overdue": array(
        choice("", "creditor_answer", "answer"), "Whose last day has passed without an outcome."
    ),
    "explanation": text("Why it was decided so, once it was.", "The carrier confirms it."),
    **_CREDITED,
    **_ENDED,
}

_MAY_BE_ABSENT = (
    "amount",
    "condition",
    "creditor_answer_by_date",
    "answer_by_date",
    "end_date",
    "resumption_reason",
    "explanation",
    *_CREDITED,
    "status_reason_locale",
)


def _ending(
    status_name: str,
    noun: str,
    reasons: str,
    result: dict[str, Schema],
    statuses: tuple[OutcomeStatus, ...],
) -> Schema:
    """Return the schema of the answer to what ends a hold."""
    words = Words(noun, reasons, statuses=statuses)
    details = {
        "status": words.status(f"The same as `{status_name}`."),
        "case_invoice_number": text("The invoice number of the case.", "INV-2025-003"),
        "case_reference_number": text("The reference number of the case.", "48640"),
        "status_reason_locale": text(f"Why: {reasons}.", reasons.split("`")[1]),
    }
    return record(
        f"How the {noun} went, with the new tag of the document that it changed. The details "
        "stand here only when not all went well.",
        {
            **written(40),
            "_status": status_ok(),
            status_name: words.status(_MEANINGS),
            **result,
            **details,
        },
        optional=(*result, *details),
    )
