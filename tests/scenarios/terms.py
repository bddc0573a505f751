"""The settings of a `terms` line: what an agreement says, in words."""

import re
from collections.abc import Callable
from decimal import Decimal

from msgspec.structs import replace

from fordran.domain.agreement import AgreementTerms
from fordran.domain.interest_terms import InterestBasis, InterestStart
from fordran.domain.ledger import Component
from fordran.domain.money import Money, RoundingPolicy
from fordran.domain.settlement import SettlementOrder
from fordran.domain.shares import ShareTerms

Setting = Callable[[AgreementTerms, re.Match[str]], AgreementTerms]

_NUMBER = r"(\d+\.\d\d)"
_COMPONENTS = "|".join(component.value for component in Component)
_BASES = {
    "fixed": InterestBasis.FIXED,
    "at least by law and": InterestBasis.FIXED_WITH_FLOOR,
}


def _rounding(terms: AgreementTerms, said: re.Match[str]) -> AgreementTerms:
    return replace(terms, interest_rounding=RoundingPolicy(said[1]))


def _margin(terms: AgreementTerms, said: re.Match[str]) -> AgreementTerms:
    interest = replace(
        terms.interest,
        basis=InterestBasis.REFERENCE_PLUS_MARGIN,
        margin_percent=Decimal(said[1]),
        annual_rate_percent=None,
    )
    return replace(terms, interest=interest)


def _rate(terms: AgreementTerms, said: re.Match[str]) -> AgreementTerms:
    interest = replace(terms.interest, basis=_BASES[said[1]], annual_rate_percent=Decimal(said[2]))
    return replace(terms, interest=interest)


def _no_interest(terms: AgreementTerms, _said: re.Match[str]) -> AgreementTerms:
    return replace(terms, interest=replace(terms.interest, basis=InterestBasis.NONE))


def _start(terms: AgreementTerms, said: re.Match[str]) -> AgreementTerms:
    interest = replace(
        terms.interest,
        start=InterestStart.DEMAND_PLUS_30_DAYS,
        thirtieth_day_bears_interest=said[1] == "from",
    )
    return replace(terms, interest=interest)


def _order(terms: AgreementTerms, said: re.Match[str]) -> AgreementTerms:
    source, *names = said.groups()
    order = SettlementOrder(f"{source}.agreed.1", tuple(Component(name) for name in names))
    return replace(terms, **{f"{source}_order": order})


def _write_off_limit(terms: AgreementTerms, said: re.Match[str]) -> AgreementTerms:
    return replace(terms, depreciation_limit=Money(int(said[1].replace(".", ""))))


def _commission(terms: AgreementTerms, said: re.Match[str]) -> AgreementTerms:
    return replace(terms, shares=ShareTerms(commission_percent=Decimal(said[1])))


SETTINGS: dict[str, Setting] = {
    rf"rounding ({'|'.join(policy.value for policy in RoundingPolicy)})": _rounding,
    rf"interest reference rate plus {_NUMBER}": _margin,
    rf"interest (fixed|at least by law and) {_NUMBER}": _rate,
    r"no interest": _no_interest,
    r"interest (from|after) the thirtieth day of the demand": _start,
    rf"order of (creditor|agency|authority) ({_COMPONENTS}) ({_COMPONENTS}) ({_COMPONENTS})": (
        _order
    ),
    rf"write-off limit {_NUMBER}": _write_off_limit,
    rf"commission {_NUMBER} %": _commission,
    r"no reminder fee agreed": lambda terms, _said: replace(terms, reminder_fee_agreed=False),
    r"late-payment fee chosen": lambda terms, _said: replace(terms, claims_late_payment_fee=True),
    r"no demand cost": lambda terms, _said: replace(terms, claims_debt_collection_cost=False),
}
"""Each form of a setting with what it changes."""


def unreadable(settings: str) -> list[str]:
    """Return the settings of a line that have no form."""
    return [setting for setting in settings.split(", ") if not _matches(setting)]


def changed(terms: AgreementTerms, settings: str) -> AgreementTerms:
    """Return terms with the settings of a line."""
    for setting in settings.split(", "):
        for change, said in _matches(setting):
            terms = change(terms, said)
    return terms


def _matches(setting: str) -> list[tuple[Setting, re.Match[str]]]:
    found = ((change, re.fullmatch(form, setting)) for form, change in SETTINGS.items())
    return [(change, said) for change, said in found if said]
