"""One round of watching: 1 poll what is due, 2 weigh new stories, 3 take up the best, 4 look again at earlier ones.

`Watcher.round` follows these steps, top to bottom. `preview` says what a round would do and changes nothing.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ourtake.archive.lookup import Archive
from ourtake.documents import Source
from ourtake.intake.polite import PoliteFetcher
from ourtake.store.stories import KEPT_DAYS, WAITING, SeenEntry, StoryRow, StoryText, Verdict, story_id
from ourtake.watch.entries import DAY
from ourtake.watch.pages import look_again, read_story
from ourtake.watch.polling import Outcome, Polling, feeds_of, host_turn, keep_feeds, poll_all, poll_due
from ourtake.watch.taking import Taken, Taking
from ourtake.watch.weighing import weigh

GROUP = 50
"""Stories of which a decision is kept in one transaction."""

Say = Callable[[str], None]


class Weighed(NamedTuple):
    """A new story and what was decided of it."""

    id: str
    source: Source
    verdict: Verdict


class Round(NamedTuple):
    """What a round did. `failed`: the exit code that its failures ask for, or 0."""

    polled: tuple[Outcome, ...] = ()
    weighed: tuple[Weighed, ...] = ()
    taken: tuple[Taken, ...] = ()
    changes: int = 0
    failed: int = 0


class Watcher:
    """Watches for one process. `stop`: once it is set, nothing new is begun. `say` gets notes for the user."""

    def __init__(
        self, polling: Polling, archive: Archive, taking: Taking, *, stop: threading.Event, say: Say = lambda _: None
    ) -> None:
        self._polling = polling
        self._archive = archive
        self._taking = taking
        self._stop = stop
        self._say = say

    async def round(self) -> Round:
        """One round. Raises CancelledError if it is stopped in the middle of a call."""
        # 1. Poll the feeds that are due.
        polled = await asyncio.to_thread(self._poll)
        # 2. Weigh what is new against the archive.
        weighed = await asyncio.to_thread(self._weigh)
        # 3. Take up the best, while the day's number and money last.
        taken, failed = await self._take()
        # 4. Look again at the pages of stories that have drafts.
        changes = await asyncio.to_thread(self._look_again)
        return Round(tuple(polled), tuple(weighed), tuple(taken), changes, failed)

    def next_poll(self) -> float:
        """Seconds until the next feed is due; 0 if one is, an hour where none will be."""
        now, given = self._polling.clock(), feeds_of(self._polling.settings)
        rows = [row for row in self._polling.store.watch.feeds() if row.url in given and row.status != "gone"]
        return max(0.0, min((row.next - now for row in rows), default=3600.0))

    def _poll(self) -> list[Outcome]:
        keep_feeds(self._polling.store, self._polling.settings)
        done = []
        for outcome in poll_due(self._polling, stop=self._stop):
            done.append(outcome)
            for note in outcome.notes:
                self._say(note)
        return done

    def _weigh(self) -> list[Weighed]:
        polling, watch = self._polling, self._polling.settings.watch
        store, now = polling.store.watch, polling.clock()
        late = f"It waited longer than {watch.max_age_hours:g} hours."
        store.expire(before=now - watch.max_age_hours * 3600, reason=late)
        store.forget(before=now - KEPT_DAYS * DAY)
        rows = store.undecided()
        if not rows or self._stop.is_set():
            return []
        self._archive.refresh()
        beats, done = self._beats_of([row.id for row in rows]), []
        for first in range(0, len(rows), GROUP):
            if self._stop.is_set():
                break
            part = {row.id: row for row in rows[first : first + GROUP]}
            verdicts = [(id_, self._verdict(row, beats[id_])) for id_, row in part.items()]
            mine = store.decide(verdicts)
            done += [Weighed(id_, part[id_].source, verdict) for id_, verdict in verdicts if id_ in mine]
        return done

    def _verdict(self, row: StoryRow, beats: Sequence[str]) -> Verdict:
        settings, now = self._polling.settings, self._polling.clock()
        return weigh(row.source, beats, archive=self._archive, settings=settings, now=now)

    def _beats_of(self, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The beats of the feeds in which stories were seen; none if one of them has no beats: then all may fit."""
        given = feeds_of(self._polling.settings)
        found: dict[str, tuple[str, ...]] = {}
        for id_, urls in self._polling.store.watch.feeds_of(ids).items():
            named = [given[url][1].beats for url in urls if url in given]
            found[id_] = tuple(dict.fromkeys(beat for beats in named for beat in beats)) if all(named) else ()
        return found

    async def _take(self) -> tuple[list[Taken], int]:
        done: list[Taken] = []
        while not self._stop.is_set() and (story := self._taking.next_story()) is not None:
            taken = await self._taking.take(story)
            done.append(taken)
            if taken.decision == WAITING and taken.draft is not None:
                # A limit or a provider that is down would stop the next one, too.
                return done, 4 if taken.draft.status == "limit" else 3
        return done, 0

    def _look_again(self) -> int:
        polling, now = self._polling, self._polling.clock()
        watch = polling.settings.watch
        if not watch.recheck_days or not watch.pages or self._stop.is_set():
            return 0
        changes = 0
        since, before = now - watch.recheck_days * DAY, now - watch.recheck_hours * 3600
        due = polling.store.watch.to_recheck(since=since, before=before, now=now)
        fetcher = polling.fetchers.polite()
        for entry in due:
            if self._stop.is_set():
                break
            with host_turn(entry.address, polling) as mine:
                changes += self._looked_at(entry, fetcher) if mine else 0
        return changes

    def _looked_at(self, entry: SeenEntry, fetcher: PoliteFetcher) -> int:
        found, store = read_story(entry.address, fetcher), self._polling.store.watch
        new = store.add_changes(entry.key, look_again(entry, found))
        if found.page is not None and found.page.text:
            store.keep_page(entry.key, title=found.page.title, text=found.page.text)
        return new


def preview(polling: Polling, archive: Archive, *, stop: threading.Event, say: Say = lambda _: None) -> list[Weighed]:
    """What a round would find and decide now: all feeds are polled, and nothing is written."""
    given, watch = feeds_of(polling.settings), polling.store.watch
    archive.refresh()
    found: list[Weighed] = []
    for polled in poll_all(polling, stop=stop):
        for note in polled.notes:
            say(note)
        known = watch.known([entry.key for entry in polled.entries])
        for entry in polled.entries:
            if entry.old or entry.key in known or polling.matcher.story_of(entry) or stop.is_set():
                continue
            number = len(found) + 1
            text = StoryText(number, entry.key, entry.title, entry.source.blurb, (entry.outlet,), polling.clock())
            polling.matcher.learn([text])
            beats = given[polled.row.url][1].beats
            verdict = weigh(entry.source, beats, archive=archive, settings=polling.settings, now=polling.clock())
            found.append(Weighed(story_id(entry.key), entry.source, verdict))
    return found
