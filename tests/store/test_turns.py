"""Turns at a provider: what several workers may have together."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from ourtake.errors import StoreError
from ourtake.store import Store
from ourtake.store.calls import CallEnd, CallStart, Terms
from ourtake.store.turns import Turn, Turns, _Limits
from tests.postgres import Server


@pytest.fixture
def store(postgres: Server) -> Store:
    return Store.open(postgres.new_database())


DEADLINE = 180.0


def took(store: Store, process: int, *, concurrency: int = 0, a_minute: int = 0, name: str = "p") -> Turn | None:
    """A turn, or None where there is none just now."""
    assert isinstance(store.turns, Turns)
    return store.turns._take_now(name, process, _Limits(concurrency, a_minute, DEADLINE))


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
    assert turn is not None and took(store, process, a_minute=2) is None
    with store.writing() as connection:
        connection.execute(text(f"UPDATE turns SET began = began - 61 WHERE id = {turn.id}"))
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


def rows(store: Store) -> list[tuple[int, bool]]:
    """The process of each turn, and whether its call counts as under way."""
    with store.writing() as connection:
        found = connection.execute(text("SELECT process_id, under_way FROM turns ORDER BY id"))
        return [(row.process_id, row.under_way) for row in found]


def test_a_connection_that_breaks_during_a_commit_leaves_no_turn_behind(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = store.enroll()
    assert store.turns is not None
    dialect = store.turns._engine.dialect
    commit, broken = dialect.do_commit, list[bool]()

    def breaking(connection: Any) -> None:
        commit(connection)
        if not broken:
            broken.append(True)
            raise psycopg.OperationalError("the connection was closed while the server committed")

    monkeypatch.setattr(dialect, "do_commit", breaking)
    turn = took(store, process, concurrency=2)
    assert broken and turn is not None and rows(store) == [(process, True)]
    asyncio.run(store.turns.give_back(turn))
    assert rows(store) == [(process, False)]
    store.close()


def test_what_the_server_was_not_told_it_is_told_before_the_next_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, turns = store.enroll(), store.turns
    turn = took(store, process, concurrency=1)
    assert turns is not None and turn is not None

    def away(work: object) -> None:
        raise StoreError("The server is away.")

    with monkeypatch.context() as patched:
        patched.setattr(turns, "_patiently", away)
        with pytest.raises(StoreError):
            asyncio.run(turns.give_back(turn))
    assert rows(store) == [(process, True)]
    assert took(store, process, concurrency=1) is not None
    assert rows(store) == [(process, False), (process, True)] and not turns._pending
    store.close()


@pytest.mark.parametrize("server", ["answers", "is away"])
def test_whoever_is_stopped_twice_takes_no_turn_either(
    store: Store, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    process, turns = store.enroll(), store.turns
    assert turns is not None
    trying, go_on, attempt = threading.Event(), threading.Event(), turns._take_now

    def slow(*arguments: Any) -> Turn | None:
        trying.set()
        assert go_on.wait(60)
        if server == "is away":
            raise StoreError("The server is away.")
        return attempt(*arguments)

    async def stopped() -> None:
        waiting = asyncio.create_task(turns.take("p", process_id=process, concurrency=1, a_minute=0, deadline=DEADLINE))
        assert await asyncio.to_thread(trying.wait, 60)
        for _ in range(3):
            waiting.cancel()
            await asyncio.sleep(0.01)
        go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    with monkeypatch.context() as patched:
        patched.setattr(turns, "_take_now", slow)
        asyncio.run(stopped())
    assert rows(store) == []
    store.close()


def test_turns_of_the_dead_go_where_only_the_calls_in_a_minute_are_limited(store: Store) -> None:
    dead, alive = store.enroll(), store.enroll()
    for _ in range(2):
        assert took(store, dead, a_minute=10) is not None
    kill(store, dead)
    later(store, DEADLINE - 10)
    for _ in range(2):
        assert took(store, alive, a_minute=10) is not None
    assert [owner for owner, _ in rows(store)] == [dead, dead, alive, alive]
    later(store, 10)
    for _ in range(2):
        assert took(store, alive, a_minute=10) is not None
    assert [owner for owner, _ in rows(store)] == [alive] * 4
    store.close()


def test_how_long_calls_take_is_not_read_at_every_try(store: Store) -> None:
    dead, alive = store.enroll(), store.enroll()
    assert took(store, dead, concurrency=1) is not None and store.turns is not None
    kill(store, dead)
    read = list[str]()

    @event.listens_for(store.turns._engine, "before_cursor_execute")
    def seen(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "FROM calls" in statement:
            read.append(statement)

    for _ in range(5):
        assert took(store, alive, concurrency=1) is None
    assert len(read) == 1
    store.close()
