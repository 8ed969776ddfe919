"""The only layer that retries: tenacity around a provider, within one wall-clock deadline for all tries of a call.

errors.TransientError says what is worth another try. A try waits with backoff and jitter, or as long as the provider
asked, never less. A refused connection is tried twice more, because nothing was sent. A broken connection, and an
answer that is not a model's, are tried once more: they may have been billed, and the reply's notes say so. Everything
else is tried as often as [models] allows. A wait longer than MAX_WAIT or the deadline ends the call at once, and the
error says when to try again. Each try first passes the gate of rate.py, whose first wait does not count.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import tenacity

from ourtake.documents import Usage
from ourtake.errors import ProviderError, TransientError
from ourtake.providers.base import OnText, Provider, Reply, Request
from ourtake.providers.deadline import deadline, seconds_left
from ourtake.providers.quota import Ticket
from ourtake.providers.rate import MAX_WAIT, RateLimiter, guessed_tokens, too_far_off
from ourtake.text.counts import count_of

_QUICK = tenacity.wait_random_exponential(multiplier=0.2, max=1.0)
_BACKOFF = tenacity.wait_random_exponential(multiplier=1.0, max=20.0)
_OVERLOADED = tenacity.wait_random_exponential(multiplier=10.0, max=60.0, min=5.0)
_WAITS: dict[int | None, tenacity.wait_random_exponential] = {529: _OVERLOADED, 0: _QUICK, 200: _QUICK, None: _QUICK}
"""An overloaded provider needs longer to recover than a hiccup. What is tried just once or twice more is tried soon:
there is no crowd to spread.
"""
_TRIES = {200: 2, 0: 3, None: 2}
"""Tries by status: 200 is not an answer of a model; 0 a refused connection; None a broken one."""


class Used(Protocol):
    """An answer that says what it took."""

    @property
    def usage(self) -> Usage:
        """Its tokens and calls."""


Answer = TypeVar("Answer", bound=Used)


class Retrier:
    """Asks again where that can help, whatever is asked; `name` is the provider's."""

    def __init__(
        self,
        name: str,
        *,
        tries: int,
        deadline_seconds: float,
        limiter: RateLimiter | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = name
        self._tries = tries
        self._deadline = deadline_seconds
        self.limiter = limiter or RateLimiter()
        self._sleep = sleep

    async def answer(self, tokens: float, ask: Callable[[], Awaitable[Answer]]) -> tuple[Answer, tuple[str, ...]]:
        """What `ask`, a request of some `tokens`, returns, and the notes on its tries. Raises the last error when the
        tries or the deadline are used up.
        """
        ticket = await self.limiter.enter(tokens)
        state = RetryState(self.name, ticket, tries=self._tries)
        retrying = tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            stop=state.stop,
            wait=state.wait,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            async with deadline(self._deadline):
                found: Answer = await retrying(self._attempt, tokens, ask, state)
        except TimeoutError:
            raise ProviderError(
                f"{self.name} gave no complete answer within {count_of(self._deadline, 'second')}; what was sent "
                "may have been billed.",
                "Try again later (a draft with --retry-unknown), or raise deadline_seconds in [models].",
            ) from None
        except TransientError as error:
            if error.retry_after is not None and error.retry_after > MAX_WAIT:
                raise too_far_off(self.name, error.retry_after) from error
            raise
        return found, tuple(state.notes)

    async def _attempt(self, tokens: float, ask: Callable[[], Awaitable[Answer]], state: RetryState) -> Answer:
        if state.failures:
            state.ticket = await self.limiter.enter(tokens, again=True)
        async with self.limiter.place() as sending:
            try:
                found = await ask()
            except ProviderError as error:
                self.limiter.failed(error, sent=sending.moment)
                raise
            self.limiter.answered(state.ticket, found.usage, sent=sending.moment)
            return found


class RetryingProvider:
    """A provider that asks again where that can help."""

    def __init__(
        self,
        provider: Provider,
        *,
        tries: int,
        deadline_seconds: float,
        limiter: RateLimiter | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = provider.name
        self.model = provider.model
        self._provider = provider
        self._retrier = Retrier(
            provider.name, tries=tries, deadline_seconds=deadline_seconds, limiter=limiter, sleep=sleep
        )

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Raises the last error when the tries or the deadline are used up."""
        tokens = guessed_tokens(request.system + request.prompt, answer=request.max_output_tokens)
        reply, notes = await self._retrier.answer(tokens, lambda: self._provider.reply(request, on_text=on_text))
        return reply.model_copy(update={"notes": (*reply.notes, *notes)}) if notes else reply

    async def close(self) -> None:
        """Close connections."""
        await self._provider.close()


class RetryState:
    """The tries of one call: how often each kind of failure has come, and the notes on them."""

    def __init__(self, name: str, ticket: Ticket, *, tries: int) -> None:
        self.ticket = ticket
        self.failures = 0
        self.notes: list[str] = []
        self._name = name
        self._tries = tries
        self._kinds: Counter[int | None] = Counter()

    def stop(self, call: tenacity.RetryCallState) -> bool:
        """Whether this failure is the last."""
        error = call.outcome.exception() if call.outcome else None
        if not isinstance(error, TransientError):
            return True
        self.failures += 1
        self._kinds[error.status] += 1
        if self.failures >= self._tries or self._kinds[error.status] >= _TRIES.get(error.status, self._tries):
            return True
        if (error.retry_after or 0) > MAX_WAIT or call.upcoming_sleep >= seconds_left():
            # The deadline would end the wait: what the provider said is worth more than "no answer in time".
            return True
        if error.status is None or error.status == 200:
            self.notes.append(
                f"{self._name} was asked twice for one answer: {error.what} It may have been billed twice."
            )
        return False

    def wait(self, call: tenacity.RetryCallState) -> float:
        """Seconds before the next try."""
        error = call.outcome.exception() if call.outcome else None
        asked = error.retry_after if isinstance(error, TransientError) else None
        if asked is not None:
            return asked + _QUICK(call)
        status = error.status if isinstance(error, TransientError) else None
        return _WAITS.get(status, _BACKOFF)(call)
