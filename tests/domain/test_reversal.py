"""Reversal: which closed cases open again when a payment proves not to be there."""

import pytest

from fordran.domain.money import ZERO, Money
from fordran.domain.outcome import Outcome, OutcomeStatus
from fordran.domain.reversal import ALREADY_REVERSED, NOTHING_SETTLED, opens_again
from tests.domain.law_cases import LawCase

FIRST, SECOND = f"{1:024x}", f"{2:024x}"


@pytest.mark.parametrize(
    ("facts", "payment_id", "expected"),
    [
        ("receive 2014.00 on 2025-09-03", FIRST, True),
        ("pay 2000.00 on 2025-09-03", FIRST, True),
        ("credit 2000.00 on 2025-09-03", FIRST, True),
        # Still open.
        ("pay 1000.00 on 2025-09-03", FIRST, False),
        # Money that came when the case was closed did not close it.
        ("receive 2014.00 on 2025-09-03; receive 500.00 on 2025-09-20", SECOND, False),
        ("receive 2014.00 on 2025-09-03; receive 500.00 on 2025-09-20", FIRST, True),
        # Cancelled, not paid.
        ("pay 1000.00 on 2025-09-03; cancel on 2025-09-20", FIRST, False),
        # Reversed before; then paid again by another.
        ("pay 2000.00 on 2025-09-03; reverse 1 on 2025-09-20", FIRST, False),
        (
            "pay 2000.00 on 2025-09-03; reverse 1 on 2025-09-04; receive 9000.00 on 2025-09-05",
            FIRST,
            False,
        ),
        # Unknown to the case.
        ("pay 2000.00 on 2025-09-03", SECOND, False),
    ],
)
def test_case_opens_again_if_the_payment_was_one_that_paid_it(
    facts: str, payment_id: str, *, expected: bool
) -> None:
    lived = LawCase()
    lived.live(facts)
    assert opens_again(lived.case, payment_id) is expected
    if expected:
        lived.live("reverse 1 on 2025-10-01")
        assert lived.case.closed is None


def test_payment_is_reversed_once() -> None:
    lived = LawCase()
    lived.live("pay 500.00 on 2025-09-10; reverse 1 on 2025-09-20")
    once = lived.case
    lived.live("reverse 1 on 2025-09-20")
    assert lived.outcomes[1:] == [
        Outcome(OutcomeStatus.COMPLETED, Money(500_00)),
        Outcome(OutcomeStatus.WARNING, ZERO, ALREADY_REVERSED),
    ]
    assert lived.case == once


def test_unknown_payment_is_not_reversed() -> None:
    lived = LawCase()
    lived.live("pay 500.00 on 2025-09-10; wait to 2025-09-20")
    before = lived.case
    lived.live("reverse 2 on 2025-09-20")
    assert lived.outcomes[-1] == Outcome(OutcomeStatus.WARNING, ZERO, NOTHING_SETTLED)
    assert lived.case == before
