"""The limits of [models.limits] held together by all workers of a store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from ourtake.config import Limits
from ourtake.store.turns import Turns

Gate = Callable[[], AbstractAsyncContextManager[None]]


def shared_gate(gate: Gate, turns: Turns, name: str, limits: Limits, *, process_id: int, deadline: float) -> Gate:
    """The gate of this process, behind a turn that all workers share; `name`: whose limits these are, `deadline`: the
    seconds that a call may take.
    """
    if not limits.concurrency and not limits.requests_per_minute:
        return gate

    @asynccontextmanager
    async def both() -> AsyncIterator[None]:
        most, a_minute = limits.concurrency or 0, limits.requests_per_minute or 0
        # The turn last: it counts from when it is taken, so nothing may come between it and the call.
        async with gate():
            turn = await turns.take(name, process_id=process_id, concurrency=most, a_minute=a_minute, deadline=deadline)
            broken_off = False
            try:
                yield
            except asyncio.CancelledError:
                broken_off = True
                raise
            finally:
                await turns.give_back(turn, broken_off=broken_off)

    return both
