"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

from fordran.settings import DATA_DIR_VARIABLE

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar=DATA_DIR_VARIABLE,
        help="Where everything is kept: database, files, keys. "
        "The default is the platform's folder for application data.",
        show_default=False,
    ),
]
