"""WordPress exports (WXR) -> Articles, item by item: published posts, and pages where [intake] wordpress_pages says
so.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.dates import article_dates, read_date
from ourtake.intake.encoding import unescaped
from ourtake.intake.files import is_address
from ourtake.intake.formats import Crawler, Listing
from ourtake.intake.html_text import markdown_of
from ourtake.intake.internal_links import inside_links
from ourtake.intake.items import Items, Reject
from ourtake.intake.splitting import Piece, Splitter, element_of
from ourtake.intake.unpublished import A_DRAFT
from ourtake.intake.wordpress_addresses import ExportAddresses

NAMES = ("item",)
_BLOCK_COMMENT = re.compile(r"<!--\s*/?(?:wp:|more|nextpage|noteaser).*?-->", re.DOTALL)
_WHOLE = re.compile(
    r"\[(caption|wp_caption|embed|gallery|audio|video|playlist|contact-form(?:-7)?)\b[^\]]*\].*?\[/\1\]",
    re.DOTALL | re.IGNORECASE,
)
_ESCAPED = re.compile(r"\[(\[[a-z][\w-]*[^\[\]]*\])\]", re.IGNORECASE)
_WITH_ATTRIBUTES = re.compile(
    r"\[[a-z][\w-]*(?:\s+[\w-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\]\"']+))+\s*/?\]", re.IGNORECASE
)
_CLOSING = re.compile(r"\[/([a-z][\w-]*)\]", re.IGNORECASE)
_ALONE = re.compile(
    r"\[(?:gallery|embed|audio|video|playlist|more|contact-form(?:-7)?|toc|jetpack_\w+|wp_\w+|ad|ads|adsense|"
    r"newsletter|subscribe\w*)\s*/?\]",
    re.IGNORECASE,
)


class Exported(NamedTuple):
    """An article of an export, and what a pattern of its address may name."""

    article: Article
    values: Callable[[], dict[str, str]]


def read_export(listing: Listing, crawl: Crawler) -> Items:
    """The articles of an export."""
    limits = crawl.limits
    wanted = ("post", *(("page",) if limits.wordpress_pages else ()), *limits.wordpress_types)
    addresses = ExportAddresses(crawl.site, limits.permalink)
    addresses.read(listing.blocks(), NAMES)
    passed: Counter[str] = Counter()
    for found in export_articles(listing.blocks(), name=listing.name, addresses=addresses, wanted=wanted):
        if isinstance(found, str):
            passed[found] += 1
        elif isinstance(found, Exported):
            crawl.links.add(found.article, found.values)
            yield found.article
        else:
            yield found
    internal = ", ".join(f"{count} {kind}" for kind, count in passed.most_common() if kind in _NO_ARTICLES)
    if internal:
        crawl.say([f"Not read in {listing.name}: {internal}."])
    for kind, count in passed.most_common():
        if kind not in _NO_ARTICLES:
            why = f"of the type {kind} (to import it, name it in [intake] wordpress_types: {count} in all)."
            yield Reject(listing.name, why, broken=False, other=True, things=count)


_NO_ARTICLES = frozenset(
    "attachment revision nav_menu_item custom_css customize_changeset wp_block wp_template wp_template_part "
    "wp_global_styles wp_navigation wp_font_family wp_font_face oembed_cache user_request page".split()
)
"""Types of items that no publication has articles in."""


def export_articles(
    blocks: Iterable[bytes],
    *,
    name: str,
    addresses: ExportAddresses,
    wanted: tuple[str, ...] = ("post",),
) -> Iterator[Exported | Reject | str]:
    """The articles of an export that comes in blocks; `name` is what it is called in messages.

    `wanted`: the types of items that are articles; of another item its type is given.
    """
    cutter = Splitter(blocks, names=NAMES)
    authors: dict[str, str] | None = None
    for piece in cutter:
        if authors is None:
            authors = _authors(cutter.head)
        yield _item(piece, cutter.root, name=name, addresses=addresses, wanted=wanted, authors=authors)
    if not cutter.root:
        raise InputError(f"{name} is not a WordPress export.", "Check what the file or address holds.")


def without_shortcodes(text: str) -> str:
    """A post's content without block comments and shortcodes; what a paired shortcode encloses stays, [sic] stays,
    [[shown]] is [shown].
    """
    text = _BLOCK_COMMENT.sub("", text)
    if "[" not in text:
        return text
    shown: list[str] = []

    def keep(match: re.Match[str]) -> str:
        shown.append(match[1])
        return f"\x00{len(shown) - 1}\x00"

    text = _ESCAPED.sub(keep, text.replace("\x00", ""))
    text = _WITH_ATTRIBUTES.sub("", _WHOLE.sub("", text))
    for paired in {match[1] for match in _CLOSING.finditer(text)}:
        text = re.sub(rf"\[/?{re.escape(paired)}\b[^\[\]]*\]", "", text, flags=re.IGNORECASE)
    text = _ALONE.sub("", text)
    return re.sub("\x00(\\d+)\x00", lambda match: shown[int(match[1])], text)


def _authors(head: str) -> dict[str, str]:
    """Login -> name, from the export's list of authors."""
    found = {}
    for block in re.findall(r"<wp:author>(.*?)</wp:author>", head, re.DOTALL):
        fields = {
            name: _plain(value)
            for name, value in re.findall(r"<wp:(author_login|author_display_name)>(.*?)</wp:\1>", block, re.DOTALL)
        }
        if fields.get("author_login") and fields.get("author_display_name"):
            found[fields["author_login"]] = fields["author_display_name"]
    return found


def _plain(value: str) -> str:
    return unescaped(re.sub(r"<!\[CDATA\[(.*?)\]\]>", r"\1", value, flags=re.DOTALL))


def _item(
    piece: Piece,
    root: str,
    *,
    name: str,
    addresses: ExportAddresses,
    wanted: tuple[str, ...],
    authors: dict[str, str],
) -> Exported | Reject | str:
    where = f"{name}: item {piece.number}"
    element = piece.fault or element_of(piece.text, root)
    if isinstance(element, str):
        return Reject(where, element)
    fields: dict[str, str] = {}
    tags: dict[str, None] = {}
    category = ""
    for child in element:
        key = child.tag.rsplit("}", 1)[-1]
        # content:encoded and excerpt:encoded share a name and differ in their namespace.
        key = ("excerpt" if "excerpt" in child.tag else "content") if key == "encoded" else key
        if key == "category" and child.get("domain") in (None, "category", "post_tag") and (child.text or "").strip():
            tags[unescaped(child.text or "")] = None
            category = category or (child.get("nicename") or "" if child.get("domain") == "category" else "")
        fields.setdefault(key, child.text or "")
    kind = fields.get("post_type", "post").strip()
    if kind not in wanted:
        return kind[:40]
    if (status := fields.get("status", "publish").strip()) != "publish":
        where = f"{where} ({fields.get('link', '').strip() or unescaped(fields.get('title', ''))[:60]})"
        return Reject(where, A_DRAFT if status == "draft" else f"not published (status: {status[:40]}).", broken=False)
    fields["link"] = addresses.of(fields, category)
    fields["content"] = addresses.rewritten(fields.get("content", ""), fields["link"])
    shown = tuple(tag for tag in tags if tag.lower() != "uncategorized")
    found = _article(fields, shown, where=where, site=addresses.site, authors=authors)
    if isinstance(found, Reject):
        return found
    named = {name: fields.get(name, "") for name in ("post_id", "post_name", "post_date", "title", "creator")}
    return Exported(found, functools.partial(addresses.values, named, category))


def _article(
    fields: dict[str, str], tags: tuple[str, ...], *, where: str, site: str, authors: dict[str, str]
) -> Article | Reject:
    url, title = fields.get("link", "").strip(), unescaped(fields.get("title", ""))
    if not is_address(url):
        url = fields.get("guid", "").strip()
    where = f"{where} ({url or title[:60]})" if url or title else where
    if not title:
        return Reject(where, "no title.")
    if not is_address(url):
        return Reject(where, "no address.")
    if fields.get("post_password", "").strip():
        return Reject(where, "it needs a password.", broken=False)
    text = markdown_of(without_shortcodes(fields.get("content", "")), base=url, blank_lines=True)
    if not text:
        return Reject(where, "no text.")
    login = unescaped(fields.get("creator", ""))
    return Article(
        url=url,
        title=title,
        text=text,
        **article_dates(
            published=[_moment(fields.get("post_date_gmt")), fields.get("post_date"), fields.get("pubDate")],
            updated=[_moment(fields.get("post_modified_gmt"))],
        ),
        summary=unescaped(markdown_of(without_shortcodes(fields.get("excerpt", "")), base=url)) or None,
        tags=tags,
        author=authors.get(login, login) or None,
        links=inside_links(text, url, site),
    )


def _moment(gmt: str | None) -> str | None:
    """WordPress's "2025-03-04 10:00:00" in Greenwich time; one that can't be read stays as it is.

    A date of zeros is WordPress's way to say none.
    """
    if (gmt or "").strip().startswith("0000-00-00"):
        return None
    found = read_date(gmt)
    return f"{found}+00:00" if found and len(found) == 19 else found or gmt
