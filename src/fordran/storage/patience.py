"""Waiting without a time limit, and saying so."""

import sys
import time
from collections.abc import Callable

_POLL_SECONDS = 0.02
_REPORT_SECONDS = 4.0


class Patience:
    """A wait that may last as long as it must, with a line on stderr every few seconds.

    A database that replays its log after a crash must be waited for: giving up would only make
    the next start begin the replay again.
    """

    def __init__(self, describe: Callable[[], str]) -> None:
        self._describe = describe
        self._began = time.monotonic()
        self._next_report = self._began + _REPORT_SECONDS

    @property
    def waited_seconds(self) -> float:
        """How long this wait has lasted."""
        return time.monotonic() - self._began

    def pause(self) -> None:
        """Sleep a moment; report when it is time to."""
        if time.monotonic() >= self._next_report:
            self._next_report += _REPORT_SECONDS
            sys.stderr.write(f"fordran: {self._describe()} ({self.waited_seconds:.0f} s)\n")
            sys.stderr.flush()
        time.sleep(_POLL_SECONDS)
