"""Queries: what a list may be asked - where, sort, projection, page, max_results."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import msgspec

from fordran.api.scalars import parse_civil_date, parse_instant
from fordran.storage.listings import Condition, ListedField, Order, Page

SIZE_DEFAULT = 25
SIZE_MAX = 100
PAGE_MAX = 1_000_000
VALUES_MAX = 1000
Day = TypeVar("Day", bound=date)

KNOWN_PARAMETERS = frozenset({"where", "sort", "projection", "page", "max_results"})


class BadQuery(Exception):  # noqa: N818 - says what is wrong
    """A query parameter cannot be used; `issues` says why per parameter."""

    def __init__(self, issues: dict[str, str]) -> None:
        self.issues = issues
        super().__init__()


class Query(msgspec.Struct, frozen=True):
    """A list's page and the fields to show; None shows all."""

    page: Page
    projection: tuple[str, ...] | None


def read_query(parameters: Mapping[str, str], fields: Mapping[str, ListedField]) -> Query:
    """Read the query of a list, every wrong parameter at once.

    `where` is a JSON object of exact matches, or `{"field": {"$in": [...]}}`; only allow-listed
    fields can be asked for, so that a filter tells nothing that a document does not.

    Raises: BadQuery.
    """
    issues = {name: "unknown parameter" for name in parameters if name not in KNOWN_PARAMETERS}
    reading = _Reading(parameters, fields, issues)
    query = Query(
        Page(
            conditions=reading.where(),
            orders=reading.sort(),
            number=reading.number("page", 1, PAGE_MAX),
            size=reading.number("max_results", SIZE_DEFAULT, SIZE_MAX),
        ),
        read_projection(parameters, issues),
    )
    if issues:
        raise BadQuery(issues)
    return query


def read_projection(
    parameters: Mapping[str, str], issues: dict[str, str] | None = None
) -> tuple[str, ...] | None:
    """Read the names of the fields to show; None shows all.

    Raises: BadQuery, unless the caller collects issues.
    """
    text = parameters.get("projection")
    if text is None:
        return None
    given = _json_object(text)
    names = tuple(given) if given is not None else ()
    if given is None or any(value not in (0, 1) for value in given.values()):
        problem = 'must be a JSON object such as {"status": 1}'
    elif any(value == 0 for value in given.values()):
        problem = "fields can be chosen with 1, not left out with 0"
    else:
        return names
    if issues is None:
        raise BadQuery({"projection": problem})
    issues["projection"] = problem
    return None


def read_instants(
    parameters: Mapping[str, str], names: Sequence[str]
) -> dict[str, datetime | None]:
    """Read points in time, RFC 1123 or ISO 8601, every wrong one at once; None where none is given.

    Raises: BadQuery.
    """
    issues: dict[str, str] = {}
    read = {name: _date_of(parameters, name, parse_instant, issues) for name in names}
    if issues:
        raise BadQuery(issues)
    return read


def read_civil_date(parameters: Mapping[str, str], name: str) -> date | None:
    """Read a Swedish calendar date, RFC 1123 or ISO 8601; None where none is given.

    Raises: BadQuery.
    """
    issues: dict[str, str] = {}
    on = _date_of(parameters, name, parse_civil_date, issues)
    if issues:
        raise BadQuery(issues)
    return on


def _date_of(
    parameters: Mapping[str, str], name: str, parse: Callable[[str], Day], issues: dict[str, str]
) -> Day | None:
    text = parameters.get(name)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError:
        issues[name] = "must be a date"
        return None


class _Reading:
    """The parameters of one request while they are read."""

    def __init__(
        self,
        parameters: Mapping[str, str],
        fields: Mapping[str, ListedField],
        issues: dict[str, str],
    ) -> None:
        self.parameters = parameters
        self.fields = fields
        self.issues = issues

    def number(self, name: str, default: int, most: int) -> int:
        text = self.parameters.get(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
            self.issues[name] = f"must be a whole number from 1 to {most}"
            return default
        value = int(text)
        if not 1 <= value <= most:
            self.issues[name] = f"must be a whole number from 1 to {most}"
        return value

    def sort(self) -> tuple[Order, ...]:
        text = self.parameters.get("sort")
        if not text:
            return ()
        orders = []
        for part in text.split(","):
            name = part.strip()
            field = name.removeprefix("-")
            if field not in self.fields:
                self.issues["sort"] = f"cannot sort by {field!r}; {self._known()}"
                return ()
            orders.append(Order(field, name.startswith("-")))
        return tuple(orders)

    def where(self) -> tuple[Condition, ...]:
        text = self.parameters.get("where")
        if not text:
            return ()
        given = _json_object(text)
        if given is None:
            self.issues["where"] = 'must be a JSON object such as {"status": "closed"}'
            return ()
        conditions = [self._condition(name, value) for name, value in given.items()]
        return tuple(condition for condition in conditions if condition is not None)

    def _condition(self, name: str, value: Any) -> Condition | None:
        field = self.fields.get(name)
        if field is None:
            self.issues["where"] = f"cannot filter by {name!r}; {self._known()}"
            return None
        values = [value]
        if isinstance(value, dict):
            if list(value) != ["$in"] or not isinstance(value["$in"], list):
                self.issues["where"] = f'{name}: the only operator is {{"$in": [...]}}'
                return None
            values = value["$in"]
        if len(values) > VALUES_MAX or not all(_is_usable_text(item) for item in values):
            self.issues["where"] = f"{name}: must be text, at most {VALUES_MAX} values"
            return None
        if field.kind != "timestamptz":
            return Condition(name, tuple(values))
        return self._instants(name, values)

    def _instants(self, name: str, values: list[str]) -> Condition | None:
        instants: list[datetime] = []
        for text in values:
            try:
                instants.append(parse_instant(text))
            except ValueError:
                self.issues["where"] = f"{name}: must be a date"
                return None
        return Condition(name, tuple(instants))

    def _known(self) -> str:
        return f"known fields are {', '.join(sorted(self.fields))}"


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        return msgspec.json.decode(text.encode("utf-8", "surrogatepass"), type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def _is_usable_text(value: Any) -> bool:
    if not isinstance(value, str) or "\x00" in value:
        return False
    return value.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in value)
