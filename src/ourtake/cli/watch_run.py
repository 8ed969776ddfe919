"""What `ourtake watch` runs: the watcher with its store, archive and writer, round after round."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ourtake.cli import lazy
from ourtake.cli.context import filled_archive, index_folder, open_store, settings
from ourtake.cli.drafting import HeldRun, chosen, heartbeat
from ourtake.cli.queueing import require_queue
from ourtake.cli.signals import Stopping
from ourtake.cli.terminal import emit, emit_json, say
from ourtake.cli.watch_text import round_json, taken_line, weighed_json, weighed_line
from ourtake.cli.watch_writers import DailyWriter, queued_by
from ourtake.errors import InputError
from ourtake.text.counts import count_of

if TYPE_CHECKING:
    from ourtake.config import Settings
    from ourtake.jobs.cluster import Cluster
    from ourtake.store import Store
    from ourtake.watch.polling import Polling
    from ourtake.watch.watcher import Round, Watcher

_LEAST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two rounds. The longest is short, so that a clock that is set forward is noticed."""


class Terms(NamedTuple):
    """The flags of `ourtake watch`."""

    once: bool
    model: list[str]
    queue: bool = False
    retry_unknown: bool = False
    as_json: bool = False


def watched_settings() -> Settings:
    """The settings. Raises InputError if they name no feed."""
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
            (one for one in found if one.verdict.decision == lazy.stories.WAITING),
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
    emit(f"{len(found)} new; {len(wanted)} worth a take; {taken} would be {doing} now. Nothing was stored.")


def watch_feeds(terms: Terms) -> int:
    """Watch until a signal, or once. Returns the exit code."""
    given = watched_settings()
    index_folder()
    with open_store() as store:
        if terms.queue:
            _check_queue(store, given)
        process_id = store.enroll()
        with _polling(store, given, process_id) as polling:
            if not terms.once:
                count = len(given.watch.feeds) + len(given.watch.sitemaps)
                say(f"ourtake: watching {count_of(count, 'feed')}; Ctrl-C ends it.")
            return lazy.asyncio.run(_watch(store, given, polling, terms))


async def _watch(store: Store, given: Settings, polling: Polling, terms: Terms) -> int:
    stop = lazy.asyncio.Event()
    stopping, threads_stop = Stopping(stop), threading.Event()
    writer = DailyWriter(
        store, given, process_id=polling.process_id, model=terms.model, retry_unknown=terms.retry_unknown
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(writer.close)
        run = HeldRun(store, run_id="", process_id=polling.process_id, new=False)
        await stack.enter_async_context(heartbeat(run))
        queue = None
        if terms.queue:
            cluster = await stack.enter_async_context(lazy.cluster.opened(store.queue_address))
            queue = queued_by(cluster, chosen(terms.model))
        else:
            writer.ready()  # a missing key is said now, and not when the first story comes
        await stack.enter_async_context(_passing_on(stop, threads_stop, writer))
        taking = lazy.watch_taking.Taking(polling, writer=writer, queue=queue)
        watcher = lazy.watcher.Watcher(polling, filled_archive(store), taking, stop=threads_stop, say=_say)
        code = await _rounds(watcher, stop, terms)
    return stopping.code or code


async def _rounds(watcher: Watcher, stop: lazy.asyncio.Event, terms: Terms) -> int:
    """Round after round until `stop` is set, or one; the exit code of the last."""
    while True:
        try:
            done = await watcher.round()
        except lazy.asyncio.CancelledError:
            if not stop.is_set():
                raise
            return 0  # what was begun is handed back
        _report(done, terms)
        if terms.once or stop.is_set():
            return done.failed
        pause = min(_LONGEST_PAUSE, max(_LEAST_PAUSE, watcher.next_poll()))
        with contextlib.suppress(TimeoutError):
            await lazy.asyncio.wait_for(stop.wait(), pause)
        if stop.is_set():
            return 0


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
    writer = DailyWriter(store, given, process_id=process_id, model=[], retry_unknown=False)
    queue = queued_by(cluster, chosen()) if given.watch.do == "draft" else None
    with _polling(store, given, process_id) as polling:
        taking = lazy.watch_taking.Taking(polling, writer=writer, queue=queue)
        try:
            done = await lazy.watcher.Watcher(polling, filled_archive(store), taking, stop=stop, say=_say).round()
        finally:
            await writer.close()
    polled, new = count_of(len(done.polled), "feed"), count_of(len(done.weighed), "new story", "new stories")
    return f"{polled} polled, {new}, {len(done.taken)} of them chosen"


def _check_queue(store: Store, given: Settings) -> None:
    """Raise InputError where --queue can't work."""
    if given.watch.do != "draft":
        raise InputError('--queue is for drafts, but [watch] do is "plan".', 'Set do = "draft" in [watch].')
    require_queue(store)


def _report(done: Round, terms: Terms) -> None:
    if terms.as_json:
        emit_json(round_json(done))
        return
    for one in done.weighed:
        if one.verdict.decision == lazy.stories.WAITING or terms.once:
            emit(weighed_line(one))
    for taken in done.taken:
        emit(taken_line(taken))
    if done.changes:
        emit(f"{count_of(done.changes, 'change')} in stories with drafts; see `ourtake watch stories`.")
    fresh = sum(one.fresh for one in done.polled)
    if terms.once or fresh or done.taken:
        failed = sum(one.row.status in ("failed", "gone") for one in done.polled)
        broken = f", {failed} of them can't be read" if failed else ""
        polled = f"{count_of(len(done.polled), 'feed')} polled{broken}"
        emit(f"{polled}; {fresh} new stor{'y' if fresh == 1 else 'ies'}, {len(done.taken)} chosen.")


def _say(note: str) -> None:
    say(f"ourtake: {note}")
