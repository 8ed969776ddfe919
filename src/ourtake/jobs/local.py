"""Many coroutines in one process, a fixed number at a time, results as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


async def run_many(items: Iterable[Item], work: Callable[[Item], Awaitable[Result]], *, concurrency: int) -> AsyncIterator[Result]:
    """Results in the order in which they are ready. When one item raises, the others are cancelled and the error is raised here."""
    queue: asyncio.Queue[Result | None] = asyncio.Queue()
    waiting = iter(items)

    async def worker() -> None:
        # One iterator shared by all workers: each takes the next item when it is free, so memory stays flat on long lists.
        for item in waiting:
            await queue.put(await work(item))

    async def all_workers() -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(concurrency):
                    group.create_task(worker())
                    # One start a turn of the loop: the first item's call goes out before the last item has been prepared.
                    await asyncio.sleep(0)
        finally:
            await queue.put(None)

    running = asyncio.create_task(all_workers())
    try:
        while (result := await queue.get()) is not None:
            yield result
        try:
            await running
        except BaseExceptionGroup as group:
            raise group.exceptions[0] from None
    finally:
        running.cancel()
