"""Checks that a letter says all that its kind must, before it is rendered."""

from collections.abc import Iterator, Mapping, Sequence

from fordran.domain.refusals import Refusal
from fordran.letters.catalogue import REQUIRED_CONTENTS
from fordran.letters.letter_kind import LetterKind
from fordran.letters.requirements import Requirement

Contents = Mapping[str, object]
"""A letter as plain names, texts, numbers and lists: what a template gets to see."""


class LetterIncomplete(Refusal):
    """The letter lacks contents that the law requires."""

    def __init__(self, kind: LetterKind, fields: Sequence[str]) -> None:
        self.kind = kind
        self.fields = tuple(fields)
        super().__init__(f"The letter {kind.value} lacks required contents: {', '.join(fields)}.")


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
    if value is None or value is False:
        return True
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Sequence):
        return not value or any(member is None or member == "" for member in value)
    return False
