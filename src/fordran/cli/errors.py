"""Errors on the command line: one line that says what is wrong and what to do, exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from fordran.domain.refusals import Refusal
from fordran.settings import BadSetting
from fordran.storage.database import DatabaseUnavailable
from fordran.storage.engine_errors import EngineError

stderr = Console(stderr=True, soft_wrap=True)


@contextmanager
def explained() -> Iterator[None]:
    """Show the errors that an operator can do something about, and exit with code 1."""
    try:
        yield
    except (EngineError, Refusal, BadSetting) as error:
        fail(str(error))
    except DatabaseUnavailable:
        fail("The database does not answer. Look at its log, or check FORDRAN_DATABASE_URL.")


def fail(message: str) -> NoReturn:
    """Show an error and exit with code 1."""
    # Escaped: a message may quote what somebody typed, brackets included.
    stderr.print(f"[bold red]error:[/] {escape(message)}", highlight=False)
    raise typer.Exit(1)
