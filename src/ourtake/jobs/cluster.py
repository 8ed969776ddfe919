"""Jobs that any machine may do: procrastinate, a queue in the store's own PostgreSQL.

A job names a task and its arguments (JSON). Workers take jobs, the most urgent first, and show by a heartbeat that they
live. What a dead worker had taken is handed back. Two jobs with one lock never run at once. This module knows no task:
whoever starts a worker brings a table of names and functions.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, NamedTuple

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.jobs import Status

from ourtake.errors import InputError

Task = Callable[..., Awaitable[None]]
"""Does one job; its keyword arguments are the job's. An exception makes the job be tried again, later."""

URGENT, ORDINARY, LATER = 10, 0, -10
"""Priorities: somebody waits for it, a single one, one of many."""
TRIES = 4
BACKOFF_SECONDS = 5
BEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
_TABLES_LOCK = 7_210_004
_HAND_BACK = "hand-back"
_STATES: dict[Status, str] = {
    Status.TODO: "waiting",
    Status.DOING: "running",
    Status.SUCCEEDED: "done",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    Status.ABORTING: "stopping",
    Status.ABORTED: "cancelled",
}
State = Literal["waiting", "running", "done", "failed", "cancelled", "stopping"]


class NewJob(NamedTuple):
    """A job to be done. `lock`: what it works on; a second one that waits for the same is not queued."""

    task: str
    arguments: Mapping[str, Any]
    lock: str
    priority: int = ORDINARY


class JobRow(NamedTuple):
    """A job in the queue. `attempts`: how often it was taken so far."""

    id: int
    task: str
    state: str
    lock: str
    priority: int
    attempts: int
    arguments: Mapping[str, Any]


class Cluster:
    """The queue at one PostgreSQL database. Open it with `opened`."""

    def __init__(self, app: procrastinate.App) -> None:
        self._app = app

    async def submit(self, jobs: Sequence[NewJob]) -> list[int | None]:
        """Queue jobs; the number of each, None for one whose like waits already."""
        numbers: list[int | None] = []
        for job in jobs:
            queued = self._app.configure_task(
                job.task, lock=job.lock, queueing_lock=job.lock, priority=job.priority, allow_unknown=True
            )
            try:
                numbers.append(await queued.defer_async(**job.arguments))
            except exceptions.AlreadyEnqueued:
                numbers.append(None)
        return numbers

    async def listed(self, state: str | None = None) -> list[JobRow]:
        """The jobs, or those in a state, in the order in which they were queued."""
        rows = [_row(job) for job in await self._app.job_manager.list_jobs_async()]
        return [row for row in rows if row.task != _HAND_BACK and (state is None or row.state == state)]

    async def retry(self, number: int) -> bool:
        """Queue a failed or cancelled job again; whether it was one."""
        rows = [row for row in await self.listed() if row.id == number and row.state in ("failed", "cancelled")]
        if rows:
            job = rows[0]
            await self.submit([NewJob(job.task, job.arguments, job.lock, job.priority)])
        return bool(rows)

    async def cancel(self, number: int) -> bool:
        """Cancel a job that waits, or ask for the end of one that runs; whether there was one."""
        return await self._app.job_manager.cancel_job_by_id_async(number, abort=True)

    async def work(self, tasks: Mapping[str, Task], *, concurrency: int, wait: bool = True) -> None:
        """Do jobs, so many at once, until a signal stops the worker; without `wait`, until none is left.

        What is under way when a signal comes is finished first. A second signal ends it.
        """
        for name, task in tasks.items():
            retry = procrastinate.RetryStrategy(max_attempts=TRIES, exponential_wait=BACKOFF_SECONDS)
            self._app.task(name=name, retry=retry)(task)
        self._app.periodic(cron="* * * * * */10")(self._app.task(name=_HAND_BACK, priority=URGENT)(self._hand_back))
        await self.hand_back()
        await self._app.run_worker_async(
            concurrency=concurrency + 1,  # one for handing back
            wait=wait,
            update_heartbeat_interval=BEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            fetch_job_polling_interval=1.0,
        )

    async def _hand_back(self, timestamp: int) -> None:
        await self.hand_back()

    async def hand_back(self) -> int:
        """Queue the jobs of dead workers again; how many there were."""
        stalled = list(await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=DEAD_AFTER_SECONDS))
        for job in stalled:
            assert job.id is not None
            now = datetime.datetime.now(datetime.UTC)
            await self._app.job_manager.retry_job_by_id_async(job.id, retry_at=now)
        return len(stalled)


def _row(job: Any) -> JobRow:
    state = _STATES[Status(job.status)]
    return JobRow(job.id, job.task_name, state, job.lock or "", job.priority, job.attempts, job.task_kwargs)


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Cluster]:
    """The queue at a PostgreSQL address; its tables are made where they are missing. Raises InputError."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=address, min_size=1, max_size=8))
    try:
        await asyncio.to_thread(_make_tables, address)
    except psycopg.Error as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(
            f"The queue of jobs can't be used: {reason}.", "Check the store's server and rights."
        ) from error
    async with app.open_async():
        yield Cluster(app)


def _make_tables(address: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(f"SELECT pg_advisory_xact_lock({_TABLES_LOCK})")
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
            connection.execute(procrastinate.schema.SchemaManager.get_schema().encode())
