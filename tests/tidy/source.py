"""The repository as its tidy tests read it: files, syntax trees, documents."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "fordran"
TESTS = ROOT / "tests"
DOCS = ROOT / "docs"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def text_of(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), filename=str(path))


@cache
def source_files(*suffixes: str) -> tuple[Path, ...]:
    """Return the files of the package that end in one of the suffixes."""
    found = (path for path in PACKAGE.rglob("*") if path.is_file())
    return tuple(
        path
        for path in sorted(found)
        if path.suffix in suffixes and "__pycache__" not in path.parts
    )


@cache
def files_of_tests() -> tuple[Path, ...]:
    return tuple(sorted(path for path in TESTS.rglob("*.py") if "__pycache__" not in path.parts))


@cache
def documents() -> tuple[Path, ...]:
    """Return everything that people read."""
    return tuple(sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *TESTS.rglob("*.md")]))


def name_of(path: Path) -> str:
    """Return a path as messages show it: from the repository's root."""
    return path.relative_to(ROOT).as_posix()


def module_name_of(path: Path) -> str:
    """Return a path as it is named in the package: `domain/money.py`."""
    return path.relative_to(PACKAGE).as_posix()


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, Function))


def without_strings_and_comments(line: str) -> str:
    """Return the code of a line, near enough: what stands in quotes or after # is left out."""
    return re.sub(r"\"[^\"]*\"|'[^']*'", '""', line).split("#", 1)[0]
