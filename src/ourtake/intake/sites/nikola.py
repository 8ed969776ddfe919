"""Nikola: conf.py, the folders in POSTS and PAGES, pretty addresses, translations in file names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ourtake.errors import InputError
from ourtake.intake.front_matter import parts_of
from ourtake.intake.sites.base import Post, aliases_of, stem
from ourtake.intake.sites.permalink import slug_of
from ourtake.intake.sites.settings import first_of, python_values, text_of


def read(folder: Path) -> NikolaSite:
    """The site in a folder."""
    return NikolaSite(folder, python_values(first_of(folder, "conf.py")))


class NikolaSite:
    """See sites/base.py."""

    mdx = False

    def __init__(self, folder: Path, config: dict[str, Any]) -> None:
        self.folder = folder
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
        name, language = self._named(stem(file))
        for folder, route, kind in self._rows:
            if file.parts[: len(folder.parts)] != folder.parts:
                continue
            inside = file.parent.parts[len(folder.parts) :]
            slug = str(front.get("slug") or slug_of(name, ascii_only=True))
            prefix = self._languages.get(language, "").strip("./") if language != self._language else ""
            parts = [part for part in (prefix, route, *inside) if part]
            last = [] if slug == "index" else [slug]
            path = "/".join([*parts, *last])
            why = "a page of the site, not a post." if kind == "PAGES" and not front.get("date") else ""
            address = (
                f"/{path}/" if self._pretty and front.get("pretty_url") not in (False, "False") else f"/{path}.html"
            )
            return Post(file, front, address, aliases_of(front), None, language, why)
        return Post(file, front, f"/{file.as_posix()}", why_not="not in a folder of posts.")

    def target(self, words: str) -> str:
        """`link://filename/posts/x.md` names a file, `link://slug/x` a post."""
        return re.sub(r"\Alink://(?:filename|slug)/", "", words.strip()).lstrip("/")

    def _named(self, name: str) -> tuple[str, str]:
        bare, _, last = name.rpartition(".")
        return (bare, last) if bare and last in self._languages else (name, self._language)
