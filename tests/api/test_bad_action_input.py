"""Every wrong field of what creditors report is an issue of its own, and nothing is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fordran.operations.context import Context
from tests.api.test_bad_input import (
    BAD_TEXT,
    MISSING,
    NO_DOCUMENT,
    ONE_CASE,
    VALUES,
    Raw,
    amounts,
    assert_refused,
    changed,
    must_exist,
    places,
    row_counts,
    set_anywhere,
    written,
)
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, without

Row = tuple[str, Any, Any]


@dataclass(frozen=True)
class Kind:
    """A resource, how its body is made of a case and a payment, and what can be wrong with it."""

    path: str
    body: Callable[[Account, str, str], dict[str, Any]]
    required: tuple[str, ...]
    issues: tuple[Row, ...]
    names_case: bool = True


CASE_ISSUES: tuple[Row, ...] = (
    ("case", NO_DOCUMENT, must_exist(NO_DOCUMENT, "cases")),
    ("case", "x", "must be of objectid type"),
    ("case", MISSING, {"case": ONE_CASE, "invoice_number": ONE_CASE}),
    ("invoice_number", "INV-2025-003", {"case": ONE_CASE, "invoice_number": ONE_CASE}),
    ("file_import_report", "x", "field is read-only"),
)

KINDS = {
    "crediting": Kind(
        "/creditor--creditings",
        lambda account, case_id, _: account.crediting(case_id),
        required=("creditor", "currency", "amount", "origin"),
        issues=(
            *CASE_ISSUES,
            *amounts("amount"),
            ("amount", 10**15, "max value is 9999999999.99"),
            ("currency", "EUR", "unallowed value EUR"),
            ("client_registration_date", "2025-09-04T00:00:00Z", "must not be in the future"),
            (
                "client_registration_date",
                "2025-07-06T00:00:00Z",
                "must not be before the invoice date",
            ),
            ("client_registration_date", "soon", "must be of datetime type"),
            ("bank_transaction_date", "2025-09-03", "unknown field"),
            ("credit_invoice", "", "empty values not allowed"),
            ("credit_invoice", "x" * 51, "max length is 50"),
            ("creditor_reference", "\x00", BAD_TEXT),
        ),
    ),
    "cancellation": Kind(
        "/creditor--cancellations",
        lambda account, case_id, _: account.cancellation(case_id),
        required=("creditor", "origin"),
        issues=(*CASE_ISSUES, ("amount", 1, "unknown field")),
    ),
    "reversal": Kind(
        "/creditor--payment-reversals",
        lambda account, _, payment_id: account.reversal(payment_id),
        required=("creditor", "creditor_payment", "origin"),
        issues=(
            ("creditor_payment", NO_DOCUMENT, must_exist(NO_DOCUMENT, "creditor_payments")),
            ("creditor_payment", "x", "must be of objectid type"),
            ("case", NO_DOCUMENT, "unknown field"),
            ("amount", 1, "unknown field"),
        ),
        names_case=False,
    ),
    "reduction": Kind(
        "/case--interest-reductions",
        lambda account, case_id, _: account.reduction(case_id),
        required=(
            "creditor",
            "case",
            "first_date",
            "annual_rate_percent",
            "reason",
            "decided_by",
            "origin",
        ),
        issues=(
            ("case", NO_DOCUMENT, must_exist(NO_DOCUMENT, "cases")),
            ("invoice_number", "INV-2025-003", "unknown field"),
            ("annual_rate_percent", -1, "min value is 0"),
            ("annual_rate_percent", Raw("-0.00001"), "min value is 0"),
            ("annual_rate_percent", Raw("100.0001"), "max value is 100"),
            ("annual_rate_percent", Raw("1e999999999"), "max value is 100"),
            ("annual_rate_percent", Raw("1e-999999999"), "must have at most 4 decimals"),
            ("annual_rate_percent", Raw("5.12345"), "must have at most 4 decimals"),
            ("annual_rate_percent", Raw("9" * 5000), "max value is 100"),
            ("annual_rate_percent", "5", "must be of number type"),
            ("annual_rate_percent", True, "must be of number type"),
            ("annual_rate_percent", None, "null value not allowed"),
            ("first_date", "x", "must be of datetime type"),
            ("last_date", "Thu, 07 Aug 2025 00:00:00 GMT", "must not be before first_date"),
            ("last_date", 1, "must be of datetime type"),
            ("reason", " ", "empty values not allowed"),
            ("reason", "x" * 2001, "max length is 2000"),
            ("decided_by", "x" * 201, "max length is 200"),
        ),
    ),
    "pause": Kind(
        "/case--pauses",
        lambda account, case_id, _: account.pause(case_id),
        required=("creditor", "reason", "origin"),
        issues=(
            *CASE_ISSUES,
            ("reason", " ", "empty values not allowed"),
            ("reason", "x" * 2001, "max length is 2000"),
            ("reason", "\x00", BAD_TEXT),
            ("reason", None, "null value not allowed"),
        ),
    ),
    "dispute": Kind(
        "/case--disputes",
        lambda account, case_id, _: account.dispute(case_id),
        required=("creditor", "kind", "text", "origin"),
        issues=(
            *CASE_ISSUES,
            # No amount, said or not, is the whole claim.
            *(row for row in amounts("amount") if row[1] is not None),
            ("amount", 10**15, "max value is 9999999999.99"),
            # Ten kronor of the 2 000 have been paid.
            ("amount", 1990.01, "must not be more than what remains of the capital"),
            ("kind", "no_money", "unallowed value no_money"),
            ("kind", None, "null value not allowed"),
            ("text", " ", "empty values not allowed"),
            ("text", "x" * 2001, "max length is 2000"),
            ("hold_other_cases", "yes", "must be of boolean type"),
            ("hold_other_cases", 1, "must be of boolean type"),
            ("outcome", "upheld", "unknown field"),
        ),
    ),
}

EVERYWHERE: tuple[Row, ...] = (
    ("unknown", 1, "unknown field"),
    ("account", NO_DOCUMENT, must_exist(NO_DOCUMENT, "accounts")),
    ("account", 1, "must be of objectid type"),
    ("creditor", "x", "must be of objectid type"),
    ("origin", "debtor", "unallowed value debtor"),
    ("origin", 1, "must be of string type"),
)

ROWS = [
    (name, row)
    for name, kind in KINDS.items()
    for row in (
        *EVERYWHERE,
        *((field, MISSING, "required field") for field in kind.required),
        *kind.issues,
    )
]


@pytest.fixture
def bodies(api: ApiClient) -> dict[str, dict[str, Any]]:
    """A body of each kind that would be accepted."""
    case_id = api.register()
    payment_id = api.made("/creditor--payments", api.account.payment(case_id, amount=10))["_id"]
    return {name: kind.body(api.account, case_id, payment_id) for name, kind in KINDS.items()}


@pytest.mark.parametrize(
    ("name", "row"),
    ROWS,
    ids=[f"{number} {name} {row[0]}" for number, (name, row) in enumerate(ROWS)],
)
def test_wrong_field_is_reported_and_nothing_is_stored(
    api: ApiClient,
    database: WorkerDatabase,
    bodies: dict[str, dict[str, Any]],
    name: str,
    row: Row,
) -> None:
    path, value, issue = row
    body = changed(bodies[name], {path: value})
    issues = issue if isinstance(issue, dict) else {path: issue}
    assert_refused(api, database, KINDS[name].path, written(body), issues)


@pytest.mark.parametrize("name", KINDS)
def test_unknown_creditor_has_no_case_either(
    api: ApiClient, database: WorkerDatabase, bodies: dict[str, dict[str, Any]], name: str
) -> None:
    body = {**bodies[name], "creditor": NO_DOCUMENT}
    field, resource = (
        ("case", "cases")
        if KINDS[name].names_case
        else (
            "creditor_payment",
            "creditor_payments",
        )
    )
    issues = {
        "creditor": must_exist(NO_DOCUMENT, "creditors"),
        field: must_exist(body[field], resource),
    }
    assert_refused(api, database, KINDS[name].path, written(body), issues)


@pytest.mark.parametrize("name", KINDS)
def test_wrong_fields_are_reported_at_once_with_the_unknown_creditor(
    api: ApiClient, database: WorkerDatabase, bodies: dict[str, dict[str, Any]], name: str
) -> None:
    body = {**bodies[name], "creditor": NO_DOCUMENT, "origin": "x", "unknown": 1}
    issues = {
        "creditor": must_exist(NO_DOCUMENT, "creditors"),
        "origin": "unallowed value x",
        "unknown": "unknown field",
    }
    assert_refused(api, database, KINDS[name].path, written(body), issues)


@pytest.mark.parametrize("name", KINDS)
def test_documents_of_another_account_are_answered_like_none(
    api: ApiClient,
    context: Context,
    database: WorkerDatabase,
    bodies: dict[str, dict[str, Any]],
    name: str,
) -> None:
    """The other account names our case or payment as its own creditor's."""
    other = ApiClient(api.client, Account.make(context))
    body = {**bodies[name], "creditor": other.account.creditor_id}
    field, resource = (
        ("case", "cases")
        if KINDS[name].names_case
        else (
            "creditor_payment",
            "creditor_payments",
        )
    )
    issues = {field: must_exist(body[field], resource)}
    assert_refused(other, database, KINDS[name].path, written(body), issues)


@pytest.mark.parametrize("name", ["crediting", "cancellation", "pause", "dispute"])
def test_invoice_number_of_nothing_is_reported(
    api: ApiClient, database: WorkerDatabase, bodies: dict[str, dict[str, Any]], name: str
) -> None:
    body = {**without(bodies[name], "case"), "invoice_number": "INV-NONE"}
    issue = "value 'INV-NONE' must exist in resource 'cases', field 'debt.invoice_number'."
    assert_refused(api, database, KINDS[name].path, written(body), {"invoice_number": issue})


@pytest.mark.parametrize("name", KINDS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_in_any_field_is_accepted_or_refused_and_never_a_failure(
    api: ApiClient, database: WorkerDatabase, name: str, data: st.DataObject
) -> None:
    document = KINDS[name].body(api.account, NO_DOCUMENT, NO_DOCUMENT)
    set_anywhere(document, data.draw(st.sampled_from(sorted(places(document)))), data.draw(VALUES))
    before = row_counts(database)
    answer = api.post(KINDS[name].path, written(document))
    assert answer.status_code == 422, answer.text
    assert answer.json()["_issues"]
    assert row_counts(database) == before
