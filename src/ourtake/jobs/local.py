"""Many coroutines in one process, a fixed number at a time; results as they are ready."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def run_many(
    items: Iterable[Item],
    work: Callable[[Item], Awaitable[Result]],
    *,
    concurrency: int,
    stop: asyncio.Event | None = None,
) -> AsyncIterator[Result]:
    """Results in the order in which they are ready. Once `stop` is set, no item is started, and those under way finish.

    An item that raises sets it, so that what the others have paid for is kept. Then the error is raised here; several
    errors are raised as an ExceptionGroup.
    """
    stop = stop or asyncio.Event()
    queue: asyncio.Queue[Result | None] = asyncio.Queue()
    errors: list[Exception] = []
    waiting = iter(items)

    async def worker() -> None:
        # One iterator shared by all workers: each takes the next item when it is free, so memory stays flat on long
        # lists.
        for item in waiting:
            if stop.is_set():
                return
            try:
                await queue.put(await work(item))
            except Exception as error:
                errors.append(error)
                stop.set()

    async def all_workers() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(concurrency):
                    group.create_task(worker())
                    # One start in each turn of the loop: the first item's call is sent before the last is prepared.
                    await asyncio.sleep(0)
        finally:
            await queue.put(None)

    running = asyncio.create_task(all_workers())
    try:
        while (result := await queue.get()) is not None:
            yield result
        await running
        _raise(errors)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _raise(errors: list[Exception]) -> None:
    if len(errors) > 1:
        raise ExceptionGroup("several items failed", errors)
    if errors:
        raise errors[0]
