"""What a worker writes for somebody who waits, shown while it grows: the text so far is kept with the queue a few times
a second, and whoever waits reads it there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from ourtake.cli import lazy

if TYPE_CHECKING:
    from ourtake.jobs.cluster import Cluster

EVERY = 0.4
"""Seconds between two versions."""


@asynccontextmanager
async def showing(cluster: Cluster, name: str) -> AsyncIterator[Callable[[str], None]]:
    """A function that is told the text so far, from any thread; it is kept under that name. With "" nobody waits."""
    texts = [""]

    async def keep() -> None:
        kept = ""
        while True:
            await asyncio.sleep(EVERY)
            if texts[0] != kept:
                kept = texts[0]
                # A server that is away shows nothing; the work goes on.
                with suppress(*lazy.cluster.AWAY):
                    await cluster.keep_result(name, kept)

    def tell(text: str) -> None:
        texts[0] = text

    keeping = asyncio.create_task(keep()) if name else None
    try:
        yield tell
    finally:
        if keeping is not None:
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping
