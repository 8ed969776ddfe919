"""The one layer that asks again: tenacity around a provider, within one wall-clock deadline.

Asked again: errors.TransientError, with backoff and jitter, or after the wait that the provider named, never earlier. A wait of more than
MAX_WAIT seconds ends it at once. A refused connection is tried three times, an answer that is none twice; nothing else is retried.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import tenacity

from ourtake.errors import ProviderError, TransientError
from ourtake.providers.base import OnText, Provider, Reply, Request

Answer = TypeVar("Answer")

MAX_WAIT = 60.0
"""Seconds that a Retry-After is obeyed for."""

_BACKOFF = tenacity.wait_random_exponential(multiplier=1.0, max=20.0)
_TRIES = {200: 2, 0: 3, None: 2}
"""Fewer tries by status: 200 is no model's answer; 0 a refused connection; None a broken one, which may have been billed."""


class Retrying:
    """A provider that asks again where that can help."""

    def __init__(self, provider: Provider, *, tries: int, deadline_seconds: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.name = provider.name
        self.model = provider.model
        self._provider = provider
        self._tries = tries
        self._deadline = deadline_seconds
        self._sleep = sleep

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Raises the last error when the tries or the deadline are used up."""
        return await asked_again(
            lambda: self._provider.reply(request, on_text=on_text),
            name=self.name,
            tries=self._tries,
            deadline_seconds=self._deadline,
            sleep=self._sleep,
        )

    async def close(self) -> None:
        """Close connections."""
        await self._provider.close()


async def asked_again(
    ask: Callable[[], Awaitable[Answer]],
    *,
    name: str,
    tries: int,
    deadline_seconds: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Answer:
    """What `ask` returns, asked again where that can help. Raises the last error when the tries or the deadline are used up."""

    def stop(state: tenacity.RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        status = error.status if isinstance(error, TransientError) else None
        return state.attempt_number >= min(tries, _TRIES.get(status, tries))

    async def attempt() -> Answer:  # tenacity awaits only what is declared a coroutine
        return await ask()

    retrying = tenacity.AsyncRetrying(retry=tenacity.retry_if_exception(_may_pass), stop=stop, wait=_wait, sleep=sleep, reraise=True)
    try:
        async with asyncio.timeout(deadline_seconds):
            return await retrying(attempt)
    except TimeoutError:
        raise ProviderError(
            f"{name} gave no whole answer within {deadline_seconds:g} seconds; what was sent may have been billed.",
            "Try again later, or raise deadline_seconds in [models].",
        ) from None


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, TransientError) and (error.retry_after is None or error.retry_after <= MAX_WAIT)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, TransientError) else None
    if asked is not None:
        return asked + _BACKOFF(state) / 10
    # An overloaded provider (529) needs longer to recover than a hiccup.
    return _BACKOFF(state) * (3 if isinstance(error, TransientError) and error.status == 529 else 1)
