"""The scalars of the wire as JSON schemas, for the fields of input models and of documents."""

from typing import Any

from fordran.api.scalars import (
    AMOUNT_MINOR_MAX,
    RATE_MAX,
    YEAR_MAX,
    YEAR_MIN,
    Amount,
    CivilDate,
    CountryCode,
    Instant,
    NonNegativeAmount,
    ObjectId,
    PositiveAmount,
    Rate,
    ReadOnly,
)
from fordran.domain.interest_terms import RATE_DECIMALS
from fordran.domain.money import MINOR_PER_MAJOR

Schema = dict[str, Any]

AMOUNT_MAX = AMOUNT_MINOR_MAX / MINOR_PER_MAJOR
"""The largest amount that a request may name. Units: kronor."""

_AMOUNT: Schema = {"type": "number", "multipleOf": 1 / MINOR_PER_MAJOR}
_RATE: Schema = {"type": "number", "minimum": 0, "multipleOf": 10**-RATE_DECIMALS}
_OBJECT_ID: Schema = {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"}
_RFC_1123 = "^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$"

_DATE_FORMS = (
    "An RFC 1123 date, whose weekday is not looked at, or an ISO 8601 date; "
    f"the years {YEAR_MIN} to {YEAR_MAX}."
)

_MARKERS: dict[Any, Schema] = {
    Amount: _AMOUNT | {"minimum": -AMOUNT_MAX, "maximum": AMOUNT_MAX, "examples": [2000.0]},
    PositiveAmount: _AMOUNT
    | {"minimum": 1 / MINOR_PER_MAJOR, "maximum": AMOUNT_MAX, "examples": [2000.0]},
    NonNegativeAmount: _AMOUNT | {"minimum": 0, "maximum": AMOUNT_MAX, "examples": [60.0]},
    Rate: _RATE | {"maximum": RATE_MAX, "examples": [12.5]},
    Instant: {
        "type": "string",
        "description": f"A point in time. {_DATE_FORMS}",
        "examples": ["Wed, 03 Sep 2025 08:00:00 GMT", "2025-09-03T10:00:00+02:00"],
    },
    CivilDate: {
        "type": "string",
        "description": f"A Swedish calendar date. {_DATE_FORMS}",
        "examples": ["Mon, 07 Jul 2025 00:00:00 GMT", "2025-07-07"],
    },
    ObjectId: _OBJECT_ID | {"examples": ["674dbeb208847b9501cc9138"]},
    CountryCode: {"type": "string", "pattern": "^[A-Za-z]{2}$", "examples": ["SE"]},
    ReadOnly: {"type": "string", "readOnly": True},
}


def marker_schema(marker: type) -> Schema:
    """Return the schema of a scalar marker; the `schema_hook` of msgspec.

    Raises: NotImplementedError, if no marker is meant, which is a mistake in a model.
    """
    if marker not in _MARKERS:
        raise NotImplementedError(f"{marker!r} is no scalar of the wire")
    return dict(_MARKERS[marker])


def text(description: str, example: str | None = None, **rules: Any) -> Schema:
    """Return the schema of a text in an answer."""
    return _described({"type": "string", **rules}, description, example)


def choice(description: str, *values: str) -> Schema:
    """Return the schema of a text that is one of some values."""
    return {"type": "string", "enum": list(values), "description": description}


def whole_number(description: str, example: int | None = None, **rules: Any) -> Schema:
    """Return the schema of a whole number."""
    return _described({"type": "integer", **rules}, description, example)


def truth(description: str) -> Schema:
    """Return the schema of true or false."""
    return {"type": "boolean", "description": description}


def amount(description: str, example: float | None = None) -> Schema:
    """Return the schema of an amount that the server writes. Units: kronor."""
    return _described(_AMOUNT, description, example)


def rate(description: str, example: float | None = None) -> Schema:
    """Return the schema of a rate that the server writes. Units: percent a year."""
    return _described(_RATE, description, example)


def date(description: str, example: str | None = None) -> Schema:
    """Return the schema of an instant or a civil date that the server writes."""
    return _described({"type": "string", "pattern": _RFC_1123}, description, example)


def document_id(description: str, example: str | None = None) -> Schema:
    """Return the schema of an id that the server writes."""
    return _described({"type": "string", "pattern": "^[0-9a-f]{24}$"}, description, example)


def array(items: Schema, description: str = "", **rules: Any) -> Schema:
    """Return the schema of a list."""
    found: Schema = {"type": "array", "items": items, **rules}
    return found | {"description": description} if description else found


def record(
    description: str, properties: dict[str, Schema], *, optional: tuple[str, ...] = ()
) -> Schema:
    """Return the schema of an object in an answer; what is not optional is always there."""
    return {
        "type": "object",
        "description": description,
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def reference(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def status_ok() -> Schema:
    """Return the schema of `_status` where all is well."""
    return choice("`OK`: the request was carried out.", "OK")


def written(etag_digits: int) -> dict[str, Schema]:
    """Return the fields that every document has."""
    return {
        "_updated": date("When the document last changed."),
        "_created": date("When the document was made."),
        "_etag": text(
            "Changes whenever the document changes.", pattern=f"^[0-9a-f]{{{etag_digits}}}$"
        ),
        "_id": document_id("The document's id."),
    }


def _described(schema: Schema, description: str, example: Any) -> Schema:
    described = {**schema, "description": description}
    return described if example is None else described | {"examples": [example]}
