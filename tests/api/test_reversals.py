"""Reversals over HTTP: the case is as it would be without the payment, and opens again."""

from typing import Any

import pytest

from fordran.operations.context import Context
from tests.api.test_bad_input import assert_refused, written
from tests.conftest import WorkerDatabase
from tests.world import Account, ApiClient, debt, without

PATH = "/creditor--payment-reversals"
SANDBOX = "/sandbox--payment-reversals"
WRITTEN = {"_updated", "_created", "_etag", "_id", "_status"}
NO_DOCUMENT = "68b7f49c7b02934caddab092"


@pytest.fixture
def case_id(api: ApiClient) -> str:
    """The seed's case when its demand has been sent."""
    registered = api.register()
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    return registered


def pay(api: ApiClient, case_id: str, **changes: Any) -> str:
    payment_id: str = api.made("/creditor--payments", api.account.payment(case_id, **changes))[
        "_id"
    ]
    return payment_id


def reverse(api: ApiClient, payment_id: str) -> dict[str, Any]:
    return api.made(PATH, api.account.reversal(payment_id))


def owed(case: dict[str, Any]) -> tuple[Any, ...]:
    parts = ("capital", "costs", "interest")
    return tuple(case[f"local_remaining_{part}_amount"] for part in parts)


def test_reversal_of_the_payment_that_closed_the_case_opens_it_again(
    api: ApiClient, case_id: str
) -> None:
    before = api.case(case_id)
    payment_id = pay(api, case_id)
    assert api.case(case_id)["closed"]["reason"] == "fully_paid_depreciation"
    api.advance(by="PT1H")
    answer = reverse(api, payment_id)
    assert set(answer) == WRITTEN | {"_reversal_status", "reversed_amount"}
    assert (answer["_reversal_status"], answer["reversed_amount"]) == ("completed", 2000)
    case = api.case(case_id)
    assert (case["status"], case["state"]) == ("debt_collection", "debt_collection")
    assert "closed" not in case
    assert "next_flow_item_on_close" not in case
    assert case["next_flow_item"] == before["next_flow_item"]
    assert owed(case) == owed(before) == (2000, 0, 14)
    statuses = [entered["status"] for entered in case["status_history"][-3:]]
    assert statuses == ["debt_collection", "closed", "debt_collection"]


def test_reversal_repeats_the_rows_negated(api: ApiClient, case_id: str) -> None:
    answer = reverse(api, pay(api, case_id))
    rows = api.case(case_id)["transactions"]
    again = [row for row in rows if "reverses" in row]
    assert [(row["type"], row["amount"]) for row in again] == [("capital", 2000), ("interest", 14)]
    for row in again:
        original = rows[row["reverses"] - 1]
        assert original["amount"] == -row["amount"]
        assert original["bank_transaction_date"] == row["bank_transaction_date"]
        assert row["description_locale_tag"] == "api.transaction.reversed"
        assert row["creditor_payment_reversal"] == answer["_id"]


def test_item_that_came_due_meanwhile_is_due_now(api: ApiClient, case_id: str) -> None:
    """The debt statement stood at 19 September; the payment bounced on the 25th."""
    payment_id = pay(api, case_id)
    api.advance(to="Thu, 25 Sep 2025 10:00:00 GMT")
    reverse(api, payment_id)
    item = api.case(case_id)["next_flow_item"]
    assert item["schedule_to_execute"] == "Thu, 25 Sep 2025 10:00:00 GMT"
    assert api.advance(by="PT0S").json()["executed"] == 1
    case = api.case(case_id)
    assert case["status"] == "debt_collection_active"
    # 2 000 over 49 days at 10 % is 26.85, so 26; the demand's cost stands.
    assert owed(case) == (2000, 180, 26)


def test_reversal_of_one_payment_leaves_the_other(api: ApiClient, case_id: str) -> None:
    """Without the first, 300 of the second stands on the capital."""
    first = pay(api, case_id, amount=500, creditor_payment_reference="1")
    pay(api, case_id, amount=300, creditor_payment_reference="2")
    assert reverse(api, first)["reversed_amount"] == 500
    assert owed(api.case(case_id)) == (1700, 0, 14)


def test_cost_that_was_posted_for_the_payment_is_taken_back_with_it(
    api: ApiClient, case_id: str
) -> None:
    """A payment by value the day after dispatch makes the demand's 180 due (24 a)."""
    api.advance(to="Thu, 04 Sep 2025 12:00:00 GMT")
    payment = pay(api, case_id, amount=2050, bank_transaction_date="2025-09-04T08:00:00Z")
    assert api.case(case_id)["local_added_costs_amount"] == 180
    reverse(api, payment)
    case = api.case(case_id)
    assert case["local_added_costs_amount"] == 0
    assert owed(case)[:2] == (2000, 0)


def test_reversal_is_shown_with_what_came_of_it(api: ApiClient, case_id: str) -> None:
    payment_id = pay(api, case_id, amount=500)
    answer = reverse(api, payment_id)
    assert api.get(f"{PATH}/{answer['_id']}").json() == {
        **without(answer, "_status"),
        "account": api.account.id,
        "creditor": api.account.creditor_id,
        "case": case_id,
        "creditor_payment": payment_id,
        "origin": "creditor_system",
        "status": "completed",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }
    found = api.get(PATH, where=f'{{"creditor_payment": "{payment_id}"}}').json()["_items"]
    assert [one["_id"] for one in found] == [answer["_id"]]


def test_second_reversal_of_a_payment_is_a_warning(api: ApiClient, case_id: str) -> None:
    payment_id = pay(api, case_id)
    reverse(api, payment_id)
    before = api.case(case_id)
    answer = reverse(api, payment_id)
    assert without(answer, *WRITTEN) == {
        "_reversal_status": "warning",
        "reversed_amount": 0,
        "status": "warning",
        "status_reason_locale": "payment_reversal.already_reversed",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["reference_number"],
    }
    assert api.case(case_id) == before


def test_reversal_of_a_payment_that_settled_nothing_is_a_warning(
    api: ApiClient, case_id: str
) -> None:
    pay(api, case_id)
    late = pay(api, case_id, creditor_payment_reference="PAY-REF-002")
    before = api.case(case_id)
    answer = reverse(api, late)
    assert answer["status_reason_locale"] == "payment_reversal.nothing_settled"
    assert (answer["_reversal_status"], answer["reversed_amount"]) == ("warning", 0)
    assert api.case(case_id) == before


def test_reversed_payment_may_be_reported_again(api: ApiClient, case_id: str) -> None:
    reverse(api, pay(api, case_id))
    answer = api.made("/creditor--payments", api.account.payment(case_id))
    assert answer["_payment_status"] == "completed"
    assert api.case(case_id)["status"] == "closed"


def test_case_whose_invoice_is_open_again_elsewhere_cannot_open(
    api: ApiClient, database: WorkerDatabase, case_id: str
) -> None:
    payment_id = pay(api, case_id)
    other = api.register()
    body = written(api.account.reversal(payment_id))
    issue = f"case {case_id} would open again, and case {other} has its invoice"
    assert_refused(api, database, PATH, body, {"creditor_payment": issue})
    api.made("/creditor--cancellations", api.account.cancellation(other))
    assert reverse(api, payment_id)["reversed_amount"] == 2000
    assert api.case(case_id)["status"] == "debt_collection"


def test_case_that_was_cancelled_stays_closed(api: ApiClient, case_id: str) -> None:
    payment_id = pay(api, case_id, amount=500)
    api.made("/creditor--cancellations", api.account.cancellation(case_id))
    assert reverse(api, payment_id)["reversed_amount"] == 500
    case = api.case(case_id)
    assert (case["status"], case["closed"]["reason"]) == ("closed", "cancelled")
    assert owed(case) == (0, 0, 0)


def test_reversal_sent_twice_with_a_key_is_one(api: ApiClient, case_id: str) -> None:
    body = api.account.reversal(pay(api, case_id))
    answers = [api.post(PATH, body, **{"Idempotency-Key": "reverse"}) for _ in range(2)]
    assert [answer.json()["_reversal_status"] for answer in answers] == ["completed"] * 2
    assert answers[0].content == answers[1].content


def receive(api: ApiClient, ocr_number: str, amount: int) -> str:
    body = {
        "ocr_number": ocr_number,
        "amount": amount,
        "currency": "SEK",
        "bank_transaction_date": "Wed, 03 Sep 2025 08:00:00 GMT",
    }
    payment_id: str = api.made("/sandbox--payments", body)["_id"]
    return payment_id


def test_payment_to_the_agency_is_taken_back_on_every_case_it_was_split_over(
    api: ApiClient,
) -> None:
    debts = [debt(invoice_number="A"), debt(invoice_number="B")]
    made = api.made("/case--registrations", api.account.registration(debts=debts))
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    before = [owed(api.case(case_id)) for case_id in made["_cases"]]
    payment_id = receive(api, made["_ocr_numbers_ocr"][0], 2500)
    assert api.case(made["_cases"][0])["status"] == "closed"
    # 486 is left for the other: 14 of interest, 472 of capital.
    assert owed(api.case(made["_cases"][1])) == (1528, 0, 0)
    answer = api.made(SANDBOX, {"payment": payment_id})
    assert (answer["_reversal_status"], answer["reversed_amount"]) == ("completed", 2500)
    assert [owed(api.case(case_id)) for case_id in made["_cases"]] == before
    again = api.made(SANDBOX, {"payment": payment_id})
    assert again["status_reason_locale"] == "payment_reversal.already_reversed"
    assert api.get(PATH).json()["_meta"]["total"] == 0


def test_payment_of_too_much_to_the_agency_is_taken_back_with_what_was_the_debtors(
    api: ApiClient,
) -> None:
    """What settled the claim is reversed; the rest had settled nothing."""
    made = api.made("/case--registrations", api.account.registration())
    (case_id,) = made["_cases"]
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    payment_id = receive(api, made["_ocr_numbers_ocr"][0], 3000)
    assert api.case(case_id)["closed"]["reason"] == "fully_paid"
    answer = api.made(SANDBOX, {"payment": payment_id})
    assert (answer["_reversal_status"], answer["reversed_amount"]) == ("completed", 2014)
    assert owed(api.case(case_id)) == (2000, 0, 14)


def test_payment_that_came_after_the_end_is_taken_back_and_the_case_stays_closed(
    api: ApiClient,
) -> None:
    made = api.made("/case--registrations", api.account.registration())
    (case_id,) = made["_cases"]
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    pay(api, case_id)
    payment_id = receive(api, made["_ocr_numbers_ocr"][0], 100)
    answer = api.made(SANDBOX, {"payment": payment_id})
    assert without(answer, *WRITTEN) == {
        "_reversal_status": "completed",
        "reversed_amount": 0,
        "status": "completed",
        "status_reason_locale": "payment_reversal.debtors_credit",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }
    assert api.case(case_id)["status"] == "closed"


def test_payment_to_the_agency_is_no_creditor_payment(api: ApiClient, case_id: str) -> None:
    reported = pay(api, case_id, amount=10)
    answer = api.post(SANDBOX, {"payment": reported})
    assert answer.status_code == 422
    assert answer.json()["_issues"] == {
        "payment": f"value '{reported}' must exist in resource 'payments', field '_id'."
    }


def test_reversal_in_the_sandbox_sent_twice_with_a_key_is_one(api: ApiClient) -> None:
    made = api.made("/case--registrations", api.account.registration())
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    body = {"payment": receive(api, made["_ocr_numbers_ocr"][0], 100)}
    answers = [api.post(SANDBOX, body, **{"Idempotency-Key": "bounce"}) for _ in range(2)]
    assert [answer.json()["_reversal_status"] for answer in answers] == ["completed"] * 2
    assert answers[0].content == answers[1].content


def test_payment_of_another_account_is_answered_like_none(
    api: ApiClient, context: Context, case_id: str
) -> None:
    payment_id = pay(api, case_id, amount=10)
    other = ApiClient(api.client, Account.make(context))
    answers = []
    for named in (payment_id, NO_DOCUMENT):
        answer = other.post(PATH, other.account.reversal(named))
        assert answer.status_code == 422
        assert set(answer.json()["_issues"]) == {"creditor_payment"}
        answers.append(answer.text.replace(named, "ID"))
    assert answers[0] == answers[1]
