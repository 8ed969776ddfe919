"""Polling feeds: many hosts at once, the feeds of one host in turn, each result saved as soon as it is there.

`poll_due` does a round of all feeds that are due.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from ourtake.config import Settings, WatchFeed
from ourtake.documents import Source
from ourtake.errors import FetchError, InputError
from ourtake.intake.addresses import check_address
from ourtake.intake.dates import read_date
from ourtake.intake.feed_poll import FeedPoll, Validators, polled_limits, read_feed
from ourtake.intake.fetchers import Fetchers
from ourtake.intake.items import Listed
from ourtake.jobs.threads import in_threads
from ourtake.store import Store
from ourtake.store.feeds import FeedRow, HostTurn
from ourtake.store.stories import SeenEntry
from ourtake.text.words import canonical_url
from ourtake.watch.changes import changes_between
from ourtake.watch.entries import Window, entry_for, entry_of, moment_of, outlet_of, seen_entry
from ourtake.watch.twins import TwinIndex

LONGEST_BACKOFF = 86_400.0
LONGEST_WAIT = 7 * 86_400.0
"""Seconds; no host may ask for a longer wait."""
PAGES = 20
"""Pages of new stories that are read of a sitemap in one poll; the others wait for the next."""


GROUP = 50
"""Polls that are saved in one transaction; those of a process that is killed are made again."""


class Polled(NamedTuple):
    """What a poll of one feed gave: its row, with the next poll, and the entries that are to be saved."""

    row: FeedRow
    entries: tuple[SeenEntry, ...] = ()
    notes: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """A feed that was polled and saved. `fresh`: its new stories. `notes`: what the user should know."""

    row: FeedRow
    fresh: int
    notes: tuple[str, ...]


class Polling:
    """What polls have in common; it is made once for a command. `clock`: seconds since 1970."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        *,
        process_id: int,
        fetchers: Fetchers | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.store = store
        self.settings = settings
        self.process_id = process_id
        self.clock = clock
        self.fetchers = fetchers or Fetchers(polled_limits(settings.intake))
        self.matcher = TwinIndex()

    def close(self) -> None:
        """Close all connections."""
        self.fetchers.close()


def feeds_of(settings: Settings) -> dict[str, tuple[str, WatchFeed]]:
    """Address -> kind and settings of each feed. Raises InputError if one may not be opened."""
    watch = settings.watch
    for feed in (*watch.feeds, *watch.sitemaps):
        check_address(feed.url, allow_hosts=settings.intake.allow_hosts)
    return {feed.url: ("feed", feed) for feed in watch.feeds} | {feed.url: ("sitemap", feed) for feed in watch.sitemaps}


def keep_feeds(store: Store, settings: Settings) -> None:
    """Let the store know of the feeds of the settings."""
    known = {row.url for row in store.watch.feeds()}
    rows = [row for row in rows_of(settings) if row.url not in known]
    if rows:
        store.watch.keep_feeds(rows)


def rows_of(settings: Settings) -> list[FeedRow]:
    """The feeds of the settings as they are before their first poll."""
    allow = settings.intake.allow_hosts
    given = feeds_of(settings).items()
    return [FeedRow(url, kind, check_address(url, allow_hosts=allow).netloc) for url, (kind, _) in given]


def poll_due(polling: Polling, *, stop: threading.Event) -> Iterator[Outcome]:
    """Poll all feeds that are due, and save what they have. Once `stop` is set, no host is begun."""
    store, given = polling.store, feeds_of(polling.settings)
    turns = store.watch.claim(given, now=polling.clock(), process_id=polling.process_id)
    left = {turn.host for turn in turns}
    done: list[Polled] = []
    try:
        work = [turn for turn in turns if turn.feeds]
        threads = polling.settings.watch.hosts_at_once
        for turn, polled in in_threads(
            work, lambda turn: (turn, poll_host(turn, given, polling)), threads=threads, stop=stop
        ):
            done += polled
            left.discard(turn.host)
            if len(done) >= GROUP:
                yield from _saved(done, polling)
                done = []
        yield from _saved(done, polling)
    finally:
        store.watch.release(left, asked=polling.clock(), process_id=polling.process_id)


def poll_all(polling: Polling, *, stop: threading.Event) -> Iterator[Polled]:
    """Poll all feeds of the settings now, due or not, without keeping anything."""
    given, known = feeds_of(polling.settings), {row.url: row for row in polling.store.watch.feeds()}
    hosts: dict[str, list[FeedRow]] = {}
    for row in rows_of(polling.settings):
        read = known[row.url].read if row.url in known else 0.0
        hosts.setdefault(row.host, []).append(row._replace(read=read))
    turns = [HostTurn(host, 0.0, tuple(rows)) for host, rows in hosts.items()]
    threads = polling.settings.watch.hosts_at_once
    for polled in in_threads(turns, lambda turn: poll_host(turn, given, polling), threads=threads, stop=stop):
        yield from polled


def _saved(polled: Sequence[Polled], polling: Polling) -> list[Outcome]:
    """Polls, once they are in the store."""
    if not polled:
        return []
    counts = polling.store.watch.save_polls(
        [(one.row, one.entries) for one in polled],
        now=polling.clock(),
        process_id=polling.process_id,
        matcher=polling.matcher,
        compare=changes_between,
    )
    return [Outcome(one.row, fresh, one.notes) for one, fresh in zip(polled, counts, strict=True)]


@contextmanager
def host_turn(url: str, polling: Polling) -> Iterator[bool]:
    """Hold the host of a story's page; False if another process has it."""
    host = check_address(url, allow_hosts=polling.settings.intake.allow_hosts).netloc
    asked = polling.store.watch.take_hosts([host], process_id=polling.process_id).get(host)
    if asked is None:
        yield False
        return
    try:
        _keep_distance(host, asked, polling)
        yield True
    finally:
        polling.store.watch.release([host], asked=polling.clock(), process_id=polling.process_id)


def _keep_distance(host: str, asked: float, polling: Polling) -> None:
    """Let a host that another process has asked just before have its pause."""
    pause, waited = polling.fetchers.limits.seconds_between_requests, polling.clock() - asked
    if 0 <= waited < pause:
        polling.fetchers.gate.hold(host, pause - waited)


def poll_host(turn: HostTurn, given: Mapping[str, tuple[str, WatchFeed]], polling: Polling) -> list[Polled]:
    """Poll the feeds of one host in turn. One that can't be reached, or asks for a pause, is not asked again."""
    _keep_distance(turn.host, turn.asked, polling)
    done: list[Polled] = []
    closed: FeedPoll | None = None
    for row in turn.feeds:
        kind, feed = given[row.url]
        if closed is None:
            poll = _ask(row, kind, polling)
            if poll.status == "failed" and (not poll.reached or poll.retry_after):
                closed = poll
        else:
            poll = closed
        done.append(_polled(row, feed, poll, polling))
    return done


def _ask(row: FeedRow, kind: str, polling: Polling) -> FeedPoll:
    last = Validators(row.etag, row.last_modified, row.digest)
    limits, get = polling.fetchers.limits, polling.fetchers.get
    return read_feed(row.moved or row.url, kind=kind, last=last, get=get, limits=limits)


def _polled(row: FeedRow, feed: WatchFeed, poll: FeedPoll, polling: Polling) -> Polled:
    now, every = polling.clock(), polling.settings.watch.every_minutes * 60
    if poll.status == "gone":
        note = f"{row.url} is gone (410) and is no longer polled. Remove it from ourtake.toml."
        return Polled(row._replace(status="gone", error=poll.error, polled=now, next=0.0), notes=(note,))
    if poll.status == "failed":
        failures = row.failures + 1
        wait = min(every * 2.0 ** min(failures, 20), max(every, LONGEST_BACKOFF))
        wait = min(max(wait, poll.retry_after or 0.0), LONGEST_WAIT)
        # Where it was moved to may have been a mistake: the next poll asks the address of the settings.
        failed = row._replace(
            status="failed", error=poll.error, polled=now, failures=failures, moved="", next=now + wait
        )
        return Polled(failed, notes=(f"{row.url}: {poll.error}",))
    window = Window(now, polling.settings.watch.max_age_hours * 3600, first=not row.read)
    entries, complete = _entries(poll, feed, window, polling)
    values = poll.validators if complete else Validators()
    read = row._replace(
        status=poll.status,
        etag=values.etag[:1000],
        last_modified=values.last_modified[:100],
        digest=values.digest,
        moved=poll.moved or row.moved,
        error=_left_out(poll),
        polled=now,
        read=now,
        next=now + every,
        failures=0,
    )
    return Polled(read, tuple(entries), tuple(_notes(row, poll, entries, window)))


def _left_out(poll: FeedPoll) -> str:
    """How many entries could not be read, and why the first one could not."""
    count = len(poll.left_out)
    return f"{count} entr{'y' if count == 1 else 'ies'} can't be read: {poll.left_out[0].reason}" if count else ""


def _notes(row: FeedRow, poll: FeedPoll, entries: Sequence[SeenEntry], window: Window) -> Iterator[str]:
    """What the user should know of a poll that was answered."""
    if poll.moved and poll.moved != row.moved:
        yield f"{row.url} has moved permanently to {poll.moved[:300]}. Change it in ourtake.toml."
    count = len(poll.articles)
    old = count - sum(not entry.old for entry in entries)
    if window.first and count and old:
        yield (
            f"{row.url} is read for the first time: of {count:,} entries, {old:,} are older than "
            f"{window.max_age / 3600:g} hours or have no date, and are left out."
        )
    if window.first and poll.more:
        yield f"{row.url} has more entries than are read at once; the first ones were read."


def _entries(poll: FeedPoll, feed: WatchFeed, window: Window, polling: Polling) -> tuple[list[SeenEntry], bool]:
    """The entries of a poll, each address once, and whether that is all of them."""
    found: dict[str, SeenEntry] = {}
    for article in poll.articles:
        entry = entry_of(article, feed, window)
        if entry is not None:
            found.setdefault(entry.key, entry)
    if not poll.pages:
        return list(found.values()), True
    pages = _new_pages(poll.pages, window, polling)
    later = len(pages) - len(pages[:PAGES])
    for page in pages[:PAGES]:
        entry = _page_entry(page, feed, window, polling)
        if entry is None:
            later += 1
        else:
            found.setdefault(entry.key, entry)
    if window.first:
        # What has no date, or an old one, was there before the sitemap was watched.
        waiting = {page.url for page in pages}
        for page in poll.pages:
            if page.url not in waiting:
                found.setdefault(canonical_url(page.url), _remembered(page.url, feed))
    return list(found.values()), not later


def _new_pages(pages: Sequence[Listed], window: Window, polling: Polling) -> list[Listed]:
    """Those that were not seen before and may be new enough, the newest first."""
    dated = [(moment_of(read_date(page.changed)), page) for page in pages]
    recent = [(moment, page) for moment, page in dated if moment is None or moment >= window.now - window.max_age]
    if window.first:
        recent = [(moment, page) for moment, page in recent if moment is not None]
    known = polling.store.watch.known([canonical_url(page.url) for _, page in recent])
    new = [(moment, page) for moment, page in recent if canonical_url(page.url) not in known]
    return [page for _, page in sorted(new, key=lambda one: -(one[0] or 0.0))]


def _page_entry(page: Listed, feed: WatchFeed, window: Window, polling: Polling) -> SeenEntry | None:
    """The story of a page that a sitemap lists; only its address where it is not one, or an old one; None if the
    page can't be read now.
    """
    # trafilatura takes half a second to load, and most feeds hold their stories' words.
    from ourtake.intake.pages import read_page

    try:
        source = read_page(page.url, polling.fetchers.polite())
    except InputError as error:
        passing = isinstance(error, FetchError) and error.passing
        return None if passing else _remembered(page.url, feed)
    source = source.model_copy(update={"url": page.url, "outlet": feed.outlet or source.outlet})
    return seen_entry(source, window) or _remembered(page.url, feed)


def _remembered(url: str, feed: WatchFeed) -> SeenEntry:
    return entry_for(Source(title="", outlet=outlet_of(feed), url=url, blurb=""), old=True)
