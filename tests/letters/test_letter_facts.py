"""Facts that contradict each other are a bug, and no letter is made of them."""

from datetime import date
from typing import Any

import msgspec
import pytest

from fordran.domain.dispute import DisputeOutcome
from fordran.domain.money import Money
from fordran.letters.examples import example
from fordran.letters.letter import TYPE_BY_KIND
from fordran.letters.letter_kind import LetterKind, Locale
from fordran.letters.payments import LetterPayment
from fordran.letters.plan_letters import Instalment
from fordran.letters.render import render
from tests.letters.reading import read

replaced = msgspec.structs.replace
DAY = date(2025, 10, 28)


@pytest.mark.parametrize(
    ("kind", "changes", "words"),
    [
        ("reminder", {"reminder_cost": Money(1)}, "its parts are"),
        ("reminder", {"deadline_on": date(2025, 9, 3)}, "deadline comes after dispatch"),
        ("rest_claim", {"total": Money(1)}, "its parts are"),
        ("plan_offer", {"plan_cost": Money(0)}, "the instalments are"),
        ("plan_offer", {"plan_interest": Money(0)}, "the instalments are"),
        ("plan_offer", {"instalment_cost": Money(0)}, "the instalments are"),
        (
            "plan_confirmation",
            {"instalments": (Instalment(due_on=DAY, amount=Money(234499)),)},
            "the instalments are",
        ),
        (
            "plan_confirmation",
            {"instalments": (Instalment(due_on=date(2025, 9, 3), amount=Money(234500)),)},
            "after dispatch",
        ),
        (
            "plan_confirmation",
            {
                "instalments": (
                    Instalment(due_on=DAY, amount=Money(240499)),
                    Instalment(due_on=date(2025, 10, 1), amount=Money(1)),
                )
            },
            "in order",
        ),
        ("instalment", {"number": 4}, "one of the plan's"),
        ("instalment", {"arrears": Money(0)}, "not its parts"),
        ("dispute_answer", {"given_up": Money(100001)}, "more is given up"),
        ("dispute_answer", {"outcome": DisputeOutcome.REJECTED}, "gives up nothing"),
        ("dispute_answer", {"deadline_on": date(2025, 9, 3)}, "deadline comes after dispatch"),
        ("enforcement_notice", {"total": Money(1)}, "its parts are"),
        ("surveillance", {"claims": ()}, "its parts are"),
        ("transfer", {"total": Money(1)}, "its parts are"),
    ],
)
def test_facts_that_contradict_each_other_are_a_bug(
    kind: str, changes: dict[str, Any], words: str
) -> None:
    letter = example(LetterKind(kind))
    with pytest.raises(AssertionError, match=words):
        replaced(letter, **changes)


def test_payment_that_is_not_what_it_settled_is_a_bug() -> None:
    whole = {"received_on": DAY, "amount": Money(3)}
    LetterPayment(**whole, capital=Money(1), interest=Money(1), overpaid=Money(1))
    with pytest.raises(AssertionError, match="not what it settled"):
        LetterPayment(**whole, capital=Money(1))
    with pytest.raises(AssertionError, match="no negative"):
        LetterPayment(**whole, capital=Money(4), costs=Money(-1))


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_checked_again_when_it_is_read_back(kind: LetterKind) -> None:
    """The audit relies on it: what is stored adds up, or cannot be read."""
    if kind is LetterKind.RECEIPT:
        stored = msgspec.json.encode(example(kind)).replace(b'"amount":[50000', b'"amount":[50001')
    else:
        stored = msgspec.json.encode(example(kind)).replace(b'"total":[', b'"total":[1')
    with pytest.raises((AssertionError, msgspec.ValidationError)):
        msgspec.json.decode(stored, type=TYPE_BY_KIND[kind])


def test_plan_states_every_date_amount_and_cost_before_it_is_accepted() -> None:
    for locale, words in (
        (Locale.SV, ("170,00 kr", "41,00 kr", "60,00 kr", "28 oktober 2025", "28 december 2025")),
        (Locale.EN, ("SEK 170.00", "SEK 41.00", "SEK 60.00", "28 October 2025")),
    ):
        text = read(render(example(LetterKind.PLAN_OFFER), locale)).text
        assert all(word in text for word in words)
        assert {Locale.SV: "821,66 kr", Locale.EN: "SEK 821.66"}[locale] in text
        assert {Locale.SV: "2 465,00 kr", Locale.EN: "SEK 2,465.00"}[locale] in text


def test_notice_before_enforcement_says_what_an_application_costs() -> None:
    text = read(render(example(LetterKind.ENFORCEMENT_NOTICE), Locale.SV)).text
    for word in ("300,00 kr", "380,00 kr", "680,00 kr", "2 754,00 kr", "Kronofogden"):
        assert word in text


def test_rest_claim_says_what_was_paid_and_what_is_left() -> None:
    text = read(render(example(LetterKind.REST_CLAIM), Locale.SV)).text
    assert "var på 3 574,00 kr" in text
    assert text.count("2025-08-18 500,00 kr") == 3
    assert "Summa betalt 1 500,00 kr" in text
    assert "Kvar att betala 2 074,00 kr" in text


def test_reminder_without_a_cost_claims_no_agreement() -> None:
    letter = example(LetterKind.REMINDER)
    free = replaced(letter, reminder_cost=Money(0), total=letter.total - Money(6000))
    assert "avtalades" in read(render(letter, Locale.SV)).text
    assert "avtalades" not in read(render(free, Locale.SV)).text


@pytest.mark.parametrize(
    ("outcome", "given_up", "words"),
    [
        (DisputeOutcome.UPHELD, 100000, "Du får rätt."),
        (DisputeOutcome.REJECTED, 0, "Borgenären står fast vid kravet."),
        (DisputeOutcome.WITHDRAWN, 0, "Invändningen är återtagen"),
    ],
)
def test_answer_says_what_became_of_the_objection(
    outcome: DisputeOutcome, given_up: int, words: str
) -> None:
    answer = replaced(example(LetterKind.DISPUTE_ANSWER), outcome=outcome, given_up=Money(given_up))
    text = read(render(answer, Locale.SV)).text
    assert words in text
    assert ("domstol" in text) == (outcome is DisputeOutcome.REJECTED)


def test_answer_that_leaves_nothing_asks_for_nothing() -> None:
    answer = replaced(
        example(LetterKind.DISPUTE_ANSWER),
        outcome=DisputeOutcome.UPHELD,
        given_up=Money(100000),
        claims=(),
        total=Money(0),
        deadline_on=None,
    )
    text = read(render(answer, Locale.SV)).text
    assert "Du behöver inte betala något." in text
    assert "Kvar att betala" not in text
    assert "#41#" not in text


def test_receipt_of_the_whole_debt_says_that_it_is_paid_and_what_was_too_much() -> None:
    receipt = replaced(
        example(LetterKind.RECEIPT),
        payments=(
            LetterPayment(
                received_on=DAY,
                amount=Money(100),
                costs=Money(30),
                interest=Money(20),
                capital=Money(40),
                overpaid=Money(10),
            ),
        ),
        remaining=Money(0),
    )
    text = read(render(receipt, Locale.SV)).text
    assert "Skulden är därmed helt betald" in text
    assert "2025-10-28 1,00 kr 0,40 kr 0,20 kr 0,30 kr 0,10 kr" in text
    assert "0,10 kr mer än skulden" in text


def test_company_is_spoken_to_in_the_plural_in_every_letter() -> None:
    for kind in LetterKind:
        letter = example(kind)
        debtor = replaced(letter.debtor, is_person=False, id_number="556000-0027")
        text = read(render(replaced(letter, debtor=debtor), Locale.SV)).text
        singular = {"du", "dig", "din", "ditt", "dina", "Du", "Din", "Dina"}
        assert not singular & set(text.replace(",", " ").replace(".", " ").split()), kind
