import copy
import json
from datetime import UTC, date, datetime
from typing import get_args

import pytest

from fordran.api.creditor_action_requests import CreditorPaymentRequest
from fordran.api.decode import BadInput, decode
from fordran.api.requests import (
    AddressRequest,
    CaseRegistrationRequest,
    ClaimedFeeRequest,
    ClaimedFeesRequest,
    CustomerRequest,
    DebtRequest,
    FirstAction,
    IncludedFeesRequest,
)
from fordran.domain import flow
from fordran.domain.money import Money

REGISTRATION = {
    "account": "674dbeaf08847b9501cc9132",
    "creditor": "674dbeb208847b9501cc9138",
    "first_action": "debt_collection",
    "currency": "SEK",
    "customer": {
        "name": "ACME Inc.",
        "id_number": "5560269986",
        "is_company": True,
        "address": {
            "address_line_1": "Storgatan 42",
            "zip_code": "12345",
            "city": "Stockholm",
            "country": "SE",
        },
    },
    "debts": [
        {
            "invoice_number": "INV-2025-003",
            "debt_description": "Services",
            "invoice_date": "Mon, 07 Jul 2025 00:00:00 GMT",
            "capital_to_claim": 2000.0,
            "invoice_due_days_after_invoice_date": 31,
        }
    ],
}

PAYMENT = {
    "account": "674dbeaf08847b9501cc9132",
    "creditor": "674dbeb208847b9501cc9138",
    "case": "68b7f49c7b02934caddab092",
    "currency": "SEK",
    "amount": 2000.0,
    "bank_transaction_date": "Wed, 03 Sep 2025 08:00:00 GMT",
    "creditor_payment_reference": "PAY-REF-001",
    "origin": "creditor_system",
}

REMOVED = object()
"""Stands for a field that is left out."""


def changed(document, path, value):
    document = copy.deepcopy(document)
    *parents, last = path.split(".")
    place = document
    for name in parents:
        place = place[int(name) if isinstance(place, list) else name]
    if value is REMOVED:
        del place[last]
    else:
        place[last] = value
    return document


def nested(path, issue):
    for name in reversed(path.split(".")):
        issue = {name: issue}
    return issue


def registered(document):
    return decode(CaseRegistrationRequest, json.dumps(document).encode())


def reported(document):
    return decode(CreditorPaymentRequest, json.dumps(document).encode())


def issues_of(read, document):
    with pytest.raises(BadInput) as caught:
        read(document)
    return caught.value.issues


def test_registration_of_the_seed_is_read():
    assert registered(REGISTRATION) == CaseRegistrationRequest(
        account="674dbeaf08847b9501cc9132",
        creditor="674dbeb208847b9501cc9138",
        first_action="debt_collection",
        currency="SEK",
        customer=CustomerRequest(
            name="ACME Inc.",
            id_number="5560269986",
            is_company=True,
            address=AddressRequest(
                address_line_1="Storgatan 42", zip_code="12345", city="Stockholm", country="SE"
            ),
        ),
        debts=(
            DebtRequest(
                invoice_number="INV-2025-003",
                debt_description="Services",
                invoice_date=date(2025, 7, 7),
                capital_to_claim=Money(200_000),
                invoice_due_days_after_invoice_date=31,
            ),
        ),
    )


def test_registration_with_every_field_is_read():
    document = changed(REGISTRATION, "customer.customer_number", "C-1")
    document["customer"] |= {"mobile_number": "+46700000000", "email": "a@example.com"}
    document["debts"][0] |= {
        "interest_days_after_invoice_date": 30,
        "debt_reference": "1031186",
        "payout_reference": "P-1",
        "fees_included_in_capital_to_claim": {"invoice_fee": 50.0, "reminder": 60},
        "fees_already_claimed": {
            "reminder": {
                "amount": 60.0,
                "fee_registration_date": "Mon, 11 Aug 2025 00:00:00 GMT",
            }
        },
    }
    debt = registered(document).debts[0]
    assert debt.fees_included_in_capital_to_claim == IncludedFeesRequest(
        invoice_fee=Money(5000), reminder=Money(6000)
    )
    assert debt.fees_already_claimed == ClaimedFeesRequest(
        reminder=ClaimedFeeRequest(amount=Money(6000), fee_registration_date=date(2025, 8, 11))
    )
    assert (debt.interest_days_after_invoice_date, debt.debt_reference) == (30, "1031186")
    assert registered(document).customer.email == "a@example.com"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("account", REMOVED),
        ("account", None),
        ("customer.address.country", REMOVED),
        ("debts.0.debt_description", REMOVED),
        ("debts.0.invoice_due_days_after_invoice_date", 0),
        ("debts.0.invoice_due_days_after_invoice_date", 3650),
        ("debts.0.interest_days_after_invoice_date", 0),
        ("debts.0.capital_to_claim", 0.01),
        ("debts.0.fees_included_in_capital_to_claim", {"invoice_fee": 2000}),
        ("debts.0.fees_included_in_capital_to_claim", {}),
        ("debts.0.invoice_date", "2025-07-07T00:00:00Z"),
        ("customer.name", "Å" * 200),
        ("customer.is_person", False),
    ],
)
def test_registration_with_an_allowed_variation_is_read(path, value):
    assert registered(changed(REGISTRATION, path, value))


def test_registration_texts_are_stripped_and_the_country_is_upper_case():
    document = changed(REGISTRATION, "customer.name", "  ACME Inc.\t")
    document["customer"]["address"]["country"] = " se "
    customer = registered(document).customer
    assert (customer.name, customer.address.country) == ("ACME Inc.", "SE")


FEES = "debts.0.fees_already_claimed"
INCLUDED = "debts.0.fees_included_in_capital_to_claim"
DUE_DAYS = "debts.0.invoice_due_days_after_invoice_date"
ONE_KIND = "exactly one of is_person, is_company and is_foreign must be true"

REGISTRATION_ISSUES = [
    ("creditor", REMOVED, "required field"),
    ("creditor", None, "null value not allowed"),
    ("creditor", "x", "must be of objectid type"),
    ("account", "x", "must be of objectid type"),
    ("first_action", REMOVED, "required field"),
    ("first_action", "invoice", "unallowed value invoice"),
    ("currency", "EUR", "unallowed value EUR"),
    ("currency", REMOVED, "required field"),
    ("customer", REMOVED, "required field"),
    ("customer.name", REMOVED, "required field"),
    ("customer.name", "x" * 201, "max length is 200"),
    ("customer.name", " ", "empty values not allowed"),
    ("customer.id_number", REMOVED, "required field"),
    ("customer.id_number", 5560269986, "must be of string type"),
    ("customer.id_number", "1" * 51, "max length is 50"),
    ("customer.address", REMOVED, "required field"),
    ("customer.address.address_line_1", REMOVED, "required field"),
    ("customer.address.address_line_1", "x" * 201, "max length is 200"),
    ("customer.address.zip_code", REMOVED, "required field"),
    ("customer.address.zip_code", "1" * 21, "max length is 20"),
    ("customer.address.city", REMOVED, "required field"),
    ("customer.address.city", "x" * 101, "max length is 100"),
    ("customer.address.country", "SWE", "value does not match regex '^[A-Za-z]{2}$'"),
    ("customer.address.address_line_2", "c/o", "unknown field"),
    ("customer.is_company", REMOVED, ONE_KIND),
    ("customer.is_company", False, ONE_KIND),
    ("customer.is_person", True, ONE_KIND),
    ("customer.is_foreign", 1, "must be of boolean type"),
    ("customer.customer_number", "x" * 51, "max length is 50"),
    ("debts", REMOVED, "required field"),
    ("debts", [], "empty values not allowed"),
    ("debts", {}, "must be of list type"),
    ("debts", [None] * 101, "max length is 100"),
    ("debts.0.invoice_number", REMOVED, "required field"),
    ("debts.0.invoice_number", "x" * 51, "max length is 50"),
    ("debts.0.invoice_date", REMOVED, "required field"),
    ("debts.0.invoice_date", "Sun, 30 Feb 2025 00:00:00 GMT", "must be of datetime type"),
    ("debts.0.invoice_due_date", "2025-08-07", "unknown field"),
    ("debts.0.capital_to_claim", REMOVED, "required field"),
    ("debts.0.capital_to_claim", 0, "must be greater than 0"),
    ("debts.0.capital_to_claim", "2000", "must be of number type"),
    ("debts.0.capital_to_claim", 1.005, "must have at most two decimals"),
    (DUE_DAYS, REMOVED, "required field"),
    (DUE_DAYS, -1, "due date must not be before the invoice date"),
    (DUE_DAYS, 3651, "max value is 3650"),
    (DUE_DAYS, 31.5, "must be of integer type"),
    ("debts.0.interest_days_after_invoice_date", -1, "min value is 0"),
    ("debts.0.interest_days_after_invoice_date", 3651, "max value is 3650"),
    ("debts.0.debt_description", "x" * 2001, "max length is 2000"),
    ("debts.0.debt_reference", "x" * 51, "max length is 50"),
    ("debts.0.payout_reference", "x" * 51, "max length is 50"),
    (INCLUDED, {"invoice_fee": -1}, {"invoice_fee": "min value is 0"}),
    (INCLUDED, {"postage": 1}, {"postage": "unknown field"}),
    (INCLUDED, {"invoice_fee": 1000, "reminder": 1000.01}, "must not exceed capital_to_claim"),
    (FEES, {"invoice_fee": {}}, {"invoice_fee": "unknown field"}),
    (FEES, {"reminder": 60}, {"reminder": "must be of dict type"}),
    (
        FEES,
        {"reminder": {}},
        {"reminder": {"amount": "required field", "fee_registration_date": "required field"}},
    ),
    (
        FEES,
        {"enforcement": {"amount": -1, "fee_registration_date": "2025-08-11"}},
        {"enforcement": {"amount": "min value is 0"}},
    ),
]


@pytest.mark.parametrize(("path", "value", "issue"), REGISTRATION_ISSUES)
def test_registration_with_a_wrong_field_names_it(path, value, issue):
    at = path if issue != ONE_KIND else "customer"
    assert issues_of(registered, changed(REGISTRATION, path, value)) == nested(at, issue)


def test_registration_with_one_invoice_number_twice_refuses_the_later_ones():
    document = changed(REGISTRATION, "debts", [REGISTRATION["debts"][0]] * 3)
    issue = {"invoice_number": "value 'INV-2025-003' is not unique"}
    assert issues_of(registered, document) == {"debts": {"1": issue, "2": issue}}


def test_registration_with_a_hundred_debts_is_read():
    debts = [REGISTRATION["debts"][0] | {"invoice_number": str(n)} for n in range(100)]
    assert len(registered(changed(REGISTRATION, "debts", debts)).debts) == 100


def test_registration_reports_all_issues_at_once():
    document = changed(REGISTRATION, "currency", "EUR")
    document["customer"]["is_person"] = True
    document["debts"].append({"capital_to_claim": 0})
    assert issues_of(registered, document) == {
        "currency": "unallowed value EUR",
        "customer": ONE_KIND,
        "debts": {
            "1": {
                "invoice_number": "required field",
                "invoice_date": "required field",
                "capital_to_claim": "must be greater than 0",
                "invoice_due_days_after_invoice_date": "required field",
            }
        },
    }


def test_first_actions_are_those_that_the_flow_has():
    assert set(get_args(FirstAction)) == {action.value for action in flow.FirstAction}


def test_payment_of_the_seed_is_read():
    assert reported(PAYMENT) == CreditorPaymentRequest(
        account="674dbeaf08847b9501cc9132",
        creditor="674dbeb208847b9501cc9138",
        case="68b7f49c7b02934caddab092",
        currency="SEK",
        amount=Money(200_000),
        bank_transaction_date=datetime(2025, 9, 3, 8, tzinfo=UTC),
        creditor_payment_reference="PAY-REF-001",
        origin="creditor_system",
    )


def test_payment_by_invoice_number_is_read():
    document = changed(PAYMENT, "case", REMOVED) | {
        "invoice_number": "INV-2025-003",
        "client_registration_date": "2025-09-03T08:00:00Z",
    }
    payment = reported(document)
    assert (payment.case, payment.invoice_number) == (None, "INV-2025-003")
    assert payment.client_registration_date == datetime(2025, 9, 3, 8, tzinfo=UTC)


ONE_OF = "exactly one of case and invoice_number must be sent"


@pytest.mark.parametrize(
    ("path", "value", "issues"),
    [
        ("creditor", REMOVED, {"creditor": "required field"}),
        ("case", REMOVED, {"case": ONE_OF, "invoice_number": ONE_OF}),
        ("case", None, {"case": ONE_OF, "invoice_number": ONE_OF}),
        ("invoice_number", "I-1", {"case": ONE_OF, "invoice_number": ONE_OF}),
        ("case", "x", {"case": "must be of objectid type"}),
        ("currency", "EUR", {"currency": "unallowed value EUR"}),
        ("amount", REMOVED, {"amount": "required field"}),
        ("amount", 0, {"amount": "must be greater than 0"}),
        ("amount", -5, {"amount": "must be greater than 0"}),
        ("amount", True, {"amount": "must be of number type"}),
        ("bank_transaction_date", REMOVED, {"bank_transaction_date": "required field"}),
        (
            "bank_transaction_date",
            "2025-09-03T08:00:00",
            {"bank_transaction_date": "must be of datetime type"},
        ),
        ("client_registration_date", 1, {"client_registration_date": "must be of datetime type"}),
        ("origin", REMOVED, {"origin": "required field"}),
        ("origin", "solicitor_system", {"origin": "unallowed value solicitor_system"}),
        ("file_import_report", "x", {"file_import_report": "field is read-only"}),
        ("settled_amount", 1, {"settled_amount": "unknown field"}),
        (
            "creditor_payment_reference",
            "x" * 51,
            {"creditor_payment_reference": "max length is 50"},
        ),
    ],
)
def test_payment_with_a_wrong_field_names_it(path, value, issues):
    assert issues_of(reported, changed(PAYMENT, path, value)) == issues
