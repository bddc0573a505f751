"""A request sent again with its Idempotency-Key is answered again, not carried out again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.world import Account, ApiClient, debt


def _post(api: ApiClient, body: dict[str, Any], key: str) -> Any:
    return api.post("/case--registrations", body, **{"Idempotency-Key": key})


def _case_count(api: ApiClient) -> int:
    total: int = api.get("/cases").json()["_meta"]["total"]
    return total


def test_registration_sent_twice_makes_one_case_and_answers_the_same(api: ApiClient) -> None:
    body = api.account.registration()
    first, second = _post(api, body, "key-1"), _post(api, body, "key-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert _case_count(api) == 1


def test_key_with_another_request_is_refused(api: ApiClient) -> None:
    _post(api, api.account.registration(), "key-2")
    other = api.account.registration(debts=[debt(invoice_number="INV-OTHER")])
    answer = _post(api, other, "key-2")
    assert answer.status_code == 422
    assert answer.json()["_error"]["reason"] == "idempotency_key_reused"
    assert _case_count(api) == 1


def test_key_of_a_refused_request_can_be_used_again(api: ApiClient) -> None:
    wrong = api.account.registration(debts=[debt(invoice_date="Mon, 07 Jul 2035 00:00:00 GMT")])
    assert _post(api, wrong, "key-3").status_code == 422
    assert _post(api, api.account.registration(), "key-3").status_code == 201


def test_key_belongs_to_the_path(api: ApiClient) -> None:
    case_id = api.register()
    body = api.account.payment(case_id)
    assert _post(api, api.account.registration(debts=[debt(invoice_number="A")]), "k").is_success
    answer = api.post("/creditor--payments", body, **{"Idempotency-Key": "k"})
    assert answer.json()["_error"]["reason"] == "idempotency_key_reused"


def test_payment_without_reference_sent_twice_with_a_key_settles_once(api: ApiClient) -> None:
    case_id = api.register()
    body = api.account.payment(case_id, amount=500)
    del body["creditor_payment_reference"]
    answers = [
        api.post("/creditor--payments", body, **{"Idempotency-Key": "pay"}) for _ in range(3)
    ]
    assert len({answer.content for answer in answers}) == 1
    assert api.case(case_id)["local_remaining_capital_amount"] == 1500


ACTIONS: dict[str, Callable[[Account, str, str], dict[str, Any]]] = {
    "/creditor--creditings": lambda account, case_id, _: account.crediting(case_id),
    "/creditor--cancellations": lambda account, case_id, _: account.cancellation(case_id),
    "/creditor--payment-reversals": lambda account, _, payment_id: account.reversal(payment_id),
    "/case--interest-reductions": lambda account, case_id, _: account.reduction(case_id),
    "/case--pauses": lambda account, case_id, _: account.pause(case_id),
    "/case--disputes": lambda account, case_id, _: account.dispute(case_id),
}


@pytest.mark.parametrize("path", ACTIONS)
def test_report_sent_twice_at_the_same_moment_happens_once(api: ApiClient, path: str) -> None:
    case_id = api.register()
    payment = api.made("/creditor--payments", api.account.payment(case_id, amount=10))
    body = ACTIONS[path](api.account, case_id, payment["_id"])
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _: api.post(path, body, **{"Idempotency-Key": "race"}), range(4))
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert api.get(path).json()["_meta"]["total"] == 1
    other = api.post(path, {**body, "account": api.account.id}, **{"Idempotency-Key": "race"})
    assert other.json()["_error"]["reason"] == "idempotency_key_reused"


def test_same_key_at_the_same_moment_makes_one_case(api: ApiClient) -> None:
    body = api.account.registration()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: _post(api, body, "race"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert _case_count(api) == 1


@pytest.mark.parametrize("key", ["", "k" * 256, "tab\there"])
def test_unusable_key_is_refused(api: ApiClient, key: str) -> None:
    answer = _post(api, api.account.registration(), key)
    assert answer.status_code == 400
    assert answer.json()["_error"]["reason"] == "invalid_idempotency_key"
    assert _case_count(api) == 0
