"""What the readers of sites have in common: the posts of a folder with their addresses."""

from __future__ import annotations

import abc
import datetime
import re
from collections.abc import Container
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from ourtake.intake.dates import read_date


class Post(NamedTuple):
    """One file of a site that may be an article.

    `file` is relative to the site's folder, `front` its front matter with what the site sets for it. `path` is its
    address from the host on, "/news/2025/wall/", or a whole address. `aliases`: former paths. `published`: the date by
    the file's name, where the front matter gives none. `why_not`: why it is not an article.
    """

    file: Path
    front: dict[str, Any]
    path: str = ""
    aliases: tuple[str, ...] = ()
    published: str | None = None
    language: str = ""
    why_not: str = ""


class Site(abc.ABC):
    """A site's folder, read by the rules of its builder.

    `folder`: where the site begins. `url`: its address with the folder that it is served from, as its configuration
    says; "" if it says nothing. `mdx`: its Markdown files are MDX. `root`: the folder in it from which a builder's own
    kind of link names files (Zola's `@/blog/wall.md`).

    `builder` is the builder's name. Its folders are recognised by one of the files `marks`, else by a file that fits
    one of the patterns `trees`. A mark whose name other programs use, too (registry.COMMON_NAMES), has `sign` in it.
    """

    builder: ClassVar[str] = ""
    marks: ClassVar[tuple[str, ...]] = ()
    sign: ClassVar[bytes] = b""
    trees: ClassVar[tuple[str, ...]] = ()
    mdx: ClassVar[bool] = False
    root = ""
    url = ""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def defaults(self, file: Path) -> dict[str, Any]:
        """What the configuration or a folder's data sets for a file, relative to the site's folder: here nothing."""
        return {}

    @abc.abstractmethod
    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The post of a file."""


DATED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})[-_]?(.*)", re.DOTALL)
"""A file's name that begins with a day."""


def stem(file: Path) -> str:
    """A file's name without its endings of Markdown, reStructuredText or HTML."""
    return re.sub(
        r"(?:\.(?:md|markdown|mkd|mkdn|mdown|mdx|rst|html?|txt|njk|liquid))+\Z", "", file.name, flags=re.IGNORECASE
    )


def day_of_name(name: str) -> str | None:
    """The day that a file's name begins with, as YYYY-MM-DD."""
    match = DATED.match(name)
    try:
        return datetime.date(int(match[1]), int(match[2]), int(match[3])).isoformat() if match else None
    except ValueError:
        return None


def without_day(name: str) -> str:
    """A file's name without the day that it begins with."""
    match = DATED.fullmatch(name)
    return match[4] if match and match[4] and day_of_name(name) else name


def moment_of(front: dict[str, Any], *keys: str, name: str = "") -> datetime.datetime | None:
    """The moment that decides an address: of the first key that can be read, else the day of the file's name."""
    for value in (*(front.get(key) for key in keys), day_of_name(name)):
        found = read_date(value)
        if found is not None:
            return datetime.datetime.fromisoformat(found)
    return None


def within(file: Path, folder: Path | str) -> Path | None:
    """A file's path from a folder on; None if it is not in the folder."""
    return file.relative_to(folder) if file.is_relative_to(folder) else None


def is_rooted(path: str) -> bool:
    """Whether a path begins at the host, or is a whole address."""
    return path.startswith(("/", "http://", "https://"))


def rooted(path: str) -> str:
    """A path from the host on; a whole address stays as it is."""
    return path if is_rooted(path) else f"/{path}"


def split_language(name: str, languages: Container[str]) -> tuple[str, str]:
    """A file's name, and the one of the languages that it ends with, or "": hello.fr."""
    bare, _, last = name.rpartition(".")
    return (bare, last) if bare and last in languages else (name, "")


PUBLISHED_KEYS = ("date", "pubDate", "publishDate", "published", "published_at", "datePublished", "publishedAt")
ADDRESS_KEYS = ("url", "permalink", "canonical_url", "canonical", "slug")
"""Under which keys front matter has the day of publication, and the address or its last part; the first counts."""


def given(front: dict[str, Any], keys: tuple[str, ...]) -> list[Any]:
    """What front matter gives under these keys, in their order; "true" is no value of its own."""
    return [front[key] for key in keys if front.get(key) not in (None, "", True, "true")]


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a value that is a text or a list of texts."""
    if isinstance(value, str):
        return (value.strip(),) if value.strip() else ()
    return tuple(str(one).strip() for one in value if one) if isinstance(value, list | tuple) else ()


_ALIAS_KEYS = re.compile(
    r"(?:redirect_?from|alias(?:es)?|(?:old|legacy|former|previous)[_-]?\w*|redirects)", re.IGNORECASE
)


def aliases_of(front: dict[str, Any]) -> tuple[str, ...]:
    """The former addresses that front matter gives (aliases, redirect_from, legacyUrl)."""
    return tuple(
        one
        for key, value in front.items()
        if _ALIAS_KEYS.fullmatch(key)
        for one in texts(value)
        if "/" in one or key.lower() in ("aliases", "redirect_from")
    )
