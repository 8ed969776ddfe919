"""`ourtake worker`: does the jobs of a store's queue."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.drafting import Spending, heartbeat, holding_run
from ourtake.cli.queueing import with_queue
from ourtake.cli.tasks import Tasks
from ourtake.cli.terminal import say
from ourtake.cli.watch_run import watched_settings
from ourtake.cli.worker_health import answering

if TYPE_CHECKING:
    from ourtake.jobs.cluster import Cluster

GRACE = 20.0
"""Seconds."""


def worker(
    concurrency: int = typer.Option(2, "--concurrency", "-c", min=1, max=100, help="How many jobs to run at a time."),
    drain: bool = typer.Option(False, "--drain", help="Exit when no job is left, instead of waiting for more."),
    watch: bool = typer.Option(
        False, "--watch", help="Also poll the feeds of [watch]. Workers with this flag share the polling."
    ),
    grace: float = typer.Option(
        GRACE,
        "--grace",
        min=0,
        help="Seconds that jobs get to finish after SIGTERM or Ctrl-C. Then they are handed back.",
    ),
    health_port: int = typer.Option(
        None, "--health-port", min=1, max=65535, help="Answer /health and /health/store on this port."
    ),
    health_host: str = typer.Option("127.0.0.1", "--health-host", help="The address of --health-port."),
    max_cost: float = typer.Option(None, "--max-cost", min=0, help="US dollars that this worker may spend."),
    retry_unknown: bool = typer.Option(
        False,
        "--retry-unknown",
        help="Repeat calls whose outcome a dead worker left unknown. They may already have been billed.",
    ),
) -> None:
    r"""Run the jobs that --queue and the desk put into the queue.

    Needs a store on PostgreSQL. Start as many workers as you like, on any machine. On Ctrl-C or SIGTERM, a worker
    finishes the jobs under way. After --grace seconds it hands back what is left. If a worker dies, other workers take
    over its jobs. If the server can't be reached, a worker waits for it.

    \b
    Example:
      OURTAKE_STORE=postgresql://paper@db.example/paper \
          ourtake worker --concurrency 4
    """
    spending = Spending(max_cost=max_cost, retry_unknown=retry_unknown)
    with open_store() as store, holding_run(store, f"worker {socket.gethostname()} {os.getpid()}") as run:
        tasks = Tasks(run, spending, concurrency)
        if watch:
            watched_settings()
        regular = ("poll",) if watch else ()
        way = lazy.worker_loop.Way(concurrency, not drain, grace, hand_back=tasks.stop, said=_said, regular=regular)

        async def work(cluster: Cluster) -> None:
            tasks.cluster = cluster
            loop = lazy.worker_loop.WorkerLoop(cluster, tasks.table, way)
            health = answering(health_host, health_port, is_away=lambda: loop.away)
            try:
                async with heartbeat(run), health:
                    _said(f"The worker is ready for {concurrency} jobs at a time.")
                    await loop.run()
            finally:
                await tasks.close()

        with_queue(store, work)
        run.finished = True


def _said(message: str) -> None:
    say(f"ourtake: {message}")
