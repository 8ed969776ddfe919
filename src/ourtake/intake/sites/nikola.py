"""Nikola: conf.py, the folders in POSTS and PAGES, pretty addresses, translations in file names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ourtake.errors import InputError
from ourtake.intake.front_matter import parts_of
from ourtake.intake.sites.base import Post, Site, aliases_of, split_language, stem, within
from ourtake.intake.sites.permalink import slug_of
from ourtake.intake.sites.settings import first_of, python_values, text_of


class NikolaSite(Site):
    """See sites/base.py."""

    builder = "Nikola"
    marks = ("conf.py",)
    sign = b"POSTS"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        config = python_values(first_of(folder, *self.marks))
        self.url = str(config.get("SITE_URL") or config.get("BASE_URL") or "").rstrip("/")
        self._pretty = config.get("PRETTY_URLS", True) is not False
        self._language = str(config.get("DEFAULT_LANG") or "en")
        given = config.get("TRANSLATIONS")
        self._languages = (
            {str(key): str(value or "") for key, value in given.items()} if isinstance(given, dict) else {}
        )
        self._rows = [
            (Path(str(row[0])).parent, str(row[1]).strip("/"), kind)
            for kind in ("POSTS", "PAGES")
            for row in config.get(kind) or ()
            if isinstance(row, list | tuple) and len(row) >= 2
        ] or [(Path("posts"), "posts", "POSTS"), (Path("pages"), "pages", "PAGES")]

    def defaults(self, file: Path) -> dict[str, Any]:
        """The metadata that are in a file of their own, x.meta beside x.md."""
        path = (self.folder / file).with_suffix(".meta")
        try:
            return parts_of(text_of(path), path.name).front if path.is_file() else {}
        except InputError:
            return {}

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The post of a file in one of the folders of POSTS."""
        name, suffix = split_language(stem(file), self._languages)
        language = suffix or self._language
        for folder, route, kind in self._rows:
            place = within(file.parent, folder)
            if place is None:
                continue
            slug = str(front.get("slug") or slug_of(name, ascii_only=True))
            prefix = self._languages.get(language, "").strip("./") if language != self._language else ""
            parts = [part for part in (prefix, route, *place.parts) if part]
            last = [] if slug == "index" else [slug]
            path = "/".join([*parts, *last])
            why = "a page of the site, not a post." if kind == "PAGES" and not front.get("date") else ""
            address = (
                f"/{path}/" if self._pretty and front.get("pretty_url") not in (False, "False") else f"/{path}.html"
            )
            return Post(file, front, address, aliases_of(front), None, language, why)
        return Post(file, front, f"/{file.as_posix()}", why_not="not in a folder of posts.")
