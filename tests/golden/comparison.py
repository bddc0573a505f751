"""Compare answers with the golden files, key by key, by the rules of seed/README.md."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from fordran.api.scalars import parse_instant

FOLDER = Path(__file__).parent
SEED = FOLDER / "seed"

BOUND_FIELDS = frozenset(
    {
        "_cases",
        "_etag",
        "_id",
        "_ocr_numbers",
        "_ocr_numbers_ocr",
        "account",
        "agreement_version",
        "case",
        "case_registration",
        "creditor",
        "creditor_name",
        "creditor_payment",
        "customer",
        "debt_collection",
        "debtor",
        "flow_config",
        "id",
        "reference_number",
    }
)
"""Bound on first sight: the example's value stands for ours from then on."""

SERVER_INSTANTS = frozenset(
    {
        "_created",
        "_updated",
        "break_date",
        "close_date",
        "latest_state_date",
        "limitation_date",
        "registration_date",
        "service_date",
        "state_date",
        "status_date",
    }
)
"""Set by the server's own steps: equal to the minute."""

_SHAPES = (
    re.compile(r"[0-9]{20}"),
    re.compile(r"[0-9a-f]{24}"),
    re.compile(r"[0-9a-f]{32}"),
    re.compile(r"[0-9a-f]{40}"),
    re.compile(r"[0-9]{1,12}"),
    re.compile(r"[^\x00-\x1f]+"),
)


def golden(name: str) -> Any:
    """Return a golden file; numbers keep their decimals."""
    return json.loads((SEED / name).read_text(), parse_float=Decimal)


def known_inconsistencies() -> list[dict[str, str]]:
    """Return the places where the example contradicts itself, each with its reason."""
    found: list[dict[str, str]] = json.loads((FOLDER / "known-inconsistencies.json").read_text())
    return found


class Bindings:
    """What the example's ids, tags and names are called here, one to one."""

    def __init__(self) -> None:
        self._ours: dict[str, str] = {}

    def ours(self, theirs: str) -> str:
        """Return our value for one of the example's that has been seen."""
        return self._ours[theirs]

    def translated(self, document: Any) -> Any:
        """Return a document of the example with every value that is known as ours."""
        if isinstance(document, dict):
            return {name: self.translated(value) for name, value in document.items()}
        if isinstance(document, list):
            return [self.translated(value) for value in document]
        if isinstance(document, Decimal):
            return float(document)
        return self._ours.get(document, document) if isinstance(document, str) else document

    def differences(self, theirs: Any, ours: Any) -> list[str]:
        """Return every difference between an answer of the example and ours, by path."""
        return list(self._differences(theirs, ours, (), _Place(ours, theirs)))

    def _differences(
        self, theirs: Any, ours: Any, path: tuple[str, ...], place: "_Place"
    ) -> Iterator[str]:
        if type_of(theirs) is not type_of(ours):
            yield f"{'.'.join(path)}: expected {theirs!r}, got {ours!r}"
        elif isinstance(theirs, dict):
            yield from self._key_differences(theirs, ours, path, place)
        elif isinstance(theirs, list):
            if len(theirs) != len(ours):
                yield f"{'.'.join(path)}: expected {len(theirs)} items, got {len(ours)}"
            for index, pair in enumerate(zip(theirs, ours, strict=False)):
                yield from self._differences(*pair, (*path, str(index)), place)
        elif not self._agree(theirs, ours, path, place):
            yield f"{'.'.join(path)}: expected {place.expected(path, theirs)!r}, got {ours!r}"

    def _agree(self, theirs: Any, ours: Any, path: tuple[str, ...], place: "_Place") -> bool:
        name = next(part for part in reversed(path) if not part.isdigit())
        if name in BOUND_FIELDS:
            return self._bind(theirs, ours)
        if name in SERVER_INSTANTS or (
            name == "bank_transaction_date" and place.is_servers_own(path)
        ):
            return is_same_minute(place.expected(path, theirs), ours)
        return is_equal(theirs, ours)

    def _key_differences(
        self, theirs: dict[str, Any], ours: dict[str, Any], path: tuple[str, ...], place: "_Place"
    ) -> Iterator[str]:
        for name in theirs.keys() - ours.keys():
            yield f"{'.'.join((*path, name))}: missing"
        for name in ours.keys() - theirs.keys():
            yield f"{'.'.join((*path, name))}: not in the example"
        for name in theirs.keys() & ours.keys():
            yield from self._differences(theirs[name], ours[name], (*path, name), place)

    def _bind(self, theirs: str, ours: str) -> bool:
        shape = next(shape for shape in _SHAPES if shape.fullmatch(theirs))
        if shape.fullmatch(ours) is None:
            return False
        if theirs not in self._ours:
            if ours in self._ours.values():
                return False
            self._ours[theirs] = ours
        return self._ours[theirs] == ours


class _Place:
    """The documents that a comparison is inside of."""

    def __init__(self, ours: Any, theirs: Any) -> None:
        self.ours = ours
        self.theirs = theirs
        self._known = {(entry["path"], entry["seed"]): entry for entry in known_inconsistencies()}

    def expected(self, path: tuple[str, ...], value: Any) -> Any:
        """Return what is expected for a value of the example: where it contradicts itself, ours."""
        entry = self._known.get((".".join(path), str(value)))
        same = self.ours.get(entry["ours_equals"]) if entry else None
        return same if isinstance(same, str) else value

    def is_servers_own(self, path: tuple[str, ...]) -> bool:
        """Tell whether the transaction of a path is one that the example's server made."""
        if path[0] != "transactions":
            return False
        return bool(self.theirs["transactions"][int(path[1])]["origin"] == "solicitor_system")


def type_of(value: Any) -> type:
    """Return a value's kind in JSON: every number is a number, and a truth value is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return type(value)
    return Decimal


def is_equal(theirs: Any, ours: Any) -> bool:
    """Compare by value, a number by its decimals."""
    if type_of(theirs) is Decimal:
        return Decimal(str(theirs)) == Decimal(str(ours))
    return bool(theirs == ours)


def is_same_minute(theirs: str, ours: str) -> bool:
    """Tell whether two instants lie in one minute; what is no instant lies in none."""
    try:
        minutes = {parse_instant(text).replace(second=0) for text in (theirs, ours)}
    except ValueError:
        return False
    return len(minutes) == 1
