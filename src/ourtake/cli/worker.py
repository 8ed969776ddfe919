"""`ourtake worker` does the jobs of a store's queue; `ourtake draft --queue` adds to it; `ourtake jobs` shows it."""

from __future__ import annotations

import importlib.util
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from ourtake.cli import lazy
from ourtake.cli.context import open_store, settings
from ourtake.cli.draft_wishes import Wanted, wishes_for
from ourtake.cli.drafting import Spending, build_pipeline, chosen, heartbeat, holding_run
from ourtake.cli.terminal import emit, emit_json, keep_lines, say
from ourtake.errors import InputError, OurtakeError, ProviderError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.cli.drafting import HeldRun
    from ourtake.documents import Source
    from ourtake.jobs.cluster import Cluster
    from ourtake.store import Store
    from ourtake.writing.pipeline import Pipeline

Result = TypeVar("Result")

app = typer.Typer(help="The jobs that wait for workers, run, or are done.", no_args_is_help=True)


def worker(
    concurrency: int = typer.Option(
        2, "--concurrency", "-c", min=1, max=100, help="Drafts that are written at a time."
    ),
    drain: bool = typer.Option(False, "--drain", help="End when no job is left, instead of waiting for more."),
    max_cost: float = typer.Option(None, "--max-cost", min=0, help="US dollars that this worker may spend."),
    retry_unknown: bool = typer.Option(
        False,
        "--retry-unknown",
        help="Repeat calls whose outcome a dead worker left unknown; they may have been billed.",
    ),
) -> None:
    r"""Do the jobs that `ourtake draft --queue` put into the store's queue.

    Needs a store on PostgreSQL. Start as many workers as there is room for, on any machine. Ctrl-C or a termination
    ends a worker once its drafts are finished; what a dead worker had taken is handed to others.

    \b
    OURTAKE_STORE=postgresql://paper@db.example/paper ourtake worker --concurrency 4
    """
    spending = Spending(max_cost=max_cost, retry_unknown=retry_unknown)
    with open_store() as store, holding_run(store, f"worker {socket.gethostname()} {os.getpid()}") as run:
        pipelines = _Pipelines(run, spending, concurrency)

        async def work(cluster: Cluster) -> None:
            try:
                async with heartbeat(run):
                    say(f"ourtake: the worker is ready for {count_of(concurrency, 'draft')} at a time.")
                    await cluster.work({"draft": pipelines.draft}, concurrency=concurrency, wait=not drain)
            finally:
                await pipelines.close()

        _with_queue(store, work)
        run.finished = True


class _Pipelines:
    """One pipeline for each list of models, so that all drafts of a worker share its limits."""

    def __init__(self, run: HeldRun, spending: Spending, concurrency: int) -> None:
        self._run, self._spending, self._concurrency = run, spending, concurrency
        self._built: dict[tuple[str, ...], Pipeline] = {}

    async def draft(self, source: dict[str, Any], models: list[str], draft_id: str, wanted: dict[str, Any]) -> None:
        """Write one draft. Raises OurtakeError where that failed: then it is tried again later."""
        try:
            await self._write(source, models, draft_id, wanted)
        except OurtakeError as error:
            say(f"ourtake: draft {draft_id}: {error}")
            raise

    async def _write(self, source: dict[str, Any], models: list[str], draft_id: str, wanted: dict[str, Any]) -> None:
        pipeline = self._pipeline(models)
        earlier = self._run.store.draft(draft_id)
        if earlier is not None and earlier.status not in lazy.pipeline.OPEN:
            return  # the worker before this one had finished it
        pipeline.archive.refresh()
        story = lazy.documents.Source.model_validate(source)
        wishes = wishes_for(Wanted(**wanted), story, pipeline)
        done = await lazy.pipeline.write_draft(story, pipeline, draft_id=draft_id, wishes=wishes)
        say(f"ourtake: draft {draft_id}, {done.status}: {story.title[:60]}")
        if done.status == "failed":
            raise ProviderError(done.error or "The provider failed.")

    def _pipeline(self, models: list[str]) -> Pipeline:
        key = tuple(models)
        if key not in self._built:
            pipeline, _ = build_pipeline(
                self._run, models, spending=self._spending, concurrency=self._concurrency, shared=True
            )
            self._built[key] = pipeline._replace(new_run=False)  # a draft may be another worker's, half done
        return self._built[key]

    async def close(self) -> None:
        """Close connections."""
        for pipeline in self._built.values():
            await pipeline.close()


def queue_drafts(stories: Sequence[Source], models: list[str], wanted: Wanted, *, as_json: bool) -> None:
    """Queue a draft of each story for workers. Raises InputError for an unknown model, and without a queue."""
    names = list(chosen(models, settings()))
    for name in names:
        # The keys are the workers' matter.
        if lazy.registry.row_of(name.partition(":")[0], settings()) is None:
            lazy.registry.check_model(name, settings())
    priority = lazy.cluster.ORDINARY if len(stories) == 1 else lazy.cluster.LATER
    jobs, ids = [], []
    for story in stories:
        given = story.model_dump(mode="json", exclude_none=True)
        draft_id = lazy.runs.draft_id("queue", story.model_dump_json(), *names, *wanted.parts())
        ids.append(draft_id)
        arguments = {"source": given, "models": names, "draft_id": draft_id, "wanted": wanted._asdict()}
        jobs.append(lazy.cluster.NewJob("draft", arguments, f"draft {draft_id}", priority))
    with open_store() as store:
        numbers = _with_queue(store, lambda cluster: cluster.submit(jobs))
    rows = [{"job": number, "draft": id_} for number, id_ in zip(numbers, ids, strict=True)]
    if as_json:
        emit_json(rows)
        return
    for row in rows if len(rows) <= 5 else ():
        emit(f"Job {row['job']}: draft {row['draft']}" if row["job"] else f"Draft {row['draft']} waits already.")
    known = sum(number is None for number in numbers)
    waits = f", {known} waited already" if known else ""
    emit(f"{len(rows) - known} queued{waits}. `ourtake worker` does them; `ourtake jobs list` shows them.")


@app.command("list")
def list_(
    state: str = typer.Option(None, help="waiting, running, done, failed or cancelled."),
    as_json: bool = typer.Option(False, "--json", help="Print the jobs as JSON."),
) -> None:
    """The jobs, in the order in which they were queued."""
    with open_store() as store:
        rows = _with_queue(store, lambda cluster: cluster.listed(state))
    if as_json:
        emit_json([row._asdict() for row in rows])
        return
    for row in rows:
        title = (row.arguments.get("source") or {}).get("title", "")
        emit(f"{row.id:>6}  {row.state:9}  {row.task} {row.arguments.get('draft_id', '')}  {title[:50]}")
    if not rows:
        say("No jobs.")


@app.command()
def retry(jobs: list[int] = typer.Argument(..., help="The numbers of failed or cancelled jobs.")) -> None:
    """Queue failed or cancelled jobs again."""
    _each(jobs, "is neither failed nor cancelled", lambda cluster, job: cluster.retry(job), "queued again")


@app.command()
def cancel(jobs: list[int] = typer.Argument(..., help="The numbers of jobs.")) -> None:
    """Cancel jobs that wait, and ask for the end of those that run."""
    _each(jobs, "is not waiting or running", lambda cluster, job: cluster.cancel(job), "cancelled")


def _each(jobs: list[int], why_not: str, act: Callable[[Cluster, int], Awaitable[bool]], done: str) -> None:
    async def all_(cluster: Cluster) -> list[bool]:
        return [await act(cluster, job) for job in jobs]

    with open_store() as store:
        found = _with_queue(store, all_)
    for job, was in zip(jobs, found, strict=True):
        emit(f"Job {job}: {done}.") if was else say(f"ourtake: job {job} {why_not}.")
    if not all(found):
        raise typer.Exit(2)


def _with_queue(store: Store, act: Callable[[Cluster], Awaitable[Result]]) -> Result:
    """What `act` returns, with the store's queue open. Raises InputError where the store has none."""
    if not store.queue_address:
        what = "Workers need a store on PostgreSQL."
        raise InputError(what, "Set --store postgresql://...; see docs/deploy.md.")
    if importlib.util.find_spec("procrastinate") is None:
        raise InputError("The queue needs the package procrastinate.", "Run pip install 'ourtake[postgres]'.")

    async def run() -> Result:
        async with lazy.cluster.opened(store.queue_address) as cluster:
            return await act(cluster)

    return lazy.asyncio.run(run())


keep_lines(app)
