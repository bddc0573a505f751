"""Who may do what: one row for every route, and nothing of one account reaches another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from fordran.api.app import PUBLIC_ROUTES, TOKEN_ROUTES
from fordran.bootstrap import api_app
from fordran.operations.context import Context
from fordran.operations.pay_out_creditors import PayOut, pay_out_creditors
from fordran.sandbox.routes import SANDBOX_ROUTES
from fordran.settings import Settings
from tests.conftest import WorkerDatabase, assert_books_are_right
from tests.world import Account, ApiClient, SteppedClock, debt

NO_DOCUMENT = "68b7f49c7b02934caddab092"
"""An id that no document has."""

PDF = b"%PDF-1.4\n%%EOF\n"


@dataclass
class World:
    """An account with a document of each kind, and another account with its own."""

    own: ApiClient
    other: ApiClient
    ids: dict[str, str]
    stale: dict[str, str]
    """Headers with a token of the own account that has expired."""

    def registration(self) -> dict[str, Any]:
        return self.own.account.registration(debts=[debt(invoice_number="INV-2")])

    def payment(self) -> dict[str, Any]:
        return self.own.account.payment(self.ids["case"], amount=1)

    def agency_payment(self) -> dict[str, Any]:
        return agency_payment(self.ids["ocr_number"])

    def crediting(self) -> dict[str, Any]:
        return self.own.account.crediting(self.ids["case"])

    def cancellation(self) -> dict[str, Any]:
        return self.own.account.cancellation(self.ids["case"])

    def reversal(self) -> dict[str, Any]:
        return self.own.account.reversal(self.ids["payment"])

    def reduction(self) -> dict[str, Any]:
        return self.own.account.reduction(self.ids["case"])

    def respite(self) -> dict[str, Any]:
        return self.own.account.respite()

    def pause(self) -> dict[str, Any]:
        return self.own.account.pause(self.ids["case"])

    def resumption(self) -> dict[str, Any]:
        return self.own.account.resumption()

    def dispute(self) -> dict[str, Any]:
        return self.own.account.dispute(self.ids["case"])

    def outcome(self) -> dict[str, Any]:
        return self.own.account.outcome("rejected")


@dataclass(frozen=True)
class Row:
    """What one route does with the right token, and how it is asked.

    `document` names the id in the path: of another account it is answered as if it did not exist.
    """

    status: int
    document: str | None = None
    body: Callable[[World], Any] | None = None
    is_upload: bool = False


ROWS: dict[tuple[str, str], Row] = {
    ("POST", "/case--registrations"): Row(201, body=World.registration),
    ("GET", "/case--registrations"): Row(200),
    ("GET", "/case--registrations/{registration_id:str}"): Row(200, "registration"),
    ("POST", "/media--upload/{reference_id:str}"): Row(201, "case", is_upload=True),
    ("GET", "/cases"): Row(200),
    ("GET", "/cases/{case_id:str}"): Row(200, "case"),
    ("GET", "/case--interest-explanations/{case_id:str}"): Row(200, "case"),
    ("POST", "/creditor--payments"): Row(201, body=World.payment),
    ("GET", "/creditor--payments"): Row(200),
    ("GET", "/creditor--payments/{payment_id:str}"): Row(200, "payment"),
    ("POST", "/creditor--creditings"): Row(201, body=World.crediting),
    ("GET", "/creditor--creditings"): Row(200),
    ("GET", "/creditor--creditings/{crediting_id:str}"): Row(200, "crediting"),
    ("POST", "/creditor--cancellations"): Row(201, body=World.cancellation),
    ("GET", "/creditor--cancellations"): Row(200),
    ("GET", "/creditor--cancellations/{cancellation_id:str}"): Row(200, "cancellation"),
    ("POST", "/creditor--payment-reversals"): Row(201, body=World.reversal),
    ("GET", "/creditor--payment-reversals"): Row(200),
    ("GET", "/creditor--payment-reversals/{reversal_id:str}"): Row(200, "reversal"),
    ("POST", "/case--interest-reductions"): Row(201, body=World.reduction),
    ("GET", "/case--interest-reductions"): Row(200),
    ("GET", "/case--interest-reductions/{reduction_id:str}"): Row(200, "reduction"),
    ("POST", "/case--respites/{document_id:str}"): Row(201, "case", body=World.respite),
    ("GET", "/case--respites"): Row(200),
    ("GET", "/case--respites/{document_id:str}"): Row(200, "respite"),
    ("POST", "/case--pauses"): Row(201, body=World.pause),
    ("GET", "/case--pauses"): Row(200),
    ("GET", "/case--pauses/{pause_id:str}"): Row(200, "pause"),
    ("PATCH", "/case--pauses/{pause_id:str}"): Row(200, "pause", body=World.resumption),
    ("POST", "/case--disputes"): Row(201, body=World.dispute),
    ("GET", "/case--disputes"): Row(200),
    ("GET", "/case--disputes/{dispute_id:str}"): Row(200, "dispute"),
    ("PATCH", "/case--disputes/{dispute_id:str}"): Row(200, "dispute", body=World.outcome),
    ("GET", "/case--letters"): Row(200),
    ("GET", "/case--letters/{letter_id:str}"): Row(200, "letter"),
    ("GET", "/finance--payouts"): Row(200),
    ("GET", "/finance--payouts/{payout_id:str}"): Row(200, "payout"),
    ("GET", "/finance--payout-specifications"): Row(200),
    ("GET", "/finance--payout-specifications/{specification_id:str}"): Row(200, "specification"),
    ("GET", "/finance--refunds"): Row(200),
    ("GET", "/finance--refunds/{refund_id:str}"): Row(200, "refund"),
    ("PUT", "/sandbox--clocks/{account_id:str}"): Row(
        409, "account", lambda _: {"now": "2025-09-04T00:00:00Z"}
    ),
    ("GET", "/sandbox--clocks/{account_id:str}"): Row(200, "account"),
    ("POST", "/sandbox--clocks/{account_id:str}/advance"): Row(
        200, "account", lambda _: {"by": "PT0S"}
    ),
    ("POST", "/sandbox--payments"): Row(201, body=World.agency_payment),
    ("GET", "/sandbox--payments"): Row(200),
    ("GET", "/sandbox--payments/{payment_id:str}"): Row(200, "agency_payment"),
    ("POST", "/sandbox--payment-reversals"): Row(
        201, body=lambda world: {"payment": world.ids["agency_payment"]}
    ),
}
"""Every route that needs a token. A route without a row fails the test below."""

PUBLIC = {
    ("GET", "/authenticates/api-code"): "checks a signed JWT",
    ("GET", "/media--files/{account_id:str}/{file_id:str}"): "checks a signed link",
    ("GET", "/health"): "has nothing to hide",
    ("GET", "/openapi.json"): "has nothing to hide",
    ("GET", "/docs"): "has nothing to hide",
    ("GET", "/docs/assets/{name:str}"): "has nothing to hide",
}
"""Every route without a token, and why."""

ROUTES = pytest.mark.parametrize(
    ("method", "path"), list(ROWS), ids=[f"{method} {path}" for method, path in ROWS]
)


def routes_of(handlers: Any) -> set[tuple[str, str]]:
    return {
        (str(method), path)
        for handler in handlers
        for path in handler.paths
        for method in handler.http_methods
    }


@pytest.fixture(scope="module")
def world(
    make_context: Callable[[SteppedClock], Context],
    database: WorkerDatabase,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """One world for every row: what a row adds, no other row asks about."""
    clock = SteppedClock()
    context = make_context(clock)
    settings = Settings(data_dir=tmp_path_factory.mktemp("world"), is_sandbox=True)
    with TestClient(api_app(settings, context), raise_server_exceptions=False) as client:
        stale = ApiClient(client, Account.make(context))
        clock.current += timedelta(seconds=3600)
        own = ApiClient(client, stale.account)
        other = ApiClient(client, Account.make(context))
        documents_of(other)
        yield World(own, other, documents_of(own), stale.headers)
    assert_books_are_right(database.conninfo())


def documents_of(client: ApiClient) -> dict[str, str]:
    """Make a document of each kind on an account; return their ids."""
    registered = client.post("/case--registrations", client.account.registration()).json()
    (case_id,), (ocr_number,) = registered["_cases"], registered["_ocr_numbers_ocr"]
    payment_id = client.made("/creditor--payments", client.account.payment(case_id, amount=10))
    return {
        "registration": registered["_id"],
        "letter": sent_letter(client),
        "case": case_id,
        "payment": payment_id["_id"],
        "account": client.account.id,
        "ocr_number": ocr_number,
        "agency_payment": client.made("/sandbox--payments", agency_payment(ocr_number))["_id"],
        **action_ids(client, case_id, payment_id["_id"]),
        **finance_ids(client, ocr_number),
    }


def sent_letter(client: ApiClient) -> str:
    """Let the demand be sent; return the letter's id."""
    client.advance(by="PT2H")
    (letter,) = client.get("/case--letters").json()["_items"]
    letter_id: str = letter["_id"]
    return letter_id


def agency_payment(ocr_number: str) -> dict[str, Any]:
    """Return a payment to the agency by the OCR number of a case."""
    return {
        "ocr_number": ocr_number,
        "amount": 10,
        "currency": "SEK",
        "bank_transaction_date": "Wed, 03 Sep 2025 00:00:00 GMT",
    }


def action_ids(client: ApiClient, case_id: str, payment_id: str) -> dict[str, str]:
    """Report one of each other kind about a case; it is cancelled last."""
    account = client.account
    bodies = {
        "reduction": ("/case--interest-reductions", account.reduction(case_id)),
        "crediting": ("/creditor--creditings", account.crediting(case_id)),
        "reversal": ("/creditor--payment-reversals", account.reversal(payment_id)),
        "respite": (f"/case--respites/{case_id}", account.respite()),
        "pause": ("/case--pauses", account.pause(case_id)),
        "dispute": ("/case--disputes", account.dispute(case_id)),
        "cancellation": ("/creditor--cancellations", account.cancellation(case_id)),
    }
    return {kind: client.made(path, body)["_id"] for kind, (path, body) in bodies.items()}


def finance_ids(client: ApiClient, ocr_number: str) -> dict[str, str]:
    """Pay the closed case again, which makes a refund, and pay out what is the creditor's."""
    client.made("/sandbox--payments", agency_payment(ocr_number))
    pay_out_creditors(client.account.context, client.account.id, PayOut(takes_all=True))
    return {
        kind: client.get(f"/finance--{path}").json()["_items"][0]["_id"]
        for kind, path in (
            ("payout", "payouts"),
            ("specification", "payout-specifications"),
            ("refund", "refunds"),
        )
    }


def ask(
    world: World, method: str, path: str, headers: dict[str, str], document: str | None = None
) -> Any:
    """Send the row's request about the own account's documents, or about another id."""
    row = ROWS[(method, path)]
    if row.document is not None:
        start, _, rest = path.partition("{")
        path = start + (document or world.ids[row.document]) + rest.partition("}")[2]
    options: dict[str, Any] = {}
    if row.is_upload:
        options["files"] = {"file": ("a.pdf", PDF, "application/pdf")}
    if row.body is not None:
        options["json"] = row.body(world)
    return world.own.client.request(method, path, headers=headers, **options)


def test_every_route_that_needs_a_token_has_a_row() -> None:
    assert routes_of([*TOKEN_ROUTES, *SANDBOX_ROUTES]) == set(ROWS)


def test_every_public_route_has_a_reason() -> None:
    assert routes_of(PUBLIC_ROUTES) == set(PUBLIC)


def test_the_application_has_no_other_routes(app: Litestar) -> None:
    served = {
        (str(method), route.path_format)
        for route in app.routes
        for method in getattr(route, "methods", ["?"])
        if method != "OPTIONS"
    }
    known = {(method, path.replace(":str}", "}")) for method, path in (*ROWS, *PUBLIC)}
    assert served == known


@ROUTES
def test_request_without_a_valid_token_is_refused(world: World, method: str, path: str) -> None:
    jwt = world.own.account.signed()
    wrong: list[dict[str, str]] = [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "garbage"},
        {"X-API-Key": "x" * 8000},
        {"X-API-Key": jwt},
        {"Authorization": f"Bearer {world.own.headers['X-API-Key']}"},
        world.stale,
    ]
    answers = [ask(world, method, path, headers) for headers in wrong]
    assert [answer.status_code for answer in answers] == [401] * len(wrong)
    (content,) = {answer.content for answer in answers}
    assert content == (
        b'{"_status":"ERR","_error":{"code":401,"message":"A valid access token is required.",'
        b'"reason":"unauthorized"}}'
    )


@ROUTES
def test_request_with_the_right_token_is_answered(world: World, method: str, path: str) -> None:
    answer = ask(world, method, path, world.own.headers)
    assert answer.status_code == ROWS[(method, path)].status, answer.text


@ROUTES
def test_document_of_another_account_is_answered_like_one_that_does_not_exist(
    world: World, method: str, path: str
) -> None:
    theirs = ask(world, method, path, world.other.headers)
    if ROWS[(method, path)].document is not None:
        nothing = ask(world, method, path, world.other.headers, NO_DOCUMENT)
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.content == nothing.content
        assert dict(theirs.headers) == dict(nothing.headers)
    elif method == "GET":
        assert theirs.status_code == 200
        assert theirs.json()["_meta"]["total"] >= 1
        assert not any(document_id in theirs.text for document_id in world.ids.values())
    else:
        assert theirs.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/cases/",
        "/case--registrations/",
        "/creditor--payments/",
        "/creditor--creditings/",
        "/creditor--cancellations/",
        "/creditor--payment-reversals/",
        "/case--interest-reductions/",
        "/case--respites/",
        "/case--pauses/",
        "/case--disputes/",
        "/case--letters/",
        "/finance--payouts/",
        "/finance--payout-specifications/",
        "/finance--refunds/",
        "/sandbox--clocks/",
    ],
)
@pytest.mark.parametrize("text", ["x", "68B7F49C7B02934CADDAB092", "0" * 24, "%00", "é", "..%2f"])
def test_odd_id_is_answered_like_one_that_does_not_exist(
    world: World, path: str, text: str
) -> None:
    nothing = world.own.get(f"{path}{NO_DOCUMENT}")
    odd = world.own.get(f"{path}{text}")
    assert (odd.status_code, odd.json()["_error"]["reason"]) == (404, "not_found")
    assert odd.content == nothing.content


def test_id_is_found_in_capital_letters_too(world: World) -> None:
    case_id = world.ids["case"]
    assert world.own.get(f"/cases/{case_id.upper()}").json()["_id"] == case_id


REFERENCES = [
    ("/case--registrations", "creditor", "creditor"),
    ("/case--registrations", "account", "account"),
    ("/creditor--payments", "creditor", "creditor"),
    ("/creditor--payments", "account", "account"),
    ("/creditor--payments", "case", "case"),
    *[
        (path, field, field)
        for path in ("/creditor--creditings", "/creditor--cancellations")
        for field in ("creditor", "account", "case")
    ],
    *[
        (path, field, field)
        for path in ("/case--interest-reductions", "/case--pauses", "/case--disputes")
        for field in ("creditor", "account", "case")
    ],
]


@pytest.mark.parametrize(("path", "field", "kind"), REFERENCES)
def test_reference_to_another_account_is_answered_like_one_to_nothing(
    world: World, path: str, field: str, kind: str
) -> None:
    theirs = {"creditor": world.own.account.creditor_id, **world.ids}[kind]
    account = world.other.account
    answers = []
    for document_id in (theirs, NO_DOCUMENT):
        own_case = world.other.get("/cases").json()["_items"][0]["_id"]
        body = {
            "/case--registrations": account.registration(debts=[debt(invoice_number="INV-3")]),
            "/creditor--payments": account.payment(own_case, amount=1),
            "/creditor--creditings": account.crediting(own_case),
            "/creditor--cancellations": account.cancellation(own_case),
            "/case--interest-reductions": account.reduction(own_case),
            "/case--pauses": account.pause(own_case),
            "/case--disputes": account.dispute(own_case),
        }[path]
        answer = world.other.post(path, {**body, field: document_id})
        assert answer.status_code == 422
        assert field in answer.json()["_issues"]
        answers.append(answer.text.replace(document_id, "ID"))
    assert answers[0] == answers[1]


def test_invoice_number_of_another_account_is_answered_like_one_of_nothing(world: World) -> None:
    world.own.register(debts=[debt(invoice_number="INV-OURS")])
    answers = []
    for number in ("INV-OURS", "INV-NONE"):
        body = world.other.account.payment("", amount=1, case=None, invoice_number=number)
        answer = world.other.post("/creditor--payments", body)
        assert answer.status_code == 422
        assert "invoice_number" in answer.json()["_issues"]
        answers.append(answer.text.replace(number, "NUMBER"))
    assert answers[0] == answers[1]


def test_reference_number_and_debtor_tell_nothing_of_another_account(world: World) -> None:
    """Both accounts registered the same company; no id of it is the same."""
    ours = world.own.case(world.ids["case"])
    (theirs,) = world.other.get("/cases").json()["_items"]
    assert ours["debtor_id_number"] == theirs["debtor_id_number"]
    same = {
        name
        for name in ("_id", "debtor", "customer", "case_registration", "creditor", "account")
        if ours[name] == theirs[name]
    }
    assert same == set()


def test_error_of_an_unknown_address_or_method_is_eves_too(api: ApiClient) -> None:
    for answer, code, reason in (
        (api.get("/nothing"), 404, "not_found"),
        (api.client.get("/nothing"), 404, "not_found"),
        (api.client.delete("/cases"), 405, "method_not_allowed"),
        (api.post("/cases", {}), 405, "method_not_allowed"),
    ):
        assert answer.status_code == code
        assert answer.json()["_status"] == "ERR"
        assert answer.json()["_error"]["code"] == code
        assert answer.json()["_error"]["reason"] == reason


def test_sandbox_routes_are_not_there_outside_sandbox_mode(
    context: Context, tmp_path: Any, account: Account
) -> None:
    app = api_app(Settings(data_dir=tmp_path, is_sandbox=False), context)
    with TestClient(app, raise_server_exceptions=False) as client:
        api = ApiClient(client, account)
        for method, path in routes_of(SANDBOX_ROUTES):
            filled = path.replace("{account_id:str}", account.id)
            answer = client.request(method, filled, headers=api.headers, json={"by": "PT1H"})
            unknown = client.request(method, "/nothing", headers=api.headers)
            assert answer.status_code == 404
            assert answer.content == unknown.content
