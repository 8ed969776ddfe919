"""Sitemaps and indexes of sitemaps -> the addresses of pages. Each list is read once, so circular ones end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import urljoin

from ourtake.errors import FetchError, InputError
from ourtake.intake.decompress import unpacked
from ourtake.intake.files import is_address
from ourtake.intake.formats import Crawler, Listing
from ourtake.intake.internal_links import bare_host
from ourtake.intake.items import Items, Listed, Reject
from ourtake.intake.splitting import Splitter, blocks_of, element_of
from ourtake.text.counts import count_of

NAMES = ("url", "sitemap")
DEEPEST = 4
"""An index of indexes of indexes; the protocol knows one level."""

MOST_LISTS = 2_000


class Limits(NamedTuple):
    """How many pages are listed at most, and how large one list may be, unpacked, in bytes."""

    pages: int
    size: int


def read_sitemap(listing: Listing, crawl: Crawler) -> Items:
    """The articles of the pages that a sitemap lists."""
    limits = Limits(crawl.limits.max_pages, int(crawl.limits.max_megabytes * 1_000_000))
    body = b"".join(listing.blocks())
    for found in listed_pages(body, name=listing.name, site=crawl.site, fetch=crawl.fetch_list, limits=limits):
        page = found if isinstance(found, Reject) else crawl.page(found.url, found.changed, stay=True)
        if page is not None:
            yield page


def listed_pages(
    body: bytes, *, name: str, site: str, fetch: Callable[[str], bytes], limits: Limits
) -> Iterator[Listed | Reject]:
    """The pages of a sitemap and of all that it leads to, each once.

    `name` is its address or file. `fetch` reads a nested list. Pages on other sites than the sitemap's and the
    publication's are rejected.
    """
    hosts = {bare_host(name), bare_host(site)} - {""} if is_address(name) else set()
    seen, pages = {name}, set[str]()
    waiting = [(name, body, 1)]
    while waiting:
        here, content, depth = waiting.pop(0)
        for kind, found in _read(here, content, limits):
            if isinstance(found, Reject):
                yield found
                continue
            if hosts and bare_host(found.url) not in hosts:
                yield Reject(found.url, f"it is on a different site from {here}.")
            elif kind == "url":
                if found.url not in pages:
                    pages.add(found.url)
                    yield found
                if len(pages) >= limits.pages:
                    yield Reject(
                        here,
                        f"the limit of {count_of(limits.pages, 'page')} was reached; raise intake.max_pages in "
                        "ourtake.toml.",
                    )
                    return
            elif found.url in seen:
                yield Reject(here, f"a list that was already read ({found.url}).", broken=False, other=True)
            elif depth >= DEEPEST or len(seen) >= MOST_LISTS:
                yield Reject(found.url, "sitemaps are nested too deeply, or there are too many.")
            else:
                seen.add(found.url)
                try:
                    waiting.append((found.url, fetch(found.url), depth + 1))
                except FetchError as error:
                    yield Reject(found.url, error.what)


def _read(name: str, body: bytes, limits: Limits) -> Iterator[tuple[str, Listed | Reject]]:
    try:
        content = unpacked(body, limit=limits.size)
    except FetchError as error:
        yield "", Reject(name, error.what)
        return
    head = content[:2000].lstrip()
    if not head.startswith(b"<") and re.match(rb"(?:\xef\xbb\xbf)?https?://", head):
        yield from _plain(name, content)
        return
    cutter = Splitter(blocks_of(content), names=NAMES)
    count = 0
    try:
        for piece in cutter:
            count += 1
            where = f"{name}: entry {piece.number}"
            found = Reject(where, piece.fault) if piece.fault else _listed(piece.text, cutter.root, where, name)
            yield ("sitemap" if re.match(r"<(?:[\w.-]+:)?sitemap\b", piece.text) else "url"), found
    except InputError as error:
        yield "", Reject(name, error.what)
        return
    if not count and not re.match(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)\b", cutter.root):
        yield "", Reject(name, "it is not a sitemap.")


def _plain(name: str, content: bytes) -> Iterator[tuple[str, Listed | Reject]]:
    """A sitemap as a text file: an address a line."""
    for number, line in enumerate(content.decode("utf-8-sig", "replace").splitlines(), 1):
        if line.strip():
            fault = Reject(f"{name}: line {number}", f"{line.strip()[:80]!r} is not a web address.")
            yield "url", Listed(line.strip(), None) if is_address(line) else fault


def _listed(text: str, root: str, where: str, base: str) -> Listed | Reject:
    element = element_of(text, root)
    if isinstance(element, str):
        return Reject(where, element)
    fields = {child.tag.rsplit("}", 1)[-1]: (child.text or "").strip() for child in element}
    url = urljoin(base, fields.get("loc", "")) if fields.get("loc") and is_address(base) else fields.get("loc", "")
    if not is_address(url):
        return Reject(where, f"{url[:80]!r} is not a web address.")
    return Listed(url, fields.get("lastmod") or None)
