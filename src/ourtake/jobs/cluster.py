"""Jobs that any machine may run: procrastinate, a queue in the store's own PostgreSQL.

A job names a task and its arguments (JSON). Workers take jobs, the most urgent first, and show by a heartbeat that they
are alive. The jobs of a dead worker are handed back (worker_loop.py). Two jobs with one lock never run at once. This
module knows none of the tasks: whoever starts a worker passes a table of names and functions.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.jobs import Status

from ourtake.errors import InputError
from ourtake.jobs.job import JobRow, NewJob

BEAT_SECONDS = 5.0
DEAD_AFTER_SECONDS = 20.0
HAND_BACK = "hand-back"
"""The task that every worker brings by itself: see worker_loop.py."""
_TABLES_LOCK = 7_210_004
_LOOK_SECONDS = 0.3
AWAY = (exceptions.ConnectorException, psycopg.Error)
"""What a statement raises while the server is away, and what it raises for other reasons: see is_away."""
_POOL_SECONDS = 10.0
"""How long to wait for a connection before the server counts as away."""
_STATES: dict[Status, str] = {
    Status.TODO: "waiting",
    Status.DOING: "running",
    Status.SUCCEEDED: "done",
    Status.FAILED: "failed",
    Status.CANCELLED: "cancelled",
    Status.ABORTING: "stopping",
    Status.ABORTED: "cancelled",
}
_OWN = (
    # What a job came to, in a sentence; procrastinate keeps no results.
    "CREATE TABLE IF NOT EXISTS ourtake_job_notes"
    " (job_id bigint PRIMARY KEY REFERENCES procrastinate_jobs ON DELETE CASCADE, note text NOT NULL)",
    # What a job made for whoever waits for it, where that is more than a sentence.
    "CREATE TABLE IF NOT EXISTS ourtake_job_results"
    " (name text PRIMARY KEY, result text NOT NULL, made timestamptz NOT NULL DEFAULT now())",
    # Taking a job looks for others with its lock. Procrastinate's own index begins with another column, so each look
    # would read all jobs that wait: the time for taking one would grow with the queue.
    "CREATE INDEX IF NOT EXISTS ourtake_jobs_lock ON procrastinate_jobs (lock) WHERE status IN ('todo', 'doing')",
)
_LISTED = """
    SELECT id, task_name, status::text, lock, queueing_lock, priority, attempts, args, note
    FROM procrastinate_jobs LEFT JOIN ourtake_job_notes ON job_id = id
    WHERE task_name <> %(hidden)s AND (%(states)s::text[] IS NULL OR status::text = ANY(%(states)s))
      AND (%(number)s::bigint IS NULL OR id = %(number)s)
    ORDER BY id DESC LIMIT %(last)s
"""
_COUNTS = "SELECT status::text, count(*) AS count FROM procrastinate_jobs WHERE task_name <> %(hidden)s GROUP BY 1"
_WORKERS = """
    SELECT count(*) AS count FROM procrastinate_workers
    WHERE last_heartbeat > now() - make_interval(secs => %(seconds)s)
"""
_WAITING = "SELECT id FROM procrastinate_jobs WHERE queueing_lock = %(like)s AND status = 'todo'"
_RESULT = """
    INSERT INTO ourtake_job_results (name, result) VALUES (%(name)s, %(result)s)
    ON CONFLICT (name) DO UPDATE SET result = excluded.result, made = now()
"""
_NOTE = """
    INSERT INTO ourtake_job_notes (job_id, note) SELECT %(number)s, %(note)s
    WHERE EXISTS (SELECT FROM procrastinate_jobs WHERE id = %(number)s)
    ON CONFLICT (job_id) DO UPDATE SET note = excluded.note
"""


class Cluster:
    """The queue at one PostgreSQL database. Open it with `opened`."""

    def __init__(self, app: procrastinate.App) -> None:
        self.app = app

    async def submit(self, jobs: Sequence[NewJob]) -> list[int | None]:
        """Queue jobs; the number of each, None for one whose like is already waiting."""
        numbers: list[int | None] = []
        for job in jobs:
            queued = self.app.configure_task(
                job.task, lock=job.lock, queueing_lock=job.like or job.lock, priority=job.priority, allow_unknown=True
            )
            try:
                numbers.append(await queued.defer_async(**job.arguments))
            except exceptions.AlreadyEnqueued:
                numbers.append(None)
        return numbers

    async def listed(self, state: str | None = None, *, last: int | None = None) -> list[JobRow]:
        """The jobs, or those in a state, in the order in which they were queued; with `last`, the newest of them."""
        states = None if state is None else [one.value for one, name in _STATES.items() if name == state]
        return (await self._rows(states=states, last=last, number=None))[::-1]

    async def counts(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        found: dict[str, int] = {}
        for row in await self.app.connector.execute_query_all_async(_COUNTS, hidden=HAND_BACK):
            name = _STATES[Status(row["status"])]
            found[name] = found.get(name, 0) + int(row["count"])
        return found

    async def job(self, number: int) -> JobRow | None:
        """The job of that number."""
        rows = await self._rows(states=None, last=1, number=number)
        return rows[0] if rows else None

    async def workers(self) -> int:
        """How many workers are alive."""
        row = await self.app.connector.execute_query_one_async(_WORKERS, seconds=DEAD_AFTER_SECONDS)
        return int(row["count"])

    async def waiting(self, job: NewJob) -> int | None:
        """The job that waits and is like this one."""
        rows = await self.app.connector.execute_query_all_async(_WAITING, like=job.like or job.lock)
        return int(rows[0]["id"]) if rows else None

    async def retry(self, number: int) -> bool:
        """Queue a failed or cancelled job again; whether it was one."""
        job = await self.job(number)
        if job is None or job.state not in ("failed", "cancelled"):
            return False
        await self.submit([NewJob(job.task, job.arguments, job.lock, job.priority, job.like)])
        return True

    async def cancel(self, number: int) -> bool:
        """Cancel a job that waits, or ask for the end of one that runs; whether there was one."""
        return await self.app.job_manager.cancel_job_by_id_async(number, abort=True)

    async def note(self, number: int, note: str) -> None:
        """Keep what a job came to."""
        await self.app.connector.execute_query_async(_NOTE, number=number, note=note)

    async def keep_result(self, name: str, result: str) -> None:
        """Keep what a job made, under a name that whoever waits for it knows."""
        await self.app.connector.execute_query_async(_RESULT, name=name, result=result)

    async def result(self, name: str) -> str | None:
        """What a job made and kept under that name."""
        query = "SELECT result FROM ourtake_job_results WHERE name = %(name)s"
        rows = await self.app.connector.execute_query_all_async(query, name=name)
        return str(rows[0]["result"]) if rows else None

    async def drop_result(self, name: str) -> None:
        """Remove what was kept under that name."""
        await self.app.connector.execute_query_async("DELETE FROM ourtake_job_results WHERE name = %(name)s", name=name)

    async def finished(
        self,
        number: int,
        *,
        told: Callable[[str], None] = lambda state: None,
        patient: bool = False,
        shown: str = "",
        grown: Callable[[str], None] = lambda text: None,
    ) -> JobRow | None:
        """Wait until a job is over; `told` gets its state whenever that has changed, `grown` what the job keeps under
        the name `shown` while it runs.

        None if no worker is alive to take it any more: then it is cancelled, and left to whoever asked. `patient`:
        workers, and a server that is away, are waited for, however long.
        """
        state, seen, looked = "", "", 0.0
        while True:
            try:
                job = await self.job(number)
            except AWAY as error:
                if not patient or not is_away(error):
                    raise
                await asyncio.sleep(BEAT_SECONDS)
                continue
            if job is None or job.state in ("done", "failed", "cancelled"):
                return job
            if job.state != state:
                told(state := job.state)
            if shown and job.state == "running" and (text := await self.result(shown) or "") != seen:
                grown(seen := text)
            if not patient and job.state == "waiting" and time.monotonic() - looked > BEAT_SECONDS:
                looked = time.monotonic()
                if not await self.workers() and await self.app.job_manager.cancel_job_by_id_async(number):
                    return None
            await asyncio.sleep(_LOOK_SECONDS)

    async def _rows(self, **arguments: Any) -> list[JobRow]:
        rows = await self.app.connector.execute_query_all_async(_LISTED, hidden=HAND_BACK, **arguments)
        return [_row(row) for row in rows]


def is_away(error: BaseException) -> bool:
    """Whether an error says that the server can't be reached, and not that a statement is wrong."""
    cause = error.__cause__ if isinstance(error, exceptions.ConnectorException) else error
    return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)


def reason(error: BaseException) -> str:
    """What an error of the queue's server says, in a line."""
    cause = error.__cause__ or error
    return str(cause).splitlines()[0].rstrip(".") if str(cause) else type(cause).__name__


def _row(row: Mapping[str, Any]) -> JobRow:
    return JobRow(
        id=row["id"],
        task=row["task_name"],
        state=_STATES[Status(row["status"])],
        lock=row["lock"] or "",
        priority=row["priority"],
        attempts=row["attempts"],
        arguments=row["args"],
        like=row["queueing_lock"] or "",
        note=row["note"] or "",
    )


@asynccontextmanager
async def opened(address: str) -> AsyncIterator[Cluster]:
    """The queue at a PostgreSQL address; its tables are made where they are missing. Raises InputError."""
    connector = procrastinate.PsycopgConnector(
        conninfo=address, configure=_configure, min_size=1, max_size=8, timeout=_POOL_SECONDS, name="ourtake-queue"
    )
    app = procrastinate.App(connector=connector)
    try:
        await asyncio.to_thread(_make_tables, address)
    except psycopg.Error as error:
        what = f"The queue of jobs can't be used: {reason(error)}."
        raise InputError(what, "Check the store's server and rights.") from error
    async with app.open_async():
        yield Cluster(app)


async def _configure(connection: psycopg.AsyncConnection[Any]) -> None:
    # Each of the queue's statements is a transaction of its own, which saves two round trips for each.
    await connection.set_autocommit(True)


def _make_tables(address: str) -> None:
    with psycopg.connect(address) as connection:
        connection.execute(f"SELECT pg_advisory_xact_lock({_TABLES_LOCK})")
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
            connection.execute(procrastinate.schema.SchemaManager.get_schema().encode())
        if connection.execute("SELECT to_regclass('ourtake_job_results')").fetchone() == (None,):
            for statement in _OWN:
                connection.execute(statement)
