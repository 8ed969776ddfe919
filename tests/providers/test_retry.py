"""What is asked again, how often and how long after; and who is asked next. The provider here is a script of outcomes,
at the network's edge.
"""

from __future__ import annotations

import asyncio

import pytest

from ourtake.documents import Source, Usage
from ourtake.errors import PermanentError, ProviderError, TransientError
from ourtake.providers.base import Brief, OnText, Reply, Request
from ourtake.providers.fallback import BREAK_AFTER, Fallback
from ourtake.providers.rate import RateLimiter
from ourtake.providers.retry import RetryingProvider

SOURCE = Source(title="t", outlet="o", url="https://o.example/1", blurb="b")
REQUEST = Request(
    task="take", model="m", system="s", prompt="p", json_schema={}, max_output_tokens=10, brief=Brief(source=SOURCE)
)
GOOD = Reply(status="complete", text="{}", stop_reason="stop", usage=Usage(calls=1), model="m")


class Scripted:
    """Answers what it is told to, in order, the last for ever."""

    def __init__(self, *outcomes: Reply | Exception, name: str = "scripted") -> None:
        self.name = name
        self.model = "m"
        self.calls = 0
        self._outcomes = outcomes

    async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
        outcome = self._outcomes[min(self.calls, len(self._outcomes) - 1)]
        self.calls += 1
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def close(self) -> None:
        pass


def slow_down(status: int | None, after: float | None = None) -> TransientError:
    return TransientError("x", status=status, retry_after=after)


TABLE: dict[str, tuple[list[Reply | Exception], int, str]] = {
    "429 for ever": ([slow_down(429)], 4, "error"),
    "500 for ever": ([slow_down(500)], 4, "error"),
    "a refused connection": ([slow_down(0)], 3, "error"),
    "a broken connection": ([slow_down(None)], 2, "error"),
    "no model's answer": ([slow_down(200)], 2, "error"),
    "a bad key": ([PermanentError("x")], 1, "error"),
    "an hour's wait": ([slow_down(429, 3600)], 1, "error"),
    "one hiccup": ([slow_down(503), GOOD], 2, "reply"),
}


@pytest.mark.parametrize("name", TABLE)
def test_how_often_a_fault_is_asked_again(name: str) -> None:
    outcomes, calls, end = TABLE[name]
    provider = Scripted(*outcomes)

    async def no_wait(_: float) -> None:
        pass

    retrying = RetryingProvider(provider, tries=4, deadline_seconds=60, sleep=no_wait)
    if end == "reply":
        assert asyncio.run(retrying.reply(REQUEST)) == GOOD
    else:
        with pytest.raises(ProviderError):
            asyncio.run(retrying.reply(REQUEST))
    assert provider.calls == calls


def test_retry_after_is_obeyed_and_never_earlier() -> None:
    waits: list[float] = []

    async def record(seconds: float) -> None:
        waits.append(seconds)

    limiter = RateLimiter(clock=lambda: sum(waits), sleep=record)
    retrying = RetryingProvider(
        Scripted(slow_down(429, 7.0), GOOD), tries=4, deadline_seconds=60, sleep=record, limiter=limiter
    )
    asyncio.run(retrying.reply(REQUEST))
    assert 1 <= len(waits) <= 2 and 7.0 <= sum(waits) <= 12.0


def test_a_provider_that_never_ends_is_ended_by_the_deadline() -> None:
    class Endless(Scripted):
        async def reply(self, request: Request, *, on_text: OnText | None = None) -> Reply:
            await asyncio.sleep(60)
            return GOOD

    with pytest.raises(ProviderError, match="complete answer within"):
        asyncio.run(RetryingProvider(Endless(), tries=4, deadline_seconds=0.05).reply(REQUEST))


FALLBACK = {
    "down": (slow_down(500), True),
    "empty account": (PermanentError("x", quota=True), True),
    "bad key": (PermanentError("x"), False),
}


@pytest.mark.parametrize("name", FALLBACK)
def test_the_next_is_asked_when_one_is_down_and_not_for_a_bad_key(name: str) -> None:
    error, passes = FALLBACK[name]
    second = Scripted(GOOD, name="second")
    fallback = Fallback([Scripted(error, name="first"), second])
    if passes:
        reply = asyncio.run(fallback.reply(REQUEST))
        assert reply.by == "second:m" and "first:m failed" in reply.notes[0]
    else:
        with pytest.raises(PermanentError):
            asyncio.run(fallback.reply(REQUEST))
        assert second.calls == 0


def test_a_dead_provider_is_passed_over_and_tried_again_after_a_pause() -> None:
    now = [0.0]
    first, second = Scripted(slow_down(500), name="first"), Scripted(GOOD, name="second")
    fallback = Fallback([first, second], clock=lambda: now[0])

    async def ask() -> None:
        await fallback.reply(REQUEST)

    for _ in range(BREAK_AFTER + 5):
        asyncio.run(ask())
    assert (first.calls, second.calls) == (BREAK_AFTER, BREAK_AFTER + 5)
    now[0] = 61.0
    asyncio.run(ask())
    assert first.calls == BREAK_AFTER + 1
