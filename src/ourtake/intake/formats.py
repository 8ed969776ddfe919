"""The formats that articles are imported from: a row each, with its name, its reader and how it is recognised.

A new format is a reader and a row here. `archive add --format` and its help, detection and reading follow from the row.
Content decides, not names and content types, which are often wrong.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ourtake.errors import InputError
from ourtake.intake.encoding import encoding_of
from ourtake.intake.splitting import root_of

if TYPE_CHECKING:
    from ourtake.config import Intake
    from ourtake.documents import Article
    from ourtake.intake.items import Items, Reject, Unchanged
    from ourtake.intake.sites.suggest import LinkReport

    Reader = Callable[["Listing", "Crawler"], Items]

HEAD = 1 << 16
"""Bytes that are enough to recognise a format."""


class Listing(NamedTuple):
    """A file, a folder or a server's answer that holds articles or names their pages.

    `name` is what it is called in messages. `blocks` gives its unpacked bytes, in parts, as often as it is called.
    Relative addresses are joined to `base`. `path` is None if it came from an address. `encoding`: the one that the
    user names for files that are not UTF-8.
    """

    name: str
    blocks: Callable[[], Iterable[bytes]] = tuple
    base: str = ""
    content_type: str = ""
    path: Path | None = None
    encoding: str = ""


class Crawler(Protocol):
    """What a reader may ask of the import that it is part of: settings, and the pages that a listing names.

    intake/crawl.py says what each method does.
    """

    site: str
    limits: Intake
    links: LinkReport

    def page(self, url: str, changed: str | None, *, stay: bool = False) -> Article | Reject | Unchanged | None:
        """The article of a page."""

    def whole(self, teaser: Article, changed: str | None) -> Iterator[Article | Reject | Unchanged]:
        """An article with the text of its page."""

    def fetch_list(self, url: str) -> bytes:
        """The bytes of another list."""

    def say(self, lines: Iterable[str]) -> None:
        """Tell the user something about the whole import."""


class Head(NamedTuple):
    """How a document begins: its text, and the local name of its first XML element, in lower case."""

    text: str
    root: str


class Format(NamedTuple):
    """One format.

    `reader` is "module:function" in intake/, a Reader. It is named, not imported: the readers need lxml and feedparser,
    which take longer to load than a small import takes. `endings` of file names and `recognises` tell the format.
    `crawls`: it may name pages that have to be fetched. `folders`: it is read from files and folders only;
    `recognises_folder` tells its folders from others.
    """

    name: str
    help: str
    reader: str
    recognises: Callable[[Head], bool] = lambda head: False
    endings: tuple[str, ...] = ()
    crawls: bool = False
    folders: bool = False
    recognises_folder: Callable[[Path], bool] = lambda folder: False

    def read(self, listing: Listing, crawl: Crawler) -> Items:
        """The articles of a listing. Raises InputError, when the first is asked for, for one that can't be read."""
        module, _, function = self.reader.partition(":")
        reader: Reader = getattr(importlib.import_module(f"ourtake.intake.{module}"), function)
        return reader(listing, crawl)


def _is_wordpress(head: Head) -> bool:
    return head.root == "rss" and ("wordpress.org/export/" in head.text or "<wp:wxr_version>" in head.text)


def _is_sitemap(head: Head) -> bool:
    return head.root in ("urlset", "sitemapindex") or bool(re.match(r"https?://\S+\s*(?:\n|\Z)", head.text))


def _is_json_feed(head: Head) -> bool:
    return head.text.startswith("{") and bool(
        re.search(r"\"version\"\s*:\s*\"https?:\\?/\\?/(?:www\.)?jsonfeed\.org", head.text)
    )


def _is_ghost(head: Head) -> bool:
    return head.text.startswith("{") and bool(
        re.match(r"\{\s*\"db\"\s*:\s*\[", head.text) or re.match(r"\{\s*\"meta\"\s*:\s*\{\s*\"exported_on\"", head.text)
    )


def _is_substack(folder: Path) -> bool:
    return (folder / "posts.csv").is_file() and (folder / "posts").is_dir()


def _is_medium(folder: Path) -> bool:
    first = next(iter(sorted((folder / "posts").glob("*.html"))), None) if (folder / "posts").is_dir() else None
    head = first.read_bytes()[:20_000] if first else b""
    return b"h-entry" in head and b"e-content" in head


_ROWS = (
    Format("jsonfeed", "a JSON Feed", "json_documents:read_json_feed", _is_json_feed, crawls=True),
    Format("ghost", "a Ghost export", "json_documents:read_ghost", _is_ghost),
    Format("json", "a JSON list of articles", "json_documents:read_json_list", lambda head: head.text.startswith("[")),
    Format(
        "substack",
        "the folder of a Substack export",
        "html_exports:read_substack",
        folders=True,
        recognises_folder=_is_substack,
    ),
    Format(
        "medium",
        "the folder of a Medium export",
        "html_exports:read_medium",
        folders=True,
        recognises_folder=_is_medium,
    ),
    Format(
        "jsonl",
        "JSON, one article per line",
        "lines:read_jsonl",
        lambda head: head.text.startswith("{"),
        endings=(".jsonl", ".ndjson"),
    ),
    Format(
        "markdown",
        "Markdown or .rst files with front matter, or the folder of a site",
        "markdown_folder:read_markdown",
        endings=(".md", ".markdown", ".mdx", ".mkd", ".mdown", ".rst"),
        folders=True,
    ),
    Format(
        "rss",
        "an RSS feed",
        "feeds:read_feed",
        lambda head: head.root in ("rss", "rdf") and not _is_wordpress(head),
        crawls=True,
    ),
    Format("atom", "an Atom feed", "feeds:read_feed", lambda head: head.root == "feed", crawls=True),
    Format("sitemap", "a sitemap, or a text file of addresses", "sitemaps:read_sitemap", _is_sitemap, crawls=True),
    Format("wxr", "a WordPress export", "wordpress:read_export", _is_wordpress),
)
FORMATS = {row.name: row for row in _ROWS}
AUTO = "auto"
FORMAT_HELP = "auto; " + "; ".join(f"{row.name}: {row.help}" for row in FORMATS.values()) + "."


def format_named(name: str) -> Format | None:
    """The format of that name; None for "auto". Raises InputError for an unknown name."""
    if name != AUTO and name not in FORMATS:
        raise InputError(f"There is no format {name}.", f"Formats: {', '.join([AUTO, *FORMATS])}.")
    return FORMATS.get(name)


def head_of(data: bytes, content_type: str = "") -> Head:
    """How unpacked bytes begin."""
    text = data[:HEAD].decode(encoding_of(data[:4096], content_type), "replace").lstrip("\ufeff \t\r\n")
    root = root_of(text)[1:] if text.startswith("<") else ""
    return Head(text, re.split(r"[\s>/]", root, maxsplit=1)[0].rsplit(":", 1)[-1].lower())


def format_of(head: Head) -> Format | None:
    """The format of a document that begins so; None if none is recognised."""
    return next((row for row in FORMATS.values() if row.recognises(head)), None)


def is_web_page(head: Head) -> bool:
    """Whether a document that no format recognises is HTML."""
    page = re.search(r"<(?:!doctype html|html|head|body|title)\b", head.text, re.IGNORECASE)
    return head.root == "html" or (head.text.startswith("<") and page is not None)
