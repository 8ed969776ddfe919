"""Markdown, reStructuredText and HTML files with front matter -> Articles: a file, or the folder of a site.

A site's own configuration says where its files are published (sites/). All files are read twice: first for their
addresses, so that each link finds the file that it leads to, then for their texts.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ourtake.documents import Article
from ourtake.errors import InputError
from ourtake.intake.dates import article_dates, read_date
from ourtake.intake.encoding import GuessedEncodings, decoded_surely, unescaped
from ourtake.intake.files import as_words, is_address
from ourtake.intake.formats import FORMATS, Crawler, Listing
from ourtake.intake.front_matter import Parts, parts_of
from ourtake.intake.internal_links import inside_links
from ourtake.intake.items import Items, Reject
from ourtake.intake.rst import rst_parts
from ourtake.intake.sites.base import ADDRESS_KEYS, DATED, PUBLISHED_KEYS, Post, given, stem
from ourtake.intake.sites.body import heading_of, plain_body
from ourtake.intake.sites.custom import readdressed, values_of
from ourtake.intake.sites.links import LinkMap
from ourtake.intake.sites.registry import site_of
from ourtake.intake.sites.settings import pages_address
from ourtake.intake.unpublished import A_STUB, is_future, is_paid, is_stub, why_not_a_post, why_unpublished
from ourtake.intake.unread import HTML, UnreadFiles, is_special
from ourtake.text.counts import count_of
from ourtake.text.words import normalise

_NAMES = {
    "published": PUBLISHED_KEYS,
    "updated": ("updated", "lastmod", "updatedDate", "modified", "last_modified_at"),
    "summary": ("summary", "description", "excerpt"),
    "author": ("author", "authors"),
    "url": ADDRESS_KEYS,
}
_IN_NAVIGATION = ("linkTitle", "sidebar_label", "nav_title", "eleventyNavigation.title", "eleventyNavigation.key")
"""What site builders call a page in their menus."""

_MAYBE = (".rst", ".txt", *HTML)
"""Endings of files that are articles where they have a title and are among others."""

_DOCUMENTS = (
    ".txt",
    ".rst",
    ".adoc",
    ".org",
    ".docx",
    ".doc",
    ".odt",
    ".rtf",
    ".pdf",
    ".tex",
    ".textile",
    ".ipynb",
    *HTML,
)
"""Endings of what may hold an article, and is named where it is not read."""

_NOT_ENTERED = frozenset(
    "node_modules _site _layouts _includes _sass themes vendor bower_components __pycache__ layouts".split()
)
_ABOUT = re.compile(
    r"(?:readme|licen[cs]e|contributing|changelog|code_of_conduct|security|authors|todo|agents|claude)", re.IGNORECASE
)


class _Read(NamedTuple):
    """A file as it was read: its post, its title and address, or why it is none."""

    path: Path
    post: Post
    title: str
    url: str


def read_markdown(listing: Listing, crawl: Crawler) -> Items:
    """The article of a file, or those of all files of a folder. Raises InputError for a folder without any."""
    assert listing.path is not None  # a format that is read from files and folders only
    yield from _Folder(listing.path, crawl).read()


class _Folder:
    """One import of a file or folder."""

    def __init__(self, named: Path, crawl: Crawler) -> None:
        self._named = named
        self._crawl = crawl
        folder = named if named.is_dir() else named.parent
        self._site = site = site_of(folder)
        self._base = _base(site.url, crawl.site) or _base(site.url, pages_address(site.folder))
        self._map = LinkMap(self._base, site.root)
        self._untitled: Counter[str] = Counter()
        """The keys of files without a title that may hold one."""
        self._undated: Counter[str] = Counter()
        """The keys of files without a date that hold one."""
        self._guessed = GuessedEncodings()

    def read(self) -> Items:
        """The articles; what is not one, with why."""
        whole = self._named.is_dir() or self._site.builder
        files = sorted(_files(self._site.folder)) if whole else [self._named]
        inside = self._named.absolute()
        rejects: list[Reject] = []
        posts: list[_Read] = []
        others = UnreadFiles()
        for path in files:
            mine = inside == path.absolute() or inside in path.absolute().parents
            found = None if whole and is_special(path) else self._first(path)
            if isinstance(found, _Read):
                self._map.add(found.post, found.url)
                posts += [found] if mine else []
            elif mine and found is not None:
                rejects.append(found)
            elif mine:
                others.add(path)
        for key, count in self._untitled.most_common(1):
            untitled = f"{count_of(count, 'file')} without a title {'has' if count == 1 else 'have'} the key {key}"
            self._crawl.say([f'{untitled}: if that is the title, set title_keys = ["{key}"] in [intake].'])
        for key, count in self._undated.most_common(1):
            undated = f"{count_of(count, 'file')} without a date {'has' if count == 1 else 'have'} one under {key}"
            self._crawl.say([f'{undated}: if that is the day of publication, set date_keys = ["{key}"] in [intake].'])
        if not posts and not rejects:
            raise InputError(f"There are no Markdown files in {self._named}{others.listed()}.", _ELSE)
        yield from rejects
        for read in posts:
            found_article = self._second(read)
            if isinstance(found_article, Article):
                values = functools.partial(values_of, read.post, read.title)
                self._crawl.links.add(found_article, values, base=self._base)
            yield found_article
        self._crawl.say(self._guessed.lines())
        self._crawl.say(list(others.lines(self._named)))

    def _first(self, path: Path) -> _Read | Reject | None:
        """A file's address; None for a file in no format that is read."""
        if path.suffix.lower() not in (*FORMATS["markdown"].endings, *_MAYBE):
            return None if path.suffix.lower() not in _DOCUMENTS else _passed(path)
        try:
            parts = self._parts(path, self._text(path))
            if path.suffix.lower() in _MAYBE and not self._has_title(path, parts):
                return _passed(path) if path.suffix.lower() not in HTML or _is_named(path, self._named) else None
            return self._placed(path, parts)
        except InputError as error:
            return Reject(str(path), error.what)
        except OSError as error:
            return Reject(str(path), f"can't be read: {error.strerror}.")

    def _text(self, path: Path) -> str:
        found = decoded_surely(path.read_bytes(), named=self._crawl.limits.encoding)
        self._guessed.add(found, str(path))
        return found.text.replace("\r\n", "\n").replace("\r", "\n")

    def _parts(self, path: Path, text: str) -> Parts:
        # Nikola's .txt files are reStructuredText.
        rst = path.suffix.lower() == ".rst" or (path.suffix.lower() == ".txt" and self._site.builder == "Nikola")
        return rst_parts(text, path.name) if rst else parts_of(text, path.name)

    def _has_title(self, path: Path, parts: Parts) -> bool:
        """Whether a file that may be of any kind has a title: its own, or one in a file beside it."""
        own = parts.found and parts.front.get("title")
        return bool(own or self._site.defaults(path.absolute().relative_to(self._site.folder.absolute())).get("title"))

    def _placed(self, path: Path, parts: Parts) -> _Read | Reject:
        file = path.absolute().relative_to(self._site.folder.absolute())
        set_ = self._site.defaults(file)
        # A .meta file of Nikola's is all the metadata that its post has: a title in the text is only a heading.
        front = parts.front | set_ if self._site.builder == "Nikola" else set_ | parts.front
        front = {key.lower(): value for key, value in front.items() if key.isupper()} | front  # TITLE, DATE
        for key in self._crawl.limits.date_keys:
            front = {"date": front[key], **front} if front.get(key) else front
        title = title_of(front, parts.body, self._crawl.limits.title_keys)
        post = self._site.post(file, front, title)
        if pattern := self._crawl.limits.permalink:
            post = readdressed(post, pattern, title)
        why = (
            why_unpublished(front)
            or why_not_a_post(front, file.parent.parts, stem(file), title, dated=bool(post.published))
            or post.why_not
            or (self._is_about(file, front) and "a file about the folder, not an article.")
            or (
                post.published
                and not front.get("date")
                and is_future(post.published)
                and f"not published yet ({post.published})."
            )
        )
        if why:
            return Reject(str(path), str(why), broken=False)
        if not title:
            self._untitled.update(key for key, value in front.items() if _may_be_title(key, value))
            raise InputError("no title." if parts.found else "no front matter.")
        address = post.path if is_address(post.path) else self._base and f"{self._base}{post.path}"
        if not address:
            raise InputError("no full address, and [publication] url is not set.")
        if not post.published and not given(front, PUBLISHED_KEYS):
            self._undated.update(key for key, value in front.items() if _may_be_date(key, value))
        return _Read(path, post, title, address)

    def _is_about(self, file: Path, front: dict[str, Any]) -> bool:
        """Whether a file is about the folder that it is in. A site builder publishes docs/contributing.md like any
        other page; only at its root is such a file not one.
        """
        within = self._site.builder and len(file.parts) > 1
        return not within and not front.get("date") and _ABOUT.fullmatch(stem(file)) is not None

    def _second(self, read: _Read) -> Article | Reject:
        try:
            article = article_of(
                read.post,
                self._parts(read.path, self._text(read.path)).body,
                title=read.title,
                url=read.url,
                site=self._base,
                links=self._map,
                mdx=self._site.mdx or read.path.suffix.lower() == ".mdx",
            )
            stub = is_stub(article.text, paid=is_paid(read.post.front))
            return Reject(str(read.path), A_STUB, broken=False) if stub else article
        except InputError as error:
            return Reject(str(read.path), error.what)
        except OSError as error:
            return Reject(str(read.path), f"can't be read: {error.strerror}.")


def _may_be_date(key: str, value: Any) -> bool:
    return key not in _NAMES["updated"] and not isinstance(value, int | float) and read_date(value) is not None


def _may_be_title(key: str, value: Any) -> bool:
    named = re.search(r"title|headline|heading", key, re.IGNORECASE) is not None
    return named and isinstance(value, str) and bool(value.strip())


_ELSE = "Name another folder, or a JSONL file."


def _passed(path: Path) -> Reject:
    ending = path.suffix.lower()
    why = (
        f"a {ending} file without a title that could be read (give it front matter with a title)."
        if ending in _MAYBE
        else f"unsupported format ({ending}; save it as Markdown with a title)."
    )
    return Reject(str(path), why, broken=False, other=True)


def _is_named(path: Path, named: Path) -> bool:
    return path.absolute() == named.absolute()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in _NOT_ENTERED and not name.startswith(".")]
        yield from (Path(place, name) for name in names if not name.startswith("."))


def _base(own: str, publication: str) -> str:
    """Where a site is served: the folder by its configuration, the host by the user's, else by its configuration."""
    publication = publication.rstrip("/")
    if not is_address(publication):
        return own if is_address(own) else ""
    path = urlsplit(own).path if own else ""
    if not path.strip("/"):
        return publication
    parts = urlsplit(publication)
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}"


def title_of(front: dict[str, Any], body: str, keys: tuple[str, ...]) -> str:
    """The title that front matter gives, under `title` or another of the keys ("news.title" is a key within a table),
    else the heading that the text begins with, else the page's name in the site's navigation.
    """
    if title := _named(front, ("title", *keys, "Title")):
        return title
    heading = unescaped(re.sub(r"[*_`]|\{#[\w-]+\}", "", heading_of(plain_body(body, mdx=True))[0]))
    return heading or _named(front, _IN_NAVIGATION)


def _named(front: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The first text under one of the keys."""
    for key in keys:
        value: Any = front
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        words = as_words(value)
        if isinstance(words, str) and words.strip():
            return unescaped(words)
    return ""


def article_of(post: Post, body: str, *, title: str, url: str, site: str, links: LinkMap, mdx: bool) -> Article:
    """The article of a post. Raises InputError if there is no text or a value can't be kept."""
    front = post.front
    rewritten = links.rewritten(body, post, url)
    text = plain_body(rewritten, mdx=mdx, html_file=post.file.suffix.lower() in HTML)
    text = links.rewritten(text, post, url) if "<" in body else text
    heading, rest = heading_of(text)
    text = rest.strip() if normalise(unescaped(heading)) == normalise(title) or not front.get("title") else text
    if not text.strip():
        raise InputError("no text.")
    published = given(front, PUBLISHED_KEYS)
    tags = _tags(front, dated=DATED.match(post.file.name) is not None)
    language = {"language": post.language} if post.language and not front.get("language") else {}
    return Article.model_validate(
        {
            **language,
            **_others(front),
            "id": front.get("id") if isinstance(front.get("id"), str | int) else None,
            "url": url,
            "title": title,
            "text": text.strip(),
            **article_dates(
                published=published or ([post.published] if post.published else []),
                updated=given(front, _NAMES["updated"]),
                exact=True,
            ),
            "summary": _text(_first(front, "summary")),
            "author": _people(_first(front, "author")),
            "tags": tags,
            "links": inside_links(text, url, site),
        }
    )


def _tags(front: dict[str, Any], *, dated: bool) -> Any:
    taxonomies = front.get("taxonomies")
    named = taxonomies if isinstance(taxonomies, dict) else {}
    tags = front.get("tags") or named.get("tags") or front.get("categories") or front.get("keywords") or ()
    if isinstance(tags, str) and dated and "," not in tags:
        tags = tags.split()  # Jekyll's way of writing a list
    return [str(tag) for tag in tags] if isinstance(tags, list | tuple) else _text(tags)


def _others(front: dict[str, Any]) -> dict[str, Any]:
    """The keys that Article does not define, as JSON: they are kept."""
    known = {*Article.model_fields, *(name for names in _NAMES.values() for name in names)}
    try:
        text = json.dumps({key: value for key, value in front.items() if key not in known}, default=str, skipkeys=True)
    except (ValueError, RecursionError) as error:
        raise InputError("the front matter has a value that contains itself.") from error
    kept: dict[str, Any] = json.loads(text)
    return kept


def _people(value: Any) -> str | None:
    """One name, or several; a table is its name."""
    people = value if isinstance(value, list) else [value]
    names = [
        str(person.get("name") or "") if isinstance(person, dict) else str(person)
        for person in people
        if person is not None
    ]
    return ", ".join(name for name in names if name) or None


def _first(front: dict[str, Any], key: str) -> Any:
    return next(iter(given(front, _NAMES[key])), None)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
