"""A worker: it takes jobs from the queue of cluster.py and does them, whatever becomes of the server or other workers.

- What a dead worker had taken is handed back by a periodic job, which any worker does before all others.
- A server that is away is waited for, however long; what was under way when it went is handed back in the same manner.
- A signal lets the jobs under way finish for `grace` seconds. Then they are asked to stop at their next step and are
  handed back: another worker continues them.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
import os
import signal
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple

import procrastinate
import psycopg
from procrastinate import exceptions
from procrastinate.job_context import AbortReason, JobContext
from procrastinate.jobs import Job

from ourtake import telemetry
from ourtake.errors import JobFailed, OurtakeError
from ourtake.jobs.cluster import BEAT_SECONDS, DEAD_AFTER_SECONDS, HAND_BACK, Cluster, is_away
from ourtake.jobs.job import URGENT

Task = Callable[..., Awaitable[str]]
"""Does one job; its keyword arguments are the job's. What it returns is kept as the job's note ("": nothing). An
exception makes the job be tried again, later; JobFailed ends it.
"""

TRIES = 4
LAST_TRY: ContextVar[bool] = ContextVar("LAST_TRY", default=False)
"""Set for a task: whether its job is not tried again should this try fail."""
BACKOFF_SECONDS = 5
"""To the power of the attempt: 5, 25, 125 seconds."""
DEATHS = 10
"""A job is handed back this many times: one that ends every worker that takes it must not end them all."""
KEEP_DAYS = 30
"""Days for which jobs that are over are listed."""
LAST_WORD = 8.0
"""Seconds that a call under way is waited for once the jobs were asked to stop: it is paid for."""
_PAUSE = 1.0
_EVERY, _MINUTELY = "* * * * * */10", "* * * * *"

_STALLED = f"""
    SELECT job.id, job.attempts FROM procrastinate_jobs job
    LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
      AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => {DEAD_AFTER_SECONDS}))
    FOR UPDATE OF job SKIP LOCKED
"""
_HAND_BACK = f"""
    WITH stalled AS MATERIALIZED ({_STALLED})
    SELECT id, attempts >= %(deaths)s AS given_up,
           CASE WHEN attempts >= %(deaths)s THEN procrastinate_finish_job_v1(id, 'failed', false)
                ELSE procrastinate_retry_job_v1(id, now(), NULL, NULL, NULL) END
    FROM stalled
"""
_TIDY = "DELETE FROM procrastinate_jobs WHERE task_name = %(task)s AND status IN ('succeeded', 'failed')"
_TIDY_RESULTS = f"DELETE FROM ourtake_job_results WHERE made < now() - interval '{KEEP_DAYS} days'"
_LEFT = """
    SELECT count(*) AS count FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) AND task_name <> %(hidden)s
"""


class HandedBack(Exception):
    """A job that this worker does not finish; another one takes it."""


class Way(NamedTuple):
    """How a worker works. `wait` False: it ends when no job is left. `hand_back`: asks all jobs under way to stop at
    their next step. `said`: gets messages for people. `regular`: tasks that are queued every minute, by one worker for
    all.
    """

    concurrency: int
    wait: bool
    grace: float
    hand_back: Callable[[], None]
    said: Callable[[str], None]
    regular: tuple[str, ...] = ()


class _Retries(procrastinate.BaseRetryStrategy):
    """When a job that raised is tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> procrastinate.RetryDecision | None:
        if isinstance(exception, HandedBack):
            return procrastinate.RetryDecision(retry_at=datetime.datetime.now(datetime.UTC))
        if isinstance(exception, JobFailed | exceptions.JobAborted) or job.attempts + 1 >= TRIES:
            return None
        return procrastinate.RetryDecision(retry_in={"seconds": BACKOFF_SECONDS ** (job.attempts + 1)})


class WorkerLoop:
    """One worker; `run` does jobs until a signal, or until none is left. `under_way`: the numbers of its jobs."""

    def __init__(self, cluster: Cluster, tasks: Mapping[str, Task], way: Way) -> None:
        self._cluster = cluster
        self._app = cluster.app
        self._way = way
        self._signals = 0
        self._running: asyncio.Task[None] | None = None
        self.under_way: dict[int, asyncio.Task[Any]] = {}
        self.away = False
        self._broken: BaseException | None = None
        retries = _Retries()
        for name, task in tasks.items():
            only = name if name in way.regular else None
            made = self._app.task(name=name, retry=retries, pass_context=True, lock=only, queueing_lock=only)
            doing = made(self._doing(task))
            if only:
                self._app.periodic(cron=_MINUTELY)(doing)
        upkeep = self._app.task(name=HAND_BACK, priority=URGENT, queueing_lock=HAND_BACK)(self._upkeep)
        self._app.periodic(cron=_EVERY)(upkeep)

    async def run(self) -> None:
        """Do jobs. Raises nothing when the server goes away: it is waited for."""
        _listen_to(self._side_task_failed)
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_unheard)
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                loop.add_signal_handler(number, self._heard)
        while not self._signals:
            try:
                await self.hand_back()
                if self._signals:
                    return
                self._running = asyncio.create_task(self._work())
                await self._running
                if self._broken is not None:
                    raise self._broken
                if not self._way.wait and not await self._left():
                    return
            except asyncio.CancelledError:
                if not self._signals:
                    raise
            except (exceptions.ConnectorException, psycopg.Error) as error:
                if not is_away(error):
                    raise
            if not self._signals:
                await self._back()

    async def _work(self) -> None:
        await self._app.run_worker_async(
            concurrency=self._way.concurrency,
            wait=self._way.wait,
            update_heartbeat_interval=BEAT_SECONDS,
            stalled_worker_timeout=DEAD_AFTER_SECONDS,
            fetch_job_polling_interval=BEAT_SECONDS,
            abort_job_polling_interval=BEAT_SECONDS,
            install_signal_handlers=False,
        )

    def _doing(self, task: Task) -> Callable[..., Awaitable[None]]:
        async def do(context: JobContext, **arguments: Any) -> None:
            number, current = context.job.id, asyncio.current_task()
            assert number is not None and current is not None
            self.under_way[number] = current
            LAST_TRY.set(context.job.attempts + 1 >= TRIES)
            try:
                with telemetry.job(context.job.task_name, number):
                    said = await task(**arguments)
            except asyncio.CancelledError:
                if context.abort_reason() is AbortReason.USER_REQUEST:
                    raise exceptions.JobAborted from None
                raise HandedBack from None
            except OurtakeError as error:
                await self._cluster.note(number, str(error))
                raise
            except Exception as error:
                # A fault of this program: whoever runs the worker sees where, whoever asked sees that.
                if not is_away(error):
                    traceback.print_exc()
                    await self._cluster.note(number, f"It failed inside ourtake ({type(error).__name__}: {error}).")
                raise
            finally:
                del self.under_way[number]
            if said:
                await self._cluster.note(number, said)

        return do

    def _heard(self) -> None:
        """First signal: take no job, finish those under way. Second: hand them back. Third: end."""
        self._signals += 1
        count, grace = len(self.under_way), self._way.grace
        if self._signals == 1:
            if self._running is not None:
                self._running.cancel()
            if count:
                self._way.said(f"Stopping: {count} under way, up to {grace:g} seconds; what is left is handed back.")
            asyncio.get_running_loop().call_later(grace, self._ask_to_stop)
        elif self._signals == 2:
            self._ask_to_stop()
        else:
            os._exit(130)

    def _ask_to_stop(self) -> None:
        self._way.hand_back()
        asyncio.get_running_loop().call_later(LAST_WORD, self._cancel)

    def _cancel(self) -> None:
        for running in self.under_way.values():
            running.cancel()

    async def _upkeep(self, timestamp: int) -> None:
        await self.hand_back()
        await self._app.connector.execute_query_async(_TIDY, task=HAND_BACK)
        await self._app.connector.execute_query_async(_TIDY_RESULTS)
        await self._app.job_manager.delete_old_jobs(
            24 * KEEP_DAYS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    async def hand_back(self) -> int:
        """Queue the jobs of dead workers again; how many there were."""
        rows = await self._app.connector.execute_query_all_async(_HAND_BACK, deaths=DEATHS)
        for row in rows:
            if row["given_up"]:
                what = f"{DEATHS} workers died while doing it. See their logs; `ourtake jobs retry` tries again."
                await self._cluster.note(row["id"], what)
        if rows:
            self._way.said(f"{len(rows)} jobs of workers that are gone were handed back.")
        return len(rows)

    def _side_task_failed(self, error: BaseException) -> None:
        """The listener, the heartbeat or the like failed, which ends the loop; only for a server that is away it is
        begun again.
        """
        if is_away(error):
            self._gone()
        else:
            self._broken = error

    def _gone(self) -> None:
        if not self.away:
            self._way.said("The store's server does not answer. This worker waits for it; nothing is lost.")
        self.away = True

    async def _left(self) -> bool:
        row = await self._app.connector.execute_query_one_async(_LEFT, hidden=HAND_BACK)
        return bool(row["count"])

    async def _back(self) -> None:
        """Wait until the server answers."""
        while not self._signals:
            try:
                await self._cluster.workers()
            except (exceptions.ConnectorException, psycopg.Error) as error:
                if not is_away(error):
                    raise
                self._gone()
                await asyncio.sleep(_PAUSE)
                continue
            if self.away:
                self._way.said("The store's server answers again.")
            self.away = False
            await asyncio.sleep(_PAUSE)
            return


class _Listener(logging.Handler):
    def __init__(self, failed: Callable[[BaseException], None]) -> None:
        super().__init__(logging.ERROR)
        self._failed = failed

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "action", "") == "side_task_failed" and record.exc_info and record.exc_info[1]:
            self._failed(record.exc_info[1])


def _listen_to(failed: Callable[[BaseException], None]) -> None:
    """What people need to know of jobs and connections this program says in its own words; only in its log does the
    queue tell why it stopped.
    """
    for name in ("procrastinate", "psycopg", "psycopg.pool"):
        logger = logging.getLogger(name)
        logger.handlers = [_Listener(failed) if name == "procrastinate" else logging.NullHandler()]
        logger.propagate = False


def _unheard(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An error that nobody waits for: that a job's end could not be written is seen when the job is handed back."""
    error = context.get("exception")
    if not isinstance(error, exceptions.ConnectorException | psycopg.Error):
        loop.default_exception_handler(context)
