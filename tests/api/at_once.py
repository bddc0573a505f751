"""Actions that begin at the same moment."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def at_once(actions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run actions in threads of their own that start together; return what each returned."""
    start = threading.Barrier(len(actions))

    def begin(action: Callable[[], Any]) -> Any:
        start.wait(10)
        return action()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(begin, actions))
