"""Doors: requests that arrive together are decided and committed together.

While one batch of an account is at work, the requests that come in wait and form the next one.
Under light load a batch is one request, so nothing waits for company.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any, Generic, TypeVar

from fordran.storage.database import DatabaseUnavailable

Command = TypeVar("Command")
Verdict = TypeVar("Verdict")

BATCH_MAX = 200
"""Requests in one batch at most: what one transaction holds locks for."""

Waiting = tuple[Any, "asyncio.Future[Any]"]


class Door(Generic[Command, Verdict]):
    """Takes commands one by one and hands them to an operation in batches, per account."""

    def __init__(
        self,
        operation: Callable[[str, Sequence[Command]], Sequence[Verdict]],
        executor: Executor,
        *,
        batches_at_once: int = 1,
    ) -> None:
        self._operation = operation
        self._executor = executor
        self._batches_at_once = batches_at_once
        self._waiting: dict[str, list[Waiting]] = {}
        self._at_work: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, account_id: str, command: Command) -> Verdict:
        """Return the verdict on a command, once its batch has been committed.

        Raises: whatever the operation raises for this command.
        """
        future: asyncio.Future[Verdict] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(account_id, []).append((command, future))
        if self._at_work.get(account_id, 0) < self._batches_at_once:
            self._at_work[account_id] = self._at_work.get(account_id, 0) + 1
            task = asyncio.create_task(self._work(account_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _work(self, account_id: str) -> None:
        try:
            while waiting := self._waiting.get(account_id):
                batch, self._waiting[account_id] = waiting[:BATCH_MAX], waiting[BATCH_MAX:]
                await self._carry_out(account_id, batch)
        finally:
            self._at_work[account_id] -= 1
            if not self._at_work[account_id]:
                del self._at_work[account_id]
                self._waiting.pop(account_id, None)

    async def _carry_out(self, account_id: str, batch: list[Waiting]) -> None:
        loop = asyncio.get_running_loop()
        commands = [command for command, _ in batch]
        try:
            verdicts = await loop.run_in_executor(
                self._executor, self._operation, account_id, commands
            )
        except DatabaseUnavailable as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 - handed to the request that caused it
            if len(batch) == 1:
                _fail(batch, error)
                return
            # One member broke the batch, and nothing of it was committed: each goes alone.
            for member in batch:
                await self._carry_out(account_id, [member])
        else:
            for (_, future), verdict in zip(batch, verdicts, strict=True):
                if not future.cancelled():
                    future.set_result(verdict)


def _fail(batch: list[Waiting], error: BaseException) -> None:
    for _, future in batch:
        if not future.cancelled():
            future.set_exception(error)
