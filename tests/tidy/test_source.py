"""What the source may not say: clocks, chance, SQL and words where they do not belong."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy.source import (
    ROOT,
    documents,
    files_of_tests,
    functions,
    module_name_of,
    name_of,
    source_files,
    text_of,
    tree_of,
)

PYTHON = source_files(".py")

MAY_READ_THE_CLOCK = {"operations/clock.py"}
MAY_DRAW = {
    "operations/randomness.py",  # the one file that draws
}
MAY_NAME_THE_WIRE = {
    "domain/agenda.py",  # the names of a hold's clocks stand beside those of flow items
    "domain/shipped_flows.py",  # data that the wire shows
}
CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}
SOURCES_OF_CHANCE = {"random", "secrets", "uuid"}

SQL = re.compile(
    r"\bSELECT\b|\bINSERT INTO\b|\bUPDATE [a-z_]+ SET\b|\bDELETE FROM\b|\bFOR UPDATE\b"
    r"|\bTRUNCATE\b|\b(?:CREATE|ALTER|DROP) (?:TABLE|ROLE|DATABASE|INDEX)\b"
)
DATABASE_CLOCK = re.compile(
    r"\bnow\(\)|\b(?:clock|statement|transaction)_timestamp\b|\bcurrent_(?:date|timestamp)\b"
    r"|\brandom\(\)|\bgen_random_uuid\b",
    re.IGNORECASE,
)
WIRE_NAME = re.compile(r"\b[a-z]+--[a-z]+")
MACHINE_PATH = re.compile(r"/(?:home|Users|work|workspace|mnt)/")
REASONED = re.compile(r"# noqa: [A-Z]+[0-9]+(?:, [A-Z]+[0-9]+)* - \S")

SWEDISH_WORDS = {
    "öre": "the unit of money",
    "Öre": "the unit of money",
    "räntelagen": "a statute",
    "förordning": "a statute",
    "föräldrabalken": "a statute",
    "för": "in the name of a statute (1981:739)",
    "ersättning": "in the name of a statute (1981:739)",
    "beräkning": "in the name of a statute (1930:173)",
    "allmänna": "in the name of a statute (1989:253)",
    "påminnelse": "the statute's word for an act that costs",
    "förseningsersättning": "the statute's word for a cost",
    "ansökningsavgift": "the statute's word for a cost",
    "Exempelvägen": "the demo's address",
    "tjänster": "what the demo's creditor sells",
    "Örebro": "in the example letter's address",
}

BANNED_NAMES = {
    "merchant",
    "principal",
    "dunning",
    "workflow",
    "journal_entry",
    "ticket",
    "loan",
    "base_rate",
    "business_day",
    "working_day",
    "expiry_date",
}
"""Of the glossary's column 'never', what is never right in code."""


def found_in(paths: tuple[Path, ...], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name_of(path)}:{number}"
        for path in paths
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]


def dotted_uses(path: Path) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", "")
            yield node.lineno, name, node.attr


def imports(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the string constants of a file that are no docstrings."""
    documentation = {
        id(node.value) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Expr)
    }
    for node in ast.walk(tree_of(path)):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documentation:
            yield node.lineno, node.value


def test_one_file_reads_the_clock() -> None:
    readers = {
        f"{module_name_of(path)}:{line}"
        for path in PYTHON
        if module_name_of(path) not in MAY_READ_THE_CLOCK
        for line, owner, name in dotted_uses(path)
        if (owner, name) in CLOCKS
    }
    assert not readers


def test_one_file_draws_at_random() -> None:
    drawers = {
        module_name_of(path)
        for path in PYTHON
        for _, module in imports(path)
        if module.split(".")[0] in SOURCES_OF_CHANCE
    } | {
        module_name_of(path)
        for path in PYTHON
        for _, owner, name in dotted_uses(path)
        if (owner, name) == ("os", "urandom")
    }
    assert drawers == MAY_DRAW


def test_database_never_tells_the_time() -> None:
    """The migration runner's own record of when it ran moves no money and no case."""
    files = source_files(".py", ".sql")
    uses = [
        f"{module_name_of(path)}: {match}"
        for path in files
        for match in DATABASE_CLOCK.findall(sql_of(path))
    ]
    assert uses == ["storage/migrate.py: clock_timestamp"]


def sql_of(path: Path) -> str:
    if path.suffix == ".sql":
        return re.sub(r"--.*", "", text_of(path))
    return "\n".join(text for _, text in texts(path) if module_name_of(path).startswith("storage/"))


@pytest.mark.parametrize("name", ["float", "round"])
def test_nothing_is_rounded_by_chance(name: str) -> None:
    calls = [
        f"{module_name_of(path)}:{node.lineno}"
        for path in PYTHON
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]
    assert not calls


def test_only_storage_speaks_sql() -> None:
    speakers = [
        f"{module_name_of(path)}:{line}"
        for path in PYTHON
        if not module_name_of(path).startswith("storage/")
        for line, text in texts(path)
        if SQL.search(text)
    ]
    assert not speakers


def test_domain_imports_the_standard_library_and_msgspec() -> None:
    allowed = {*sys.stdlib_module_names, "msgspec"}
    strangers = [
        f"{module_name_of(path)}:{line} {module}"
        for path in PYTHON
        if module_name_of(path).startswith("domain/")
        for line, module in imports(path)
        if module.split(".")[0] not in allowed and not module.startswith("fordran.domain")
    ]
    assert not strangers


def test_asynchronous_code_is_in_the_api_and_the_sandbox() -> None:
    strays = [
        f"{module_name_of(path)}:{function.name}"
        for path in PYTHON
        if not module_name_of(path).startswith(("api/", "sandbox/"))
        for function in functions(path)
        if isinstance(function, ast.AsyncFunctionDef)
    ]
    assert not strays


def test_wire_names_stand_where_the_wire_is() -> None:
    strays = [
        f"{module_name_of(path)}:{number}"
        for path in source_files(".py", ".sql", ".typ")
        if not module_name_of(path).startswith(("api/", "sandbox/"))
        and module_name_of(path) not in MAY_NAME_THE_WIRE
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if WIRE_NAME.search(re.sub(r"https?://\S+", "", line))
    ]
    assert not strays


def test_what_is_public_is_documented() -> None:
    silent = [
        f"{module_name_of(path)}:{name}"
        for path in PYTHON
        if module_name_of(path).startswith(("domain/", "operations/", "storage/"))
        for name, node in documented_nodes(tree_of(path))
        if ast.get_docstring(node) is None
    ]
    assert not silent


Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def documented_nodes(tree: ast.Module) -> Iterator[tuple[str, Documented]]:
    yield "module", tree
    for node in tree.body:
        if isinstance(node, Documented) and not node.name.startswith("_"):
            yield node.name, node


def test_every_module_says_what_it_is() -> None:
    assert not [module_name_of(p) for p in PYTHON if ast.get_docstring(tree_of(p)) is None]


def test_source_is_english() -> None:
    strange = {
        f"{module_name_of(path)}: {word}"
        for path in source_files(".py", ".sql")
        for word in re.findall(r"\w*[åäöÅÄÖ]\w*", text_of(path))
        if word not in SWEDISH_WORDS
    }
    assert not strange


def test_names_are_the_glossarys() -> None:
    banned = [
        f"{module_name_of(path)}:{node.name}"
        for path in PYTHON
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if any(word in snake_case(node.name) for word in BANNED_NAMES)
    ]
    assert not banned


def snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def test_no_text_names_a_place_on_somebodys_machine() -> None:
    files = (*source_files(".py", ".sql", ".typ"), *files_of_tests(), *documents())
    configuration = (ROOT / "pyproject.toml", ROOT / "constraints.txt", ROOT / ".ci" / "run")
    assert not found_in((*files, *configuration), MACHINE_PATH)


def test_every_silenced_warning_has_a_reason() -> None:
    unreasoned = [
        f"{name_of(path)}:{number}"
        for path in (*PYTHON, *files_of_tests(), *sorted((ROOT / "bench").rglob("*.py")))
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if re.search(r"# noqa\b", line) and not REASONED.search(line)
        if path != Path(__file__)
    ]
    assert not unreasoned


def test_every_rule_that_is_off_has_a_reason() -> None:
    """In pyproject.toml: a remark on the rule's own line, or on or above the line of its files."""
    lines = text_of(ROOT / "pyproject.toml").splitlines()
    start = lines.index("[tool.ruff.lint]")
    end = next(n for n in range(start, len(lines)) if "banned-api" in lines[n])
    unreasoned = []
    has_reason_above = False
    for number, line in enumerate(lines[start + 1 : end], start + 2):
        if line.startswith("#"):
            has_reason_above = True
            continue
        names_rules = re.search(r'"[A-Z]+[0-9]*"', line)
        is_choice = line.startswith("select")
        is_reasoned = "#" in line or (has_reason_above and "= [" in line)
        if names_rules and not is_choice and not is_reasoned:
            unreasoned.append(f"pyproject.toml:{number}")
        has_reason_above = False
    assert not unreasoned
