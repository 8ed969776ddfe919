"""Turns at a provider, shared by all workers of a store on PostgreSQL. They limit how many calls may be under way, and
how many may begin in any 60 seconds.

**A turn is a row.** It is taken in a transaction that holds the provider's lock, so two workers never see the same free
turn. The table is unlogged. After a crash of the server it is empty and its numbers begin at 1 again, so a turn is
identified by its number together with its beginning.

**A call whose caller has gone.** The provider may still be busy with it. So the turn of a dead process, or of a call
that was cancelled, becomes free only once that call should have ended.

**A server that can't be reached.** Every statement is repeated until the server is back (`_patiently`). If it stays
away, a statement that frees a turn is *pending* (`_pending`): it is executed before the next turn is taken.

**A caller that is cancelled.** The work runs in a thread, which can't be cancelled. If the thread takes a turn after
its caller was cancelled, the turn is deleted again (`_attempt`).
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
"""A call without a caller counts as under way for at least this many seconds from its beginning."""
_SLOWER = 2.0
"""Such a call may take this many times as long as the longest of the last calls."""
_LAST = 200
"""How many of the last calls are looked at for that."""
_NOBODY = 0
"""The process of a turn whose call was cancelled."""


class Turn(NamedTuple):
    """A turn that was taken. `began`: the time of that, in seconds, by the server's clock."""

    id: int
    began: float


class _Limits(NamedTuple):
    """The limits of a provider; 0 means no limit. `deadline`: see Turns.take."""

    concurrency: int
    a_minute: int
    deadline: float


class Turns:
    """The turns of one store, taken by one process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # A lock for each provider, by event loop: the desk has a loop in each of its threads.
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, defaultdict[str, asyncio.Lock]]
        self._queues = WeakKeyDictionary()
        # Statements that could not be executed; they are executed before the next turn is taken.
        self._pending: set[Delete | Update] = set()
        # For each provider, the longest call, and until when that is taken as known.
        self._longest: dict[str, tuple[float, float | None]] = {}

    async def take(self, name: str, *, process_id: int, concurrency: int, a_minute: int, deadline: float) -> Turn:
        """Wait for a turn at the provider of that name. A limit of 0 means no limit. `deadline`: the seconds after
        which a call without a caller has certainly ended. Raises StoreError if the server stays away.
        """
        limits = _Limits(concurrency, a_minute, deadline)
        # Only one call of this process asks the server at a time; the others would ask in vain.
        queue = self._queues.setdefault(asyncio.get_running_loop(), defaultdict(asyncio.Lock))[name]
        async with queue:
            while (turn := await self._attempt(name, process_id, limits)) is None:
                await asyncio.sleep(_PAUSE)
        return turn

    async def give_back(self, turn: Turn, *, broken_off: bool = False) -> None:
        """The call of a turn has ended; the turn still counts for its minute. `broken_off`: the call was cancelled, so
        the provider may still be busy with it. Raises StoreError if the server stays away; the turn is then given back
        later.
        """
        values = {"process_id": _NOBODY} if broken_off else {"under_way": False}
        statement = update(turns).where(_is(turn)).values(values)
        await asyncio.shield(_in_thread(self._execute, statement))

    async def _attempt(self, name: str, process_id: int, limits: _Limits) -> Turn | None:
        """A turn, or None if there is none now. If the caller is cancelled, a turn that was taken is deleted."""
        taking = _in_thread(self._take_now, name, process_id, limits)
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            # The thread continues, and nobody would give back a turn that it takes. If it fails, it has taken none.
            await _done(taking)
            if taking.exception() is None and (turn := taking.result()) is not None:
                deleting = _in_thread(self._execute, delete(turns).where(_is(turn)))
                await _done(deleting)
                # If the server can't be reached, the statement is pending. The caller, cancelled, needs no error.
                deleting.exception()
            raise

    def _take_now(self, name: str, process_id: int, limits: _Limits) -> Turn | None:
        """A turn, or None if there is none now. Raises StoreError if the server stays away.

        If a connection breaks during a commit, nobody knows whether a turn was stored. So each new attempt first
        deletes the turns of the earlier ones (`undo`). If no attempt succeeds, those deletions are pending.
        """
        undo: set[Delete | Update] = set()
        pending: set[Delete | Update] = set()

        def work(connection: Connection) -> Turn | None:
            # An earlier attempt holds this lock until its commit is over, so its turn can be seen once we have it.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCKS, _key(name)))
            pending.update(self._pending)
            for statement in undo | pending:
                connection.execute(statement)
            turn = self._taken(connection, name, process_id, limits)
            if turn is not None:
                undo.add(delete(turns).where(_is(turn)))
            return turn

        try:
            turn = self._patiently(work)
        except StoreError:
            self._pending.update(undo)
            raise
        self._pending.difference_update(pending)
        return turn

    def _execute(self, statement: Delete | Update) -> None:
        """Execute a statement about a turn. Raises StoreError; the statement is then pending."""
        try:
            self._patiently(lambda connection: connection.execute(statement))
        except StoreError:
            self._pending.add(statement)
            raise

    def _patiently(self, work: Callable[[Connection], Result]) -> Result:
        """Do `work` in a transaction and return its result. If the server can't be reached, wait for it and do the
        work again, because a turn that can't be given back would be lost to all workers. Raises StoreError.
        """
        while True:
            try:
                with self._engine.connect().execution_options(plain=True) as connection, connection.begin():
                    return work(connection)
            except DBAPIError as error:
                if not postgres.is_away(error) or not postgres.wait_for(self._engine):
                    raise postgres.plain_error(error) from error

    def _taken(self, connection: Connection, name: str, process_id: int, limits: _Limits) -> Turn | None:
        """A turn, or None if there is none now. The caller holds the provider's lock."""
        now: float = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())::float8").scalar_one()
        old = turns.c.under_way.is_(False) & (turns.c.began <= now - _MINUTE)
        connection.execute(delete(turns).where(turns.c.name == name, old))
        if not limits.concurrency:
            # No call waits for these turns, but nothing else would remove them.
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
        """Free the turns of dead processes whose calls should have ended at the provider. Only turns that began by
        `began_by` are looked at.
        """
        held = (turns.c.name == name) & turns.c.under_way.is_(True) & (turns.c.began <= began_by)
        holding = connection.execute(select(turns.c.process_id).where(held).distinct()).scalars()
        dead = [owner for owner in holding if not processes.is_alive(connection, owner)]
        if dead:
            longest = self._longest_call(connection, name.partition(":")[0])
            wait = deadline if longest is None else min(deadline, max(LOST_FOR, _SLOWER * longest))
            theirs = held & turns.c.process_id.in_(dead) & (turns.c.began <= now - wait)
            connection.execute(update(turns).where(theirs).values(under_way=False))

    def _longest_call(self, connection: Connection, provider: str) -> float | None:
        """How many seconds the longest of the provider's last calls took; None if there was no call yet. It is read
        only once a minute, because it reads all calls if the provider has few answered ones.
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
    """Start the work in a thread. A future and not a task is returned: the end of an event loop cancels tasks."""
    return asyncio.get_running_loop().run_in_executor(None, work, *arguments)


async def _done(future: asyncio.Future[Any]) -> None:
    """Wait until the future is done, even if the waiting is cancelled."""
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
