"""The description of earlier instants of a case, and of explanations of its interest."""

from fordran.api.openapi_examples import CASE
from fordran.api.openapi_operations import operation
from fordran.api.openapi_parts import Part, answer, failures, path_id, query
from fordran.api.openapi_scalars import marker_schema, reference
from fordran.api.scalars import CivilDate, Instant

_SEED = {
    "_id": CASE["_id"],
    "segments": [
        {
            "from": "Fri, 08 Aug 2025 00:00:00 GMT",
            "to": "Wed, 03 Sep 2025 00:00:00 GMT",
            "days": 27,
            "capital": 2000,
            "annual_rate_percent": 10,
            "amount": 14.7945,
        }
    ],
    "exact_sum": 14.7945,
    "rounded_sum": 14,
    "rounding": "whole_krona_down",
    "posted_sum": 14,
}


def explanation_paths() -> dict[str, Part]:
    """Return the path items of explanations."""
    return {
        "/case--interest-explanations/{case_id}": {
            "get": operation(
                "get_interest_explanation",
                "Cases",
                "Explain the interest of a case on a day",
                description=(
                    "By the facts known now; money of a later date does not count. The day may "
                    "lie ahead, where the reference rate of its half-year is known: else 409 "
                    "`reference_rate_missing`."
                ),
                parameters=[
                    path_id("case_id", "The case's `_id`.", CASE["_id"]),
                    query(
                        "date",
                        "The last day that is counted. Left out: today.",
                        marker_schema(CivilDate),
                    ),
                ],
                responses={
                    "200": answer(
                        "The explanation.",
                        reference("InterestExplanation"),
                        {"The seed's": _SEED},
                    ),
                    **failures("invalid_query", "unauthorized", "not_found", "conflict"),
                },
            )
        }
    }


def with_instants(get_case: Part) -> Part:
    """Return the operation that shows a case with the instants that it may be asked for."""
    instants = [
        query(
            "as_of",
            "Show the case as it was valid then: its amounts by what counts from that day or "
            "before, whenever it became known. Not in the future.",
            marker_schema(Instant),
        ),
        query(
            "known_at",
            "Show the case as it was known then: the document that was served at that time. Not "
            "in the future. With `as_of` too: what was then known of that day.",
            marker_schema(Instant),
        ),
    ]
    missing = failures("invalid_query", "unauthorized", "not_found", "not_known_then", "conflict")
    return {
        **get_case,
        "parameters": [*get_case["parameters"], *instants],
        "responses": {**get_case["responses"], **missing},
    }
