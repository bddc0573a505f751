"""The operations of respites, pauses and disputes, path by path."""

from typing import Any

from fordran.api import openapi_hold_examples as examples
from fordran.api.case_respites import PARAMETER
from fordran.api.openapi_operations import POST_FAILURES, get_operation, list_operation, operation
from fordran.api.openapi_parts import Part, body, created, failures, found, path_id
from fordran.api.openapi_scalars import reference
from fordran.storage.case_disputes import DISPUTES
from fordran.storage.case_pauses import PAUSES
from fordran.storage.case_respites import RESPITES

_Examples = dict[str, Any]

_KEY: Part = {"$ref": "#/components/parameters/IdempotencyKey"}
_IN_PATH_FAILURES = (*POST_FAILURES, "not_found")


def hold_paths() -> dict[str, Part]:
    """Return the path items of everything that holds a case."""
    return {
        "/case--respites": {"get": _list("respite", "Respite", tuple(RESPITES.fields))},
        f"/case--respites/{{{PARAMETER}}}": {"post": _post_respite(), "get": _get_respite()},
        "/case--pauses": {
            "post": _post_pause(),
            "get": _list("pause", "Pause", tuple(PAUSES.fields)),
        },
        "/case--pauses/{pause_id}": {"get": _get_pause(), "patch": _patch_pause()},
        "/case--disputes": {
            "post": _post_dispute(),
            "get": _list("dispute", "Dispute", tuple(DISPUTES.fields)),
        },
        "/case--disputes/{dispute_id}": {"get": _get_dispute(), "patch": _patch_dispute()},
    }


def _post(
    noun: str,
    schema: str,
    summary: str,
    description: str,
    *,
    requests: _Examples,
    answers: _Examples,
    in_path: Part | None = None,
) -> Part:
    return operation(
        f"post_{noun}",
        f"{schema}s",
        summary,
        description=description,
        parameters=[_KEY] if in_path is None else [in_path, _KEY],
        requestBody=body(reference(f"{schema}Request"), requests),
        responses={
            "201": created(
                "The report has been stored; the answer says how it went.",
                reference(f"{schema}Answer"),
                answers,
            ),
            **failures(*(POST_FAILURES if in_path is None else _IN_PATH_FAILURES)),
        },
    )


def _patch(
    noun: str,
    schema: str,
    summary: str,
    description: str,
    *,
    requests: _Examples,
    answers: _Examples,
    in_path: Part,
) -> Part:
    return operation(
        f"patch_{noun}",
        f"{noun.capitalize()}s",
        summary,
        description=description,
        parameters=[in_path, _KEY],
        requestBody=body(reference(f"{schema}Request"), requests),
        responses={
            "200": found(
                "It has been stored; the answer says how it went.",
                reference(f"{schema}Answer"),
                answers,
            ),
            **failures(*_IN_PATH_FAILURES),
        },
    )


def _list(noun: str, schema: str, fields: tuple[str, ...]) -> Part:
    shown = {
        "respite": examples.RESPITE,
        "pause": examples.PAUSE,
        "dispute": examples.DISPUTE,
    }[noun]
    return list_operation(
        f"list_{noun}s",
        f"{schema}s",
        f"List {noun}s, a page at a time",
        schema,
        fields=fields,
        example=shown,
    )


def _post_respite() -> Part:
    return _post(
        "respite",
        "Respite",
        "Give the debtor time",
        "The flow of the case waits through the day; interest runs on, and money is settled. "
        "A new respite replaces the one that runs.",
        requests={"Through October": examples.RESPITE_REQUEST},
        answers={"Given": examples.RESPITE_ANSWER, "Case closed": examples.RESPITE_ANSWER_ERROR},
        in_path=path_id(PARAMETER, "The `_id` of the case.", examples.RESPITE["case"]),
    )


def _get_respite() -> Part:
    return get_operation(
        "get_respite",
        "Respites",
        "Show one respite",
        "Respite",
        parameter=path_id(PARAMETER, "The respite's `_id`.", examples.RESPITE["_id"]),
        shown={"Running": examples.RESPITE},
    )


_PAUSE_ID = path_id("pause_id", "The pause's `_id`.", examples.PAUSE["_id"])


def _post_pause() -> Part:
    return _post(
        "pause",
        "Pause",
        "Stop the flow of a case",
        "Nothing is sent, charged or applied for until the pause is resumed; interest runs on, "
        "and money is settled. A case is paused once at a time.",
        requests={
            "By case": examples.PAUSE_REQUEST,
            "By invoice number": examples.PAUSE_REQUEST_BY_INVOICE,
        },
        answers={"Paused": examples.PAUSE_ANSWER, "Paused already": examples.PAUSE_ANSWER_ERROR},
    )


def _get_pause() -> Part:
    return get_operation(
        "get_pause",
        "Pauses",
        "Show one pause",
        "Pause",
        parameter=_PAUSE_ID,
        shown={"Paused": examples.PAUSE},
    )


def _patch_pause() -> Part:
    return _patch(
        "pause",
        "Resumption",
        "Resume a paused case",
        "The flow goes on where it was, if nothing else holds it, and not sooner than now.",
        requests={"Go on": examples.RESUMPTION_REQUEST},
        answers={
            "Resumed": examples.RESUMPTION_ANSWER,
            "Resumed before": examples.RESUMPTION_ANSWER_ERROR,
        },
        in_path=_PAUSE_ID,
    )


_DISPUTE_ID = path_id("dispute_id", "The dispute's `_id`.", examples.DISPUTE["_id"])


def _post_dispute() -> Part:
    return _post(
        "dispute",
        "Dispute",
        "Register that the debtor objects",
        "At once nothing is sent, charged or applied for, on this case and if asked on the "
        "debtor's other open cases at the creditor; a dispute of a part holds the whole case. "
        "The days by which the creditor and the debtor are to be answered begin to run. No letter "
        "is sent. Interest runs on, and money is settled.",
        requests={
            "A part, by case": examples.DISPUTE_REQUEST,
            "All, by invoice number": examples.DISPUTE_REQUEST_BY_INVOICE,
        },
        answers={"Held": examples.DISPUTE_ANSWER, "Case closed": examples.DISPUTE_ANSWER_ERROR},
    )


def _get_dispute() -> Part:
    return get_operation(
        "get_dispute",
        "Disputes",
        "Show one dispute",
        "Dispute",
        parameter=_DISPUTE_ID,
        shown={"Open": examples.DISPUTE, "Decided": examples.DISPUTE_DECIDED},
    )


def _patch_dispute() -> Part:
    return _patch(
        "dispute",
        "DisputeOutcome",
        "Decide a dispute",
        "`upheld` credits what is disputed, or all that remains if the whole claim is; "
        "`partly_upheld` credits `amount`, at most what is disputed; `rejected` and `withdrawn` "
        "credit nothing. Then the flow goes on with what is left, if nothing else holds it.",
        requests={
            "Upheld": examples.DISPUTE_OUTCOME_REQUEST,
            "Upheld in part": examples.DISPUTE_OUTCOME_REQUEST_PARTLY,
        },
        answers={
            "Decided": examples.DISPUTE_OUTCOME_ANSWER,
            "Decided before": examples.DISPUTE_OUTCOME_ANSWER_ERROR,
        },
        in_path=_DISPUTE_ID,
    )
