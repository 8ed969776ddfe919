"""What a refusal does to the others: who waits, how many may be under way, and when the gate opens again. Nothing here
waits for long.
"""

from __future__ import annotations

import asyncio
import time

import pytest

from ourtake.documents import Usage
from ourtake.errors import TransientError
from ourtake.providers.quota import Ticket
from ourtake.providers.rate import IN_A_ROW, RateLimiter
from tests.providers.test_rate import TOKENS, Clock, entries

REFUSED = TransientError("x", status=429, retry_after=7)


def open_at(limiter: RateLimiter, clock: Clock) -> float:
    """Seconds until a request that passed the gate before may go out."""
    before = clock.now
    asyncio.run(limiter.opened())
    return clock.now - before


def under_way(limiter: RateLimiter, count: int) -> int:
    """How many of so many requests are let out at once; they come back after that."""

    async def all_() -> int:
        let_out, done = 0, asyncio.Event()

        async def one() -> None:
            nonlocal let_out
            async with limiter.acquire():
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


def picky(clock: Clock) -> RateLimiter:
    """The gate of a server that refused a request and then took one that went out after it."""
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    assert under_way(limiter, 20) == 20
    ticket = asyncio.run(limiter.enter(TOKENS))
    limiter.failed(REFUSED, sent=clock.now)
    limiter.answered(ticket, Usage(), sent=clock.now + 0.1)
    assert open_at(limiter, clock) == 0
    return limiter


def test_a_server_that_takes_later_ones_holds_back_the_refused_one_alone() -> None:
    clock = Clock()
    limiter = picky(clock)
    for _ in range(IN_A_ROW - 1):
        limiter.failed(REFUSED, sent=clock.now)
    assert open_at(limiter, clock) == 0 and entries(limiter, clock, 1) == [clock.now - 1000]
    limiter.failed(REFUSED, sent=clock.now)
    assert open_at(limiter, clock) == pytest.approx(7), "one after the other: it is shut"


@pytest.mark.parametrize(("places", "opens"), [(20, True), (1, False)])
def test_the_gate_opens_for_the_others_when_a_later_request_is_answered(places: int, opens: bool) -> None:
    """With few places left the wait is meant for all, and is kept."""
    limiter, ticket = RateLimiter(), Ticket(0.0, 0.0)
    assert under_way(limiter, places) == places

    async def work() -> None:
        limiter.failed(TransientError("x", status=429, retry_after=50), sent=time.monotonic() - 0.1)
        waiting = asyncio.create_task(limiter.opened())
        await asyncio.sleep(0.05)
        assert not waiting.done()
        limiter.answered(ticket, Usage(), sent=time.monotonic())
        if places == 1:
            limiter.failed(TransientError("x", status=429, retry_after=50), sent=time.monotonic())
        await asyncio.sleep(0.05)
        assert waiting.done() is opens
        waiting.cancel()

    asyncio.run(work())


def test_each_refusal_leaves_a_place_less_to_all_workers_and_answers_give_them_back() -> None:
    clock = Clock()
    limiter = picky(clock)
    assert under_way(limiter, 20) == 19
    for _ in range(3):
        limiter.failed(REFUSED, sent=clock.now)
    assert open_at(limiter, clock) == 0 and under_way(limiter, 20) == 16
    ticket = asyncio.run(limiter.enter(TOKENS))
    for _ in range(5):
        limiter.answered(ticket, Usage(), sent=clock.now)
    assert under_way(limiter, 20) == 19
    for _ in range(2):
        limiter.answered(ticket, Usage(), sent=clock.now)
    assert under_way(limiter, 40) == 40, "as many as there are, again"


def test_with_few_places_left_the_wait_is_for_all() -> None:
    clock = Clock()
    limiter = picky(clock)
    for left in range(18, 4, -1):
        limiter.failed(REFUSED, sent=clock.now)
        limiter.failed(TransientError("x"), sent=clock.now)
        assert open_at(limiter, clock) == 0 and under_way(limiter, 20) == left
    limiter.failed(REFUSED, sent=clock.now)
    assert open_at(limiter, clock) == pytest.approx(7) and under_way(limiter, 20) == 4
    for _ in range(40):
        limiter.failed(REFUSED, sent=clock.now)
    assert under_way(limiter, 20) == 1, "one may always go out"


@pytest.mark.parametrize(
    "between", [TransientError("x", status=500), TransientError("x"), None], ids=["failure", "broken", "answer"]
)
def test_refusals_with_something_between_are_not_in_a_row(between: TransientError | None) -> None:
    clock = Clock()
    limiter = picky(clock)
    for _ in range(2 * IN_A_ROW):
        limiter.failed(REFUSED, sent=clock.now)
        if between is None:
            limiter.answered(asyncio.run(limiter.enter(TOKENS)), Usage(), sent=clock.now)
        else:
            limiter.failed(between, sent=clock.now)
    assert open_at(limiter, clock) == 0


def test_an_answer_to_an_earlier_request_says_nothing_of_a_refusal() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    ticket = asyncio.run(limiter.enter(TOKENS))
    for _ in range(2):
        limiter.failed(REFUSED, sent=clock.now)
        limiter.answered(ticket, Usage(), sent=clock.now - 0.1)
        assert open_at(limiter, clock) == pytest.approx(7)


def test_an_answer_after_the_wait_says_nothing_of_a_refusal() -> None:
    clock = Clock()
    limiter = RateLimiter(clock=clock, sleep=clock.sleep)
    assert under_way(limiter, 20) == 20
    ticket = asyncio.run(limiter.enter(TOKENS))
    for _ in range(3):
        limiter.failed(REFUSED, sent=clock.now)
        assert open_at(limiter, clock) == pytest.approx(7), "it kept to what it said: all wait again"
        limiter.answered(ticket, Usage(), sent=clock.now)


def test_an_hour_shuts_the_gate_of_any_server() -> None:
    clock = Clock()
    limiter = picky(clock)
    limiter.failed(TransientError("x", status=429, retry_after=3600), sent=clock.now)
    with pytest.raises(TransientError, match="3,600 seconds"):
        asyncio.run(limiter.opened())
