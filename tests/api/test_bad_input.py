"""Every wrong field is reported at once in `_issues`, and nothing of the request is stored."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from fordran.operations.context import Context
from fordran.operations.set_up_parties import create_creditor
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, creditor_document, debt

NO_DOCUMENT = "68b7f49c7b02934caddab092"
REGISTRATIONS = "/case--registrations"
PAYMENTS = "/creditor--payments"

MISSING = object()
"""Stands for a field that is left out."""

WHOLE = "Insertion failure: 1 document(s) contain(s) error(s)"
AMOUNT_MAX = "9999999999.99"
BAD_TEXT = "must not contain NUL or unpaired surrogates"
ONE_KIND = "exactly one of is_person, is_company and is_foreign must be true"
ONE_CASE = "exactly one of case and invoice_number must be sent"


class Raw:
    """A JSON value as it is written, where Python has no such value."""

    def __init__(self, text: str) -> None:
        self.text = text


@pytest.fixture
def paying(api: ApiClient) -> str:
    """The id of a case that payments can be reported to."""
    return api.register(debts=[debt(invoice_number="INV-PAID")])


def changed(document: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a document with values set or left out at dotted paths."""
    result = copy.deepcopy(document)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place: Any = result
        for name in parents:
            place = place[int(name) if isinstance(place, list) else name]
        if value is MISSING:
            del place[last]
        else:
            place[int(last) if isinstance(place, list) else last] = value
    return result


def written(document: Any) -> bytes:
    """Write JSON, with raw values as they are."""
    raw: dict[str, str] = {}

    def stand_in(value: Any) -> str:
        assert isinstance(value, Raw)
        raw[f'"raw {len(raw)}"'] = value.text
        return f"raw {len(raw) - 1}"

    text = json.dumps(document, default=stand_in)
    for stands, value in raw.items():
        text = text.replace(stands, value)
    return text.encode("utf-8", "surrogatepass")


def nested(issues: dict[str, Any]) -> dict[str, Any]:
    """Return issues by dotted path as the answer nests them."""
    result: dict[str, Any] = {}
    for path, issue in issues.items():
        *parents, last = path.split(".")
        place = result
        for name in parents:
            place = place.setdefault(name, {})
        place[last] = issue
    return result


def row_counts(database: WorkerDatabase) -> dict[str, int]:
    """Return how many rows every table has."""
    with psycopg.connect(database.conninfo()) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relnamespace = 'public'::regnamespace ORDER BY relname"
        ).fetchall()
        counts = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {}, count(*) FROM {}").format(sql.Literal(name), sql.Identifier(name))
            for (name,) in tables
        )
        return dict(connection.execute(counts).fetchall())


def assert_refused(
    api: ApiClient, database: WorkerDatabase, path: str, body: bytes, issues: dict[str, Any]
) -> None:
    before = row_counts(database)
    answer = api.post(path, body)
    assert row_counts(database) == before
    assert answer.status_code == 422, answer.text
    assert answer.json() == {
        "_status": "ERR",
        "_issues": nested(issues),
        "_error": {"code": 422, "message": WHOLE, "reason": "validation_failed"},
    }


def must_exist(document_id: str, resource: str) -> str:
    return f"value '{document_id}' must exist in resource '{resource}', field '_id'."


def amounts(path: str) -> list[tuple[str, Any, Any]]:
    """Return wrong amounts for a field that must be above zero, each with its issue."""
    return [
        (path, 0, "must be greater than 0"),
        (path, -1, "must be greater than 0"),
        (path, Raw("-0.01"), "must be greater than 0"),
        (path, Raw("-0.001"), ["must have at most two decimals", "must be greater than 0"]),
        (path, Raw("2000.001"), "must have at most two decimals"),
        (path, Raw("1e-999999999"), "must have at most two decimals"),
        (path, Raw("1e30"), f"max value is {AMOUNT_MAX}"),
        (path, Raw("1e999999999"), f"max value is {AMOUNT_MAX}"),
        (path, 10_000_000_000, f"max value is {AMOUNT_MAX}"),
        (path, Raw("9" * 5000), f"max value is {AMOUNT_MAX}"),
        (path, "2000", "must be of number type"),
        (path, True, "must be of number type"),
        (path, [], "must be of number type"),
        (path, {}, "must be of number type"),
        (path, None, "null value not allowed"),
    ]


REGISTRATION_ISSUES: list[tuple[str, Any, Any]] = [
    ("unknown", 1, "unknown field"),
    ("customer.unknown", 1, "unknown field"),
    ("customer.address.unknown", 1, "unknown field"),
    ("debts.0.unknown", 1, "unknown field"),
    *[
        (path, MISSING, "required field")
        for path in (
            "creditor",
            "first_action",
            "currency",
            "customer",
            "customer.name",
            "customer.id_number",
            "customer.address",
            "customer.address.address_line_1",
            "customer.address.zip_code",
            "customer.address.city",
            "debts",
            "debts.0.invoice_number",
            "debts.0.invoice_date",
            "debts.0.capital_to_claim",
            "debts.0.invoice_due_days_after_invoice_date",
        )
    ],
    ("creditor", 1, "must be of objectid type"),
    ("creditor", "x", "must be of objectid type"),
    ("creditor", NO_DOCUMENT, must_exist(NO_DOCUMENT, "creditors")),
    ("account", NO_DOCUMENT, must_exist(NO_DOCUMENT, "accounts")),
    ("account", [], "must be of objectid type"),
    ("first_action", "sue", "unallowed value sue"),
    ("first_action", 1, "must be of string type"),
    ("currency", "EUR", "unallowed value EUR"),
    ("currency", "sek", "unallowed value sek"),
    ("customer", [], "must be of dict type"),
    ("customer", "x", "must be of dict type"),
    ("customer", None, "null value not allowed"),
    (
        "customer",
        {},
        {
            "name": "required field",
            "id_number": "required field",
            "address": "required field",
        },
    ),
    ("customer.name", "", "empty values not allowed"),
    ("customer.name", "   ", "empty values not allowed"),
    ("customer.name", 1, "must be of string type"),
    ("customer.name", "x" * 201, "max length is 200"),
    ("customer.name", "a\x00b", BAD_TEXT),
    ("customer.name", Raw('"a\\ud800b"'), BAD_TEXT),
    ("customer.name", Raw('"\\udc00\\ud800"'), BAD_TEXT),
    ("customer.is_company", "yes", "must be of boolean type"),
    ("customer.is_company", 1, "must be of boolean type"),
    ("customer.is_company", MISSING, {"customer": ONE_KIND}),
    ("customer.is_company", False, {"customer": ONE_KIND}),
    ("customer.is_person", True, {"customer": ONE_KIND}),
    ("customer.address.country", "Sweden", "value does not match regex '^[A-Za-z]{2}$'"),
    ("debts", [], "empty values not allowed"),
    ("debts", {}, "must be of list type"),
    ("debts", None, "null value not allowed"),
    ("debts.0", 1, "must be of dict type"),
    ("debts.0.invoice_date", "Mon, 31 Feb 2025 00:00:00 GMT", "must be of datetime type"),
    ("debts.0.invoice_date", "2025-02-29", "must be of datetime type"),
    ("debts.0.invoice_date", "2025-07-07T10:00:00", "must be of datetime type"),
    ("debts.0.invoice_date", "1 July", "must be of datetime type"),
    ("debts.0.invoice_date", 1751846400, "must be of datetime type"),
    ("debts.0.invoice_date", "0000-01-01", "must be of datetime type"),
    ("debts.0.invoice_date", "9999-12-31", "must be of datetime type"),
    ("debts.0.invoice_date", "2025-09-04", "must not be in the future"),
    (
        "debts.0.invoice_due_days_after_invoice_date",
        -1,
        "due date must not be before the invoice date",
    ),
    ("debts.0.invoice_due_days_after_invoice_date", 31.5, "must be of integer type"),
    ("debts.0.invoice_due_days_after_invoice_date", "31", "must be of integer type"),
    ("debts.0.invoice_due_days_after_invoice_date", 3651, "max value is 3650"),
    ("debts.0.invoice_due_days_after_invoice_date", Raw("9" * 400), "max value is 3650"),
    ("debts.0.interest_days_after_invoice_date", -1, "min value is 0"),
    (
        "debts.0.fees_included_in_capital_to_claim",
        {"invoice_fee": 2000.01},
        "must not exceed capital_to_claim",
    ),
    (
        "debts.0.fees_already_claimed",
        {"reminder": {"amount": -1, "fee_registration_date": "x"}},
        {
            "reminder": {
                "amount": "min value is 0",
                "fee_registration_date": "must be of datetime type",
            }
        },
    ),
    ("debts.0.fees_already_claimed", {"coffee": {}}, {"coffee": "unknown field"}),
    *amounts("debts.0.capital_to_claim"),
]

PAYMENT_ISSUES: list[tuple[str, Any, Any]] = [
    ("unknown", 1, "unknown field"),
    *[
        (path, MISSING, "required field")
        for path in ("creditor", "currency", "amount", "bank_transaction_date", "origin")
    ],
    ("account", NO_DOCUMENT, must_exist(NO_DOCUMENT, "accounts")),
    ("case", NO_DOCUMENT, must_exist(NO_DOCUMENT, "cases")),
    ("case", "x", "must be of objectid type"),
    ("case", MISSING, {"case": ONE_CASE, "invoice_number": ONE_CASE}),
    ("invoice_number", "INV-PAID", {"case": ONE_CASE, "invoice_number": ONE_CASE}),
    ("currency", "EUR", "unallowed value EUR"),
    ("origin", "debtor", "unallowed value debtor"),
    ("file_import_report", "x", "field is read-only"),
    ("bank_transaction_date", "yesterday", "must be of datetime type"),
    ("bank_transaction_date", "2025-09-04T00:00:00Z", "must not be in the future"),
    ("bank_transaction_date", "2025-07-06T00:00:00Z", "must not be before the invoice date"),
    ("client_registration_date", 1, "must be of datetime type"),
    ("creditor_payment_reference", "x" * 51, "max length is 50"),
    ("creditor_payment_reference", "\x00", BAD_TEXT),
    *amounts("amount"),
]


def named(rows: list[tuple[str, Any, Any]]) -> list[str]:
    return [f"{number} {path}" for number, (path, _, _) in enumerate(rows)]


@pytest.mark.parametrize(
    ("path", "value", "issue"), REGISTRATION_ISSUES, ids=named(REGISTRATION_ISSUES)
)
def test_wrong_field_of_a_registration_is_reported_and_nothing_is_stored(
    api: ApiClient, database: WorkerDatabase, path: str, value: Any, issue: Any
) -> None:
    body = changed(api.account.registration(), {path: value})
    issues = issue if isinstance(issue, dict) and "customer" in issue else {path: issue}
    assert_refused(api, database, REGISTRATIONS, written(body), issues)


@pytest.mark.parametrize("row", PAYMENT_ISSUES, ids=named(PAYMENT_ISSUES))
def test_wrong_field_of_a_payment_is_reported_and_nothing_is_stored(
    api: ApiClient, database: WorkerDatabase, paying: str, row: tuple[str, Any, Any]
) -> None:
    path, value, issue = row
    body = changed(api.account.payment(paying), {path: value})
    issues = issue if isinstance(issue, dict) and "case" in issue else {path: issue}
    assert_refused(api, database, PAYMENTS, written(body), issues)


def test_every_wrong_field_is_reported_at_once_with_the_unknown_creditor(
    api: ApiClient, database: WorkerDatabase
) -> None:
    body = changed(
        api.account.registration(),
        {
            "creditor": NO_DOCUMENT,
            "account": NO_DOCUMENT,
            "currency": "EUR",
            "unknown": 1,
            "customer.name": 1,
            "customer.is_person": "yes",
            "customer.address": MISSING,
            "debts": [
                debt(capital_to_claim=Raw("1e30"), invoice_date="2025-02-30"),
                {**debt(invoice_number=MISSING), "invoice_number": "\x00"},
                debt(invoice_due_days_after_invoice_date=-1),
            ],
        },
    )
    assert_refused(
        api,
        database,
        REGISTRATIONS,
        written(body),
        {
            "creditor": must_exist(NO_DOCUMENT, "creditors"),
            "account": must_exist(NO_DOCUMENT, "accounts"),
            "currency": "unallowed value EUR",
            "unknown": "unknown field",
            "customer.name": "must be of string type",
            "customer.is_person": "must be of boolean type",
            "customer.address": "required field",
            "debts.0.capital_to_claim": f"max value is {AMOUNT_MAX}",
            "debts.0.invoice_date": "must be of datetime type",
            "debts.1.invoice_number": BAD_TEXT,
            "debts.2.invoice_due_days_after_invoice_date": (
                "due date must not be before the invoice date"
            ),
        },
    )


def test_what_only_the_server_knows_is_reported_at_once_too(
    api: ApiClient, database: WorkerDatabase
) -> None:
    body = changed(
        api.account.registration(),
        {
            "creditor": NO_DOCUMENT,
            "account": NO_DOCUMENT,
            "debts": [
                debt(invoice_date="2025-09-04"),
                debt(invoice_number="2", invoice_due_days_after_invoice_date=58),
            ],
        },
    )
    assert_refused(
        api,
        database,
        REGISTRATIONS,
        written(body),
        {
            "creditor": must_exist(NO_DOCUMENT, "creditors"),
            "account": must_exist(NO_DOCUMENT, "accounts"),
            "debts.0.invoice_date": "must not be in the future",
            "debts.1.invoice_due_days_after_invoice_date": (
                "the debt is due on 2025-09-03: register it for debt collection when that day "
                "has passed"
            ),
        },
    )


def test_wrong_fields_of_a_payment_are_reported_with_its_unknown_creditor(
    api: ApiClient, database: WorkerDatabase, paying: str
) -> None:
    body = api.account.payment(paying, creditor=NO_DOCUMENT, amount="1", origin="x")
    assert_refused(
        api,
        database,
        PAYMENTS,
        written(body),
        {
            "creditor": must_exist(NO_DOCUMENT, "creditors"),
            "amount": "must be of number type",
            "origin": "unallowed value x",
        },
    )


def test_unknown_creditor_of_a_payment_has_no_case_either(
    api: ApiClient, database: WorkerDatabase, paying: str
) -> None:
    body = written(api.account.payment(paying, creditor=NO_DOCUMENT))
    issues = {
        "creditor": must_exist(NO_DOCUMENT, "creditors"),
        "case": must_exist(paying, "cases"),
    }
    assert_refused(api, database, PAYMENTS, body, issues)


def test_creditor_that_is_inactive_or_another_account_s_is_reported(
    api: ApiClient, database: WorkerDatabase, context: Context
) -> None:
    inactive = create_creditor(context, api.account.id, creditor_document(is_active=False))
    theirs = Account.make(context).creditor_id
    for creditor, issue in (
        (inactive, "the creditor is not active"),
        (theirs, must_exist(theirs, "creditors")),
    ):
        for amount in (2000, -1):
            issues: dict[str, Any] = {"creditor": issue}
            if amount < 0:
                issues["debts.0.capital_to_claim"] = "must be greater than 0"
            body = api.account.registration(
                creditor=creditor, debts=[debt(capital_to_claim=amount)]
            )
            assert_refused(api, database, REGISTRATIONS, written(body), issues)


def test_key_that_is_sent_twice_is_reported_wherever_it_stands(
    api: ApiClient, database: WorkerDatabase
) -> None:
    text = json.dumps(api.account.registration())
    for once, twice, path in (
        ('"currency": "SEK"', '"currency": "SEK", "currency": "SEK"', "currency"),
        (
            '"capital_to_claim"',
            '"capital_to_claim": 1, "capital_to_claim"',
            "debts.0.capital_to_claim",
        ),
        ('"name"', '"name": "A", "name"', "customer.name"),
    ):
        body = text.replace(once, twice).encode()
        assert_refused(api, database, REGISTRATIONS, body, {path: "duplicate key"})


def test_same_invoice_twice_in_one_registration_is_reported(
    api: ApiClient, database: WorkerDatabase
) -> None:
    body = api.account.registration(debts=[debt(), debt(capital_to_claim=1)])
    issues = {"debts.1.invoice_number": "value 'INV-2025-003' is not unique"}
    assert_refused(api, database, REGISTRATIONS, written(body), issues)


def test_same_invoice_while_its_case_is_open_is_reported_with_the_case(
    api: ApiClient, database: WorkerDatabase
) -> None:
    case_id = api.register()
    issue = f"value 'INV-2025-003' is not unique: open case {case_id} has it"
    body = written(api.account.registration())
    assert_refused(api, database, REGISTRATIONS, body, {"debts.0.invoice_number": issue})
    paid = api.post(PAYMENTS, api.account.payment(case_id))
    assert paid.json()["_payment_status"] == "completed"
    assert api.case(case_id)["status"] == "closed"
    assert api.register() != case_id


@pytest.mark.parametrize("path", [REGISTRATIONS, PAYMENTS])
@pytest.mark.parametrize(
    "row",
    [
        (b"", 400, "not_json"),
        (b"{", 400, "not_json"),
        (b"{}x", 400, "not_json"),
        (b"{'a': 1}", 400, "not_json"),
        (b'{"a": NaN}', 400, "not_json"),
        (b'{"a": Infinity}', 400, "not_json"),
        (b'{"a": 01}', 400, "not_json"),
        (b'{"a": 1e99999999999999999999}', 400, "not_json"),
        (b'{"a": "\x00"}', 400, "not_json"),
        (b"\xff\xfe{\x00}\x00", 400, "not_json"),
        (b"\xef\xbb\xbf{}", 400, "not_json"),
        (b'{"a": "\xed\xa0\x80"}', 400, "not_json"),
        (b"[" * 100_000, 400, "not_json"),
        (b'{"a":' * 100_000, 400, "not_json"),
        (b"[]", 422, "validation_failed"),
        (b"null", 422, "validation_failed"),
        (b"1", 422, "validation_failed"),
        (b'"x"', 422, "validation_failed"),
        (b"{}", 422, "validation_failed"),
        (b'{"\\ud800": 1}', 422, "validation_failed"),
        (b'{"\\u0000": 1}', 422, "validation_failed"),
        (b'{"a": "' + b"x" * 1024 * 1024 + b'"}', 413, "body_too_large"),
    ],
    ids=range(22),
)
def test_body_that_is_no_document_is_refused_and_nothing_is_stored(
    api: ApiClient, database: WorkerDatabase, path: str, row: tuple[bytes, int, str]
) -> None:
    body, status, reason = row
    before = row_counts(database)
    answer = api.post(path, body)
    assert row_counts(database) == before
    assert answer.status_code == status
    error = answer.json()["_error"]
    assert (answer.json()["_status"], error["code"], error["reason"]) == ("ERR", status, reason)


def test_largest_body_is_read_to_its_last_byte(api: ApiClient) -> None:
    body = written(api.account.registration())
    padded = body + b" " * (1024 * 1024 - len(body))
    assert api.post(REGISTRATIONS, padded + b" ").status_code == 413
    assert api.post(REGISTRATIONS, padded).status_code == 201


def test_content_type_of_the_body_says_nothing(api: ApiClient) -> None:
    body = written(api.account.registration(debts=[debt(invoice_number=1)]))
    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        headers = {**api.headers, "Content-Type": content_type}
        answer = api.client.post(REGISTRATIONS, content=body, headers=headers)
        assert answer.status_code == 422


def test_several_debts_are_registered_all_or_none(api: ApiClient, database: WorkerDatabase) -> None:
    good = [debt(invoice_number=f"INV-{number}") for number in range(5)]
    bad = [*good, debt(invoice_number="INV-5", capital_to_claim=0)]
    issues = {"debts.5.capital_to_claim": "must be greater than 0"}
    body = written(api.account.registration(debts=bad))
    assert_refused(api, database, REGISTRATIONS, body, issues)
    answer = api.post(REGISTRATIONS, api.account.registration(debts=good))
    assert len(set(answer.json()["_cases"])) == 5


TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "\x00", "SEK", "2025-07-07", "1e5", NO_DOCUMENT, "x" * 3000, "<b>"]),
)
NUMBERS = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 0.1, 0.005, 2**63, -(2**63) - 1, 10**400, 1e308, 5e-324]),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=5,
)


def places(document: Any, path: str = "") -> Iterator[str]:
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items:
        yield f"{path}{key}"
        if isinstance(value, dict | list):
            yield from places(value, f"{path}{key}.")


def set_anywhere(document: dict[str, Any], path: str, value: Any) -> None:
    place: Any = document
    *parents, last = path.split(".")
    for name in parents:
        place = place[int(name) if isinstance(place, list) else name]
    place[int(last) if isinstance(place, list) else last] = value


@pytest.mark.parametrize("path", [REGISTRATIONS, PAYMENTS])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_in_any_field_is_accepted_or_refused_and_never_a_failure(
    api: ApiClient, database: WorkerDatabase, path: str, data: st.DataObject
) -> None:
    document = (
        api.account.registration() if path == REGISTRATIONS else api.account.payment(NO_DOCUMENT)
    )
    place = data.draw(st.sampled_from(sorted(places(document))))
    set_anywhere(document, place, data.draw(VALUES))
    before = row_counts(database)
    answer = api.post(path, json.dumps(document).encode("utf-8", "surrogatepass"))
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code != 201:
        assert answer.json()["_issues"]
        assert row_counts(database) == before
