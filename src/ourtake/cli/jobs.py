"""`ourtake jobs`: what waits for workers, runs, or is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store
from ourtake.cli.options import Json
from ourtake.cli.queueing import with_queue
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.errors import InputError
from ourtake.jobs.job import STATES
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.jobs.cluster import Cluster
    from ourtake.jobs.job import JobRow
    from ourtake.store import Store

app = typer.Typer(help="Manage the jobs in the workers' queue.", no_args_is_help=True)


@app.command("list")
def list_(
    state: str = typer.Option(None, help="waiting, running, done, failed or cancelled."),
    last: int = typer.Option(100, "-n", min=1, help="How many jobs to list at most."),
    as_json: Json = False,
) -> None:
    """List the newest jobs and their results, and count all jobs. The oldest is listed first."""
    if state is not None and state not in STATES:
        raise InputError(f"There is no state {state}.", f"Use one of these: {', '.join(STATES)}.")

    async def look(cluster: Cluster) -> tuple[list[JobRow], dict[str, int], int]:
        return await cluster.listed(state, last=last), await cluster.counts(), await cluster.workers()

    with open_store() as store:
        rows, counts, workers = with_queue(store, look)
    if as_json:
        emit_json([row._asdict() for row in rows])
        return
    for row in rows:
        emit(f"{row.id:>6}  {row.state:9}  {_about(row)}{f'  {row.note}' if row.note else ''}")
    counted = ", ".join(f"{counts[name]:,} {name}" for name in STATES if counts.get(name))
    say(f"{counted or 'No jobs'}; {count_of(workers, 'worker')}.")


def _about(row: JobRow) -> str:
    title = (row.arguments.get("source") or {}).get("title", "")
    return f"{row.lock or row.task}{f'  {title}' if title else ''}"


@app.command()
def retry(jobs: list[int] = typer.Argument(..., help="The numbers of failed or cancelled jobs.")) -> None:
    """Queue failed or cancelled jobs again."""
    _each(jobs, "is neither failed nor cancelled", lambda cluster, job: cluster.retry(job), "queued again")


@app.command()
def cancel(jobs: list[int] = typer.Argument(..., help="The numbers of jobs.")) -> None:
    """Cancel jobs that are waiting, and ask running jobs to stop. A watched story that has not begun is skipped."""
    stories: list[str] = []

    async def cancelled(cluster: Cluster, number: int) -> bool:
        done, job = await cluster.cancel(number), await cluster.job(number)
        if done and job is not None and job.task == "story":
            stories.append(job.arguments["name"])
        return done

    def put_aside(store: Store) -> None:
        for story in stories:
            lazy.watch_taking.give_up(store, story)

    _each(jobs, "is not waiting or running", cancelled, "cancelled", afterwards=put_aside)


def _each(
    jobs: list[int],
    why_not: str,
    act: Callable[[Cluster, int], Awaitable[bool]],
    done: str,
    *,
    afterwards: Callable[[Store], None] = lambda store: None,
) -> None:
    async def all_(cluster: Cluster) -> list[bool]:
        return [await act(cluster, job) for job in jobs]

    with open_store() as store:
        found = with_queue(store, all_)
        afterwards(store)
    for job, was in zip(jobs, found, strict=True):
        emit(f"Job {job}: {done}.") if was else say(f"ourtake: job {job} {why_not}.")
    if not all(found):
        raise typer.Exit(2)
