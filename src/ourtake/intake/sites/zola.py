"""Zola: zola.toml or config.toml; content/ with sections, pages in folders, languages; path, slug, aliases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ourtake.intake.sites.base import Post, Site, aliases_of, day_of_name, split_language, stem, texts
from ourtake.intake.sites.permalink import slug_of
from ourtake.intake.sites.settings import first_of, table_of

_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?[-_](?=.)")
_DAY_IN_PATH = re.compile(r"(?:\A|/)((?:19|20)\d\d)/(\d\d)/(\d\d)(?:/|\Z)")


class ZolaSite(Site):
    """See sites/base.py."""

    builder = "Zola"
    marks = ("zola.toml", "config.toml")
    sign = b"base_url"
    root = "content"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        config = table_of(first_of(folder, *self.marks))
        self.url = str(config.get("base_url") or "").rstrip("/")
        self._language = str(config.get("default_language") or "en")
        languages, slugs = config.get("languages"), config.get("slugify")
        self._languages = {str(name) for name in languages} if isinstance(languages, dict) else set()
        self._slugify = not isinstance(slugs, dict) or slugs.get("paths", "on") == "on"

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The page of a file in content/."""
        name, language = split_language(stem(file), self._languages)
        inside = file.parts[1:-1] if file.parts[:1] == ("content",) else ()
        folders = [self._slug(one) for one in (inside[:-1] if name == "index" else inside)]
        own = inside[-1] if name == "index" and inside else name
        slug = str(front.get("slug") or "").strip() or _DAY.sub("", own, count=1)
        given = str(front.get("path") or "").strip().strip("/")
        path = given or "/".join([*folders, self._slug(slug)])
        # A path of the page's own has its language in it, where it is meant to have one.
        prefix = f"/{language}" if language and language != self._language and not given else ""
        return Post(
            file,
            _with_taxonomies(front),
            f"{prefix}/{path}/",
            aliases_of(front),
            _day(own) or _day(given),
            language or self._language,
            _why_not(file, name, front),
        )

    def _slug(self, name: str) -> str:
        return slug_of(name, ascii_only=True) if self._slugify else name


def _why_not(file: Path, name: str, front: dict[str, Any]) -> str:
    if file.parts[:1] != ("content",):
        return "not in the site's content folder."
    if name == "_index":
        return "a section of the site, not a post."
    return "left out by render = false." if front.get("render") is False else ""


def _day(text: str) -> str | None:
    """The day that a file's name begins with, or that a path has."""
    if match := _DAY.match(text):
        return day_of_name(match[1])
    match = _DAY_IN_PATH.search(text)
    return day_of_name("-".join(match.groups())) if match else None


def _with_taxonomies(front: dict[str, Any]) -> dict[str, Any]:
    """Front matter with its tags, and its authors as one text, where other builders have them."""
    taxonomies, extra = front.get("taxonomies"), front.get("extra")
    tables = [front, *(one for one in (taxonomies, extra) if isinstance(one, dict))]
    found: dict[str, Any] = {}
    for key, names in {"tags": ("tags", "categories"), "author": ("author", "authors")}.items():
        values = next((texts(table[name]) for name in names for table in tables if texts(table.get(name))), ())
        if values and key not in front:
            found[key] = list(values) if key == "tags" else ", ".join(values)
    return front | found
