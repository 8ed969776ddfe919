"""Turns at a provider, shared by all workers of a store on PostgreSQL: how many calls may be under way, and how many
may begin in any 60 seconds.

A row is a turn. It is taken in a transaction that holds a lock of its provider, so no two workers see the same free
turn. The turn of a dead process is free again. The table is unlogged: after a crash of the server nothing is under way.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import defaultdict
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from ourtake.store import processes
from ourtake.store.tables import turns

_LOCKS = 7_211
"""The class of the advisory locks of providers."""
_MINUTE = 60.0
_PAUSE = 0.05


class Turns:
    """The turns of one store, taken by one process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # By event loop: the desk has one in each of its threads.
        self._first: WeakKeyDictionary[asyncio.AbstractEventLoop, defaultdict[str, asyncio.Lock]]
        self._first = WeakKeyDictionary()

    async def take(self, name: str, *, process_id: int, concurrency: int, a_minute: int) -> int:
        """Wait for a turn at the provider of that name; its number. A limit of 0 is none."""
        # One of a process asks at a time: the others would only ask the server in vain.
        async with self._first.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[name]:
            while (turn := await asyncio.to_thread(self._try, name, process_id, concurrency, a_minute)) is None:
                await asyncio.sleep(_PAUSE)
        return turn

    async def give_back(self, turn: int) -> None:
        """The call of a turn has ended; it still counts as begun."""
        await asyncio.to_thread(self._ended, turn)

    def _try(self, name: str, process_id: int, concurrency: int, a_minute: int) -> int | None:
        with self._engine.connect().execution_options(plain=True) as connection, connection.begin():
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _key(name)))
            now = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float8").scalar_one()
            old = turns.c.under_way.is_(False) & (turns.c.began <= now - _MINUTE)
            connection.execute(delete(turns).where(turns.c.name == name, old))
            if concurrency and _under_way(connection, name) >= concurrency:
                _free_the_dead(connection, name)
                return None
            begun = select(func.count()).where(turns.c.name == name, turns.c.began > now - _MINUTE)
            if a_minute and connection.execute(begun).scalar_one() >= a_minute:
                return None
            values = {"name": name, "process_id": process_id, "began": now, "under_way": True}
            key = connection.execute(insert(turns).values(values)).inserted_primary_key
            assert key is not None
            return int(key[0])

    def _ended(self, turn: int) -> None:
        with self._engine.connect().execution_options(plain=True) as connection, connection.begin():
            connection.execute(update(turns).where(turns.c.id == turn).values(under_way=False))


def _under_way(connection: Connection, name: str) -> int:
    count: int = connection.execute(
        select(func.count()).where(turns.c.name == name, turns.c.under_way.is_(True))
    ).scalar_one()
    return count


def _free_the_dead(connection: Connection, name: str) -> None:
    holding = select(turns.c.process_id).where(turns.c.name == name, turns.c.under_way.is_(True)).distinct()
    dead = [owner for owner in connection.execute(holding).scalars() if not processes.is_alive(connection, owner)]
    if dead:
        mine = (turns.c.name == name) & turns.c.process_id.in_(dead)
        connection.execute(update(turns).where(mine).values(under_way=False))


def _key(name: str) -> int:
    return zlib.crc32(name.encode()) - 2**31
