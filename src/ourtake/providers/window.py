"""How many requests to one model may be under way: as many as there are workers, until one is refused.

Each refusal takes a place from all workers, each answer gives BACK of one back, until there are as many as before: a
provider that refuses one request in five is asked at nearly full breadth, one that refuses most is soon asked as
narrowly as it answers.
"""

from __future__ import annotations

import asyncio

BACK = 0.6
FEW = 0.25
"""Of the places that there were: with fewer left, the provider means all workers when it asks one of them to wait."""


class Window:
    """The places of one model's requests."""

    def __init__(self) -> None:
        self._under_way = 0
        self._most = 1
        self._places = float("inf")
        self._changed = asyncio.Event()

    @property
    def narrow(self) -> bool:
        """Whether refusals have left few places."""
        return self._places <= max(1.0, FEW * self._most)

    async def enter(self) -> None:
        """Wait for a place."""
        while self._under_way + 1 > self._places:
            await self._changed.wait()
        self._under_way += 1
        self._most = max(self._most, self._under_way)

    def leave(self) -> None:
        """Give the place back."""
        self._under_way -= 1
        self._wake()

    def refused(self) -> None:
        """A request was refused: there is a place less for all."""
        self._places = max(1.0, min(self._places, self._most) - 1)

    def answered(self) -> None:
        """The provider takes requests."""
        self._places += BACK
        if self._places >= self._most:
            self._places = float("inf")
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
