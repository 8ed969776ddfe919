"""One poll of a feed or sitemap that is watched: a conditional request, and the entries of the answer.

Whatever a server does becomes part of the result. Feeds are read by the same readers as imports, but their entries'
pages are not fetched here.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, Protocol

from ourtake.config import Intake
from ourtake.documents import Article
from ourtake.errors import FetchError, InputError
from ourtake.intake.decompress import unpacked
from ourtake.intake.fetch import Fetched
from ourtake.intake.formats import Listing, format_of, head_of, is_web_page
from ourtake.intake.items import Listed, Reject
from ourtake.intake.sites.suggest import LinkReport
from ourtake.intake.splitting import blocks_of

MOST_ENTRIES = 1_000
"""Entries that are read of one answer; feeds begin with the newest."""
MOST_PAGES = 50_000
"""Addresses that are read of a sitemap: as many as the protocol allows."""
MOST_MEGABYTES = 10.0

GONE = 410


class Get(Protocol):
    """Fetches an address when it is its host's turn; see fetch.Fetcher.get."""

    def __call__(self, url: str, *, etag: str | None, last_modified: str | None) -> Fetched:
        """The answer. Raises FetchError."""


class Validators(NamedTuple):
    """What the last answer came with. `digest`: of its bytes, for servers that answer every request in full."""

    etag: str = ""
    last_modified: str = ""
    digest: str = ""


class FeedPoll(NamedTuple):
    """What a poll found. `left_out`: entries that could not be read. `more`: there were more than MOST_ENTRIES.
    `moved`: where the feed is permanently redirected to. `error`: why it failed, or is gone. `reached`: the host
    answered. `retry_after`: the wait in seconds that it asked for.
    """

    status: Literal["ok", "unchanged", "failed", "gone"]
    articles: tuple[Article, ...] = ()
    pages: tuple[Listed, ...] = ()
    left_out: tuple[Reject, ...] = ()
    more: bool = False
    validators: Validators = Validators()
    moved: str = ""
    error: str = ""
    reached: bool = True
    retry_after: float | None = None


def read_feed(url: str, *, kind: str, last: Validators, get: Get, limits: Intake) -> FeedPoll:
    """Poll an address. `kind`: "feed" or "sitemap". `last`: the validators of the poll before."""
    try:
        found = get(url, etag=last.etag or None, last_modified=last.last_modified or None)
    except FetchError as error:
        gone = error.status == GONE
        return FeedPoll(
            "gone" if gone else "failed",
            error=error.what,
            reached=error.status is not None or not error.passing,
            retry_after=error.retry_after,
        )
    if found.status == 304:
        return FeedPoll("unchanged", validators=last, moved=found.moved)
    validators = Validators(found.etag or "", found.last_modified or "", hashlib.sha256(found.body).hexdigest())
    if validators.digest == last.digest:
        return FeedPoll("unchanged", validators=validators, moved=found.moved)
    try:
        return _read(found, kind, limits)._replace(validators=validators, moved=found.moved)
    except InputError as error:
        return FeedPoll("failed", error=error.what)


def _read(found: Fetched, kind: str, limits: Intake) -> FeedPoll:
    body = unpacked(found.body, limit=int(limits.max_megabytes * 1_000_000))
    head = head_of(body, found.content_type)
    form = format_of(head)
    wanted = {"feed": ("rss", "atom", "jsonfeed"), "sitemap": ("sitemap",)}[kind]
    if form is None or form.name not in wanted:
        what = "a web page" if is_web_page(head) else f"in the format {form.name}" if form else "in an unknown format"
        raise InputError(f"{found.url} is {what}, not a {kind}.", "Name another address.")
    reader = _Reader(limits)
    blocks = functools.partial(blocks_of, body)
    items = form.read(Listing(found.url, blocks, found.url, found.content_type), reader)
    read = list(itertools.islice(items, MOST_ENTRIES + 1))
    rejects = tuple(item for item in read if isinstance(item, Reject))
    if kind == "sitemap" and rejects and not reader.listed:
        raise InputError(rejects[0].reason)
    return FeedPoll(
        "ok",
        articles=tuple(item for item in read[:MOST_ENTRIES] if isinstance(item, Article)),
        pages=tuple(reader.listed),
        left_out=rejects,
        more=len(read) > MOST_ENTRIES,
    )


class _Reader:
    """The import that a reader of a list believes itself to be part of (formats.Crawler); it fetches nothing."""

    site = ""

    def __init__(self, limits: Intake) -> None:
        # The pattern of addresses is that of the publication's own articles, not of what it watches.
        self.limits = limits.model_copy(update={"feed_pages": "never", "max_pages": MOST_PAGES, "permalink": ""})
        self.links = LinkReport()
        self.listed: list[Listed] = []

    def page(self, url: str, changed: str | None, *, stay: bool = False) -> None:
        """Note a page that a sitemap lists."""
        del stay
        self.listed.append(Listed(url, changed))

    def whole(self, teaser: Article, changed: str | None) -> Iterator[Article]:
        """The teaser: its page is read when the story is taken up."""
        del changed
        yield teaser

    def fetch_list(self, url: str) -> bytes:
        """A sitemap inside an index, which is not read. Raises FetchError."""
        raise FetchError(f"It is an index of sitemaps, which is not watched. It names {url[:300]}.", "Name that one.")

    def say(self, lines: Iterable[str]) -> None:
        """A message about the whole list."""


def polled_limits(limits: Intake) -> Intake:
    """The limits of a poll: a feed is smaller than an archive."""
    return limits.model_copy(update={"max_megabytes": min(limits.max_megabytes, MOST_MEGABYTES)})
