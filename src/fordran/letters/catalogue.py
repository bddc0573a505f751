"""What each kind of letter must contain, and by which rule.

A letter that lacks something the law asks for is no valid demand, and no cost may be claimed for
it. So the contents are checked twice: a letter before it is rendered (`check_contents`), and a
template that is shipped (`template_check`, run by a test until templates can be saved).
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from fordran.domain.refusals import Refusal

INKASSOLAGEN_5 = "inkassolagen (1974:182) 5 §"
GOOD_PRACTICE = "god inkassosed, inkassolagen (1974:182) 4 §; FFFS 2025:2"
PAYMENT_PRACTICE = "god inkassosed, inkassolagen (1974:182) 4 §; the debtor must be able to pay"
COSTS_ACT = "lag (1981:739) om ersättning för inkassokostnader m.m. 3, 4 §§"
DISPATCH = "inkassolagen (1974:182) 5, 6 §§; the time to pay runs from dispatch"


class LetterKind(StrEnum):
    """The letters the server writes."""

    DEBT_COLLECTION = "debt_collection"
    """The demand (inkassokrav) that inkassolagen asks for before any legal step."""


class Requirement(msgspec.Struct, frozen=True):
    """One thing a letter must say.

    `field` is a path in the letter's contents; `[]` means every member of a list.
    """

    field: str
    source: str
    unless_zero: str | None = None
    """A sibling amount; when it is zero the field has nothing to explain."""

    has_alternative: str | None = None
    """A sibling that does as well: a telephone number or an e-mail address."""


class LetterIncomplete(Refusal):
    """The letter lacks contents that the law requires."""

    def __init__(self, kind: LetterKind, fields: Sequence[str]) -> None:
        self.kind = kind
        self.fields = tuple(fields)
        super().__init__(f"The letter {kind.value} lacks required contents: {', '.join(fields)}.")


class TemplateIncomplete(Refusal):
    """The template leaves out contents that the law requires."""

    def __init__(self, template: str, fields: Sequence[str]) -> None:
        self.template = template
        self.fields = tuple(fields)
        super().__init__(f"The template {template} leaves out: {', '.join(fields)}.")


class TemplateBroken(Refusal):
    """The template cannot be typeset."""

    def __init__(self, template: str, diagnostic: str) -> None:
        self.template = template
        self.diagnostic = diagnostic
        super().__init__(f"The template {template} cannot be typeset: {diagnostic}")


REQUIRED_CONTENTS: Mapping[LetterKind, tuple[Requirement, ...]] = {
    LetterKind.DEBT_COLLECTION: (
        Requirement("creditor.name", INKASSOLAGEN_5),
        Requirement("creditor.organisation_number", GOOD_PRACTICE),
        Requirement("claims", INKASSOLAGEN_5),
        Requirement("claims[].ground", INKASSOLAGEN_5),
        Requirement("claims[].invoice_number", INKASSOLAGEN_5),
        Requirement("claims[].invoiced_on", INKASSOLAGEN_5),
        Requirement("claims[].due_on", INKASSOLAGEN_5),
        Requirement("claims[].reference_number", GOOD_PRACTICE),
        Requirement("claims[].capital", INKASSOLAGEN_5),
        Requirement("claims[].interest", INKASSOLAGEN_5),
        Requirement("claims[].interest_periods", INKASSOLAGEN_5, unless_zero="interest"),
        Requirement("claims[].interest_periods[].annual_rate_percent", INKASSOLAGEN_5),
        Requirement("claims[].interest_periods[].first_on", INKASSOLAGEN_5),
        Requirement("claims[].interest_periods[].last_on", INKASSOLAGEN_5),
        Requirement("claims[].interest_periods[].capital", INKASSOLAGEN_5),
        Requirement("claims[].costs[].kind", INKASSOLAGEN_5),
        Requirement("claims[].costs[].amount", INKASSOLAGEN_5),
        Requirement("debt_collection_cost", f"{INKASSOLAGEN_5}; {COSTS_ACT}"),
        Requirement("total", INKASSOLAGEN_5),
        Requirement("deadline_on", INKASSOLAGEN_5),
        Requirement("dispatched_on", DISPATCH),
        Requirement("bankgiro", PAYMENT_PRACTICE),
        Requirement("ocr_number", PAYMENT_PRACTICE),
        Requirement("debtor.name", GOOD_PRACTICE),
        Requirement("debtor.id_number", GOOD_PRACTICE),
        Requirement("debtor.address_lines", GOOD_PRACTICE),
        Requirement("agency.name", GOOD_PRACTICE),
        Requirement("agency.organisation_number", GOOD_PRACTICE),
        Requirement("agency.address_lines", GOOD_PRACTICE),
        Requirement("agency.phone", GOOD_PRACTICE, has_alternative="email"),
        Requirement("agency.email", GOOD_PRACTICE, has_alternative="phone"),
        Requirement("agency.supervisor", GOOD_PRACTICE),
    ),
}
"""Every letter's required contents.

Source: SFS 1974:182 as amended by 2024:801, 5 § (creditor, ground, capital, interest and costs
each on its own; of interest also rate, period and capital; time to pay or object); the list of
FFFS 2025:2 is to be checked against its full text, see docs/law/.
"""

Contents = Mapping[str, object]
"""A letter as plain names, texts, numbers and lists: what a template gets to see."""


def missing_contents(kind: LetterKind, contents: Contents) -> tuple[str, ...]:
    """Return the paths of the required fields that a letter lacks, in the catalogue's order.

    Lacking is: absent, None, blank text, an empty list, or a list with a blank member. An amount
    of zero is stated, not lacking.

    Source: `REQUIRED_CONTENTS` names one for each field.

    >>> missing_contents(LetterKind.DEBT_COLLECTION, {"creditor": {"name": " "}})[:2]
    ('creditor.name', 'creditor.organisation_number')
    """
    return tuple(
        requirement.field
        for requirement in REQUIRED_CONTENTS[kind]
        if any(
            _is_lacking(requirement, holder, name)
            for holder, name in _holders(contents, requirement.field.split("."))
        )
    )


def check_contents(kind: LetterKind, contents: Contents) -> None:
    """Refuse a letter that lacks a required field.

    Raises: LetterIncomplete.
    Source: inkassolagen (1974:182) 5 §.
    """
    missing = missing_contents(kind, contents)
    if missing:
        raise LetterIncomplete(kind, missing)


def _holders(node: object, path: Sequence[str]) -> Iterator[tuple[Contents, str]]:
    """Walk to every mapping that should hold the last name of a path.

    A list on the way may be empty (costs, interest periods); one that may not be has its own
    requirement.
    """
    holder: Contents = node if isinstance(node, Mapping) else {}
    step, *rest = path
    if not rest:
        yield holder, step
    elif step.endswith("[]"):
        members = holder.get(step.removesuffix("[]"))
        for member in members if isinstance(members, Sequence) else ():
            yield from _holders(member, rest)
    else:
        yield from _holders(holder.get(step), rest)


def _is_lacking(requirement: Requirement, holder: Contents, name: str) -> bool:
    if requirement.unless_zero is not None and holder.get(requirement.unless_zero) == 0:
        return False
    if requirement.has_alternative is not None and not _is_blank(
        holder.get(requirement.has_alternative)
    ):
        return False
    return _is_blank(holder.get(name))


def _is_blank(value: object) -> bool:
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Sequence):
        return not value or any(member is None or member == "" for member in value)
    return False
