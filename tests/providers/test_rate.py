"""How fast a provider is asked: our limits, its headers, its refusals. The clock is the tests' own; nothing here waits."""

from __future__ import annotations

import asyncio
import time

import pytest

from ourtake.config import Limits, Settings
from ourtake.documents import Source, Usage
from ourtake.errors import PermanentError, TransientError
from ourtake.providers.base import Brief, Provider, Request
from ourtake.providers.quota import Quota, Ticket
from ourtake.providers.rate import FIRST_PAUSE, IN_A_ROW, LASTS, Pace
from ourtake.providers.registry import Lines

SOURCE = Source(title="t", outlet="o", url="https://o.example/1", blurb="b")
REQUEST = Request(task="take", model="m", system="s" * 200, prompt="p" * 200, json_schema={}, max_output_tokens=100, brief=Brief(source=SOURCE))
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


def entries(pace: Pace, clock: Clock, count: int) -> list[float]:
    """The moments, from the first on, at which so many requests may go out."""

    async def all_() -> list[float]:
        return [(await pace.enter(REQUEST)).moment - 1000.0 for _ in range(count)]

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
    assert entries(Pace(limits, clock=clock, sleep=clock.sleep), clock, 5) == moments


def test_two_models_of_a_provider_share_its_limits() -> None:
    clock = Clock()
    quota = Quota(Limits(requests_per_minute=2))
    writer, judge = (Pace(quota=quota, clock=clock, sleep=clock.sleep) for _ in range(2))
    assert entries(writer, clock, 1) + entries(judge, clock, 2) + entries(writer, clock, 1) == [0, 0, 60, 60]


HEADERS = {
    "openai, no requests left": ({"x-ratelimit-limit-requests": "1", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6s"}, 6),
    "openai, in parts": ({"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m0s"}, 1),
    "openai, tokens": ({"x-ratelimit-limit-tokens": "400", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20000ms"}, 10),
    "openai, enough": ({"x-ratelimit-limit-tokens": "400", "x-ratelimit-remaining-tokens": "400", "x-ratelimit-reset-tokens": "0s"}, 0),
    "no number": ({"x-ratelimit-remaining-requests": "none", "x-ratelimit-reset-requests": "soon"}, 0),
    "none": ({}, 0),
}


@pytest.mark.parametrize("name", HEADERS)
def test_headers_are_heeded(name: str) -> None:
    headers, wait = HEADERS[name]
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.seen(headers)
    assert entries(pace, clock, 1) == [pytest.approx(wait)]


def test_anthropic_headers_name_a_moment() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.seen({"anthropic-ratelimit-requests-remaining": "0", "anthropic-ratelimit-requests-reset": "2999-01-01T00:00:00Z"})
    assert entries(pace, clock, 1) == [pytest.approx(60)]


def test_one_refusal_stops_all_workers_as_long_as_it_says() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.failed(TransientError("x", status=429, retry_after=7), sent=clock.now)
    assert entries(pace, clock, 3) == [7, 7, 7]


REFUSED = TransientError("x", status=429, retry_after=7)


def open_at(pace: Pace, clock: Clock) -> float:
    """Seconds until a request that passed the gate before may go out."""
    before = clock.now
    asyncio.run(pace.opened())
    return clock.now - before


def under_way(pace: Pace, count: int) -> int:
    """How many of so many requests are let out at once; they come back after that."""

    async def all_() -> int:
        let_out, done = 0, asyncio.Event()

        async def one() -> None:
            nonlocal let_out
            async with pace.road():
                let_out += 1
                await done.wait()

        asked = [asyncio.create_task(one()) for _ in range(count)]
        for _ in range(20):
            await asyncio.sleep(0)
        found = let_out
        done.set()
        await asyncio.gather(*asked)
        return found

    return asyncio.run(all_())


def picky(clock: Clock) -> Pace:
    """The gate of a server that refused a request and then took one that went out after it."""
    pace = Pace(clock=clock, sleep=clock.sleep)
    assert under_way(pace, 20) == 20
    ticket = asyncio.run(pace.enter(REQUEST))
    pace.failed(REFUSED, sent=clock.now)
    pace.answered(ticket, Usage(), sent=clock.now + 0.1)
    assert open_at(pace, clock) == 0
    return pace


def test_a_server_that_takes_later_ones_holds_back_the_refused_one_alone() -> None:
    clock = Clock()
    pace = picky(clock)
    for _ in range(IN_A_ROW - 1):
        pace.failed(REFUSED, sent=clock.now)
    assert open_at(pace, clock) == 0 and entries(pace, clock, 1) == [clock.now - 1000]
    pace.failed(REFUSED, sent=clock.now)
    assert open_at(pace, clock) == pytest.approx(7), "one after the other: it is shut"


@pytest.mark.parametrize(("places", "opens"), [(20, True), (1, False)])
def test_the_gate_opens_for_the_others_when_a_later_request_is_answered(places: int, opens: bool) -> None:
    """With few places left the wait is meant for all, and is kept."""
    pace, ticket = Pace(), Ticket(0.0, 0.0)
    assert under_way(pace, places) == places

    async def work() -> None:
        pace.failed(TransientError("x", status=429, retry_after=50), sent=time.monotonic() - 0.1)
        waiting = asyncio.create_task(pace.opened())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        pace.answered(ticket, Usage(), sent=time.monotonic())
        if places == 1:
            pace.failed(TransientError("x", status=429, retry_after=50), sent=time.monotonic())
        await asyncio.sleep(0.05)
        assert waiting.done() is opens
        waiting.cancel()

    asyncio.run(work())


def test_each_refusal_leaves_a_place_less_to_all_workers_and_answers_give_them_back() -> None:
    clock = Clock()
    pace = picky(clock)
    assert under_way(pace, 20) == 19
    for _ in range(3):
        pace.failed(REFUSED, sent=clock.now)
    assert open_at(pace, clock) == 0 and under_way(pace, 20) == 16
    ticket = asyncio.run(pace.enter(REQUEST))
    for _ in range(5):
        pace.answered(ticket, Usage(), sent=clock.now)
    assert under_way(pace, 20) == 19
    for _ in range(2):
        pace.answered(ticket, Usage(), sent=clock.now)
    assert under_way(pace, 40) == 40, "as many as there are, again"


def test_with_few_places_left_the_wait_is_for_all() -> None:
    clock = Clock()
    pace = picky(clock)
    for left in range(18, 4, -1):
        pace.failed(REFUSED, sent=clock.now)
        pace.failed(TransientError("x"), sent=clock.now)
        assert open_at(pace, clock) == 0 and under_way(pace, 20) == left
    pace.failed(REFUSED, sent=clock.now)
    assert open_at(pace, clock) == pytest.approx(7) and under_way(pace, 20) == 4
    for _ in range(40):
        pace.failed(REFUSED, sent=clock.now)
    assert under_way(pace, 20) == 1, "one may always go out"


@pytest.mark.parametrize("between", [TransientError("x", status=500), TransientError("x"), None], ids=["failure", "broken", "answer"])
def test_refusals_with_something_between_are_not_in_a_row(between: TransientError | None) -> None:
    clock = Clock()
    pace = picky(clock)
    for _ in range(2 * IN_A_ROW):
        pace.failed(REFUSED, sent=clock.now)
        if between is None:
            pace.answered(asyncio.run(pace.enter(REQUEST)), Usage(), sent=clock.now)
        else:
            pace.failed(between, sent=clock.now)
    assert open_at(pace, clock) == 0


def test_an_answer_to_an_earlier_request_says_nothing_of_a_refusal() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    ticket = asyncio.run(pace.enter(REQUEST))
    for _ in range(2):
        pace.failed(REFUSED, sent=clock.now)
        pace.answered(ticket, Usage(), sent=clock.now - 0.1)
        assert open_at(pace, clock) == pytest.approx(7)


def test_an_answer_after_the_wait_says_nothing_of_a_refusal() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    assert under_way(pace, 20) == 20
    ticket = asyncio.run(pace.enter(REQUEST))
    for _ in range(3):
        pace.failed(REFUSED, sent=clock.now)
        assert open_at(pace, clock) == pytest.approx(7), "it kept to what it said: all wait again"
        pace.answered(ticket, Usage(), sent=clock.now)


def test_an_hour_shuts_the_gate_of_any_server() -> None:
    clock = Clock()
    pace = picky(clock)
    pace.failed(TransientError("x", status=429, retry_after=3600), sent=clock.now)
    with pytest.raises(TransientError, match="3600 seconds"):
        asyncio.run(pace.opened())


def test_a_bad_key_stops_also_those_that_passed_the_gate() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.failed(PermanentError("bad key", lasting=True), sent=clock.now)
    with pytest.raises(PermanentError, match="bad key"):
        asyncio.run(pace.opened())


def test_a_refusal_that_names_its_wait_has_said_all() -> None:
    headers = {"x-ratelimit-limit-tokens": "400", "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "6m0s"}
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.seen(headers | {"retry-after": "1"})
    assert entries(pace, clock, 1) == [0]
    pace.seen(headers)
    assert entries(pace, clock, 1) == [pytest.approx(30)]


def test_refusals_without_a_word_pause_longer_and_longer_until_one_answers() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    bare = TransientError("x", status=429)
    for times in (1, 2, 4, 8):
        sent = clock.now
        pace.failed(bare, sent=sent)
        pace.failed(bare, sent=sent - 1)  # was under way already: the same event
        asyncio.run(pace.enter(REQUEST))
        assert clock.slept[-1] == pytest.approx(times * FIRST_PAUSE)
    ticket = asyncio.run(pace.enter(REQUEST))
    pace.answered(ticket, Usage(input_tokens=5, output_tokens=5), sent=clock.now)
    pace.failed(bare, sent=clock.now)
    asyncio.run(pace.enter(REQUEST))
    # An answer halves the pause; many make it the first one again.
    assert clock.slept[-1] == pytest.approx(8 * FIRST_PAUSE)
    for _ in range(5):
        pace.answered(ticket, Usage(input_tokens=5, output_tokens=5), sent=clock.now)
    pace.failed(bare, sent=clock.now)
    asyncio.run(pace.enter(REQUEST))
    assert clock.slept[-1] == pytest.approx(FIRST_PAUSE)


def test_a_wait_of_an_hour_is_said_and_not_waited() -> None:
    clock = Clock()
    pace = Pace(name="openai:m", clock=clock, sleep=clock.sleep)
    pace.failed(TransientError("x", status=429, retry_after=3600), sent=clock.now)
    with pytest.raises(TransientError, match="openai:m asks to wait 3600 seconds, until"):
        asyncio.run(pace.enter(REQUEST))
    assert clock.slept == []


def test_a_bad_key_is_not_tried_again_for_every_draft() -> None:
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    pace.failed(PermanentError("bad key", lasting=True), sent=clock.now)
    with pytest.raises(PermanentError, match="bad key"):
        asyncio.run(pace.enter(REQUEST))
    clock.now += LASTS
    asyncio.run(pace.enter(REQUEST))


def test_a_request_that_goes_out_again_does_not_wait_behind_the_others() -> None:
    clock = Clock()
    pace = Pace(Limits(requests_per_minute=1), clock=clock, sleep=clock.sleep)

    async def both() -> list[str]:
        order: list[str] = []

        async def one(name: str, *, again: bool) -> None:
            await pace.enter(REQUEST, again=again)
            order.append(name)

        await pace.enter(REQUEST)
        await asyncio.gather(*(one(f"new {number}", again=False) for number in range(3)), one("again", again=True))
        return order

    assert asyncio.run(both()).index("again") < 2


def test_who_asks_the_same_model_of_a_run_shares_its_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    built: list[tuple[Provider, Pace]] = []

    def recorded(provider: Provider, pace: Pace) -> Provider:
        built.append((provider, pace))
        return provider

    known = Lines(Settings(), recorded=recorded)
    known.line(["openai:writer", "openai:other"])
    known.line(["openai:writer"])
    assert [provider.model for provider, _ in built] == ["writer", "other"]
