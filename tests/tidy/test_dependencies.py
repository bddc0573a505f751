"""Dependencies: each with a reason, each pinned, and the commands that install them."""

import re
import tomllib
from functools import cache
from typing import Any

from fordran import __version__
from tests.tidy.source import DOCS, ROOT, text_of

RUN = "python3 -m pip install -c constraints.txt . && fordran demo"
TEST = "python3 -m pip install -c constraints.txt -e '.[test]' && python3 -m pytest"


@cache
def project() -> dict[str, Any]:
    described: dict[str, Any] = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    return described


def required() -> set[str]:
    listed = [*project()["dependencies"], *project()["optional-dependencies"]["test"]]
    return {normal(re.split(r"[\[<>=!~; ]", line)[0]) for line in listed}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins() -> list[str]:
    lines = text_of(ROOT / "constraints.txt").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_dependency_is_pinned() -> None:
    pinned = {normal(pin.split("==")[0]) for pin in pins()}
    assert required() <= pinned


def test_pins_are_exact_versions_without_addresses() -> None:
    exact = re.compile(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*")
    assert not [pin for pin in pins() if not exact.fullmatch(pin)]
    assert "://" not in text_of(ROOT / "constraints.txt")


def test_every_dependency_has_a_reason() -> None:
    page = text_of(DOCS / "decisions" / "0019-dependencies.md")
    reasoned = re.findall(r"^\| ([\w-]+) \| .+ \|$", page, re.MULTILINE)
    assert {normal(name) for name in reasoned if name != "package"} == required()


def test_readme_has_the_two_commands() -> None:
    assert RUN in text_of(ROOT / "README.md")
    assert TEST in text_of(ROOT / "README.md")
    assert TEST in text_of(ROOT / "CONTRIBUTING.md")


def test_the_check_runs_what_the_readme_says() -> None:
    check = text_of(ROOT / ".ci" / "run")
    assert "-c constraints.txt -e '.[test]'" in check
    steps = ["ruff format --check .", "ruff check .", "mypy", "lint-imports", "python3 -m pytest"]
    lines = [line.strip() for line in check.splitlines()]
    assert [line for line in lines if line in steps] == steps


def test_contributing_names_every_step_of_the_check() -> None:
    contributing = text_of(ROOT / "CONTRIBUTING.md")
    for command in ("bash .ci/run", "ruff format --check .", "ruff check .", "mypy"):
        assert f"`{command}`" in contributing
    assert "`lint-imports`" in contributing
    assert "`python3 -m pytest`" in contributing


def test_version_is_told_once() -> None:
    assert project()["version"] == __version__
    assert f"## {__version__}" in text_of(ROOT / "CHANGELOG.md")
