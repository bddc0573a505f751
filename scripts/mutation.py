"""Mutation testing of the money rules: do the tests notice when the code changes a little.

    python -m pip install -c constraints.txt -e '.[test,mutation]'
    python scripts/mutation.py                    # every file of MUTATED, about half an hour
    python scripts/mutation.py settlement.py      # some of them
    python scripts/mutation.py --report survivors.md

Works on a copy of the checkout in a temporary folder. Prints, per file, how many mutants were
made and how many the tests killed, and writes the changes that survived with `--report`; the
reason for each stands in docs/mutation.md. Exits with 1 if fewer than 90 percent were killed.
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
    "cost_charge.py",
    "demand_cost.py",
    "resettle.py",
)
"""Ledger, interest, settlement and costs, in `src/fordran/domain`."""

TESTS = ("tests/domain", "tests/property")
LEFT_OUT = re.compile(r"tests/property/.*(postgresql|ledger_machine)\.py")
"""What needs a database, and the ledger machine: half a minute for each mutant that no other test
kills, and a mutant that only its drawn stories kill wants a test that says why."""

CONFIG = """

[tool.mutmut]
source_paths = ["src/fordran/domain/"]
only_mutate = [{only}]
also_copy = ["src", "tests", "docs", "pyproject.toml"]
pytest_add_cli_args = [
    "-n", "0", "-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-p", "no:randomly",
    "-p", "mutation_examples"
]
pytest_add_cli_args_test_selection = [{tests}]
timeout_multiplier = 3
"""

EXAMPLES = """
from hypothesis import Phase, settings

settings.register_profile(
    "mutation",
    max_examples=60,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutation")
"""
"""A plugin of pytest for the copy. Every mutant meets the same examples and no deadline, so that
neither luck nor a busy machine kills one; a counterexample is not made smaller."""

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
        if not verdicts or "not checked" in verdicts.values():
            parser.error("mutmut did not come to its end; it says why above")
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
        if not LEFT_OUT.fullmatch(str(path.relative_to(ROOT)))
    ]
    config = CONFIG.format(
        only=", ".join(f'"src/fordran/domain/{name}"' for name in files),
        tests=", ".join(f'"{name}"' for name in tests),
    )
    with (copy / "pyproject.toml").open("a") as project:
        project.write(config)
    (copy / "src" / "mutation_examples.py").write_text(EXAMPLES)


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
        shown = [
            f"## {name}: {verdicts[name]}\n\n{_changed_lines(text)}\n"
            for name, text in survivors.items()
        ]
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
