"""Run: tick until told to stop."""

import logging
import threading

from fordran.operations.context import Context
from fordran.operations.law import LawWatch
from fordran.storage.database import DatabaseUnavailable
from fordran.worker.post_round import PostRound
from fordran.worker.tick import tick

PAUSE_SECONDS = 5.0
"""Between two looks at what is due, when nothing is."""

logger = logging.getLogger("fordran.worker")


def run(context: Context, stop: threading.Event, pause_seconds: float = PAUSE_SECONDS) -> None:
    """Carry out what falls due until `stop` is set; a lost database is waited for.

    After a tick its letters are handed over to the post. Once a day it is logged if a reference
    rate is missing or will be.
    """
    watch = LawWatch(context)
    post = PostRound(context)
    while not stop.is_set():
        try:
            watch.look()
            ticked = tick(context)
            post.after(ticked)
        except DatabaseUnavailable:
            logger.warning("the database does not answer; trying again in %s s", pause_seconds)
        else:
            if ticked.executed or ticked.failed:
                logger.info("carried out %d, set aside %d", ticked.executed, ticked.failed)
        stop.wait(pause_seconds)
