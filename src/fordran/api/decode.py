"""Request bodies: JSON bytes into an input model, or every issue at once in Eve's wording.

The good path reads the text once and lets msgspec build the model. msgspec stops at the first
thing that does not fit, so only then the raw tree is walked beside the model's types, and every
field gets its say.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import inspect

from fordran.api.errors import FAILURES
from fordran.api.scalars import NULL_ISSUE, InvalidScalar, read_scalar

T = TypeVar("T", bound=msgspec.Struct)

WHOLE = "_document"
"""The key of an issue that concerns a document as a whole rather than one of its fields."""

_INTEGER_DIGITS_MAX = 40
_SHOWN_LENGTH_MAX = 100
_INT64_MAX = 2**63 - 1

_BAD_TEXT_ISSUE = "must not contain NUL or unpaired surrogates"
_MISFIT_ISSUE = "does not fit its schema"
"""Said where msgspec refuses what the walk let pass; the tests hold the two together."""
_EMPTY_ISSUE = "empty values not allowed"
_BAD_CHARACTER = re.compile("[\x00\ud800-\udfff]")
_PERHAPS_BAD_TEXT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""NUL and surrogates come into valid JSON only as escapes; few bodies have any."""


class BadInput(Exception):  # noqa: N818 - the field's word, as with refusals
    """The request body does not fit its schema.

    `issues` has one entry per wrong field, nested as the document is, list items by their index;
    it is empty when the body is no JSON at all.
    """

    def __init__(
        self, reason: str, message: str | None = None, issues: dict[str, Any] | None = None
    ) -> None:
        self.reason = reason
        self.status = FAILURES[reason].status
        self.message = message or FAILURES[reason].message
        self.issues = issues or {}
        super().__init__(self.message)


class _RuleBroken(ValueError):  # noqa: N818 - a signal to `decode`, never seen outside
    """A rule between the fields of one model is broken; msgspec carries this as a cause."""

    def __init__(self, issues: dict[str, Any]) -> None:
        self.issues = issues
        super().__init__("a rule between fields is broken")


class InputModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every input model derives from: unknown fields are issues, and rules may be added."""

    def issues(self) -> dict[str, Any]:
        """Return what is wrong between fields that are right each on its own.

        It is asked once every field of the model fits. The key `WHOLE` places an issue on the
        model itself instead of on one of its fields.
        """
        return {}

    def __post_init__(self) -> None:
        if issues := self.issues():
            raise _RuleBroken(issues)


class _DuplicateKey(Exception):  # noqa: N818 - a signal to read again, never seen outside
    """An object has a key twice."""


class _NotJSON(ValueError):  # noqa: N818 - becomes BadInput at once
    """The text is refused although the reader of the standard library would take it."""


class _LongInteger(Decimal):
    """An integer with more digits than any field takes; as a Decimal it is cheap to read."""


class _ObjectWithDuplicates(dict[str, Any]):
    """An object that had some keys twice, and which."""

    def __init__(self, fields: Mapping[str, Any], duplicates: AbstractSet[str]) -> None:
        super().__init__(fields)
        self.duplicates = duplicates


def decode(model: type[T], body: bytes) -> T:
    """Return the body as an instance of the model.

    The text of every field is stripped of blanks at both ends. Numbers are kept exactly as written.

    Raises: BadInput, with the reason `not_json` if the body cannot be read at all, or
    `validation_failed` with every issue of every field.
    """
    try:
        return _decode(model, body)
    except RecursionError:
        raise BadInput("not_json", "The request body is nested too deeply.") from None


def _decode(model: type[T], body: bytes) -> T:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadInput("not_json", "The request body is not UTF-8.") from None
    try:
        raw = _read(_STRICT, text)
        looks_good = _PERHAPS_BAD_TEXT.search(body) is None
    except _DuplicateKey:
        raw = _read(_TOLERANT, text)
        looks_good = False
    if looks_good:
        try:
            return msgspec.convert(raw, model, dec_hook=read_scalar)
        except msgspec.ValidationError:
            pass
    issues = _issues_of(_type_info(model), raw)
    if issues is None:
        # Something looked suspicious and was not: an escaped pair of surrogates is one character.
        return msgspec.convert(raw, model, dec_hook=read_scalar)
    raise BadInput(
        "validation_failed", issues=issues if isinstance(issues, dict) else {WHOLE: issues}
    )


def _read(decoder: json.JSONDecoder, text: str) -> Any:
    try:
        return decoder.decode(text)
    except _NotJSON as refused:
        raise BadInput("not_json", str(refused)) from None
    except json.JSONDecodeError as error:
        raise BadInput(
            "not_json",
            f"The request body is not JSON: line {error.lineno}, column {error.colno}.",
        ) from None


def _strict_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = {
        key: value.strip() if value.__class__ is str else value  # see `decode`
        for key, value in pairs
    }
    if len(fields) != len(pairs):
        raise _DuplicateKey
    return fields


def _tolerant_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    try:
        return _strict_object(pairs)
    except _DuplicateKey:
        counts = Counter(key for key, _ in pairs)
        fields = _strict_object(list(dict(pairs).items()))
        return _ObjectWithDuplicates(fields, {key for key in fields if counts[key] > 1})


def _read_integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _INTEGER_DIGITS_MAX else _LongInteger(digits)


def _read_decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise _NotJSON("The request body has a number that is out of range.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise _NotJSON(f"The request body is not JSON: {name} is no number.")


def _decoder(object_hook: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=object_hook,
        parse_int=_read_integer,
        parse_float=_read_decimal,
        parse_constant=_refuse_constant,
    )


_STRICT = _decoder(_strict_object)
_TOLERANT = _decoder(_tolerant_object)


@lru_cache(maxsize=256)
def _type_info(model: type) -> inspect.Type:
    return inspect.type_info(model)


def _issues_of(kind: inspect.Type, value: Any) -> Any:  # noqa: PLR0911 - one answer per kind
    """Return what is wrong with a raw value: None, a text, a list of texts, or a dict by field."""
    match kind:
        case inspect.Metadata():
            return _reworded(kind, _issues_of(kind.type, value))
        case inspect.CustomType():
            return _custom_issues(kind, value)
        case inspect.AnyType():
            return _free_issue(value)
        case inspect.UnionType():
            return _union_issues(kind, value)
        case inspect.NoneType():
            return None if value is None else "must be null"
        case _ if value is None:
            return NULL_ISSUE
        case inspect.StructType():
            return _struct_issues(kind, value)
        case inspect.DictType():
            return _dict_issues(kind, value)
        case inspect.CollectionType():
            return _list_issues(kind, value)
        case _:
            return _leaf(_plain_issues(kind, value))


def _plain_issues(kind: inspect.Type, value: Any) -> list[str]:
    match kind:
        case inspect.StrType():
            return _text_issues(kind, value)
        case inspect.IntType():
            return _integer_issues(kind, value)
        case inspect.FloatType():
            return _number_issues(kind, value)
        case inspect.BoolType():
            return [] if isinstance(value, bool) else ["must be of boolean type"]
        case inspect.LiteralType():
            return _choice_issues(kind.values, value)
        case inspect.EnumType():
            return _choice_issues([member.value for member in kind.cls], value)
        case _:
            raise NotImplementedError(f"{kind!r} is no type of an input model")


def _reworded(kind: inspect.Metadata, issues: Any) -> Any:
    """Replace the wording for a value below its minimum, where the model has its own."""
    own = (kind.extra or {}).get("min_issue")
    if own and isinstance(issues, str) and issues.startswith("min value is "):
        return own
    return issues


def _custom_issues(kind: inspect.CustomType, value: Any) -> Any:
    if isinstance(value, str) and _BAD_CHARACTER.search(value):
        return _BAD_TEXT_ISSUE
    try:
        read_scalar(kind.cls, value)
    except InvalidScalar as invalid:
        return _leaf(invalid.issues)
    return None


def _union_issues(kind: inspect.UnionType, value: Any) -> Any:
    members = [member for member in kind.types if not isinstance(member, inspect.NoneType)]
    if value is None:
        return None if len(members) < len(kind.types) else NULL_ISSUE
    found = [_issues_of(member, value) for member in members]
    return None if None in found else found[0]


def _struct_issues(kind: inspect.StructType, value: Any) -> Any:
    if not isinstance(value, dict):
        return "must be of dict type"
    issues: dict[str, Any] = {}
    duplicates = value.duplicates if isinstance(value, _ObjectWithDuplicates) else frozenset()
    known = {field.encode_name: field for field in kind.fields}
    for name, field_value in value.items():
        if name in duplicates:
            issues[_shown(name)] = "duplicate key"
        elif name in known:
            issues[name] = _issues_of(known[name].type, field_value)
        elif kind.forbid_unknown_fields:
            issues[_shown(name)] = "unknown field"
    for name, field in known.items():
        if field.required and name not in value:
            issues[name] = "required field"
    return _without_none(issues) or _rule_issues(kind.cls, value)


def _rule_issues(model: type, value: Any) -> Any:
    """Ask the rules between fields, now that each field fits: building the model asks them."""
    try:
        msgspec.convert(value, model, dec_hook=read_scalar)
    except msgspec.ValidationError as error:
        if not isinstance(error.__cause__, _RuleBroken):
            return _MISFIT_ISSUE
        issues = dict(error.__cause__.issues)
        whole = issues.pop(WHOLE, None)
        if whole is None:
            return issues
        return [whole, issues] if issues else whole
    return None


def _dict_issues(kind: inspect.DictType, value: Any) -> Any:
    if not isinstance(value, dict):
        return "must be of dict type"
    duplicates = value.duplicates if isinstance(value, _ObjectWithDuplicates) else frozenset()
    issues: dict[str, Any] = {}
    for name, item in value.items():
        if name in duplicates:
            issues[_shown(name)] = "duplicate key"
        elif _BAD_CHARACTER.search(name):
            issues[_shown(name)] = _BAD_TEXT_ISSUE
        else:
            issues[_shown(name)] = _issues_of(kind.value_type, item)
    return _without_none(issues) or _leaf(_length_issues(kind, len(value)))


def _list_issues(kind: inspect.CollectionType, value: Any) -> Any:
    if not isinstance(value, list):
        return "must be of list type"
    if length_issues := _length_issues(kind, len(value)):
        # The items of a list that is too long are not looked at: the answer would be as long.
        return _leaf(length_issues)
    return _without_none(
        {str(index): _issues_of(kind.item_type, item) for index, item in enumerate(value)}
    )


def _text_issues(kind: inspect.StrType, value: Any) -> list[str]:
    if not isinstance(value, str):
        return ["must be of string type"]
    if _BAD_CHARACTER.search(value):
        return [_BAD_TEXT_ISSUE]
    issues = _length_issues(kind, len(value))
    if value and kind.pattern is not None and re.search(kind.pattern, value) is None:
        issues.append(f"value does not match regex '{kind.pattern}'")
    return issues


def _length_issues(
    kind: inspect.StrType | inspect.CollectionType | inspect.DictType, length: int
) -> list[str]:
    if kind.min_length and length < kind.min_length:
        return [_EMPTY_ISSUE if length == 0 else f"min length is {kind.min_length}"]
    if kind.max_length is not None and length > kind.max_length:
        return [f"max length is {kind.max_length}"]
    return []


def _integer_issues(kind: inspect.IntType, value: Any) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int | _LongInteger):
        return ["must be of integer type"]
    if issues := _bound_issues(kind, value):
        return issues
    if isinstance(value, _LongInteger):
        return [f"max value is {_INT64_MAX}" if value > 0 else f"min value is {-_INT64_MAX - 1}"]
    return []


def _number_issues(kind: inspect.FloatType, value: Any) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return ["must be of number type"]
    return _bound_issues(kind, value)


def _bound_issues(kind: inspect.IntType | inspect.FloatType, value: int | Decimal) -> list[str]:
    if kind.ge is not None and value < kind.ge:
        return [f"min value is {kind.ge}"]
    if kind.gt is not None and value <= kind.gt:
        return [f"must be greater than {kind.gt}"]
    if kind.le is not None and value > kind.le:
        return [f"max value is {kind.le}"]
    if kind.lt is not None and value >= kind.lt:
        return [f"must be less than {kind.lt}"]
    return []


def _choice_issues(choices: Iterable[Any], value: Any) -> list[str]:
    allowed = list(choices)
    if isinstance(value, str):
        if _BAD_CHARACTER.search(value):
            return [_BAD_TEXT_ISSUE]
        return [] if value in allowed else [f"unallowed value {_shown(value)}"]
    if isinstance(value, int) and not isinstance(value, bool) and value in allowed:
        return []
    kind = "string" if any(isinstance(choice, str) for choice in allowed) else "integer"
    return [f"must be of {kind} type"]


def _free_issue(value: Any) -> str | None:
    """Return what is wrong anywhere in a value that has no schema."""
    if isinstance(value, str):
        return _BAD_TEXT_ISSUE if _BAD_CHARACTER.search(value) else None
    if isinstance(value, _ObjectWithDuplicates):
        return "duplicate key"
    if isinstance(value, dict):
        parts: Iterable[Any] = (*value.keys(), *value.values())
    else:
        parts = value if isinstance(value, list) else ()
    return next(filter(None, map(_free_issue, parts)), None)


def _shown(text: str) -> str:
    """Return a text of the client's as an answer may carry it: short, and valid UTF-8."""
    cut = text if len(text) <= _SHOWN_LENGTH_MAX else text[:_SHOWN_LENGTH_MAX] + "…"
    return cut.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")


def _leaf(issues: Iterable[str]) -> Any:
    texts = list(issues)
    return texts[0] if len(texts) == 1 else texts or None


def _without_none(issues: dict[str, Any]) -> dict[str, Any] | None:
    return {name: issue for name, issue in issues.items() if issue is not None} or None
