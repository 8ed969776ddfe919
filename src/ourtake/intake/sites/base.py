"""What a reader of a site gives: the posts of a folder with their addresses."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any, NamedTuple, Protocol

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


class Site(Protocol):
    """A site's folder, read by the rules of its builder.

    `folder`: where the site begins. `url`: its address with the folder that it is served from, as its configuration
    says; "" if it says nothing. `mdx`: its Markdown files are MDX.
    """

    folder: Path
    url: str
    mdx: bool

    def defaults(self, file: Path) -> dict[str, Any]:
        """What the configuration or a folder's data sets for a file, relative to the site's folder."""

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The post of a file."""

    def target(self, words: str) -> str:
        """The path of a file, relative to the site's folder, that a builder's own kind of link may name."""


class SiteKind(NamedTuple):
    """A site builder: its name, the module of its reader in sites/ (`read(folder) -> Site`), and how its folder is
    recognised: by one of the files `marks`, else by a file that fits one of the patterns `trees`.
    """

    name: str
    module: str
    marks: tuple[str, ...]
    trees: tuple[str, ...] = ()


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
