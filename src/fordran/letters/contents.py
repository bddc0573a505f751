"""A letter's facts as the plain data that the catalogue checks and a template typesets.

Only here is a text from outside made fit for print, and a person's number cut. A template gets
the result as data, never as markup.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from fordran.domain.money import ZERO, Money, RoundingPolicy, rounded
from fordran.letters.catalogue import Contents
from fordran.letters.debt_collection_letter import (
    DAYS_PER_YEAR,
    PERCENT,
    DebtCollectionLetter,
    InterestPeriod,
    LetterClaim,
    LetterDebtor,
    RunningInterest,
)

HIDDEN_DIGITS = 4
JOINERS = "\u200c\u200d"
"""The invisible characters that some scripts spell with; every other one is dropped."""

PrintableText = Callable[[str], str]


def contents_of(letter: DebtCollectionLetter, fit: PrintableText) -> Contents:
    """Return what a template may state of a letter.

    Units: amounts in öre, rates in percent per year as text, dates as ISO text, days inclusive.
    Rounding: each period's interest to the nearest öre, for show only; what is claimed is
    rounded once by whoever posted it.
    """

    def plain(text: str) -> str:
        return fit(cleaned(text))

    def lines(texts: Sequence[str]) -> list[str]:
        return [line for line in map(plain, texts) if line]

    agency = letter.agency
    return {
        "creditor": {
            "name": plain(letter.creditor.name),
            "organisation_number": plain(letter.creditor.organisation_number),
        },
        "agency": {
            "name": plain(agency.name),
            "organisation_number": plain(agency.organisation_number),
            "address_lines": lines(agency.address_lines),
            "phone": plain(agency.phone),
            "email": plain(agency.email),
            "website": plain(agency.website),
            "supervisor": plain(agency.supervisor),
        },
        "debtor": {
            "name": plain(letter.debtor.name),
            "id_number": plain(shown_id_number(letter.debtor)),
            "is_person": letter.debtor.is_person,
            "address_lines": lines(letter.debtor.address_lines),
        },
        "ocr_number": plain(letter.ocr_number),
        "bankgiro": plain(letter.bankgiro),
        "dispatched_on": _day(letter.dispatched_on),
        "deadline_on": _day(letter.deadline_on),
        "counted_to_on": _day(letter.counted_to_on),
        "runs_from_on": _day(letter.counted_to_on + timedelta(days=1)),
        "interest_rounding": letter.interest_rounding.value,
        "claims": [_claim(claim, letter.interest_rounding, plain) for claim in letter.claims],
        "running_interest": _running(letter.claims, plain),
        "daily_interest": _daily(letter.claims).minor,
        "debt_collection_cost": letter.debt_collection_cost.minor,
        "total": letter.total.minor,
    }


def cleaned(text: str) -> str:
    r"""Return a text on one line, composed, without control and direction characters.

    A direction override could make a name read as another one, and a lone surrogate cannot be
    written at all.

    >>> cleaned("  Anna\n\u202e Ek\x00 ")
    'Anna Ek'
    """
    one_line = " ".join(text.split())
    kept = "".join(
        char for char in one_line if char in JOINERS or unicodedata.category(char) not in _UNSEEN
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())


_UNSEEN = frozenset({"Cc", "Cf", "Cs"})


def shown_id_number(debtor: LetterDebtor) -> str:
    """Return a company's number whole, and a person's without its last four digits.

    The letter lies in a letter box and is opened by others; the date part is enough to tell two
    people of one name apart.

    >>> shown_id_number(LetterDebtor(name="", id_number="19900101-2385", is_person=True,
    ...                              address_lines=()))
    '19900101-XXXX'
    """
    number = debtor.id_number.strip()
    if not debtor.is_person or not number:
        return number
    return re.sub(rf"[-+ ]?.{{{HIDDEN_DIGITS}}}$", "", number) + "-" + "X" * HIDDEN_DIGITS


def _claim(claim: LetterClaim, policy: RoundingPolicy, plain: PrintableText) -> Contents:
    counted = claim.counted_interest(policy)
    original = claim.original_capital or claim.capital
    return {
        "reference_number": plain(claim.reference_number),
        "invoice_number": plain(claim.invoice_number),
        "ground": plain(claim.ground),
        "invoiced_on": _day(claim.invoiced_on),
        "due_on": _day(claim.due_on),
        "original_capital": original.minor,
        "original_creditor": plain(claim.original_creditor),
        "capital": claim.capital.minor,
        "interest": claim.interest.minor,
        "interest_counted": counted.minor,
        "interest_periods": [_period(period) for period in claim.interest_periods],
        "costs": [
            {
                "kind": cost.kind.value,
                "amount": cost.amount.minor,
                "charged_on": _day(cost.charged_on),
            }
            for cost in claim.costs
        ],
        "total": claim.total.minor,
    }


def _period(period: InterestPeriod) -> Contents:
    return {
        "annual_rate_percent": _rate(period.annual_rate_percent),
        "first_on": _day(period.first_on),
        "last_on": _day(period.last_on),
        "days": period.days,
        "capital": period.capital.minor,
        "interest": rounded(period.exact_minor, RoundingPolicy.ORE_HALF_UP).minor,
    }


def _running(claims: Sequence[LetterClaim], plain: PrintableText) -> list[Contents]:
    """Group the claims whose interest runs on at the same rate for the same reason."""
    groups: dict[RunningInterest, list[str]] = {}
    for claim in claims:
        if claim.running_interest is not None and claim.capital:
            groups.setdefault(claim.running_interest, []).append(plain(claim.invoice_number))
    return [
        {
            "basis": running.basis.value,
            "annual_rate_percent": _rate(running.annual_rate_percent),
            "margin_percent": _rate(running.margin_percent),
            "invoice_numbers": numbers,
        }
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


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _rate(rate: Decimal | None) -> str:
    """Return a rate without trailing zeros or an exponent.

    >>> _rate(Decimal("10.00")), _rate(Decimal("7.50")), _rate(Decimal("1E+1"))
    ('10', '7.5', '10')
    """
    return "" if rate is None else format(rate.normalize(), "f")
