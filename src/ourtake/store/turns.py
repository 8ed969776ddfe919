"""Turns at a provider, shared by all workers of a store on PostgreSQL: how many calls may be under way, and how many
may begin in any 60 seconds.

A row is a turn. It is taken in a transaction that holds a lock of its provider, so no two workers see the same free
turn. A provider may still be busy with a call whose caller is gone: the turn of a dead process, or of a call that was
broken off, is free only once that call should have ended. The table is unlogged: a crash of the server empties it, and
numbers begin at 1 again, so that a turn is known by its number and its beginning.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Connection, Delete, Engine, Update, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from ourtake.errors import StoreError
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


class Turn(NamedTuple):
    """A turn that was taken; `began`: when, in seconds, by the server's clock."""

    id: int
    began: float


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
        # What a server that stayed away was not told; it is told before the next turn is taken.
        self._owed: set[Delete | Update] = set()
        self._longest: dict[str, tuple[float, float | None]] = {}

    async def take(self, name: str, *, process_id: int, concurrency: int, a_minute: int, deadline: float) -> Turn:
        """Wait for a turn at the provider of that name. A limit of 0 is none. `deadline`: the seconds after which a
        call without a caller has ended for certain. Raises StoreError where the server stays away.
        """
        limits = _Limits(concurrency, a_minute, deadline)
        # One of a process asks at a time: the others would only ask the server in vain.
        async with self._first.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[name]:
            while (turn := await self._tried(name, process_id, limits)) is None:
                await asyncio.sleep(_PAUSE)
        return turn

    async def give_back(self, turn: Turn, *, broken_off: bool = False) -> None:
        """The call of a turn has ended; it still counts as begun. `broken_off`: the caller has gone, and the provider
        may be busy with it. Raises StoreError where the server stays away; it is told later.
        """
        values = {"process_id": _NOBODY} if broken_off else {"under_way": False}
        statement = update(turns).where(_is(turn)).values(values)
        await asyncio.shield(_in_thread(self._tell, statement))

    async def _tried(self, name: str, process_id: int, limits: _Limits) -> Turn | None:
        trying = _in_thread(self._try, name, process_id, limits)
        try:
            return await asyncio.shield(trying)
        except asyncio.CancelledError:
            # The thread goes on, and what it takes nobody would give back. Where it fails, it has taken nothing.
            await _ended(trying)
            if trying.exception() is None and (turn := trying.result()) is not None:
                telling = _in_thread(self._tell, delete(turns).where(_is(turn)))
                await _ended(telling)
                # What the server could not be told is owed, and the caller is not interested any more.
                telling.exception()
            raise

    def _try(self, name: str, process_id: int, limits: _Limits) -> Turn | None:
        """A turn, or None where there is none just now. A connection that breaks during a commit may leave a turn that
        nobody knows of: the next try removes it.
        """
        left: set[Delete | Update] = set()
        told: set[Delete | Update] = set()

        def work(connection: Connection) -> Turn | None:
            # An earlier commit of ours is over once this lock is held: it held it, too.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _key(name)))
            told.update(self._owed)
            for statement in left | told:
                connection.execute(statement)
            turn = self._taken(connection, name, process_id, limits)
            if turn is not None:
                left.add(delete(turns).where(_is(turn)))
            return turn

        try:
            turn = self._patiently(work)
        except StoreError:
            self._owed.update(left)
            raise
        self._owed.difference_update(told)
        return turn

    def _tell(self, statement: Delete | Update) -> None:
        """Execute a statement about a turn. Raises StoreError; then it is owed."""
        try:
            self._patiently(lambda connection: connection.execute(statement))
        except StoreError:
            self._owed.add(statement)
            raise

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

    def _taken(self, connection: Connection, name: str, process_id: int, limits: _Limits) -> Turn | None:
        """A turn, or None where there is none just now; the lock of the provider is held."""
        now: float = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float8").scalar_one()
        old = turns.c.under_way.is_(False) & (turns.c.began <= now - _MINUTE)
        connection.execute(delete(turns).where(turns.c.name == name, old))
        if not limits.concurrency:
            # Nothing waits for these, but nothing else would remove them either.
            self._free_the_dead(connection, name, limits.deadline, now=now, began_by=now - _MINUTE)
        elif _under_way(connection, name) >= limits.concurrency:
            self._free_the_dead(connection, name, limits.deadline, now=now, began_by=now)
            return None
        begun = select(func.count()).where(turns.c.name == name, turns.c.began > now - _MINUTE)
        if limits.a_minute and connection.execute(begun).scalar_one() >= limits.a_minute:
            return None
        values = {"name": name, "process_id": process_id, "began": now, "under_way": True}
        key = connection.execute(insert(turns).values(values)).inserted_primary_key
        assert key is not None
        return Turn(int(key[0]), now)

    def _free_the_dead(
        self, connection: Connection, name: str, deadline: float, *, now: float, began_by: float
    ) -> None:
        """Free the turns of processes that are gone, once their calls should have ended at the provider, too."""
        held = (turns.c.name == name) & turns.c.under_way.is_(True) & (turns.c.began <= began_by)
        holding = connection.execute(select(turns.c.process_id).where(held).distinct()).scalars()
        dead = [owner for owner in holding if not processes.is_alive(connection, owner)]
        if dead:
            longest = self._longest_call(connection, name.partition(":")[0])
            wait = deadline if longest is None else min(deadline, max(LOST_FOR, _SLOWER * longest))
            theirs = held & turns.c.process_id.in_(dead) & (turns.c.began <= now - wait)
            connection.execute(update(turns).where(theirs).values(under_way=False))

    def _longest_call(self, connection: Connection, provider: str) -> float | None:
        """How many seconds the longest of the provider's last calls took; None before the first. It is read once a
        minute: where a provider has few answered calls, that reads all calls.
        """
        known = self._longest.get(provider)
        if known is None or known[0] <= time.monotonic():
            answered = (calls.c.provider == provider) & (calls.c.state == "answered")
            last = select(calls.c.seconds).where(answered).order_by(calls.c.id.desc()).limit(_LAST).subquery()
            found: float | None = connection.execute(select(func.max(last.c.seconds))).scalar()
            known = self._longest[provider] = time.monotonic() + _MINUTE, found
        return known[1]


def _is(turn: Turn) -> ColumnElement[bool]:
    return (turns.c.id == turn.id) & (turns.c.began == turn.began)


def _in_thread(work: Callable[..., Result], *arguments: Any) -> asyncio.Future[Result]:
    """A future and not a task: the end of an event loop cancels its tasks."""
    return asyncio.get_running_loop().run_in_executor(None, work, *arguments)


async def _ended(future: asyncio.Future[Any]) -> None:
    """Wait until it is done, however often the waiting is cancelled."""
    while not future.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([future])


def _under_way(connection: Connection, name: str) -> int:
    count: int = connection.execute(
        select(func.count()).where(turns.c.name == name, turns.c.under_way.is_(True))
    ).scalar_one()
    return count


def _key(name: str) -> int:
    return zlib.crc32(name.encode()) - 2**31
