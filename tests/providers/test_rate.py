"""How fast a provider is asked: our limits, its headers; its refusals are in test_refusals.py. The clock is the tests'
own; nothing here waits.
"""

from __future__ import annotations

import asyncio

import pytest

from ourtake.config import Limits, Settings
from ourtake.documents import Source, Usage
from ourtake.errors import PermanentError, TransientError
from ourtake.providers.base import Brief, Provider, Request
from ourtake.providers.quota import Quota
from ourtake.providers.rate import FIRST_PAUSE, LASTS, RateLimiter, guessed_tokens
from ourtake.providers.registry import ProviderFactory

SOURCE = Source(title="t", outlet="o", url="https://o.example/1", blurb="b")
REQUEST = Request(
    task="take",
    model="m",
    system="s" * 200,
    prompt="p" * 200,
    json_schema={},
    max_output_tokens=100,
    brief=Brief(source=SOURCE),
)
TOKENS = guessed_tokens(REQUEST.system + REQUEST.prompt, answer=REQUEST.max_output_tokens)
TOKENS = 200
"""What REQUEST is taken for before it is answered: 400 characters and 100 tokens of output."""


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def entries(limiter: RateLimiter, clock: Clock, count: int) -> list[float]:
    """The moments, from the first on, at which so many requests may go out."""

    async def all_() -> list[float]:
        return [(await limiter.enter(TOKENS)).moment - 1000.0 for _ in range(count)]

    return asyncio.run(all_())


LIMITS = [
    (Limits(), [0, 0, 0, 0, 0]),
    (Limits(requests_per_minute=2), [0, 0, 60, 60, 120]),
    (Limits(tokens_per_minute=3 * TOKENS), [0, 0, 0, 60, 60]),
    (Limits(requests_per_minute=4, tokens_per_minute=2 * TOKENS), [0, 0, 60, 60, 120]),
    (Limits(tokens_per_minute=10), [0, 60, 120, 180, 240]),
]


@pytest.mark.parametrize(("limits", "moments"), LIMITS)
def test_no_minute_holds_more_than_its_limit(limits: Limits, moments: list[float]) -> None:
    clock = Clock()
    assert entries(RateLimiter(limits, clock=clock, sleep=clock.sleep), clock, 5) == moments


def test_two_models_of_a_provider_share_its_limits() -> None:
    clock = Clock()
    quota = Quota(Limits(requests_per_minute=2))
    writer, judge = (RateLimiter(quota=quota, clock=clock, sleep=clock.sleep) for _ in range(2))
    assert entries(writer, clock, 1) + entries(judge, clock, 2) + entries(writer, clock, 1) == [0, 0, 60, 60]


HEADERS = {
    "openai, no requests left": (
        {"x-ratelimit-limit-requests": "1", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6s"},
        6,
    ),
    "openai, in parts": (
        {
            "x-ratelimit-limit-requests": "60",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "1m0s",
        },
        1,
    ),
    "openai, tokens": (
        {"x-ratelimit-limit-tokens": "400", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20000ms"},
        10,
    ),
    "openai, enough": (
        {"x-ratelimit-limit-tokens": "400", "x-ratelimit-remaining-tokens": "400", "x-ratelimit-reset-tokens": "0s"},
        0,
    ),
    "no number": ({"x-ratelimit-remaining-requests": "none", "x-ratelimit-reset-requests": "soon"}, 0),
    "none": ({}, 0),
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_heeded(name: str) -> None:
    headers, wait = HEADERS[name]
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.seen(headers)
    assert entries(limiter, clock, 1) == [pytest.approx(wait)]


def test_anthropic_headers_name_a_moment() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.seen(
        {"anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": "2999-01-01T00:00:00Z"}
    )
    assert entries(limiter, clock, 1) == [pytest.approx(60)]


def test_one_refusal_stops_all_workers_as_long_as_it_says() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.failed(TransientError("x", status=429, retry_after=7), sent=clock.now)
    assert entries(limiter, clock, 3) == [7, 7, 7]


def test_a_bad_key_stops_also_those_that_passed_the_gate() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.failed(PermanentError("bad key", lasting=True), sent=clock.now)
    with pytest.raises(PermanentError, match="bad key"):
        asyncio.run(limiter.opened())


def test_a_refusal_that_names_its_wait_has_said_all() -> None:
    headers = {
        "x-ratelimit-limit-tokens": "400",
        "x-ratelimit-remaining-tokens": "0",
        "x-ratelimit-reset-tokens": "6m0s",
    }
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.seen(headers | {"retry-after": "1"})
    assert entries(limiter, clock, 1) == [0]
    limiter.seen(headers)
    assert entries(limiter, clock, 1) == [pytest.approx(30)]


def test_refusals_without_a_word_pause_longer_and_longer_until_one_answers() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    bare = TransientError("x", status=429)
    for times in (1, 2, 4, 8):
        sent = clock.now
        limiter.failed(bare, sent=sent)
        limiter.failed(bare, sent=sent - 1)  # was under way already: the same event
        asyncio.run(limiter.enter(TOKENS))
        assert clock.slept[-1] == pytest.approx(times * FIRST_PAUSE)
    ticket = asyncio.run(limiter.enter(TOKENS))
    limiter.answered(ticket, Usage(input_tokens=5, output_tokens=5), sent=clock.now)
    limiter.failed(bare, sent=clock.now)
    asyncio.run(limiter.enter(TOKENS))
    # An answer halves the pause; many make it the first one again.
    assert clock.slept[-1] == pytest.approx(8 * FIRST_PAUSE)
    for _ in range(5):
        limiter.answered(ticket, Usage(input_tokens=5, output_tokens=5), sent=clock.now)
    limiter.failed(bare, sent=clock.now)
    asyncio.run(limiter.enter(TOKENS))
    assert clock.slept[-1] == pytest.approx(FIRST_PAUSE)


def test_a_wait_of_an_hour_is_said_and_not_waited() -> None:
    clock = Clock()
    limiter = RateLimiter(name="openai:m", clock=clock, sleep=clock.sleep)
    limiter.failed(TransientError("x", status=429, retry_after=3600), sent=clock.now)
    with pytest.raises(TransientError, match="openai:m asks to wait 3,600 seconds, until"):
        asyncio.run(limiter.enter(TOKENS))
    assert clock.slept == []


def test_a_bad_key_is_not_tried_again_for_every_draft() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    limiter.failed(PermanentError("bad key", lasting=True), sent=clock.now)
    with pytest.raises(PermanentError, match="bad key"):
        asyncio.run(limiter.enter(TOKENS))
    clock.now += LASTS
    asyncio.run(limiter.enter(TOKENS))


def test_a_request_that_goes_out_again_does_not_wait_behind_the_others() -> None:
    clock = Clock()
    limiter = RateLimiter(Limits(requests_per_minute=1), clock=clock, sleep=clock.sleep)

    async def both() -> list[str]:
        order: list[str] = []

        async def one(name: str, *, again: bool) -> None:
            await limiter.enter(TOKENS, again=again)
            order.append(name)

        await limiter.enter(TOKENS)
        await asyncio.gather(*(one(f"new {number}", again=False) for number in range(3)), one("again", again=True))
        return order

    assert asyncio.run(both()).index("again") < 2


def test_who_asks_the_same_model_of_a_run_shares_its_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    built: list[tuple[Provider, RateLimiter]] = []

    def recorded(provider: Provider, limiter: RateLimiter) -> Provider:
        built.append((provider, limiter))
        return provider

    known = ProviderFactory(Settings(), recorded=recorded)
    known.line(["openai:writer", "openai:other"])
    known.line(["openai:writer"])
    assert [provider.model for provider, _ in built] == ["writer", "other"]
