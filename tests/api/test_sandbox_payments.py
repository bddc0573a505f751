"""POST and GET /sandbox--payments: money at the agency, by OCR number."""

from typing import Any

import pytest
from psycopg import Connection

from fordran.domain.ledger import MoneySource
from fordran.domain.money import Money
from fordran.operations.context import Context
from fordran.operations.receive_payments import PaymentNotReceived, ReceivePayment, receive_payments
from fordran.storage.payments import StoredAgencyPayment
from tests.world import Account, ApiClient, debt

PATH = "/sandbox--payments"
PAID = "Wed, 03 Sep 2025 00:00:00 GMT"
UNKNOWN_OCR = "20252460000000000006"


def register(api: ApiClient, *numbers: str) -> tuple[list[str], list[str]]:
    """Register debts; return their cases and OCR numbers."""
    debts = [debt(invoice_number=number) for number in numbers or ("INV-1",)]
    answer = api.post("/case--registrations", api.account.registration(debts=debts)).json()
    return answer["_cases"], answer["_ocr_numbers_ocr"]


def payment(ocr_number: str, **changes: Any) -> dict[str, Any]:
    return {
        "ocr_number": ocr_number,
        "amount": 500,
        "currency": "SEK",
        "bank_transaction_date": PAID,
        **changes,
    }


def test_payment_is_settled_at_once(api: ApiClient) -> None:
    (case_id,), (ocr_number,) = register(api)
    answer = api.post(PATH, payment(ocr_number))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert set(made) == {"_updated", "_created", "_etag", "_id", "_status", "_payment_status"}
    assert (made["_status"], made["_payment_status"]) == ("OK", "completed")
    assert answer.headers["Location"] == f"{PATH}/{made['_id']}"
    document = api.get(f"{PATH}/{made['_id']}").json()
    assert document == {
        **{name: made[name] for name in ("_updated", "_created", "_etag", "_id")},
        "_payment_status": "completed",
        "account": api.account.id,
        "case": case_id,
        "ocr_number": ocr_number,
        "source": "agency",
        "currency": "SEK",
        "amount": 500,
        "bank_transaction_date": PAID,
        "booking_date": "Wed, 03 Sep 2025 07:56:11 GMT",
        "status": "completed",
        "settled_amount": 500,
        "credited_amount": 0,
        "allocations": [{"case": case_id, "amount": 500, "settled_amount": 500}],
    }
    rows = [row for row in api.case(case_id)["transactions"] if "payment" in row]
    assert [(row["type"], row["amount"]) for row in rows] == [("interest", -14), ("capital", -486)]
    for row in rows:
        assert (row["payment_method"], row["payment"]) == ("payment", made["_id"])
        assert row["bank_transaction_date"] == PAID
        assert row["origin"] == "solicitor_system"


@pytest.mark.parametrize("written", ["{} {}", "{}-{}", " {}{} ", "{}  -{}"])
def test_spaces_and_hyphens_of_a_number_are_not_looked_at(api: ApiClient, written: str) -> None:
    _, (ocr_number,) = register(api)
    body = payment(written.format(ocr_number[:7], ocr_number[7:]))
    made = api.post(PATH, body)
    assert made.status_code == 201, made.text
    assert api.get(f"{PATH}/{made.json()['_id']}").json()["ocr_number"] == ocr_number


def wrong_digit(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


@pytest.mark.parametrize(
    ("changes", "issues"),
    [
        ({"amount": 0}, {"amount": "must be greater than 0"}),
        ({"amount": -1}, {"amount": "must be greater than 0"}),
        ({"amount": 1.005}, {"amount": "must have at most two decimals"}),
        ({"amount": 10**15}, {"amount": "max value is 9999999999.99"}),
        ({"amount": "500"}, {"amount": "must be of number type"}),
        ({"currency": "EUR"}, {"currency": "unallowed value EUR"}),
        ({"bank_transaction_date": "soon"}, {"bank_transaction_date": "must be of datetime type"}),
        ({"source": "authority"}, {"source": "unknown field"}),
        (
            {"bank_transaction_date": "Sun, 06 Jul 2025 00:00:00 GMT"},
            {"bank_transaction_date": "must not be before the invoice date"},
        ),
        (
            {"bank_transaction_date": "Thu, 04 Sep 2025 00:00:00 GMT"},
            {"bank_transaction_date": "must not be in the future"},
        ),
    ],
)
def test_bad_payment_is_refused_and_nothing_is_stored(
    api: ApiClient, changes: dict[str, Any], issues: dict[str, str]
) -> None:
    (case_id,), (ocr_number,) = register(api)
    before = api.case(case_id)
    answer = api.post(PATH, payment(ocr_number, **changes))
    assert (answer.status_code, answer.json()["_issues"]) == (422, issues)
    assert api.case(case_id) == before
    assert api.get(PATH).json()["_meta"]["total"] == 0


def test_wrong_check_digit_and_unknown_number_are_told_apart(api: ApiClient) -> None:
    _, (ocr_number,) = register(api)
    issues = [
        api.post(PATH, payment(number)).json()["_issues"]
        for number in (wrong_digit(ocr_number), UNKNOWN_OCR, "not a number", "0")
    ]
    assert issues == [
        {"ocr_number": "the check digit is wrong"},
        {
            "ocr_number": f"value '{UNKNOWN_OCR}' must exist in resource 'cases', "
            "field 'ocr_number'."
        },
        {"ocr_number": "the check digit is wrong"},
        {"ocr_number": "the check digit is wrong"},
    ]


def test_number_of_another_account_is_unknown(api: ApiClient, context: Context) -> None:
    other = ApiClient(api.client, Account.make(context))
    _, (ocr_number,) = register(api)
    answers = [other.post(PATH, payment(number)) for number in (ocr_number, UNKNOWN_OCR)]
    assert [answer.status_code for answer in answers] == [422, 422]
    texts = {answer.text.replace(ocr_number, "N").replace(UNKNOWN_OCR, "N") for answer in answers}
    assert len(texts) == 1


def test_one_payment_settles_the_cases_of_the_letter(api: ApiClient) -> None:
    cases, numbers = register(api, "INV-1", "INV-2")
    api.advance(to="Fri, 19 Sep 2025 08:00:00 GMT")
    owed = [api.case(case_id)["local_remaining_transaction_amount"] for case_id in cases]
    asked = payment(
        numbers[1], amount=sum(owed), bank_transaction_date="Fri, 19 Sep 2025 00:00:00 GMT"
    )
    made = api.post(PATH, asked).json()
    document = api.get(f"{PATH}/{made['_id']}").json()
    assert document["status"] == "completed"
    assert [part["case"] for part in document["allocations"]] == [cases[1], cases[0]]
    assert sorted(part["settled_amount"] for part in document["allocations"]) == sorted(owed)
    assert [api.case(case_id)["closed"]["reason"] for case_id in cases] == ["fully_paid"] * 2


def test_overpayment_and_money_for_a_closed_case_are_the_debtors(api: ApiClient) -> None:
    (case_id,), (ocr_number,) = register(api)
    too_much = api.post(PATH, payment(ocr_number, amount=2100.5)).json()
    assert too_much["_payment_status"] == too_much["status"] == "warning"
    assert too_much["status_reason_locale"] == "payment.overpaid"
    assert (too_much["settled_amount"], too_much["credited_amount"]) == (2014, 86.5)
    closed = api.case(case_id)
    assert closed["closed"]["reason"] == "fully_paid"
    again = api.post(PATH, payment(ocr_number, amount=10)).json()
    assert again["status_reason_locale"] == "payment.case_closed"
    assert (again["settled_amount"], again["credited_amount"]) == (0, 10)
    assert again["allocations"] == [{"case": case_id, "amount": 10, "settled_amount": 0}]
    assert api.case(case_id)["transactions"] == closed["transactions"]


def test_rest_stands_on_the_first_open_case_when_the_named_one_is_closed(api: ApiClient) -> None:
    (closed_id, open_id), numbers = register(api, "INV-1", "INV-2")
    api.advance(to="Fri, 19 Sep 2025 08:00:00 GMT")
    api.made("/creditor--cancellations", api.account.cancellation(closed_id))
    owed = api.case(open_id)["local_remaining_transaction_amount"]
    transactions = api.case(closed_id)["transactions"]
    on = "Fri, 19 Sep 2025 00:00:00 GMT"
    asked = payment(numbers[0], amount=owed + 100, bank_transaction_date=on)
    made = api.post(PATH, asked).json()
    assert made["status_reason_locale"] == "payment.overpaid"
    assert (made["settled_amount"], made["credited_amount"]) == (owed, 100)
    assert made["allocations"] == [{"case": open_id, "amount": owed + 100, "settled_amount": owed}]
    assert api.case(open_id)["closed"]["reason"] == "fully_paid"
    assert api.case(closed_id)["transactions"] == transactions
    refunds = api.get("/finance--refunds").json()["_items"]
    assert [(refund["case"], refund["amount"]) for refund in refunds] == [(open_id, 100)]


def test_key_makes_a_payment_once(api: ApiClient) -> None:
    (case_id,), (ocr_number,) = register(api)
    body = payment(ocr_number)
    answers = [api.post(PATH, body, **{"Idempotency-Key": "k"}) for _ in range(3)]
    assert len({answer.content for answer in answers}) == 1
    assert api.case(case_id)["local_remaining_capital_amount"] == 1514
    other = api.post(PATH, payment(ocr_number, amount=1), **{"Idempotency-Key": "k"})
    assert other.json()["_error"]["reason"] == "idempotency_key_reused"


def test_payments_are_listed_and_filtered(api: ApiClient) -> None:
    (case_id,), (ocr_number,) = register(api)
    for amount in (1, 2, 3):
        api.post(PATH, payment(ocr_number, amount=amount))
    page = api.get(PATH, where=f'{{"case": "{case_id}", "ocr_number": "{ocr_number}"}}').json()
    assert sorted(item["amount"] for item in page["_items"]) == [1, 2, 3]
    assert api.get(PATH, where='{"status": "warning"}').json()["_meta"]["total"] == 0
    assert api.get(PATH, where='{"amount": "1"}').status_code == 400
    assert api.get(f"{PATH}/{case_id}").status_code == 404


def test_batch_has_a_verdict_for_each_payment_in_order(api: ApiClient) -> None:
    cases, numbers = register(api, *(f"INV-{number}" for number in range(5)))
    commands = [
        ReceivePayment(
            ocr_number=number,
            amount=Money(amount),
            bank_transaction_at=api.account.context.clock.now().replace(year=2025, month=9, day=2),
            request=b"{}",
            source=source,
        )
        for number, amount, source in [
            *[(number, 2014_00, MoneySource.AGENCY) for number in numbers],
            (numbers[0], 5_00, MoneySource.AGENCY),
            (UNKNOWN_OCR, 5_00, MoneySource.AGENCY),
            (numbers[1], 7_00, MoneySource.AUTHORITY),
        ]
    ]
    verdicts = receive_payments(api.account.context, api.account.id, commands)
    unknown = verdicts.pop(6)
    assert isinstance(unknown, PaymentNotReceived)
    received = [verdict for verdict in verdicts if isinstance(verdict, StoredAgencyPayment)]
    assert [one.case_id for one in received] == [*cases, cases[0], cases[1]]
    assert [one.settled_minor for one in received] == [2014_00] * 5 + [0, 0]
    assert received[-1].source == "authority"
    assert [api.case(case_id)["status"] for case_id in cases] == ["closed"] * 5


def test_currency_is_refused_by_the_operation_too(api: ApiClient) -> None:
    _, (ocr_number,) = register(api)
    now = api.account.context.clock.now().replace(year=2025, month=9, day=2)
    command = ReceivePayment(ocr_number, Money(5_00, "EUR"), now, b"{}")
    (verdict,) = receive_payments(api.account.context, api.account.id, [command])
    assert isinstance(verdict, PaymentNotReceived)
    assert verdict.issues == {"currency": "must be SEK"}


def test_batch_takes_as_many_statements_as_one_payment(
    api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, numbers = register(api, *(f"INV-{number}" for number in range(40)))
    counts = [_statements(api, monkeypatch, batch) for batch in (numbers[:1], numbers[1:])]
    assert counts[0] == counts[1] <= 20


def _statements(api: ApiClient, monkeypatch: pytest.MonkeyPatch, numbers: list[str]) -> int:
    count = 0
    execute = Connection.execute

    def counted(self: Any, *arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        return execute(self, *arguments, **options)

    now = api.account.context.clock.now().replace(year=2025, month=9, day=2)
    commands = [ReceivePayment(number, Money(100_00), now, b"{}") for number in numbers]
    with monkeypatch.context() as patched:
        patched.setattr(Connection, "execute", counted)
        verdicts = receive_payments(api.account.context, api.account.id, commands)
    assert all(isinstance(verdict, StoredAgencyPayment) for verdict in verdicts)
    return count
