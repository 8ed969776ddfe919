"""Group commit: coroutines hand over small writes, a thread runs all that wait in one transaction and commits once.

A commit with synchronous=FULL takes milliseconds of disk time, and twenty drafts under way need many. A caller
continues only when the commit with its write is done. When one write of a group fails, the group is rolled back and
each is done alone, so that only that one fails. When the database was away and came back,
the group is written again: a write that was committed just before changes nothing the second time, or leaves a row that
counts as a call of its own.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from ourtake.store.backend import Backend

Result = TypeVar("Result")


class _Job(NamedTuple):
    work: Callable[[Connection], Any]
    done: Future[Any]
    alone: bool


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
        done: Future[Result] = Future()
        self._jobs.put(_Job(work, done, alone))
        # Shielded: a cancelled caller must not make a committed write look undone.
        return await asyncio.shield(asyncio.wrap_future(done))

    def close(self) -> None:
        """Wait until everything handed over is committed, and end the thread."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        open_ = True
        while open_:
            batch = [self._jobs.get()]
            while not self._jobs.empty():
                batch.append(self._jobs.get())
            open_ = None not in batch
            jobs = [job for job in batch if job is not None]
            if jobs:
                self._commit(jobs)

    def _commit(self, jobs: list[_Job]) -> None:
        try:
            options = {} if any(job.alone for job in jobs) else {"plain": True}
            with self._engine.connect().execution_options(**options) as connection, connection.begin():
                values = [job.work(connection) for job in jobs]
        except (
            Exception
        ) as error:  # a thread has nobody above it: each failure goes to the caller that asked for the write
            away = self._backend.is_away(error)
            if away and self._backend.wait():
                self._commit(jobs)
            elif away or len(jobs) == 1:
                for job in jobs:
                    job.done.set_exception(error)
            else:
                for job in jobs:
                    self._commit([job])
            return
        for job, value in zip(jobs, values, strict=True):
            job.done.set_result(value)
