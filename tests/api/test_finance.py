"""Money on its way out: lines at settlement, runs, set-off, refunds, and what the API shows."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from fordran.bankfiles.sie4_reader import read_sie4
from fordran.domain.agreement import AgreementTerms
from fordran.domain.books_chart import BooksChart
from fordran.domain.money import Money
from fordran.domain.payout import PayoutInterval, PayoutTerms
from fordran.domain.shares import ShareTerms
from fordran.operations.pay_out_creditors import (
    PayOut,
    PayoutDayNotCome,
    RunResult,
    accounts_to_pay_out,
    pay_out_creditors,
    shown_run,
)
from fordran.operations.pay_refunds import (
    PayeeNotUsable,
    RefundNotFound,
    list_open_refunds,
    set_refund_account,
)
from fordran.operations.payees import account_from
from fordran.operations.payout_files import PayoutFileNotWritable
from fordran.operations.set_up_parties import (
    AccountNotFound,
    create_agreement_version,
    create_creditor,
)
from tests.api.finance import (
    FRIDAY,
    NEXT_FRIDAY,
    advance,
    amounts,
    claim,
    collected,
    lines,
    listed,
    pay_agency,
    pay_creditor,
    reverse_at_agency,
    run,
)
from tests.world import Account, ApiClient, creditor_document, debt

RESOURCES = ("/finance--payout-specifications", "/finance--payouts", "/finance--refunds")


def agree(api: ApiClient, **terms: Any) -> None:
    """Agree on other terms for the cases registered from now on."""
    create_agreement_version(api.account.context, api.account.id, AgreementTerms(**terms))


def to(api: ApiClient, day: str) -> None:
    advance(api, f"{day} 06:00:00 GMT")


def test_payment_to_the_agency_makes_a_line_per_component_of_the_creditor(api: ApiClient) -> None:
    case_id, ocr = collected(api)
    payment = pay_agency(api, ocr, 2206)
    found = lines(api)
    assert amounts(found) == {
        "capital capital": (2000, 0, 2000),
        "interest interest": (26, 0, 26),
    }
    case = api.case(case_id)
    assert {one["case"] for one in found} == {case_id}
    assert {one["payment"] for one in found} == {payment}
    assert {one["invoice_number"] for one in found} == {"INV-2025-003"}
    assert {one["payout_reference"] for one in found} == {"INV-2025-003"}
    assert {one["reference_number"] for one in found} == {case["reference_number"]}
    assert {one["state"] for one in found} == {"debt_collection"}
    assert {one["booking_date"] for one in found} == {"Thu, 25 Sep 2025 10:00:00 GMT"}
    assert {one["creditor_name"] for one in found} == {"Provbolaget AB"}
    assert not [one for one in found if {"payout", "payout_date", "payout_interval"} & set(one)]


def test_payment_that_settles_the_demands_cost_at_the_creditor_is_billed_with_tax(
    api: ApiClient,
) -> None:
    case_id, _ = collected(api)
    pay_creditor(api, case_id, 2206)
    found = lines(api)
    assert amounts(found) == {"creditor_commission debt_collection": (-180, -45, -225)}
    assert found[0]["payout_reference"] == "Creditor Commission"
    to(api, "Fri, 26 Sep 2025")
    result = run(api, FRIDAY)
    assert (result.records, [one.total for one in result.waiting]) == (None, [Money(-225_00)])
    assert listed(api, "/finance--payouts") == []


def test_whole_commission_gives_the_creditor_the_agencys_cost_with_tax(api: ApiClient) -> None:
    agree(api, shares=ShareTerms(commission_percent=100))
    _, ocr = collected(api)
    pay_agency(api, ocr, 180)
    assert amounts(lines(api)) == {"creditor_commission debt_collection": (180, 45, 225)}
    to(api, "Fri, 26 Sep 2025")
    run(api)
    (payout,) = listed(api, "/finance--payouts")
    assert (payout["amount"], payout["vat_amount"], payout["total_amount"]) == (180, 45, 225)


def test_run_pays_each_line_once_and_says_so_on_it(api: ApiClient) -> None:
    _, ocr = collected(api)
    pay_agency(api, ocr, 2206)
    before = {one["_id"]: one["_etag"] for one in lines(api)}
    to(api, "Fri, 26 Sep 2025")
    result = run(api)
    assert (result.is_new, result.on) == (True, FRIDAY)
    (payout,) = listed(api, "/finance--payouts", creditor=api.account.creditor_id)
    assert payout["total_amount"] == 2026
    assert payout["summary"] == [
        {
            "finance_category": name,
            "article": name,
            "count": 1,
            "amount": kronor,
            "vat_amount": 0,
            "total_amount": kronor,
        }
        for name, kronor in (("capital", 2000), ("interest", 26))
    ]
    assert payout["payout_date"] == "Fri, 26 Sep 2025 00:00:00 GMT"
    assert payout["payout_reference"] == "P20250926-00001"
    assert (payout["finance_interval"], payout["status"]) == ("weekly", "scheduled")
    assert payout["bank_file"] == f"payouts-2025-09-26-{api.account.id}.xml"
    found = lines(api, payout=payout["_id"])
    assert {one["_id"] for one in found} == set(before)
    assert {one["payout_date"] for one in found} == {payout["payout_date"]}
    assert not {one["_etag"] for one in found} & set(before.values())
    assert run(api).is_new is False
    to(api, "Fri, 03 Oct 2025")
    assert run(api).records is None
    assert len(listed(api, "/finance--payouts")) == 1


def files(result: RunResult) -> dict[str, str]:
    return {one.filename: hashlib.sha256(one.content).hexdigest() for one in result.files}


def test_run_of_a_past_day_is_the_same_whatever_became_known_since(api: ApiClient) -> None:
    _, ocr = collected(api)
    other = claim(api, "INV-OTHER", capital_to_claim=900)
    pay_agency(api, ocr, 1000)
    to(api, "Fri, 26 Sep 2025")
    first = run(api)
    # Known later, and by value before the run.
    pay_agency(api, ocr, 300, "Mon, 15 Sep 2025 08:00:00 GMT")
    to(api, "Mon, 06 Oct 2025")
    pay_agency(api, other.ocr_number, 100)
    again = run(api, FRIDAY)
    assert (again.is_new, first.is_new) == (False, True)
    assert files(again) == files(first) != {}
    assert again.records == first.records
    assert len(listed(api, "/finance--payouts")) == 1


def test_files_that_were_lost_are_made_again_byte_for_byte(api: ApiClient) -> None:
    _, ocr = collected(api)
    pay_agency(api, ocr, 1000)
    to(api, "Fri, 26 Sep 2025")
    first = run(api)
    assert first.records is not None
    blobs = api.account.context.blobs
    run_id = first.records.run.id
    keys = [file.stored(run_id, api.account.id).blob_key for file in first.files]
    for key, file in zip(keys, first.files, strict=True):
        assert blobs.get(key) == file.content
        blobs._store.delete(key)
        assert not blobs.exists(key)
    shown = shown_run(api.account.context, api.account.id, FRIDAY)
    assert shown is not None
    assert files(shown) == files(first)
    assert all(blobs.exists(key) for key in keys)


def test_reversal_after_a_payout_is_set_off_in_the_next(api: ApiClient) -> None:
    _, ocr = collected(api)
    payment = pay_agency(api, ocr, 2206)
    to(api, "Fri, 26 Sep 2025")
    run(api)
    reverse_at_agency(api, payment)
    assert sum(one["total_amount"] for one in lines(api) if "payout" not in one) == -2026
    to(api, "Fri, 03 Oct 2025")
    result = run(api)
    assert (result.records, result.waiting[0].total) == (None, Money(-2026_00))
    assert "set off" in result.waiting[0].reason
    other = claim(api, "INV-BIG", capital_to_claim=5000)
    to(api, "Thu, 23 Oct 2025")
    pay_agency(api, other.ocr_number, 5000, "Thu, 23 Oct 2025 05:00:00 GMT")
    to(api, "Fri, 24 Oct 2025")
    run(api)
    payouts = listed(api, "/finance--payouts")
    assert [one["payout_date"][:16] for one in payouts] == ["Fri, 26 Sep 2025", "Fri, 24 Oct 2025"]
    taken = lines(api, payout=payouts[1]["_id"])
    assert sum(one["total_amount"] for one in taken) == payouts[1]["total_amount"]
    assert min(one["total_amount"] for one in taken) == -2000


def test_run_takes_what_was_booked_until_the_end_of_its_day_in_sweden(api: ApiClient) -> None:
    _, ocr = collected(api)
    advance(api, "Fri, 26 Sep 2025 21:59:59 GMT")
    pay_agency(api, ocr, 300)
    advance(api, "Fri, 26 Sep 2025 22:00:00 GMT")
    pay_agency(api, ocr, 500)
    result = run(api, FRIDAY)
    assert result.records is not None
    # The first pays 180 and 26 before the capital; the second is the next run's.
    assert [one.total_minor for one in result.records.payouts] == [120_00]


@pytest.mark.parametrize(
    ("terms", "day", "is_paid"),
    [
        (PayoutTerms(), "Fri, 26 Sep 2025", True),
        (PayoutTerms(), "Mon, 29 Sep 2025", False),
        (PayoutTerms(weekday=1), "Mon, 29 Sep 2025", True),
        (PayoutTerms(PayoutInterval.DAILY), "Sun, 28 Sep 2025", True),
        (PayoutTerms(PayoutInterval.MONTHLY), "Wed, 01 Oct 2025", True),
        (PayoutTerms(PayoutInterval.MONTHLY), "Fri, 03 Oct 2025", False),
    ],
)
def test_creditor_is_paid_on_its_day_unless_the_run_takes_all(
    api: ApiClient, terms: PayoutTerms, day: str, is_paid: bool
) -> None:
    agree(api, payout=terms)
    _, ocr = collected(api)
    pay_agency(api, ocr, 1000)
    to(api, day)
    result = run(api)
    assert (result.records is not None) == is_paid
    assert run(api, takes_all=True).records is not None
    assert len(listed(api, "/finance--payouts", finance_interval=terms.interval.value)) == 1


def test_run_on_a_holiday_asks_the_bank_to_pay_on_the_next_bank_day(api: ApiClient) -> None:
    _, ocr = collected(api)
    pay_agency(api, ocr, 1000)
    # The second day of Christmas of 2025 is a Friday.
    to(api, "Fri, 26 Dec 2025")
    result = run(api)
    assert result.records is not None
    assert result.records.run.run_on == date(2025, 12, 26)
    (payout,) = listed(api, "/finance--payouts")
    assert payout["payout_date"] == "Mon, 29 Dec 2025 00:00:00 GMT"


def test_run_for_a_day_that_has_not_come_is_refused(api: ApiClient) -> None:
    with pytest.raises(PayoutDayNotCome, match="for the account it is 2025-09-03"):
        run(api, FRIDAY)


def test_run_whose_files_cannot_be_written_pays_nothing(api: ApiClient) -> None:
    _, ocr = collected(api)
    pay_agency(api, ocr, 1000)
    to(api, "Fri, 26 Sep 2025")
    context = api.account.context
    for wrong in ({"bankgiro": "12"}, {"chart": BooksChart(client_bank="bank")}):
        broken = replace(context, agency=replace(context.agency, **wrong))
        with pytest.raises(PayoutFileNotWritable, match="give"):
            pay_out_creditors(broken, api.account.id, PayOut())
    assert not [one for one in lines(api) if "payout" in one]
    own = replace(context.agency, chart=BooksChart(client_bank="1930"))
    result = pay_out_creditors(replace(context, agency=own), api.account.id, PayOut())
    books = read_sie4(result.files[1].content)
    assert [row.account_number for row in books.vouchers[0].rows] == ["2420", "1930"]
    # What was paid out keeps the chart of its day.
    assert files(run(api)) == files(result)


def test_run_for_an_account_that_does_not_exist_is_refused(context: Any) -> None:
    with pytest.raises(AccountNotFound):
        pay_out_creditors(context, "0" * 24, PayOut())


def test_dry_run_says_what_would_be_paid_and_pays_nothing(api: ApiClient) -> None:
    _, ocr = collected(api)
    pay_agency(api, ocr, 1000)
    to(api, "Fri, 26 Sep 2025")
    result = run(api, is_dry=True)
    assert [one.total for one in result.planned] == [Money(820_00)]
    assert (result.records, listed(api, "/finance--payouts")) == (None, [])
    assert not [one for one in lines(api) if "payout" in one]
    assert run(api).is_new


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"eur": {"iban": "SE4550000000058398257466"}}, "has no account in payout_details.sek"),
        ({"sek": {"bankgiro": "12"}}, "give its 7 to 8 digits"),
    ],
)
def test_creditor_without_a_usable_account_waits_with_the_remedy(
    api: ApiClient, details: dict[str, Any], words: str
) -> None:
    account = api.account
    account.creditor_id = create_creditor(
        account.context, account.id, creditor_document(payout_details=details)
    )
    _, ocr = collected(api)
    pay_agency(api, ocr, 1000)
    to(api, "Fri, 26 Sep 2025")
    result = run(api)
    assert result.records is None
    assert words in result.waiting[0].reason


def test_each_creditor_gets_its_own_payout_and_one_that_owes_gets_none(api: ApiClient) -> None:
    account = api.account
    first = account.creditor_id
    _, ocr = collected(api)
    names = ("Andra AB", "Tredje AB")
    others = [
        create_creditor(account.context, account.id, creditor_document(name=name)) for name in names
    ]
    made = []
    for creditor in others:
        body = account.registration(creditor=creditor, debts=[debt(capital_to_claim=1000)])
        answer = api.made("/case--registrations", body)
        made.append((answer["_cases"][0], answer["_ocr_numbers_ocr"][0]))
    to(api, "Thu, 16 Oct 2025")
    pay_agency(api, ocr, 1000)
    pay_agency(api, made[0][1], 500)
    account.creditor_id = others[1]
    pay_creditor(api, made[1][0], 1180, "Wed, 15 Oct 2025 08:00:00 GMT")
    to(api, "Fri, 17 Oct 2025")
    result = run(api)
    assert result.records is not None
    paid = {one.creditor_id: one.reference for one in result.records.payouts}
    assert set(paid) == {first, others[0]}
    assert sorted(paid.values()) == ["P20251017-00001", "P20251017-00002"]
    assert [one.creditor_id for one in result.waiting] == [others[1]]
    categories = {"$in": ["capital", "interest"]}
    found = lines(api, creditor=others[0], finance_category=categories)
    assert {one["creditor_name"] for one in found} == {"Andra AB"}
    assert {one["finance_category"] for one in found} <= set(categories["$in"])


def overpaid(api: ApiClient) -> tuple[str, str, str]:
    """Pay 100 too much; return the case, the OCR number and the payment."""
    case_id, ocr = collected(api)
    return case_id, ocr, pay_agency(api, ocr, 2306)


def test_overpayment_is_a_debt_to_the_debtor_that_ages(api: ApiClient) -> None:
    case_id, _, payment = overpaid(api)
    (refund,) = listed(api, "/finance--refunds")
    assert refund["debtor"] == api.case(case_id)["debtor"]
    assert (refund["case"], refund["payment"]) == (case_id, payment)
    assert (refund["amount"], refund["remaining_amount"]) == (100, 100)
    assert (refund["status"], refund["age_days"]) == ("open", 0)
    assert refund["due_date"] == "Thu, 09 Oct 2025 00:00:00 GMT"
    assert refund["has_bank_account"] is False
    to(api, "Fri, 10 Oct 2025")
    result = run(api)
    assert "no account is known" in result.waiting_refunds[0].reason
    (listed_one,) = list_open_refunds(api.account.context, api.account.id)
    assert (listed_one.age_days, listed_one.is_overdue) == (15, True)
    assert listed(api, "/finance--refunds", status="open")[0]["age_days"] == 15
    assert listed(api, "/finance--refunds", status="paid") == []


def give_account(api: ApiClient, refund_id: str, **account: str) -> None:
    payee = account_from(**account)
    assert payee is not None
    set_refund_account(api.account.context, api.account.id, refund_id, payee)


def test_refund_is_paid_by_the_first_run_after_it_is_due(api: ApiClient) -> None:
    overpaid(api)
    refund_id = listed(api, "/finance--refunds")[0]["_id"]
    give_account(api, refund_id, bankgiro="991-2346")
    give_account(api, refund_id, clearing="8327", account="1234567")
    to(api, "Fri, 26 Sep 2025")
    early = run(api)
    assert [one.reason for one in early.waiting_refunds] == ["due on 2025-10-09"]
    assert early.records is not None
    assert not early.records.refunds
    to(api, "Thu, 09 Oct 2025")
    assert [one.amount for one in run(api, is_dry=True).planned_refunds] == [Money(100_00)]
    result = run(api)
    assert result.records is not None
    (paid,) = result.records.refunds
    assert (paid.amount_minor, paid.payee_name) == (100_00, "ACME Inc.")
    assert (paid.reference, result.records.payouts) == ("R20251009-00001", [])
    assert b"83271234567" in result.files[0].content
    (refund,) = listed(api, "/finance--refunds")
    assert (refund["status"], refund["paid_amount"], refund["remaining_amount"]) == ("paid", 100, 0)
    assert refund["_id"] == refund_id
    to(api, "Fri, 24 Oct 2025")
    assert listed(api, "/finance--refunds")[0]["age_days"] == 14
    assert run(api).records is None
    with pytest.raises(RefundNotFound):
        give_account(api, refund_id, bankgiro="991-2346")


def test_refunded_money_is_not_placed_again_when_another_payment_is_reversed(
    api: ApiClient,
) -> None:
    case_id, ocr = collected(api)
    first = pay_agency(api, ocr, 1000)
    second = pay_agency(api, ocr, 1306)
    (refund,) = listed(api, "/finance--refunds")
    assert (refund["payment"], refund["amount"]) == (second, 100)
    give_account(api, refund["_id"], bankgiro="991-2346")
    to(api, "Fri, 10 Oct 2025")
    run(api)
    reverse_at_agency(api, first)
    case = api.case(case_id)
    assert case["status"] != "closed"
    # 1 306 came in and 100 of it went back: 1 206 pay 180 and 26 first, then 1 000 of the capital.
    assert case["total_remaining_capital_amount"] == 1000
    (refund,) = listed(api, "/finance--refunds")
    assert (refund["amount"], refund["paid_amount"], refund["status"]) == (100, 100, "paid")


def test_refund_of_a_payment_that_bounces_afterwards_is_owed_by_the_debtor(api: ApiClient) -> None:
    _, _, payment = overpaid(api)
    refund_id = listed(api, "/finance--refunds")[0]["_id"]
    give_account(api, refund_id, iban="SE4550000000058398257466")
    to(api, "Fri, 10 Oct 2025")
    run(api)
    reverse_at_agency(api, payment)
    (refund,) = listed(api, "/finance--refunds")
    assert (refund["amount"], refund["paid_amount"], refund["remaining_amount"]) == (0, 100, -100)
    assert refund["status"] == "paid"
    assert list_open_refunds(api.account.context, api.account.id) == []


def test_overpayment_that_a_reversal_needs_is_no_refund_any_more(api: ApiClient) -> None:
    _, ocr = collected(api)
    first = pay_agency(api, ocr, 1000)
    pay_agency(api, ocr, 1306)
    assert len(listed(api, "/finance--refunds")) == 1
    reverse_at_agency(api, first)
    assert listed(api, "/finance--refunds") == []


def test_refund_account_that_no_bank_takes_is_refused(api: ApiClient) -> None:
    overpaid(api)
    refund_id = listed(api, "/finance--refunds")[0]["_id"]
    with pytest.raises(PayeeNotUsable, match="check digits"):
        give_account(api, refund_id, iban="SE4550000000058398257467")
    with pytest.raises(RefundNotFound):
        give_account(api, "0" * 24, bankgiro="991-2346")


@pytest.fixture
def moved(api: ApiClient) -> ApiClient:
    """An account with a line, a payout and a refund."""
    overpaid(api)
    to(api, "Fri, 26 Sep 2025")
    run(api)
    return api


@pytest.mark.parametrize("path", RESOURCES)
def test_documents_are_listed_shown_projected_and_walled(
    moved: ApiClient, context: Any, path: str
) -> None:
    first, *_ = listed(moved, path)
    assert moved.get(f"{path}/{first['_id']}").json() == first
    assert moved.get(f"{path}/{first['_id'].upper()}").headers["ETag"] == f'"{first["_etag"]}"'
    projection = json.dumps({"creditor": 1})
    shown = moved.get(f"{path}/{first['_id']}", projection=projection).json()
    assert shown == {"_id": first["_id"], "creditor": first["creditor"]}
    page = moved.get(path, max_results="1", sort="-_created", projection=projection).json()
    assert (page["_meta"]["max_results"], len(page["_items"])) == (1, 1)
    assert set(page["_items"][0]) == {"_id", "creditor"}
    other = ApiClient(moved.client, Account.make(context))
    assert other.get(f"{path}/{first['_id']}").status_code == 404
    assert other.get(path).json()["_items"] == []
    assert moved.get(f"{path}/{'0' * 24}").status_code == 404
    assert moved.get(f"{path}/x").status_code == 404
    assert moved.get(path, where='{"amount": "1"}').status_code == 400


@pytest.mark.parametrize("path", RESOURCES)
def test_finance_documents_are_not_written_by_requests(moved: ApiClient, path: str) -> None:
    answer = moved.post(path, {})
    assert (answer.status_code, answer.json()["_error"]["reason"]) == (405, "method_not_allowed")
    first, *_ = listed(moved, path)
    assert moved.post(f"{path}/{first['_id']}", {}).status_code == 405
    assert moved.client.delete(f"{path}/{first['_id']}", headers=moved.headers).status_code == 405


@pytest.mark.parametrize("path", RESOURCES)
def test_every_allowed_field_filters_and_sorts(moved: ApiClient, path: str) -> None:
    refused = moved.get(path, where='{"x": "1"}').json()["_issues"]["where"]
    fields = refused.split("known fields are ")[1].split(", ")
    documents = listed(moved, path)
    assert len(fields) >= 8
    for field in fields:
        assert moved.get(path, sort=f"-{field}").status_code == 200
        for document in documents:
            if field in document:
                found = listed(moved, path, **{field: {"$in": [document[field]]}})
                assert document["_id"] in {one["_id"] for one in found}, field
    assert lines(moved, payout="0" * 24) == []


def test_accounts_with_money_are_found_for_a_run(moved: ApiClient, context: Any) -> None:
    idle = Account.make(context)
    found = accounts_to_pay_out(context)
    assert moved.account.id in found
    assert idle.id not in found
    assert shown_run(context, idle.id, NEXT_FRIDAY) is None
