"""Turns at a provider, shared by all workers of a store on PostgreSQL: how many calls may be under way, and how many
may begin in any 60 seconds.

A row is a turn. It is taken in a transaction that holds a lock of its provider, so no two workers see the same free
turn. A provider may still be busy with a call whose caller is gone: the turn of a dead process, or of a call that was
broken off, is free only once that call should have ended. The table is unlogged: a crash of the server empties it.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from ourtake.store import postgres, processes
from ourtake.store.tables import calls, turns

Result = TypeVar("Result")

_LOCKS = 7_211
"""The class of the advisory locks of providers."""
_MINUTE = 60.0
_PAUSE = 0.05
LOST_FOR = 5.0
"""Seconds after its beginning for which a call without a caller counts as under way at least."""
_SLOWER = 2.0
"""How much longer than the longest of the last calls such a call may take."""
_LAST = 200
_NOBODY = 0
"""The process of a turn whose call was broken off."""


class _Limits(NamedTuple):
    """What holds for a provider."""

    concurrency: int
    a_minute: int
    deadline: float


class Turns:
    """The turns of one store, taken by one process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # By event loop: the desk has one in each of its threads.
        self._first: WeakKeyDictionary[asyncio.AbstractEventLoop, defaultdict[str, asyncio.Lock]]
        self._first = WeakKeyDictionary()

    async def take(self, name: str, *, process_id: int, concurrency: int, a_minute: int, deadline: float) -> int:
        """Wait for a turn at the provider of that name; its number. A limit of 0 is none. `deadline`: the seconds after
        which a call without a caller has ended for certain. Raises StoreError where the server stays away.
        """
        limits = _Limits(concurrency, a_minute, deadline)
        # One of a process asks at a time: the others would only ask the server in vain.
        async with self._first.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[name]:
            while (turn := await self._tried(name, process_id, limits)) is None:
                await asyncio.sleep(_PAUSE)
        return turn

    async def give_back(self, turn: int, *, broken_off: bool = False) -> None:
        """The call of a turn has ended; it still counts as begun. `broken_off`: the caller has gone, and the provider
        may be busy with it.
        """
        values = {"process_id": _NOBODY} if broken_off else {"under_way": False}
        statement = update(turns).where(turns.c.id == turn).values(values)
        await asyncio.to_thread(self._patiently, lambda connection: connection.execute(statement))

    async def _tried(self, name: str, process_id: int, limits: _Limits) -> int | None:
        trying = asyncio.ensure_future(asyncio.to_thread(self._try, name, process_id, limits))
        try:
            return await asyncio.shield(trying)
        except asyncio.CancelledError:
            # The thread goes on, and what it takes nobody would give back.
            if (turn := await trying) is not None:
                statement = delete(turns).where(turns.c.id == turn)
                await asyncio.to_thread(self._patiently, lambda connection: connection.execute(statement))
            raise

    def _try(self, name: str, process_id: int, limits: _Limits) -> int | None:
        return self._patiently(lambda connection: _taken(connection, name, process_id, limits))

    def _patiently(self, work: Callable[[Connection], Result]) -> Result:
        """What `work` returns, committed; a server that is away is waited for, since a turn that can't be given back
        would be lost to all. Raises StoreError.
        """
        while True:
            try:
                with self._engine.connect().execution_options(plain=True) as connection, connection.begin():
                    return work(connection)
            except DBAPIError as error:
                if not postgres.is_away(error) or not postgres.wait_for(self._engine):
                    raise postgres.plain_error(error) from error


def _taken(connection: Connection, name: str, process_id: int, limits: _Limits) -> int | None:
    """A turn, or None where there is none just now."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _key(name)))
    now = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float8").scalar_one()
    old = turns.c.under_way.is_(False) & (turns.c.began <= now - _MINUTE)
    connection.execute(delete(turns).where(turns.c.name == name, old))
    if limits.concurrency and _under_way(connection, name) >= limits.concurrency:
        _free_the_dead(connection, name, now, limits.deadline)
        return None
    begun = select(func.count()).where(turns.c.name == name, turns.c.began > now - _MINUTE)
    if limits.a_minute and connection.execute(begun).scalar_one() >= limits.a_minute:
        return None
    values = {"name": name, "process_id": process_id, "began": now, "under_way": True}
    key = connection.execute(insert(turns).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _under_way(connection: Connection, name: str) -> int:
    count: int = connection.execute(
        select(func.count()).where(turns.c.name == name, turns.c.under_way.is_(True))
    ).scalar_one()
    return count


def _free_the_dead(connection: Connection, name: str, now: float, deadline: float) -> None:
    """Free the turns of processes that are gone, once their calls should have ended at the provider, too."""
    holding = select(turns.c.process_id).where(turns.c.name == name, turns.c.under_way.is_(True)).distinct()
    dead = [owner for owner in connection.execute(holding).scalars() if not processes.is_alive(connection, owner)]
    if dead:
        ended = turns.c.began <= now - min(deadline, _longest(connection, name, deadline))
        theirs = (turns.c.name == name) & turns.c.process_id.in_(dead) & ended
        connection.execute(update(turns).where(theirs).values(under_way=False))


def _longest(connection: Connection, name: str, deadline: float) -> float:
    """For how many seconds a call of this provider may be under way, by the last ones; before the first, `deadline`."""
    provider = name.partition(":")[0]
    answered = (calls.c.provider == provider) & (calls.c.state == "answered")
    last = select(calls.c.seconds).where(answered).order_by(calls.c.id.desc()).limit(_LAST).subquery()
    found = connection.execute(select(func.max(last.c.seconds))).scalar()
    return deadline if found is None else max(LOST_FOR, _SLOWER * found)


def _key(name: str) -> int:
    return zlib.crc32(name.encode()) - 2**31
