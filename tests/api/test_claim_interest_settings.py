"""A claim's own settings: its interest in kronor by hand, and how they are shown again.

2 000 kronor invoiced on 2025-07-07 and due on 2025-08-07, valued on 2025-09-03: 27 days. The
reference rate is 2 % from 2025-07-01.
"""

from typing import Any

import pytest

from fordran.domain.agreement import AgreementTerms
from fordran.domain.interest_terms import InterestTerms
from fordran.operations.context import Context
from fordran.operations.set_up_parties import create_agreement_version
from tests.api.test_bad_input import REGISTRATIONS, assert_refused, changed, written
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, debt

PERSON = {"is_company": None, "is_person": True, "id_number": "19121212-1212"}

CREDIT_ISSUE = "only a person has a consumer credit"
BASIS_ISSUE = "exactly one of reference_rate and fixed_rate_percent must be sent"


def valued(
    api: ApiClient, settings: dict[str, Any] | None, *, is_person: bool = False, **changes: Any
) -> dict[str, Any]:
    """Return a case of the seed's debt with settings, once it has been valued."""
    body = api.account.registration(debts=[debt(case_settings=settings, **changes)])
    if is_person:
        body["customer"] |= PERSON
    case_id = api.made(REGISTRATIONS, body)["_cases"][0]
    api.advance(to="Wed, 03 Sep 2025 08:00:17 GMT")
    return api.case(case_id)


@pytest.mark.parametrize(
    ("rate", "interest"),
    [
        # 10 %: 14.79.
        ({"reference_rate": True}, 14),
        ({"reference_rate": True, "start": "due_date"}, 14),
        # 6 %: 8.88.
        ({"reference_rate": True, "margin_percent": 4}, 8),
        # 2 %: 2.96.
        ({"reference_rate": True, "margin_percent": 0}, 2),
        # 24.25 %: 35.88.
        ({"reference_rate": True, "margin_percent": 22.25}, 35),
        # 12.5 %: 18.49.
        ({"fixed_rate_percent": 12.5}, 18),
        ({"fixed_rate_percent": 12.5, "statutory_floor": True}, 18),
        ({"fixed_rate_percent": 12.5, "statutory_floor": False}, 18),
        # 5 %: 7.40; with the floor 10 %.
        ({"fixed_rate_percent": 5}, 7),
        ({"fixed_rate_percent": 5, "statutory_floor": True}, 14),
        ({"fixed_rate_percent": 0}, 0),
        ({"reference_rate": False}, 0),
        # From 7 August, the day after the thirtieth: 28 days at 10 %: 15.34.
        ({"reference_rate": True, "start": "demand_30_days"}, 15),
        # 28 days at 12.5 %: 19.18.
        ({"fixed_rate_percent": 12.5, "start": "demand_30_days"}, 19),
    ],
)
def test_claim_bears_the_interest_that_it_was_registered_with(
    api: ApiClient, rate: dict[str, Any], interest: int
) -> None:
    case = valued(api, {"interest_rate": rate})
    assert case["local_added_interest_amount"] == interest


@pytest.mark.parametrize(
    "settings",
    [
        {"interest_rate": {"reference_rate": True}},
        {"interest_rate": {"reference_rate": False}},
        {"interest_rate": {"reference_rate": True, "margin_percent": 4}},
        {"interest_rate": {"reference_rate": True, "start": "demand_30_days"}},
        {"interest_rate": {"fixed_rate_percent": 12.5}},
        {"interest_rate": {"fixed_rate_percent": 12.3456, "start": "demand_30_days"}},
        {"interest_rate": {"fixed_rate_percent": 12.5, "statutory_floor": True}},
        {
            "interest_rate": {"fixed_rate_percent": 30},
            "consumer_credit": {"credit_amount": 5000, "cost_before": 300.5},
        },
    ],
)
def test_settings_are_shown_as_they_were_sent(api: ApiClient, settings: dict[str, Any]) -> None:
    case = valued(api, settings, is_person=True)
    assert case["case_settings"] == settings


@pytest.mark.parametrize("settings", [None, {}, {"interest_rate": None, "consumer_credit": None}])
def test_claim_without_settings_is_as_the_agreement_says(
    api: ApiClient, settings: dict[str, Any] | None
) -> None:
    case = valued(api, settings)
    assert case["case_settings"] == {"interest_rate": {"reference_rate": True}}
    assert case["local_added_interest_amount"] == 14


@pytest.mark.parametrize(
    ("settings", "interest"),
    [
        # At most the reference rate and 20 points, 22 %: 32.55.
        (
            {
                "interest_rate": {"fixed_rate_percent": 30},
                "consumer_credit": {"credit_amount": 5000},
            },
            32,
        ),
        # 10 % is below the cap.
        ({"consumer_credit": {"credit_amount": 5000, "cost_before": 300}}, 14),
        # Interest and costs together never exceed what is left of the credit amount.
        ({"consumer_credit": {"credit_amount": 2010, "cost_before": 2000}}, 10),
        ({"consumer_credit": {"credit_amount": 2000, "cost_before": 2001}}, 0),
    ],
)
def test_consumer_credit_has_its_two_caps(
    api: ApiClient, settings: dict[str, Any], interest: int
) -> None:
    case = valued(api, settings, is_person=True)
    assert case["local_added_interest_amount"] == interest


@pytest.mark.parametrize(("thirtieth", "interest"), [(False, 76), (True, 79)])
def test_thirtieth_day_is_the_agreement_s_matter(
    api: ApiClient, thirtieth: bool, interest: int
) -> None:
    """10 000 at 10 % over 28 days is 76.71; with the thirtieth day, 6 August, it is 79.45."""
    terms = AgreementTerms(interest=InterestTerms(thirtieth_day_bears_interest=thirtieth))
    create_agreement_version(api.account.context, api.account.id, terms)
    by_demand = {"interest_rate": {"reference_rate": True, "start": "demand_30_days"}}
    case = valued(api, by_demand, capital_to_claim=10000)
    assert case["local_added_interest_amount"] == interest
    assert case["case_settings"] == by_demand


def test_claims_of_one_registration_have_settings_of_their_own(api: ApiClient) -> None:
    fixed = {"interest_rate": {"fixed_rate_percent": 12.5}}
    debts = [debt(), debt(invoice_number="B", case_settings=fixed)]
    made = api.made(REGISTRATIONS, api.account.registration(debts=debts))
    api.advance(to="Wed, 03 Sep 2025 08:00:17 GMT")
    interest = [api.case(case_id)["local_added_interest_amount"] for case_id in made["_cases"]]
    assert interest == [14, 18]


def test_registration_shows_the_settings_as_they_were_sent(api: ApiClient) -> None:
    settings = {"interest_rate": {"reference_rate": True, "margin_percent": 8, "start": "due_date"}}
    body = api.account.registration(debts=[debt(case_settings=settings)])
    made = api.made(REGISTRATIONS, body)
    shown = api.get(f"{REGISTRATIONS}/{made['_id']}").json()
    assert shown["debts"][0]["case_settings"] == settings


RATE = "debts.0.case_settings.interest_rate"
ISSUES: list[tuple[Any, dict[str, Any]]] = [
    ([], {"": "must be of dict type"}),
    ({}, {".reference_rate": BASIS_ISSUE, ".fixed_rate_percent": BASIS_ISSUE}),
    (
        {"reference_rate": True, "fixed_rate_percent": 1},
        {".reference_rate": BASIS_ISSUE, ".fixed_rate_percent": BASIS_ISSUE},
    ),
    (
        {"start": "demand_30_days"},
        {".reference_rate": BASIS_ISSUE, ".fixed_rate_percent": BASIS_ISSUE},
    ),
    (
        {"fixed_rate_percent": 1, "margin_percent": 4},
        {".margin_percent": "needs reference_rate true"},
    ),
    (
        {"reference_rate": False, "margin_percent": 4},
        {".margin_percent": "needs reference_rate true"},
    ),
    (
        {"reference_rate": True, "statutory_floor": True},
        {".statutory_floor": "needs fixed_rate_percent"},
    ),
    (
        {"reference_rate": False, "start": "demand_30_days"},
        {".start": "must not be sent with reference_rate false: there is no interest"},
    ),
    ({"reference_rate": True, "start": "now"}, {".start": "unallowed value now"}),
    ({"reference_rate": "yes"}, {".reference_rate": "must be of boolean type"}),
    ({"reference_rate": True, "rate": 1}, {".rate": "unknown field"}),
    *[
        ({"fixed_rate_percent": rate}, {".fixed_rate_percent": issue})
        for rate, issue in (
            (-1, "min value is 0"),
            (100.0001, "max value is 100"),
            (10**15, "max value is 100"),
            (12.34567, "must have at most 4 decimals"),
            ("12.5", "must be of number type"),
            (True, "must be of number type"),
        )
    ],
]


@pytest.mark.parametrize(("rate", "issues"), ISSUES, ids=range(len(ISSUES)))
def test_wrong_rate_is_reported_and_nothing_is_stored(
    api: ApiClient, database: WorkerDatabase, rate: Any, issues: dict[str, Any]
) -> None:
    body = changed(api.account.registration(), {"debts.0.case_settings": {"interest_rate": rate}})
    expected = {RATE + path: issue for path, issue in issues.items()}
    assert_refused(api, database, REGISTRATIONS, written(body), expected)


def test_two_starts_of_interest_are_reported(api: ApiClient, database: WorkerDatabase) -> None:
    by_demand = {"interest_rate": {"reference_rate": True, "start": "demand_30_days"}}
    given = debt(case_settings=by_demand, interest_days_after_invoice_date=40)
    issues = {
        "debts.0.interest_days_after_invoice_date": "must not be sent with start demand_30_days"
    }
    body = written(api.account.registration(debts=[given]))
    assert_refused(api, database, REGISTRATIONS, body, issues)


@pytest.mark.parametrize(
    ("credit", "issues"),
    [
        ({"credit_amount": 5000}, {"": CREDIT_ISSUE}),
        ({}, {".credit_amount": "required field"}),
        ({"credit_amount": 0}, {".credit_amount": "must be greater than 0"}),
        ({"credit_amount": 1, "cost_before": -1}, {".cost_before": "min value is 0"}),
    ],
)
def test_wrong_consumer_credit_is_reported_and_nothing_is_stored(
    api: ApiClient, database: WorkerDatabase, credit: dict[str, Any], issues: dict[str, Any]
) -> None:
    """The seed's customer is a company, which has no consumer credit."""
    settings = {"consumer_credit": credit}
    body = written(api.account.registration(debts=[debt(case_settings=settings)]))
    place = "debts.0.case_settings.consumer_credit"
    expected = {place + path: issue for path, issue in issues.items()}
    assert_refused(api, database, REGISTRATIONS, body, expected)


def test_settings_say_nothing_of_another_account(api: ApiClient, context: Context) -> None:
    other = ApiClient(api.client, Account.make(context))
    valued(api, {"interest_rate": {"fixed_rate_percent": 12.5}})
    case = valued(other, None)
    assert case["case_settings"] == {"interest_rate": {"reference_rate": True}}
