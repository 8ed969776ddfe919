"""Group commit: coroutines hand over small writes, a thread runs all that wait in one transaction and commits once.

A commit with synchronous=FULL takes milliseconds of disk time, and twenty drafts under way need many. A caller
continues only when the commit with its write is done. When one write of a group fails, the group is rolled back and
each is done alone, so that only that one fails. When the database was away and came back,
the group is written again: a write that was committed just before changes nothing the second time, or leaves a row that
counts as a call of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from ourtake.store.backend import Backend

Result = TypeVar("Result")


_GATHER, _RECENT = 0.01, 8
"""Seconds that a group waits for more writes, as long as one of this many groups before it had more than one: each
commit saved is a wait for the disk, and half a millisecond of processor time. Whoever has written alone for a while
does not wait.
"""


class _Job(NamedTuple):
    work: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    alone: bool


Outcome = tuple[_Job, Any, BaseException | None]
"""A write, with what it returned or raised."""


class GroupWriter:
    """The writing thread of one engine; it starts with the first write."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._engine = backend.engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    async def write(self, work: Callable[[Connection], Result], *, alone: bool = True) -> Result:
        """What `work` returns, once it is committed. Raises what it raised, or the commit's own error. `alone`: no
        other process may write meanwhile, since it decides by what it reads.
        """
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ourtake-writer", daemon=True)
            self._thread.start()
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(work, done, alone))
        # Shielded: a cancelled caller must not make a committed write look undone.
        return await asyncio.shield(done)

    def close(self) -> None:
        """Wait until everything handed over is committed, and end the thread."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        open_, alone = True, _RECENT
        while open_:
            batch = [self._jobs.get()]
            if alone < _RECENT and batch[0] is not None:
                time.sleep(_GATHER)
            while not self._jobs.empty():
                batch.append(self._jobs.get())
            open_ = None not in batch
            jobs = [job for job in batch if job is not None]
            if jobs:
                alone = 0 if len(jobs) > 1 else alone + 1
                for outcomes in self._committed(jobs):
                    _tell(outcomes)

    def _committed(self, jobs: Sequence[_Job]) -> Iterator[list[Outcome]]:
        """The outcome of the writes: of all at once, or of each as soon as it was tried alone."""
        try:
            options = {} if any(job.alone for job in jobs) else {"plain": True}
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                values = [job.work(connection) for job in jobs]
        except (
            Exception
        ) as error:  # a thread has nobody above it: each failure goes to the caller that asked for the write
            away = self._backend.is_away(error)
            if away and self._backend.wait():
                yield from self._committed(jobs)
            elif away or len(jobs) == 1:
                yield [(job, None, error) for job in jobs]
            else:
                for job in jobs:
                    yield from self._committed([job])
            return
        yield [(job, value, None) for job, value in zip(jobs, values, strict=True)]


def _tell(outcomes: Sequence[Outcome]) -> None:
    """Have the callers continue: each event loop is woken once for all of its writes."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome[0].done.get_loop(), []).append(outcome)
    for loop, own in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop has ended, and nobody waits in it any more
            loop.call_soon_threadsafe(_settle, own)


def _settle(outcomes: Sequence[Outcome]) -> None:
    for job, value, error in outcomes:
        if job.done.cancelled():
            continue
        if error is None:
            job.done.set_result(value)
        else:
            # A future refuses a StopIteration, and those who wait behind it would never hear.
            stops = isinstance(error, StopIteration)
            job.done.set_exception(RuntimeError("a write raised StopIteration") if stops else error)
