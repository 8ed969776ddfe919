"""Astro: content collections in src/content/, the routes in src/pages/ that show them, Markdown pages, base."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ourtake.intake.sites.base import Post, Site, aliases_of, day_of_name, moment_of, stem, within
from ourtake.intake.sites.permalink import dates, github_slug
from ourtake.intake.sites.settings import first_of, script_object, script_of, script_value, text_of

_DATES = ("pubDate", "publishDate", "date", "published", "publishedAt", "datePublished")
_COLLECTION = re.compile(r"getCollection\(\s*[\"'`]([\w-]+)[\"'`]")
_PARAMETER = re.compile(r"\[(?:\.\.\.)?([\w]+)\]")


class AstroSite(Site):
    """See sites/base.py."""

    builder = "Astro"
    marks = ("astro.config.mjs", "astro.config.ts", "astro.config.js")
    trees = ("src/content/*",)
    mdx = True

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        script = script_of(first_of(folder, *self.marks))
        base = (script_value(script, "base") or "").strip("/")
        self.url = f"{(script_value(script, 'site') or '').rstrip('/')}/{base}".rstrip("/")
        self._file = script_value(script_object(script, "build"), "format") == "file"
        self._language = script_value(script, "defaultLocale") or ""
        self._routes = _routes(folder)
        self._docs = "@astrojs/starlight" in script
        if self._docs:
            self._routes.setdefault("docs", "[...slug]")
        self._loaders = _loaders(folder)
        self._redirects = _redirects(script)

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The entry or page of a file."""
        name = stem(file)
        published = day_of_name(name)
        if file.parts[:2] == ("src", "pages"):
            inside = Path(*file.parts[2:])
            path = "/".join([*inside.parent.parts, *([] if name == "index" else [name])])
            why = "" if any(front.get(key) for key in _DATES) else "a page of the site, not a post."
            return Post(file, front, self._finished(path), aliases_of(front), published, self._language, why)
        collection, inside = self._entry(file)
        if not collection:
            return Post(file, front, f"/{file.as_posix()}", why_not="not in a content collection.")
        if any(part.startswith("_") for part in inside.parts):
            return Post(file, front, f"/{inside.as_posix()}", why_not="left out by its name (_).")
        parts = [github_slug(part) for part in inside.parent.parts]
        own = "/".join([*parts, *([] if name == "index" and (parts or self._docs) else [github_slug(name)])])
        entry = str(front.get("slug") or own).strip()
        path = entry if entry.startswith("/") else self._route(collection, entry, front)
        aliases = (*aliases_of(front), *(old for old, new in self._redirects if new.strip("/") == path.strip("/")))
        return Post(file, front, self._finished(path), aliases, published, str(front.get("lang") or self._language))

    def _entry(self, file: Path) -> tuple[str, Path]:
        for collection, folder in self._loaders.items():
            if inside := within(file, folder):
                return collection, inside
        if file.parts[:2] == ("src", "content") and len(file.parts) > 3:
            return file.parts[2], Path(*file.parts[3:])
        return "", file

    def _route(self, collection: str, entry: str, front: dict[str, Any]) -> str:
        """Where src/pages/ shows an entry of a collection; /collection/entry where it doesn't say."""
        route = self._routes.get(collection, f"{collection}/[...slug]")
        values = dates(moment_of(front, *_DATES)) | {"lang": str(front.get("lang") or self._language)}
        names = _PARAMETER.findall(route)
        return _PARAMETER.sub(
            lambda match: entry if match[1] == names[-1] else str(front.get(match[1]) or values.get(match[1], "")),
            route,
        )

    def _finished(self, path: str) -> str:
        path = re.sub(r"/{2,}", "/", path.strip("/"))
        return f"/{path}.html" if self._file and path else f"/{path}/" if path else "/"


def _routes(folder: Path) -> dict[str, str]:
    """Collection -> the path of the page that shows each of its entries, with [parameters]."""
    found: dict[str, str] = {}
    pages = folder / "src" / "pages"
    for page in sorted(pages.rglob("*.astro")) if pages.is_dir() else []:
        if "[" not in page.stem:
            continue
        route = page.relative_to(pages).with_suffix("").as_posix()
        if page.stem in ("[page]", "[...page]") or re.search(r"(?:^|/)(?:tags?|categor(?:y|ies)|authors?)/", route):
            continue
        for name in _COLLECTION.findall(text_of(page)):
            found.setdefault(name, route)
    return found


def _loaders(folder: Path) -> dict[str, Path]:
    """Collection -> the folder that its `glob` loader names."""
    script = script_of(
        first_of(folder / "src", "content.config.ts", "content.config.js", "content.config.mjs", "content/config.ts")
    )
    found = {}
    for match in re.finditer(r"(\w+)\s*=\s*defineCollection\(\s*\{(.*?)\n\}\s*\)", script, re.DOTALL):
        base = script_value(match[2], "base")
        if base:
            found[match[1]] = Path(base.removeprefix("./"))
    return found


def _redirects(script: str) -> list[tuple[str, str]]:
    return re.findall(r"[\"'`](/[^\"'`]*)[\"'`]\s*:\s*[\"'`](/[^\"'`]*)[\"'`]", script_object(script, "redirects"))
