"""fordran letters hand-over: one round of what the worker does after each tick."""

from typing import Annotated

import typer

from fordran.bootstrap import installation
from fordran.cli.errors import explained, fail, stderr
from fordran.cli.options import DataDir
from fordran.cli.tables import Lines, show
from fordran.operations.context import Context
from fordran.operations.hand_over_letters import (
    HandedOver,
    accounts_to_hand_over,
    hand_over_letters,
)
from fordran.outside.post_folder import PostFolderUnusable
from fordran.settings import read_settings


def hand_over(
    account: Annotated[
        str | None, typer.Option("--account", help="One account only.", show_default=False)
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Give the letters that are waiting to the post, as the worker does by itself.

    Each batch is a folder with a PDF for each letter and manifest.json, in the folder 'post' of
    the data directory or where FORDRAN_POST_DIR says. It is there whole or not at all. Whoever
    fetches a batch moves it to the folder 'taken' beside it. A letter is handed over once; run it
    again as often as you like. Letters of accounts with a virtual clock never leave the server.

    Exit code 1: a letter is kept back because its file is missing or was changed.
    """
    with explained(), installation(read_settings(data_dir), connections_max=1) as context:
        try:
            accounts = [account] if account else accounts_to_hand_over(context)
            done = [hand_over_letters(context, one) for one in accounts]
        except PostFolderUnusable as error:
            fail(str(error))
        _show(context, done)


def _show(context: Context, done: list[HandedOver]) -> None:
    assert context.post is not None
    rows = [(one.account_id, batch.id, str(batch.letters)) for one in done for batch in one.batches]
    if rows:
        title = f"Handed over in {context.post.folder}"
        headings = ("account", "batch", "letters")
        show(Lines(title, headings, rows, numbers=frozenset({"letters"})))
    else:
        stderr.print("nothing is waiting for the post", highlight=False)
    unusable = [letter_id for one in done for letter_id in one.unusable]
    if unusable:
        fail(
            f"{len(unusable)} letters are kept back, because their files are missing or were "
            f"changed: {', '.join(unusable[:5])}. Run 'fordran verify', and restore the files."
        )
