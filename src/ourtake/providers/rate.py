"""How fast a provider is asked: one RateLimiter a model, for all workers of a run.

Three things slow it down: [models.limits.NAME] (quota.py), the limits that the provider's headers report, and its
refusals. Each 429 or 529 allows fewer requests under way for all workers (window.py), and closes the gate for all as
long as Retry-After says. Without Retry-After it closes it for FIRST_PAUSE seconds, twice as long for each further one,
half as long after an answer. Requests that were under way when the gate was closed are one event, not many. An error
that every request of this run would get (key, model, account) is raised again without asking again.

Some servers refuse this request and that one while they take those that come after. Once that has been seen within a
refusal's wait, that wait is the refused request's alone, until there are IN_A_ROW of them without an answer between, or
few places left: the others continue, fewer at once.
"""

from __future__ import annotations

import asyncio
import datetime
import re
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ourtake.config import Limits
from ourtake.documents import Usage
from ourtake.errors import PermanentError, ProviderError, TransientError
from ourtake.providers.base import ANTHROPIC_LIMITS, OPENAI_LIMITS
from ourtake.providers.quota import Quota, Ticket
from ourtake.providers.window import Window
from ourtake.text.counts import count_of

MAX_WAIT = 60.0
"""Seconds; a longer Retry-After ends the call at once."""
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 20.0
IN_A_ROW = 5
LASTS = 300.0
"""Seconds for which a bad key or an empty account is taken as it was found, before a request is spent on it again."""
_INSTANT = 1e-6
_CHARACTERS_A_TOKEN = 4


@dataclass
class _Allowance:
    """What headers report of one kind (requests or tokens): how much is left, and when all of it is back. Providers
    refill evenly.
    """

    limit: float | None
    left: float
    since: float
    back_at: float

    def wait_for(self, need: float, now: float) -> float:
        """Seconds until `need` is there again; all of it where that is more than the provider ever gives."""
        if need <= self.left or now >= self.back_at:
            return 0.0
        if self.limit is None or self.limit <= self.left:
            return self.back_at - now
        share = (min(need, self.limit) - self.left) / (self.limit - self.left)
        wait = self.since + share * (self.back_at - self.since) - now
        return wait if wait > _INSTANT else 0.0


def guessed_tokens(text: str, *, answer: int = 0) -> float:
    """The tokens of a request with this text, until they are counted; `answer`: tokens that its answer may have."""
    return len(text) / _CHARACTERS_A_TOKEN + answer


@dataclass
class Sending:
    """A request on its way out, and the moment (of the clock) at which it was sent, so far as is known yet."""

    moment: float


_sending: ContextVar[Sending | None] = ContextVar("sending", default=None)


class RateLimiter:
    """The gate in front of one provider's model."""

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        name: str = "The provider",
        quota: Quota | None = None,
        headers: Sequence[str] = (OPENAI_LIMITS, ANTHROPIC_LIMITS),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Coroutine[Any, Any, None]] = asyncio.sleep,
    ) -> None:
        self._quota = quota or Quota(limits)
        self._window = Window()
        self._name = name
        self._headers = headers
        self._clock = clock
        self._sleep = sleep
        self._queue = asyncio.Lock()
        self._allowances: dict[str, _Allowance] = {}
        self._open_at = 0.0
        self._paused: set[asyncio.Future[None]] = set()
        self._shut_at = float("-inf")
        self._refused = float("inf")
        self._refused_until = 0.0
        self._picks = False
        self._in_a_row = 0
        self._pauses = 0
        self._lasting: PermanentError | None = None
        self._lasts_until = 0.0

    async def enter(self, tokens: float, *, again: bool = False) -> Ticket:
        """Wait until a request of this many tokens may go out, first come, first served; one that goes out `again` has
        waited its turn already.

        Raises TransientError when that is further off than MAX_WAIT, and the error of before where nothing can pass in
        this run.
        """
        if again:
            return await self._when_open(tokens)
        async with self._queue:
            return await self._when_open(tokens)

    async def _when_open(self, tokens: float) -> Ticket:
        await self._sit_out(lambda: self._wait(tokens))
        ticket = Ticket(self._clock(), tokens)
        self._quota.take(ticket)
        for kind, amount in (("requests", 1.0), ("tokens", tokens)):
            if kind in self._allowances:
                self._allowances[kind].left -= amount
        return ticket

    async def opened(self) -> None:
        """Wait until the gate is open, for a request that passed it and has waited elsewhere since. Raises
        TransientError, see enter.
        """
        await self._sit_out(lambda: self._open_at - self._clock())

    async def _sit_out(self, wait: Callable[[], float]) -> None:
        """Wait as long as `wait` says, which is asked again after each pause. Raises TransientError, see enter."""
        while (seconds := wait()) > 0:
            if seconds > MAX_WAIT:
                raise too_far_off(self._name, seconds)
            await self._pause(seconds)
        if self._lasting is not None and self._clock() < self._lasts_until:
            raise self._lasting

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Sending]:
        """One of the places that our own limits give."""
        async with self._quota.places:
            sending = Sending(self._clock())
            token = _sending.set(sending)
            try:
                yield sending
            finally:
                _sending.reset(token)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[None]:
        """The way out, for a request that passed the gate and has waited elsewhere since: the gate is open, and there
        is a place for it.

        Raises TransientError, see enter.
        """
        await self.opened()
        await self._window.enter()
        try:
            await self.opened()
            sending = _sending.get()
            if sending is not None:
                sending.moment = self._clock()
            yield
        finally:
            self._window.leave()

    async def _pause(self, seconds: float) -> None:
        """Sleep this long, or until the gate is opened earlier."""
        sleeping = asyncio.ensure_future(self._sleep(seconds))
        self._paused.add(sleeping)
        try:
            await asyncio.wait({sleeping})
        finally:
            self._paused.discard(sleeping)
            sleeping.cancel()

    def _wait(self, tokens: float) -> float:
        now = self._clock()
        if self._lasting is not None and now < self._lasts_until:
            return 0.0
        waits = [self._open_at - now, self._quota.wait_for(tokens, now)]
        waits += [
            self._allowances[kind].wait_for(amount, now)
            for kind, amount in (("requests", 1.0), ("tokens", tokens))
            if kind in self._allowances
        ]
        return max(waits)

    def failed(self, error: ProviderError, *, sent: float) -> None:
        """Learn from a failure of a request that was sent at this moment."""
        if isinstance(error, PermanentError) and error.lasting:
            self._lasting, self._lasts_until = error, self._clock() + LASTS
        if not isinstance(error, TransientError) or error.status not in (429, 529):
            self._in_a_row = 0
            return
        now = self._clock()
        self._in_a_row += 1
        self._window.refused()
        if error.retry_after is not None:
            if self._picks and self._in_a_row < IN_A_ROW and error.retry_after <= MAX_WAIT and not self._window.narrow:
                return
            self._picks = False
            self._open_at = max(self._open_at, now + error.retry_after)
            # Of one event, which lasts as long as its wait, the first one counts.
            self._refused = min(self._refused, sent) if now < self._refused_until else sent
            self._refused_until = self._open_at
        elif sent >= self._shut_at:
            self._pauses += 1
            self._open_at = max(self._open_at, now + min(FIRST_PAUSE * 2 ** (self._pauses - 1), LONGEST_PAUSE))
        self._shut_at = now

    def answered(self, ticket: Ticket, usage: Usage, *, sent: float) -> None:
        """Learn from an answer to a request that was sent at this moment: the provider takes requests, and this is what
        one really cost.
        """
        self._pauses, self._in_a_row = max(0, self._pauses - 1), 0
        self._window.answered()
        if usage.input_tokens:
            ticket.tokens = usage.input_tokens + usage.output_tokens
        if sent <= self._refused:
            return
        # Once the wait is over an answer says nothing: that it would be was what the refusal said.
        if sent < self._refused_until:
            self._picks = True
            if not self._window.narrow:
                # The wait was only for the refused request: the others no longer wait.
                self._open_at = min(self._open_at, self._clock())
                for paused in self._paused:
                    paused.cancel()
        self._refused = float("inf")

    def seen(self, headers: Mapping[str, str]) -> None:
        """Learn the limits that an answer's headers report; `headers` of this gate are their names.

        A refusal with a Retry-After says all that counts: its other headers may report a whole allowance that is back
        much later.
        """
        if "retry-after" in headers or "retry-after-ms" in headers:
            return
        for kind in ("requests", "tokens"):
            found = _allowance(headers, self._headers, kind, self._clock())
            if found is not None:
                self._allowances[kind] = found


def too_far_off(provider: str, seconds: float) -> TransientError:
    """The error for a wait that is longer than MAX_WAIT, with the time until which it lasts."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    what = f"{provider} asks to wait {count_of(round(seconds), 'second')}, until {moment:%Y-%m-%d %H:%M:%S} UTC."
    return TransientError(
        what,
        "Run it again after that. What is done is kept; resume a batch with --resume.",
        status=429,
        retry_after=seconds,
    )


def _allowance(headers: Mapping[str, str], names: Sequence[str], kind: str, now: float) -> _Allowance | None:
    for pattern in names:
        limit, left, reset = (headers.get(pattern.format(part=part, kind=kind)) for part in _PARTS)
        if left is None or reset is None:
            continue
        try:
            back_at = now + min(_seconds(reset), MAX_WAIT)
            return _Allowance(limit=float(limit) if limit else None, left=float(left), since=now, back_at=back_at)
        except ValueError:
            return None
    return None


_PARTS = ("limit", "remaining", "reset")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _seconds(reset: str) -> float:
    """Seconds of "6m0s", "20ms", "1.5" or an ISO 8601 moment. Raises ValueError."""
    parts = re.findall(r"([\d.]+)(ms|s|m|h|d)", reset)
    if parts and re.fullmatch(r"(?:[\d.]+(?:ms|s|m|h|d))+", reset.strip()):
        return sum(float(number) * _UNITS[unit] for number, unit in parts)
    if re.fullmatch(r"[\d.]+", reset.strip()):
        return float(reset)
    moment = datetime.datetime.fromisoformat(reset.strip())
    return max(0.0, (moment - datetime.datetime.now(datetime.UTC)).total_seconds())
