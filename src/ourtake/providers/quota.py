"""The limits of [models.limits.NAME]: how many requests at once, how many and how many tokens in any 60 seconds.

A provider's limits apply to all of its models that a run uses (a writer, its fallback, a judge) together; a model's
limits apply to that model alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from ourtake.config import Limits

_MINUTE = 60.0


@dataclass
class Ticket:
    """A request that went out at a moment (of the clock), and its tokens: a guess until it is answered."""

    moment: float
    tokens: float


class Quota:
    """What may go out under some limits; `places` are those of requests under way."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._sent: deque[Ticket] = deque()
        self.places = asyncio.Semaphore(self._limits.concurrency or 1_000_000)

    def wait_for(self, tokens: float, now: float) -> float:
        """Seconds until a request of this many tokens may be sent."""
        given = self._limits
        while self._sent and self._sent[0].moment <= now - _MINUTE:
            self._sent.popleft()
        if not self._sent:
            return 0.0
        spent = sum(ticket.tokens for ticket in self._sent) if given.tokens_per_minute else 0
        full = bool(given.requests_per_minute) and len(self._sent) >= given.requests_per_minute
        # A request that is larger than the whole allowance goes out alone: waiting longer would not make it smaller.
        if full or (given.tokens_per_minute and spent + tokens > given.tokens_per_minute):
            return self._sent[0].moment + _MINUTE - now
        return 0.0

    def take(self, ticket: Ticket) -> None:
        """A request goes out."""
        if self._limits.requests_per_minute or self._limits.tokens_per_minute:
            self._sent.append(ticket)
