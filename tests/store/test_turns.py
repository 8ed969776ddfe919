"""Turns at a provider: what several workers may have together."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from ourtake.store import Store
from ourtake.store.turns import Turns
from tests.postgres import Server


@pytest.fixture
def store(postgres: Server) -> Store:
    return Store.open(postgres.new_database())


def took(store: Store, process: int, *, concurrency: int = 0, a_minute: int = 0, name: str = "p") -> int | None:
    """A turn, or None where there is none just now."""
    assert isinstance(store.turns, Turns)
    return store.turns._try(name, process, concurrency, a_minute)


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


def test_a_dead_process_gives_its_turns_back(store: Store) -> None:
    dead, alive = store.enroll(), store.enroll()
    assert took(store, dead, concurrency=1) is not None and took(store, alive, concurrency=1) is None
    with store.writing() as connection:
        connection.execute(text(f"UPDATE processes SET pid = 999999999 WHERE id = {dead}"))
    assert took(store, alive, concurrency=1) is None, "here it is noticed"
    assert took(store, alive, concurrency=1) is not None
    store.close()
