"""The table of what workers can do: each task's name and function. A task calls what the commands call."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from ourtake.cli import lazy
from ourtake.cli.check_online import check_links_of
from ourtake.cli.check_run import CheckRun
from ourtake.cli.check_targets import Workspace, targets_named
from ourtake.cli.context import import_settings, index_folder, settings
from ourtake.cli.draft_batch_file import tasks_of
from ourtake.cli.draft_provider_batch import fill_first_takes
from ourtake.cli.draft_wishes import Wanted, wishes_for
from ourtake.cli.drafting import Spending, WorkerLimit, heartbeat, holding_run
from ourtake.cli.eval_queue import CellWork
from ourtake.cli.growing import GrowingTake, showing
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.review_desk import open_desk
from ourtake.cli.serve_models import DeskWork
from ourtake.cli.terminal import say
from ourtake.cli.watch_run import round_by_worker
from ourtake.cli.worker_pipelines import WorkerPipelines
from ourtake.cli.worker_stories import StoryWork
from ourtake.errors import JobFailed, OurtakeError, ProviderError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.cli.drafting import HeldRun
    from ourtake.config import Settings
    from ourtake.documents import Draft, FieldName
    from ourtake.jobs.cluster import Cluster
    from ourtake.providers.ledger import Ledger


class Tasks:
    """What one worker does, over its run. `table`: by name. `cluster`: the queue, once it is open."""

    def __init__(self, run: HeldRun, spending: Spending, concurrency: int) -> None:
        if spending.max_cost is not None:
            spending = spending._replace(worker=WorkerLimit(run.process_id, spending.max_cost))
        self._run, self._spending, self._concurrency = run, spending, concurrency
        self._ledgers: list[Ledger] = []
        self._pipelines = WorkerPipelines(run, spending, concurrency, self._ledgers)
        self._stopping = threading.Event()
        self._desk = DeskWork(run.store, Spending(worker=spending.worker))
        self._cells = CellWork(run, spending, concurrency, self._ledgers)
        self._stories = StoryWork(run, spending, concurrency, self._ledgers)
        self.cluster: Cluster | None = None
        found: Mapping[str, Callable[..., Awaitable[str]]] = {
            "draft": self.draft,
            "batch": self.batch,
            "rewrite": self.rewrite,
            "angles": self.angles,
            "cell": self.cell,
            "import": self.import_,
            "links": self.links,
            "poll": self.poll,
            "story": self.story,
        }
        self.table = {name: _told(name, task) for name, task in found.items()}

    def stop(self) -> None:
        """Ask what is under way to stop at its next step: no new call is made, and an import keeps what it has read."""
        self._stopping.set()
        for ledger in self._ledgers:
            ledger.stopping.set()

    async def close(self) -> None:
        """Close connections."""
        await self._stories.close()
        await self._pipelines.close()
        await self._cells.close()

    async def draft(
        self, source: dict[str, Any], models: list[str], draft_id: str, wanted: dict[str, Any], shown: str = ""
    ) -> str:
        """Write one draft; one that is finished is left as it is. `shown`: the name under which its text is shown while
        it grows. Raises OurtakeError if that failed.
        """
        assert self.cluster is not None
        async with self._pipelines.using(models) as pipeline:
            earlier = self._run.store.draft(draft_id)
            if earlier is not None and earlier.status not in lazy.pipeline.OPEN:
                return _outcome(earlier)  # the worker before this one had finished it
            pipeline = pipeline._replace(new_run=earlier is None)  # nothing to be resumed, so nothing is looked for
            pipeline.archive.refresh()
            story = lazy.documents.Source.model_validate(source)
            wishes = wishes_for(Wanted(**wanted), story, pipeline)
            async with showing(self.cluster, shown) as tell:
                growing = GrowingTake(tell) if shown else None
                done = await lazy.pipeline.write_draft(
                    story,
                    pipeline,
                    draft_id=draft_id,
                    wishes=wishes,
                    on_text=growing,
                    on_step=growing.step if growing else None,
                )
            done = await lazy.headlines.with_headlines(done, pipeline, count=wanted.get("headlines", 0))
            return _outcome(done)

    async def batch(self, sources: list[dict[str, Any]], models: list[str], wanted: dict[str, Any], name: str) -> str:
        """Have the batch endpoint of the first model write the takes of all stories, then check and repair each."""
        store, stories = self._run.store, [lazy.documents.Source.model_validate(source) for source in sources]
        with holding_run(store, f"batch {name}", resume=True) as run:
            pipeline, ledger = build_pipeline(run, models, spending=self._spending, concurrency=self._concurrency)
            self._ledgers.append(ledger)
            tasks = tasks_of(stories, run_id=run.run_id, models=tuple(models))
            pipeline.archive.expect(task.source for task in tasks)
            wishes = wishes_for(Wanted(**wanted))

            async def one(task: Any) -> Draft:
                return await lazy.pipeline.write_draft(
                    task.source, pipeline, draft_id=task.draft_id, repetition=task.repetition, wishes=wishes
                )

            try:
                async with heartbeat(run):
                    await fill_first_takes(tasks, pipeline, ledger, model=models[0], spending=self._spending)
                    running = lazy.local.run_many(tasks, one, concurrency=3 * self._concurrency, stop=ledger.stopping)
                    drafts = [draft async for draft in running]
            finally:
                self._ledgers.remove(ledger)
                await pipeline.close()
            if self._stopping.is_set():
                raise lazy.asyncio.CancelledError
            failed = [draft for draft in drafts if draft.status not in lazy.pipeline.FINISHED]
            run.finished = not failed
        if failed:
            raise ProviderError(f"{len(failed)} of {count_of(len(drafts), 'draft')} failed: {failed[0].error}")
        return f"{count_of(len(drafts), 'draft')}"

    async def rewrite(
        self, draft_id: str, field: FieldName, index: int, note: str, model: str = "", shown: str = ""
    ) -> str:
        """Have a block of a draft at the desk rewritten; whoever asked reads the answer from the ledger."""
        assert self.cluster is not None
        view = open_desk(self._run.store).open(draft_id).view()
        order = lazy.service.RewriteOrder(field, index, note, model)
        async with showing(self.cluster, shown) as tell:
            made = await lazy.asyncio.to_thread(self._desk.rewrite_here, view, order, tell)
        return f"written by {made.by}"

    async def angles(self, source: dict[str, Any]) -> str:
        """Plan a story; whoever asked reads the plan from the ledger."""
        story = lazy.documents.Source.model_validate(source)
        plan = await lazy.asyncio.to_thread(self._desk.angles_here, story)
        return f"{count_of(len(plan.angles), 'angle')}"

    async def cell(self, draft_id: str, **arguments: Any) -> str:
        """Write and measure a cell of an eval run; whoever began the run reads the result from the queue."""
        assert self.cluster is not None
        done = await self._cells.write(draft_id, **arguments)
        await self.cluster.keep_result(draft_id, done.model_dump_json())
        return f"{done.cell}: {done.status}"

    async def import_(self, name: str, form: str, again: bool, permalink: str, encoding: str = "") -> str:
        """Import articles from an address, or a path that this machine has."""
        return await self._in_thread(lambda: self._import(name, form, again, import_settings(permalink, encoding)))

    def _import(self, name: str, form: str, again: bool, given: Settings) -> str:
        refused: list[Any] = []

        def tick(count: int) -> None:
            if self._stopping.is_set():
                raise _Stopped

        source = lazy.import_source.ImportSource(name, form=form, again=again, settings=given, say=say)
        counts = source.import_into(self._run.store, index_folder(), tick=tick, rejected=refused.append)
        done = f"{counts.added} added, {counts.updated} updated, {counts.unchanged} unchanged, {counts.skipped} skipped"
        first = f"; the first: {refused[0]}" if refused else ""
        return f"{done}{first}"

    async def links(self, draft_id: str, max_age: float) -> str:
        """Look behind the links of a draft, and keep what was found for `check --online` and the desk."""
        return await self._in_thread(lambda: self._links(draft_id, max_age))

    def _links(self, draft_id: str, max_age: float) -> str:
        run = CheckRun(settings(), select=[], ignore=[], form="text")
        run.workspace = Workspace()
        run.workspace.store = self._run.store
        found = check_links_of(list(targets_named([draft_id], run.workspace)), run, max_age=max_age)
        dead = sum(check.status == "dead" for check in found.values())
        return f"{count_of(len(found), 'link')}, {dead} dead"

    async def poll(self, timestamp: int) -> str:
        """One round of `ourtake watch`: feeds that are due are polled, and stories worth a take are queued."""
        assert self.cluster is not None
        return await round_by_worker(self._run.store, self.cluster, self._run.process_id, stop=self._stopping)

    async def story(self, name: str, models: list[str]) -> str:
        """Draft a story that watching has queued, within its limits of the day. Raises JobFailed where there is no take
        and will be none.
        """
        taken = await self._stories.draft(name, models)
        if taken.decision == lazy.stories.FAILED:
            raise JobFailed(taken.reason)
        return f"{taken.decision}{f': {taken.reason}' if taken.reason else ''}"

    async def _in_thread(self, work: Callable[[], str]) -> str:
        def stopped() -> str | None:
            try:
                return work()
            except _Stopped:
                return None

        said = await lazy.asyncio.to_thread(stopped)
        if said is None:
            raise lazy.asyncio.CancelledError
        return said


class _Stopped(BaseException):
    """Ends what runs in a thread; what it has done is kept."""


def _outcome(done: Draft) -> str:
    """What a draft came to. Raises ProviderError if another try may help, JobFailed if only a person can."""
    if done.status == "failed":
        raise ProviderError(done.error or "The provider failed.")
    if done.status not in lazy.pipeline.FINISHED:
        raise JobFailed(done.error or f"The draft is {done.status}.")
    return done.status


def _told(name: str, task: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
    """The task, which says on standard error what it came to."""

    async def reporting(**arguments: Any) -> str:
        about = f"{name} {arguments.get('draft_id') or arguments.get('name') or ''}".strip()
        try:
            outcome = await task(**arguments)
        except OurtakeError as error:
            say(f"ourtake: {about}: {error}", level="error", task=name, draft=arguments.get("draft_id"))
            raise
        say(f"ourtake: {about}: {outcome}", task=name, draft=arguments.get("draft_id"))
        return "" if name == "draft" else outcome

    return reporting
