"""GET /case--letters: what was sent, every amount as it was stated, and the PDF by its link."""

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
from litestar.testing import TestClient

from fordran.api.letter_documents import letter_document
from fordran.api.scalars import format_instant
from fordran.letters.examples import example
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.operations.context import Context
from fordran.storage.letters import STATUSES, LetterView
from tests.api.finance import advance, collected, listed, pay_creditor
from tests.api.test_openapi import DOCUMENT, misfits
from tests.posted import COMPANIES, Mailbox
from tests.world import Account, ApiClient, SteppedClock, debt

NO_DOCUMENT = "68b7f49c7b02934caddab092"
PATH = "/case--letters"


def letters(api: ApiClient, **where: Any) -> list[dict[str, Any]]:
    return listed(api, PATH, **where)


def test_demand_of_one_case_is_shown_with_what_it_states(api: ApiClient) -> None:
    case_id, _ = collected(api)
    (letter,) = letters(api)
    case = api.case(case_id)
    assert api.get(f"{PATH}/{letter['_id']}").json() == letter
    assert letter["case"] == case_id
    assert "cases" not in letter
    shown = ("kind", "locale", "status", "currency", "creditor", "account", "dispatch_date")
    assert {name: letter[name] for name in shown} == {
        "kind": "debt_collection",
        "locale": "sv",
        "status": "handed_over",
        "currency": "SEK",
        "creditor": api.account.creditor_id,
        "account": api.account.id,
        "dispatch_date": "Wed, 03 Sep 2025 09:10:00 GMT",
    }
    assert letter["deadline_date"] == "Mon, 15 Sep 2025 00:00:00 GMT"
    assert letter["template_version"]
    assert letter["claims"] == [
        {
            "case": case_id,
            "reference_number": case["reference_number"],
            "invoice_number": "INV-2025-003",
            "capital_amount": 2000.0,
            "interest_amount": 14.0,
            "costs": [],
            "total_amount": 2014.0,
        }
    ]
    assert (letter["cost_amount"], letter["total_amount"]) == (180.0, 2194.0)
    assert letter["to_pay_amount"] == 2194.0
    assert letter["amounts"] == {
        "debt_collection_cost": 180.0,
        "total": 2194.0,
        "capital_total": 2000.0,
        "interest_total": 14.0,
        "costs_total": 0.0,
    }


def test_amounts_stay_as_they_were_stated(api: ApiClient) -> None:
    case_id, _ = collected(api)
    (before,) = letters(api)
    pay_creditor(api, case_id, 500)
    (after,) = letters(api)
    assert after == before


def test_letter_about_several_cases_names_them_in_the_order_of_its_claims(api: ApiClient) -> None:
    debts = [debt(invoice_number=number) for number in ("INV-A", "INV-B")]
    made = api.made("/case--registrations", api.account.registration(debts=debts))
    advance(api, "Thu, 25 Sep 2025 10:00:00 GMT")
    (letter,) = letters(api)
    assert "case" not in letter
    assert sorted(letter["cases"]) == sorted(made["_cases"])
    assert [claim["case"] for claim in letter["claims"]] == letter["cases"]
    for claim in letter["claims"]:
        assert claim["invoice_number"] == api.case(claim["case"])["debt"]["invoice_number"]
    claims = sum(claim["total_amount"] for claim in letter["claims"])
    assert letter["total_amount"] == claims + letter["cost_amount"]
    for case_id in made["_cases"]:
        assert [one["_id"] for one in letters(api, case=case_id)] == [letter["_id"]]


def test_letters_are_listed_oldest_first_and_filtered(api: ApiClient) -> None:
    first, _ = collected(api)
    second = api.register(
        debts=[debt(invoice_number="INV-2")],
        first_action="reminder",
        customer={**api.account.registration()["customer"], "id_number": "5566778899"},
    )
    advance(api, "Wed, 22 Oct 2025 10:00:00 GMT")
    found = letters(api)
    assert len(found) > 2
    dates = [one["dispatch_date"] for one in listed(api, PATH)]
    assert dates[0] == "Wed, 03 Sep 2025 09:10:00 GMT"
    assert [one["case"] for one in found[:2]] == [first, second]
    assert {one["kind"] for one in letters(api, case=second)} == {"reminder", "debt_collection"}
    assert [one["case"] for one in letters(api, kind="reminder")] == [second]
    both = letters(api, case={"$in": [first, second]})
    assert [one["_id"] for one in both] == [one["_id"] for one in found]
    assert letters(api, case=NO_DOCUMENT) == []
    assert letters(api, status="queued") == []
    assert len(letters(api, status="handed_over")) == len(found)
    assert len(letters(api, creditor=api.account.creditor_id)) == len(found)
    assert letters(api, creditor=NO_DOCUMENT) == []
    assert [one["case"] for one in letters(api, dispatch_date=dates[0])] == [first]
    last = api.get(PATH, sort="-dispatch_date", max_results="1").json()
    assert last["_items"][0]["_id"] == found[-1]["_id"]
    assert last["_meta"]["total"] == len(found)


def test_reminder_states_its_own_cost(api: ApiClient) -> None:
    api.register(first_action="reminder")
    advance(api, "Wed, 10 Sep 2025 10:00:00 GMT")
    (letter,) = letters(api, kind="reminder")
    assert letter["cost_amount"] == letter["amounts"]["reminder_cost"]
    claim = letter["claims"][0]
    assert letter["total_amount"] == claim["total_amount"] + letter["cost_amount"]


def test_link_serves_the_pdf_for_an_hour(
    api: ApiClient, client: "TestClient[Any]", clock: SteppedClock
) -> None:
    collected(api)
    (letter,) = letters(api)
    parts = urlsplit(letter["url"])
    link = f"{parts.path}?{parts.query}"
    served = client.get(link)
    assert served.status_code == 200
    assert served.headers["content-type"] == "application/pdf"
    assert served.headers["content-length"] == str(len(served.content))
    assert f"debt_collection-{letter['_id']}.pdf" in served.headers["content-disposition"]
    assert hashlib.sha256(served.content).digest() == stored_digest(api, letter["_id"])
    assert client.get(parts.path).status_code == 403
    clock.current += timedelta(minutes=1)
    (again,) = letters(api)
    assert again["url"] != letter["url"]
    assert {**again, "url": ""} == {**letter, "url": ""}
    clock.current += timedelta(minutes=59)
    assert client.get(link).status_code == 403


def stored_digest(api: ApiClient, letter_id: str) -> bytes:
    statement = "SELECT sha256 FROM letters WHERE account_id = %s AND letter_id = %s"
    account_id = api.account.id
    row = api.account.context.database.read(
        account_id, lambda uow: uow.row(statement, (account_id, letter_id))
    )
    assert row is not None
    return bytes(row[0])


@pytest.mark.parametrize("content", [b"%PDF-1.7 another", None])
def test_changed_or_missing_bytes_are_not_served(
    api: ApiClient, client: "TestClient[Any]", content: bytes | None
) -> None:
    collected(api)
    (letter,) = letters(api)
    blobs = api.account.context.blobs
    key = f"letters/{api.account.id}/{letter['_id']}.pdf"
    before = blobs.get(key)
    blobs.put(key, content or b"")
    parts = urlsplit(letter["url"])
    served = client.get(f"{parts.path}?{parts.query}")
    assert (served.status_code, served.json()["_error"]["reason"]) == (503, "unavailable")
    blobs.put(key, before)


def test_letter_of_another_account_does_not_exist(
    api: ApiClient, client: "TestClient[Any]", context: Context
) -> None:
    collected(api)
    (letter,) = letters(api)
    other = ApiClient(client, Account.make(context))
    assert letters(other) == []
    theirs = other.get(f"{PATH}/{letter['_id']}")
    nothing = other.get(f"{PATH}/{NO_DOCUMENT}")
    assert theirs.status_code == nothing.status_code == 404
    assert theirs.content == nothing.content
    signer_path = f"/media--files/{other.account.id}/{letter['_id']}"
    signed = api.get(f"{PATH}/{letter['_id']}").json()["url"]
    moved = client.get(f"{signer_path}?{urlsplit(signed).query}")
    assert moved.status_code == 403


def test_letter_waits_until_it_is_handed_over(
    client: "TestClient[Any]", context: Context, clock: SteppedClock, tmp_path: Path
) -> None:
    mailbox = Mailbox(context, tmp_path / "post")
    mailbox.send(COMPANIES[0])
    clock.current = mailbox.clock.current
    api = ApiClient(client, mailbox.account)
    (waiting,) = letters(api, status="queued")
    assert "handed_over_date" not in waiting
    mailbox.clock.current += timedelta(minutes=5)
    handed_over_at = format_instant(mailbox.clock.current)
    mailbox.hand_over()
    (there,) = letters(api, status="handed_over")
    assert letters(api, status="queued") == []
    assert there["handed_over_date"] == there["_updated"] == handed_over_at
    assert there["dispatch_date"] == there["_created"] == waiting["_created"]
    assert there["_etag"] != waiting["_etag"]
    assert listed(api, PATH, handed_over_date=there["handed_over_date"]) == [
        {**there, "url": api.get(f"{PATH}/{there['_id']}").json()["url"]}
    ]


def test_sort_by_an_unknown_field_is_refused(api: ApiClient) -> None:
    answer = api.get(PATH, where=json.dumps({"contents": "x"}))
    assert (answer.status_code, answer.json()["_error"]["reason"]) == (400, "invalid_query")


@pytest.mark.parametrize("kind", LetterKind)
def test_every_kind_of_letter_is_shown_as_the_description_says(kind: LetterKind) -> None:
    letter = example(kind)
    view = LetterView(
        id=NO_DOCUMENT,
        creditor_id=NO_DOCUMENT,
        case_ids=(NO_DOCUMENT,),
        kind=kind.value,
        locale=Locale.EN.value,
        template_version="1",
        status=STATUSES[0],
        dispatched_at=letter.dispatched_at,
        handed_over_at=None,
        contents=msgspec.json.encode(letter),
    )
    encoded = msgspec.json.encode(letter_document(NO_DOCUMENT, view, "https://example.se/"))
    document = msgspec.json.decode(encoded)
    schema = DOCUMENT["components"]["schemas"]["Letter"]
    assert misfits(schema, document) == []
    assert document.keys() <= schema["properties"].keys()
    assert set(amounts_of(msgspec.json.decode(view.contents))) <= set(stated(document))


def amounts_of(contents: Any) -> Iterator[float]:
    """Give every amount of a letter's contents but those behind its interest, in kronor."""
    match contents:
        case [int(minor), "SEK"]:
            yield minor / 100
        case dict():
            for key, part in contents.items():
                if key != "interest_periods":
                    yield from amounts_of(part)
        case list():
            for part in contents:
                yield from amounts_of(part)


def stated(document: Any) -> Iterator[float]:
    """Give every number of a document."""
    match document:
        case int() | float():
            yield document
        case dict():
            for part in document.values():
                yield from stated(part)
        case list():
            for part in document:
                yield from stated(part)
