"""A web page -> Article or Source: its text by trafilatura, without menus and footers; title, date, author and tags
from what it says about itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from ourtake.documents import Article, Source
from ourtake.errors import InputError, NotPublished
from ourtake.intake.blurb import first_sentences
from ourtake.intake.dates import article_dates, reading
from ourtake.intake.encoding import decoded, decoded_surely, unescaped
from ourtake.intake.files import BLURB_LIMIT, is_address
from ourtake.intake.internal_links import bare_host, inside_links
from ourtake.intake.page_kind import shown_words, statements, why_no_article
from ourtake.intake.unpublished import A_STUB, is_stub
from ourtake.text.words import canonical_url, host_of

if TYPE_CHECKING:
    from ourtake.intake.fetch import Fetched
    from ourtake.intake.polite import PoliteFetcher

LONGEST = 5_000_000
"""Characters of a page."""

MOST_ELEMENTS = 60_000
MOST_LINKS = 6_000
"""The time to find the text grows faster than the page: 100,000 links take minutes, these limits seconds."""

_HEAD = 100_000
_AMP = re.compile(r"<html\b[^>]*?\s(?:amp|\u26a1)(?=[\s=>])", re.IGNORECASE)
_HTML_TYPES = ("text/html", "application/xhtml+xml", "")
_FIELDS = ("title", "text", "date", "author", "tags", "description")
_DATES = (
    "article:published_time datePublished date dc.date dcterms.created pubdate parsely-pub-date sailthru.date".split()
)


class _Page(NamedTuple):
    """A page as it was read: its own address, title and text, what else trafilatura found, what the page says about
    its dates, and whether it is only a stub of a paid text.
    """

    tree: HtmlElement
    url: str
    title: str
    text: str
    found: dict[str, Any]
    dates: list[object]
    stub: bool


def is_html(fetched: Fetched) -> bool:
    """Whether an answer is a web page, by what its server says, else by how it begins."""
    kind = fetched.content_type.partition(";")[0].strip().lower()
    return kind in _HTML_TYPES and (bool(kind) or b"<" in fetched.body[:200])


def page_article(fetched: Fetched, *, site: str, updated: str | None = None) -> Article:
    """The article of a page. Raises InputError for what is not a page or has no title or text."""
    page = _read(fetched, site=site)
    if page.stub:
        raise NotPublished(A_STUB)
    if not page.title:
        raise InputError("no title.")
    if not page.text:
        raise InputError("no text.")
    return Article(
        url=page.url,
        title=page.title,
        text=page.text,
        **article_dates(published=page.dates, updated=[updated]),
        summary=unescaped(page.found["description"] or "") or None,
        author=unescaped(page.found["author"] or "") or None,
        tags=tuple(dict.fromkeys(unescaped(str(tag)) for tag in page.found["tags"] or () if str(tag).strip())),
        links=inside_links(page.text, page.url, site),
    )


def page_source(fetched: Fetched) -> Source:
    """The story of a page, as a source: the blurb is its description, else its first sentences.

    Raises InputError where it has neither, or a date that can't be read; NotPublished where the page is not an article.
    """
    try:
        page = _read(fetched, site="")
    except NotPublished as error:
        raise _no_source(fetched.url, error.what) from error
    if page.stub:
        raise _no_source(fetched.url, A_STUB)
    blurb = unescaped(page.found["description"] or "") or first_sentences(page.text)
    if not page.title or not blurb:
        raise InputError(
            f"{fetched.url} has no {'headline' if not page.title else 'text'} that could be found.",
            "Save the story as a .json or .md file.",
        )
    return Source(
        title=page.title,
        outlet=unescaped(_meta(page.tree, "og:site_name")) or host_of(page.url),
        url=page.url,
        blurb=blurb[:BLURB_LIMIT],
        published=_source_date(fetched.url, page.dates),
        author=unescaped(page.found["author"] or "") or None,
        text=page.text or None,
        language=(page.tree.get("lang") or "").strip()[:20] or None,
    )


def read_page(url: str, fetcher: PoliteFetcher) -> Source:
    """The source at an address. Raises FetchError or InputError."""
    return page_source(fetcher.get(url))


def page_address(tree: HtmlElement, final: str) -> str:
    """The page's own address: rel=canonical where that is on the same site, else where redirects led."""
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            try:
                target = urljoin(final, (link.get("href") or "").strip())
            except ValueError:
                continue
            # With another site's address a page could pose as that site's; the site's own root is a template's mistake.
            root = not urlsplit(target).path.strip("/") and bool(urlsplit(final).path.strip("/"))
            if is_address(target) and bare_host(target) == bare_host(final) and not root:
                return str(target)
    return final


def amp_of(fetched: Fetched) -> str | None:
    """The page of which this one is an AMP copy, by its own link to it; None for any other page."""
    head = decoded(fetched.body[:_HEAD], fetched.content_type)
    if not _AMP.search(head):
        return None
    tree = document_fromstring(head.encode("utf-8", "replace") or b"<p/>", parser=HTMLParser(encoding="utf-8"))
    own = page_address(tree, fetched.url)
    return own if canonical_url(own) != canonical_url(fetched.url) else None


def _no_source(url: str, why: str) -> NotPublished:
    how = "Save the story as a .json or .md file, if it is one."
    return NotPublished(f"{url} is not a published article: {why}", how)


def _source_date(url: str, written: list[object]) -> str | None:
    """The date that decides which articles are older: none where the page states none.

    Raises InputError where it states one that can't be read.
    """
    readings = [(value, reading(value)) for value in written]
    found = next((read.iso for _, read in readings if read.iso), None)
    bad = next(((value, read.why) for value, read in readings if read.why), None)
    if found is None and bad is not None:
        how = "Save the story as a .json or .md file with its published date."
        raise InputError(f"{url}: its date {str(bad[0])[:80]!r} can't be used: {bad[1]}.", how)
    return found


def _read(fetched: Fetched, *, site: str) -> _Page:
    """The page. Raises InputError for what is not a web page or has no text, NotPublished for one that says that it is
    not an article.
    """
    if not is_html(fetched):
        raise InputError(f"not a web page but {fetched.content_type.partition(';')[0][:60] or 'other data'}.")
    text = decoded_surely(fetched.body, fetched.content_type).text.replace("\x00", "")
    if len(text) > LONGEST:
        raise InputError(f"a page of more than {LONGEST:,} characters.")
    try:
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=HTMLParser(encoding="utf-8"))
        if sum(1 for _ in tree.iter()) > MOST_ELEMENTS or sum(1 for _ in tree.iter("a")) > MOST_LINKS:
            raise InputError(f"a page of more than {MOST_ELEMENTS:,} elements or {MOST_LINKS:,} links, not an article.")
        _refuse_others(tree, fetched, site)
        said, shown = statements(tree), shown_words(tree)
        found = trafilatura.bare_extraction(
            tree,
            url=fetched.url,
            include_comments=False,
            include_links=True,
            include_formatting=True,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except (etree.LxmlError, RecursionError, ValueError) as error:
        raise InputError("not a web page that can be read.") from error
    if found is None:
        raise InputError("no text.")
    given = {name: getattr(found, name) for name in _FIELDS}
    title = unescaped(given["title"] or "")
    text = _without_title(given["text"] or "", title)
    # When the page says that it was published; where it says nothing, the day that htmldate finds. htmldate would make
    # a day of 06/09/2009, so it is not asked where the page states a date that can't be read.
    dates = [*_metas(tree, *_DATES), *said.dates] or [given["date"]]
    url = page_address(tree, fetched.url)
    return _Page(tree, url, title, text, given, dates, is_stub(text, shown, paid=said.paid))


def _refuse_others(tree: HtmlElement, fetched: Fetched, site: str) -> None:
    """Raises NotPublished for a page that says that it is not an article."""
    headings = (next(tree.iter(name), None) for name in ("title", "h1"))
    titles = [" ".join(node.text_content().split()) for node in headings if node is not None]
    titles.append(_meta(tree, "og:title"))
    why = why_no_article(
        tree,
        url=page_address(tree, fetched.url),
        titles=tuple(title for title in titles if title),
        site=site,
        robots=fetched.robots,
        dated=bool(_meta(tree, *_DATES)),
    )
    if why:
        raise NotPublished(why)


def _metas(tree: HtmlElement, *names: str) -> list[str]:
    wanted = {name.lower() for name in names}
    keys = ("property", "name", "itemprop")
    nodes = [node for node in tree.iter("meta") if {str(node.get(key) or "").lower() for key in keys} & wanted]
    return [str(node.get("content")) for node in nodes if (node.get("content") or "").strip()]


def _meta(tree: HtmlElement, *names: str) -> str:
    return next(iter(_metas(tree, *names)), "")


def _without_title(text: str, title: str) -> str:
    first, _, rest = text.strip().partition("\n")
    heading = first.lstrip("#").strip().strip("*")
    return rest.strip() if first.startswith("#") and unescaped(heading).casefold() == title.casefold() else text.strip()
