"""Turns at a provider: what several workers may have together."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from ourtake.store import Store
from ourtake.store.calls import CallEnd, CallStart, Terms
from ourtake.store.turns import Turns, _Limits
from tests.postgres import Server


@pytest.fixture
def store(postgres: Server) -> Store:
    return Store.open(postgres.new_database())


DEADLINE = 180.0


def took(store: Store, process: int, *, concurrency: int = 0, a_minute: int = 0, name: str = "p") -> int | None:
    """A turn, or None where there is none just now."""
    assert isinstance(store.turns, Turns)
    return store.turns._try(name, process, _Limits(concurrency, a_minute, DEADLINE))


def later(store: Store, seconds: float) -> None:
    """Let so much time pass for the turns."""
    with store.writing() as connection:
        connection.execute(text(f"UPDATE turns SET began = began - {seconds}"))


def kill(store: Store, process: int) -> None:
    """Let a process be one that is gone."""
    with store.writing() as connection:
        connection.execute(text(f"UPDATE processes SET pid = 999999999 WHERE id = {process}"))


async def a_call(store: Store, process: int, *, seconds: float) -> None:
    """A call of the provider p that was answered after so long."""
    start = CallStart(
        draft_id="d", provider="p", model="m", task="take", request_hash="h", prompt="", repetition=1,
        max_output_tokens=1, run_id="r",
    )  # fmt: skip
    begun = await store.begin_call(start, process_id=process, terms=Terms())
    assert begun.call_id is not None
    await store.finish_call(begun.call_id, CallEnd(state="answered", seconds=seconds, cost=0))


def test_so_many_calls_are_under_way_and_no_more(store: Store) -> None:
    one, other = store.enroll(), store.enroll()
    first = took(store, one, concurrency=2)
    assert first is not None and took(store, other, concurrency=2) is not None
    assert took(store, other, concurrency=2) is None
    assert took(store, other, concurrency=2, name="another") is not None
    assert store.turns is not None
    asyncio.run(store.turns.give_back(first))
    assert took(store, other, concurrency=2) is not None
    store.close()


def test_so_many_calls_begin_in_a_minute(store: Store) -> None:
    process = store.enroll()
    for _ in range(2):
        turn = took(store, process, a_minute=2)
        assert turn is not None and store.turns is not None
        asyncio.run(store.turns.give_back(turn))
    assert took(store, process, a_minute=2) is None
    with store.writing() as connection:
        connection.execute(text(f"UPDATE turns SET began = began - 61 WHERE id = {turn}"))
    assert took(store, process, a_minute=2) is not None
    store.close()


def test_a_dead_process_gives_its_turns_back_once_its_calls_must_have_ended(store: Store) -> None:
    dead, alive = store.enroll(), store.enroll()
    assert took(store, dead, concurrency=1) is not None and took(store, alive, concurrency=1) is None
    kill(store, dead)
    later(store, DEADLINE - 10)
    assert took(store, alive, concurrency=1) is None
    assert took(store, alive, concurrency=1) is None, "how long a call takes is not known: it may still be under way"
    later(store, 10)
    assert took(store, alive, concurrency=1) is None, "here it is noticed"
    assert took(store, alive, concurrency=1) is not None
    store.close()


def test_it_waits_no_longer_than_calls_take(store: Store) -> None:
    dead, alive = store.enroll(), store.enroll()
    asyncio.run(a_call(store, alive, seconds=10.0))
    assert took(store, dead, concurrency=1) is not None
    kill(store, dead)
    for passed, free in ((19, False), (2, True)):
        later(store, passed)
        assert took(store, alive, concurrency=1) is None
        assert (took(store, alive, concurrency=1) is not None) is free, "twice as long as the longest of the last"
    store.close()


def test_a_call_that_was_broken_off_is_under_way_for_a_while(store: Store) -> None:
    process = store.enroll()
    asyncio.run(a_call(store, process, seconds=0.1))
    turn = took(store, process, concurrency=1)
    assert turn is not None and store.turns is not None
    asyncio.run(store.turns.give_back(turn, broken_off=True))
    assert took(store, process, concurrency=1) is None and took(store, process, concurrency=1) is None
    later(store, 6)
    assert took(store, process, concurrency=1) is None and took(store, process, concurrency=1) is not None
    store.close()


def test_whoever_stops_waiting_takes_no_turn(store: Store) -> None:
    process = store.enroll()
    turns = store.turns
    assert turns is not None

    async def cancelled() -> None:
        waiting = asyncio.create_task(turns.take("p", process_id=process, concurrency=1, a_minute=0, deadline=DEADLINE))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(cancelled())
    assert took(store, process, concurrency=1, a_minute=1) is not None
    store.close()
