"""Several providers in order: the next is asked when one is down, its account is empty, its stream broke off or the
prompt is too long for it, never for a bad key or a bad request.

A refusal or a content filter passes on only where [models] next_on_refusal says so. A breaker per provider: after
BREAK_AFTER failures in a row it is passed over for PAUSE seconds, so that a long run does not pay the whole wait of a
dead provider for every draft; one whose account is empty for EMPTY_PAUSE seconds. Each provider has its own tries and
its own rows in the ledger. A draft that is resumed after a kill begins with the provider that has answered it already.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ourtake.documents import Usage
from ourtake.errors import AnswerError, PermanentError, ProviderError
from ourtake.providers.base import OnText, Provider, Reply, Request, name_of, window_full

BREAK_AFTER = 3
PAUSE = 60.0
EMPTY_PAUSE = 300.0
_DECLINED = ("refused", "filtered")


class Fallback:
    """Providers in the order in which they are asked."""

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        next_on_refusal: bool = False,
        holds: Callable[[Provider, Request], bool] = lambda provider, request: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = providers[0].name
        self.model = providers[0].model
        self._providers = tuple(providers)
        self._next_on_refusal = next_on_refusal
        self._holds = holds
        self._clock = clock
        self._failures = dict.fromkeys(range(len(providers)), 0)
        self._closed_until = dict.fromkeys(range(len(providers)), 0.0)
        self._reasons: dict[int, str] = {}

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        """See Provider. Raises the last provider's error when none could answer; `notes` of the reply say who was
        passed over and why.
        """
        notes: list[str] = []
        declined = Usage()
        first = self._first(request)
        for number, provider in enumerate(self._providers[first:], first):
            last = number == len(self._providers) - 1
            if self._closed_until[number] > self._clock() and not last:
                notes.append(f"{name_of(provider)} was skipped: {self._reasons[number]}.")
                continue
            try:
                reply = await provider.reply(request, on_text=on_text)
            except ProviderError as error:
                if last or not self._may_pass_on(error):
                    raise
                if not (isinstance(error, PermanentError) and error.too_long):
                    self._count_failure(number, error)
                notes.append(
                    f"{name_of(provider)} failed, so {name_of(self._providers[number + 1])} was asked: {error.what}"
                )
                continue
            self._failures[number] = 0
            notes += reply.notes
            why = "" if last else self._why_next(reply)
            if why:
                notes.append(f"{name_of(provider)} {why}, so {name_of(self._providers[number + 1])} was asked.")
                declined = declined.plus(reply.usage)
                continue
            return reply.model_copy(
                update={"by": name_of(provider), "notes": tuple(notes), "usage": reply.usage.plus(declined)}
            )
        raise AssertionError("the last provider either answers or raises")

    def _first(self, request: Request) -> int:
        """Who is asked first: one that has answered this very request for this draft, before the draft was done, was
        paid for that.
        """
        if len(self._providers) == 1:
            return 0
        return next((number for number, provider in enumerate(self._providers) if self._holds(provider, request)), 0)

    def _count_failure(self, number: int, error: ProviderError) -> None:
        if isinstance(error, PermanentError) and error.quota:
            self._close(number, EMPTY_PAUSE, "its account is empty")
            return
        self._failures[number] += 1
        if self._failures[number] >= BREAK_AFTER:
            self._close(number, PAUSE, f"it failed {BREAK_AFTER} times in a row")
            self._failures[number] = BREAK_AFTER - 1  # after the pause one more failure closes it again

    def _close(self, number: int, seconds: float, reason: str) -> None:
        self._closed_until[number], self._reasons[number] = self._clock() + seconds, reason

    def _why_next(self, reply: Reply) -> str:
        """Why the next provider is asked after this reply; "" if it is not."""
        if reply.status in _DECLINED and self._next_on_refusal:
            return f"would not write it ({reply.status})"
        if reply.status == "cut-off" and reply.stop_reason is None:
            return "broke off its reply"
        full = reply.status == "cut-off" and window_full(reply.stop_reason)
        return "had no room left in its context window" if full else ""

    def _may_pass_on(self, error: ProviderError) -> bool:
        if isinstance(error, PermanentError):
            return error.quota or error.too_long
        if isinstance(error, AnswerError):
            return self._next_on_refusal and error.status in _DECLINED
        return True

    async def close(self) -> None:
        """Close all connections."""
        for provider in self._providers:
            await provider.close()
