"""The layers: import-linter's contracts hold."""

import subprocess
import sys

from tests.tidy.source import ROOT

CHECK = "from importlinter.cli import lint_imports_command as check; check()"


def test_layers_hold() -> None:
    checked = subprocess.run(
        [sys.executable, "-c", CHECK, "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
