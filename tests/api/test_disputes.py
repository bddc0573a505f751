"""Disputes over HTTP: nothing is sent, charged or applied for until there is an answer.

The seed's debt: 2 000 kronor due 2025-08-07, valued on 2025-09-03, 27 days at 10 %: 14.79, so 14.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from fordran.operations.set_up_parties import create_creditor
from tests.api.test_bad_input import MISSING, NO_DOCUMENT, changed, must_exist
from tests.world import ApiClient, creditor_document, debt, without

PATH = "/case--disputes"
WRITTEN = {"_updated", "_created", "_etag", "_id", "_status"}


@pytest.fixture
def case_id(api: ApiClient) -> str:
    """The seed's case five minutes before its demand is due."""
    registered = api.register()
    api.advance(to="Wed, 03 Sep 2025 09:05:00 GMT")
    return registered


@pytest.fixture
def demanded_id(api: ApiClient, case_id: str) -> str:
    """The seed's case after its demand, with the cost of it posted."""
    api.advance(to="Fri, 19 Sep 2025 00:00:00 GMT")
    return case_id


def dispute(api: ApiClient, case_id: str, **changes: Any) -> dict[str, Any]:
    return api.made(PATH, api.account.dispute(case_id, **changes))


def decide(api: ApiClient, dispute_id: str, outcome: str, **changes: Any) -> dict[str, Any]:
    return api.patched(f"{PATH}/{dispute_id}", api.account.outcome(outcome, **changes))


def show(api: ApiClient, dispute_id: str) -> dict[str, Any]:
    document: dict[str, Any] = api.get(f"{PATH}/{dispute_id}").json()
    return document


def remaining(api: ApiClient, case_id: str) -> dict[str, float]:
    case = api.case(case_id)
    return {
        part: case[f"local_remaining_{part}_amount"] for part in ("capital", "costs", "interest")
    }


def test_dispute_answers_and_is_shown_as_it_was_reported(api: ApiClient, case_id: str) -> None:
    answer = dispute(api, case_id, amount=500)
    assert set(answer) == WRITTEN | {"_dispute_status"}
    assert show(api, answer["_id"]) == {
        **without(answer, "_status"),
        "account": api.account.id,
        "creditor": api.account.creditor_id,
        "case": case_id,
        "origin": "creditor_system",
        "kind": "goods",
        "amount": 500,
        "text": "Varan kom aldrig",
        "hold_other_cases": False,
        "other_cases": [],
        "creditor_answer_by_date": "Wed, 17 Sep 2025 00:00:00 GMT",
        "answer_by_date": "Fri, 03 Oct 2025 00:00:00 GMT",
        "status": "completed",
        "condition": "open",
        "overdue": [],
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": api.case(case_id)["reference_number"],
    }


@pytest.mark.parametrize("kind", ["paid", "not_mine", "goods", "amount", "identity_theft", "other"])
def test_disputed_case_stands_still_however_long_it_lasts(
    api: ApiClient, case_id: str, kind: str
) -> None:
    answer = dispute(api, case_id, kind=kind)
    assert "amount" not in show(api, answer["_id"]), "the whole claim"
    api.advance(to="Mon, 02 Mar 2026 09:00:00 GMT")
    case = api.case(case_id)
    assert case["status"] == "disputed"
    assert case["next_flow_item"]["waiting_for"] == "api.wait.waiting_for_dispute"
    assert case["local_added_costs_amount"] == 0
    assert "limitation" not in case, "no letter has been sent"


def test_dispute_of_a_part_holds_the_whole_case(api: ApiClient, case_id: str) -> None:
    dispute(api, case_id, amount=0.01)
    api.advance(to="Mon, 02 Mar 2026 09:00:00 GMT")
    assert "limitation" not in api.case(case_id)


def test_no_cost_is_claimed_while_a_demand_is_disputed(api: ApiClient, case_id: str) -> None:
    api.advance(to="Wed, 03 Sep 2025 11:18:58 GMT")
    assert "limitation" in api.case(case_id), "the demand has been sent"
    dispute_id = dispute(api, case_id)["_id"]
    api.advance(to="Wed, 01 Oct 2025 00:00:00 GMT")
    assert api.case(case_id)["local_added_costs_amount"] == 0
    decide(api, dispute_id, "rejected")
    api.advance(by="PT1S")
    assert api.case(case_id)["local_added_costs_amount"] == 180


@pytest.mark.parametrize("outcome", ["rejected", "withdrawn"])
def test_flow_goes_on_when_the_claim_stands(api: ApiClient, case_id: str, outcome: str) -> None:
    dispute_id = dispute(api, case_id)["_id"]
    api.advance(to="Wed, 10 Sep 2025 12:00:00 GMT")
    answer = decide(api, dispute_id, outcome)
    assert set(answer) == WRITTEN | {"_outcome_status"}
    assert api.case(case_id)["status"] == "debt_collection"
    assert api.get("/creditor--creditings").json()["_meta"]["total"] == 0
    api.advance(by="PT1S")
    assert api.case(case_id)["limitation"]["break_date"] == "Wed, 10 Sep 2025 12:00:00 GMT"
    assert show(api, dispute_id)["condition"] == outcome


def test_outcome_is_shown_with_a_new_tag_and_its_crediting(api: ApiClient, case_id: str) -> None:
    made = dispute(api, case_id, amount=500)
    api.advance(by="PT1H")
    answer = decide(api, made["_id"], "upheld")
    assert set(answer) == WRITTEN | {"_outcome_status", "credited_amount", "creditor_crediting"}
    shown = show(api, made["_id"])
    assert shown["_etag"] == answer["_etag"] != made["_etag"]
    assert (shown["condition"], shown["explanation"]) == ("upheld", "Fraktsedeln saknas")
    assert shown["_updated"] == shown["end_date"] == "Wed, 03 Sep 2025 10:05:00 GMT"
    assert (shown["credited_amount"], shown["creditor_crediting"]) == (
        500,
        answer["creditor_crediting"],
    )


def test_upheld_part_is_a_crediting_like_any_other(api: ApiClient, demanded_id: str) -> None:
    dispute_id = dispute(api, demanded_id, amount=500)["_id"]
    crediting_id = decide(api, dispute_id, "upheld")["creditor_crediting"]
    crediting = api.get(f"/creditor--creditings/{crediting_id}").json()
    assert (crediting["amount"], crediting["settled_amount"]) == (500, 500)
    assert (crediting["status"], crediting["origin"]) == ("completed", "creditor_system")
    # 43 days to 19 September on 1 500 at 10 % are 17.67.
    assert remaining(api, demanded_id) == {"capital": 1500, "costs": 180, "interest": 17}
    assert api.case(demanded_id)["status"] == "debt_collection_active"


def test_partly_upheld_credits_the_amount_found(api: ApiClient, demanded_id: str) -> None:
    dispute_id = dispute(api, demanded_id)["_id"]
    answer = decide(api, dispute_id, "partly_upheld", amount=300)
    assert answer["credited_amount"] == 300
    # 43 days to 19 September on 1 700 at 10 % are 20.02.
    assert remaining(api, demanded_id) == {"capital": 1700, "costs": 180, "interest": 20}


def test_upheld_whole_claim_leaves_nothing_and_closes(api: ApiClient, demanded_id: str) -> None:
    """The capital was never owed, so its interest and the cost of its demand fall away."""
    dispute_id = dispute(api, demanded_id)["_id"]
    answer = decide(api, dispute_id, "upheld")
    assert answer["_outcome_status"] == "completed"
    assert answer["credited_amount"] == 2000
    case = api.case(demanded_id)
    assert (case["status"], case["closed"]["reason"]) == ("closed", "credited")
    assert case["local_remaining_transaction_amount"] == 0
    assert (case["local_added_interest_amount"], case["local_added_costs_amount"]) == (0, 0)


def test_upheld_whole_claim_leaves_what_was_paid_where_it_was(
    api: ApiClient, demanded_id: str
) -> None:
    """Of 2 000 kronor 800 were paid; what remains is credited, and nothing is paid too much."""
    payment = api.account.payment(
        demanded_id, amount=800, bank_transaction_date="Fri, 19 Sep 2025 00:00:00 GMT"
    )
    payment_id = api.made("/creditor--payments", payment)["_id"]
    dispute_id = dispute(api, demanded_id)["_id"]
    answer = decide(api, dispute_id, "upheld")
    assert answer["_outcome_status"] == "completed"
    # Credited from the due date it leaves 613, with 43 days' interest on that of 7.22, and the
    # cost of 180: the 800 that were paid.
    assert answer["credited_amount"] == 1387
    case = api.case(demanded_id)
    assert case["status"] == "closed"
    assert case["local_remaining_transaction_amount"] == 0
    settled = api.get(f"/creditor--payments/{payment_id}").json()["settled_amount"]
    assert settled == 800


def test_payment_settles_while_disputed_and_interest_runs_on(api: ApiClient, case_id: str) -> None:
    dispute(api, case_id)
    api.advance(to="Fri, 03 Oct 2025 09:00:00 GMT")
    payment = api.account.payment(
        case_id, amount=500, bank_transaction_date="Fri, 03 Oct 2025 08:00:00 GMT"
    )
    assert api.made("/creditor--payments", payment)["_payment_status"] == "completed"
    # 57 days at 10 % are 31.23.
    assert remaining(api, case_id) == {"capital": 1500, "costs": 0, "interest": 31}
    assert api.case(case_id)["status"] == "disputed"


def test_clocks_run_out_once_each_and_change_the_tag(api: ApiClient, case_id: str) -> None:
    made = dispute(api, case_id)
    etags = [made["_etag"]]
    for to, overdue in (
        ("Wed, 17 Sep 2025 23:59:59 GMT", []),
        ("Thu, 18 Sep 2025 00:00:00 GMT", ["creditor_answer"]),
        ("Fri, 03 Oct 2025 23:59:59 GMT", ["creditor_answer"]),
        ("Sat, 04 Oct 2025 00:00:00 GMT", ["creditor_answer", "answer"]),
    ):
        api.advance(to=to)
        shown = show(api, made["_id"])
        assert (shown["overdue"], shown["condition"]) == (overdue, "open")
        etags.append(shown["_etag"])
    assert len(set(etags)) == 3
    assert api.case(case_id)["status"] == "disputed"


def test_other_open_cases_of_the_debtor_are_held_if_asked(api: ApiClient) -> None:
    first, second, paid = (
        api.register(debts=[debt(invoice_number=number)]) for number in ("A", "B", "C")
    )
    stranger = {"name": "Annan AB", "id_number": "5566778899", "is_company": True}
    another = api.register(customer={**api.account.registration()["customer"], **stranger})
    api.made("/creditor--payments", api.account.payment(paid))
    dispute_id = dispute(api, first, hold_other_cases=True)["_id"]
    statuses = [api.case(case)["status"] for case in (first, second, paid, another)]
    assert statuses == ["disputed", "disputed", "closed", "initializing"]
    assert show(api, dispute_id)["other_cases"] == [second]
    decide(api, dispute_id, "upheld")
    statuses = [api.case(case)["status"] for case in (first, second)]
    assert statuses == ["closed", "initializing"]
    assert remaining(api, second)["capital"] == 2000


def test_other_cases_are_left_alone_if_not_asked(api: ApiClient) -> None:
    first, second = (api.register(debts=[debt(invoice_number=number)]) for number in ("A", "B"))
    dispute(api, first)
    assert api.case(second)["status"] == "initializing"


def test_case_with_a_dispute_of_its_own_stays_held_when_the_other_ends(api: ApiClient) -> None:
    first, second = (api.register(debts=[debt(invoice_number=number)]) for number in ("A", "B"))
    wide = dispute(api, first, hold_other_cases=True)["_id"]
    own = dispute(api, second)
    assert own["_dispute_status"] == "completed"
    decide(api, wide, "rejected")
    assert [api.case(case)["status"] for case in (first, second)] == ["initializing", "disputed"]
    decide(api, own["_id"], "rejected")
    assert api.case(second)["status"] == "initializing"


@pytest.mark.parametrize("disputed", [0, 1])
def test_one_case_of_a_demand_is_disputed_and_the_other_goes_on(
    api: ApiClient, disputed: int
) -> None:
    """Both were demanded by one letter; the statement claims its cost on the one that goes on."""
    carries = debt(invoice_number="A", invoice_date="2025-07-01")
    registered = api.post(
        "/case--registrations",
        api.account.registration(debts=[carries, debt(invoice_number="B")]),
    )
    cases = registered.json()["_cases"]
    api.advance(to="Fri, 05 Sep 2025 00:00:00 GMT")
    dispute_id = dispute(api, cases[disputed])["_id"]
    api.advance(to="Sat, 20 Sep 2025 00:00:00 GMT")
    statuses = [api.case(case)["status"] for case in cases]
    assert statuses[disputed] == "disputed"
    assert statuses[1 - disputed] == "debt_collection_active"
    assert "next_flow_item" not in api.case(cases[1 - disputed])
    assert show(api, dispute_id)["overdue"] == ["creditor_answer"]
    costs = [api.case(case)["local_added_costs_amount"] for case in cases]
    assert costs[disputed] == 0
    decide(api, dispute_id, "rejected")
    api.advance(by="PT1S")
    assert api.case(cases[disputed])["status"] == "debt_collection_active"


def test_second_dispute_is_stored_and_changes_nothing(api: ApiClient, case_id: str) -> None:
    dispute(api, case_id)
    before = api.case(case_id)
    answer = dispute(api, case_id, hold_other_cases=True)
    assert without(answer, *WRITTEN) == {
        "_dispute_status": "error",
        "status": "error",
        "status_reason_locale": "case_dispute.held_already",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["reference_number"],
    }
    shown = show(api, answer["_id"])
    assert not {"condition", "answer_by_date", "creditor_answer_by_date"} & set(shown)
    assert api.case(case_id) == before


def test_dispute_on_a_closed_case_is_stored_and_changes_nothing(
    api: ApiClient, case_id: str
) -> None:
    api.made("/creditor--payments", api.account.payment(case_id))
    before = api.case(case_id)
    answer = dispute(api, case_id, amount=10)
    assert answer["status_reason_locale"] == "case_dispute.case_closed"
    assert api.case(case_id) == before


@pytest.mark.parametrize("second", ["upheld", "rejected"])
def test_dispute_is_decided_once(api: ApiClient, case_id: str, second: str) -> None:
    dispute_id = dispute(api, case_id, amount=500)["_id"]
    decide(api, dispute_id, "upheld")
    before = show(api, dispute_id)
    answer = decide(api, dispute_id, second)
    assert without(answer, *WRITTEN) == {
        "_outcome_status": "error",
        "status": "error",
        "status_reason_locale": "case_dispute.not_open",
        "case_invoice_number": "INV-2025-003",
        "case_reference_number": before["case_reference_number"],
    }
    assert show(api, dispute_id) == before
    assert remaining(api, case_id)["capital"] == 1500


def test_debtor_who_paid_while_disputing_is_still_answered(api: ApiClient, case_id: str) -> None:
    """Nothing is left to credit; the dispute waits for an answer that credits nothing."""
    dispute_id = dispute(api, case_id)["_id"]
    api.made("/creditor--payments", api.account.payment(case_id))
    answer = decide(api, dispute_id, "upheld")
    assert answer["status_reason_locale"] == "case_dispute.case_closed"
    assert show(api, dispute_id)["condition"] == "open"
    assert decide(api, dispute_id, "withdrawn")["_outcome_status"] == "completed"
    assert api.case(case_id)["status"] == "closed"


def test_case_that_closed_while_disputed_opens_again_disputed(api: ApiClient, case_id: str) -> None:
    dispute_id = dispute(api, case_id)["_id"]
    payment = api.made("/creditor--payments", api.account.payment(case_id))
    api.made("/creditor--payment-reversals", api.account.reversal(payment["_id"]))
    assert api.case(case_id)["status"] == "disputed"
    decide(api, dispute_id, "rejected")
    assert api.case(case_id)["status"] == "debt_collection"


def test_clock_that_ran_out_while_the_case_was_closed_is_told_when_it_opens(
    api: ApiClient, case_id: str
) -> None:
    dispute_id = dispute(api, case_id)["_id"]
    payment = api.made("/creditor--payments", api.account.payment(case_id))
    api.advance(to="Wed, 01 Oct 2025 00:00:00 GMT")
    assert show(api, dispute_id)["overdue"] == []
    api.made("/creditor--payment-reversals", api.account.reversal(payment["_id"]))
    api.advance(by="PT1S")
    assert show(api, dispute_id)["overdue"] == ["creditor_answer"]


def test_all_holds_end_before_the_flow_goes_on(api: ApiClient, case_id: str) -> None:
    pause_id = api.made("/case--pauses", api.account.pause(case_id))["_id"]
    api.made(f"/case--respites/{case_id}", api.account.respite(respite_to_date="2025-09-10"))
    dispute_id = dispute(api, case_id)["_id"]
    assert api.case(case_id)["status"] == "disputed"
    decide(api, dispute_id, "withdrawn")
    assert api.case(case_id)["status"] == "paused"
    api.patched(f"/case--pauses/{pause_id}", api.account.resumption())
    assert api.case(case_id)["status"] == "respite"
    api.advance(to="Thu, 11 Sep 2025 00:00:00 GMT")
    assert api.case(case_id)["status"] == "debt_collection"


OUTCOME_ROWS = [
    ("rejected", "explanation", " ", "empty values not allowed"),
    ("rejected", "explanation", "x" * 2001, "max length is 2000"),
    ("rejected", "explanation", MISSING, "required field"),
    ("rejected", "outcome", "lost", "unallowed value lost"),
    ("rejected", "outcome", MISSING, "required field"),
    ("rejected", "amount", 1, "must be sent only when outcome is partly_upheld"),
    ("upheld", "amount", 500, "must be sent only when outcome is partly_upheld"),
    ("partly_upheld", "amount", MISSING, "must be sent when outcome is partly_upheld"),
    ("partly_upheld", "amount", 500.01, "must not be more than what is disputed"),
    ("partly_upheld", "amount", 0, "must be greater than 0"),
    ("partly_upheld", "amount", "1", "must be of number type"),
    ("rejected", "creditor", NO_DOCUMENT, must_exist(NO_DOCUMENT, "creditors")),
    ("rejected", "account", NO_DOCUMENT, must_exist(NO_DOCUMENT, "accounts")),
    ("rejected", "origin", "debtor", "unallowed value debtor"),
    ("rejected", "case", NO_DOCUMENT, "unknown field"),
]


@pytest.mark.parametrize(("outcome", "field", "value", "issue"), OUTCOME_ROWS)
def test_wrong_field_of_an_outcome_is_reported_and_nothing_happens(  # noqa: PLR0917 - a row
    api: ApiClient, case_id: str, outcome: str, field: str, value: Any, issue: str
) -> None:
    dispute_id = dispute(api, case_id, amount=500)["_id"]
    given = {"amount": 1} if outcome == "partly_upheld" else {}
    body = changed(api.account.outcome(outcome, **given), {field: value})
    answer = api.patch(f"{PATH}/{dispute_id}", body)
    assert (answer.status_code, answer.json()["_issues"]) == (422, {field: issue})
    assert show(api, dispute_id)["condition"] == "open"


def test_part_of_a_whole_claim_is_at_most_what_remains(api: ApiClient, case_id: str) -> None:
    dispute_id = dispute(api, case_id)["_id"]
    body = api.account.outcome("partly_upheld", amount=2014.01)
    answer = api.patch(f"{PATH}/{dispute_id}", body)
    assert answer.json()["_issues"] == {"amount": "must not be more than what is disputed"}


def test_another_creditor_of_the_account_cannot_decide(api: ApiClient, case_id: str) -> None:
    dispute_id = dispute(api, case_id)["_id"]
    account = api.account
    other = create_creditor(account.context, account.id, creditor_document())
    answer = api.patch(f"{PATH}/{dispute_id}", account.outcome("upheld", creditor=other))
    assert answer.status_code == 422
    assert answer.json()["_issues"] == {"creditor": must_exist(other, "creditors")}
    assert show(api, dispute_id)["condition"] == "open"


@pytest.mark.parametrize("dispute_id", [NO_DOCUMENT, "x"])
def test_dispute_that_does_not_exist_cannot_be_decided(
    api: ApiClient, case_id: str, dispute_id: str
) -> None:
    assert case_id
    answer = api.patch(f"{PATH}/{dispute_id}", api.account.outcome("rejected"))
    assert (answer.status_code, answer.json()["_error"]["reason"]) == (404, "not_found")


def test_outcome_sent_twice_at_the_same_moment_happens_once(api: ApiClient, case_id: str) -> None:
    dispute_id = dispute(api, case_id, amount=500)["_id"]
    body = api.account.outcome("upheld")
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(
                lambda _: api.patch(f"{PATH}/{dispute_id}", body, **{"Idempotency-Key": "once"}),
                range(4),
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert remaining(api, case_id)["capital"] == 1500


def test_outcomes_at_the_same_moment_without_a_key_decide_once(
    api: ApiClient, case_id: str
) -> None:
    dispute_id = dispute(api, case_id, amount=500)["_id"]
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _: decide(api, dispute_id, "upheld")["_outcome_status"], range(4))
        )
    assert sorted(answers) == ["completed", "error", "error", "error"]
    assert remaining(api, case_id)["capital"] == 1500


def test_open_disputes_can_be_asked_for_by_their_day(api: ApiClient, case_id: str) -> None:
    decide(api, dispute(api, case_id)["_id"], "rejected")
    still_open = dispute(api, case_id)
    where = '{"condition": "open", "kind": "goods"}'
    listed = api.get(PATH, where=where, sort="answer_by_date").json()["_items"]
    assert [one["_id"] for one in listed] == [still_open["_id"]]
