"""Docusaurus: blog posts with the day in their file's or folder's name, docs, routeBasePath, slugs, i18n/."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ourtake.intake.sites.base import Post, Site, aliases_of, stem, within
from ourtake.intake.sites.settings import first_of, object_at, script_object, script_of, script_value

_NAME = re.compile(r"(?P<folder>.*?)(?P<date>\d{4}[-/]\d{1,2}[-/]\d{1,2})[-/]?(?P<text>.*?)(?:/index)?", re.DOTALL)
_NUMBER = re.compile(r"\A\d+\s*[-_.]+\s*(?=[^-_.\s\d])")


class DocusaurusSite(Site):
    """See sites/base.py."""

    builder = "Docusaurus"
    marks = ("docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs")
    trees = ("blog/[12][0-9][0-9][0-9]-*-*",)
    mdx = True

    def __init__(self, folder: Path) -> None:
        script = script_of(first_of(folder, *self.marks))
        options = [(kind, text) for kind in ("blog", "docs") for text in _plugins(script, kind)]
        paths = [script_value(text, "path") or kind for kind, text in options]
        # Docs may be beside the site's folder: path: "../docs".
        self.root = folder.name if any(path.startswith("../") for path in paths) else ""
        super().__init__(folder.parent if self.root else folder)
        self.url = (
            f"{(script_value(script, 'url') or '').rstrip('/')}/{(script_value(script, 'baseUrl') or '').strip('/')}"
        )
        self.url = self.url.rstrip("/")
        self._language = script_value(script, "defaultLocale") or ""
        self._slash = "trailingSlash: true" in script
        self._roots: list[tuple[str, str, str]] = []
        for (kind, text), path in zip(options, paths, strict=True):
            inside = path.startswith("../") or not self.root
            place = path.strip("./") if inside else f"{self.root}/{path.strip('./')}"
            route = script_value(text, "routeBasePath")
            self._roots.append((place, (kind if route is None else route).strip("/"), kind))

    def post(self, file: Path, front: dict[str, Any], title: str) -> Post:
        """The post or page of a file."""
        own, language = self._localised(file)
        inside, route, kind = self._root(own)
        if not kind:
            why = "not in a folder of a blog or of docs."
            return Post(file, front, f"/{own.with_suffix('').as_posix()}", why_not=why)
        if own.name.startswith("_") or any(part.startswith("_") for part in inside.parent.parts):
            return Post(file, front, f"/{inside.as_posix()}", why_not="a part of other pages, by its name.")
        name = (inside.parent / stem(inside)).as_posix()
        found = _NAME.fullmatch(name) if kind == "blog" else None
        published = "-".join(f"{int(part):02d}" for part in re.split(r"[-/]", found["date"])) if found else None
        slug = str(front.get("slug") or "").strip()
        if slug:
            path = slug if slug.startswith("/") or kind == "blog" else f"{inside.parent.as_posix().strip('.')}/{slug}"
        elif found:
            path = f"{found['folder']}{found['date'].replace('-', '/')}/{found['text']}"
        else:
            path = self._doc(inside, front) if kind == "docs" else re.sub(r"(?:\A|/)index\Z", "", name)
        whole = "/".join(part for part in (route, path.strip("/")) if part)
        prefix = f"/{language}" if language and language != self._language else ""
        address = f"{prefix}/{whole}" + ("/" if self._slash and whole else "")
        return Post(file, front, address, aliases_of(front), published, language or self._language)

    def _localised(self, file: Path) -> tuple[Path, str]:
        """A translation as its original: i18n/fr/docusaurus-plugin-content-blog/x.md is blog/x.md in French."""
        parts = file.parts[1:] if self.root and file.parts[:1] == (self.root,) else file.parts
        if len(parts) > 3 and parts[0] == "i18n" and parts[2].startswith("docusaurus-plugin-content-"):
            kind = parts[2].removeprefix("docusaurus-plugin-content-").split("-")[0]
            rest = parts[4:] if kind == "docs" and parts[3] == "current" else parts[3:]
            place = next((path for path, _, of in self._roots if of == kind), kind)
            return Path(place, *rest), parts[1]
        return file, ""

    def _root(self, file: Path) -> tuple[Path, str, str]:
        for path, route, kind in sorted(self._roots, key=lambda one: -len(one[0])):
            if inside := within(file, path):
                return inside, route, kind
        return file, "", ""

    def _doc(self, inside: Path, front: dict[str, Any]) -> str:
        parts = [_NUMBER.sub("", part) for part in (*inside.parent.parts, stem(inside))]
        own = str(front.get("id") or parts[-1])
        if own.lower() in ("index", "readme") or (len(parts) > 1 and own == parts[-2]):
            return "/".join(parts[:-1])
        return "/".join([*parts[:-1], own])


def _plugins(script: str, kind: str) -> list[str]:
    """The options of the classic preset's blog or docs, and of each further plug-in of that kind."""
    off = re.search(rf"(?<![\w.]){kind}[\"']?\s*:\s*false", script)
    found = [] if off else [script_object(script, kind)]
    for match in re.finditer(rf"content-{kind}[\"'`]\s*,\s*\{{", script):
        found.append(object_at(script, match.end() - 1))
    return found
