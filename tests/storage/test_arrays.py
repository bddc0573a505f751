"""Rows that travel as arrays of text arrive as they were."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fordran.operations.context import Context
from fordran.storage.unit_of_work import UnitOfWork, array_columns

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


def returned(uow: UnitOfWork, kind: str, values: list[Any]) -> list[Any]:
    (column,) = array_columns([(value,) for value in values])
    return [value for (value,) in uow.rows(f"SELECT unnest(%s::{kind}[])", (column,))]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("text", ["", "NULL", "null", None, "a,b", "{}", '"', "\\", '\\"', " x ", "\n", "å€😀"]),
        ("bigint", [0, -1, 2**62, None]),
        ("boolean", [True, False, None]),
        ("timestamptz", [datetime(2025, 9, 3, 7, 56, 11, tzinfo=UTC), None]),
        ("bytea", [b"", b"\x00\xff\\", None]),
    ],
)
def test_values_arrive_as_they_were(context: Context, kind: str, values: list[Any]) -> None:
    assert context.database.read(None, lambda uow: returned(uow, kind, values)) == values


def test_any_text_arrives_as_it_was(context: Context) -> None:
    @given(st.lists(st.none() | texts, min_size=1, max_size=20))
    def check(values: list[str | None]) -> None:
        assert context.database.read(None, lambda uow: returned(uow, "text", values)) == values

    check()


def test_lists_within_rows_arrive_as_they_were(context: Context) -> None:
    lists = [["a", 'b"c', "d,e", "\\"], ["NULL"]]

    def query(uow: UnitOfWork) -> list[Any]:
        (column,) = array_columns([(value,) for value in lists])
        rows = uow.rows("SELECT c::text[] FROM unnest(%s::text[]) AS given (c)", (column,))
        return [value for (value,) in rows]

    assert context.database.read(None, query) == lists
