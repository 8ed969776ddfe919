"""One wall-clock deadline per call. It does not run while the call waits in our own queue or for our own disk.

A time-out inside an SDK covers one read, so a server that drips or pings never exceeds it. Two waits must not count: a
draft that waits for a free slot has sent nothing, and an answer that has arrived must not be lost because its row is
being written.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

_running: ContextVar[asyncio.Timeout | None] = ContextVar("deadline", default=None)


@asynccontextmanager
async def deadline(seconds: float) -> AsyncIterator[None]:
    """Cancel what runs inside after `seconds`, not counting time spent in `uncounted`. Raises TimeoutError."""
    async with asyncio.timeout(seconds) as limit:
        token = _running.set(limit)
        try:
            yield
        finally:
            _running.reset(token)


def seconds_left() -> float:
    """Seconds until the deadline of this call; infinite if there is none."""
    limit = _running.get()
    when = limit.when() if limit is not None else None
    return float("inf") if when is None else when - asyncio.get_running_loop().time()


@asynccontextmanager
async def uncounted() -> AsyncIterator[None]:
    """What runs inside does not count, and the deadline does not end it."""
    limit = _running.get()
    left = seconds_left()
    if limit is None or limit.expired() or left == float("inf"):
        yield
        return
    limit.reschedule(None)
    yield
    limit.reschedule(asyncio.get_running_loop().time() + left)
