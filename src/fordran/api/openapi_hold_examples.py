"""Examples of what holds a case, about the case of the other examples."""

from fordran.api.openapi_action_examples import (
    ACCOUNT,
    CASE_NUMBERS,
    WHO,
    WHO_BY_INVOICE,
    Example,
    answered,
    written,
)

_REPORTER = {name: WHO[name] for name in ("creditor", "origin")}
_CASE = {"case": WHO["case"]}

RESPITE_REQUEST: Example = {**_REPORTER, "respite_to_date": "Fri, 31 Oct 2025 00:00:00 GMT"}
"""The debtor pays when the salary of October has come."""

RESPITE_ANSWER: Example = {
    **written(
        "68b82f48d6fd1d378f18d315",
        "3c59dc048e8850243be8079a5c74d079a1b2c3d4",
        "Wed, 03 Sep 2025 12:06:32 GMT",
    ),
    "_status": "OK",
    "_respite_status": "completed",
}
"""The answer to it."""

RESPITE_ANSWER_ERROR: Example = {
    **RESPITE_ANSWER,
    "_respite_status": "error",
    "status": "error",
    **CASE_NUMBERS,
    "status_reason_locale": "case_respite.case_closed",
}
"""The answer when the case is closed."""

RESPITE: Example = {
    **answered(RESPITE_ANSWER),
    **ACCOUNT,
    **RESPITE_REQUEST,
    **_CASE,
    "status": "completed",
    **CASE_NUMBERS,
    "condition": "active",
}
"""The respite when it is read."""

PAUSE_REQUEST: Example = {**WHO, "reason": "The debtor is in hospital."}
"""Nothing is to happen for a while."""

PAUSE_REQUEST_BY_INVOICE: Example = {**WHO_BY_INVOICE, "reason": "The debtor is in hospital."}
"""The same, naming the invoice."""

PAUSE_ANSWER: Example = {
    **written(
        "68b83074d6fd1d378f18d31a",
        "b6d767d2f8ed5d21a44b0e5886680cb9c0ffee01",
        "Wed, 03 Sep 2025 12:11:32 GMT",
    ),
    "_status": "OK",
    "_pause_status": "completed",
}
"""The answer to it."""

PAUSE_ANSWER_ERROR: Example = {
    **PAUSE_ANSWER,
    "_pause_status": "error",
    "status": "error",
    **CASE_NUMBERS,
    "status_reason_locale": "case_pause.held_already",
}
"""The answer when the case is paused already."""

PAUSE: Example = {
    **answered(PAUSE_ANSWER),
    **ACCOUNT,
    **PAUSE_REQUEST,
    "status": "completed",
    **CASE_NUMBERS,
    "condition": "active",
}
"""The pause when it is read."""

RESUMPTION_REQUEST: Example = {**_REPORTER, "reason": "The debtor is back."}
"""The flow is to go on."""

RESUMPTION_ANSWER: Example = {
    **answered(PAUSE_ANSWER, "_pause_status"),
    "_updated": "Mon, 15 Sep 2025 08:00:00 GMT",
    "_etag": "37693cfc748049e45d87b8c7d8b9aacdc0ffee02",
    "_status": "OK",
    "_resumption_status": "completed",
}
"""The answer to it."""

RESUMPTION_ANSWER_ERROR: Example = {
    **RESUMPTION_ANSWER,
    "_resumption_status": "error",
    "status": "error",
    **CASE_NUMBERS,
    "status_reason_locale": "case_pause.not_held",
}
"""The answer when it has been resumed before."""

DISPUTE_REQUEST: Example = {
    **WHO,
    "kind": "goods",
    "amount": 500,
    "text": "A quarter of the goods never came.",
    "hold_other_cases": True,
}
"""The debtor objects to a quarter of the claim."""

DISPUTE_REQUEST_BY_INVOICE: Example = {
    **WHO_BY_INVOICE,
    "kind": "not_mine",
    "text": "I have never ordered anything.",
}
"""The debtor objects to all of it."""

DISPUTE_ANSWER: Example = {
    **written(
        "68b831a0d6fd1d378f18d322",
        "1ff1de774005f8da13f42943881c655fc0ffee03",
        "Wed, 03 Sep 2025 12:16:32 GMT",
    ),
    "_status": "OK",
    "_dispute_status": "completed",
}
"""The answer to the first."""

DISPUTE_ANSWER_ERROR: Example = {
    **DISPUTE_ANSWER,
    "_dispute_status": "error",
    "status": "error",
    **CASE_NUMBERS,
    "status_reason_locale": "case_dispute.case_closed",
}
"""The answer when the case is closed."""

DISPUTE: Example = {
    **answered(DISPUTE_ANSWER),
    **ACCOUNT,
    **DISPUTE_REQUEST,
    "other_cases": [],
    "creditor_answer_by_date": "Wed, 17 Sep 2025 00:00:00 GMT",
    "answer_by_date": "Fri, 03 Oct 2025 00:00:00 GMT",
    "status": "completed",
    **CASE_NUMBERS,
    "condition": "open",
    "overdue": [],
}
"""The dispute when it is read."""

_DECIDED = {
    "_updated": "Mon, 22 Sep 2025 08:00:00 GMT",
    "_etag": "8e296a067a37563370ded05f5a3bf3ecc0ffee04",
}
_CREDITED = {"credited_amount": 500, "creditor_crediting": "68d0ff80d6fd1d378f18d4aa"}

DISPUTE_DECIDED: Example = {
    **DISPUTE,
    **_DECIDED,
    "condition": "upheld",
    "overdue": ["creditor_answer"],
    "end_date": "Mon, 22 Sep 2025 08:00:00 GMT",
    "explanation": "The carrier confirms it.",
    **_CREDITED,
}
"""The same once it has been decided."""

DISPUTE_OUTCOME_REQUEST: Example = {
    **_REPORTER,
    "outcome": "upheld",
    "explanation": "The carrier confirms it.",
}
"""The debtor was right."""

DISPUTE_OUTCOME_REQUEST_PARTLY: Example = {
    **_REPORTER,
    "outcome": "partly_upheld",
    "amount": 300,
    "explanation": "Three of the five boxes never came.",
}
"""The debtor was right in part."""

DISPUTE_OUTCOME_ANSWER: Example = {
    **answered(DISPUTE_ANSWER, "_dispute_status"),
    **_DECIDED,
    "_status": "OK",
    "_outcome_status": "completed",
    **_CREDITED,
}
"""The answer to the first."""

DISPUTE_OUTCOME_ANSWER_ERROR: Example = {
    **answered(DISPUTE_OUTCOME_ANSWER, *_CREDITED),
    "_status": "OK",
    "_outcome_status": "error",
    "status": "error",
    **CASE_NUMBERS,
    "status_reason_locale": "case_dispute.not_open",
}
"""The answer when it has been decided before."""
