import enum
import json
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Meta

from fordran.api.decode import WHOLE, BadInput, InputModel, decode
from fordran.api.errors import failure_body
from fordran.api.scalars import CivilDate, Instant, ObjectId, PositiveAmount, ReadOnly
from fordran.domain.money import Money


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Leaf(InputModel, frozen=True, kw_only=True):
    capital: PositiveAmount | None = None
    word: Annotated[str, Meta(min_length=2, max_length=5, pattern="^[a-z]*$")] | None = None
    low: int | None = None
    high: int | None = None

    def issues(self) -> dict[str, Any]:
        if self.low is not None and self.high is not None and self.low > self.high:
            return {"high": "must not be below low"}
        if self.low == self.high == 0:
            return {WHOLE: "must not be empty"}
        if self.low == self.high == 1:
            return {WHOLE: "must not be one", "low": "is one"}
        return {}


class Tree(InputModel, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=5)] = "-"
    count: Annotated[int, Meta(ge=1, le=10)] = 1
    day_count: Annotated[int, Meta(ge=0, extra={"min_issue": "too early"})] = 0
    free_count: int = 0
    above: Annotated[int, Meta(gt=2, lt=5)] = 3
    ratio: Annotated[float, Meta(ge=0, le=1)] = 0
    flag: bool = False
    choice: Literal["a", "b"] = "a"
    level: Literal[1, 2] = 1
    colour: Colour = Colour.RED
    owner: ObjectId | None = None
    at: Instant | None = None
    on: CivilDate | None = None
    either: int | str = 0
    secret: ReadOnly = None
    leaf: Leaf | None = None
    leaves: Annotated[list[Leaf], Meta(max_length=2)] | None = None
    leaves_needed: Annotated[tuple[Leaf, ...], Meta(min_length=1)] | None = None
    by_name: dict[str, int] | None = None
    anything: Any = None

    def issues(self) -> dict[str, Any]:
        return {"name": "unallowed value bad"} if self.name == "bad" else {}


class Needed(InputModel, frozen=True, kw_only=True):
    first: str
    second: PositiveAmount


def issues_of(body, model=Tree):
    with pytest.raises(BadInput) as caught:
        decode(model, body if isinstance(body, bytes) else json.dumps(body).encode())
    bad = caught.value
    assert (bad.reason, bad.status) == ("validation_failed", 422)
    assert failure_body(bad.reason, bad.message, bad.issues)
    return bad.issues


def not_json(body):
    with pytest.raises(BadInput) as caught:
        decode(Tree, body)
    bad = caught.value
    assert (bad.reason, bad.status, bad.issues) == ("not_json", 400, {})
    assert failure_body(bad.reason, bad.message)
    return bad.message


FIELD_ISSUES = [
    ("name", 5, "must be of string type"),
    ("name", None, "null value not allowed"),
    ("name", "", "empty values not allowed"),
    ("name", "  \t ", "empty values not allowed"),
    ("name", "abcdef", "max length is 5"),
    ("name", "a\x00b", "must not contain NUL or unpaired surrogates"),
    ("name", "\ud800", "must not contain NUL or unpaired surrogates"),
    ("count", "1", "must be of integer type"),
    ("count", True, "must be of integer type"),
    ("count", 1.0, "must be of integer type"),
    ("count", 1.5, "must be of integer type"),
    ("count", [], "must be of integer type"),
    ("count", None, "null value not allowed"),
    ("count", 0, "min value is 1"),
    ("count", 11, "max value is 10"),
    ("count", 10**50, "max value is 10"),
    ("count", -(10**50), "min value is 1"),
    ("free_count", 10**50, "max value is 9223372036854775807"),
    ("free_count", -(10**50), "min value is -9223372036854775808"),
    ("day_count", -1, "too early"),
    ("day_count", "x", "must be of integer type"),
    ("above", 2, "must be greater than 2"),
    ("above", 5, "must be less than 5"),
    ("ratio", "0.5", "must be of number type"),
    ("ratio", True, "must be of number type"),
    ("ratio", 1.5, "max value is 1"),
    ("flag", 1, "must be of boolean type"),
    ("flag", "true", "must be of boolean type"),
    ("choice", "c", "unallowed value c"),
    ("choice", 1, "must be of string type"),
    ("choice", "\x00", "must not contain NUL or unpaired surrogates"),
    ("choice", "x" * 200, "unallowed value " + "x" * 100 + "…"),
    ("level", 3, "must be of integer type"),
    ("level", "1", "unallowed value 1"),
    ("colour", "green", "unallowed value green"),
    ("owner", "abc", "must be of objectid type"),
    ("owner", "\x00", "must not contain NUL or unpaired surrogates"),
    ("at", "2025-07-07T00:00:00", "must be of datetime type"),
    ("at", 5, "must be of datetime type"),
    ("on", "2025-02-30", "must be of datetime type"),
    ("either", [], "must be of integer type"),
    ("secret", "x", "field is read-only"),
    ("secret", None, "field is read-only"),
    ("other", 1, "unknown field"),
    ("leaf", [], "must be of dict type"),
    ("leaf", "x", "must be of dict type"),
    ("leaf", {"capital": 0}, {"capital": "must be greater than 0"}),
    ("leaf", {"word": "A"}, {"word": ["min length is 2", "value does not match regex '^[a-z]*$'"]}),
    (
        "leaf",
        {"capital": -1.005},
        {"capital": ["must have at most two decimals", "must be greater than 0"]},
    ),
    ("leaf", {"low": 2, "high": 1}, {"high": "must not be below low"}),
    ("leaf", {"low": 0, "high": 0}, "must not be empty"),
    ("leaf", {"low": 1, "high": 1}, ["must not be one", {"low": "is one"}]),
    ("leaves", {}, "must be of list type"),
    ("leaves", [{}, {}, {}], "max length is 2"),
    ("leaves", [{}, 5], {"1": "must be of dict type"}),
    (
        "leaves",
        [{"x": 1}, {"capital": "1"}],
        {"0": {"x": "unknown field"}, "1": {"capital": "must be of number type"}},
    ),
    ("leaves", [None], {"0": "null value not allowed"}),
    ("leaves_needed", [], "empty values not allowed"),
    ("by_name", [], "must be of dict type"),
    ("by_name", {"a": "1", "b": 2}, {"a": "must be of integer type"}),
    ("by_name", {"\x00": 1}, {"\\x00": "must not contain NUL or unpaired surrogates"}),
    ("anything", [{"a": ["\udfff"]}], "must not contain NUL or unpaired surrogates"),
    ("anything", {"\x00": 1}, "must not contain NUL or unpaired surrogates"),
]


@pytest.mark.parametrize(("field", "value", "issue"), FIELD_ISSUES, ids=range(len(FIELD_ISSUES)))
def test_decode_of_a_wrong_field_says_so_in_eves_words(field, value, issue):
    assert issues_of({field: value}) == {field: issue}


def test_decode_reports_every_field_at_once():
    body = {field: value for field, value, _ in FIELD_ISSUES}
    assert issues_of(body) == {field: issue for field, _, issue in FIELD_ISSUES}


def test_decode_of_missing_fields_says_required():
    assert issues_of({}, Needed) == {"first": "required field", "second": "required field"}
    assert issues_of({"first": "x"}, Needed) == {"second": "required field"}


@pytest.mark.parametrize("body", [b"[]", b"5", b'"x"', b"true", b"1.5", b"[{}]"])
def test_decode_of_another_top_level_type_is_an_issue_of_the_whole(body):
    assert issues_of(body) == {WHOLE: "must be of dict type"}


def test_decode_of_null_is_an_issue_of_the_whole():
    assert issues_of(b"null") == {WHOLE: "null value not allowed"}


def test_decode_asks_the_rules_of_each_model_that_could_be_built():
    assert issues_of({"name": "bad"}) == {"name": "unallowed value bad"}
    assert issues_of({"name": "bad", "leaves": [{"low": 2, "high": 1}]}) == {
        "leaves": {"0": {"high": "must not be below low"}}
    }
    assert issues_of({"count": 0, "leaf": {"low": 2, "high": 1}}) == {
        "count": "min value is 1",
        "leaf": {"high": "must not be below low"},
    }


@pytest.mark.parametrize(
    ("body", "issues"),
    [
        (b'{"count":1,"count":1}', {"count": "duplicate key"}),
        (b'{"x":1,"x":1}', {"x": "duplicate key"}),
        (
            b'{"count":"1","count":"2","name":5}',
            {"count": "duplicate key", "name": "must be of string type"},
        ),
        (b'{"leaf":{"low":1,"low":2}}', {"leaf": {"low": "duplicate key"}}),
        (b'{"leaves":[{},{"low":1,"low":2}]}', {"leaves": {"1": {"low": "duplicate key"}}}),
        (b'{"by_name":{"a":1,"a":1}}', {"by_name": {"a": "duplicate key"}}),
        (b'{"name":"a","\\u006eame":"a"}', {"name": "duplicate key"}),
        (b'{"name":" abcde ","count":1,"count":1}', {"count": "duplicate key"}),
        (b'{"x":{"a":1,"a":1}}', {"x": "unknown field"}),
        (b'{"anything":[{"a":1,"a":1}]}', {"anything": "duplicate key"}),
    ],
)
def test_decode_refuses_a_key_twice_at_any_level(body, issues):
    assert issues_of(body) == issues


@pytest.mark.parametrize(
    ("key", "shown"),
    [("a\x00b", "a\\x00b"), ("a\ud800", "a\\ud800"), ("k" * 5000, "k" * 100 + "…")],
)
def test_decode_shows_an_unknown_key_as_safe_text(key, shown):
    assert issues_of({key: 1}) == {shown: "unknown field"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{}x",
        b"{'a':1}",
        b'{"a":1,}',
        b'{"name":"\n"}',
        b'{"count":01}',
        b'{"count":NaN}',
        b'{"count":Infinity}',
        b'{"count":-Infinity}',
        b'{"name":"\xe5"}',
        b'{"name":"\xed\xa0\x80"}',
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"ratio":1e99999999999999999999999}',
        b'{"count":1,"count":NaN}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"anything":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_decode_of_what_is_no_json_is_a_400(body):
    not_json(body)


def test_decode_nested_near_the_limit_is_a_value_or_bad_input():
    for depth in range(50, 1100, 25):
        body = b'{"anything":' + b"[" * depth + b'"\\u0000"' + b"]" * depth + b"}"
        with pytest.raises(BadInput):
            decode(Tree, body)


def test_decode_gives_the_values():
    tree = decode(
        Tree,
        b'{"name":" \\u00e5\\ud83d\\ude00 ","count":10,"ratio":0.5,"flag":true,'
        b'"choice":"b","level":2,"colour":"blue","owner":"674DBEAF08847B9501CC9132",'
        b'"either":"x","leaf":{"capital":20.50},"leaves":[{}],"by_name":{"a":1},'
        b'"anything":{"a":[1]}}',
    )
    assert tree == Tree(
        name="å\U0001f600",
        count=10,
        ratio=0.5,
        flag=True,
        choice="b",
        level=2,
        colour=Colour.BLUE,
        owner="674dbeaf08847b9501cc9132",
        either="x",
        leaf=Leaf(capital=Money(2050)),
        leaves=[Leaf()],
        by_name={"a": 1},
        anything={"a": [1]},
    )


def test_decode_of_an_escaped_backslash_before_u0000_is_plain_text():
    assert decode(Needed, b'{"first":"\\\\u0000","second":1}').first == "\\u0000"


class WithoutWording(InputModel, frozen=True, kw_only=True):
    exact: Decimal = Decimal(0)


def test_decode_into_a_type_that_has_no_wording_is_a_bug_of_the_model():
    with pytest.raises(NotImplementedError):
        decode(WithoutWording, b'{"exact":[]}')


def test_input_model_built_by_hand_obeys_its_rules():
    with pytest.raises(ValueError, match="rule"):
        Leaf(low=2, high=1)


def test_decode_of_a_huge_number_is_refused_without_being_computed():
    digits = b"9" * 1_000_000
    assert issues_of(b'{"count":' + digits + b"}") == {"count": "max value is 10"}
    body = b'{"leaf":{"capital":' + digits + b"}}"
    assert issues_of(body) == {"leaf": {"capital": "max value is 9999999999.99"}}
    body = b'{"leaf":{"capital":1e999999999}}'
    assert issues_of(body) == {"leaf": {"capital": "max value is 9999999999.99"}}


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters())
    | st.sampled_from(["a", "red", "2025-07-07", "674dbeaf08847b9501cc9132", "\ud800", "\x00"])
)
names = st.sampled_from(
    [field.name for model in (Tree, Leaf) for field in msgspec.structs.fields(model)]
)
documents = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(names, inner, max_size=5)
        | st.dictionaries(st.text(st.characters()), inner, max_size=2)
    ),
    max_leaves=20,
)


def outcome(body):
    """Decode, and return the issues as an answer would carry them."""
    try:
        assert isinstance(decode(Tree, body), Tree)
    except BadInput as bad:
        return bad.status, json.loads(failure_body(bad.reason, bad.message, bad.issues))
    return 201, {}


@given(
    st.binary()
    | documents.map(json.dumps).map(str.encode)
    | st.dictionaries(names, documents, max_size=8).map(json.dumps).map(str.encode)
)
@example(b'{"anything":{"a":1,"a":2}}')
def test_decode_gives_a_value_or_bad_input_and_nothing_else(body):
    status, answer = outcome(body)
    assert (status == 422) == bool(answer.get("_issues"))
    assert "does not fit its schema" not in json.dumps(answer)
