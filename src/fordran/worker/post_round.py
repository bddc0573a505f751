"""The post: what the worker hands over when it has carried out what was due."""

import logging
import traceback
from datetime import datetime, timedelta

from fordran.operations.context import Context
from fordran.operations.hand_over_letters import accounts_to_hand_over, hand_over_letters
from fordran.outside.post_folder import PostFolderUnusable
from fordran.storage.database import DatabaseUnavailable
from fordran.worker.tick import Ticked

PAUSE = timedelta(minutes=1)
"""Between two looks for letters of others, or after a folder that could not be written."""

logger = logging.getLogger("fordran.worker")


class PostRound:
    """Hands letters over after a tick that carried something out, and else once in a while.

    To find that nothing is waiting costs more the more letters there are, so an idle worker does
    not ask after every tick.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._looked_at: datetime | None = None

    def after(self, ticked: Ticked) -> None:
        """Hand over what is waiting, if it is time to look. Raises: DatabaseUnavailable."""
        now = self._context.clock.now()
        is_time = self._looked_at is None or now - self._looked_at >= PAUSE
        if self._context.post is None or not (ticked.executed or is_time):
            return
        for account_id in accounts_to_hand_over(self._context):
            self._hand_over(account_id)
        self._looked_at = now

    def _hand_over(self, account_id: str) -> None:
        try:
            done = hand_over_letters(self._context, account_id)
        except DatabaseUnavailable:
            raise
        except PostFolderUnusable as error:
            logger.warning("%s", error)
        except Exception as error:  # noqa: BLE001 - the letters of one account stop no other's
            frames = "".join(traceback.format_tb(error.__traceback__))
            logger.error("a hand-over failed (%s)\n%s", type(error).__name__, frames)  # noqa: TRY400 - the text of an exception may hold personal data
        else:
            if done.batches:
                count = sum(batch.letters for batch in done.batches)
                logger.info("handed over %d letters to the post", count)
            if done.unusable:
                logger.error(
                    "%d letters have no usable file and wait; run fordran verify",
                    len(done.unusable),
                )
