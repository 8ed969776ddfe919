"""Reads a list of articles (a feed, a sitemap, an export) and, where it only names pages, the pages; politely, and on
from where it was stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ourtake.config import Settings
from ourtake.documents import Article
from ourtake.errors import FetchError, HostClosed, InputError, NotPublished
from ourtake.intake.dates import UNREAD, article_dates
from ourtake.intake.decompress import unpacked
from ourtake.intake.detect import HEAD, format_of
from ourtake.intake.internal_links import bare_host
from ourtake.intake.journal import Journal
from ourtake.intake.jsonl import article_line
from ourtake.intake.reject import Reject, Unchanged, left_out
from ourtake.intake.splitting import Splitter, blocks_of

if TYPE_CHECKING:
    from ourtake.intake.fetch import Fetched
    from ourtake.intake.polite import PoliteFetcher

_LISTS = {"rss": "feed", "atom": "feed", "sitemap": "sitemap", "wxr": "export", "jsonl": "lines"}


class Crawl:
    """One import of one place. `visitor` is asked for only when something has to be fetched; `journal` says what was
    fetched before.

    `teasers` holds why pages could not be read whose entries only tease; `unchanged_list` says that the list itself has
    not changed.
    """

    def __init__(self, settings: Settings, journal: Journal, visitor: Callable[[], PoliteFetcher]) -> None:
        self._settings = settings
        self._limits = settings.intake
        self._site = settings.publication.url
        self._journal = journal
        self._visitor = visitor
        self._clean = True
        self._nested = False
        self.teasers: list[str] = []
        self.unchanged_list = False

    def read(self, url: str, *, form: str) -> Iterator[Article | Reject | Unchanged]:
        """The articles of an address. Raises InputError when the list itself can't be read."""
        last = self._journal.last(url)
        found = self._visitor().get(
            url, etag=last.etag if last else None, last_modified=last.last_modified if last else None
        )
        if found.status == 304:
            self.unchanged_list = True
            self._journal.keep(url)
            return
        body = unpacked(found.body, limit=int(self._limits.max_megabytes * 1_000_000))
        kind = format_of(body[:HEAD], found.content_type) if form == "auto" else form
        if kind not in _LISTS:
            raise InputError(
                f"{url} is {'a web page' if kind == 'html' else 'of an unknown format'}, no list of articles.",
                _hint(body, found),
            )
        yield from self.document(
            blocks_of(body), form=kind, name=found.url, base=found.url, content_type=found.content_type
        )
        # Its validators stand for "all of this was read": not when a page is to be tried again or when it leads to
        # lists that may change alone.
        if self._clean and self._journal.complete and not self._nested:
            self._journal.note(url, etag=found.etag, last_modified=found.last_modified)

    def document(
        self, blocks: Iterable[bytes], *, form: str, name: str, base: str, content_type: str = ""
    ) -> Iterator[Article | Reject | Unchanged]:
        """The articles of a list that comes in blocks; `base` is what its relative addresses are joined to."""
        if form == "sitemap":
            yield from self._sitemap(b"".join(blocks), name)
        elif form == "wxr":
            from ourtake.intake.wordpress import export_articles

            yield from export_articles(blocks, name=name, site=self._site, pages=self._limits.wordpress_pages)
        elif form == "jsonl":
            lines = enumerate(b"".join(blocks).splitlines(), 1)
            yield from (article_line(line, f"{name}:{number}") for number, line in lines if line.strip())
        else:
            yield from self._feed(Splitter(blocks, names=("item", "entry"), content_type=content_type), name, base)

    def _feed(self, cutter: Splitter, name: str, base: str) -> Iterator[Article | Reject | Unchanged]:
        from ourtake.intake.feeds import feed_entries, is_teaser

        for found in feed_entries(cutter, base=base, site=self._site, name=name):
            if isinstance(found, Reject):
                yield found
            elif is_teaser(found.article.text, full=not found.teaser, settings=self._limits):
                yield from self._whole(found.article, found.changed)
            else:
                yield found.article

    def _whole(self, teaser: Article, changed: str | None) -> Iterator[Article | Reject | Unchanged]:
        """The article with its page's text; the teaser where the page can't be read.

        Neither where the page is not a published article.
        """
        page = self._page(teaser.url, changed)
        if isinstance(page, Article):
            own = {"url": page.url, "text": page.text, "links": page.links, "summary": teaser.summary or page.summary}
            yield Article.model_validate(teaser.model_dump(exclude={UNREAD}) | own | _dates_of_both(teaser, page))
        elif isinstance(page, Unchanged) or (isinstance(page, Reject) and not page.broken):
            yield page
        elif page is not None:
            self.teasers.append(page.reason)
            # A page that can't be read today must not cost the text that it gave before.
            if not self._journal.whole(teaser.url):
                yield teaser

    def _sitemap(self, body: bytes, name: str) -> Iterator[Article | Reject | Unchanged]:
        from ourtake.intake.sitemaps import Limits, listed_pages

        limits = Limits(self._limits.max_pages, int(self._limits.max_megabytes * 1_000_000))
        for found in listed_pages(body, name=name, site=self._site, fetch=self._list, limits=limits):
            page = found if isinstance(found, Reject) else self._page(found.url, found.lastmod, stay=True)
            if page is not None:
                yield page

    def _list(self, url: str) -> bytes:
        self._nested = True
        return self._visitor().get(url).body

    def _page(self, url: str, changed: str | None, *, stay: bool = False) -> Article | Reject | Unchanged | None:
        """A page's article, why there is none, or None when it was read before this import was stopped. `stay`: it may
        not lead to another site.
        """
        if self._journal.done(url):
            return None
        last = self._journal.last(url)
        if last is not None and last.reason is not None:
            last = None
        if last is not None and changed and last.changed == changed:
            self._journal.keep(url)
            return Unchanged(url)
        try:
            found = self._visitor().get(
                url, etag=last.etag if last else None, last_modified=last.last_modified if last else None
            )
        except HostClosed as error:
            self._journal.leave_open()
            return Reject(url, error.what)
        except FetchError as error:
            self._clean = self._clean and not error.passing
            if not self._journal.keep(url):
                self._journal.note(url, reason=error.what)
            return Reject(url, error.what)
        if found.status == 304:
            self._journal.keep(url)
            return Unchanged(url)
        return self._article(found, url, changed, stay=stay)

    def _article(self, found: Fetched, url: str, changed: str | None, *, stay: bool) -> Article | Reject:
        from ourtake.intake.pages import page_article

        try:
            if stay and bare_host(found.url) not in (bare_host(url), bare_host(self._site)):
                raise InputError(f"it leads to another site, {found.url[:200]}.")
            article = page_article(found, site=self._site, updated=changed)
        except NotPublished as error:
            self._journal.note(url, reason=left_out(error.what))
            return Reject(url, error.what, broken=False)
        except InputError as error:
            self._journal.note(url, reason=error.what)
            return Reject(url, error.what)
        self._journal.note(url, etag=found.etag, last_modified=found.last_modified, changed=changed)
        return article


def _dates_of_both(teaser: Article, page: Article) -> dict[str, Any]:
    """The feed's dates, else the page's."""
    unread = [(article.model_extra or {}).get(UNREAD, {}) for article in (teaser, page)]
    return article_dates(
        published=[teaser.published, page.published, *(rows.get("published") for rows in unread)],
        updated=[teaser.updated, unread[0].get("updated")],
    )


def _hint(body: bytes, found: Fetched) -> str:
    """What a web page says of its feeds."""
    for tag in re.findall(rb"<link\b[^>]{0,500}>", body[: 1 << 18], re.IGNORECASE):
        kind = re.search(rb"type=[\"']?application/(?:rss|atom)\+xml", tag, re.IGNORECASE)
        href = re.search(rb"href=[\"']?([^\"'\s>]+)", tag, re.IGNORECASE)
        if kind and href:
            return (
                f"Name a feed or a sitemap; the page names the feed "
                f"{urljoin(found.url, href[1].decode('utf-8', 'replace'))[:300]}."
            )
    return "Name a feed or a sitemap; try its /sitemap.xml."
