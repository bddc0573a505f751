"""The shape of the code: small files, short functions, few parameters, shallow nesting."""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.tidy.source import (
    PACKAGE,
    Function,
    files_of_tests,
    functions,
    module_name_of,
    name_of,
    source_files,
    text_of,
)

LINES_MAX = 500
TEST_LINES_MAX = 800
FUNCTIONS_MAX = 25
FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 8
NESTING_MAX = 4
COLUMNS_MAX = 100

MANY_FUNCTIONS = {
    "api/decode.py": (34, "one short arm for each kind of type, which call each other in a circle"),
    "storage/embedded_cluster.py": (26, "one life cycle: made, started, shared, stopped"),
}
MANY_PARAMETERS = {}
LONG_FILES = {
    "storage/schema.sql": (1012, "the whole schema in one file is what a reader opens"),
}
LONG_LINES = {
    "storage/schema.sql": (103, "a released migration has the line, and is never edited"),
    "storage/migrations/0001_initial.sql": (103, "a released migration is never edited"),
}

PYTHON = source_files(".py")
BLOCKS = (
    ast.If
    | ast.For
    | ast.AsyncFor
    | ast.While
    | ast.With
    | ast.AsyncWith
    | ast.Try
    | ast.TryStar
    | ast.Match
)


def over(
    found: Iterable[tuple[str, int]],
    limit: int,
    allowed: Mapping[str, tuple[int, str]] | None = None,
) -> list[str]:
    """Return what exceeds its limit, and what no longer needs to be allowed more."""
    exceptions = allowed or {}
    sizes: dict[str, int] = {}
    for name, size in found:
        sizes[name] = max(size, sizes.get(name, 0))
    too_large = [
        f"{name}: {size}, at most {exceptions.get(name, (limit, ''))[0]}"
        for name, size in sizes.items()
        if size > exceptions.get(name, (limit, ""))[0]
    ]
    needless = [
        f"{name}: is allowed {allowance} and has {sizes.get(name)}"
        for name, (allowance, _) in exceptions.items()
        if sizes.get(name, 0) <= limit or sizes.get(name, 0) < allowance
    ]
    return too_large + needless


def line_count(path: Path) -> int:
    return len(text_of(path).splitlines())


def parameter_count(function: Function) -> int:
    given = function.args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    bound = 1 if names[:1] in (["self"], ["cls"]) else 0
    return len(names) - bound + len(given.kwonlyargs)


def nesting(node: ast.AST, depth: int = 0) -> int:
    """Return how deep blocks lie in each other; an `elif` lies no deeper than its `if`."""
    deepest = depth
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef | ast.Lambda):
            continue
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and child in node.orelse
        is_deeper = isinstance(child, BLOCKS) and not is_elif
        deepest = max(deepest, nesting(child, depth + is_deeper))
    return deepest


def columns(path: Path) -> Iterable[int]:
    """Yield the length of each line; what a linter is told at its end does not count."""
    for line in text_of(path).splitlines():
        yield len(re.sub(r"\s+# (?:noqa|type: ignore).*", "", line))


def test_source_files_are_short() -> None:
    files = source_files(".py", ".sql", ".typ")
    found = [(module_name_of(path), line_count(path)) for path in files]
    assert not over(found, LINES_MAX, LONG_FILES)


def test_test_files_are_short() -> None:
    found = [(name_of(path), line_count(path)) for path in files_of_tests()]
    assert not over(found, TEST_LINES_MAX)


def test_files_have_few_functions() -> None:
    found = [(module_name_of(path), len(list(functions(path)))) for path in PYTHON]
    assert not over(found, FUNCTIONS_MAX, MANY_FUNCTIONS)


def test_functions_are_short() -> None:
    found = [
        (f"{name_of(path)}:{function.name}", (function.end_lineno or 0) - function.lineno + 1)
        for path in (*PYTHON, *files_of_tests())
        for function in functions(path)
    ]
    assert not over(found, FUNCTION_LINES_MAX)


def test_functions_have_few_parameters() -> None:
    found = [
        (f"{module_name_of(path)}:{function.name}", parameter_count(function))
        for path in PYTHON
        for function in functions(path)
    ]
    assert not over(found, PARAMETERS_MAX, MANY_PARAMETERS)


def test_functions_are_shallow() -> None:
    found = [
        (f"{module_name_of(path)}:{function.name}", nesting(function))
        for path in PYTHON
        for function in functions(path)
    ]
    assert not over(found, NESTING_MAX)


def test_lines_of_the_source_are_short() -> None:
    found = [
        (module_name_of(path), size)
        for path in source_files(".py", ".sql")
        for size in columns(path)
    ]
    assert not over(found, COLUMNS_MAX, LONG_LINES)


def test_lines_of_the_tests_are_short() -> None:
    found = [(name_of(path), size) for path in files_of_tests() for size in columns(path)]
    assert not over(found, COLUMNS_MAX)


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "manager", "service", "base"])
def test_no_file_is_named_by_a_word_that_says_nothing(word: str) -> None:
    stems = {part for path in PYTHON for part in re.split(r"[_/]", module_name_of(path)[:-3])}
    assert word not in stems


def test_package_has_no_stray_files() -> None:
    known = {".py", ".sql", ".typ"}
    strays = [
        module_name_of(path)
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in known
    ]
    assert not strays
