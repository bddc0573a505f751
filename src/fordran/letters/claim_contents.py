"""The claims of a letter as plain data, with what explains their interest."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction

from fordran.domain.money import ZERO, Money, RoundingPolicy, rounded
from fordran.letters.claims import (
    DAYS_PER_YEAR,
    PERCENT,
    InterestPeriod,
    LetterClaim,
    RunningInterest,
)
from fordran.letters.completeness import Contents
from fordran.letters.letter_frame import LetterOfClaims
from fordran.letters.plain_data import PrintableText, day_text, plain_data


def claim_contents(letter: LetterOfClaims, plain: PrintableText) -> Contents:
    """Return what a template may state of a letter's claims, beyond their bare facts.

    Units: amounts in öre, rates in percent per year as text, dates as ISO text, days inclusive.
    Rounding: each period's interest to the nearest öre, for show only; what is claimed is
    rounded once by whoever posted it.
    """
    return {
        "runs_from_on": day_text(letter.counted_to_on + timedelta(days=1)),
        "claims": [_claim(claim, letter.interest_rounding, plain) for claim in letter.claims],
        "running_interest": _running(letter.claims, plain),
        "daily_interest": _daily(letter.claims).minor,
    }


def _claim(claim: LetterClaim, policy: RoundingPolicy, plain: PrintableText) -> Contents:
    return {
        **_named(plain_data(claim, plain)),
        "original_capital": (claim.original_capital or claim.capital).minor,
        "interest_counted": claim.counted_interest(policy).minor,
        "interest_periods": [_period(period, plain) for period in claim.interest_periods],
        "total": claim.total.minor,
    }


def _period(period: InterestPeriod, plain: PrintableText) -> Contents:
    return {
        **_named(plain_data(period, plain)),
        "days": period.days,
        "interest": rounded(period.exact_minor, RoundingPolicy.ORE_HALF_UP).minor,
    }


def _running(claims: Sequence[LetterClaim], plain: PrintableText) -> list[Contents]:
    """Group the claims whose interest runs on at the same rate for the same reason."""
    groups: dict[RunningInterest, list[str]] = {}
    for claim in claims:
        if claim.running_interest is not None and claim.capital:
            groups.setdefault(claim.running_interest, []).append(plain(claim.invoice_number))
    return [
        {**_named(plain_data(running, plain)), "invoice_numbers": numbers}
        for running, numbers in groups.items()
    ]


def _daily(claims: Sequence[LetterClaim]) -> Money:
    """Return a day's interest on all capital, to the nearest öre, for show only."""
    yearly = sum(
        (
            claim.capital.minor * Fraction(claim.running_interest.annual_rate_percent)
            for claim in claims
            if claim.running_interest is not None
        ),
        Fraction(ZERO.minor),
    )
    return rounded(yearly / (PERCENT * DAYS_PER_YEAR), RoundingPolicy.ORE_HALF_UP)


def _named(facts: object) -> Mapping[str, object]:
    assert isinstance(facts, Mapping)
    return facts
