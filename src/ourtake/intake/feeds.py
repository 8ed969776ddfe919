"""RSS and Atom -> Articles, by feedparser, entry by entry: a broken one is reported and affects no other.

An entry's full content is its text. The text of a teaser is read from its page, if [intake] feed_pages allows it; where
the page can't be read, the teaser's words are used.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urljoin

import feedparser

from ourtake.config import Intake
from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.dates import article_dates
from ourtake.intake.encoding import unescaped, unescaped_body
from ourtake.intake.files import is_address
from ourtake.intake.formats import Crawler, Listing
from ourtake.intake.html_text import looks_like_html, markdown_of
from ourtake.intake.internal_links import inside_links
from ourtake.intake.items import Items, Reject
from ourtake.intake.readdressing import with_links
from ourtake.intake.splitting import Piece, Splitter, name_of, repaired, wrapped
from ourtake.intake.unpublished import A_STUB, is_stub

NAMES = ("item", "entry")
TEASER_WORDS = 80
"""An entry with no full content and fewer words than this is a teaser."""

_GROUP = 100
_CUT_SHORT = re.compile(
    r"(?:\[?(?:…|\.\.\.)\]?|(?:read|see) (?:more|the full \w+)\W*|continue reading.{0,120}|the post .{0,300} appeared "
    r"first on .{0,200})\s*$",
    re.IGNORECASE | re.DOTALL,
)


class Entry(NamedTuple):
    """An entry's article, whether its text is only a teaser, and when the feed says that it changed."""

    article: Article
    teaser: bool
    changed: str | None


def read_feed(listing: Listing, crawl: Crawler) -> Items:
    """The articles of a feed; those of teasers from their pages. Raises InputError for what is not a feed."""
    return with_links(_items(listing, crawl), crawl)


def _items(listing: Listing, crawl: Crawler) -> Items:
    for found in _all_entries(listing, crawl.site):
        if isinstance(found, Reject):
            yield found
        elif is_teaser(found.article.text, full=not found.teaser, settings=crawl.limits):
            yield from crawl.whole(found.article, found.changed)
        else:
            yield found.article


def _all_entries(listing: Listing, site: str) -> Iterator[Entry | Reject]:
    splitter = Splitter(listing.blocks(), names=NAMES, content_type=listing.content_type, named=listing.encoding)
    pieces = iter(splitter)
    while group := list(itertools.islice(pieces, _GROUP)):
        yield from _entries(group, splitter.root, listing, site)
    if not splitter.root:
        raise InputError(f"{listing.name} is not a feed.", "Check what the file or address holds.")


def is_teaser(text: str, *, full: bool, settings: Intake) -> bool:
    """Whether an entry's text is to be read from its page; `full`: it is the feed's element for full content."""
    if settings.feed_pages != "auto":
        return settings.feed_pages == "always"
    return not full and (bool(_CUT_SHORT.search(text[-800:])) or len(text.split()) < TEASER_WORDS)


def _entries(group: list[Piece], root: str, listing: Listing, site: str) -> Iterator[Entry | Reject]:
    whole = [piece for piece in group if piece.fault is None]
    parsed, _ = _parsed([piece.text for piece in whole], root, listing.base)
    by_number = dict(zip((piece.number for piece in whole), parsed, strict=True)) if len(parsed) == len(whole) else {}
    for piece in group:
        where = f"{listing.name}: entry {piece.number}"
        given, fault = by_number.get(piece.number), piece.fault
        if given is None and fault is None:
            given, fault = _alone(piece.text, root, listing.base)
        if given is None:
            yield Reject(where, fault or "it can't be read.")
        else:
            yield _entry(given, base=listing.base, site=site, where=where)


def _parsed(pieces: list[str], root: str, base: str) -> tuple[list[Any], str]:
    """The entries as feedparser reads them; none, and why, when one of them is not well-formed."""
    document = wrapped(root, "".join(pieces), within="channel" if name_of(root).lower().endswith("rss") else "")
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base}
    # A stream, not a text: feedparser would open a text that looks like an address.
    found = feedparser.parse(
        io.BytesIO(document.encode("utf-8", "replace")), response_headers=headers, sanitize_html=False
    )
    if found.bozo and "encoding" not in type(found.bozo_exception).__name__.lower():
        fault = getattr(found.bozo_exception, "getMessage", lambda: str(found.bozo_exception))()
        return [], f"not well-formed XML: {fault}."
    return list(found.entries), ""


def _alone(text: str, root: str, base: str) -> tuple[Any, str]:
    """An entry parsed alone; if that fails, with its simple faults corrected."""
    for attempt in dict.fromkeys((text, repaired(text))):
        found, fault = _parsed([attempt], root, base)
        if len(found) == 1:
            return found[0], ""
    return None, fault or "it can't be read."


def _entry(given: Any, *, base: str, site: str, where: str) -> Entry | Reject:
    title = unescaped(given.get("title") or "")
    url = _address(given, base)
    where = f"{where} ({url or title[:60]})" if url or title else where
    if not title:
        return Reject(where, "no title.")
    if url is None:
        return Reject(where, "no address.")
    full = max((item.get("value") or "" for item in given.get("content") or ()), key=len, default="")
    short = given.get("summary") or ""
    text = _text(full or short, url)
    if not text:
        return Reject(where, "no text.")
    if is_stub(text):
        return Reject(where, A_STUB, broken=False)
    published = given.get("published")
    updated = dict.get(given, "updated")  # feedparser's own get gives "published" for a missing "updated"
    changed = updated or published
    article = Article(
        url=url,
        title=title,
        text=text,
        **article_dates(published=[published, updated], updated=[updated]),
        summary=unescaped(_text(short, url)) or None if full and short != full else None,
        tags=tuple(
            dict.fromkeys(
                unescaped(tag.get("label") or tag.get("term") or "")
                for tag in given.get("tags") or ()
                if tag.get("term")
            )
        ),
        author=unescaped(given.get("author") or "") or None,
        links=inside_links(text, url, site),
    )
    return Entry(article, not full, str(changed) if changed else None)


def _address(given: Any, base: str) -> str | None:
    for found in (given.get("feedburner_origlink"), given.get("link"), given.get("id")):
        if isinstance(found, str) and found.strip():
            try:
                url = urljoin(base, found.strip()) if found is not given.get("id") else found.strip()
            except ValueError:
                continue
            if is_address(url):
                return url
    return None


def _text(given: str, url: str) -> str:
    given = unescaped_body(given)
    return markdown_of(given, base=url) if looks_like_html(given) else given.strip()
