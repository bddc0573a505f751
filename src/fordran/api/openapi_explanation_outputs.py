"""The schema of explanations of interest."""

from fordran.api.openapi_scalars import (
    Schema,
    amount,
    array,
    choice,
    date,
    document_id,
    rate,
    record,
    whole_number,
)
from fordran.domain.explanation import DECIMALS
from fordran.domain.money import RoundingPolicy


def explanation_schemas() -> dict[str, Schema]:
    """Return the schemas of explanations, by name."""
    return {
        "InterestExplanation": record(
            "The interest of a case through a day.",
            {
                "_id": document_id("The case."),
                "segments": array(_segment(), "In order of date; each has one capital, one rate."),
                "exact_sum": _exact("The segments' sum, exact to four decimals.", 14.7945),
                "rounded_sum": amount("The exact sum, rounded once.", 14),
                "rounding": choice("How.", *(policy.value for policy in RoundingPolicy)),
                "posted_sum": amount("What stands on the case with a date until then.", 14),
            },
        )
    }


def _segment() -> Schema:
    return record(
        "A run of days: capital times rate times days, over 365.",
        {
            "from": date("The first day that bears interest.", "Fri, 08 Aug 2025 00:00:00 GMT"),
            "to": date("The last day that does.", "Wed, 03 Sep 2025 00:00:00 GMT"),
            "days": whole_number("How many days, both ends included.", 27),
            "capital": amount("The capital that is unpaid on those days.", 2000),
            "annual_rate_percent": rate("Percent a year.", 10),
            "amount": _exact("The interest of those days, exact to four decimals.", 14.7945),
        },
    )


def _exact(description: str, example: float) -> Schema:
    schema = {"type": "number", "multipleOf": 1 / 10**DECIMALS}
    return {**schema, "description": description, "examples": [example]}
