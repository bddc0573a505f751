"""Lists as Eve's clients know them: pages, filters, sorting, projections; and entity tags."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.world import Account, ApiClient, debt

ACTIONS: dict[str, Callable[[Account, str, str], dict[str, Any]]] = {
    "/creditor--creditings": lambda account, case_id, _: account.crediting(case_id),
    "/creditor--cancellations": lambda account, case_id, _: account.cancellation(case_id),
    "/creditor--payment-reversals": lambda account, _, payment_id: account.reversal(payment_id),
    "/case--interest-reductions": lambda account, case_id, _: account.reduction(case_id),
    "/case--pauses": lambda account, case_id, _: account.pause(case_id),
    "/case--disputes": lambda account, case_id, _: account.dispute(case_id),
}
"""What else may be reported about a case and its payment, and how."""

PATHS = ("/cases", "/case--registrations", "/creditor--payments", *ACTIONS)
NUMBERS = [f"INV-{number}" for number in range(7)]


@pytest.fixture
def case_ids(api: ApiClient) -> list[str]:
    """Cases registered ten seconds apart; the first is paid, and each has one reported payment."""
    ids = []
    for number in NUMBERS:
        case_id = api.register(debts=[debt(invoice_number=number)])
        payment = api.account.payment(case_id, creditor_payment_reference=number)
        amount = 2000 if number == "INV-0" else 10
        assert api.post("/creditor--payments", {**payment, "amount": amount}).status_code == 201
        api.advance(by="PT10S")
        ids.append(case_id)
    return ids


@pytest.fixture
def listed(api: ApiClient, case_ids: list[str], path: str) -> None:
    """One document at the path for each case, ten seconds apart."""
    if path not in ACTIONS:
        return
    payments = {one["case"]: one["_id"] for one in api.get("/creditor--payments").json()["_items"]}
    for case_id in case_ids:
        api.made(path, ACTIONS[path](api.account, case_id, payments[case_id]))
        api.advance(by="PT10S")


def ids_of(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [document["_id"] for document in answer.json()["_items"]]


def where(**conditions: Any) -> str:
    return json.dumps(conditions)


@pytest.mark.parametrize("path", PATHS)
def test_list_gives_pages_with_their_place(api: ApiClient, listed: None, path: str) -> None:
    whole = api.get(path)
    assert set(whole.json()) == {"_items", "_meta"}
    assert whole.json()["_meta"] == {"total": 7, "max_results": 25, "page": 1}
    everything = ids_of(whole)
    assert len(set(everything)) == 7
    pages = [api.get(path, page=str(page), max_results="3") for page in (1, 2, 3, 4)]
    assert [len(ids_of(page)) for page in pages] == [3, 3, 1, 0]
    assert [found for page in pages for found in ids_of(page)] == everything
    for number, page in enumerate(pages, 1):
        assert page.json()["_meta"] == {"total": 7, "max_results": 3, "page": number}
    assert api.get(path, max_results="100").json()["_meta"]["max_results"] == 100


@pytest.mark.parametrize("path", PATHS)
def test_list_of_nothing_is_an_empty_page(api: ApiClient, path: str) -> None:
    assert api.get(path).json() == {
        "_items": [],
        "_meta": {"total": 0, "max_results": 25, "page": 1},
    }


@pytest.mark.parametrize("path", PATHS)
def test_document_in_a_list_is_the_document_itself(api: ApiClient, listed: None, path: str) -> None:
    for document in api.get(path).json()["_items"]:
        answer = api.get(f"{path}/{document['_id']}")
        assert answer.json() == document
        assert answer.headers["ETag"] == f'"{document["_etag"]}"'


def test_where_finds_exact_values(api: ApiClient, case_ids: list[str]) -> None:
    def found(**conditions: Any) -> list[str]:
        return ids_of(api.get("/cases", where=where(**conditions)))

    assert found(status="closed") == case_ids[:1]
    assert found(status="initializing") == case_ids[1:]
    assert found(**{"debt.invoice_number": "INV-3"}) == [case_ids[3]]
    assert found(**{"debt.invoice_number": "inv-3"}) == []
    assert found(status="closed", _id=case_ids[1]) == []
    assert found(status="initializing", _id=case_ids[1]) == [case_ids[1]]
    assert found(creditor=api.account.creditor_id) == case_ids
    closed = {"closed.reason": "fully_paid_depreciation", "customer_name": "ACME Inc."}
    assert found(**closed) == case_ids[:1]
    assert found(_created="Wed, 03 Sep 2025 07:56:31 GMT") == [case_ids[2]]
    assert found(_created="2025-09-03T09:56:31+02:00") == [case_ids[2]]
    assert found() == case_ids


def test_where_finds_any_of_several_values(api: ApiClient, case_ids: list[str]) -> None:
    def found(values: list[str]) -> list[str]:
        asked = where(**{"debt.invoice_number": {"$in": values}})
        answer = api.get("/cases", where=asked)
        assert answer.json()["_meta"]["total"] == len(ids_of(answer))
        return ids_of(answer)

    assert found(["INV-5", "INV-1", "INV-1", "none"]) == [case_ids[1], case_ids[5]]
    assert found([]) == []
    assert found(NUMBERS) == case_ids


def test_where_of_payments_and_registrations(api: ApiClient, case_ids: list[str]) -> None:
    by_case = api.get("/creditor--payments", where=where(case=case_ids[2]))
    (payment,) = by_case.json()["_items"]
    assert payment["creditor_payment_reference"] == "INV-2"
    by_reference = api.get("/creditor--payments", where=where(creditor_payment_reference="INV-2"))
    assert ids_of(by_reference) == [payment["_id"]]
    (registration, *_) = api.get("/case--registrations").json()["_items"]
    by_id = api.get("/case--registrations", where=where(_id=registration["_id"]))
    assert by_id.json()["_items"] == [registration]


@pytest.mark.parametrize("path", ACTIONS)
def test_where_of_what_creditors_report(api: ApiClient, listed: None, path: str) -> None:
    everything = api.get(path).json()["_items"]
    (document, *_) = everything
    for field in ("_id", "_created", "case", "creditor", "case_invoice_number", "status"):
        expected = [one["_id"] for one in everything if one[field] == document[field]]
        assert ids_of(api.get(path, where=where(**{field: document[field]}))) == expected
        assert ids_of(api.get(path, where=where(**{field: "2020-01-01"}))) == []
    by_invoice = ids_of(api.get(path, sort="-case_invoice_number"))
    assert by_invoice == [one["_id"] for one in everything[::-1]]


@pytest.mark.parametrize("path", PATHS)
def test_sort_orders_both_ways(api: ApiClient, listed: None, path: str) -> None:
    ascending = ids_of(api.get(path, sort="_created"))
    assert ids_of(api.get(path)) == ascending
    assert ids_of(api.get(path, sort="-_created")) == ascending[::-1]
    assert ids_of(api.get(path, sort="account,-_created")) == ascending[::-1]
    by_id = ids_of(api.get(path, sort="-_id"))
    assert by_id == sorted(by_id, reverse=True)


def test_sort_of_cases_by_their_fields(api: ApiClient, case_ids: list[str]) -> None:
    assert ids_of(api.get("/cases", sort="-debt.invoice_number")) == case_ids[::-1]
    by_status = ids_of(api.get("/cases", sort="status,-debt.invoice_number"))
    assert by_status == [case_ids[0], *case_ids[:0:-1]]


def test_equal_values_are_listed_in_one_order_over_all_pages(
    api: ApiClient, case_ids: list[str]
) -> None:
    pages = [api.get("/cases", sort="account", max_results="1", page=str(n)) for n in range(1, 8)]
    assert sorted(found for page in pages for found in ids_of(page)) == sorted(case_ids)


def test_projection_shows_what_was_asked_and_the_id(api: ApiClient, case_ids: list[str]) -> None:
    asked = json.dumps({"status": 1, "debt.invoice_number": 1, "closed": 1, "nothing": 1})
    expected = {"_id": case_ids[1], "status": "initializing", "debt": {"invoice_number": "INV-1"}}
    assert api.get(f"/cases/{case_ids[1]}", projection=asked).json() == expected
    listed = api.get("/cases", projection=asked).json()["_items"]
    assert listed[1] == expected
    assert listed[0]["closed"]["reason"] == "fully_paid_depreciation"
    assert set(listed[0]) == {"_id", "status", "debt", "closed"}


@pytest.mark.parametrize("path", PATHS)
def test_projection_of_one_document_and_of_a_list_agree(
    api: ApiClient, listed: None, path: str
) -> None:
    asked = json.dumps({"_etag": 1, "account": True})
    for document in api.get(path, projection=asked).json()["_items"]:
        assert set(document) == {"_id", "_etag", "account"}
        one = api.get(f"{path}/{document['_id']}", projection=asked)
        assert one.json() == document
        assert one.headers["ETag"] == f'"{document["_etag"]}"'


BAD_QUERIES: list[tuple[str, str]] = [
    *[("page", value) for value in ("0", "-1", "x", "1.5", "", "1000001", "٣", "1" * 50)],
    *[("max_results", value) for value in ("0", "101", "-1", "x", "", "9" * 50)],
    ("sort", "nothing"),
    ("sort", "--_created"),
    ("sort", "_created,"),
    ("sort", "_created; DROP TABLE cases"),
    ("sort", '[("_created", 1)]'),
    ("where", "x"),
    ("where", "[]"),
    ("where", '"x"'),
    ("where", "{"),
    ("where", "[" * 10_000),
    ("where", '{"nothing": 1}'),
    ("where", '{"nothing": "x"}'),
    ("where", '{"$or": [{"_id": "x"}]}'),
    ("where", '{"$where": "1"}'),
    ("where", '{"_id": {"$gt": ""}}'),
    ("where", '{"_id": {"$regex": ".*"}}'),
    ("where", '{"_id": {"$in": "x"}}'),
    ("where", '{"_id": {"$in": [1]}}'),
    ("where", '{"_id": {"$in": [], "$nin": []}}'),
    ("where", '{"_id": {}}'),
    ("where", '{"_id": 1}'),
    ("where", '{"_id": null}'),
    ("where", '{"_id": ["x"]}'),
    ("where", '{"_id": "a\\u0000b"}'),
    ("where", '{"_id": "\\ud800"}'),
    ("where", '{"_created": "yesterday"}'),
    ("where", '{"_created": {"$in": ["yesterday"]}}'),
    ("projection", "x"),
    ("projection", "[]"),
    ("projection", '{"status": 0}'),
    ("projection", '{"status": 2}'),
    ("projection", '{"status": "1"}'),
    ("projection", '{"status": null}'),
    ("unknown", "1"),
    ("embedded", '{"customer": 1}'),
]


@pytest.mark.parametrize(("name", "value"), BAD_QUERIES, ids=range(len(BAD_QUERIES)))
def test_parameter_that_cannot_be_used_is_refused(api: ApiClient, name: str, value: str) -> None:
    for path in PATHS:
        answer = api.get(path, **{name: value})
        assert answer.status_code == 400, (path, answer.text)
        body = answer.json()
        assert (body["_status"], body["_error"]["reason"]) == ("ERR", "invalid_query")
        assert set(body["_issues"]) == {name}


def test_every_parameter_that_cannot_be_used_is_reported_at_once(api: ApiClient) -> None:
    asked = {
        "page": "0",
        "max_results": "x",
        "sort": "x",
        "where": "x",
        "projection": "x",
        "y": "1",
    }
    assert set(api.get("/cases", **asked).json()["_issues"]) == set(asked)


@pytest.mark.parametrize("path", PATHS)
def test_wrong_projection_of_one_document_is_refused(
    api: ApiClient, listed: None, path: str
) -> None:
    (document, *_) = api.get(path).json()["_items"]
    answer = api.get(f"{path}/{document['_id']}", projection="x")
    assert answer.status_code == 400
    assert set(answer.json()["_issues"]) == {"projection"}


def test_filter_finds_nothing_that_is_not_shown(api: ApiClient, case_ids: list[str]) -> None:
    """Every field that can be filtered by is in the document, or can be."""
    issues = api.get("/cases", sort="nothing").json()["_issues"]["sort"]
    known = issues.partition("known fields are ")[2].split(", ")
    assert "status" in known
    for name in known:
        shown = api.get("/cases", projection=json.dumps({name: 1})).json()["_items"]
        can_be_absent = name in {"debt_collection", "closed.reason"}
        assert can_be_absent or name == "_id" or all(len(document) == 2 for document in shown)


@pytest.mark.parametrize("path", ["/case--registrations", "/creditor--payments"])
def test_tag_of_what_was_posted_is_the_tag_of_the_next_get(api: ApiClient, path: str) -> None:
    case_id = api.register(debts=[debt(invoice_number="INV-A")])
    body = (
        api.account.registration()
        if path == "/case--registrations"
        else api.account.payment(case_id, amount=1)
    )
    posted = api.post(path, body)
    document = posted.json()
    assert posted.headers["ETag"] == f'"{document["_etag"]}"'
    assert posted.headers["Location"] == f"{path}/{document['_id']}"
    got = api.get(posted.headers["Location"])
    assert got.headers["ETag"] == posted.headers["ETag"]
    for name in ("_id", "_etag", "_created", "_updated"):
        assert got.json()[name] == document[name]
    assert len(document["_etag"]) == 40


def test_tag_of_a_case_changes_if_and_only_if_its_document_does(api: ApiClient) -> None:
    case_id = api.register()
    other = api.register(debts=[debt(invoice_number="INV-OTHER")])
    seen: dict[str, str] = {}

    def look() -> str:
        answer = api.get(f"/cases/{case_id}")
        document = answer.json()
        tag: str = document.pop("_etag")
        assert answer.headers["ETag"] == f'"{tag}"'
        assert len(tag) == 32
        shown = json.dumps(document, sort_keys=True)
        assert seen.setdefault(tag, shown) == shown
        assert list(seen.values()).count(shown) == 1
        return tag

    def pay(case: str, amount: float) -> None:
        body = api.account.payment(case, amount=amount, creditor_payment_reference=None)
        assert api.post("/creditor--payments", body).status_code == 201

    tag = look()
    assert look() == tag
    unchanged = [
        lambda: api.get("/cases"),
        lambda: pay(other, 1),
        lambda: api.advance(by="PT1S"),
        lambda: api.post("/creditor--payments", api.account.payment(case_id, amount=-1)),
    ]
    for step in unchanged:
        step()
        assert look() == tag
    file = {"file": ("original_invoice.pdf", b"%PDF-1.4\n", "application/pdf")}
    place = {"domain": "cases", "dotted_path": "original_invoice"}
    renamed = api.account.registration(debts=[debt(invoice_number="INV-NEW")])
    renamed["customer"]["name"] = "ACME AB"
    changes = [
        lambda: api.client.post(
            f"/media--upload/{case_id}", headers=api.headers, files=file, data=place
        ),
        lambda: pay(case_id, 1),
        lambda: pay(case_id, 1),
        lambda: api.post("/case--registrations", renamed),
        lambda: api.advance(to="Wed, 03 Sep 2025 08:00:00 GMT"),
        lambda: api.advance(to="Wed, 03 Sep 2025 09:00:00 GMT"),
        lambda: api.advance(to="Wed, 03 Sep 2025 09:10:00 GMT"),
        lambda: pay(case_id, 1998),
    ]
    for change in changes:
        change()
        assert look() != tag
        tag = look()
    assert len(seen) == 1 + len(changes)
    pay(case_id, 5)
    assert look() == tag
