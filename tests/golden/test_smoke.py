from tests.world import ApiClient


def test_flow(api: ApiClient) -> None:
    case_id = api.register()
    a = api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    assert a.json() == {"now": "Wed, 03 Sep 2025 11:18:58 GMT", "executed": 3}
    assert api.case(case_id)["status"] == "debt_collection"
    r = api.post("/creditor--payments", api.account.payment(case_id))
    assert r.json()["_payment_status"] == "completed", r.text
    assert api.case(case_id)["status"] == "closed"
