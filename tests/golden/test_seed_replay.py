"""The documentation's case flow, sent to a real server at its own instants."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from fordran.api.scalars import parse_instant
from fordran.api.signed_urls import UrlSigner
from fordran.domain.ocr import is_ocr_number
from fordran.operations.clock import RealClock
from fordran.storage.engine import destroy_cluster
from tests.cli.server_process import HttpClient, ServerProcess, demo_client
from tests.golden.comparison import SEED, Bindings, golden, known_inconsistencies

pytestmark = pytest.mark.xdist_group("golden")

REGISTERED = "Wed, 03 Sep 2025 07:56:11 GMT"
DEMANDED = "Wed, 03 Sep 2025 09:10:17 GMT"
PAID = "Wed, 03 Sep 2025 11:18:58 GMT"

CASE_FILES = ("3-case-in-debt-collection.response.json", "5-case-closed.response.json")


def pdf(size: int) -> bytes:
    """Return a PDF of exactly so many bytes."""
    head = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n%"
    )
    tail = b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    return head + b"x" * (size - len(head) - len(tail)) + tail


@dataclass
class Replay:
    """A server on which the case flow has been replayed, and what it answered."""

    server: ServerProcess
    file: bytes
    answers: dict[str, Any] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    bindings: Bindings = field(default_factory=Bindings)
    differences: dict[str, list[str]] = field(default_factory=dict)

    def compare(self, name: str, answer: requests.Response) -> Any:
        self.statuses[name] = answer.status_code
        self.answers[name] = answer.json()
        self.differences[name] = self.bindings.differences(golden(name), answer.json())
        return answer.json()


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replay]:
    data_dir = tmp_path_factory.mktemp("golden") / "data"
    size = golden(CASE_FILES[0])["original_invoice"]["size"]
    try:
        with ServerProcess(data_dir, "--sandbox") as server:
            replay = Replay(server, pdf(size))
            with demo_client(data_dir) as (client, world):
                send(replay, client, world)
            yield replay
    finally:
        destroy_cluster(data_dir)


def send(replay: Replay, client: HttpClient, world: dict[str, str]) -> None:
    """Send the requests in their order, each at the instant of the example."""
    clock = f"/sandbox--clocks/{world['account']}"
    registration = golden("1-register-case.request.json")
    own = {"account": world["account"], "creditor": world["creditor"]}
    named = {name: registration[name] for name in own}
    assert replay.bindings.differences(named, own) == []
    assert client.put(clock, {"now": REGISTERED}).json() == {"now": REGISTERED}
    answer = client.post("/case--registrations", replay.bindings.translated(registration))
    case_id = replay.compare("1-register-case.response.json", answer)["_cases"][0]
    answer = client.upload(
        case_id,
        ("original_invoice.pdf", replay.file, "application/pdf"),
        domain="cases",
        dotted_path="original_invoice",
    )
    replay.statuses["2"] = answer.status_code
    replay.answers["2"] = answer.json()
    advanced = client.post(f"{clock}/advance", {"to": DEMANDED})
    assert advanced.json() == {"now": DEMANDED, "executed": 3}
    replay.compare(CASE_FILES[0], client.get(f"/cases/{case_id}"))
    assert client.post(f"{clock}/advance", {"to": PAID}).json() == {"now": PAID, "executed": 0}
    payment = replay.bindings.translated(golden("4-creditor-payment.request.json"))
    replay.compare("4-creditor-payment.response.json", client.post("/creditor--payments", payment))
    replay.compare(CASE_FILES[1], client.get(f"/cases/{case_id}"))


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("1-register-case.response.json", 201),
        ("3-case-in-debt-collection.response.json", 200),
        ("4-creditor-payment.response.json", 201),
        ("5-case-closed.response.json", 200),
    ],
)
def test_seed_replayed_gives_its_answer(replay: Replay, name: str, status: int) -> None:
    assert replay.differences[name] == []
    assert replay.statuses[name] == status


def test_upload_answers_with_the_signed_link_of_the_case_s_file(replay: Replay) -> None:
    theirs = golden("2-upload-original-invoice.response.json")
    ours = replay.answers["2"]
    assert replay.statuses["2"] == 201
    assert ours.keys() == theirs.keys()
    their_file = urlsplit(theirs["url"]).path.rpartition("-")[2]
    our_file = urlsplit(ours["url"]).path.rpartition("/")[2]
    assert replay.bindings.ours(their_file) == our_file
    assert set(parse_qs(urlsplit(ours["url"]).query)) == {"Expires", "Signature"}
    assert set(parse_qs(urlsplit(theirs["url"]).query)) >= {"Expires", "Signature"}


def test_signed_link_serves_the_same_bytes_to_whoever_has_it(replay: Replay) -> None:
    answer = requests.get(replay.answers["2"]["url"], timeout=30)
    assert answer.status_code == 200
    assert answer.content == replay.file
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "original_invoice.pdf" in answer.headers["Content-Disposition"]


def test_signed_link_lasts_an_hour_of_real_time(replay: Replay) -> None:
    expires = int(parse_qs(urlsplit(replay.answers["2"]["url"]).query)["Expires"][0])
    left = expires - RealClock().now().timestamp()
    assert 3600 - 300 < left <= 3600


def test_signed_link_that_was_changed_or_has_expired_is_forbidden(replay: Replay) -> None:
    url = urlsplit(replay.answers["2"]["url"])
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    base_url = f"{url.scheme}://{url.netloc}"
    key = bytes.fromhex((replay.server.data_dir / "url-signing.key").read_text())
    an_hour_ago = RealClock().now() - timedelta(seconds=3601)
    expired = UrlSigner(key).sign(base_url, url.path, an_hour_ago)
    other_digit = "0" if query["Signature"][-1] != "0" else "1"
    wrong = [
        {**query, "Signature": query["Signature"][:-1] + other_digit},
        {**query, "Signature": ""},
        {**query, "Signature": "é"},
        {**query, "Expires": str(int(query["Expires"]) + 1)},
        {**query, "Expires": "٣"},
        {**query, "Expires": "-1"},
        {"Signature": query["Signature"]},
        {"Expires": query["Expires"]},
        {},
    ]
    with requests.Session() as session:
        answers = [session.get(expired, timeout=30)]
        answers += [
            session.get(f"{base_url}{url.path}", params=parameters, timeout=30)
            for parameters in wrong
        ]
        other = url.path[:-1] + ("0" if url.path[-1] != "0" else "1")
        answers.append(session.get(f"{base_url}{other}", params=query, timeout=30))
    assert [answer.status_code for answer in answers] == [403] * len(answers)
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["_error"]["reason"] == "forbidden"


def test_ocr_number_of_the_replay_has_the_day_and_the_check_digit(replay: Replay) -> None:
    (number,) = replay.answers["1-register-case.response.json"]["_ocr_numbers_ocr"]
    assert is_ocr_number(number)
    assert number.startswith("2025246")


def test_known_inconsistency_is_one_of_the_example() -> None:
    for entry in known_inconsistencies():
        for name in CASE_FILES:
            found = golden(name)
            for part in entry["path"].split("."):
                found = found[int(part) if part.isdigit() else part]
            assert found == entry["seed"]
            assert parse_instant(found) < parse_instant(golden(name)["_created"])
            assert entry["reason"]


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Return every place inside a document: what holds it, and under which key."""
    for key in document if isinstance(document, dict) else range(len(document)):
        yield document, key
        if isinstance(document[key], dict | list):
            yield from places(document[key])


def test_comparison_finds_every_missing_added_and_changed_value() -> None:
    theirs = golden("5-case-closed.response.json")
    ours = json.loads((SEED / "5-case-closed.response.json").read_text())
    ours["transactions"][0]["registration_date"] = ours["_created"]
    assert Bindings().differences(theirs, ours) == []
    count = sum(1 for _ in places(ours))
    assert count > 100
    for number in range(count):
        for change in ("remove", "replace", "add"):
            changed = copy.deepcopy(ours)
            holder, key = list(places(changed))[number]
            if change == "remove":
                del holder[key]
            elif change == "replace":
                holder[key] = {"other": 1} if isinstance(holder[key], str) else "other"
            elif isinstance(holder, dict):
                holder["an_other"] = 1
            else:
                holder.append(1)
            assert Bindings().differences(theirs, changed) != [], (change, key)


def test_comparison_finds_values_that_are_a_little_off() -> None:
    theirs = golden("5-case-closed.response.json")
    changes: list[tuple[tuple[Any, ...], Any]] = [
        (("_created",), "Wed, 03 Sep 2025 07:57:12 GMT"),
        (("debt", "invoice_date"), "Mon, 07 Jul 2025 00:00:01 GMT"),
        (("transactions", 1, "bank_transaction_date"), "Wed, 03 Sep 2025 08:01:17 GMT"),
        (("transactions", 2, "bank_transaction_date"), "Wed, 03 Sep 2025 08:00:01 GMT"),
        (("transactions", 0, "registration_date"), "Wed, 03 Sep 2025 06:02:09 GMT"),
        (("transactions", 1, "amount"), 14.01),
        (("transactions", 1, "amount"), True),
        (("local_remaining_interest_amount",), 0.01),
        (("customer",), "674dbeaf08847b9501cc9132"),
        (("case_registration",), theirs["debtor"]),
        (("_etag",), "8c58d51b39ae4909902d5b706d420ad"),
        (("status",), "Closed"),
        (("next_flow_item_on_close", "is_failed"), 0),
    ]
    for path, value in changes:
        ours = json.loads((SEED / "5-case-closed.response.json").read_text())
        ours["transactions"][0]["registration_date"] = ours["_created"]
        holder = ours
        for part in path[:-1]:
            holder = holder[part]
        holder[path[-1]] = value
        assert Bindings().differences(theirs, ours) != [], path
