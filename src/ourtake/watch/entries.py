"""What a poll gave -> entries as the store keeps them: addresses folded, blurbs found, old ones left out."""

from __future__ import annotations

import datetime
import hashlib
from typing import NamedTuple

from ourtake.config import WatchFeed
from ourtake.documents import Article, Source
from ourtake.intake.blurb import first_sentences
from ourtake.intake.files import BLURB_LIMIT
from ourtake.store.stories import SeenEntry
from ourtake.text.markdown import visible
from ourtake.text.words import canonical_url, host_of

FULL_WORDS = 80
"""An entry of at least this many words is the story's text, a shorter one its blurb."""
DAY = 86_400.0


class Window(NamedTuple):
    """Which stories are new. `now`: seconds since 1970. `max_age`: in seconds. `first`: the feed is read for the first
    time, so that an entry without a date may be of any age.
    """

    now: float
    max_age: float
    first: bool


def outlet_of(feed: WatchFeed) -> str:
    """Whose feed it is."""
    return feed.outlet or host_of(feed.url)


def entry_of(article: Article, feed: WatchFeed, window: Window) -> SeenEntry | None:
    """The entry of a feed as a story; None for one with a date that is too old."""
    text = visible(article.text).strip()
    blurb = visible(article.summary or "").strip() or first_sentences(article.text) or text
    full = text if len(text.split()) >= FULL_WORDS else None
    source = Source(
        title=" ".join(article.title.split()),
        outlet=outlet_of(feed),
        url=article.url,
        blurb=blurb[:BLURB_LIMIT],
        published=article.published,
        author=article.author,
        text=full,
    )
    return seen_entry(source, window)


def seen_entry(source: Source, window: Window) -> SeenEntry | None:
    """A source as an entry; None for one with a date that is too old."""
    moment = moment_of(source.published)
    if moment is not None and moment < window.now - window.max_age:
        return None
    return entry_for(source, old=moment is None and window.first)


def entry_for(source: Source, *, old: bool = False) -> SeenEntry:
    """A source as an entry."""
    text = source.blurb if source.text is None else f"{source.blurb}\n\n{source.text}"
    digest = hashlib.sha256(f"{source.title}\x1f{text}".encode()).hexdigest()[:16]
    return SeenEntry(canonical_url(source.url), source.outlet, source.url, source.title, text, digest, source, old=old)


def moment_of(published: str | None) -> float | None:
    """A date as seconds since 1970; a day counts with its last second, in the zone that is furthest behind."""
    if published is None:
        return None
    moment = datetime.datetime.fromisoformat(published)
    if len(published) <= len("2026-09-08"):
        return moment.replace(tzinfo=datetime.UTC).timestamp() + 1.5 * DAY
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
