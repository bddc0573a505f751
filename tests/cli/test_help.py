"""What the command line says of itself."""

import pytest

from tests.cli.server_process import run_cli

COMMANDS = ("demo", "serve", "worker", "law", "migrate", "verify", "keys", "accounts", "creditors")


def test_help_names_every_command() -> None:
    shown = run_cli("--help")
    assert shown.returncode == 0
    for command in (*COMMANDS, "agreements"):
        assert command in shown.stdout
    assert shown.stderr == ""


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("serve",), ("--data-dir", "--host", "--port", "--sandbox", "--workers", "--no-worker")),
        (("verify",), ("--data-dir", "--quiet")),
        (("keys", "create"), ("--account", "--public-key")),
    ],
)
def test_help_of_a_command_names_its_options(
    command: tuple[str, ...], words: tuple[str, ...]
) -> None:
    shown = run_cli(*command, "--help")
    assert shown.returncode == 0
    for word in words:
        assert word in shown.stdout


def test_wrong_option_is_refused_with_a_hint() -> None:
    shown = run_cli("serve", "--port", "70000")
    assert shown.returncode == 2
    assert "--port" in shown.stderr
    assert "65535" in shown.stderr


def test_version_is_shown() -> None:
    shown = run_cli("--version")
    assert shown.stdout.startswith("fordran ")
