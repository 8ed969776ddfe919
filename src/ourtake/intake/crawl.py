"""Reads a list of articles (a feed, a sitemap, an export) and, where it only names pages, the pages.

An import that was stopped is resumed: pages that were read before are not fetched again.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from ourtake.config import Settings
from ourtake.documents import Article
from ourtake.errors import FetchError, HostClosed, InputError, NotPublished
from ourtake.intake.dates import UNREAD, article_dates
from ourtake.intake.decompress import unpacked
from ourtake.intake.formats import Format, Listing, format_of, head_of, is_web_page
from ourtake.intake.internal_links import bare_host
from ourtake.intake.items import Items, Reject, Unchanged, left_out
from ourtake.intake.journal import Journal
from ourtake.intake.other_files import what_it_is
from ourtake.intake.readdressing import values_of
from ourtake.intake.sites.suggest import LinkReport
from ourtake.intake.splitting import blocks_of

if TYPE_CHECKING:
    from ourtake.intake.fetch import Fetched
    from ourtake.intake.polite import PoliteFetcher


class Crawl:
    """One import of one source. `fetcher` is called only when something has to be fetched; `journal` knows what was
    fetched before.

    `teasers`: for entries that only tease, why their pages could not be read. `unchanged_list`: the list itself has not
    changed since the last import.
    """

    def __init__(self, settings: Settings, journal: Journal, fetcher: Callable[[], PoliteFetcher]) -> None:
        self.limits = settings.intake
        self.site = settings.publication.url
        self._journal = journal
        self._fetcher = fetcher
        self._clean = True
        self._nested = False
        self.teasers: list[str] = []
        self.unchanged_list = False
        self.said: list[str] = []
        self.links = LinkReport()

    def count_links(self, article: Article) -> None:
        """Count the links of an article that no reader of a format has counted: one of a JSONL file."""
        if article.links:
            self.links.add(article, functools.partial(dict, values_of(article)))

    def say_links(self, known: Callable[[str], bool]) -> None:
        """Tell the user where over half of the internal links lead nowhere; `known`: whether the archive has an
        article at an address.
        """
        self.say(self.links.lines(fixed=bool(self.limits.permalink), known=known))

    def say(self, lines: Iterable[str]) -> None:
        """Tell the user something about the whole import, when it is done."""
        self.said += lines

    def read(self, url: str, *, form: Format | None) -> Items:
        """The articles of an address. `form`: the format; None: it is detected.

        Raises InputError when the list itself can't be read.
        """
        last = self._journal.last(url)
        found = self._fetcher().get(
            url, etag=last.etag if last else None, last_modified=last.last_modified if last else None
        )
        if found.status == 304:
            self.unchanged_list = True
            self._journal.keep(url)
            return
        body = unpacked(found.body, limit=int(self.limits.max_megabytes * 1_000_000))
        head = head_of(body, found.content_type)
        if form is None and (other := what_it_is(head.text, head.root)):
            raise InputError(f"{url} is {other[0]}.", other[1])
        form = form or format_of(head)
        if form is None:
            what = "a web page" if is_web_page(head) else "in an unknown format"
            raise InputError(f"{url} is {what}, not a list of articles.", _hint(body, found))
        blocks = functools.partial(blocks_of, body)
        yield from form.read(Listing(found.url, blocks, found.url, found.content_type), self)
        # Keeping its validators means that all of it was read: not so when a page is to be tried again, or when it
        # leads to lists that may change alone.
        if self._clean and self._journal.complete and not self._nested:
            self._journal.note(url, etag=found.etag, last_modified=found.last_modified)

    def whole(self, teaser: Article, changed: str | None) -> Iterator[Article | Reject | Unchanged]:
        """A teaser's article with the text of its page.

        It is the teaser itself where the page can't be read, and a Reject where the page is not a published article.
        """
        page = self.page(teaser.url, changed)
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

    def fetch_list(self, url: str) -> bytes:
        """The bytes of a list that this list names. Raises FetchError."""
        self._nested = True
        return self._fetcher().get(url).body

    def page(
        self, url: str, changed: str | None, *, stay: bool = False, follow: bool = True
    ) -> Article | Reject | Unchanged | None:
        """A page's article, or why there is none; None when it was read before this import was stopped.

        `changed`: when its list says that it changed. `stay`: it may not be redirected to another site. `follow`: for
        an AMP copy, the page that it is a copy of is read.
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
            found = self._fetcher().get(
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
        whole = self._amp_of(found) if follow else None
        if whole is not None:
            page = self.page(whole, changed, stay=stay, follow=False)
            if not isinstance(page, Reject):
                # The copy is done with its page: it may lack the page's date and half of its text.
                self._journal.note(url, etag=found.etag, last_modified=found.last_modified, changed=changed)
                return page
        return self._article(found, url, changed, stay=stay)

    def _amp_of(self, found: Fetched) -> str | None:
        from ourtake.intake.pages import amp_of  # noqa: PLC0415 (see _article)

        return amp_of(found)

    def _article(self, found: Fetched, url: str, changed: str | None, *, stay: bool) -> Article | Reject:
        # trafilatura takes half a second to load, and most lists hold their articles' texts.
        from ourtake.intake.pages import page_article  # noqa: PLC0415

        try:
            if stay and bare_host(found.url) not in (bare_host(url), bare_host(self.site)):
                raise InputError(f"it leads to another site, {found.url[:200]}.")
            article = page_article(found, site=self.site, updated=changed)
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
    """What a web page says about its feeds."""
    for tag in re.findall(rb"<link\b[^>]{0,500}>", body[: 1 << 18], re.IGNORECASE):
        kind = re.search(rb"type=[\"']?application/(?:rss|atom)\+xml", tag, re.IGNORECASE)
        href = re.search(rb"href=[\"']?([^\"'\s>]+)", tag, re.IGNORECASE)
        if kind and href:
            return (
                f"Name a feed or a sitemap; the page names the feed "
                f"{urljoin(found.url, href[1].decode('utf-8', 'replace'))[:300]}."
            )
    return "Name a feed or a sitemap; try its /sitemap.xml."
