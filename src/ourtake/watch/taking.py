"""Stories that are worth a take -> drafts: their pages are read, and they are planned, drafted or handed to workers.

A story is taken in one transaction, and its draft's id follows from its own. Whoever goes on after a kill therefore
goes on with the same draft, and the ledger has the answers that were paid for.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from ourtake.config import Settings
from ourtake.documents import Draft, Source
from ourtake.intake.fetchers import Fetchers
from ourtake.store import Store
from ourtake.store.watching import DRAFTED, FAILED, PLANNED, QUEUED, WAITING, StoryRow
from ourtake.text.words import canonical_url
from ourtake.watch.pages import REMOVED, read_story, with_page
from ourtake.writing.pipeline import FINISHED
from ourtake.writing.pipeline import PLANNED as PLAN_ONLY

TRIES = 5
"""How often a story is taken up whose provider fails."""
_FIRST_WAIT = 600.0
_REASONS = {
    "limit": "A limit was reached",
    "failed": "The provider failed",
    "unknown": "A call has no known outcome",
}


class Writer(Protocol):
    """Plans or drafts a story, as the settings say, and stores the draft under this id."""

    async def __call__(self, source: Source, draft_id: str) -> Draft:
        """The draft. Its status says how that ended."""


Queue = Callable[[Source, str], Awaitable[None]]
"""Hands a story and its draft's id to workers."""


class Taken(NamedTuple):
    """A story that was taken up, what became of it, and the draft; None where it was handed to workers or is gone."""

    story: StoryRow
    decision: str
    reason: str
    draft: Draft | None = None


class Taking:
    """Takes stories up for one process. `clock`: seconds since 1970."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        process_id: int,
        fetchers: Fetchers,
        clock: Callable[[], float],
        writer: Writer | None = None,
        queue: Queue | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._process_id = process_id
        self._fetchers = fetchers
        self._clock = clock
        self._writer = writer
        self._queue = queue

    def next_story(self, story: str = "") -> StoryRow | None:
        """The story to work on next, now taken by this process; None where there is none or the day's number is
        reached. `story`: the id of a certain one.
        """
        now = self._clock()
        most = self._settings.watch.stories_a_day
        return self._store.watch.take_up(now=now, day=day_of(now), process_id=self._process_id, most=most, story=story)

    async def take(self, story: StoryRow) -> Taken:
        """Plan, draft or queue a story that this process has taken."""
        source = story.source
        try:
            if self._settings.watch.pages and not story.checked:
                found = await asyncio.to_thread(self._read, story)
                if isinstance(found, str):
                    return self._done(story, FAILED, found)
                source = found
            if self._queue is not None:
                await self._queue(source, story.draft_id)
                return self._done(story, QUEUED, "")
            assert self._writer is not None
            return self._judged(story, await self._writer(source, story.draft_id))
        except BaseException:
            # Stopped, or a fault of ours: the next watcher goes on with it.
            self._store.watch.finish(story.id, WAITING, process_id=self._process_id)
            raise

    def _read(self, story: StoryRow) -> Source | str:
        """The story with its page's text, kept in the store; why there is nothing to write about any more."""
        source, now = story.source, self._clock()
        found = read_story(source.url, self._fetchers)
        if found.status in REMOVED:
            return f"Its page is gone ({found.status}), so no take was written."
        if found.page is not None:
            source = with_page(source, found.page)
            key = canonical_url(source.url)
            if found.page.text:
                self._store.watch.keep_page(key, title=found.page.title, text=found.page.text)
        self._store.watch.keep_source(story.id, source, now=now)
        return source

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
            wait = _FIRST_WAIT * 2 ** (story.tries - 1)
            self._finish(story, WAITING, why, next_try=self._clock() + wait)
            return Taken(story, WAITING, why, draft)
        return self._done(story, FAILED, why, draft)

    def _done(self, story: StoryRow, decision: str, why: str, draft: Draft | None = None) -> Taken:
        self._finish(story, decision, why)
        return Taken(story, decision, why, draft)

    def _finish(self, story: StoryRow, decision: str, why: str, *, next_try: float = 0.0) -> None:
        # Why it was taken up stays, whatever came of it.
        reason = f"{story.reason.partition(_MARK)[0]}{_MARK}{why}" if why else story.reason.partition(_MARK)[0]
        self._store.watch.finish(story.id, decision, process_id=self._process_id, reason=reason, next_try=next_try)


_MARK = " \u2014 "
"""Between why a story was taken up and what came of that."""


def day_of(moment: float) -> str:
    """The day of a time, in UTC."""
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).date().isoformat()
