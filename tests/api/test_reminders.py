"""A claim that is reminded first, over HTTP."""

from tests.world import ApiClient


def reminded(api: ApiClient) -> str:
    case_id = api.register(first_action="reminder")
    api.advance(to="Wed, 03 Sep 2025 09:10:00 GMT")
    return case_id


def test_claim_is_reminded_before_it_is_demanded(api: ApiClient) -> None:
    case = api.case(reminded(api))
    assert (case["state"], case["status"]) == ("reminder", "reminder")
    assert [line["state"] for line in case["state_history"]] == ["initializing", "reminder"]
    assert [line["service"] for line in case["services"]] == ["reminder"]
    item = case["next_flow_item"]
    assert item["item"] == "case--debt-collections__enter"
    assert item["flow_config_name_locale"] == "api.flow_config.reminder_first"
    assert item["waiting_for"] == "api.wait.waiting_for_debt_collection"
    assert case["limitation"]["locale_annotation"] == "api.log_messages.letter_sent_reminder"
    assert case["local_added_costs_amount"] == 60
    assert case["total_remaining_transaction_amount"] == 2074


def test_demand_follows_with_its_own_cost_when_the_reminder_is_not_paid(api: ApiClient) -> None:
    case_id = reminded(api)
    api.advance(to="Sun, 05 Oct 2025 00:00:00 GMT")
    case = api.case(case_id)
    assert case["status"] == "debt_collection_active"
    assert [line["state"] for line in case["state_history"]] == [
        "initializing",
        "reminder",
        "debt_collection",
    ]
    assert case["local_added_costs_amount"] == 240


def test_claims_of_one_debtor_are_reminded_in_letters_of_their_own(api: ApiClient) -> None:
    """A reminder's fee is for a letter about one claim; a demand may be for several."""
    registration = api.account.registration(first_action="reminder")
    (debt,) = registration["debts"]
    registration["debts"] = [debt, {**debt, "invoice_number": "INV-2025-004"}]
    case_ids = api.made("/case--registrations", registration)["_cases"]
    api.advance(to="Fri, 19 Sep 2025 00:10:00 GMT")
    cases = [api.case(case_id) for case_id in case_ids]
    assert [case["local_added_costs_amount"] for case in cases] == [60, 60]
    assert len({case["debt_collection"] for case in cases}) == 1


def test_case_keeps_its_flow_beside_cases_of_another(api: ApiClient) -> None:
    first = reminded(api)
    second = api.register(debts=[{**api.account.registration()["debts"][0], "invoice_number": "2"}])
    api.advance(to="Thu, 04 Sep 2025 00:00:00 GMT")
    names = [
        api.case(case_id)["next_flow_item"]["flow_config_name_locale"]
        for case_id in (first, second)
    ]
    assert names == ["api.flow_config.reminder_first", "api.flow_config.default"]
