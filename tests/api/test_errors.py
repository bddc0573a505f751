import json

import pytest

from fordran.api.errors import FAILURES, error_body, failure_body


def test_error_body_is_eves_with_a_reason():
    body = json.loads(
        error_body(
            422,
            "validation_failed",
            "Insertion failure: 1 document(s) contain(s) error(s)",
            {"debts": {"0": {"capital_to_claim": "must be greater than 0"}}},
        )
    )
    assert body == {
        "_status": "ERR",
        "_issues": {"debts": {"0": {"capital_to_claim": "must be greater than 0"}}},
        "_error": {
            "code": 422,
            "message": "Insertion failure: 1 document(s) contain(s) error(s)",
            "reason": "validation_failed",
        },
    }


@pytest.mark.parametrize("issues", [None, {}])
def test_error_body_without_issues_has_no_such_key(issues):
    assert "_issues" not in json.loads(error_body(404, "not_found", "Nothing.", issues))


def test_failures_have_the_statuses_that_were_decided():
    assert {reason: failure.status for reason, failure in FAILURES.items()} == {
        "not_json": 400,
        "invalid_query": 400,
        "invalid_domain": 400,
        "invalid_dotted_path": 400,
        "dotted_path_missing": 400,
        "content_type_not_allowed": 400,
        "malformed_request": 400,
        "malformed_upload": 400,
        "invalid_idempotency_key": 400,
        "file_missing": 400,
        "unauthorized": 401,
        "forbidden": 403,
        "not_known_then": 404,
        "not_found": 404,
        "document_not_found": 404,
        "method_not_allowed": 405,
        "conflict": 409,
        "body_too_large": 413,
        "unsupported_media_type": 415,
        "validation_failed": 422,
        "idempotency_key_reused": 422,
        "internal": 500,
        "unavailable": 503,
    }


@pytest.mark.parametrize("reason", FAILURES)
def test_failure_body_takes_status_and_message_from_the_table(reason):
    error = json.loads(failure_body(reason))["_error"]
    assert error == {
        "code": FAILURES[reason].status,
        "message": FAILURES[reason].message,
        "reason": reason,
    }
    assert json.loads(failure_body(reason, "Other."))["_error"]["message"] == "Other."


def test_failure_body_of_an_unknown_reason_is_a_bug():
    with pytest.raises(KeyError):
        failure_body("no_such_reason")
