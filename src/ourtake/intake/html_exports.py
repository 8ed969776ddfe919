"""The exports of Substack and Medium, as folders: a file of HTML a post -> Articles."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from lxml.html import HtmlElement, HTMLParser, document_fromstring, tostring

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.dates import article_dates
from ourtake.intake.encoding import GuessedEncodings, decoded_surely, unescaped
from ourtake.intake.files import is_address
from ourtake.intake.formats import Crawler, Listing
from ourtake.intake.html_text import markdown_of
from ourtake.intake.internal_links import inside_links
from ourtake.intake.items import Items, Reject
from ourtake.intake.readdressing import publication_site, with_links
from ourtake.intake.sites.permalink import export_address, export_values
from ourtake.intake.unpublished import A_DRAFT


def read_substack(listing: Listing, crawl: Crawler) -> Items:
    """The published posts of a Substack export. Raises InputError if no address can be made."""
    assert listing.path is not None  # read from folders only
    site = publication_site(crawl, "A Substack export")
    guessed = GuessedEncodings()
    table = read_file(listing.path / "posts.csv", crawl, guessed)
    for row in csv.DictReader(io.StringIO(table, newline="")):
        yield _substack_post(row, listing.path / "posts", site, crawl, listing.name, guessed)
    crawl.say(guessed.lines())


def read_file(path: Path, crawl: Crawler, guessed: GuessedEncodings) -> str:
    """The text of a file. Raises InputError if its encoding isn't certain."""
    found = decoded_surely(path.read_bytes(), named=crawl.limits.encoding)
    guessed.add(found, str(path))
    return found.text


def _substack_post(
    row: dict[str, str], folder: Path, site: str, crawl: Crawler, name: str, guessed: GuessedEncodings
) -> Article | Reject:
    key, title = (row.get("post_id") or "").strip(), unescaped(row.get("title") or "")
    where = f"{name}/posts.csv: {key} ({title[:60]})"
    if (row.get("is_published") or "").strip().lower() != "true":
        return Reject(where, A_DRAFT, broken=False)
    if (row.get("type") or "newsletter") not in ("newsletter", "podcast"):
        return Reject(where, f"not an article (type: {row['type']}).", broken=False)
    slug = key.partition(".")[2] or key
    file = folder / f"{key}.html"
    if not file.is_file():
        return Reject(where, f"its text {file.name} is not in the export.")
    values = export_values(slug=slug, title=title, date=row.get("post_date"))
    url = export_address(crawl.limits.permalink or "/p/:slug", site, values) or f"{site}/p/{slug}"
    try:
        text = markdown_of(read_file(file, crawl, guessed), base=url)
    except InputError as error:
        return Reject(where, error.what)
    if not title or not text:
        return Reject(where, "no title." if not title else "no text.")
    article = Article(
        url=url,
        title=title,
        text=text,
        **article_dates(published=[row.get("post_date")], updated=[]),
        summary=unescaped(row.get("subtitle") or "") or None,
        links=inside_links(text, url, site),
    )
    crawl.links.add(article, lambda: values)
    return article


def read_medium(listing: Listing, crawl: Crawler) -> Items:
    """The posts of a Medium export; drafts are files whose names begin with draft_."""
    return with_links(_medium_posts(listing, crawl), crawl)


def _medium_posts(listing: Listing, crawl: Crawler) -> Items:
    assert listing.path is not None  # read from folders only
    for file in sorted((listing.path / "posts").glob("*.html")):
        yield _medium_post(file, crawl.site, f"{listing.name}/posts/{file.name}")


def _medium_post(file: Path, site: str, where: str) -> Article | Reject:
    if file.name.startswith("draft"):
        return Reject(where, A_DRAFT, broken=False)
    tree = document_fromstring(file.read_bytes() or b"<p/>", parser=HTMLParser(encoding="utf-8"))
    title = _words(tree, "p-name") or unescaped(tree.findtext(".//title") or "")
    url = next((href for name in ("p-canonical", "u-url") if is_address(href := _attribute(tree, name, "href"))), "")
    body = _first(tree, "e-content")
    if not title or not url or body is None:
        return Reject(where, "no title." if not title else "no address." if not url else "no text.")
    heading = next((node for node in body.iter("h1", "h2", "h3") if unescaped(node.text_content()) == title), None)
    if heading is not None:
        heading.drop_tree()
    text = markdown_of(tostring(body, encoding="unicode"), base=url)
    if not text:
        return Reject(where, "no text.")
    written = _attribute(tree, "dt-published", "datetime") or _words(tree, "dt-published") or None
    return Article(
        url=url,
        title=title,
        text=text,
        **article_dates(published=[written], updated=[]),
        summary=_words(tree, "p-summary") or None,
        author=_words(tree, "p-author") or None,
        links=inside_links(text, url, site),
    )


def _first(tree: HtmlElement, name: str) -> HtmlElement | None:
    found = tree.xpath(f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")
    return found[0] if found else None


def _words(tree: HtmlElement, name: str) -> str:
    node = _first(tree, name)
    return unescaped(node.text_content()) if node is not None else ""


def _attribute(tree: HtmlElement, name: str, key: str) -> str:
    node = _first(tree, name)
    return str(node.get(key) or "") if node is not None else ""
