"""Shows the text that a worker writes while somebody waits for it: the text so far is stored with the queue a few times
a second, and the waiting process reads it there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.terminal import say

if TYPE_CHECKING:
    from ourtake.jobs.cluster import Cluster

EVERY = 0.4
"""Seconds between two versions."""


@asynccontextmanager
async def showing(cluster: Cluster, name: str) -> AsyncIterator[Callable[[str], None]]:
    """A function to call with the text so far, from any thread. The text is stored under that name; "" if nobody
    waits.
    """
    texts = [""]

    async def keep() -> None:
        kept = ""
        while True:
            await asyncio.sleep(EVERY)
            if texts[0] != kept:
                kept = texts[0]
                try:
                    await cluster.keep_result(name, kept)
                except lazy.cluster.AWAY as error:
                    # A server that is away shows nothing for a while. Whatever else fails, the work goes on.
                    if not lazy.cluster.is_away(error):
                        say(f"ourtake: a job's text is not shown while it is written:  {lazy.cluster.reason(error)}.")
                        return

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
