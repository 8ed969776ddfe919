"""Stories that are worth a take -> drafts: their pages are read, and they are planned, drafted or handed to workers.

A story is taken in one transaction, and its draft's id follows from its own. Whoever goes on after a kill therefore
continues the same draft, and the ledger has the answers that were paid for.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from ourtake.documents import Draft, Source
from ourtake.store import Store
from ourtake.store.stories import DRAFTED, FAILED, PASSED, PLANNED, QUEUED, WAITING, StoryRow
from ourtake.text.words import canonical_url
from ourtake.watch.pages import REMOVED, PageRead, read_story, with_page
from ourtake.watch.polling import Polling, host_turn
from ourtake.writing.pipeline import FINISHED
from ourtake.writing.pipeline import PLANNED as PLAN_ONLY

TRIES = 5
"""How often a story is taken up whose provider fails. Handing it to workers and their taking it up count as one."""
_FIRST_WAIT = 600.0
_PATIENCE = 30
"""Seconds for which another process may ask a host before a page is left out."""
_REASONS = {
    "limit": "A limit was reached ([watch] usd_per_day, or one of [budget])",
    "failed": "The provider failed",
    "unknown": "The outcome of a call is unknown",
}


class Writer(Protocol):
    """Plans or drafts a story, as the settings say, and stores the draft under this id."""

    async def __call__(self, source: Source, draft_id: str) -> Draft:
        """The draft. Its status says how that ended."""


Queue = Callable[[StoryRow], Awaitable[None]]
"""Hands a story to workers."""


class Taken(NamedTuple):
    """A story that was taken up, what happened to it, and the draft; None if it was handed to workers or is gone."""

    story: StoryRow
    decision: str
    reason: str
    draft: Draft | None = None


class Taking:
    """Takes stories up for one process, with a writer or a queue."""

    def __init__(self, polling: Polling, *, writer: Writer | None = None, queue: Queue | None = None) -> None:
        self._polling = polling
        self._store = polling.store
        self._settings = polling.settings
        self._process_id = polling.process_id
        self._clock = polling.clock
        self._writer = writer
        self._queue = queue

    def next_story(self, story: str = "") -> StoryRow | None:
        """The story to work on next, now taken by this process; None if there is none or the day's number is
        reached. `story`: the id of a certain one.
        """
        now = self._clock()
        most = self._settings.watch.stories_a_day
        return self._store.watch.take_up(now=now, day=day_of(now), process_id=self._process_id, most=most, story=story)

    async def take(self, story: StoryRow) -> Taken:
        """Plan, draft or queue a story that this process has taken."""
        source = story.source
        if story.tries > 2 * TRIES:
            return self._done(story, FAILED, f"It was begun {story.tries - 1} times and never finished.")
        try:
            if self._settings.watch.pages and not story.checked:
                found = await asyncio.to_thread(self._read, story)
                if isinstance(found, str):
                    return self._done(story, FAILED, found)
                source = found
            if self._queue is not None:
                await self._queue(story)
                return self._done(story, QUEUED, "")
            assert self._writer is not None
            return self._judged(story, await self._writer(source, story.draft_id))
        except BaseException as error:
            # Stopped, or a fault of ours: it is taken up again, after a fault later and later.
            wait = self._clock() + _wait(story) if isinstance(error, Exception) else 0.0
            self._store.watch.finish(story.id, WAITING, process_id=self._process_id, next_try=wait)
            raise

    def _read(self, story: StoryRow) -> Source | str:
        """The story with its page's text, kept in the store; why there is nothing to write about any more."""
        source, now = story.source, self._clock()
        found = self._page(source.url)
        if found.status in REMOVED:
            return f"Its page is gone ({found.status}), so no take was written."
        if found.page is not None:
            source = with_page(source, found.page)
            key = canonical_url(source.url)
            if found.page.text:
                self._store.watch.keep_page(key, title=found.page.title, text=found.page.text)
        self._store.watch.keep_source(story.id, source, now=now)
        return source

    def _page(self, url: str) -> PageRead:
        """A story's page, when no other process asks its host."""
        for _ in range(_PATIENCE):
            with host_turn(url, self._polling) as mine:
                if mine:
                    return read_story(url, self._polling.fetchers.polite())
            time.sleep(1)
        return PageRead(None, "another process asks its host")

    def _judged(self, story: StoryRow, draft: Draft) -> Taken:
        """What a draft's status means for its story."""
        if draft.status == PLAN_ONLY:
            return self._done(story, PLANNED, "", draft)
        if draft.status in FINISHED:
            return self._done(story, DRAFTED, "", draft)
        why = f"{_REASONS.get(draft.status, 'No take was written')}: {draft.error or draft.status}"
        if draft.status == "unknown":
            why += f" `ourtake watch draft {story.id} --retry-unknown` asks again."
        if draft.status in ("limit", "failed") and story.tries < TRIES:
            self._finish(story, WAITING, why, next_try=self._clock() + _wait(story))
            return Taken(story, WAITING, why, draft)
        return self._done(story, FAILED, why, draft)

    def _done(self, story: StoryRow, decision: str, why: str, draft: Draft | None = None) -> Taken:
        self._finish(story, decision, why)
        return Taken(story, decision, why, draft)

    def _finish(self, story: StoryRow, decision: str, why: str, *, next_try: float = 0.0) -> None:
        self._store.watch.finish(
            story.id, decision, process_id=self._process_id, reason=_reason(story, why), next_try=next_try
        )


_MARK = "\n"
"""Between why a story was taken up and the result: a title in the first part may hold anything else."""


def put_back(store: Store, story_id: str, why: str, *, now: float) -> None:
    """Put back a queued story whose job failed for good before a worker began it. The story waits again; after TRIES
    times it counts as failed. A story that is not queued is left as it is.
    """
    for story in store.watch.stories(decisions=(QUEUED,), id_=story_id):
        again = story.tries < TRIES
        reason = _reason(story, f"No worker could begin it: {why}")
        decision, next_try = (WAITING, now + _wait(story)) if again else (FAILED, 0.0)
        store.watch.leave_queue(story.id, decision, reason=reason, next_try=next_try)


def give_up(store: Store, story_id: str) -> None:
    """A queued story whose job was cancelled before a worker took it up is passed over. One that is not queued is left
    as it is.
    """
    for story in store.watch.stories(decisions=(QUEUED,), id_=story_id):
        store.watch.leave_queue(story.id, PASSED, reason=_reason(story, "Its job was cancelled."), next_try=0.0)


def _wait(story: StoryRow) -> float:
    return float(_FIRST_WAIT * 2 ** min(max(story.tries, 1) - 1, TRIES))


def _reason(story: StoryRow, why: str) -> str:
    """Why it was taken up stays, whatever came of it."""
    first = story.reason.partition(_MARK)[0]
    return f"{first}{_MARK}{why}" if why else first


def day_of(moment: float) -> str:
    """The day of a time, in UTC."""
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).date().isoformat()
