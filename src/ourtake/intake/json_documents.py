"""JSON Feed, and the JSON export of Ghost -> Articles."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urljoin

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.dates import article_dates
from ourtake.intake.encoding import GuessedEncodings, decoded_surely, unescaped
from ourtake.intake.feeds import is_teaser
from ourtake.intake.files import is_address
from ourtake.intake.formats import Crawler, Listing
from ourtake.intake.html_text import markdown_of
from ourtake.intake.internal_links import inside_links
from ourtake.intake.items import Items, Reject
from ourtake.intake.lines import article_line
from ourtake.intake.readdressing import publication_site, with_links
from ourtake.intake.sites.permalink import export_address, export_values
from ourtake.intake.unpublished import A_STUB, is_paid, is_stub, why_unpublished


def read_json_feed(listing: Listing, crawl: Crawler) -> Items:
    """The articles of a JSON Feed. If an item is only a teaser, its page is read. Raises InputError for anything
    else.
    """
    return with_links(_feed_items(listing, crawl), crawl)


def _feed_items(listing: Listing, crawl: Crawler) -> Items:
    feed = _document(listing, crawl, "a JSON Feed")
    items = feed.get("items")
    if not isinstance(items, list):
        raise InputError(
            f"{listing.name} is not a JSON Feed: it has no items.", "Check what the file or address holds."
        )
    base = next((str(one) for one in (feed.get("home_page_url"), listing.base) if is_address(str(one or ""))), "")
    if not items:
        crawl.say([f"{listing.name} has no items."])
    for number, item in enumerate(items, 1):
        where = f"{listing.name}: item {number}"
        found = _item(item, feed, base=base, site=crawl.site, where=where) if isinstance(item, dict) else None
        if found is None:
            yield Reject(where, "not a JSON object.")
        elif isinstance(found, Reject):
            yield found
        elif is_teaser(
            found.text, full=bool(item.get("content_html") or item.get("content_text")), settings=crawl.limits
        ):
            yield from crawl.whole(found, str(item.get("date_modified") or item.get("date_published") or "") or None)
        else:
            yield found


def _item(item: dict[str, Any], feed: dict[str, Any], *, base: str, site: str, where: str) -> Article | Reject:
    given = next((str(item[key]).strip() for key in ("url", "external_url", "id") if item.get(key)), "")
    url = urljoin(base, given) if given else ""
    text = _text(item, url)
    title = unescaped(str(item.get("title") or ""))
    where = f"{where} ({url or title[:60]})" if url or title else where
    if not is_address(url):
        return Reject(where, "no address.")
    if not title:
        return Reject(where, "an item without a title, as a note has none.", broken=False, other=True)
    if not text:
        return Reject(where, "no text.")
    if is_stub(text, paid=is_paid(item)):
        return Reject(where, A_STUB, broken=False)
    authors = item.get("authors") or ([item["author"]] if item.get("author") else []) or feed.get("authors") or []
    return Article(
        url=url,
        title=title,
        text=text,
        **article_dates(published=[item.get("date_published")], updated=[item.get("date_modified")]),
        summary=unescaped(str(item.get("summary") or "")) or None,
        tags=tuple(str(tag) for tag in item.get("tags") or ()),
        author=", ".join(str(one.get("name") or "") for one in authors if isinstance(one, dict)) or None,
        links=inside_links(text, url, site),
    )


def _text(item: dict[str, Any], url: str) -> str:
    html = item.get("content_html")
    if isinstance(html, str) and html.strip():
        return markdown_of(html, base=url)
    return str(item.get("content_text") or item.get("summary") or "").strip()


def read_ghost(listing: Listing, crawl: Crawler) -> Items:
    """The published posts of a Ghost export. Raises InputError for anything else."""
    found = _document(listing, crawl, "a Ghost export")
    outer = found["db"][0] if isinstance(found.get("db"), list) and found["db"] else found
    data = outer.get("data") if isinstance(outer, dict) else None
    if not isinstance(data, dict) or not isinstance(data.get("posts"), list):
        raise InputError(f"{listing.name} is not a Ghost export: it has no posts.", "Check what the file holds.")
    site = publication_site(crawl, "A Ghost export")
    tags = _joined(data, "posts_tags", "tag_id", "tags")
    authors = _joined(data, "posts_authors", "author_id", "users")
    for number, post in enumerate(data["posts"], 1):
        if isinstance(post, dict):
            yield _post(post, crawl, where=f"{listing.name}: post {number}", site=site, tags=tags, authors=authors)


def _joined(data: dict[str, Any], table: str, key: str, rows: str) -> dict[str, list[str]]:
    """The names of tags or authors by post, in their order."""
    names = {
        row["id"]: str(row.get("name") or "") for row in data.get(rows) or [] if isinstance(row, dict) and "id" in row
    }
    found: dict[str, list[str]] = {}
    for row in sorted(data.get(table) or [], key=lambda row: row.get("sort_order") or 0):
        name = names.get(row.get(key), "")
        if name and not name.startswith("#"):  # internal tags
            found.setdefault(str(row.get("post_id")), []).append(name)
    return found


def _post(
    post: dict[str, Any],
    crawl: Crawler,
    *,
    where: str,
    site: str,
    tags: dict[str, list[str]],
    authors: dict[str, list[str]],
) -> Article | Reject:
    title, slug = unescaped(str(post.get("title") or "")), str(post.get("slug") or "")
    where = f"{where} ({title[:60] or slug})"
    if post.get("type") == "page" or post.get("page") in (True, 1):
        return Reject(where, "a page of the site, not a post.", broken=False)
    if post.get("status") not in (None, "published"):
        return Reject(where, why_unpublished({"status": post["status"]}) or "not published.", broken=False)
    if not title or not slug:
        return Reject(where, "no title." if not title else "no slug, so no address.")
    values = export_values(
        slug=slug, title=title, date=post.get("published_at"), tags=tags.get(str(post.get("id")), ())
    )
    url = export_address(crawl.limits.permalink or "/:slug/", site, values) or f"{site}/{slug}/"
    html = str(post.get("html") or "").replace("__GHOST_URL__", site)
    text = markdown_of(html, base=url) or str(post.get("plaintext") or "").strip()
    if not text:
        return Reject(where, "no text.")
    key = str(post.get("id"))
    article = Article(
        url=url,
        title=title,
        text=text,
        **article_dates(published=[post.get("published_at")], updated=[post.get("updated_at")]),
        summary=unescaped(str(post.get("custom_excerpt") or "")) or None,
        tags=tuple(tags.get(key, ())),
        author=", ".join(authors.get(key, ())) or None,
        links=inside_links(text, url, site),
    )
    crawl.links.add(article, lambda: values)
    return article


def read_json_list(listing: Listing, crawl: Crawler) -> Items:
    """The articles of a JSON list, each read like a line of JSONL."""
    rows = _parsed(listing, crawl, "a list of articles")
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        yield article_line(json.dumps(row).encode(), f"{listing.name}: item {number}")


def _document(listing: Listing, crawl: Crawler, what: str) -> dict[str, Any]:
    found = _parsed(listing, crawl, what)
    if not isinstance(found, dict):
        raise InputError(f"{listing.name} is not {what}.", "Check what the file or address holds.")
    return found


def _parsed(listing: Listing, crawl: Crawler, what: str) -> Any:
    guessed = GuessedEncodings()
    try:
        found = decoded_surely(b"".join(listing.blocks()), listing.content_type, named=crawl.limits.encoding)
        guessed.add(found, listing.name)
        crawl.say(guessed.lines())
        return json.loads(found.text)
    except InputError as error:
        raise InputError(f"{listing.name}: {error.what}", "Save it as UTF-8, or add --encoding NAME.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{listing.name} is not {what} that can be read: {error}.", "Check that it is complete."
        ) from error
