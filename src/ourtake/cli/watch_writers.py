"""Who writes what a watcher takes up: this process, or the workers of a queue."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ourtake.cli import lazy
from ourtake.cli.drafting import HeldRun, Spending, WorkerLimit, chosen
from ourtake.cli.pipelines import build_pipeline
from ourtake.cli.terminal import say
from ourtake.jobs.job import LATER, NewJob

if TYPE_CHECKING:
    from ourtake.cli.growing import Growing
    from ourtake.config import Settings
    from ourtake.documents import Draft, Source
    from ourtake.jobs.cluster import Cluster
    from ourtake.providers.ledger import Ledger
    from ourtake.store import Store
    from ourtake.store.stories import StoryRow
    from ourtake.watch.taking import Queue
    from ourtake.writing.pipeline import Pipeline


class DailyWriter:
    """Plans or drafts stories. The calls of a day are one run of the ledger, shared by all watchers of the store, so
    that usd_per_day holds for them together. `growing`: is told a take while it is written. `limit`: the worker's that
    writes.
    """

    def __init__(
        self,
        store: Store,
        given: Settings,
        *,
        process_id: int,
        model: list[str],
        retry_unknown: bool,
        growing: Growing | None = None,
        limit: WorkerLimit | None = None,
    ) -> None:
        self._limit = limit
        self._growing = growing
        self._store = store
        self._given = given
        self._process_id = process_id
        self._models = list(chosen(model))
        self._retry_unknown = retry_unknown
        self._day = ""
        self._pipeline: Pipeline | None = None
        self.ledger: Ledger | None = None
        self.stopping = False

    def ready(self) -> Pipeline:
        """The pipeline of today. Raises InputError for an unknown model or a missing key."""
        day = lazy.watch_taking.day_of(time.time())
        if self._pipeline is None or day != self._day:
            run = HeldRun(self._store, run_id=f"watch {day}", process_id=self._process_id, new=False)
            usd = self._given.watch.usd_per_day
            most = None if usd is None else float(usd)
            spending = Spending(max_cost=most, retry_unknown=self._retry_unknown, worker=self._limit)
            self._pipeline, self.ledger = build_pipeline(run, self._models, spending=spending)
            self._day = day
        return self._pipeline

    async def __call__(self, source: Source, draft_id: str) -> Draft:
        """See watch.taking.Writer."""
        before = self._pipeline
        pipeline = self.ready()
        if before is not None and before is not pipeline:
            await before.close()
        if self.stopping and self.ledger is not None:
            self.ledger.stopping.set()
        pipeline.archive.refresh()
        wishes = lazy.pipeline.Wishes(plan_only=self._given.watch.do == "plan")
        growing = self._growing
        draft = await lazy.pipeline.write_draft(
            source,
            pipeline,
            draft_id=draft_id,
            on_text=growing,
            on_step=None if growing is None else growing.step,
            wishes=wishes,
        )
        for note in draft.notes:
            say(f"ourtake: {note}")
        return draft

    def stop(self) -> None:
        """Make no new call."""
        self.stopping = True
        if self.ledger is not None:
            self.ledger.stopping.set()

    async def close(self) -> None:
        """Close connections."""
        if self._pipeline is not None:
            await self._pipeline.close()


def queued_by(cluster: Cluster, models: Sequence[str]) -> Queue:
    """A queue whose stories workers draft as `ourtake watch draft` does."""

    async def queue(story: StoryRow) -> None:
        arguments = {"name": story.id, "models": list(models)}
        await cluster.submit([NewJob("story", arguments, f"draft {story.draft_id}", LATER)])

    return queue
