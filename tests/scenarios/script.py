"""Scripts: dated stories of cases as text, one event per line; README.md describes the form.

A script that cannot be read is refused with its file and line, so that no line is ever skipped.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from fordran.domain.money import Money
from tests.scenarios import terms

SCRIPTS = Path(__file__).parent / "scripts"

_AMOUNT = r"-?\d+\.\d\d"
_DATE = r"\d{4}-\d\d-\d\d"
_TIME = r"\d\d:\d\d(?::\d\d)?"
_INSTANT = rf"{_DATE}(?: {_TIME})?"
_CASES = r"[A-Z](?: [A-Z])*"

_VERBS = {
    "creditor": r"(?P<creditor>[A-Z][a-z]+) (?P<activity>active|inactive)",
    "terms": r"(?P<settings>.+)",
    "invoice": (
        rf"(?P<case>[A-Z]) (?P<number>\S+) dated (?P<dated>{_DATE}) due (?P<due>\d+) days"
        rf" capital (?P<capital>{_AMOUNT})(?: interest after (?P<interest>\d+) days)?"
        rf"(?: included (?P<included_kind>\w+) (?P<included>{_AMOUNT}))?"
        rf"(?: claimed (?P<claimed_kind>\w+) (?P<claimed>{_AMOUNT}) on (?P<claimed_on>{_DATE}))?"
        rf"(?: consumer credit (?P<credit>{_AMOUNT})(?: that has cost (?P<cost>{_AMOUNT}))?)?"
    ),
    "register": (
        rf"(?P<cases>{_CASES}) of (?P<kind>company|person) (?P<id_number>\S+)"
        r"(?: to (?P<creditor>[A-Z][a-z]+))?(?: first (?P<first_action>reminder))?"
    ),
    "together": rf"(?P<cases>{_CASES}) of (?P<kind>company|person) (?P<id_number>\S+)",
    "flow": rf"(?P<cases>{_CASES}) (?P<action>\w+)",
    "letter": rf"(?P<cases>{_CASES})",
    "pay": (
        rf"(?:(?P<case>[A-Z])|invoice (?P<number>\S+)) (?P<amount>{_AMOUNT})"
        rf" value (?P<value>{_INSTANT})(?: reference (?P<reference>\S+))?"
        r"(?: as (?P<named>P\d+))?(?: to (?P<creditor>[A-Z][a-z]+))?"
    ),
    "receive": (
        rf"(?P<case>[A-Z]) (?P<amount>{_AMOUNT}) value (?P<value>{_INSTANT})"
        r"(?: from the (?P<source>authority))?(?: as (?P<named>P\d+))?"
    ),
    "credit": (
        rf"(?P<case>[A-Z]) (?P<amount>{_AMOUNT})(?: dated (?P<dated>{_DATE}))?"
        r"(?: as (?P<named>C\d+))?"
    ),
    "cancel": r"(?P<case>[A-Z])(?: as (?P<named>X\d+))?",
    "end": (
        r"(?P<case>[A-Z]) (?P<reason>\w+)(?: of (?P<other>[A-Z]))?(?P<mute> without a word)?"
        r"(?P<anonymous> by nobody)?(?: as (?P<named>E\d+))?"
    ),
    "reverse": r"(?P<reversed>P\d+)(?: as (?P<named>R\d+))?",
    "reduce": (
        rf"(?P<case>[A-Z]) to (?P<rate>\d+\.\d\d) % from (?P<first>{_DATE})"
        rf"(?: through (?P<last>{_DATE}))? because of (?P<reason>\w+)(?: as (?P<named>D\d+))?"
    ),
    "charge": (
        rf"(?P<case>[A-Z]) (?P<kind>\w+) act (?P<act>\S+) value (?P<value>{_INSTANT})"
        r"(?: laid out by the (?P<origin>creditor))?"
    ),
    "respite": rf"(?P<case>[A-Z]) through (?P<last>{_DATE})(?: as (?P<named>H\d+))?",
    "pause": r"(?P<case>[A-Z]) because of (?P<reason>\w+)(?: as (?P<named>H\d+))?",
    "resume": r"(?P<held>H\d+) because of (?P<reason>\w+)(?P<named>)",
    "dispute": (
        rf"(?P<case>[A-Z]) (?P<kind>[a-z_]+)(?: of (?P<amount>{_AMOUNT}))?"
        r"(?: with the (?P<others>others))?(?: as (?P<named>H\d+))?"
    ),
    "decide": rf"(?P<held>H\d+) (?P<outcome>[a-z_]+)(?: (?P<amount>{_AMOUNT}))?(?P<named>)",
    "explain": rf"(?P<case>[A-Z]) through (?P<through>{_DATE})",
    "expect": (
        r"(?P<case>[A-Z]) (?P<expected>(?P<what>capital|total|written off|status|next|limitation"
        r"|closed|holds|policy of row (?P<policy>\d+)|row (?P<row>\d+)|rows) .+)"
    ),
}
_PATTERNS = {verb: re.compile(pattern) for verb, pattern in _VERBS.items()}
_WITHOUT_RESULT = frozenset({"creditor", "terms", "invoice", "expect"})
_LINE = re.compile(rf"(?P<on>{_DATE})(?: (?P<time>{_TIME}))? (?P<verb>\w+) (?P<rest>.+)")


class ScriptError(Exception):
    """A script that cannot be read, with the line that is wrong."""

    def __init__(self, name: str, number: int, wrong: str) -> None:
        super().__init__(f"{name}, line {number}: {wrong}")


@dataclass(frozen=True)
class Line:
    """One event or expectation."""

    number: int
    text: str
    at: datetime
    verb: str
    arguments: dict[str, str | None]
    expected: str | None
    """The result that is written in the last column, or what an `expect` line says."""

    def __getitem__(self, name: str) -> str:
        """Return an argument that the verb's form makes sure of."""
        value = self.arguments[name]
        assert value is not None, f"{self.verb} has no {name}"
        return value

    @property
    def cases(self) -> list[str]:
        """Return the cases that the line names."""
        named = self.arguments.get("cases") or self.arguments.get("case")
        return named.split() if named else []


@dataclass
class Script:
    """A story: what it shows, and its lines in order of time."""

    name: str
    title: str = ""
    introduction: str = ""
    lines: list[Line] = field(default_factory=list)

    @property
    def begins_at(self) -> datetime:
        """Return the instant of the first line, where the clock is set."""
        return self.lines[0].at


def read_scripts() -> list[Script]:
    """Return every script of the folder, in order of name."""
    return [parse(path.name, path.read_text("utf-8")) for path in sorted(SCRIPTS.glob("*.txt"))]


def parse(name: str, text: str) -> Script:
    """Return the script that a text spells out.

    Raises: ScriptError, with the number of the first line that is wrong.
    """
    script = Script(name)
    rows = list(enumerate(text.splitlines(), start=1))
    rule = next((number for number, row in rows if row.startswith("---")), None)
    if rule is None:
        raise ScriptError(name, len(rows), "no line of dashes ends the introduction")
    introduction = [row for _, row in rows[: rule - 1] if row.strip()]
    if len(introduction) < 2:
        raise ScriptError(name, rule, "the introduction has a title and what the story shows")
    script.title = introduction[0].strip()
    script.introduction = " ".join(row.strip() for row in introduction[1:])
    known: set[str] = set()
    for number, row in rows[rule:]:
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        line = _line(name, number, row, script.lines[-1].at if script.lines else None)
        _check_names(name, line, known)
        script.lines.append(line)
    if not any(line.verb == "expect" for line in script.lines):
        raise ScriptError(name, len(rows), "nothing is expected")
    return script


def money(text: str) -> Money:
    """Return the amount of a text with two decimals.

    >>> money("14.50")
    Money(minor=1450, currency='SEK')
    """
    return Money(int(text.replace(".", "")))


def instant(text: str) -> datetime:
    """Return the instant of a date, with or without a time; the times of scripts are GMT.

    Raises: ValueError.
    """
    on, _, time = text.partition(" ")
    parts = [int(part) for part in time.split(":")] if time else []
    day = date.fromisoformat(on)
    return datetime(day.year, day.month, day.day, *parts, tzinfo=UTC)


def _line(name: str, number: int, row: str, previous_at: datetime | None) -> Line:
    left, arrow, result = (" ".join(part.split()) for part in row.partition("->"))
    match = _LINE.fullmatch(left)
    if match is None:
        raise ScriptError(name, number, "expected a date, perhaps a time, a verb and its words")
    at = _at(name, number, match, previous_at)
    verb = match["verb"]
    if verb not in _PATTERNS:
        raise ScriptError(name, number, f"no verb {verb!r}; there are {', '.join(_PATTERNS)}")
    said = _PATTERNS[verb].fullmatch(match["rest"])
    if said is None:
        raise ScriptError(name, number, f"{verb} is not written like that: {match['rest']}")
    if verb not in _WITHOUT_RESULT and not result:
        raise ScriptError(name, number, f"{verb} needs its result after ->")
    if verb in _WITHOUT_RESULT and arrow:
        raise ScriptError(name, number, f"{verb} has no result")
    if verb == "terms" and (wrong := terms.unreadable(said["settings"])):
        raise ScriptError(name, number, f"terms has no setting {wrong[0]!r}")
    arguments = said.groupdict()
    return Line(number, row.rstrip(), at, verb, arguments, result or arguments.get("expected"))


def _at(name: str, number: int, match: re.Match[str], previous_at: datetime | None) -> datetime:
    """Return a line's instant; one without a time is at the instant of the line before it."""
    try:
        if match["time"] is not None:
            at = instant(f"{match['on']} {match['time']}")
        elif previous_at is not None and previous_at.date() == date.fromisoformat(match["on"]):
            at = previous_at
        else:
            raise ScriptError(name, number, "the first line of a day needs a time")
    except ValueError as error:
        raise ScriptError(name, number, str(error)) from None
    if previous_at is not None and at < previous_at:
        raise ScriptError(name, number, "time runs backwards")
    return at


def _check_names(name: str, line: Line, known: set[str]) -> None:
    if line.verb == "invoice":
        known |= set(line.cases)
    unknown = [case for case in line.cases if case not in known]
    if unknown:
        raise ScriptError(name, line.number, f"no invoice for case {', '.join(unknown)} yet")
    reversed_payment = line.arguments.get("reversed")
    if reversed_payment and reversed_payment not in known:
        raise ScriptError(name, line.number, f"no payment {reversed_payment} yet")
    held = line.arguments.get("held")
    if held and held not in known:
        raise ScriptError(name, line.number, f"nothing is held as {held} yet")
    if line.arguments.get("named"):
        known.add(line["named"])
