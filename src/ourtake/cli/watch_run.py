"""What `ourtake watch` runs: the watcher with its store, archive and writer, round after round."""

from __future__ import annotations

import contextlib
import importlib.util
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.context import filled_archive, index_folder, open_store, settings
from ourtake.cli.draft_wishes import Wanted
from ourtake.cli.drafting import HeldRun, Spending, build_pipeline, chosen, heartbeat
from ourtake.cli.signals import Stopping
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.cli.watch_text import round_json, weighed_json, weighed_line
from ourtake.errors import InputError
from ourtake.jobs.job import LATER, NewJob

if TYPE_CHECKING:
    from ourtake.config import Settings
    from ourtake.documents import Draft, Source
    from ourtake.jobs.cluster import Cluster
    from ourtake.providers.ledger import Ledger
    from ourtake.store import Store
    from ourtake.watch.polling import Polling
    from ourtake.watch.watcher import Round
    from ourtake.writing.pipeline import Pipeline, Wishes

_LEAST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two rounds. The longest is short, so that a clock that is set forward is noticed."""


class Terms(NamedTuple):
    """The flags of `ourtake watch`."""

    once: bool
    model: list[str]
    queue: bool = False
    retry_unknown: bool = False
    as_json: bool = False


class DailyWriter:
    """Plans or drafts stories. The calls of a day are one run of the ledger, shared by all watchers of the store, so
    that usd_per_day holds for them together.
    """

    def __init__(
        self, store: Store, given: Settings, *, process_id: int, model: list[str], retry_unknown: bool
    ) -> None:
        self._store = store
        self._given = given
        self._process_id = process_id
        self._models = list(chosen(model, given))
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
            spending = Spending(max_cost=None if usd is None else float(usd), retry_unknown=self._retry_unknown)
            self._pipeline, self.ledger = build_pipeline(run, self._models, spending=spending)
            self._day = day
        return self._pipeline

    async def __call__(self, source: Source, draft_id: str) -> Draft:
        """See watch.taking.Writer."""
        return await self.write(source, draft_id, lazy.pipeline.Wishes(plan_only=self._given.watch.do == "plan"))

    async def write(self, source: Source, draft_id: str, wishes: Wishes) -> Draft:
        """The draft of a story."""
        before = self._pipeline
        pipeline = self.ready()
        if before is not None and before is not pipeline:
            await before.close()
        if self.stopping and self.ledger is not None:
            self.ledger.stopping.set()
        pipeline.archive.refresh()
        draft = await lazy.pipeline.write_draft(source, pipeline, draft_id=draft_id, wishes=wishes)
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


def watched_settings() -> Settings:
    """The settings. Raises InputError where they name no feed."""
    given = settings()
    if not given.watch.feeds and not given.watch.sitemaps:
        raise InputError(
            "There is nothing to watch.", "Name feeds as [[watch.feeds]] in ourtake.toml; see docs/watch.md."
        )
    lazy.watch_polling.feeds_of(given)
    return given


@contextlib.contextmanager
def _polling(store: Store, given: Settings, process_id: int) -> Iterator[Polling]:
    polling = lazy.watch_polling.Polling(store, given, process_id=process_id)
    try:
        yield polling
    finally:
        polling.close()


def dry_run(*, as_json: bool) -> None:
    """Poll all feeds, and say what would be done."""
    given = watched_settings()
    index_folder()
    with open_store() as store, _polling(store, given, 0) as polling:
        stop = threading.Event()
        found = lazy.watcher.preview(polling, filled_archive(store), stop=stop, say=_say)
        wanted = sorted(
            (one for one in found if one.verdict.decision == lazy.watching.WAITING),
            key=lambda one: -(one.verdict.score or 0),
        )
        left = max(0, given.watch.stories_a_day - store.watch.taken_on(lazy.watch_taking.day_of(time.time())))
    if as_json:
        emit_json([weighed_json(one) for one in found])
        return
    for one in [*wanted, *(one for one in found if one not in wanted)]:
        emit(weighed_line(one))
    doing = {"plan": "planned", "draft": "drafted"}[given.watch.do]
    taken = min(left, len(wanted))
    emit(f"{len(found)} new; {len(wanted)} worth a take, of which {taken} would be {doing} now. Nothing was kept.")


def watch_feeds(terms: Terms) -> int:
    """Watch until a signal, or once. Returns the exit code."""
    given = watched_settings()
    index_folder()
    with open_store() as store:
        if terms.queue:
            _check_queue(store, given)
        process_id = store.enroll()
        with _polling(store, given, process_id) as polling:
            return lazy.asyncio.run(_watch(store, given, polling, process_id, terms))


async def _watch(store: Store, given: Settings, polling: Polling, process_id: int, terms: Terms) -> int:
    stop = lazy.asyncio.Event()
    stopping, threads_stop = Stopping(stop), threading.Event()
    models = list(chosen(terms.model, given))
    writer = DailyWriter(store, given, process_id=process_id, model=terms.model, retry_unknown=terms.retry_unknown)
    run = HeldRun(store, run_id="", process_id=process_id, new=False)
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(writer.close)
        await stack.enter_async_context(heartbeat(run))
        queue = None
        if terms.queue:
            queue = _Queue(await stack.enter_async_context(lazy.cluster.opened(store.queue_address)), models)
        else:
            writer.ready()  # a missing key is said now, and not when the first story comes
        await stack.enter_async_context(_passing_on(stop, threads_stop, writer))
        taking = lazy.watch_taking.Taking(
            store,
            given,
            process_id=process_id,
            fetchers=polling.fetchers,
            clock=polling.clock,
            writer=writer,
            queue=queue,
        )
        watcher = lazy.watcher.Watcher(polling, filled_archive(store), taking, stop=threads_stop, say=_say)
        if not terms.once:
            count = len(given.watch.feeds) + len(given.watch.sitemaps)
            say(f"ourtake: watching {count} feed{'s' * (count != 1)}; Ctrl-C ends it.")
        while True:
            try:
                done = await watcher.round()
            except lazy.asyncio.CancelledError:
                if not stop.is_set():
                    raise
                break
            _report(done, terms)
            if terms.once and not stop.is_set():
                return done.failed
            pause = min(_LONGEST_PAUSE, max(_LEAST_PAUSE, watcher.next_poll()))
            with contextlib.suppress(TimeoutError):
                await lazy.asyncio.wait_for(stop.wait(), pause)
            if stop.is_set():
                break
    return stopping.code


@contextlib.asynccontextmanager
async def _passing_on(
    stop: lazy.asyncio.Event, threads_stop: threading.Event, writer: DailyWriter
) -> AsyncIterator[None]:
    """Pass a stop on to the threads and to the ledger."""

    async def wait() -> None:
        await stop.wait()
        threads_stop.set()
        writer.stop()

    task = lazy.asyncio.create_task(wait())
    try:
        yield
    finally:
        task.cancel()


async def round_by_worker(store: Store, cluster: Cluster, process_id: int, *, stop: threading.Event) -> str:
    """One round: the feeds that are due are polled, and what is worth a take is queued for workers. Returns what was
    done, in a sentence.
    """
    given = watched_settings()
    models = list(chosen([], given))
    writer = DailyWriter(store, given, process_id=process_id, model=[], retry_unknown=False)
    queue = _Queue(cluster, models) if given.watch.do == "draft" else None
    with _polling(store, given, process_id) as polling:
        taking = lazy.watch_taking.Taking(
            store,
            given,
            process_id=process_id,
            fetchers=polling.fetchers,
            clock=polling.clock,
            writer=writer,
            queue=queue,
        )
        try:
            done = await lazy.watcher.Watcher(polling, filled_archive(store), taking, stop=stop, say=_say).round()
        finally:
            await writer.close()
    return f"{len(done.polled)} feeds polled, {len(done.weighed)} new stories, {len(done.taken)} of them taken up"


class _Queue:
    """Hands drafts to workers."""

    def __init__(self, cluster: Cluster, models: list[str]) -> None:
        self._cluster = cluster
        self._models = models

    async def __call__(self, source: Source, draft_id: str) -> None:
        """See watch.taking.Queue."""
        given = source.model_dump(mode="json", exclude_none=True)
        arguments = {"source": given, "models": self._models, "draft_id": draft_id, "wanted": Wanted()._asdict()}
        await self._cluster.submit([NewJob("draft", arguments, f"draft {draft_id}", LATER)])


def _check_queue(store: Store, given: Settings) -> None:
    """Raise InputError where --queue can't work."""
    if given.watch.do != "draft":
        raise InputError('--queue hands over drafts, and [watch] do is "plan".', 'Set do = "draft" in [watch].')
    if not store.queue_address:
        raise InputError("Workers need a store on PostgreSQL.", "Set --store postgresql://...; see docs/deploy.md.")
    if importlib.util.find_spec("procrastinate") is None:
        raise InputError("The queue needs the package procrastinate.", "Run pip install 'ourtake[postgres]'.")


def _report(done: Round, terms: Terms) -> None:
    if terms.as_json:
        emit_json(round_json(done))
        return
    for one in done.weighed:
        if one.verdict.decision == lazy.watching.WAITING or terms.once:
            emit(weighed_line(one))
    for taken in done.taken:
        why = f": {taken.reason}" if taken.reason else ""
        emit(f"{taken.decision:<8}  draft {taken.story.draft_id}: {taken.story.source.title[:70]}{why}")
    if done.changes:
        emit(f"{done.changes} change{'s' * (done.changes != 1)} in stories with drafts; see `ourtake watch stories`.")
    if terms.once or done.polled:
        fresh = sum(one.fresh for one in done.polled)
        failed = sum(one.row.status in ("failed", "gone") for one in done.polled)
        broken = f", {failed} of them can't be read" if failed else ""
        polled = f"{len(done.polled)} feed{'s' * (len(done.polled) != 1)} polled{broken}"
        emit(f"{polled}; {fresh} new stor{'y' if fresh == 1 else 'ies'}, {len(done.taken)} taken up.")


def _say(note: str) -> None:
    say(f"ourtake: {note}")


def draft_story(name: str, model: list[str], *, angle: int | None, retry_unknown: bool) -> int:
    """Write the take on one story. Returns the exit code."""
    given = settings()
    index_folder()
    with open_store() as store:
        found = store.watch.stories(id_=name, limit=2)
        if len(found) != 1:
            what = f"No story has the id {name}." if not found else f"More than one story's id begins with {name}."
            raise InputError(what, "See `ourtake watch stories`.")
        if angle is not None:
            _choose(store, found[0].draft_id, angle)
        process_id = store.enroll()
        with _polling(store, given, process_id) as polling:
            return lazy.asyncio.run(_draft_one(store, given, polling, process_id, found[0].id, model, retry_unknown))


def _choose(store: Store, draft_id: str, angle: int) -> None:
    """Set the angle of a plan. Raises InputError where it has none of that number."""
    draft = store.draft(draft_id) if draft_id else None
    plan = draft.plan if draft is not None else None
    if draft is None or plan is None or not 1 <= angle <= len(plan.angles):
        raise InputError(f"The story has no angle {angle}.", "See `ourtake drafts show`, or leave out --angle.")
    if draft.revisions:
        raise InputError("The take is written already.", "Use `ourtake rewrite`.")
    changed = draft.model_copy(update={"plan": plan.model_copy(update={"chosen": angle})})
    lazy.asyncio.run(store.save_draft(changed))


async def _draft_one(
    store: Store,
    given: Settings,
    polling: Polling,
    process_id: int,
    story_id: str,
    model: list[str],
    retry_unknown: bool,
) -> int:
    drafting = given.model_copy(update={"watch": given.watch.model_copy(update={"do": "draft"})})
    writer = DailyWriter(store, drafting, process_id=process_id, model=model, retry_unknown=retry_unknown)
    writer.ready()
    taking = lazy.watch_taking.Taking(
        store, drafting, process_id=process_id, fetchers=polling.fetchers, clock=polling.clock, writer=writer
    )
    run = HeldRun(store, run_id="", process_id=process_id, new=False)
    try:
        async with heartbeat(run):
            story = taking.next_story(story_id)
            if story is None:
                raise InputError("Another process is drafting this story.", "Wait until it is done.")
            taken = await taking.take(story)
    finally:
        await writer.close()
    why = f": {taken.reason}" if taken.reason else ""
    emit(f"{taken.decision:<8}  draft {story.draft_id}: {story.source.title[:70]}{why}")
    return 0 if taken.decision == lazy.watching.DRAFTED else 3
