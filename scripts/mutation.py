"""Mutation testing of the money rules: do the tests notice when the code changes a little.

    python -m pip install -c constraints.txt -e '.[test,mutation]'
    python scripts/mutation.py                    # every file of MUTATED, about half an hour
    python scripts/mutation.py settlement.py      # some of them
    python scripts/mutation.py --report docs/mutation.md

Works on a copy of the checkout in a temporary folder. Prints, per file, how many mutants were
made and how many the tests killed, and writes the changes that survived with `--report`, where
people keep the reason for each. Exits with 1 if fewer than 90 percent were killed.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KILLED_MIN_PERCENT = 90

MUTATED = (
    "ledger.py",
    "settlement.py",
    "facts.py",
    "replay.py",
    "valuation.py",
    "interest.py",
    "interest_terms.py",
    "costs.py",
    "demand_cost.py",
    "resettle.py",
)
"""Ledger, interest, settlement and costs, in `src/fordran/domain`."""

TESTS = ("tests/domain", "tests/property")
NEED_A_DATABASE = re.compile(r"tests/property/.*postgresql.*")

CONFIG = """

[tool.mutmut]
source_paths = ["src/fordran/domain/"]
only_mutate = [{only}]
also_copy = ["src", "tests", "docs", "pyproject.toml"]
pytest_add_cli_args = [
    "-n", "0", "-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-p", "no:randomly"
]
pytest_add_cli_args_test_selection = [{tests}]
"""

KILLED = frozenset({"killed", "timeout", "caught by type check"})


def main() -> int:
    """Mutate, test, print what was found; return the exit code."""
    parser = argparse.ArgumentParser(
        description="Change the money rules a little and see whether the tests notice."
    )
    parser.add_argument("files", nargs="*", help=f"some of {', '.join(MUTATED)}; default: all")
    parser.add_argument("--children", type=int, default=2, help="processes at once")
    parser.add_argument("--report", type=Path, help="write the survivors to this file")
    asked = parser.parse_args()
    unknown = set(asked.files) - set(MUTATED)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: not one of {', '.join(MUTATED)}")
    with tempfile.TemporaryDirectory(prefix="fordran-mutation-") as folder:
        copy = Path(folder)
        _copy_checkout(copy, asked.files or MUTATED)
        _mutmut(copy, "run", "--max-children", str(asked.children))
        verdicts = _verdicts(copy)
        survivors = {
            name: _mutmut_text(copy, "show", name)
            for name, verdict in verdicts.items()
            if verdict not in KILLED
        }
    return _report(verdicts, survivors, asked.report)


def _copy_checkout(copy: Path, files: tuple[str, ...] | list[str]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    tests = [
        str(path.relative_to(ROOT))
        for folder in TESTS
        for path in sorted((ROOT / folder).glob("test_*.py"))
        if not NEED_A_DATABASE.fullmatch(str(path.relative_to(ROOT)))
    ]
    config = CONFIG.format(
        only=", ".join(f'"src/fordran/domain/{name}"' for name in files),
        tests=", ".join(f'"{name}"' for name in tests),
    )
    with (copy / "pyproject.toml").open("a") as project:
        project.write(config)


def _mutmut(copy: Path, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "mutmut", *arguments], cwd=copy, check=False)


def _mutmut_text(copy: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=copy,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _verdicts(copy: Path) -> dict[str, str]:
    """Return each mutant's verdict, by its name."""
    lines = _mutmut_text(copy, "results", "--all", "true").splitlines()
    pairs = (line.strip().rsplit(": ", 1) for line in lines if ": " in line)
    return {name: verdict for name, verdict in pairs if "__mutmut_" in name}


def _report(verdicts: dict[str, str], survivors: dict[str, str], report: Path | None) -> int:
    counts: dict[str, Counter[bool]] = defaultdict(Counter)
    for name, verdict in verdicts.items():
        counts[name.split(".")[2]][verdict in KILLED] += 1
    table = ["| file | mutants | killed | percent |", "|---|---|---|---|"]
    for module, count in sorted(counts.items()):
        made = count.total()
        percent = 100 * count[True] // made
        table.append(f"| `domain/{module}.py` | {made} | {count[True]} | {percent} |")
    killed = sum(count[True] for count in counts.values())
    percent = 100 * killed // max(len(verdicts), 1)
    table.append(f"| all | {len(verdicts)} | {killed} | {percent} |")
    print("\n".join(table))
    if report is not None:
        shown = [f"## {name}\n\n{_changed_lines(text)}\n" for name, text in survivors.items()]
        report.write_text("\n".join([*table, "", *shown]))
    return 0 if percent >= KILLED_MIN_PERCENT else 1


def _changed_lines(text: str) -> str:
    changed = [
        line
        for line in text.splitlines()
        if line[:1] in "+-" and not line.startswith(("+++", "---"))
    ]
    return "\n".join(f"    {line}" for line in changed)


if __name__ == "__main__":
    raise SystemExit(main())
